"""The commands. Imports a room only when a command needs it, so that ``tutor --help`` comes at once."""

from __future__ import annotations

import contextlib
import io
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from tutor import __version__

if TYPE_CHECKING:
    from tutor.lesson.pack import Pack
    from tutor.plain.follow import Source, Writer
    from tutor.recording.model import End
    from tutor.recording.recording import Recording

EXIT_CODES = {"finished": 0, "raised": 1, "stopped": 3}
"""Exit code of a run for each way to end."""

BAD_USE = 2
"""Exit code for a wrong command line and for files that cannot be read."""

BROKEN_PIPE = 141
"""Exit code when whoever reads the output goes away: that of other commands."""

Function = TypeVar("Function", bound=Callable[..., Any])


class CommandError(Exception):
    """Bad input. The text is what stands after ``tutor:``, on one line."""


class Settings(NamedTuple):
    """The options that every command has."""

    theme: str | None = None
    seed: int | None = 0
    """None leaves the generators as they are."""
    max_steps: int = 1_000_000
    timeout: float = 60.0
    """Seconds, 0 for no limit."""


# The command line as a whole


def run_command_line(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; bad input is one line on stderr.

    Args:
        arguments: Without the name of the program; those of the process if not given.
    """
    if arguments is None and "_TUTOR_COMPLETE" in os.environ:
        tutor.main(prog_name="tutor")
    try:
        # Not tutor.main(): it would turn a broken pipe and Ctrl+C into endings of its own.
        with tutor.make_context("tutor", sys.argv[1:] if arguments is None else list(arguments)) as context:
            return tutor.invoke(context) or 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.UsageError as error:
        place = error.ctx.command_path if error.ctx is not None else "tutor"
        return complain(f"{error.format_message().rstrip('.')}. See {place} --help.")
    except CommandError as error:
        return complain(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return complain(f"{place}{error.strerror or error}. Look at the disk, its permissions and its free space.")


def complain(problem: str) -> int:
    """Say on one line what is wrong, and return the exit code for that."""
    from tutor.plain.format import harmless

    with contextlib.suppress(OSError):
        print("tutor: " + harmless(" ".join(problem.split())), file=sys.stderr)
    return BAD_USE


def _seed(context: click.Context, option: click.Parameter, given: str | None) -> int | str | None:
    """``--seed``: a number that torch, numpy and random all take, or "none"."""
    if given is None or given == "none":
        return given
    if given.isdecimal() and len(given) <= 10 and int(given) < 1 << 32:
        return int(given)
    raise click.BadParameter(f"{given!r} is neither a whole number from 0 to {(1 << 32) - 1} nor none")


def _seconds(context: click.Context, option: click.Parameter, given: float | None) -> float | None:
    """``--timeout``: a number that time can reach."""
    if given is None or given >= 0:
        return None if given is None else 0.0 if math.isinf(given) else given
    raise click.BadParameter(f"{given} is no number of seconds; 0 is no limit")


_COMMON = (
    click.option("--theme", metavar="NAME", help="Colours of the screens."),
    click.option("--seed", metavar="N|none", callback=_seed, help="Seed of torch, numpy and random; 0 if not given."),
    click.option("--max-steps", metavar="N", type=click.IntRange(min=1), help="Most steps; 1,000,000 if not given."),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=float,
        callback=_seconds,
        help="Longest run, 0 for no limit; 60 if not given.",
    ),
)


def common(function: Function) -> Function:
    """Give a command the options that all have."""
    for option in reversed(_COMMON):
        function = option(function)
    version = click.version_option(__version__, message="tutor %(version)s")
    return version(function)


def settings(context: click.Context) -> Settings:
    """The common options: a command's own before those in front of it before the defaults."""
    given: dict[str, Any] = {}
    for level in (context.find_root(), context):
        given |= {name: level.params[name] for name in Settings._fields if level.params.get(name) is not None}
    if given.get("seed") == "none":
        given["seed"] = None
    return Settings(**given)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@common
@click.pass_context
def tutor(context: click.Context, /, **options: Any) -> int | None:
    """Step through PyTorch programs: each operation, each node inside backward(), each update.

    Without a command, opens the course.
    """
    return _screen(context, None) if context.invoked_subcommand is None else None


@tutor.command(name="open")
@click.argument("target")
@common
@click.pass_context
def open_(context: click.Context, /, target: str, **options: Any) -> int:
    """Step through TARGET on the screen.

    TARGET is a lesson's name, a .py file, a .ipynb notebook or a saved recording.
    """
    return _screen(context, target)


@tutor.command()
@click.argument("target")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--json", is_flag=True, help="JSON lines for machines.")
@click.option("--state", is_flag=True, help="With each step everything that is visible after it.")
@common
@click.pass_context
def run(
    context: click.Context, /, target: str, arguments: tuple[str, ...], json: bool, state: bool, **options: Any
) -> int:
    """Run TARGET and print each step as text.

    TARGET is a lesson's name, a .py file, a .ipynb notebook or a saved recording. ARGUMENTS after -- are the
    program's own. The exit code is 0 when the program ended (or raised what its #! announced), 1 when it raised
    something, 2 for bad use and 3 when a limit stopped it.
    """
    interrupts = Interrupts()
    from tutor.plain.jsonlines import JsonLines
    from tutor.plain.palette import coloured
    from tutor.plain.text import Text

    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    writer: Writer = JsonLines(out.write, state=state)
    if not json:
        writer = Text(out.write, state=state, colour=coloured(out))
    with _source(context, target, arguments) as source:
        end = _follow(source, writer, interrupts, progress=not out.isatty())
    return EXIT_CODES[end.how]


@tutor.command()
@click.argument("target")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Where the recording goes.")
@click.option("--force", is_flag=True, help="Overwrite that file.")
@common
@click.pass_context
def record(
    context: click.Context, /, target: str, arguments: tuple[str, ...], output: Path, force: bool, **options: Any
) -> int:
    """Run TARGET and save the recording.

    It can be opened later or elsewhere without running anything. ARGUMENTS after -- are the program's own. The exit
    code is that of tutor run; the recording is saved in any case.
    """
    interrupts = Interrupts()
    _check_output(output, force)
    from tutor.plain.format import harmless
    from tutor.recording.file import save

    with _source(context, target, arguments) as source:
        end = _follow(source, None, interrupts, progress=True)
        try:
            save(source.recording, output)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror or error}. Choose another place with -o.") from None
        count = source.recording.count
    reason = f": {harmless(end.reason)}" if end.reason else ""
    click.echo(f"{output}: {count:,} steps, {end.how}{reason}", err=True)
    return EXIT_CODES[end.how]


@tutor.command(name="list")
@common
def list_(**options: Any) -> None:
    """List the lessons, and how far you are in each."""
    from tutor.progress.folder import COURSE, data_folder
    from tutor.progress.store import Place, Store

    pack = _course()
    places: dict[str, Place] = {}
    problems: list[str] = []
    if data_folder().is_dir():
        with contextlib.closing(Store.open()) as store:
            places, problems = store.places(COURSE), [store.problem] if store.problem else []
    for stage in pack.stages:
        click.echo(stage.title)
        for lesson in stage.lessons:
            minutes = f"{lesson.minutes:g} min" if lesson.minutes is not None else ""
            place = places.get(lesson.name)
            sign = " " if place is None else "✓" if place.done else "◐"
            step = f"step {place.step}/{place.count}" if place is not None and not place.done else ""
            click.echo(f"{sign} {lesson.name:24} {lesson.title:44} {minutes:7} {step}".rstrip())
    for problem in [
        *problems,
        *pack.problems,
        *(lesson.problem for lesson in pack.lessons if lesson.problem),
    ]:
        click.echo(f"tutor: {problem}", err=True)


@tutor.command()
@common
def where(**options: Any) -> None:
    """Print the paths that tutor uses."""
    for name, path in _paths().items():
        click.echo(f"{name:8} {path}")


@tutor.command()
@common
def doctor(**options: Any) -> int:
    """Say what is installed and whether it works."""
    Interrupts()
    from tutor.config import config_path
    from tutor.plain.doctor import examine

    healthy = True
    for works, line in examine(_paths() | {"settings": config_path().parent}, _tiny_run):
        click.echo(f"{'✓' if works else '✗'} {line}")
        healthy &= works
    return 0 if healthy else 1


# What the commands share


def _screen(context: click.Context, target: str | None) -> int:
    """Open the screens."""
    from tutor.tui.start import start

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return start(target, **settings(context)._asdict())


@contextlib.contextmanager
def _source(context: click.Context, target: str, arguments: tuple[str, ...]) -> Iterator[Source]:
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
        found = resolve(target, _course(), _is_recording)
        path = str(found.path)
        if found.kind == "recording":
            with contextlib.closing(SavedRecording(found.path)) as saved:
                yield saved
            return
        request = Request.of(
            read_program(found.path), arguments=list(arguments), seed=chosen.seed, max_steps=chosen.max_steps
        )
        with Recorder() as recorder:
            yield recorder.start(request, timeout=chosen.timeout)
    except UnreadableError as error:
        raise CommandError(str(error)) from None
    except DamagedError as error:
        raise CommandError(f"{path}: {error}") from None


def _is_recording(path: Path) -> bool:
    """Whether a file is to be opened as a saved recording: by its name, or by how it begins."""
    from tutor.recording.format import MAGIC

    if path.suffix == ".recording":
        return True
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
    return False


def _course() -> Pack:
    """The lessons that come with the program."""
    from tutor.lesson.pack import Pack, built_in
    from tutor.lesson.program import UnreadableError

    try:
        return Pack.load(built_in())
    except UnreadableError as error:
        raise CommandError(str(error)) from None


class Interrupts:
    """Makes Ctrl+C and signals to end leave by an exception, so that nothing is left running and no file behind."""

    def __init__(self) -> None:
        self._code = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._come)

    def check(self) -> None:
        """Leave, if a signal came and its exception was lost, as Python loses those raised inside a callback."""
        if self._code:
            raise SystemExit(self._code)

    def _come(self, number: int, frame: object) -> None:
        self._code = 128 + number
        self.check()


def _follow(source: Source, writer: Writer | None, interrupts: Interrupts, *, progress: bool) -> End:
    """Write a recording to stdout as it grows, and say on a terminal how far it is."""
    from tutor.plain.counter import Counter
    from tutor.plain.follow import follow

    counter = Counter(sys.stderr if progress and sys.stderr.isatty() else None)

    def written(steps: int) -> None:
        interrupts.check()
        sys.stdout.flush()
        counter.show(steps)

    try:
        return follow(source, writer, written)
    finally:
        counter.clear()


def _check_output(path: Path, force: bool) -> None:
    """Refuse what could not be saved in the end, before anything runs."""
    if path.is_dir():
        raise CommandError(f"{path}: this is a folder. Give the name of a file with -o.")
    if path.exists() and not force:
        raise CommandError(f"{path}: this file exists. Give another name, or --force to overwrite it.")
    if not path.absolute().parent.is_dir():
        raise CommandError(f"{path}: its folder does not exist. Make it first, or choose another place with -o.")


def _paths() -> dict[str, Path]:
    """What ``tutor where`` prints."""
    import tempfile

    from tutor.config import config_path
    from tutor.progress.folder import data_folder

    return {
        "program": Path(__file__).resolve().parent,
        "lessons": _course().path,
        "data": data_folder(),
        "settings": config_path(),
        "running": Path(tempfile.gettempdir()),
    }


def _tiny_run() -> Recording:
    """The recording of a program that calls backward."""
    from tutor.lesson.program import Cell, Program
    from tutor.recorder.process import Recorder, Request

    source = "import torch\n\nx = torch.tensor(3.0, requires_grad=True)\n(x**2).backward()\nprint(x.grad)\n"
    program = Program("doctor.py", "doctor", source, [Cell("code", 1, 5, 1)])
    with Recorder() as recorder:
        return recorder.start(Request.of(program)).wait()
