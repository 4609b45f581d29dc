"""Misreadings of torch that can be carried out: the names that ``read_as`` may hold, and what each believes.

Each is the same program under one changed rule. That a wrong answer is best computed by running the program as the
learner reads it comes from misinterpreters (Lu and Krishnamurthi, OOPSLA 2024).
"""

from __future__ import annotations

from typing import Final

BELIEFS: Final = {
    "grad_overwrites": "backward() replaces .grad instead of adding to it",
    "no_grad_noop": "no_grad() changes nothing",
    "detach_identity": "detach() gives back the same tensor, still in the graph",
    "detach_copies": "detach() copies the numbers into a storage of its own",
    "zero_grad_noop": "zero_grad() changes nothing",
    "zero_grad_zeros": "zero_grad() writes zeros instead of setting .grad to None",
    "step_also_zeroes": "step() empties the gradients as well",
    "backward_also_steps": "backward() moves the weights as well",
    "mean_is_sum": "a mean is not divided by the number of elements",
    "sum_is_mean": "a sum is divided by the number of elements",
    "nonleaf_keep_grad": "every tensor of the graph keeps its gradient, not only the leaves",
    "upstream_ignored": "a node passes on its local slope without multiplying by what arrived",
    "last_path_only": "of several paths to a tensor only the last counts",
    "mse_elementwise": "a loss pairs the elements of two shapes and does not broadcast",
    "eval_disables_grad": "eval() switches gradients off",
    "inplace_is_copy": "an operation in place makes a new tensor and leaves the old one",
    "momentum_ignored": "momentum changes nothing",
    "adam_is_sgd": "Adam moves by the learning rate times the gradient",
    "graph_never_freed": "backward() can be called on one graph any number of times",
    "vjp_vector_ignored": "the vector given to backward() changes nothing",
    "hooks_observe_only": "what a hook returns is thrown away",
}
"""What each misreading believes, by its name."""
