"""One step with the states around it: what every pane is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tutor.recording.format import Kind
from tutor.recording.model import Step, TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.state import Key, State

AHEAD: Final = 12
"""Moments made ready together when someone goes backwards."""

ENTRIES_KEPT: Final = 50_000
"""Names, tensors and nodes that the moments kept hold together, about."""


@dataclass(frozen=True)
class Moment:
    """The program right after a step."""

    recording: Recording
    number: int
    """The step, 0 before the first."""
    step: Step | None
    """None before the first step."""
    before: State
    after: State
    touched: frozenset[Key] = field(default_factory=frozenset)
    """The names whose value, flags or ``.grad`` the step changed."""

    @staticmethod
    def of(recording: Recording, number: int) -> Moment:
        """The moment after a step, with states of its own.

        Raises:
            IndexError: there is no such step.
            DamagedError: it cannot be read.
        """
        if number == 0:
            start = recording.state(0).copy()
            return Moment(recording, 0, None, start, start)
        return Moment._after(recording, number, recording.state(number - 1).copy())

    def following(self) -> Moment:
        """The moment after the next step.

        Raises:
            IndexError: there is no such step.
            DamagedError: it cannot be read.
        """
        return Moment._after(self.recording, self.number + 1, self.after)

    @staticmethod
    def _after(recording: Recording, number: int, before: State) -> Moment:
        step = recording.step(number)
        after = before.copy()
        touched: set[Key] = set()
        after.apply(step, touched)
        return Moment(recording, number, step, before, after, frozenset(touched))

    def tensor(self, id: int) -> TensorRecord | None:
        """A tensor as it is after the step, or as it was just before, if the step ended its life."""
        return self.after.tensors.get(id) or self.before.tensors.get(id)

    def label(self, id: int) -> str:
        """What to call a tensor: its first name, or the expression that made it."""
        names = self.after.names_of(id) or self.before.names_of(id)
        if names:
            return names[0]
        record = self.tensor(id)
        if record is None or not 0 < record.born <= self.recording.count:
            return "a tensor"
        return self.recording.site(record.born).source or "a tensor"

    def backward_step(self) -> Step | None:
        """The operation whose backward pass this step belongs to, or is."""
        step = self.step
        while step is not None:
            if step.kind in (Kind.OPERATION, Kind.INNER) and is_backward(step.site.name):
                return step
            step = self.recording.step(step.parent) if step.parent else None
        return None


class Moments:
    """The moments of a recording, those around the last one kept: a neighbour is one step away from one of them.

    Args:
        recording: May still be growing.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._kept: dict[int, Moment] = {}
        self._last = 0

    def at(self, number: int) -> Moment:
        """The moment after a step.

        Raises:
            IndexError: there is no such step.
            DamagedError: it cannot be read.
        """
        backwards, self._last = number == self._last - 1, number
        moment = self._kept.get(number)
        if moment is None:
            earlier = self._kept.get(number - 1)
            if earlier is not None:
                moment = self._keep(earlier.following())
            else:
                # Who goes back a step is likely to go on so.
                moment = self._keep(Moment.of(self._recording, max(number - AHEAD, 0) if backwards else number))
                while moment.number < number:
                    moment = self._keep(moment.following())
        return moment

    def _keep(self, moment: Moment) -> Moment:
        size = max(len(moment.after), 1)
        while len(self._kept) >= min(max(ENTRIES_KEPT // size, AHEAD + 2), 128):
            del self._kept[next(iter(self._kept))]
        self._kept[moment.number] = moment
        return moment


def is_backward(name: str) -> bool:
    """Whether an operation of this name runs nodes of the graph."""
    return name.rsplit(".", 1)[-1] in ("backward", "grad", "run_backward")


def first_tensor(reference: Any) -> int | None:
    """The first tensor in a reference of the format."""
    if isinstance(reference, int):
        return reference
    if isinstance(reference, list) and len(reference) == 4 and reference[0] in ("list", "tuple", "dict"):
        for item in reference[3]:
            found = first_tensor(item)
            if found is not None:
                return found
    return None
