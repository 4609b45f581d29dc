"""Nodes that work element by element: the slope as mathematics and in numbers, then what it makes of the gradient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tutor.explain.arrays import Array, agrees, times
from tutor.explain.case import Case
from tutor.explain.cases import Names
from tutor.explain.forecast import call_of
from tutor.explain.look import (
    NAME,
    gradient,
    gradient_array,
    made,
    target,
)
from tutor.explain.rule import Elementwise, Slope, filled, stretched_from
from tutor.explain.say import (
    array_text,
    axes_text,
    factor,
    is_small,
    listed,
    shape_text,
)
from tutor.plain.format import harmless, number
from tutor.recording.format import Change, Kind
from tutor.recording.model import NodeRecord
from tutor.recording.moment import Moment

_TERMS: Final = 5
"""Terms of a sum that are written out."""
_IN_WORDS: Final = re.compile(r" where | again|the sign| with ")
_WHOLE: Final = re.compile(r"(?<=\d)\.0\b")
_NAMELESS: Final = re.compile(r"\b(input|other|\w+Backward\d?)\b")
_NUMBER: Final = re.compile(r"\(?-?[\d.]+(e[-+]?\d+)?\)?")


def slopes(moment: Moment, node: NodeRecord, rule: Elementwise, case: Case, detail: Any) -> list[str]:
    """A sentence or two for each edge.

    Args:
        moment: Of the node step.
        node: The node.
        rule: Its rule.
        case: What the rule sees.
        detail: Of the step.
    """
    _, incoming, outgoing = detail
    came = gradient(moment, incoming[0]) if incoming else "nothing"
    told: list[str] = []
    unchanged: list[str] = []
    of = _expression(moment, node) or _written(rule, case)
    many = sum(gradient is not None for gradient in outgoing) > 1
    for position, (slope, sent) in enumerate(zip(rule.slopes, outgoing, strict=False)):
        if sent is None or incoming[0] is None:
            continue
        to = target(moment, node.edges[position] if position < len(node.edges) else None)
        formula = filled(slope.formula, case.names)
        stretched = stretched_from(case, position)
        if formula == "1" and not stretched:
            unchanged.append(to)
            continue
        towards = f" with respect to {case.names[slope.to]}" if many or _has_two(rule, case) else ""
        known, refuted = _known(moment, rule, slope, case, position, sent)
        told.append(f"The slope{of}{towards} is {_with_numbers(slope, formula, case, known)}.")
        told.append(_sent(moment, case, position, came, known, sent, to, refuted=refuted))
    if unchanged:
        part = " for each part" if len(unchanged) > 1 else f" with respect to {unchanged[0]}" if many else ""
        told.insert(0, f"The slope{of}{part} is 1, so incoming {came} goes on unchanged to {listed(unchanged)}.")
    if not told:
        told.append(_nothing(moment, incoming))
    if rule.note is not None:
        told.append(rule.note(case))
    return told


def _nothing(moment: Moment, incoming: Any) -> str:
    """That no gradient goes on, and why where that is known."""
    call = moment.backward_step()
    if call is not None and call_of(call).inputs is not None and any(item is not None for item in incoming):
        return "It sends nothing on: no gradient further back was asked for."
    return "It sends nothing on."


def _expression(moment: Moment, node: NodeRecord) -> str:
    """`` of x**2``: the learner's own expression, where its operation made this node and no other."""
    step = made(moment, node)
    if step is None or step.kind is not Kind.OPERATION or not isinstance(step.detail[1], int):
        return ""
    text = harmless(" ".join(step.site.source.split()))
    if len(text) > NAME or step.site.name.endswith("_"):
        return ""
    nodes = [change[1] for change in step.changes if change[0] == Change.NODE]
    return f" of {text}" if nodes == [node.id] else ""


def _written(rule: Elementwise, case: Case) -> str:
    """`` of x**2``: what a node stands for in general, where its inputs have short names."""
    text = filled(rule.of, case.names)
    return f" of {text}" if len(text) <= NAME and not _NAMELESS.search(text) else ""


def _has_two(rule: Elementwise, case: Case) -> bool:
    """Whether there is another input that the slope could be meant for."""
    return len(rule.slopes) > 1 and not any(_NUMBER.fullmatch(case.names[slope.to]) for slope in rule.slopes)


def _known(
    moment: Moment, rule: Elementwise, slope: Slope, case: Case, position: int, sent: Any
) -> tuple[Array | None, bool]:
    """The slope in numbers, where it is known and gives just what torch computed; whether it gives something else."""
    try:
        share = rule.share(case, position, slope)
        found = slope.at(case)
    except (KeyError, ValueError, OverflowError):
        return None, False
    dtype = moment.after.tables.metas[sent[0]].dtype
    recorded = gradient_array(moment, sent)
    good = agrees(share, recorded, dtype)
    return (found if good else None), recorded is not None and not good


def _with_numbers(slope: Slope, formula: str, case: Case, known: Array | None) -> str:
    """``2·x = 2·3.0 = 6.0``, as far as the numbers are known and few."""
    if known is None or not is_small(known):
        return formula if formula in ("1", "-1") else f"{formula}, element by element" if _is_many(case) else formula
    result = array_text(known)
    if _IN_WORDS.search(formula):
        return f"{formula}; here {result}"
    parts = [formula]
    if len(known.flat) == 1 and all(_is_number(case, name) for name in slope.takes):
        parts.append(filled(slope.formula, _numbers(slope, case)))
    parts.append(result)
    different = parts[:1]
    for text in parts[1:]:
        if not _equal(text, different[-1]):
            different.append(text)
        elif len(different) > 1:
            different[-1] = text
    return " = ".join(different)


def _is_many(case: Case) -> bool:
    try:
        return case.came() != ()
    except KeyError:
        return False


def _is_number(case: Case, name: str) -> bool:
    saved = case.saved.get(name)
    return isinstance(saved, int | float) or (isinstance(saved, Array) and len(saved.flat) == 1)


def _numbers(slope: Slope, case: Case) -> Mapping[str, str]:
    numbers = Names(case.names)
    for name in slope.takes:
        saved = case.saved[name]
        if isinstance(saved, Array):
            numbers[name] = factor(number(saved.item))
        elif isinstance(saved, int | float):
            numbers[name] = factor(number(saved))
    return numbers


def _equal(first: str, second: str) -> bool:
    return _WHOLE.sub("", first.strip("()")) == _WHOLE.sub("", second.strip("()"))


def _sent(
    moment: Moment, case: Case, position: int, came: str, slope: Array | None, sent: Any, to: str, *, refuted: bool
) -> str:
    """``Incoming 1.0 times 6.0 = 6.0 goes to x.``"""
    out = gradient(moment, sent)
    axes = stretched_from(case, position)
    if axes:
        return _summed(case, position, slope, came, out, to, axes)
    if refuted:
        return f"Incoming {came}; {out} goes to {to}."
    if slope is not None and is_small(slope) and is_small(case.gradient):
        return f"Incoming {factor(came)} times {factor(array_text(slope))} = {out} goes to {to}."
    return f"Incoming {came} times that, element by element, is {out} and goes to {to}."


def _summed(case: Case, position: int, slope: Array | None, came: str, out: str, to: str, axes: list[int]) -> str:
    """The shares of an input that was stretched."""
    shape, wide = case.shape(position), case.came()
    along = axes_text(axes)
    start = f"{to} was stretched from {shape_text(shape)} to {shape_text(wide)}, so "
    if slope is not None and set(slope.flat) == {1.0}:
        start += f"incoming {came} is added up along {along}"
    else:
        start = f"Incoming {came} times that gives the shares. {start}these are added up along {along}"
    if slope is not None and case.gradient is not None:
        shares = times(case.gradient, slope).flat
        if shape == () and 1 < len(shares) <= _TERMS:
            return f"{start}: {' + '.join(factor(number(share)) for share in shares)} = {out} goes to {to}."
    return f"{start}: {out} goes to {to}."
