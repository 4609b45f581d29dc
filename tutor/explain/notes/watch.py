"""Goes through a recording once, step by step, and shows each step to the families that it concerns."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from tutor.explain.notes.gradients import Gradients
from tutor.explain.notes.graphs import Graphs
from tutor.explain.notes.leaves import Leaves
from tutor.explain.notes.losses import Losses
from tutor.explain.notes.note import Book, Note
from tutor.explain.notes.numbers import Numbers
from tutor.explain.notes.optimizers import Optimizers
from tutor.explain.notes.world import World
from tutor.explain.notes.writes import Writes
from tutor.recording.format import Change, Kind
from tutor.recording.log import RECORD_AGAIN, DamagedError
from tutor.recording.model import Site, Step
from tutor.recording.moment import is_backward
from tutor.recording.recording import Recording
from tutor.recording.state import State

_CALLS: Final = (Kind.OPERATION, Kind.INNER)
_OWN: Final = (Kind.STATEMENT, Kind.CALL, Kind.OPERATION, Kind.OUTPUT)


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """What contradicts itself in a recording that somebody else made counts as damage."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise DamagedError(f"the recording contradicts itself ({error!r}). {RECORD_AGAIN}") from error


class Watch:
    """Finds the notes of a recording from its steps, each shown before and after it happened.

    Args:
        recording: What the steps are of; may still be growing.
        off: Kinds that are not wanted.
    """

    def __init__(self, recording: Recording, off: frozenset[str] = frozenset()) -> None:
        self.book = Book(off)
        """The notes so far."""
        self._world = world = World(recording, self.book)
        self._gradients = Gradients(world)
        self._optimizers = Optimizers(world, self._gradients)
        self._losses = Losses(world, self._optimizers)
        self._leaves = Leaves(world, self._optimizers)
        self._graphs = Graphs(world)
        self._writes = Writes(world)
        self._numbers = Numbers(world)
        self._last: Site | None = None
        """The site of the last library call."""

    def enter(self, step: Step, state: State) -> None:
        """Look at a step before it happens.

        Args:
            step: The next step.
            state: The state before it.
        """
        world, kind = self._world, step.kind
        world.step, world.state = step, state
        if kind is Kind.ACCUMULATE:
            self._gradients.arrived()
            self._leaves.arrived()
            self._numbers.arrived()
        elif kind is Kind.NODE:
            self._writes.ran()
            self._graphs.ran()
        elif kind in _OWN or kind is Kind.INNER:
            self._call(step)
        for change in step.changes:
            self._change(change, state)

    def _call(self, step: Step) -> None:
        name = step.site.name
        if step.parent == 0:
            self._gradients.settled()
        if step.detail is not None and step.kind in _CALLS:
            if is_backward(name):
                self._losses.called()
                self._leaves.called()
                self._numbers.called()
                self._world.call = step.number
            else:
                inputs = step.detail[0]
                self._gradients.operation(inputs)
                self._leaves.operation(inputs)
                self._losses.operation(step.detail)
                self._graphs.operation(inputs)
        if step.kind in _OWN and "." in step.site.source:
            self._own(step)

    def _own(self, step: Step) -> None:
        """A step of the program itself."""
        said = self._world.said
        if said.reads or said.checks:
            self._leaves.read()
        # What a library call changes besides tensors can be a statement of its own.
        again = step.kind is Kind.STATEMENT and self._last is not None and self._last.source == step.site.source
        if said.method == "step" and step.kind in (Kind.STATEMENT, Kind.CALL) and not again:
            self._optimizers.stepped()
        self._last = step.site if step.kind is Kind.CALL else None

    def _change(self, change: Any, state: State) -> None:
        what = change[0]
        if what == Change.TENSOR:
            old = state.tensors.get(change[1])
            if old is not None:
                if old.version != change[3] or old.content != change[7]:
                    meta = state.tables.metas[change[2]]
                    self._gradients.written(change[1], change[7], meta)
                    if old.content != change[7]:
                        self._writes.written(change[1], change[3], change[4])
                if old.grad != change[6]:
                    self._moved(change[1], change[6])
        elif what == Change.GRAD:
            self._moved(change[1], change[2])
        elif what == Change.BIND:
            reference = change[3]
            if isinstance(reference, int):
                self._leaves.bound(change[1], change[2], reference)
                self._graphs.named(reference)
        elif what == Change.FREED:
            for tensor in change[1]:
                self._leaves.freed(tensor)
                self._gradients.freed(tensor)

    def _moved(self, tensor: int, grad: int | None) -> None:
        step = self._world.step
        if step.kind in _CALLS and is_backward(step.site.name):
            self._gradients.given(tensor)
        elif step.kind is not Kind.ACCUMULATE:
            self._gradients.moved(tensor, grad)

    def leave(self, step: Step, state: State) -> None:
        """Look at a step after it happened.

        Args:
            step: The step that was entered.
            state: The state after it.
        """
        world = self._world
        world.state = state
        if step.kind in _CALLS and step.detail is not None:
            self._losses.operated(step.detail)
            self._graphs.operated(step.detail)
        elif step.kind in (Kind.STATEMENT, Kind.CALL) and step.site.source.endswith(".eval()"):
            self._graphs.evaluated()
        for change in step.changes:
            if change[0] == Change.BIND:
                self._optimizers.bound(change[3])
            elif change[0] == Change.FREED:
                self._losses.freed(change[1])
                self._writes.freed(change[1])
        self._leaves.renamed()

    def end(self) -> None:
        """The program is over: what is clear only now."""
        if self._world.step.number:
            self._gradients.settled()
            self._optimizers.end()
            self._leaves.end()
            self._graphs.end()

    # As a recording is written down

    def taken(self, step: Step, before: State, after: State) -> list[Note]:
        """The notes that are known since a step, also those of earlier steps.

        Raises:
            DamagedError: it cannot be read.
        """
        with _readable():
            self.enter(step, before)
            self.leave(step, after)
        return self.book.fresh()

    def ended(self) -> list[Note]:
        """The notes that are known since the program is over."""
        self.end()
        return self.book.fresh()


class Notes:
    """The notes of a recording, followed while it grows.

    Args:
        recording: May still be growing; call ``follow`` when it has.
        off: Kinds that are not wanted.
    """

    def __init__(self, recording: Recording, off: frozenset[str] = frozenset()) -> None:
        self._recording = recording
        self._watch = Watch(recording, off)
        self._state = State(recording.tables)
        self._over = False

    @property
    def followed(self) -> int:
        """Steps taken in so far."""
        return self._state.step

    def follow(self, limit: int = 5_000) -> bool:
        """Take in steps that were recorded since.

        Args:
            limit: Steps to take in at most.

        Returns:
            Whether more are waiting.

        Raises:
            DamagedError: they cannot be read.
        """
        recording, state, watch = self._recording, self._state, self._watch
        last = min(recording.count, state.step + limit)
        if state.step < last:
            with _readable():
                for step in recording.steps(state.step + 1, last):
                    watch.enter(step, state)
                    state.apply(step)
                    watch.leave(step, state)
        if state.step < recording.count:
            return True
        if recording.end is not None and not self._over:
            self._over = True
            watch.end()
        return False

    def at(self, step: int) -> list[Note]:
        """The notes of a step, as far as they are known."""
        return self._watch.book.at(step)

    def all(self) -> list[Note]:
        """Every note so far, in the order of the steps."""
        return self._watch.book.all()
