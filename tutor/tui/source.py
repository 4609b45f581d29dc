"""Where a recording comes from: a run that is going on, or a saved file. The stepper treats both alike."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Protocol

import msgspec

from tutor.lesson.marks import Marks, read_marks
from tutor.lesson.percent import split_cells
from tutor.lesson.place import Place
from tutor.lesson.program import Cell, Program, UnreadableError
from tutor.lesson.syntax import parse
from tutor.recording.file import SavedRecording
from tutor.recording.model import End
from tutor.recording.recording import Header, Recording


class Source(Protocol):
    """A recording that may still grow. ``recorder.process.Run`` is one."""

    recording: Recording

    @property
    def running(self) -> bool:
        """Whether more can come."""

    def pump(self, seconds: float | None = None) -> bool:
        """Take in what there is, for about this long; whether more is waiting.

        Raises:
            DamagedError: it is no recording.
        """

    def stop(self, reason: str = "stopped") -> None:
        """Let no more come."""

    def close(self) -> None:
        """Give everything back. The recording cannot be read after this."""


class OpenedRecording(SavedRecording):
    """A saved recording, taken in by slices, so that a long one shows its first step at once."""

    def stop(self, reason: str = "stopped") -> None:
        """Read no more of the file."""
        self.recording.close(End("stopped", reason))


def program_of(header: Header) -> Program:
    """The program that a recording was made of, as far as the recording tells; its lesson's marks included."""
    title = header.title or Path(header.program).name
    cells = [Cell("code", first, last, number) for first, last, number in header.cells]
    program = Program(header.program, title, header.source, cells, notebook=header.notebook)
    if header.notebook:
        return program
    # A program for another Python may not be one for this; its code cells are known from the header.
    with contextlib.suppress(UnreadableError):
        return _read_again(program)
    return program


def _read_again(program: Program) -> Program:
    place = Place(program.path)
    cells = split_cells(program.source, parse(program.source, place))
    marks = Marks([], [], [])
    lines = program.source.split("\n")
    lesson = any(cell.attributes.get("tutor") == "lesson" for cell in cells)
    for cell in cells:
        if cell.kind == "code":
            tree = parse("\n".join(lines[cell.first_line - 1 : cell.last_line]), place, cell.first_line)
            found = read_marks(program.source, cell, tree, place, lesson=lesson)
            marks.asks.extend(found.asks)
            marks.expects.extend(found.expects)
            marks.announces.extend(found.announces)
    return msgspec.structs.replace(
        program, cells=cells, asks=marks.asks, expects=marks.expects, announces=marks.announces
    )
