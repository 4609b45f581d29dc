"""numpy alone: a linear regression solved and descended, without torch."""

import numpy as np

rng = np.random.default_rng(0)
x = np.c_[np.ones(20), rng.normal(size=20)]
t = x @ np.array([1.0, -2.0]) + 0.1 * rng.normal(size=20)
solution, *_ = np.linalg.lstsq(x, t, rcond=None)
w = np.zeros(2)
for turn in range(200):
    gradient = 2 * x.T @ (x @ w - t) / len(t)
    w -= 0.1 * gradient
    if turn % 50 == 0:
        print(turn, np.round(w, 6), f"{np.mean((x @ w - t) ** 2):.8f}")
print(np.round(solution, 6), np.allclose(w, solution))
a = np.arange(6).reshape(2, 3)
view = a[:, 1:]
view += 10
print(a, a.sum(axis=0), np.where(a > 10, a, 0).tolist())
print(rng.integers(0, 10, 3), np.linalg.norm(w).round(6))
