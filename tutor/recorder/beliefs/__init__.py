"""Carrying out a wrong belief: one rule of torch changed, for the calls that a program itself makes.

A change never reaches calls that torch makes of its own: those need torch's real rules, or layers are not drawn and
optimisers compute nonsense. So each change looks whose frame called it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tutor.recorder.beliefs.base import Believed, Frames
from tutor.recorder.beliefs.gradients import (
    backward_also_steps,
    grad_overwrites,
    graph_never_freed,
    last_path_only,
    nonleaf_keep_grad,
    upstream_ignored,
    vjp_vector_ignored,
)
from tutor.recorder.beliefs.hooks import hooks_observe_only
from tutor.recorder.beliefs.losses import mean_is_sum, mse_elementwise, sum_is_mean
from tutor.recorder.beliefs.optimizers import (
    adam_is_sgd,
    momentum_ignored,
    step_also_zeroes,
    zero_grad_noop,
    zero_grad_zeros,
)
from tutor.recorder.beliefs.switches import eval_disables_grad, no_grad_noop
from tutor.recorder.beliefs.tensors import detach_copies, detach_identity, inplace_is_copy

_CHANGES: Final[dict[str, Callable[[Frames], Believed | None]]] = {
    change.__name__: change
    for change in (
        grad_overwrites,
        no_grad_noop,
        detach_identity,
        detach_copies,
        zero_grad_noop,
        zero_grad_zeros,
        step_also_zeroes,
        backward_also_steps,
        mean_is_sum,
        sum_is_mean,
        nonleaf_keep_grad,
        upstream_ignored,
        last_path_only,
        mse_elementwise,
        eval_disables_grad,
        inplace_is_copy,
        momentum_ignored,
        adam_is_sgd,
        graph_never_freed,
        vjp_vector_ignored,
        hooks_observe_only,
    )
}


def believe(name: str, path: str) -> Believed:
    """Change torch in this process, as a misreading of the machine has it.

    Args:
        name: One of ``tutor.lesson.beliefs.MACHINE``; with any other, such as an empty one, nothing changes.
        path: The program's file: only calls from frames of its code are changed.

    Returns:
        The modes under which the program has to run for the belief to hold, and how to undo the change.
    """
    change = _CHANGES.get(name)
    if change is None:
        return Believed()
    frames = Frames(path)
    return (change(frames) or Believed())._replace(undo=frames.undo)
