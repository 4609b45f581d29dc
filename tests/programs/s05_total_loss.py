"""S5: total += loss keeps the graph of every turn; loss.item() does not."""

import torch


def length(node):
    seen, stack = set(), [node]
    while stack:
        node = stack.pop()
        if node is not None and node not in seen:
            seen.add(node)
            stack.extend(parent for parent, _ in node.next_functions)
    return len(seen)


w = torch.tensor(1.0, requires_grad=True)
total, number = 0, 0.0
for turn in range(4):
    loss = (w * turn - 1) ** 2
    loss.backward()
    total += loss
    number += loss.item()
    print(turn, total.item(), number, length(total.grad_fn))
print(total.requires_grad, type(number).__name__)
