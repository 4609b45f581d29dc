"""A script with a main function behind the usual guard, also imported by another program."""

import torch


def slope(x, t):
    w = torch.tensor(0.0, requires_grad=True)
    for _ in range(5):
        loss = ((w * x - t) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
        w.grad = None
    return w.item()


def main():
    x = torch.tensor([1.0, 2.0])
    print(f"slope {slope(x, 3 * x):.6f}")
    print(__name__, slope.__module__, main.__qualname__)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
else:
    print("imported as", __name__)
