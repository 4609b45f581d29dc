"""torch work in threads: grad mode is each thread's own, results joined in order."""

import threading

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
results = {}
lock = threading.Lock()


def work(n):
    x = torch.full((2,), float(n))
    loss = (w.detach().clone().requires_grad_() * x).sum()
    leaf = torch.tensor(float(n), requires_grad=True)
    (leaf**3).backward()
    with lock:
        results[n] = (loss.item(), leaf.grad.item(), torch.is_grad_enabled())


with torch.no_grad():
    threads = [threading.Thread(target=work, args=(n,), name=f"worker {n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("here", torch.is_grad_enabled())
for n in sorted(results):
    print(n, results[n])


class Background(threading.Thread):
    def run(self):
        try:
            torch.ones(2) @ torch.ones(3)
        except RuntimeError as error:
            self.error = str(error).split(",")[0]


background = Background(daemon=True)
background.start()
background.join()
print(background.error, threading.current_thread().name, threading.active_count() >= 1)

loss = (w * 3).sum()
thread = threading.Thread(target=loss.backward)
thread.start()
thread.join()
print("backward elsewhere", w.grad)
local = threading.local()
local.value = torch.ones(1)
print(local.value.item())
