"""The command line: what every command has, and ``tutor`` itself. Rooms are imported only when a command needs them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from tutor import __version__

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
    pack: str | None = None
    """A folder of lessons or the name of an installed pack, None for the course."""
    language: str | None = None
    """Language of the lessons, None for that of the environment."""


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
    click.option("--pack", metavar="DIR", help="Lessons of a folder or of an installed pack, not the course."),
    click.option("--language", metavar="NAME", help="Language of the lessons, where they have it: fr."),
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
    levels = [context]
    while levels[0].parent is not None:
        levels.insert(0, levels[0].parent)
    for level in levels:
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
    if context.invoked_subcommand is not None:
        return None
    from tutor.cli.shared import screen

    return screen(context, None)
