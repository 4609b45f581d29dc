"""Where several gradients meet: the parts that add up to what a node or a leaf receives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tutor.recording.moment import Moment
from tutor.recording.state import State
from tutor.recording.values import numbers
from tutor.tui.graph.cuts import Cuts
from tutor.tui.graph.lanes import Arrival
from tutor.tui.graph.roots import find_node
from tutor.tui.text import gradient_text

PARTS_LIMIT: Final = 5
"""Parts written out at most; more are only counted."""

_PART_WIDTH: Final = 16
_TOLERANCE: Final = 1e-2
"""By how much, for its size, a sum may differ: half precision is rounded at each addition."""


class Parts:
    """The gradients sent on in one backward call, by the input of the place that they came to.

    Args:
        moment: The step now.
        cuts: Of its recording; keeps steps that were read.
    """

    def __init__(self, moment: Moment, cuts: Cuts) -> None:
        self._moment = moment
        self._cuts = cuts

    def of(self, arrivals: Sequence[Arrival], backward: int) -> dict[int, list[Any]]:
        """What came on each way in a backward call, in the order in which it was sent.

        Args:
            arrivals: The ways to a place.
            backward: Step of the call.
        """
        parents = self._moment.recording.index.parents
        sent: list[tuple[int, Arrival]] = []
        for arrival in arrivals:
            node = find_node(self._moment, arrival.sender)
            if node is not None and node.ran and parents[node.ran] == backward:
                sent.append((node.ran, arrival))
        parts: dict[int, list[Any]] = {}
        for ran, arrival in sorted(sent):
            outgoing = self._cuts.step(ran).detail[2]
            gradient = outgoing[arrival.edge] if arrival.edge < len(outgoing) else None
            if gradient is not None:
                parts.setdefault(arrival.input, []).append(gradient)
        return parts

    def text(self, parts: Sequence[Any], total: Any, width: int) -> str:
        """``3.0 + 4.0``, or ``sum of 2`` where that does not fit or cannot be told; empty if nothing was added."""
        state = self._moment.after
        if len(parts) < 2 or total is None:
            return ""
        if len(parts) <= PARTS_LIMIT:
            if add_up(state, parts, total) is False:
                return ""
            text = " + ".join(gradient_text(state, part, _PART_WIDTH) for part in parts)
            if len(text) <= width and "…" not in text:
                return text
        count = f"sum of {len(parts)}"
        return count if len(count) <= width else ""


def add_up(state: State, parts: Sequence[Any], total: Any) -> bool | None:
    """Whether gradients add up to one, which a hook may have changed; None where they are too large to be known."""
    columns = [_numbers(state, gradient) for gradient in (*parts, total)]
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        return None
    if len({len(column) for column in known}) > 1:
        return False
    return all(_equal(sum(terms), result, terms) for *terms, result in zip(*known, strict=True))


def _equal(added: Any, result: Any, terms: Sequence[Any]) -> bool:
    if added == result or added != added:
        return bool(added == result or result != result)
    return bool(abs(added - result) <= _TOLERANCE * max(map(abs, terms)))


def _numbers(state: State, gradient: Any) -> Sequence[Any] | None:
    meta, content = state.tables.metas[gradient[0]], gradient[1]
    if not isinstance(content, bytes):
        return None
    try:
        return numbers(meta.dtype, content)
    except ValueError:
        return None
