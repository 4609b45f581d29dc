"""Where Enter on a row of the graph leads."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Hashable
from typing import Final

from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.moment import Moment
from tutor.tui.graph.roots import find_node, label_of

_UNKNOWN: Final = "This row leads to no step."


def lead_of(moment: Moment, key: Hashable) -> int | str:
    """The step that Enter on a row of the graph leads to, or the sentence that says why there is none.

    Args:
        moment: The step now.
        key: What the row is about: ("node", id) leads to the step that made the node, ("leaf", id) to the next
            step that adds to its ``.grad`` (after the last comes the first), ("cut", step) to that step.
    """
    if not isinstance(key, tuple) or len(key) != 2 or not isinstance(key[1], int):
        return _UNKNOWN
    kind, id = key
    if kind == "node":
        return _node(moment, id)
    if kind == "leaf":
        return _leaf(moment, id)
    if kind == "cut":
        return id if id != moment.number else "This is the step that cuts the graph."
    return _UNKNOWN


def _node(moment: Moment, id: int) -> int | str:
    node = find_node(moment, id)
    if node is None or not 0 < node.born <= moment.recording.count:
        return "The step that made this node is not in the recording."
    return node.born if node.born != moment.number else "This is the step that made this node."


def _leaf(moment: Moment, tensor: int) -> int | str:
    recording = moment.recording
    name = f"{harmless(label_of(moment, tensor))}.grad"
    steps = recording.index.gradients.get(tensor, array("I"))
    start = bisect_right(steps, moment.number)
    for position in range(len(steps)):
        number = steps[(start + position) % len(steps)]
        if recording.kind(number) is Kind.ACCUMULATE and recording.step(number).detail[0] == tensor:
            if number == moment.number:
                return f"This is the only step that adds to {name}{_so_far(moment)}."
            return number
    return f"No backward call adds to {name}{_so_far(moment)}."


def _so_far(moment: Moment) -> str:
    return " so far" if moment.recording.end is None else ""
