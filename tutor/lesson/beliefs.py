"""Wrong beliefs that can be carried out: the names that ``read_as`` may hold, and what each believes.

A wrong answer is best computed by running the program as the learner reads it. That idea comes from misinterpreters
(SMoL Tutor, Lu and Krishnamurthi, OOPSLA 2024) and from distractors made of program mutants (Otero and Costa). A
misreading of the machine runs the same program under one changed rule of torch, a misreading of the program runs a
changed source under torch's own rules.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Belief(NamedTuple):
    """A wrong belief about torch, or a wrong way to read a program."""

    name: str
    believes: str
    """What somebody believes, without a full stop."""
    torch_does: str
    """What torch does instead."""
    look: str
    """Where to see that on the screen."""


_MACHINE = (
    Belief(
        "grad_overwrites",
        "backward() replaces .grad instead of adding to it",
        "backward() adds to the .grad that is there. Only zero_grad() or .grad = None empties it.",
        "Look at the .grad column in the accumulate step: it shows the old number plus the new one.",
    ),
    Belief(
        "no_grad_noop",
        "no_grad() changes nothing",
        "Inside no_grad() nothing is recorded: results have no grad_fn and are constants to the graph.",
        "Look at the grad_fn column of what is made inside the block: it stays empty, and the header says grad off.",
    ),
    Belief(
        "detach_identity",
        "detach() gives back the same tensor, still in the graph",
        "detach() gives a tensor with the same numbers and no history, so no gradient goes through it.",
        "Look at the graph after the detach() step: the new tensor has no node and no way back.",
    ),
    Belief(
        "detach_copies",
        "detach() copies the numbers into a storage of its own",
        "detach() shares the storage. A write into one of the two is seen in the other.",
        "Look at the value column in the step of the write: both names change.",
    ),
    Belief(
        "zero_grad_noop",
        "zero_grad() changes nothing",
        "zero_grad() sets the .grad of every weight of the optimizer or module to None.",
        "Look at the .grad column in the step of zero_grad(): it becomes None.",
    ),
    Belief(
        "zero_grad_zeros",
        "zero_grad() writes zeros instead of setting .grad to None",
        "zero_grad() sets .grad to None, and step() skips a weight whose .grad is None. Zeros would still apply "
        "momentum and weight decay.",
        "Look at the .grad column in the step of zero_grad(), and then at the weight in the step of step().",
    ),
    Belief(
        "step_also_zeroes",
        "step() empties the gradients as well",
        "step() only moves the weights. The gradients stay until something empties them.",
        "Look at the .grad column after the step of step(): it holds what it held before.",
    ),
    Belief(
        "backward_also_steps",
        "backward() moves the weights as well",
        "backward() only fills .grad. The weights move in step() or in your own update.",
        "Look at the value column of the weights in the steps of backward(): it does not change.",
    ),
    Belief(
        "mean_is_sum",
        "a mean is not divided by the number of elements",
        "A mean of n elements is their sum divided by n, and so is each gradient through it.",
        "Look at the node of the mean in the graph: the gradient that leaves it is 1/n for each element.",
    ),
    Belief(
        "sum_is_mean",
        "a sum is divided by the number of elements",
        "A sum passes the gradient on to each element as it is, without dividing.",
        "Look at the node of the sum in the graph: what arrives leaves it unchanged, once for each element.",
    ),
    Belief(
        "nonleaf_keep_grad",
        "every tensor of the graph keeps its gradient, not only the leaves",
        "Only leaves keep a gradient. The gradient of any other tensor is gone after backward(), unless "
        "retain_grad() was called before.",
        "Look at the .grad column of the tensors that have a grad_fn: it says not kept.",
    ),
    Belief(
        "upstream_ignored",
        "a node passes on its local slope without multiplying by what arrived",
        "Each node multiplies its local slope by the gradient that arrives from above.",
        "Look at the node steps inside backward(): each shows what arrived and what it passes on.",
    ),
    Belief(
        "last_path_only",
        "of several paths to a tensor only the last counts",
        "The gradients of all paths to a tensor are added.",
        "Look at the graph: a gradient arrives by each line that leads to the tensor.",
    ),
    Belief(
        "mse_elementwise",
        "a loss pairs the elements of two shapes and does not broadcast",
        "Shapes (n, 1) and (n,) are broadcast to (n, n): every element is paired with every other.",
        "Look at the shape of the difference in the step of the loss.",
    ),
    Belief(
        "eval_disables_grad",
        "eval() switches gradients off",
        "eval() only changes what layers such as dropout and batch norm do. Recording goes on.",
        "Look at the grad_fn column of the model's output: it is there after eval() too.",
    ),
    Belief(
        "inplace_is_copy",
        "an operation in place makes a new tensor and leaves the old one",
        "An operation in place writes into the tensor itself, so every name of it sees the new numbers.",
        "Look at the value column in the step of the operation: the old tensor changes.",
    ),
    Belief(
        "momentum_ignored",
        "momentum changes nothing",
        "With momentum, a step moves by a running total of the gradients, not by the last one alone.",
        "Look at momentum_buffer in the state of the optimizer in the steps of step().",
    ),
    Belief(
        "adam_is_sgd",
        "Adam moves by the learning rate times the gradient",
        "Adam divides by the usual size of the gradients, so its first step is about the learning rate, whatever "
        "the gradient.",
        "Look at the value column of the weights in the step of step(), beside their .grad.",
    ),
    Belief(
        "graph_never_freed",
        "backward() can be called on one graph any number of times",
        "backward() frees what the nodes saved. A second call through them raises an error without retain_graph=True.",
        "Look at the graph after backward(): its nodes are marked as freed.",
    ),
    Belief(
        "vjp_vector_ignored",
        "the vector given to backward() changes nothing",
        "The vector is the gradient that arrives at the start, so each number weights its row of the Jacobian.",
        "Look at the first node step inside backward(): the vector is what arrives there.",
    ),
    Belief(
        "hooks_observe_only",
        "what a hook returns is thrown away",
        "What a hook on a tensor returns takes the place of the gradient.",
        "Look at the node step after the hook: it works on what the hook returned.",
    ),
)

_PROGRAM = (
    Belief(
        "zeroing_dropped",
        "the gradients need not be emptied",
        "Without emptying, each backward() adds to what is left from the turns before.",
        "Look at the .grad column in the accumulate step of the second turn.",
    ),
    Belief(
        "step_dropped",
        "step() does nothing that matters here",
        "step() is what moves the weights; without it they stay as they are.",
        "Look at the value column of the weights in the step of step().",
    ),
    Belief(
        "retain_grad_dropped",
        "retain_grad() makes no difference",
        "retain_grad() makes a tensor that is no leaf keep its gradient. Without it .grad stays None.",
        "Look at the .grad column of that tensor after backward().",
    ),
    Belief(
        "no_grad_unwrapped",
        "the block under no_grad() runs like any other code",
        "What runs under no_grad() is not recorded, and only there may a leaf be updated in place.",
        "Look at the grad_fn column of what the block makes: it stays empty.",
    ),
    Belief(
        "requires_grad_false",
        "requires_grad=True makes no difference",
        "Without requires_grad=True nothing is recorded for a tensor, and it never gets a gradient.",
        "Look at the sign before the name: a filled circle requires grad, an empty one does not.",
    ),
    Belief(
        "retain_graph_false",
        "retain_graph=True makes no difference",
        "retain_graph=True keeps what the nodes saved, so that backward() can run through them again.",
        "Look at the graph after backward(): its nodes are not freed.",
    ),
    Belief(
        "create_graph_false",
        "create_graph=True makes no difference",
        "create_graph=True records the backward pass too, so that the gradient has a graph of its own.",
        "Look at the grad_fn column of the gradient.",
    ),
    Belief(
        "in_place_as_rebinding",
        "w -= e is the same as w = w - e",
        "w -= e writes into the tensor. w = w - e makes a new tensor and gives it the name.",
        "Look at the tensors pane in that step: the same tensor changes, and it stays a leaf.",
    ),
    Belief(
        "rebinding_as_in_place",
        "w = w - e is the same as w -= e",
        "w = w - e makes a new tensor and gives it the name. The old one is left as it was.",
        "Look at the tensors pane in that step: the name now stands for another tensor, which is not that leaf.",
    ),
    Belief(
        "zeroing_moved",
        "it does not matter where the gradients are emptied",
        "Emptied between backward() and the update, the gradients are gone before they are used.",
        "Look at the .grad column in the step of the update.",
    ),
)

MACHINE: Final = tuple(belief.name for belief in _MACHINE)
"""Names of the misreadings of the machine: the same program, one rule of torch changed."""

PROGRAM: Final = tuple(belief.name for belief in _PROGRAM)
"""Names of the misreadings of the program: its source changed."""

BELIEFS: Final = {belief.name: belief for belief in (*_MACHINE, *_PROGRAM)}
"""Every wrong belief by its name."""
