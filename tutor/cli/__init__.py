"""The commands. Imports a room only when a command needs it, so that ``tutor --help`` comes at once."""

from __future__ import annotations

import contextlib
import os
import sys

import click

from tutor.cli import installation, lessons, programs, progress, questions
from tutor.cli.group import CommandError, tutor

__all__ = ["installation", "lessons", "programs", "progress", "questions", "run_command_line"]

BAD_USE = 2
"""Exit code for a wrong command line and for files that cannot be read."""

BROKEN_PIPE = 141
"""Exit code when whoever reads the output goes away: that of other commands."""


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
        problem = error.format_message().rstrip(".")
        return complain(f"{problem}{'' if problem.endswith('?') else '.'} See {place} --help.")
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
