"""Where a step is: its line, the turns of the loops around it, how to say that, and whether a stop can be put there."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from tutor.quiz.made.statements import Statement, statements_of
from tutor.quiz.made.words import code, ordinal
from tutor.recording.model import Site
from tutor.recording.recording import Recording
from tutor.recording.state import TOP_LEVEL, Scope, State


class Round(NamedTuple):
    """A loop that is running around a step."""

    line: int
    scope: int
    turn: int


class Spot(NamedTuple):
    """The place of a step."""

    number: int
    site: Site
    line: int
    """First line of the statement."""
    statement: Statement | None
    """None where Python cannot read the program."""
    rounds: tuple[Round, ...]
    """The loops around it in its function, outermost first."""
    outer: tuple[Round, ...]
    """The loops around the calls that led to that function."""
    calls: tuple[int, ...]
    """The lines of those calls, outermost first."""
    scope: int
    """The frame that the statement runs in."""
    id: str
    """``L6:t3``; in a function after the place that calls it: ``L12:t2>L6``."""

    @property
    def turn(self) -> int | None:
        """Turn of the innermost loop."""
        return self.rounds[-1].turn if self.rounds else None

    @property
    def stoppable(self) -> bool:
        """Whether an expression can be evaluated after exactly this visit of the line in another run."""
        statement = self.statement
        return (
            self.scope == TOP_LEVEL
            and statement is not None
            and statement.alone
            and not statement.function
            and len(statement.loops) <= 1
        )

    def runs(self, source: str = "") -> str:
        """``Line 6 runs `y.backward()` for the third time.``"""
        text = code(source or self.site.source)
        statement = self.statement
        if self.calls:
            called = f"called from line {self.calls[-1]}"
            turn = next((round.turn for round in (*self.rounds, *self.outer[::-1])), None)
            return f"Line {self.line}, {called}{f' in turn {turn}' if turn else ''}, runs {text}."
        if not self.rounds:
            return f"Line {self.line} runs {text}."
        if len(self.rounds) == 1 and statement is not None and not statement.branch:
            return f"Line {self.line} runs {text} for the {ordinal(self.rounds[0].turn)} time."
        if len(self.rounds) == 1:
            return f"In turn {self.rounds[0].turn} line {self.line} runs {text}."
        turns = " and ".join(f"turn {round.turn} of the loop in line {round.line}" for round in self.rounds)
        return f"In {turns}, line {self.line} runs {text}."


def spot_at(recording: Recording, number: int, state: State) -> Spot | None:
    """The place of a step.

    Args:
        recording: Where.
        number: The step.
        state: The state before it, or after it.

    Returns:
        None where the frame of the step is not open in that state.
    """
    site = recording.site(number)
    scopes = list(state.scopes.values())
    depth = recording.index.depths[number]
    if depth >= len(scopes) or not _runs_in(site, scopes[depth]):
        return None
    statements = statements_of(recording)
    statement = statements.at(site.line)
    line = statement.first if statement is not None else site.line
    outer: list[Round] = []
    parts: list[str] = []
    for frame, inner in pairwise(scopes[: depth + 1]):
        around = statements.at(inner.call_line)
        rounds = _rounds(frame, around.loops if around is not None else ())
        outer += rounds
        parts.append(_part(inner.call_line, rounds))
    rounds = _rounds(scopes[depth], statement.loops if statement is not None else tuple(scopes[depth].turns))
    parts.append(_part(line, rounds))
    calls = tuple(scope.call_line for scope in scopes[1 : depth + 1])
    return Spot(number, site, line, statement, tuple(rounds), tuple(outer), calls, scopes[depth].id, ">".join(parts))


def _runs_in(site: Site, scope: Scope) -> bool:
    if scope.function is None or site.function is None:
        return scope.function is site.function
    return scope.function == site.function or scope.function.rpartition(".")[2] == site.function


def _rounds(scope: Scope, loops: tuple[int, ...]) -> list[Round]:
    return [Round(line, scope.id, scope.turns[line]) for line in loops if line in scope.turns]


def _part(line: int, rounds: list[Round]) -> str:
    turns = ".".join(str(round.turn) for round in rounds)
    return f"L{line}:t{turns}" if turns else f"L{line}"
