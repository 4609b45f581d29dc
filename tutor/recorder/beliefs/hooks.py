"""The belief that hooks only look on."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import torch

from tutor.recorder.beliefs.base import Believed, ChangedCalls, Frames

_MODULE_HOOKS = (
    "register_forward_hook",
    "register_forward_pre_hook",
    "register_full_backward_hook",
    "register_full_backward_pre_hook",
)


class _Observed(ChangedCalls):
    """Registers hooks whose result is thrown away."""

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Register such a hook."""
        if len(args) > 1:
            return func(args[0], _silent(args[1]), *args[2:], **kwargs)
        return func(*args, **kwargs | {"hook": _silent(kwargs["hook"])})


def _silent(hook: Callable[..., Any]) -> Callable[..., None]:
    def observe(*arguments: Any, **options: Any) -> None:
        hook(*arguments, **options)

    return observe


def hooks_observe_only(frames: Frames) -> Believed:
    """What hooks of tensors and modules return changes nothing."""
    for name in _MODULE_HOOKS:
        _patch(frames, name)
    return Believed(_Observed(frames, frozenset({"register_hook"})))


def _patch(frames: Frames, name: str) -> None:
    original = getattr(torch.nn.Module, name)

    @functools.wraps(original)
    def register(module: torch.nn.Module, hook: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        if frames.written(sys._getframe(1)):
            hook = _silent(hook)
        return original(module, hook, *arguments, **options)

    frames.patch(torch.nn.Module, name, register)
