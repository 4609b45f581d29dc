"""A node step as its rule sees it: what is known of the numbers, and what to call each of them."""

from __future__ import annotations

from typing import Any, Final

from tutor.explain.arrays import array_of
from tutor.explain.case import Case
from tutor.explain.look import (
    before,
    gradient_array,
    is_inner,
    is_named,
    label,
    made,
    target,
)
from tutor.explain.nodes import RULES
from tutor.explain.rule import Elementwise
from tutor.explain.say import (
    factor,
    is_simple,
    reference_text,
)
from tutor.plain.format import number
from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, Saved
from tutor.recording.moment import Moment

_IN_FORMULA: Final = 20
"""Characters that an expression gets inside a formula."""


def case_of(moment: Moment, node: NodeRecord, detail: Any) -> Case:
    """A node step as the rules see it."""
    _, incoming, outgoing = detail
    metas = moment.after.tables.metas
    step = made(moment, node)
    saved = {item.name: _saved_value(moment, item) for item in node.saved}
    _add_options(saved, step)
    return Case(
        incoming=[gradient_array(moment, item) for item in incoming],
        shapes=[None if item is None else tuple(metas[item[0]].shape) for item in outgoing],
        saved=saved,
        names=_names(moment, node, step),
        incoming_shapes=[None if item is None else tuple(metas[item[0]].shape) for item in incoming],
        made_by=step.site.name if step is not None else "",
    )


def _saved_value(moment: Moment, item: Saved) -> Any:
    if item.tensor is None:
        return item.plain[1] if isinstance(item.plain, list) and len(item.plain) == 2 else None
    record = before(moment, item.tensor)
    return None if record is None else array_of(record.meta, record.content)


def _add_options(saved: dict[str, Any], step: Any) -> None:
    """Options that the recorder does not see in the node, from the call that made it."""
    if step is None or step.kind not in (Kind.OPERATION, Kind.INNER):
        return
    inputs, _, *rest = step.detail
    options = rest[0] if rest and isinstance(rest[0], dict) else {}
    dimension = options.get("dim", options.get("axis"))
    if dimension is None and len(inputs) > 1 and step.site.name in _WITH_AXIS:
        dimension = inputs[1]
    if isinstance(dimension, list) and len(dimension) == 2 and isinstance(dimension[1], int | list):
        saved.setdefault("dim", dimension[1])
    correction = options.get("correction", options.get("unbiased"))
    if isinstance(correction, list) and len(correction) == 2 and isinstance(correction[1], int | float):
        saved.setdefault("correction", correction[1])


_WITH_AXIS: Final = frozenset(
    ("sum", "mean", "var", "std", "amax", "amin", "logsumexp", "softmax", "log_softmax", "cumsum", "prod")
)


class Names(dict[str, str]):
    """What to call each argument; a word for those that are not known."""

    def __missing__(self, key: str) -> str:
        return {"self": "input", "alpha": "1"}.get(key, key)


def _names(moment: Moment, node: NodeRecord, step: Any) -> Names:
    names = Names()
    rule = RULES.get(node.name)
    if isinstance(rule, Elementwise):
        for slope, edge in zip(rule.slopes, node.edges, strict=False):
            if edge is not None:
                names[slope.to] = _in_formula(target(moment, edge), slope.to)
    for item in node.saved:
        if item.tensor is not None:
            names[item.name] = _saved_name(moment, node, item, names.get(item.name))
        elif isinstance(item.plain, list) and len(item.plain) == 2 and isinstance(item.plain[1], int | float):
            names[item.name] = factor(number(item.plain[1]))
    if step is not None and step.kind is Kind.OPERATION:
        for name, reference in zip(("self", "other"), step.detail[0], strict=False):
            if name not in names and reference is not None:
                known = isinstance(reference, int)
                text = label(moment, reference) if known else reference_text(moment.before, reference)
                names[name] = _in_formula(text, name) if known else factor(text)
    return names


def _saved_name(moment: Moment, node: NodeRecord, item: Saved, found: str | None) -> str:
    assert item.tensor is not None
    record = before(moment, item.tensor)
    if is_named(moment, item.tensor):
        return _in_formula(label(moment, item.tensor), item.name)
    if found is not None:
        return found
    if record is not None and record.meta.shape == ():
        array = array_of(record.meta, record.content)
        if array is not None and record.born == node.born and item.name != "result":
            return factor(number(int(array.item) if record.meta.dtype.startswith("int") else array.item))
    if record is None or is_inner(moment, item.tensor) or (record.born == node.born and item.name != "result"):
        return item.name if item.name != "self" else "input"
    return _in_formula(label(moment, item.tensor), item.name)


def _in_formula(text: str, name: str) -> str:
    """A name as it can stand in a formula; long expressions only by the part that they play."""
    if is_simple(text) or len(text) <= _IN_FORMULA:
        return text if is_simple(text) else f"({text})"
    return "input" if name == "self" else name
