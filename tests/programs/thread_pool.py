"""A thread pool: results in order, an exception carried over, work shared with a queue."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import torch


def norm_of_gradient(n):
    x = torch.arange(1.0, n + 1, requires_grad=True)
    (x**2).sum().backward()
    return x.grad.norm().item()


def broken(n):
    raise ArithmeticError(f"broken {n}")


with ThreadPoolExecutor(max_workers=2) as pool:
    print([round(value, 5) for value in pool.map(norm_of_gradient, range(1, 6))])
    futures = {pool.submit(norm_of_gradient, n): n for n in (2, 3)}
    print(sorted((futures[f], round(f.result(), 5)) for f in as_completed(futures)))
    try:
        pool.submit(broken, 7).result()
    except ArithmeticError as error:
        print("carried over:", error)

jobs, done = queue.Queue(), queue.Queue()


def consume():
    while (job := jobs.get()) is not None:
        done.put((job, torch.tensor(float(job)).sqrt().item()))


consumer = threading.Thread(target=consume)
consumer.start()
for job in (1, 4, 9, None):
    jobs.put(job)
consumer.join()
print([done.get() for _ in range(done.qsize())])
