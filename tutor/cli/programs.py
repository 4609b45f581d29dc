"""The commands that run a program: open, run, record."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.group import CommandError, common, tutor
from tutor.cli.shared import Interrupts, follow, screen, source

if TYPE_CHECKING:
    from tutor.plain.follow import Remarks, Source, Why, Writer
    from tutor.recording.model import End
    from tutor.recording.recording import Recording

EXIT_CODES = {"finished": 0, "raised": 1, "stopped": 3}
"""Exit code of a run for each way to end."""


@tutor.command(name="open")
@click.argument("target")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--against", metavar="TARGET", help="Compare with this, side by side; any of the same.")
@common
@click.pass_context
def open_(
    context: click.Context, /, target: str, arguments: tuple[str, ...], against: str | None, **options: Any
) -> int:
    """Step through TARGET on the screen.

    TARGET is a lesson's name, a .py file, a .ipynb notebook or a saved recording. ARGUMENTS after -- are the
    program's own.
    """
    return screen(context, target, against, arguments)


@tutor.command()
@click.argument("target")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--json", is_flag=True, help="JSON lines for machines.")
@click.option("--state", is_flag=True, help="With each step everything that is visible after it.")
@click.option("--why", is_flag=True, help="With each step why it did what it did; printed once the run has ended.")
@click.option("--ledger", metavar="NAME", help="Instead of the steps all that came into NAME.grad, and went.")
@common
@click.pass_context
def run(
    context: click.Context,
    /,
    target: str,
    arguments: tuple[str, ...],
    json: bool,
    state: bool,
    why: bool,
    ledger: str | None,
    **options: Any,
) -> int:
    """Run TARGET and print each step as text.

    TARGET is a lesson's name, a .py file, a .ipynb notebook or a saved recording. ARGUMENTS after -- are the
    program's own. The exit code is 0 when the program ended (or raised what its #! announced), 1 when it raised
    something, 2 for bad use and 3 when a limit stopped it.
    """
    interrupts = Interrupts()
    from tutor.plain.follow import replay
    from tutor.plain.jsonlines import JsonLines
    from tutor.plain.palette import coloured
    from tutor.plain.text import Text

    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    with source(context, target, arguments) as followed:
        told = _explained(followed.recording) if why else None
        notes = _noted(followed.recording)
        writer: Writer = JsonLines(out.write, state=state, why=told, notes=notes)
        if not json:
            writer = Text(out.write, state=state, colour=coloured(out), why=told, notes=notes)
        waits = why or ledger is not None
        end = follow(followed, None if waits else writer, interrupts, progress=waits or not out.isatty())
        if ledger is not None:
            _print_ledger(followed.recording, ledger, json=json)
        elif why:
            # What is told of a step can depend on the next one, so all of them have to be there.
            replay(followed, writer)
    return EXIT_CODES[end.how]


def _explained(recording: Recording) -> Why:
    """What explains the steps of a recording."""
    from tutor.explain import explain
    from tutor.recording.moment import Moment

    return lambda step, before, after, touched: explain(
        Moment(recording, step.number, step, before, after, frozenset(touched))
    )


def _noted(recording: Recording) -> Remarks:
    """What finds the mistakes in a recording that raise no error, but for those that the config file leaves out."""
    from tutor.config import read_config
    from tutor.explain.notes import KINDS, Watch

    config = read_config()
    known = len(config.problems)
    unwanted = config.unwanted_notes(KINDS)
    for problem in config.problems[known:]:
        click.echo(f"tutor: {problem}", err=True)
    return Watch(recording, unwanted)


def _print_ledger(recording: Recording, name: str, *, json: bool) -> None:
    """Print what happened to the ``.grad`` of a name."""
    from tutor.explain.ledger import Ledger, UnknownNameError
    from tutor.plain.format import harmless
    from tutor.plain.ledger import LedgerLines, LedgerTable

    path = name.strip().removesuffix(".grad")
    writer = LedgerLines(sys.stdout.write) if json else LedgerTable(sys.stdout.write, harmless(path))
    try:
        found = Ledger(recording, path)
    except UnknownNameError as error:
        near = f" Did you mean {', '.join(error.near)}?" if error.near else " Nothing in it has a .grad."
        raise CommandError(f"{name}: no tensor has this name in the program.{near}") from None
    writer.begin()
    for entry in found:
        writer.entry(entry)
    writer.end()


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
    code is that of tutor run, and 130 after Ctrl+C; what was recorded up to then is saved in any case.
    """
    interrupts = Interrupts()
    _check_output(output, force)
    from tutor.plain.format import harmless
    from tutor.recording.file import save

    with source(context, target, arguments) as followed:
        interrupts.hold()
        end, code = _followed_to_its_end(followed, interrupts)
        if followed.recording.header is None:
            click.echo(f"tutor: {harmless(end.reason)} before anything was recorded, so nothing is saved.", err=True)
            return code
        try:
            save(followed.recording, output)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror or error}. Choose another place with -o.") from None
        count = followed.recording.count
    reason = harmless(end.reason)
    said = reason if reason.startswith(end.how) else ": ".join(filter(None, [end.how, reason]))
    click.echo(f"{output}: {count:,} steps, {said}", err=True)
    return code


def _followed_to_its_end(followed: Source, interrupts: Interrupts) -> tuple[End, int]:
    """How a recording ended, and the exit code for that; a signal ends the program, and what was recorded is kept."""
    from tutor.recorder.process import Run
    from tutor.recording.model import End

    try:
        end = follow(followed, None, interrupts, progress=True)
    except SystemExit as ending:
        if not isinstance(followed, Run) or not isinstance(ending.code, int):
            raise
        followed.stop(interrupts.reason)
        return followed.wait().end or End("stopped", interrupts.reason), ending.code
    return end, EXIT_CODES[end.how]


def _check_output(path: Path, force: bool) -> None:
    """Refuse what could not be saved in the end, before anything runs."""
    if path.is_dir():
        raise CommandError(f"{path}: this is a folder. Give the name of a file with -o.")
    if path.exists() and not force:
        raise CommandError(f"{path}: this file exists. Give another name, or --force to overwrite it.")
    if not path.absolute().parent.is_dir():
        raise CommandError(f"{path}: its folder does not exist. Make it first, or choose another place with -o.")
