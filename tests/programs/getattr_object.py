"""Objects with __getattr__, __setattr__ and __getitem__: every access counted."""

import torch


class Recorder:
    def __init__(self):
        object.__setattr__(self, "seen", [])
        object.__setattr__(self, "store", {})

    def __getattr__(self, name):
        self.seen.append("get " + name)
        if name.startswith("__"):
            raise AttributeError(name)
        return self.store.setdefault(name, torch.zeros(2))

    def __setattr__(self, name, value):
        self.seen.append("set " + name)
        self.store[name] = value

    def __delattr__(self, name):
        self.seen.append("del " + name)
        del self.store[name]

    def __getitem__(self, key):
        self.seen.append(f"item {key}")
        return self.store[key]

    def __contains__(self, key):
        self.seen.append(f"in {key}")
        return key in self.store

    def __iter__(self):
        self.seen.append("iter")
        return iter(self.store)


class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)


box = Recorder()
box.w = torch.ones(2)
box.w += 1
total = box.w.sum() + box.missing.sum()
print(total, "w" in box, list(box), box["w"])
del box.missing
print(box.seen)
kept = [box, {"box": box}]
x = torch.ones(1) * 2
print(len(box.seen), x)
proxy = Proxy(torch.tensor([3.0, 4.0], requires_grad=True))
proxy.norm().backward()
print(proxy.grad, proxy.shape, proxy.tolist())
try:
    Proxy(1).real.missing
except AttributeError as error:
    print(error)
