"""From what a person wants to compare to the screen that compares it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.lesson.program import Program, UnreadableError
from tutor.recording.log import DamagedError
from tutor.tui.compare.lent import Lent
from tutor.tui.headline import title_of
from tutor.tui.screens.compare import CompareScreen
from tutor.tui.screens.compare_with import CompareWith
from tutor.tui.source import OpenedRecording, Source

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp


def comparison(app: TutorApp, one: Program | Path, other: Program | Path) -> CompareScreen:
    """Two programs or saved recordings side by side.

    Raises:
        DamagedError: one of them is no recording.
        OSError: one of them cannot be read.
    """
    names = _name(one), _name(other)
    if names[0] == names[1]:
        names = str(_path(one)), str(_path(other))
    return CompareScreen(_source(app, one), _source(app, other), names)


def question(app: TutorApp, program: Program | None) -> CompareWith:
    """Asks what a program is to be compared with: its copy or its original, where there is one, or what is typed."""
    copy = app.copies.changed(program) if program is not None else None
    original = app.copies.original_of(program) if program is not None else None

    def find(text: str) -> Program | Path | str:
        try:
            found = app.find(text)
            if isinstance(found, Path):
                OpenedRecording(found).close()
            return found
        except (UnreadableError, DamagedError) as error:
            return str(error)
        except OSError as error:
            return f"{text}: {(error.strerror or str(error)).lower()}."

    if original is not None:
        return CompareWith(find, original, f"{title_of(original)}, from which this was made")
    if copy is not None and copy.wrong() is None:
        return CompareWith(find, copy.program(), "your changed copy of it")
    return CompareWith(find, None, "")


def beside(app: TutorApp, source: Source, program: Program | None, other: Program | Path, step: int) -> CompareScreen:
    """What is on the screen already beside something else.

    Args:
        app: The application.
        source: The recording on the screen; it stays open.
        program: Its program.
        other: What it is compared with.
        step: The step to begin with.

    Raises:
        DamagedError: the other is no recording.
        OSError: the other cannot be read.
    """
    name = _name(other)
    if isinstance(other, Program) and program is not None and other.path == program.path:
        name = "your copy" if other.source != program.source else "the same, run again"
    return CompareScreen(Lent(source), _source(app, other), (title_of(program), name), step)


def _source(app: TutorApp, target: Program | Path) -> Source:
    return OpenedRecording(target) if isinstance(target, Path) else app.source_of(target)


def _path(target: Program | Path) -> Path:
    return target if isinstance(target, Path) else Path(target.path)


def _name(target: Program | Path) -> str:
    return target.name if isinstance(target, Path) else title_of(target)
