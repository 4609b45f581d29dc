"""Generators that delegate with yield from and hand a return value back."""

import torch


def batches(data, size):
    for start in range(0, len(data), size):
        yield data[start : start + size]
    return len(data)


def epochs(data, size, count):
    seen = 0
    for _ in range(count):
        seen += yield from batches(data, size)
    return seen


def flatten(nested):
    for item in nested:
        if isinstance(item, (list, tuple)):
            yield from flatten(item)
        else:
            yield item


data = torch.arange(7, dtype=torch.float32)
w = torch.tensor(1.0, requires_grad=True)
stream = epochs(data, 3, 2)
while True:
    try:
        batch = next(stream)
    except StopIteration as stop:
        print("seen", stop.value)
        break
    (w * batch).sum().backward()
    print(batch.tolist(), w.grad.item())

tree = [torch.tensor(1.0), (torch.tensor(2.0), [torch.tensor(3.0)]), torch.tensor(4.0)]
print([leaf.item() for leaf in flatten(tree)])
print(sum(flatten(tree)).item())
