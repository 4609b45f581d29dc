"""Recursion: a tree of tensors summed, a power by squaring, mutual recursion."""

import torch


def tree_sum(node):
    if torch.is_tensor(node):
        return node
    left, right = node
    return tree_sum(left) + tree_sum(right)


def power(x, n):
    if n == 0:
        return torch.ones_like(x)
    half = power(x, n // 2)
    return half * half * x if n % 2 else half * half


def chebyshev(n, x):
    if n < 2:
        return x if n else torch.ones_like(x)
    return 2 * x * chebyshev(n - 1, x) - chebyshev(n - 2, x)


def is_even(x):
    return True if x == 0 else is_odd(x - 1)


def is_odd(x):
    return False if x == 0 else is_even(x - 1)


leaves = [torch.tensor(float(i), requires_grad=True) for i in range(4)]
total = tree_sum(((leaves[0], leaves[1]), (leaves[2], (leaves[3], leaves[3]))))
total.backward()
print(total.item(), [leaf.grad.item() for leaf in leaves])

x = torch.tensor(1.1, dtype=torch.float64, requires_grad=True)
y = power(x, 13)
y.backward()
print(f"{y.item():.10f} {x.grad.item():.10f} {13 * 1.1**12:.10f}")

points = torch.linspace(-1, 1, 5)
print(chebyshev(5, points))
print(is_even(torch.tensor(6)), is_even(torch.tensor(7)))
