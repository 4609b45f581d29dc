"""The command line: what every command has, and ``tutor`` itself. Rooms are imported only when a command needs them."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import click

from tutor import __version__

Function = TypeVar("Function", bound=Callable[..., Any])


NEAR: Final = 0.75
"""How much an unknown option is like a known one, from 0 to 1, to be taken for it."""


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


class Command(click.Command):
    """A command. Where it takes arguments of a program, an option that it does not know may be one of those."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line.

        Raises:
            CommandError: an option is unknown that may be the program's.
        """
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            divided = self._divided(given, error.option_name)
            if divided is None:
                raise
            ours, program = map(shlex.join, divided)
            near = f"Did you mean {error.possibilities[0]}? " if error.possibilities and _is_near(error) else ""
            raise CommandError(
                f"no such option {error.option_name!r}. {near}"
                f"Arguments of the program come after --: {ctx.command_path} {ours} -- {program}"
            ) from None

    def _divided(self, given: Sequence[str], option: str) -> tuple[list[str], list[str]] | None:
        """What of a command line is for the command, and what from an option on that it does not know is not.

        None where no program is named in front of that option.
        """
        place = next((place for place, word in enumerate(given) if word.startswith(option)), None)
        if place is None or not any(parameter.name == "arguments" for parameter in self.params):
            return None
        try:
            params = self.make_context(
                self.name, list(given), ignore_unknown_options=True, resilient_parsing=True
            ).params
        except click.UsageError:
            return None
        if params["target"] not in given[:place]:
            return None
        unknown = params["arguments"][params["arguments"].index(given[place]) :]
        ours, program = list(given[:place]), list[str]()
        for word in given[place:]:
            if len(program) < len(unknown) and word == unknown[len(program)]:
                program.append(word)
            else:
                ours.append(word)
        return ours, program


def _is_near(error: click.NoSuchOption) -> bool:
    """Whether an option is so much like a known one that it will have been mistyped."""
    from difflib import SequenceMatcher

    return any(SequenceMatcher(None, error.option_name, known).ratio() > NEAR for known in error.possibilities or ())


class Commands(click.Group):
    """All commands; a file or a lesson in the place of one is told how to open it."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant.

        Raises:
            CommandError: a file or a lesson is named instead.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand:
            if self._is_target(ctx, args[0]):
                meant = shlex.join(["open", args[0]])
                raise CommandError(f"no such command {args[0]!r}. Did you mean: {ctx.command_path} {meant}?") from None
            raise

    def _is_target(self, context: click.Context, word: str) -> bool:
        """Whether a word that is no command names something that can be opened."""
        from difflib import get_close_matches

        if Path(word).is_file():
            return True
        if get_close_matches(word, self.commands):
            return False
        from tutor.cli.shared import pack
        from tutor.lesson.program import UnreadableError
        from tutor.lesson.target import resolve

        try:
            resolve(word, pack(context))
        except (CommandError, UnreadableError):
            return False
        return True


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
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
