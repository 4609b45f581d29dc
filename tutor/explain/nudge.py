"""What to run again to see a gradient as a slope: which leaf, before which line, up to which backward call."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

from tutor.explain.forecast import Call, call_of, outermost, running
from tutor.plain.format import harmless
from tutor.plain.names import reference_of
from tutor.recording.format import Kind
from tutor.recording.model import Content, Meta, Step
from tutor.recording.nudge import NudgePlan
from tutor.recording.recording import Recording
from tutor.recording.state import State
from tutor.recording.values import numbers

ALL: Final = 12
"""Leaves of at most this many elements are nudged in each of them."""

LARGEST: Final = 3
"""Elements of a larger leaf that are nudged, those with the largest gradients."""

_DTYPES: Final = ("float32", "float64")


def plan_of(recording: Recording, step: int, leaf: str) -> NudgePlan | str:
    """How to check the gradient that the last backward call up to a step brought to a leaf.

    Args:
        recording: Where, as far as it is there.
        step: A step at a backward call, inside it or after it.
        leaf: A name: ``w``, ``model.weight``.

    Returns:
        The plan, or in a sentence why there can be none.

    Raises:
        DamagedError: the recording cannot be read.
    """
    name = harmless(leaf)
    reference = reference_of(recording.state(step), leaf)
    if not isinstance(reference, int):
        return f"{name} is no tensor here."
    record = recording.state(step).tensors[reference]
    if not record.meta.is_leaf:
        return f"{name} is not a leaf: backward does not keep its gradient. Choose a leaf that requires grad."
    if not record.meta.requires_grad and record.grad is None:
        return f"{name} does not require grad, so it gets no gradient."
    if record.meta.dtype not in _DTYPES:
        return f"{name} is {record.meta.dtype}, which is too coarse to be nudged."
    arrived = _arrived(recording, reference, step)
    if arrived is None:
        return f"No backward call has brought a gradient to {name} up to this step."
    return _plan(recording, name, reference, arrived)


def _arrived(recording: Recording, leaf: int, step: int) -> Step | None:
    """The last step in which a gradient arrived at a leaf from a backward call that had begun."""
    steps = recording.index.gradients.get(leaf, ())
    call = step if _is_call(recording, step) else recording.index.parents[step] if step else 0
    within = next((number for number in steps if number > step and recording.index.parents[number] == call), 0)
    places = [within] if within and call else []
    places += list(reversed(steps[: bisect_right(steps, step)]))
    for number in places:
        if recording.kind(number) is Kind.ACCUMULATE:
            found = recording.step(number)
            if found.detail[0] == leaf:
                return found
    return None


def _is_call(recording: Recording, number: int) -> bool:
    """Whether a step is a backward call that fills ``.grad``."""
    return (
        number > 0
        and recording.kind(number) in (Kind.OPERATION, Kind.INNER)
        and recording.site(number).name.rpartition(".")[2] == "backward"
    )


def _plan(recording: Recording, name: str, leaf: int, arrived: Step) -> NudgePlan | str:
    number = arrived.parent
    if not _is_call(recording, number):
        return f"The call that brought the gradient to {name} is not known."
    call = call_of(recording.step(number))
    state = recording.state(number - 1)
    record = state.tensors.get(leaf)
    values = _flat(record.meta, record.content) if record is not None else None
    metas = recording.tables.metas
    _, _, contribution, after, _ = arrived.detail
    gradient, held = (_flat(metas[each[0]], each[1]) if each is not None else None for each in (contribution, after))
    roots = [_root(state, root) for root in call.roots]
    if record is None or values is None or gradient is None or len(gradient) != len(values):
        return f"{name} has too many elements: their values were not recorded."
    if None in roots:
        return "The result that backward begins at has too many elements: their values were not recorded."
    use = _first_use(state, call.roots, leaf, recording)
    if not use:
        return f"The line that uses {name} first is not known."
    outer = outermost(recording, use)
    paths = recording.state(outer - 1).names_of(leaf)
    if not paths:
        return f"{name} has no name where it is used, in line {recording.site(outer).line}."
    return NudgePlan(
        name=name,
        paths=paths,
        shape=list(record.meta.shape),
        dtype=record.meta.dtype,
        values=values,
        use_line=recording.site(outer).line,
        use_calls=_calls(recording, outer),
        call=_calls(recording, number) + 1,
        call_line=recording.site(number).line,
        roots=[root for root in roots if root is not None],
        gradient=gradient,
        held=gradient if held is None else held,
        elements=_elements(gradient),
    )


def _root(state: State, root: int) -> list[float] | None:
    record = state.tensors.get(root)
    return _flat(record.meta, record.content) if record is not None else None


def _flat(meta: Meta, content: Content) -> list[float] | None:
    """The elements of a tensor that was recorded whole."""
    if not isinstance(content, bytes) or meta.dtype not in _DTYPES:
        return None
    found: list[Any] = numbers(meta.dtype, content)
    return found if len(found) == meta.elements else None


def _first_use(state: State, roots: list[int], leaf: int, recording: Recording) -> int:
    """The first step on the way to a result that computed with a leaf, 0 where it is not known."""
    nodes = [state.nodes[id] for id in running(state, Call(roots, None, accumulates=True))]
    born = [node.born for node in nodes for edge in node.edges if edge is not None and edge.leaf == leaf]
    return min((step for step in born if 0 < step <= recording.count), default=0)


def _calls(recording: Recording, number: int) -> int:
    """How many backward calls came before a step."""
    sites = recording.tables.sites
    calls = {id for id, site in sites.items() if site.name.rpartition(".")[2] == "backward"}
    index = recording.index.sites
    return sum(1 for step in range(1, number) if index[step] in calls and _is_call(recording, step))


def _elements(gradient: list[float]) -> list[int]:
    if len(gradient) <= ALL:
        return list(range(len(gradient)))
    return sorted(sorted(range(len(gradient)), key=lambda place: -abs(gradient[place]))[:LARGEST])
