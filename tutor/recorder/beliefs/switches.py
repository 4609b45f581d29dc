"""Beliefs about what switches recording off."""

from __future__ import annotations

import functools
import sys
from typing import Any

import torch

from tutor.recorder.beliefs.base import Frames


def no_grad_noop(frames: Frames) -> None:
    """A ``no_grad`` written in the program changes nothing, be it a block or above a function."""
    kind: Any = torch.no_grad
    enter, decorate = kind.__enter__, kind.__call__

    @functools.wraps(enter)
    def believed_enter(block: torch.no_grad) -> None:
        if frames.written(sys._getframe(1)):
            block.prev = torch.is_grad_enabled()
        else:
            enter(block)

    @functools.wraps(decorate)
    def believed_decorate(block: torch.no_grad, function: Any) -> Any:
        code = getattr(function, "__code__", None)
        return function if code is not None and code.co_filename == frames.path else decorate(block, function)

    frames.patch(kind, "__enter__", believed_enter)
    frames.patch(kind, "__call__", believed_decorate)


def eval_disables_grad(frames: Frames) -> None:
    """A module that is in evaluation mode runs as under ``no_grad``."""
    kind: Any = torch.nn.Module
    call = kind.__call__

    @functools.wraps(call)
    def believed_call(module: torch.nn.Module, *arguments: Any, **options: Any) -> Any:
        if module.training or not frames.written(sys._getframe(1)):
            return call(module, *arguments, **options)
        with torch.no_grad():
            return call(module, *arguments, **options)

    frames.patch(kind, "__call__", believed_call)
