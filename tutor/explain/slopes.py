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
    is_shown,
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
    with_shape,
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
    told: dict[str, list[str]] = {}
    unchanged: list[tuple[str, str]] = []
    of = _expression(moment, node) or _written(rule, case)
    many = sum(gradient is not None for gradient in outgoing) > 1
    for position, (slope, sent) in enumerate(zip(rule.slopes, outgoing, strict=False)):
        if sent is None or incoming[0] is None:
            continue
        to = target(moment, node.edges[position] if position < len(node.edges) else None)
        by = _which(rule, case, position)
        formula = filled(slope.formula, case.names)
        stretched = stretched_from(case, position)
        if formula == "1" and not stretched:
            unchanged.append((to, by))
            continue
        known, refuted = _known(moment, rule, slope, case, position, sent)
        sentence = f" is {_with_numbers(slope, formula, case, known)}. "
        sentence += _sent(moment, case, position, incoming[0], known, sent, to, refuted=refuted)
        told.setdefault(sentence, []).append(by)
    sentences = [_unchanged(moment, of, unchanged, incoming[0], many=many)] if unchanged else []
    for sentence, inputs in told.items():
        # Both factors of h * h have the same slope.
        names = {case.names[slope.to] for slope in rule.slopes}
        part = f"each {names.pop()}" if len(inputs) > len(names) == 1 else listed(inputs)
        towards = f" with respect to {part}" if many or _has_two(rule, case) else ""
        sentences.append(f"The slope{of}{towards}{sentence}")
    if not sentences:
        sentences.append(_nothing(moment, incoming))
    if rule.note is not None:
        sentences.append(rule.note(case))
    return sentences


def _which(rule: Elementwise, case: Case, position: int) -> str:
    """``x``; ``the first h`` in ``h / h``."""
    names = [case.names[slope.to] for slope in rule.slopes]
    if len(names) == 2 and names[0] == names[1]:
        return f"the {('first', 'second')[position]} {names[0]}"
    return names[position]


def _unchanged(moment: Moment, of: str, parts: list[tuple[str, str]], incoming: Any, *, many: bool) -> str:
    """That the incoming gradient goes on as it is: to each of these, with respect to each of those."""
    towards = " for each part" if len(parts) > 1 else f" with respect to {parts[0][1]}" if many else ""
    ends = listed(list(dict.fromkeys(to for to, _ in parts)))
    return f"The slope{of}{towards} is 1, so {_incoming(moment, incoming)} goes on unchanged to {ends}."


def _incoming(moment: Moment, incoming: Any) -> str:
    """``incoming 1.0``; ``the incoming gradient, a tensor of shape (5, 1),``."""
    came = gradient(moment, incoming)
    return f"incoming {came}" if is_shown(moment, incoming) else f"the incoming gradient, {came},"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
    moment: Moment, case: Case, position: int, incoming: Any, slope: Array | None, sent: Any, to: str, *, refuted: bool
) -> str:
    """``Incoming 1.0 times 6.0 = 6.0 goes to x.``"""
    came, out = gradient(moment, incoming), gradient(moment, sent)
    start = _incoming(moment, incoming)
    axes = stretched_from(case, position)
    if axes:
        return _summed(case, position, slope, start, out, to, axes)
    if refuted:
        return f"{'Incoming' if is_shown(moment, incoming) else 'Incoming is'} {came}; {out} goes to {to}."
    if slope is not None and is_small(slope) and is_small(case.gradient) and is_shown(moment, sent):
        return f"Incoming {factor(came)} times {factor(array_text(slope))} = {out} goes to {to}."
    makes = f" is {out} and" if out != came or is_shown(moment, sent) else ""
    return f"{_capital(start)} times that, element by element,{makes} goes to {to}."


def _summed(case: Case, position: int, slope: Array | None, came: str, out: str, to: str, axes: list[int]) -> str:
    """The shares of an input that was stretched."""
    shape, wide = case.shape(position), case.came()
    along = axes_text(axes)
    start = f"{with_shape(to, shape)} was stretched to shape {shape_text(wide)}, so "
    if slope is not None and set(slope.flat) == {1.0}:
        start += f"{came} is added up along {along}"
    else:
        start = f"{_capital(came)} times that gives the shares. {start}these are added up along {along}"
    if slope is not None and case.gradient is not None:
        shares = times(case.gradient, slope).flat
        if shape == () and 1 < len(shares) <= _TERMS:
            return f"{start}: {' + '.join(factor(number(share)) for share in shares)} = {out} goes to {to}."
    return f"{start}: {out} goes to {to}."
