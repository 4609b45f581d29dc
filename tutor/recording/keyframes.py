"""Full states, kept every so often, from which any other state is a few steps away."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from tutor.recording.spill import Spill
from tutor.recording.state import State, Tables


class Keyframes:
    """Full states on disk, in order; the empty state 0 is always one of them.

    One is kept when at least ``EVERY`` steps have passed since the last and their log is at least ``SHARE`` of its
    size. So full states take a few times the space of the log at most, and going from one to any state before the
    next costs about as much as reading one.
    """

    EVERY = 128
    SHARE = 0.25

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._spill = Spill()
        self._steps = array("I", [0])
        self._starts = array("Q", [0])
        self._due = self.EVERY
        self._due_at = 0

    def offer(self, state: State, position: int) -> None:
        """Keep a state if it is time to.

        Args:
            state: The newest state.
            position: How many bytes of log led to it.
        """
        if state.step < self._due:
            return
        self._due = state.step + self.EVERY
        if position < self._due_at:
            return
        packed = state.packed()
        self._due_at = position + int(self.SHARE * len(packed))
        try:
            start = self._spill.append(packed)
        except OSError:
            # Full states only save time; without a disk for them every state is still there.
            return
        self._steps.append(state.step)
        self._starts.append(start)

    def before(self, number: int) -> int:
        """The step of the last full state up to a step."""
        return self._steps[bisect_right(self._steps, number) - 1]

    def load(self, number: int) -> State:
        """The last full state up to a step, as a state of the caller's own."""
        position = bisect_right(self._steps, number) - 1
        if position == 0:
            return State(self._tables)
        start = self._starts[position]
        end = self._starts[position + 1] if position + 1 < len(self._starts) else self._spill.size
        return State.unpacked(self._tables, self._spill.read(start, end - start))
