"""A recording as text that a person reads from top to bottom: a line or a few for each step."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from tutor.plain.changes import change_lines, role
from tutor.plain.follow import Remark, Remarks, Why
from tutor.plain.format import clipped, gradient_text, harmless, reference_text
from tutor.plain.palette import paint
from tutor.recording.format import Change, Kind
from tutor.recording.index import depth_of
from tutor.recording.model import End, Step
from tutor.recording.recording import Header
from tutor.recording.state import Key, State

SOURCE_WIDTH: Final = 44
"""Columns that the expression gets; what it changed stands to the right of them."""

MOST_CHANGES: Final = 6
"""Names listed for one step, unless everything is asked for."""

_DEEPEST: Final = 12
_LONG: Final = 100
_WHY_WIDTH: Final = 100
_MARGIN: Final = 12
_GAP: Final = " " * _MARGIN
_MESSAGE_LINES: Final = 40


class Text:
    """Writes the text. A ``Writer`` as ``follow`` wants it.

    Args:
        write: Takes text.
        state: Whether each step also says everything that is visible after it.
        colour: Whether escape sequences for colour may be written.
        why: What explains a step in paragraphs; None leaves that out.
        notes: What finds mistakes that raise no error; None leaves that out.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        state: bool = False,
        colour: bool = False,
        why: Why | None = None,
        notes: Remarks | None = None,
    ) -> None:
        self._write = write
        self._state = state
        self._why = why
        self._remarks = notes
        self._colour = colour
        self._parents: list[int] = []

    def begin(self, header: Header) -> None:
        """Write what the columns are."""
        self._line(self._paint("number", f"{'step':>5} {'line':>5}"))

    def step(self, step: Step, before: State, after: State, touched: set[Key]) -> None:
        """Write the lines of a step."""
        indent = "  " * min(depth_of(step, before) + self._nesting(step), _DEEPEST)
        for note in _notes(step, after):
            self._line(_GAP + indent + self._paint("loop", note))
        kind, lines = _lines(step, before, after, touched)
        number = self._paint("number", f"{step.number:>5} {step.site.line:>5}")
        self._line(f"{number} {indent}{self._paint(kind, lines[0])}")
        for line in lines[1:]:
            self._line(_GAP + indent + self._paint(kind, line))
        if self._why is not None:
            told = self._why(step, before, after, touched)
            # The first paragraph about what was raised names its type, which stands in the line above already.
            self._paragraphs(told[1:] if step.kind in (Kind.WARNING, Kind.ERROR) else told, indent)
        if self._remarks is not None:
            self._noted(self._remarks.taken(step, before, after), step.number, indent)
        if self._state:
            self._names(after)

    def end(self, end: End, steps: int) -> None:
        """Write how the program ended."""
        if self._remarks is not None:
            self._noted(self._remarks.ended(), 0, "")
        reason = f": {clipped(harmless(' '.join(end.reason.split())))}" if end.reason else ""
        count = "1 step" if steps == 1 else f"{steps:,} steps"
        self._line(self._paint("end" if end.how == "finished" else "error", f"{end.how} after {count}{reason}"))

    def _paragraphs(self, paragraphs: list[str], indent: str) -> None:
        start = f"{_GAP}{indent}  "
        for paragraph in paragraphs:
            for line in textwrap.wrap(paragraph, max(_WHY_WIDTH - len(start), 40)) or [""]:
                self._line(start + self._paint("number", line))

    def _noted(self, found: Sequence[Remark], number: int, indent: str) -> None:
        """Write notes that have become known; of an earlier step with its number."""
        for note in found:
            place = "" if note.step == number else f" (step {note.step}, line {note.line})"
            start = f"{_GAP}{indent}"
            for line in textwrap.wrap(f"note{place}: {note.what} {note.why}", max(_WHY_WIDTH - len(start), 40)):
                self._line(start + self._paint("warning", line))

    def _names(self, after: State) -> None:
        for path, reference, scope in after.visible():
            where = f" in {harmless(scope.function)}" if scope.function else ""
            name = harmless(path)
            self._line(f"{_GAP}  · {name} = {reference_text(after, reference)}{where}")

    def _nesting(self, step: Step) -> int:
        """How many steps hold this one."""
        parents = self._parents
        while parents and parents[-1] != step.parent:
            parents.pop()
        if step.parent and not parents:
            parents.append(step.parent)
        nesting = len(parents)
        parents.append(step.number)
        return nesting

    def _paint(self, kind: str, text: str) -> str:
        return paint(kind, text) if self._colour else text

    def _line(self, text: str) -> None:
        self._write(text.rstrip() + "\n")


def _notes(step: Step, after: State) -> Iterator[str]:
    """Functions entered and turns begun with a step."""
    for change in step.changes:
        if change[0] == Change.OPEN:
            yield f"▸ {harmless(change[2])}, called in line {change[3]}"
        elif change[0] == Change.TURN and change[3] and change[1] in after.scopes:
            yield f"↻ turn {change[3]} of the loop in line {change[2]}"


def _lines(step: Step, before: State, after: State, touched: set[Key]) -> tuple[str, list[str]]:
    """The kind of a step for colouring, and its lines."""
    kind = step.kind
    if kind is Kind.OUTPUT:
        stream, text = step.detail
        mark = "│ " if stream == "stdout" else "stderr │ "
        return "output", [mark + harmless(line) for line in text.removesuffix("\n").split("\n")]
    if kind in (Kind.WARNING, Kind.ERROR):
        return kind.word, _message(step)
    changes = list(change_lines(before, after, touched))
    if kind is Kind.NODE:
        return "node", [*_node(step, before), *_clip(changes)]
    if kind is Kind.ACCUMULATE:
        names = after.names_of(step.detail[0])
        own = tuple(f"{name}.grad" for name in names)
        return "gradient", [_accumulate(step, after, names), *_clip([c for c in changes if not c.startswith(own)])]
    return kind.word, _beside(_source(step, after), _clip(changes))


def _source(step: Step, after: State) -> str:
    """The expression on one line, and the result where it got no name."""
    source = clipped(harmless(" ".join(step.site.source.split())), 100)
    if step.kind is Kind.INNER:
        source = harmless(step.site.name)
    if step.kind not in (Kind.OPERATION, Kind.INNER):
        return source
    result = step.detail[1]
    named = isinstance(result, int) and after.names_of(result)
    if result is None or named:
        return source
    record = after.tensors.get(result) if isinstance(result, int) else None
    place = role(record, after) if record is not None else ""
    return f"{source:{SOURCE_WIDTH}} → {reference_text(after, result)}{place}"


def _beside(source: str, changes: list[str]) -> list[str]:
    """The source with the first change on its right if it fits, the others below that."""
    if not changes:
        return [source]
    space = " " * (SOURCE_WIDTH + 1)
    if len(source) > SOURCE_WIDTH:
        return [source, *(space + change for change in changes)]
    return [f"{source:{SOURCE_WIDTH}} {changes[0]}", *(space + change for change in changes[1:])]


def _clip(changes: list[str]) -> list[str]:
    if len(changes) <= MOST_CHANGES:
        return changes
    return [*changes[: MOST_CHANGES - 1], f"… {len(changes) - MOST_CHANGES + 1} more"]


def _message(step: Step) -> list[str]:
    """What was raised or warned of, and how."""
    text, *rest = step.detail
    lines = _harmless_lines(text)
    if rest and not text.startswith(str(rest[0])):
        lines[0] = f"{harmless(str(rest[0]))}: {lines[0]}"
    mark = "✗ " if step.kind is Kind.ERROR else "! "
    lines[0] = mark + lines[0]
    return lines[:_MESSAGE_LINES]


def _harmless_lines(text: str) -> list[str]:
    """The lines of a text, each harmless; at least one."""
    return [harmless(line) for line in text.strip("\n").split("\n")]


def _node(step: Step, before: State) -> list[str]:
    """``MulBackward0: 1.0 → 2.0, 3.0  saved self=3.0``, on two lines where it is long."""
    id, incoming, outgoing = step.detail
    arriving = ", ".join(gradient_text(before, gradient) for gradient in incoming)
    leaving = ", ".join(gradient_text(before, gradient) for gradient in outgoing)
    text = f"{harmless(step.site.name)}: {arriving} → {leaving or 'nothing'}"
    record = before.nodes.get(id)
    kept = [
        f"{harmless(saved.name)}={reference_text(before, saved.plain if saved.tensor is None else saved.tensor)}"
        for saved in (record.saved if record is not None else ())
    ]
    if not kept:
        return [text]
    saved = f"  saved {', '.join(kept)}"
    return [text + saved] if len(text) + len(saved) <= _LONG else [text, saved]


def _accumulate(step: Step, after: State, names: list[str]) -> str:
    """``x.grad: 6.0 + 6.0 = 12.0 (added)``."""
    _, old, contribution, new, taken_over = step.detail
    name = f"{harmless(names[0])}.grad" if names else "gradient of a tensor without a name"
    share = gradient_text(after, contribution)
    if old is None:
        return f"{name}: {share} ({'taken over' if taken_over else 'first'})"
    total = gradient_text(after, new)
    return f"{name}: {gradient_text(after, old)} + {share} = {total} ({'taken over' if taken_over else 'added'})"
