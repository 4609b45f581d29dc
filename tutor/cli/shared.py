"""What several commands need: the pack that is meant, a recording to read, the screens, signals."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.group import CommandError, settings

if TYPE_CHECKING:
    from tutor.lesson.pack import Pack
    from tutor.lesson.program import Program
    from tutor.lesson.target import Target
    from tutor.plain.follow import Source, Writer
    from tutor.recording.model import End
    from tutor.tui.questions.plans import Plan


def languages(context: click.Context) -> list[str]:
    """The languages that somebody wants, the best first."""
    from tutor.lesson.translation import wanted_languages

    return wanted_languages(settings(context).language, os.environ)


def pack(context: click.Context) -> Pack:
    """The pack that is meant: that of ``--pack``, or the course."""
    from tutor.lesson.packs import find_pack
    from tutor.lesson.program import UnreadableError

    try:
        return find_pack(settings(context).pack, languages(context))
    except UnreadableError as error:
        raise CommandError(str(error)) from None


def kept_as(pack: Pack) -> str:
    """The name under which progress in a pack is kept."""
    from tutor.lesson.packs import is_foreign
    from tutor.progress.folder import COURSE

    return str(pack.path.resolve()) if is_foreign(pack) else COURSE


def say_trust(found: Target, pack: Pack) -> None:
    """Say once that the lessons of a foreign pack are programs."""
    from tutor.lesson.packs import is_foreign, trust_once
    from tutor.progress.store import Store

    if found.kind == "lesson" and is_foreign(pack):
        with contextlib.closing(Store.open()) as store:
            words = trust_once(pack, store)
        if words:
            click.echo(f"tutor: {words}", err=True)


def screen(
    context: click.Context, target: str | None, against: str | None = None, arguments: Sequence[str] = ()
) -> int:
    """Open the screens.

    Args:
        context: Of the command.
        target: What to open, None for home.
        against: What to compare it with, None to open it alone.
        arguments: The target's own, if it is a program.
    """
    from tutor.tui.start import start, terminal_problem

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    chosen, options = settings(context), _screen_options(context)
    own_words = set(languages(context)) - {"en"}
    if chosen.pack is None and against is None and not arguments and (target is None or not own_words):
        return start(target, **options)
    if problem := terminal_problem():
        raise CommandError(problem)
    if chosen.pack is not None or target is None:
        options["pack"] = pack(context).path
    if target is None:
        return start(None, **options)
    other = read_target(context, against) if against is not None else None
    return start(read_target(context, target, arguments), **options, against=other)


def plan_on_screen(context: click.Context, plan: Plan) -> int:
    """Ask the questions of a plan on the screen."""
    from tutor.tui.start import start

    chosen = settings(context)
    folder = pack(context).path if chosen.pack is not None else None
    return start(plan, **_screen_options(context), pack=folder)


def _screen_options(context: click.Context) -> dict[str, Any]:
    chosen = settings(context)
    return {name: getattr(chosen, name) for name in ("theme", "seed", "max_steps", "timeout", "language")}


def read_target(context: click.Context, target: str, arguments: Sequence[str] = ()) -> Program | Path:
    """What to open: a program in the language that is wanted, with arguments of its own, or a saved recording."""
    import msgspec

    from tutor.lesson.program import UnreadableError
    from tutor.lesson.reading import read_program
    from tutor.lesson.target import resolve
    from tutor.lesson.translation import translated

    lessons = pack(context)
    try:
        found = resolve(target, lessons, is_recording)
        if found.kind == "recording" and arguments:
            raise CommandError(f"{found.path}: a saved recording is not run, so it takes no arguments. Leave them out.")
        if found.kind == "recording":
            return found.path
        say_trust(found, lessons)
        program = translated(read_program(found.path), languages(context))
        return msgspec.structs.replace(program, arguments=list(arguments))
    except UnreadableError as error:
        raise CommandError(str(error)) from None


@contextlib.contextmanager
def source(context: click.Context, target: str, arguments: tuple[str, ...]) -> Iterator[Source]:
    """The recording that a command asked for: a saved one, or a run that ends with the block."""
    from tutor.lesson.program import UnreadableError
    from tutor.lesson.reading import read_program
    from tutor.lesson.target import resolve
    from tutor.recorder.process import Recorder, Request
    from tutor.recording.file import SavedRecording
    from tutor.recording.log import DamagedError

    chosen = settings(context)
    path = target
    try:
        lessons = pack(context)
        found = resolve(target, lessons, is_recording)
        path = str(found.path)
        if found.kind == "recording":
            with contextlib.closing(SavedRecording(found.path)) as saved:
                yield saved
            return
        say_trust(found, lessons)
        request = Request.of(
            read_program(found.path), arguments=list(arguments), seed=chosen.seed, max_steps=chosen.max_steps
        )
        with Recorder() as recorder:
            yield recorder.start(request, timeout=chosen.timeout)
    except UnreadableError as error:
        raise CommandError(str(error)) from None
    except DamagedError as error:
        raise CommandError(f"{path}: {error}") from None


def is_recording(path: Path) -> bool:
    """Whether a file is to be opened as a saved recording: by its name, or by how it begins."""
    from tutor.recording.file import begins_as_recording

    return path.suffix == ".recording" or begins_as_recording(path)


class Interrupts:
    """Makes Ctrl+C and signals to end leave by an exception, so that nothing is left running and no file behind."""

    def __init__(self) -> None:
        self._code = 0
        self._held = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._come)

    def check(self) -> None:
        """Leave, if a signal came and its exception was lost, as Python loses those raised inside a callback."""
        if self._code:
            raise SystemExit(self._code)

    def hold(self) -> None:
        """From now on leave only by ``check``: nothing is broken off in its middle."""
        self._held = True

    @property
    def reason(self) -> str:
        """In words, which signal came."""
        number = signal.Signals(self._code - 128)
        return "stopped by Ctrl+C" if number == signal.SIGINT else f"stopped by {number.name}"

    def _come(self, number: int, frame: object) -> None:
        if number == signal.SIGINT and not self._code:
            _end_line()
        self._code = 128 + number
        if not self._held:
            self.check()


def _end_line() -> None:
    """Go on below the ``^C`` that a terminal shows for Ctrl+C, so that the prompt does not come after it."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr.isatty():
            # Not print(): the signal may have come while something was being printed.
            os.write(sys.stderr.fileno(), b"\n")


def follow(source: Source, writer: Writer | None, interrupts: Interrupts, *, progress: bool) -> End:
    """Write a recording to stdout as it grows, and say on a terminal how far it is."""
    from tutor.plain.counter import Counter
    from tutor.plain.follow import follow as follow_plainly

    counter = Counter(sys.stderr if progress and sys.stderr.isatty() else None)

    def written(steps: int) -> None:
        interrupts.check()
        sys.stdout.flush()
        counter.show(steps)

    try:
        return follow_plainly(source, writer, written)
    finally:
        counter.clear()
