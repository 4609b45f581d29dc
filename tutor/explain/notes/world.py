"""What every family of notes may ask: the step, the state around it, names, turns, and where notes go."""

from __future__ import annotations

from typing import Any

from tutor.explain.forecast import outermost
from tutor.explain.notes.note import Book, Note
from tutor.explain.notes.source import Said, said
from tutor.plain.format import clipped, harmless
from tutor.plain.names import reference_of
from tutor.recording.format import Kind
from tutor.recording.model import Site, Step, TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.state import State

Turn = tuple[tuple[int, int, int], ...]
"""Scope, line and turn of every running loop, outermost first."""


class World:
    """The program around the step that is looked at.

    Args:
        recording: What is gone through.
        book: Takes the notes.
    """

    def __init__(self, recording: Recording, book: Book) -> None:
        self.recording = recording
        self.book = book
        self.step = Step(0, Kind.STATEMENT, Site(0, 0, 0, 0, "", None, ""), 0, 0, None, [])
        """The step that is looked at; its number is 0 before the first."""
        self.state = State(recording.tables)
        """Before it, or after it once it was applied. May not be kept."""
        self.call = 0
        """The last backward call, 0 if there was none."""

    @property
    def said(self) -> Said:
        """What the source of the step says."""
        return said(self.step.site.source)

    def say(self, kind: str, step: int, names: tuple[str, ...], what: str, why: str, cause: int | None = None) -> None:
        """Note a mistake at a step."""
        line = self.recording.site(step).line
        self.book.add(Note(kind, step, line, tuple(dict.fromkeys(names)), what, why, cause or None))

    # Names

    def names(self, tensor: int) -> list[str]:
        """The names of a tensor now."""
        return [harmless(name) for name in self.state.names_of(tensor)]

    def label(self, tensor: int) -> str:
        """What to call a tensor: its first name, or the expression that made it."""
        names = self.names(tensor)
        if names:
            return clipped(names[0], 40)
        born = self.recording.index.tensors.get(tensor)
        if not born or self.recording.kind(born) not in (Kind.OPERATION, Kind.INNER):
            return "a tensor"
        return self.source(self.outer(born))

    def source(self, number: int, width: int = 40) -> str:
        """The expression or statement of a step, on one line."""
        return clipped(harmless(" ".join(self.recording.site(number).source.split())), width)

    def name(self, number: int) -> str:
        """The name of what a step calls, without where it comes from."""
        return self.recording.site(number).name.rpartition(".")[2]

    def outer(self, number: int) -> int:
        """The program's own step that a step is part of."""
        return outermost(self.recording, number)

    def place(self, number: int) -> str:
        """``w * 2 in line 7``: a step by the program's own call that it is part of."""
        outer = self.outer(number)
        return f"{self.source(outer)} in line {self.recording.site(outer).line}"

    def reference(self, path: str) -> Any:
        """What a path refers to now, None if there is none."""
        return reference_of(self.state, path)

    def tensor(self, path: str) -> TensorRecord | None:
        """The tensor that a path refers to now."""
        reference = self.reference(path)
        return self.state.tensors.get(reference) if isinstance(reference, int) else None

    def is_leaf(self, tensor: int) -> bool:
        """Whether a tensor is a leaf that requires grad."""
        record = self.state.tensors.get(tensor)
        return record is not None and record.meta.is_leaf and record.meta.requires_grad

    # Turns

    def turn(self) -> Turn:
        """Which turn of which loops is running."""
        return tuple(
            (scope.id, line, turn) for scope in self.state.scopes.values() for line, turn in scope.turns.items()
        )


def is_later_turn(earlier: Turn, later: Turn) -> bool:
    """Whether two moments are in different turns of the same run of a loop."""
    for one, other in zip(earlier, later, strict=False):
        if one != other:
            return one[:2] == other[:2] and one[2] < other[2]
    return False
