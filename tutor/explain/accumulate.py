"""A gradient that arrived in a ``.grad``: taken over or added, from which call and way, the running sum."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final

from tutor.explain.arrivals import ADDED, Arrival, arrivals_at, replaced, senders
from tutor.explain.forecast import call_of
from tutor.explain.look import gradient, gradient_array, is_shown, label, where
from tutor.explain.say import array_text, factor, is_small
from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, Step
from tutor.recording.moment import Moment, is_backward

_TERMS: Final = 5
"""Contributions that are written out as a sum."""


def accumulate_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """What happened to the ``.grad`` of a leaf, or of a tensor that retains it."""
    tensor, before, contribution, after, taken_over = detail
    name = f"{label(moment, tensor)}.grad"
    share, now = gradient(moment, contribution), gradient(moment, after)
    paragraphs: list[str] = []
    record = moment.tensor(tensor)
    if record is not None and not record.meta.is_leaf:
        paragraphs.append(f"{label(moment, tensor)} is not a leaf. {_kept(moment, tensor)}")
    if before is None or taken_over:
        text = f"{name} was None, so the gradient {share} is taken over as it is: {name} = {now}."
        if not is_shown(moment, contribution):
            text = f"{name} was None, so the gradient, {share}, is taken over as it is."
    else:
        old = gradient(moment, before)
        text = f"{name} already held {old}, and backward adds: {factor(old)} + {factor(share)} = {now}."
        parts = (gradient_array(moment, before), gradient_array(moment, contribution))
        if not (all(map(is_small, parts)) and is_shown(moment, after)):
            text = (
                f"{name} already held a gradient, and backward adds this one to it, element by element: {name} = {now}."
            )
            if not is_shown(moment, after):
                text = f"{name} already held a gradient, {now}, and backward adds this one to it, element by element."
        text += _earlier(moment, tensor, now)
    paragraphs.append(text)
    way = _way(moment, tensor, contribution)
    if way:
        paragraphs.append(way)
    return paragraphs


def _kept(moment: Moment, tensor: int) -> str:
    """Why a tensor that is no leaf gets a gradient all the same."""
    recording, call = moment.recording, moment.backward_step()
    if call is not None and tensor in (call_of(call).inputs or ()):
        return "It gets its gradient because this call names it in inputs=."
    first = next((n for n in recording.index.gradients.get(tensor, ()) if recording.kind(n) is Kind.ACCUMULATE), 0)
    parent = recording.index.parents[first]
    if parent and is_backward(recording.site(parent).name):
        earlier = recording.step(parent)
        if tensor in (call_of(earlier).inputs or ()):
            return (
                f"It keeps its gradient because the backward call in line {earlier.site.line} named it in inputs=: "
                f"torch remembers that, as if retain_grad() had been called."
            )
    return "It keeps its gradient because retain_grad() was called."


def _earlier(moment: Moment, tensor: int, now: str) -> str:
    """From which call what it held is, and all contributions since it was None."""
    steps = _contributions(moment, tensor)
    if not steps:
        return ""
    last = steps[-1]
    line, here = last.site.line, moment.step.site.line if moment.step is not None else 0
    which = "an earlier backward call in this line" if line == here else f"the backward call in line {line}"
    if moment.step is not None and last.parent == moment.step.parent:
        which = "this same backward call"
    text = f" What it held came from {which}."
    if 2 <= len(steps) < _TERMS and steps[0].detail[4]:
        shares = [step.detail[2] for step in steps]
        shares.append(moment.step.detail[2] if moment.step is not None else None)
        after = moment.step.detail[3] if moment.step is not None else None
        if is_shown(moment, after) and all(is_small(gradient_array(moment, share)) for share in shares):
            text += f" Since it was None: {' + '.join(factor(gradient(moment, share)) for share in shares)} = {now}."
    return text


def _contributions(moment: Moment, tensor: int) -> list[Step]:
    """The steps just before this one that only ever added to this ``.grad``, oldest first; the first took it over
    if they are all."""
    numbers = moment.recording.index.gradients.get(tensor)
    if numbers is None:
        return []
    found: list[Step] = []
    for position in range(bisect_left(numbers, moment.number) - 1, -1, -1):
        number = numbers[position]
        if moment.recording.kind(number) is not Kind.ACCUMULATE:
            break
        step = moment.recording.step(number)
        if step.detail[0] != tensor:
            break
        found.append(step)
        if step.detail[4] or len(found) == _TERMS:
            break
    return found[::-1]


def _way(moment: Moment, tensor: int, contribution: Any) -> str:
    """By which nodes it came, and whether several ways were added up or a hook put something else in its place."""
    sent = arrivals_at(moment, tensor)
    if not sent:
        return ""
    was = replaced(moment, sent, contribution)
    told = [_from(moment, sent)]
    if was is not None:
        told.append(f"A hook replaced the gradient {array_text(was)} by {gradient(moment, contribution)}.")
    elif len(sent) > 1:
        all_of_them = "Both" if len(sent) == 2 else "They"
        told.append(f"{all_of_them} were added first{_sum(moment, sent, contribution)}.")
    return " ".join(told)


def _from(moment: Moment, sent: list[Arrival]) -> str:
    def called(node: NodeRecord) -> str:
        place = where(moment, node)
        return harmless(node.name) + (f" of {place}" if place else "")

    ways, told = senders(sent, called)
    if len(sent) == 1:
        return f"It came from {ways}."
    if told < len(sent):
        return f"It came by {len(sent)} ways, of which the first {told} are from {ways}."
    return f"It came by {len(sent)} ways: from {ways}."


def _sum(moment: Moment, sent: list[Arrival], contribution: Any) -> str:
    """``: 3.0 + 4.0 = 7.0``; only what it makes where there is too much to write out, nothing where that is large."""
    now = gradient(moment, contribution)
    if not is_shown(moment, contribution):
        return ""
    if len(sent) <= ADDED and all(is_small(arrival.array) for arrival in sent):
        return f": {' + '.join(factor(gradient(moment, arrival.gradient)) for arrival in sent)} = {now}"
    return f", which makes {now}" if len(sent) > ADDED else ""
