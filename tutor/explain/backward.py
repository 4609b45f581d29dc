"""A node that ran: its local derivative as mathematics and in this step's own numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from tutor.explain.arrivals import ADDED, Arrival, arrivals, replaced, senders
from tutor.explain.cases import case_of
from tutor.explain.formulas import formulas_of
from tutor.explain.look import (
    before,
    find_node,
    gradient,
    is_inner,
    is_named,
    is_shown,
    label,
    target,
    where,
)
from tutor.explain.nodes import RULES
from tutor.explain.rule import Elementwise
from tutor.explain.say import (
    array_text,
    factor,
    is_small,
    listed,
    named_text,
    reference_text,
    times_text,
)
from tutor.explain.slopes import slopes
from tutor.plain.format import clipped, harmless
from tutor.recording.model import NodeRecord
from tutor.recording.moment import Moment

_FORMULA: Final = 160
"""Characters of a formula of torch."""


def node_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """What a node did to the gradient that came to it."""
    id, incoming, outgoing = detail
    node = find_node(moment, id)
    if node is None:
        return [_plain(moment, None, incoming, outgoing)]
    name = harmless(node.name)
    place = where(moment, node)
    first = [f"{name} goes back through {place}." if place else f"{name} runs."]
    first += _arrived(moment, node, incoming)
    case = case_of(moment, node, detail)
    rule = RULES.get(node.name)
    if _is_complex(moment, incoming, outgoing):
        # Rules are told for real numbers.
        told = [*_unknown(node), _plain(moment, node, incoming, outgoing)]
    elif isinstance(rule, Elementwise):
        told = slopes(moment, node, rule, case, detail)
    elif rule is not None:
        told = [rule.words(case), _plain(moment, node, incoming, outgoing)]
    else:
        told = [*_unknown(node), _plain(moment, node, incoming, outgoing)]
    paragraphs = [" ".join([*first, *filter(None, told), *_repeated(moment, node, outgoing)])]
    if not isinstance(rule, Elementwise):
        kept = saved_text(moment, node)
        if kept:
            paragraphs.append(f"It used what it had saved: {kept}.")
    return paragraphs


def _is_complex(moment: Moment, incoming: Any, outgoing: Any) -> bool:
    metas = moment.after.tables.metas
    return any(item is not None and metas[item[0]].dtype.startswith("complex") for item in (*incoming, *outgoing))


# What came


def _arrived(moment: Moment, node: NodeRecord, incoming: Any) -> list[str]:
    """Where the incoming gradient is from, where that is more than one node sending it."""
    sent = arrivals(moment, node=node.id)
    if len(incoming) != 1 or incoming[0] is None:
        return []
    if sent is not None and not sent and _is_root(moment, node):
        return [f"It is the first: backward starts here with {gradient(moment, incoming[0])}."]
    was = replaced(moment, sent, incoming[0])
    if was is not None:
        return [
            f"A hook replaced the gradient {array_text(was)} by {gradient(moment, incoming[0])} before it got here."
        ]
    if sent is not None and len(sent) > 1:
        return [_met(moment, sent, incoming[0])]
    return []


def _met(moment: Moment, sent: list[Arrival], arrived: Any) -> str:
    whole = gradient(moment, arrived)
    names, told = senders(sent, lambda node: harmless(node.name))
    names = f"the first {told} of them from {names}" if told < len(sent) else f"from {names}"
    if len(sent) <= ADDED and is_shown(moment, arrived) and all(is_small(arrival.array) for arrival in sent):
        parts = [gradient(moment, arrival.gradient) for arrival in sent]
        return f"{len(sent)} gradients met here, {names}, and were added: {' + '.join(map(factor, parts))} = {whole}."
    makes = f", which makes {whole}" if len(sent) > ADDED and is_shown(moment, arrived) else ""
    return f"{len(sent)} gradients met here, {names}, and were added{makes}."


def _is_root(moment: Moment, node: NodeRecord) -> bool:
    step = moment.backward_step()
    if step is None or not step.detail[0] or not isinstance(step.detail[0][0], int):
        return False
    record = before(moment, step.detail[0][0])
    return record is not None and record.node == node.id


# Other nodes


def _plain(moment: Moment, node: NodeRecord | None, incoming: Any, outgoing: Any) -> str:
    """What came in and what went out, and to whom."""
    arrives = listed([gradient(moment, item) for item in incoming if item is not None]) or "nothing"
    start = "Incoming" if all(is_shown(moment, item) for item in incoming) else "Incoming is"
    edges = node.edges if node is not None else ()
    sent = [
        f"{gradient(moment, item)} goes to {target(moment, edges[place]) if place < len(edges) else 'the next node'}"
        for place, item in enumerate(outgoing)
        if item is not None
    ]
    return f"{start} {arrives}; {listed(sent) or 'nothing goes on'}."


def _repeated(moment: Moment, node: NodeRecord, outgoing: Any) -> list[str]:
    """``h is used twice here, so it gets both gradients.``"""
    used = [edge for edge, item in zip(node.edges, outgoing, strict=False) if edge is not None and item is not None]
    ends = [(edge.leaf, edge.node, edge.input) for edge in used]
    told = []
    for end, count in Counter(ends).items():
        if count > 1:
            gets = "both gradients" if count == 2 else f"all {count} gradients"
            name = target(moment, used[ends.index(end)])
            told.append(f"{name} is used {times_text(count)} here, so it gets {gets}.")
    return told


def _unknown(node: NodeRecord) -> list[str]:
    """The formula that torch ships, or what else is known of a node without a rule."""
    formulas = formulas_of(node.name)
    if formulas:
        texts = [f"for {name}: {clipped(harmless(text), _FORMULA)}" for name, text in formulas.items()]
        return [f"torch computes, with grad for the incoming gradient, {'; '.join(texts)}."]
    if node.name == "CopySlices":
        return [
            "A part of the tensor was written in place. The gradient of that part goes back through what was written "
            "there, the rest goes to the old values."
        ]
    if node.name.endswith("Backward"):
        return ["It belongs to an autograd.Function written in Python: its backward() computed what goes on."]
    return []


_TELLING: Final = ("exponent",)
_NAMES: Final = 4


def saved_text(moment: Moment, node: NodeRecord) -> str:
    """What a node saved, by the learner's names: ``x = 3.0, exponent = 2``."""
    kept = []
    for item in sorted(node.saved, key=lambda item: item.tensor is None):
        if item.tensor is not None:
            record = before(moment, item.tensor)
            if record is None:
                continue
            if item.name.startswith("result"):
                name = "its result" if not is_named(moment, item.tensor) else label(moment, item.tensor)
            elif is_named(moment, item.tensor) or (record.born != node.born and not is_inner(moment, item.tensor)):
                name = label(moment, item.tensor)
            else:
                name = "its input" if item.name in ("self", "input", "mat1") else harmless(item.name)
            text = named_text(name, record.meta, record.content)
            # An input that is used twice is saved twice.
            if text not in kept:
                kept.append(text)
        elif item.name in _TELLING and isinstance(item.plain, list):
            kept.append(f"{harmless(item.name)} = {reference_text(moment.before, item.plain)}")
    return ", ".join(kept[:_NAMES])
