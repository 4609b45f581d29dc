"""The commands about the installation: where, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.group import CommandError, common, tutor
from tutor.cli.shared import Interrupts

if TYPE_CHECKING:
    from tutor.recording.recording import Recording


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


def _lessons() -> Path:
    from tutor.lesson.pack import built_in
    from tutor.lesson.program import UnreadableError

    try:
        return built_in()
    except UnreadableError as error:
        raise CommandError(str(error)) from None


def _paths() -> dict[str, Path]:
    """What ``tutor where`` prints."""
    import tempfile

    from tutor.config import config_path
    from tutor.progress.folder import data_folder

    return {
        "program": Path(__file__).resolve().parents[1],
        "lessons": _lessons(),
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
