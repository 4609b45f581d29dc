"""Beliefs about ``step()`` and ``zero_grad()``."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from tutor.recorder.beliefs.base import Frames

_Step = Callable[..., Any]


def zero_grad_noop(frames: Frames) -> None:
    """``zero_grad()`` changes nothing."""
    for owner in (torch.optim.Optimizer, torch.nn.Module):
        _patch_zero_grad(frames, owner, lambda original, *arguments, **options: None)


def zero_grad_zeros(frames: Frames) -> None:
    """``zero_grad()`` writes zeros, unless the program says ``set_to_none`` itself."""

    def zeros(original: _Step, thing: Any, *arguments: Any, **options: Any) -> Any:
        if not arguments:
            options = {"set_to_none": False} | options
        return original(thing, *arguments, **options)

    for owner in (torch.optim.Optimizer, torch.nn.Module):
        _patch_zero_grad(frames, owner, zeros)


def _patch_zero_grad(frames: Frames, owner: Any, believed: _Step) -> None:
    original = owner.zero_grad

    @functools.wraps(original)
    def zero_grad(thing: Any, *arguments: Any, **options: Any) -> Any:
        if frames.written(sys._getframe(1)):
            return believed(original, thing, *arguments, **options)
        return original(thing, *arguments, **options)

    frames.patch(owner, "zero_grad", zero_grad)


def step_also_zeroes(frames: Frames) -> None:
    """``step()`` ends with ``zero_grad()``."""

    def empty(optimizer: torch.optim.Optimizer, *_: Any) -> None:
        if frames.stepped(sys._getframe(1)):
            optimizer.zero_grad()

    frames.undoing(register_optimizer_step_post_hook(empty).remove)


def momentum_ignored(frames: Frames) -> None:
    """Every optimiser steps as with a momentum of 0."""

    def step(original: _Step, optimizer: torch.optim.Optimizer, *arguments: Any, **options: Any) -> Any:
        kept = [(group, group["momentum"]) for group in optimizer.param_groups if "momentum" in group]
        for group, _ in kept:
            group["momentum"] = 0
        try:
            return original(optimizer, *arguments, **options)
        finally:
            for group, momentum in kept:
                group["momentum"] = momentum

    for kind in _kinds(torch.optim.Optimizer):
        _patch_step(frames, kind, step)


def adam_is_sgd(frames: Frames) -> None:
    """Adam takes the gradient times the learning rate from each weight."""
    for kind in (torch.optim.Adam, torch.optim.AdamW):
        if "step" in vars(kind):
            _patch_step(frames, kind, _plain_step)


def _plain_step(original: _Step, optimizer: torch.optim.Optimizer, closure: Callable[[], Any] | None = None) -> Any:
    loss = None
    if closure is not None:
        with torch.enable_grad():
            loss = closure()
    with torch.no_grad():
        for group in optimizer.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    weight.add_(weight.grad, alpha=float(group["lr"]) * (1 if group.get("maximize") else -1))
    return loss


def _kinds(kind: type[torch.optim.Optimizer]) -> list[type[torch.optim.Optimizer]]:
    """The optimisers that have a step of their own."""
    found = [kind] if "step" in vars(kind) and kind is not torch.optim.Optimizer else []
    return found + [other for heir in kind.__subclasses__() for other in _kinds(heir)]


def _patch_step(frames: Frames, kind: Any, believed: _Step) -> None:
    original = kind.step

    @functools.wraps(original)
    def step(optimizer: torch.optim.Optimizer, *arguments: Any, **options: Any) -> Any:
        if frames.stepped(sys._getframe(1)):
            return believed(original, optimizer, *arguments, **options)
        return original(optimizer, *arguments, **options)

    frames.patch(kind, "step", step)
