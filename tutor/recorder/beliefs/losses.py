"""Beliefs about sums, means and the shapes in a loss."""

from __future__ import annotations

import inspect
from typing import Any

import torch

from tutor.lesson.readings import LOSSES
from tutor.recorder.beliefs.base import Believed, ChangedCalls, Frames

_PAIRED = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})
_DIFFERENCES = frozenset({"sub", "__sub__", "subtract", "__rsub__", "rsub"})


class _Reduced(ChangedCalls):
    """Reads one way to reduce as another.

    Args:
        frames: Tells whose call it is.
        written: ``mean`` or ``sum``, as the program has it.
        read: The other.
    """

    def __init__(self, frames: Frames, written: str, read: str) -> None:
        super().__init__(frames, LOSSES | {written}, by_modules=True)
        self._written = written
        self._read = read

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Reduce the other way."""
        if name != self._written:
            bound = inspect.signature(func).bind(*args, **kwargs)
            bound.apply_defaults()
            if bound.arguments.get("reduction") == self._written:
                bound.arguments["reduction"] = self._read
            return func(*bound.args, **bound.kwargs)
        values = args[0] if args else kwargs.get("input")
        if isinstance(values, torch.Tensor) and (values.is_floating_point() or values.is_complex()):
            return getattr(torch, self._read)(*args, **kwargs)
        return func(*args, **kwargs)


def mean_is_sum(frames: Frames) -> Believed:
    """A mean, also that of a loss, is a sum."""
    return Believed(_Reduced(frames, "mean", "sum"))


def sum_is_mean(frames: Frames) -> Believed:
    """A sum, also that of a loss, is a mean; numbers that are counted are still counted."""
    return Believed(_Reduced(frames, "sum", "mean"))


class _Paired(ChangedCalls):
    """Gives the second tensor of a loss or a difference the shape of the first, where the elements are as many."""

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the call on shapes that fit."""
        if len(args) >= 2 and all(isinstance(argument, torch.Tensor) for argument in args[:2]):
            one, other = args[:2]
            if one.shape != other.shape and one.numel() == other.numel():
                with torch._C.DisableTorchFunction():
                    other = other.reshape(one.shape)
                return func(one, other, *args[2:], **kwargs)
        return func(*args, **kwargs)


def mse_elementwise(frames: Frames) -> Believed:
    """Shapes with as many elements are paired element by element."""
    return Believed(_Paired(frames, _PAIRED | _DIFFERENCES, by_modules=True))
