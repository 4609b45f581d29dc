"""Gradients that are inf or nan: the node that made the first of them, and the numbers that it was given."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from tutor.explain.arrays import Array, array_of
from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, one_line
from tutor.explain.look import before, find_node, gradient_array, label, target
from tutor.plain.format import harmless, number
from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord
from tutor.recording.moment import Moment

_BACK: Final = 400
"""Steps looked at to find the node that made it."""

_SAFE: Final = {
    "SqrtBackward0": "the root has an infinite slope at 0: add a little under it, torch.sqrt({x} + 1e-8)",
    "LogBackward0": "the logarithm has no finite slope at 0: torch.log({x} + 1e-8), or clamp {x} from below",
    "DivBackward0": "nothing can be divided by 0: keep the divisor away from it",
    "ReciprocalBackward0": "nothing can be divided by 0: keep it away from 0",
    "PowBackward0": "a power below 1 has an infinite slope at 0: keep the base away from 0",
    "LinalgVectorNormBackward0": "the norm has no slope at 0: add a little under the root",
    "NormBackward0": "the norm has no slope at 0: add a little under the root",
}
"""What helps by the kind of node."""


def nan_found(scene: Scene) -> Cause | None:
    """``Function 'SqrtBackward0' returned nan values in its 0th output`` (anomaly mode)."""
    for step in range(scene.step.number - 1, max(scene.step.number - _BACK, 0), -1):
        if scene.recording.kind(step) is Kind.NODE and f"'{scene.recording.site(step).name}'" in scene.text:
            moment = Moment.of(scene.recording, step)
            source = _first(scene.recording, step) or step
            return _cause(moment if source == step else Moment.of(scene.recording, source))
    return None


def infinite(moment: Moment) -> Cause | None:
    """Why a gradient is inf or nan, at the node that made it of finite ones, or where it arrives in a ``.grad``."""
    step = moment.step
    assert step is not None
    if step.kind is Kind.NODE:
        _, incoming, outgoing = step.detail
        if _is_bad(moment, outgoing) and not _is_bad(moment, incoming):
            return _cause(moment)
        return None
    if not _is_bad(moment, step.detail[2:3]):
        return None
    number = _first(moment.recording, step.number)
    return _cause(Moment.of(moment.recording, number)) if number else None


def _first(recording: Any, number: int) -> int:
    """The first node of the backward call of a step that made such numbers of finite ones; 0 where it is not near."""
    parent = recording.index.parents[number]
    for candidate in range(max(parent, number - _BACK) + 1, number + 1):
        if recording.kind(candidate) is not Kind.NODE or recording.index.parents[candidate] != parent:
            continue
        _, incoming, outgoing = recording.step(candidate).detail
        tables = recording.tables
        if any(_bad(tables, item) for item in outgoing) and not any(_bad(tables, item) for item in incoming):
            return candidate
    return 0


def _is_bad(moment: Moment, gradients: Any) -> bool:
    return any(_bad(moment.after.tables, gradient) for gradient in gradients)


def _bad(tables: Any, gradient: Any) -> bool:
    """Whether a gradient has inf or nan in it."""
    if gradient is None:
        return False
    content = gradient[1]
    if isinstance(content, dict):
        return bool(content.get("nan") or content.get("inf"))
    array = array_of(tables.metas[gradient[0]], content, 1000)
    return array is not None and not all(map(math.isfinite, array.flat))


def _cause(moment: Moment) -> Cause | None:
    step = moment.step
    assert step is not None
    id, incoming, outgoing = step.detail
    node = find_node(moment, id)
    if node is None or not 0 < node.born <= moment.recording.count:
        return None
    site = moment.recording.site(node.born)
    name = harmless(node.name)
    what: list[str] = []
    who = ""
    for position, gradient in enumerate(outgoing):
        if not _bad(moment.after.tables, gradient):
            continue
        who = target(moment, node.edges[position]) if position < len(node.edges) else ""
        what.append(_numbers(moment, node, gradient, incoming, who))
        break
    made = (
        f"{name} of {one_line(site.source)} in line {site.line} made the first of these numbers (step {step.number})."
    )
    what = [made, *what]
    if _is_zero(moment, incoming, outgoing):
        what.append("The slope is infinite there, and 0 times infinity is nan.")
    if _is_zero(moment, incoming, outgoing) and _chooses(moment):
        what.append("torch.where goes back through both branches, also through the one that it did not take.")
        fix = (
            f"choose before, not after: give {one_line(site.source)} in line {site.line} a harmless number where its "
            f"result is not used, {who or 'x'}_safe = torch.where(…, {who or 'x'}, 1.0)."
        )
        wrong = "a torch.where around the result, or multiplying it by 0, does not stop the nan."
        return Cause.at(moment.recording, node.born, (who,), what, fix, wrong)
    fix = _SAFE.get(node.name, "keep the numbers that go in away from where the slope is not finite").format(
        x=who or "x"
    )
    return Cause.at(moment.recording, node.born, (who,), what, f"{fix} (line {site.line}).")


def _chooses(moment: Moment) -> bool:
    """Whether a node of ``torch.where`` ran before in the backward call."""
    step = moment.step
    assert step is not None
    return any(
        moment.recording.kind(number) is Kind.NODE and moment.recording.site(number).name == "WhereBackward0"
        for number in range(max(step.parent, step.number - _BACK) + 1, step.number)
    )


def _numbers(moment: Moment, node: NodeRecord, gradient: Any, incoming: Any, who: str) -> str:
    """``Where x is 0.0 the slope is inf.``"""
    array = gradient_array(moment, gradient)
    came = gradient_array(moment, incoming[0]) if incoming else None
    if array is None:
        return f"Some of the gradient for {who or 'its input'} is not finite."
    places = [place for place, value in enumerate(array.flat) if not math.isfinite(value)]
    result = number(array.flat[places[0]])
    arrived = (
        f"{number(came.flat[places[0]])} came in and {result} goes out"
        if came is not None and came.shape == array.shape
        else f"{result} goes out"
    )
    for saved, values in _saved(moment, node):
        if values.shape == array.shape:
            shown = number(values.flat[places[0]])
            return f"Where {saved} is {shown}, {arrived} to {who or 'its input'}."
    return f"{arrived[0].upper()}{arrived[1:]} to {who or 'its input'}."


def _saved(moment: Moment, node: NodeRecord) -> Iterator[tuple[str, Array]]:
    for item in node.saved:
        record = before(moment, item.tensor) if item.tensor is not None else None
        array = array_of(record.meta, record.content) if record is not None else None
        if record is not None and array is not None:
            yield label(moment, record.id), array


def _is_zero(moment: Moment, incoming: Any, outgoing: Any) -> bool:
    """Whether nothing but 0 came in where nan goes out."""
    came = gradient_array(moment, incoming[0]) if incoming else None
    for gradient in outgoing:
        array = gradient_array(moment, gradient)
        if array is None or came is None or array.shape != came.shape:
            continue
        pairs = [pair for pair in zip(came.flat, array.flat, strict=True) if math.isnan(pair[1])]
        if pairs and all(arrived == 0 for arrived, _ in pairs):
            return True
    return False
