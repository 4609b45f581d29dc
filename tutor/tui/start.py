"""From the command line into the screens. Imports what is needed on the way, so that the first frame is soon there."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.lesson.program import Program
    from tutor.tui.questions.plans import Plan


def start(
    target: Program | Path | Plan | str | None = None,
    *,
    theme: str | None = None,
    seed: int | None = 0,
    max_steps: int | None = None,
    timeout: float | None = None,
    pack: Path | None = None,
    language: str | None = None,
    against: Program | Path | None = None,
) -> int:
    """Run the screens until the person leaves.

    Args:
        target: A program to record and step through, the path of a saved recording, what a person typed (the name of
            a lesson, a file), questions to ask, or None for home.
        theme: Name of a theme, None for the usual one.
        seed: Seed of the random numbers, None for none.
        max_steps: Steps that are recorded, None for the usual number.
        timeout: Seconds that a program may run, 0 for no limit, None for the usual one.
        pack: Folder of the lessons that home shows, None for the course that comes with the program.
        language: The language of the lessons, None for that of the environment.
        against: A program or a saved recording to compare the target with.

    Returns:
        Exit status: 0, 2 when this is no terminal, the recording cannot be opened or there is no such theme,
        1 when the screens failed.
    """
    problem = terminal_problem()
    if not problem and isinstance(target, str):
        target, problem = find(target)
    for path in (target, against):
        if not problem and isinstance(path, Path):
            problem = recording_problem(path)
    if problem:
        print(f"tutor: {problem}", file=sys.stderr)
        return 2
    assert not isinstance(target, str)
    # Until the first frame there is next to nothing to collect, and looking for it takes time; the application goes
    # back to collecting then.
    gc.disable()
    # Imported late: whoever only asked for help does not wait for the screens.
    from tutor.tui.app import Settings, TutorApp

    settings = Settings(theme=theme, seed=seed, max_steps=max_steps, timeout=timeout, language=language)
    app = TutorApp(target, settings, pack=pack, against=against)
    try:
        if theme is not None and theme not in app.available_themes:
            names = ", ".join(sorted(app.available_themes))
            print(f"tutor: there is no theme {theme!r}. Choose one of: {names}.", file=sys.stderr)
            return 2
        if isinstance(target, tuple):
            app.desk.warm()
        elif target is not None and not isinstance(target, Path):
            app.recorder.warm()
        app.run()
    finally:
        gc.enable()
        app.close()
    return app.return_code or 0


def find(target: str) -> tuple[Program | Path | None, str]:
    """What a person means by a target, or what is wrong with it."""
    from tutor.lesson.pack import Pack, built_in
    from tutor.lesson.program import UnreadableError
    from tutor.lesson.reading import read_program
    from tutor.lesson.target import resolve
    from tutor.recording.file import begins_as_recording

    try:
        found = resolve(target, Pack.load(built_in()), begins_as_recording)
        return (found.path if found.kind == "recording" else read_program(found.path)), ""
    except UnreadableError as error:
        return None, str(error)


def terminal_problem() -> str:
    """Why the screens cannot be shown here, empty if they can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "the screens need a terminal. Use: tutor run TARGET"
    if os.environ.get("TERM", "") in ("", "dumb"):
        return "this terminal cannot move its cursor (TERM=dumb). Use: tutor run TARGET"
    return ""


def recording_problem(path: Path) -> str:
    """Why a saved recording cannot be opened, empty if it can, as far as its first bytes tell."""
    from tutor.recording.log import DamagedError
    from tutor.tui.source import OpenedRecording

    try:
        source = OpenedRecording(path)
    except OSError as error:
        return f"{path}: {(error.strerror or str(error)).lower()}. Give a saved recording."
    except DamagedError as error:
        return f"{path}: {error}"
    source.close()
    return ""
