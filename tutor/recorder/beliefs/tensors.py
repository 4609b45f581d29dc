"""Beliefs about which tensor an operation gives: the same one, a copy, a view."""

from __future__ import annotations

from typing import Any, Final

import torch

from tutor.recorder.beliefs.base import Believed, ChangedCalls, Frames

_FLAGS = frozenset({"requires_grad_", "detach_", "share_memory_", "resize_", "resize_as_", "set_", "rename_"})
_TWINS: Final = frozenset(
    {"abs", "add", "ceil", "clamp", "clamp_max", "clamp_min", "cos", "div", "exp", "floor", "log", "mul", "neg", "pow"}
    | {"reciprocal", "relu", "round", "rsqrt", "sigmoid", "sign", "sin", "sqrt", "square", "sub", "tanh", "true_divide"}
)
"""Operations that are the same in place and not."""


class _Undetached(ChangedCalls):
    """Gives back what was to be detached."""

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Do nothing."""
        return args[0] if args else func(**kwargs)


def detach_identity(frames: Frames) -> Believed:
    """``detach()`` gives back the tensor itself."""
    return Believed(_Undetached(frames, frozenset({"detach", "detach_"})))


class _Copied(ChangedCalls):
    """Copies what was detached."""

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Detach and copy."""
        return func(*args, **kwargs).clone()


def detach_copies(frames: Frames) -> Believed:
    """``detach()`` gives a tensor with a storage of its own."""
    return Believed(_Copied(frames, frozenset({"detach"})))


class _Unwritten(ChangedCalls):
    """Runs operations in place on a copy."""

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run it on a copy if it is in place, and give that back."""
        if not args or not isinstance(args[0], torch.Tensor) or not _in_place(name):
            return func(*args, **kwargs)
        if name.startswith("__i"):
            return getattr(torch.Tensor, "__" + name[3:])(*args, **kwargs)
        if name[:-1] in _TWINS:
            return getattr(torch.Tensor, name[:-1])(*args, **kwargs)
        return func(args[0].clone(), *args[1:], **kwargs)


def _in_place(name: str) -> bool:
    if name.startswith("__i"):
        return hasattr(torch.Tensor, "__" + name[3:])
    return name.endswith("_") and not name.startswith("_") and name not in _FLAGS


def inplace_is_copy(frames: Frames) -> Believed:
    """An operation in place makes a new tensor; what is written to an index stays written."""
    return Believed(_Unwritten(frames))
