"""An error or a warning as its causes are looked for: the message, the expression that raised, the tensors in it.

An operation that raised has no step of its own (a backward call has): what it was given is found by reading the
expression, and looking its names up in the state before.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any, Final

from tutor.explain.look import is_inner, is_named, label
from tutor.plain.format import clipped, harmless
from tutor.plain.names import reference_of
from tutor.recording.format import Change, Flag, Kind
from tutor.recording.model import Step, TensorRecord
from tutor.recording.moment import Moment, is_backward
from tutor.recording.recording import Recording
from tutor.recording.state import State

SOURCE: Final = 60
"""Characters that an expression gets inside a sentence."""

_NEAR: Final = 60
"""Steps looked at to find the result of a part of the expression."""


class Scene:
    """What is known where something was raised.

    Args:
        moment: Of an error or a warning.
    """

    def __init__(self, moment: Moment) -> None:
        step = moment.step
        assert step is not None
        self.moment = moment
        self.recording: Recording = moment.recording
        self.step: Step = step
        self.text = str(step.detail[0])
        """The message."""
        self.state: State = moment.before
        """Before it was raised."""

    # Words

    @property
    def line(self) -> int:
        """The line that raised."""
        return self.step.site.line

    @property
    def source(self) -> str:
        """The expression that raised, on one line."""
        return one_line(self.step.site.source)

    def name(self, tensor: int) -> str:
        """What to call a tensor."""
        return name_of(self.moment, tensor)

    # Steps

    @cached_property
    def call(self) -> Step | None:
        """The backward call that raised."""
        number = self.step.number - 1
        if self.step.kind is Kind.WARNING and self.step.parent:
            number = self.step.parent
        while number > 0 and self.recording.site(number).line == self.line:
            kind, site = self.recording.kind(number), self.recording.site(number)
            if kind in (Kind.OPERATION, Kind.INNER) and is_backward(site.name):
                return self.recording.step(number)
            number = self.recording.index.parents[number] or (number - 1 if kind is Kind.WARNING else 0)
        return None

    def birth(self, tensor: int) -> int:
        """The step in which a tensor was first seen, 0 where that is not known."""
        return self.recording.index.tensors.get(tensor)

    # Tensors

    @cached_property
    def statement(self) -> ast.stmt | None:
        """The statement of the program that raised; of a compound one its head counts."""
        return statement_at(self.recording, self.line)

    @cached_property
    def expression(self) -> ast.AST | None:
        """The expression that raised; None where it cannot be read, as where it was too long to be recorded."""
        return parsed(self.step.site.source) or self.statement

    def parts(self) -> Iterator[ast.expr]:
        """Every part of the expression that raised, from the outside to the inside."""
        tree = self.expression
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.expr):
                yield node

    def tensors(self) -> list[int]:
        """The tensors that the expression speaks of, each once."""
        found = [id for part in self.parts() if (id := self.tensor(part)) is not None]
        return list(dict.fromkeys(found))

    def records(self) -> list[TensorRecord]:
        """Those tensors as they were."""
        return [record for id in self.tensors() if (record := self.record(id)) is not None]

    def record(self, tensor: int) -> TensorRecord | None:
        """A tensor as it was before the error, or right after it."""
        return self.moment.before.tensors.get(tensor) or self.moment.after.tensors.get(tensor)

    def tensor(self, part: ast.expr) -> int | None:
        """The tensor that a part of the expression stood for: by its name, or as the result of an earlier step."""
        if isinstance(part, ast.Constant):
            return None
        text = ast.unparse(part)
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript):
            reference = reference_of(self.state, text)
            if isinstance(reference, int):
                return reference
            if isinstance(part, ast.Attribute) and part.attr == "grad":
                owner = self.tensor(part.value)
                record = self.record(owner) if owner is not None else None
                return record.grad if record is not None else None
        if isinstance(part, ast.Call | ast.BinOp | ast.UnaryOp | ast.Subscript | ast.Attribute):
            return self._result(text)
        return None

    def _result(self, text: str) -> int | None:
        """The result of the last step of this statement that has a certain source."""
        number, first = self.step.number - 1, max(self.step.number - _NEAR, 1)
        while number >= first:
            site = self.recording.site(number)
            if self.recording.kind(number) in (Kind.OPERATION, Kind.INNER) and self._is_here(site.line):
                tree = parsed(site.source)
                if tree is not None and ast.unparse(tree) == text:
                    detail = self.recording.step(number).detail
                    return detail[1] if detail is not None and isinstance(detail[1], int) else None
            number -= 1
        return None

    def _is_here(self, line: int) -> bool:
        if self.statement is None:
            return line == self.line
        return self.statement.lineno <= line <= (self.statement.end_lineno or self.statement.lineno)

    def target(self) -> ast.expr | None:
        """What the statement assigns to."""
        statement = self.statement
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            return statement.targets[0]
        return statement.target if isinstance(statement, ast.AugAssign | ast.AnnAssign) else None


# Words


def statement_at(recording: Recording, line: int) -> ast.stmt | None:
    """The innermost statement of the program that a line belongs to; None where the program is no Python."""
    found: ast.stmt | None = None
    for node in _nodes_around(recording, line):
        if isinstance(node, ast.stmt) and (found is None or node.lineno >= found.lineno):
            found = node
    return found


def statement_text(recording: Recording, number: int) -> str:
    """The statement that a step is in, without comments; the step's own source where it cannot be found."""
    site = recording.site(number)
    statement = statement_at(recording, site.line)
    if statement is None or isinstance(statement, ast.For | ast.While | ast.With | ast.If | ast.FunctionDef | ast.Try):
        return site.source
    return ast.unparse(statement)


def switched_off_by(recording: Recording, line: int) -> tuple[str, str]:
    """The function around a line that a decorator runs without grad, and that decorator; empty where none does."""
    for node in _nodes_around(recording, line):
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ():
            text = ast.unparse(decorator)
            if "no_grad" in text or "inference_mode" in text or "set_grad_enabled" in text:
                assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                return node.name, f"@{text}"
    return "", ""


def _nodes_around(recording: Recording, line: int) -> Iterator[ast.AST]:
    header = recording.header
    tree = program_of(header.source) if header is not None else None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            yield node


def one_line(text: str, width: int = SOURCE) -> str:
    """Source as a part of a sentence."""
    return clipped(harmless(" ".join(text.split())), width)


def name_of(moment: Moment, tensor: int) -> str:
    """What to call a tensor: its name, that of the whole that it is a view of, or the expression that made it."""
    if is_named(moment, tensor) or not is_inner(moment, tensor):
        return label(moment, tensor)
    return "a tensor"


def said(recording: Recording, number: int) -> str:
    """``w.detach() in line 5 (step 9)``: a step, by what it says and where it stands."""
    site = recording.site(number)
    return f"{one_line(site.source)} in line {site.line} (step {number})"


def place(recording: Recording, number: int) -> str:
    """``line 5 (step 9)``."""
    return f"line {recording.site(number).line} (step {number})"


def shape_of(record: TensorRecord) -> tuple[int, ...]:
    """The shape of a tensor."""
    return tuple(record.meta.shape)


# Steps


def binding(recording: Recording, number: int, tensor: int) -> str:
    """The name that a step gave to a tensor."""
    for change in recording.step(number).changes if number else ():
        if change[0] == Change.BIND and change[3] == tensor:
            return harmless(str(change[2]))
    return ""


def options_of(step: Step) -> dict[str, Any]:
    """The named arguments of an operation."""
    rest = step.detail[2:] if step.detail is not None else []
    return rest[0] if rest and isinstance(rest[0], dict) else {}


def block_of(recording: Recording, number: int) -> int:
    """The statement that had switched grad off where a step ran, 0 where none can be pointed at.

    A decorator has no statement of its own.
    """
    mask = Flag.GRAD_ENABLED | Flag.INFERENCE
    flags = recording.index.flags[number] & mask
    for candidate in range(number - 1, max(number - 400, 0), -1):
        if recording.index.flags[candidate] & mask != flags:
            break
        source = recording.site(candidate).source
        if recording.kind(candidate) is Kind.STATEMENT and (
            source.startswith(("with ", "async with ")) or "set_grad_enabled" in source
        ):
            return candidate
    return 0


@lru_cache(256)
def parsed(source: str) -> ast.AST | None:
    """A piece of source as a tree; an expression alone where it is one. None where it is no Python."""
    tree = _tree(source.strip())
    if tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return tree.body[0].value
    return tree


@lru_cache(4)
def program_of(source: str) -> ast.Module | None:
    """A whole program as a tree, its line numbers kept; None where it is no Python."""
    return _tree(source)


def _tree(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
