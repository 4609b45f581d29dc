"""The child's side of checking a gradient: a plain run in which a leaf is changed a little before it is used.

The run ends at the backward call that is meant, where the result is read.
"""

from __future__ import annotations

import ast
import builtins
import os
import sys
import types
from collections.abc import Callable
from typing import Any, NoReturn

import torch

from tutor.lesson.value import Value
from tutor.recorder.double import Double
from tutor.recorder.evaluate import Nudge, Sent, Work
from tutor.recorder.evaluate_plain import MOST, PlainRun, only_looks

_USE = "__tutor_use__"


class NudgeRun(PlainRun):
    """One run of one program, up to a backward call.

    Args:
        work: The program, and what to nudge.
        send: Takes each message, after its length.
    """

    def __init__(self, work: Work, send: Callable[[bytes], None]) -> None:
        super().__init__(work, send)
        assert work.nudge is not None
        self._nudge: Nudge = work.nudge
        self._path = work.request.path
        self._calls = 0
        """Backward calls so far."""
        self._leaf: torch.Tensor | None = None
        """The leaf, once it was nudged."""
        self._value = 0.0
        """The nudged element."""

    def run(self) -> None:
        """Run it up to the backward call, or to its end where that is not reached."""
        vars(builtins)[_USE] = self._use
        self._count_calls()
        super().run()

    def _compile(self, text: str, first_line: int, flags: int) -> types.CodeType:
        source = "\n" * (first_line - 1) + text
        tree = compile(source, self._path, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
        assert isinstance(tree, ast.Module)
        _put_before(tree, self._nudge.line)
        code: types.CodeType = compile(ast.fix_missing_locations(tree), self._path, "exec", flags, dont_inherit=True)
        return code

    # The leaf

    def _use(self) -> None:
        """The statement that uses the leaf is about to run."""
        if self._leaf is not None or self._calls != self._nudge.calls:
            return
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename == self._path:
                for path in self._nudge.paths:
                    leaf = _named(path, frame)
                    if leaf is not None and self._is_meant(leaf):
                        self._move(leaf)
                        return
            frame = frame.f_back

    def _is_meant(self, leaf: torch.Tensor) -> bool:
        """Whether it holds what the leaf held when it was recorded."""
        nudge = self._nudge
        if not leaf.is_leaf or list(leaf.shape) != nudge.shape:
            return False
        expected = torch.tensor(nudge.values, dtype=torch.float64)
        seen = leaf.detach().double().reshape(-1)
        return not nudge.values or torch.equal(seen, expected)

    def _move(self, leaf: torch.Tensor) -> None:
        self._leaf = leaf
        if self._nudge.double:
            double = Double()
            if leaf.dtype == torch.float32:
                # In float64 itself, so that its gradient is not rounded to float32 when it arrives.
                leaf.grad = None
                leaf.data = double.twin(leaf.data)
            # Until the process ends.
            double.__enter__()  # type: ignore[no-untyped-call]
        if self._nudge.element is not None:
            # Through .data, so that neither the graph nor the version counter hears of it.
            self._place(leaf).add_(self._nudge.by)
        self._value = float(self._place(leaf))

    def _place(self, leaf: torch.Tensor) -> torch.Tensor:
        """The element, as a view."""
        place, rest = leaf.data, self._nudge.element or 0
        index: list[int] = []
        for size in reversed(leaf.shape):
            rest, position = divmod(rest, size)
            index.append(position)
        for position in reversed(index):
            place = place[position]
        return place

    # The result

    def _count_calls(self) -> None:
        original = torch.autograd.backward

        def backward(tensors: Any, grad_tensors: Any = None, *arguments: Any, **options: Any) -> None:
            self._calls += 1
            if self._calls == self._nudge.call:
                self._arrive(_list(tensors), None if grad_tensors is None else _list(grad_tensors))
            original(tensors, grad_tensors, *arguments, **options)

        torch.autograd.backward = backward

    def _arrive(self, roots: list[Any], start: list[Any] | None) -> NoReturn:
        leaf = self._leaf
        if leaf is None:
            self._say(f"Run again, line {self._nudge.line} did not find the leaf with the value that was recorded.")
        elif float(self._place(leaf)) != self._value:
            self._say(f"The leaf was changed between line {self._nudge.line} and the backward call.")
        elif sum(root.numel() for root in roots) > MOST:
            self._say("The result has too many elements.")
        if leaf is not None:
            dtype = str(leaf.dtype).removeprefix("torch.")
            self._tell(Sent("element", Value("tensor", [], dtype, self._value)))
        if start is not None and any(given is not None for given in start):
            weights = [
                torch.ones(root.numel()) if given is None else given for root, given in zip(roots, start, strict=False)
            ]
            self._tell(Sent("start", Value("list", content=[_numbers(given) for given in weights])))
        self._tell(Sent("roots", Value("list", content=[_numbers(root) for root in roots])))
        if leaf is not None and self._nudge.element is None and self._nudge.double:
            self._tell(Sent("gradient", Value("list", content=_numbers(_gradient(roots, leaf, start)))))
        # At once, so that nothing of the program can hold it back.
        os._exit(0)

    def _say(self, problem: str) -> None:
        self._tell(Sent("problem", Value("str", content=problem)))


def _named(path: str, frame: types.FrameType) -> torch.Tensor | None:
    """The tensor that a path leads to in a frame."""
    try:
        found = eval(path, frame.f_globals, frame.f_locals) if only_looks(path) else None
    except Exception:
        return None
    return found if isinstance(found, torch.Tensor) else None


def _gradient(roots: list[Any], leaf: torch.Tensor, start: list[Any] | None) -> torch.Tensor:
    """What the backward call would bring to a leaf, in the precision of the run."""
    given = [None] * len(roots) if start is None else start
    given = [None if each is None else each.to(root.dtype) for each, root in zip(given, roots, strict=True)]
    (gradient,) = torch.autograd.grad(roots, leaf, given, allow_unused=True)
    return torch.zeros_like(leaf) if gradient is None else gradient


def _list(tensors: Any) -> list[Any]:
    return [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)


def _numbers(tensor: torch.Tensor) -> list[float]:
    numbers: list[float] = tensor.detach().double().reshape(-1).tolist()
    return numbers


def _put_before(node: ast.AST, line: int) -> bool:
    """Put a call before the innermost statement that a line belongs to; whether there is one in a node."""
    for _, body in ast.iter_fields(node):
        if not isinstance(body, list):
            continue
        for position, item in enumerate(body):
            if isinstance(item, ast.ExceptHandler | ast.match_case) and _put_before(item, line):
                return True
            if isinstance(item, ast.stmt) and item.lineno <= line <= (item.end_lineno or item.lineno):
                if not _put_before(item, line):
                    call = ast.Expr(ast.Call(ast.Name(_USE, ast.Load()), [], []))
                    body.insert(position, ast.copy_location(call, item))
                return True
    return False
