"""Which tensors a node keeps for backward."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from tutor.lesson.value import Value
from tutor.quiz.made.calls import outermost
from tutor.quiz.made.draft import Ask, Made, drafted
from tutor.quiz.made.names import name_of
from tutor.quiz.made.shapes import shape_steps
from tutor.quiz.made.spot import spot_at
from tutor.quiz.made.words import listed
from tutor.quiz.question import PICKED, Choice
from tutor.recording.format import Change, Kind
from tutor.recording.recording import Recording

_INPUTS: Final = 3
_CHOICES: Final = 4
_NOTHING: Final = "no tensor"

saved_steps = shape_steps
"""Names and the first step at which each was bound."""


def saved_question(recording: Recording, path: str, number: int) -> Made | None:
    """Which tensors the node of an operation saves whose result gets a name."""
    if recording.kind(number) is not Kind.OPERATION or outermost(recording, number) != number:
        return None
    step = recording.step(number)
    inputs, result = [id for id in step.detail[0] if isinstance(id, int)], step.detail[1]
    made = [change for change in step.changes if change[0] == Change.NODE]
    if len(made) != 1 or not isinstance(result, int) or not 0 < len(set(inputs)) <= _INPUTS:
        return None
    after = recording.state(number)
    spot = spot_at(recording, number, after)
    node, record = after.nodes.get(made[0][1]), after.tensors.get(result)
    if spot is None or node is None or record is None or record.node != node.id:
        return None
    labels: dict[int, str] = {}
    for id in dict.fromkeys((*inputs, result)):
        name = name_of(after, id, spot)
        if name is None:
            return None
        labels[id] = name.text
    kept = {item.tensor for item in node.saved if item.tensor is not None}
    if not kept <= set(labels):
        return None
    options = _options(kept, list(dict.fromkeys(inputs)), result)
    choices = [_choice(option, kept, labels, result) for option in options]
    ask = Ask(
        "saved",
        path,
        "saved",
        PICKED,
        f"{spot.runs()} Which tensors does {node.name} save for backward()?",
        Value("str", content=choices[0].text),
        choices,
        hints=["Which numbers are needed to compute the gradients of the inputs?"],
        right_why=[_reason(node.name, choices[0].text, bool(kept))],
    )
    return Made(drafted(recording, spot, ask), telling=kept != set(inputs) or len(choices) > 2)


def _reason(node: str, text: str, keeps: bool) -> str:
    if keeps:
        return f"{node} saves {text}: its gradients can be computed from that."
    return f"{node} saves no tensor: its gradients can be computed without any."


def _options(kept: set[int], inputs: list[int], result: int) -> Iterator[frozenset[int]]:
    """Sets of tensors that could be thought to be saved, the right one first."""
    yield frozenset(kept)
    others = [frozenset(inputs), frozenset([result]), frozenset(), frozenset([*inputs, result])]
    others += [frozenset(some) for some in combinations(inputs, 1)]
    left = [option for option in dict.fromkeys(others) if option != kept]
    yield from left[: _CHOICES - 1]


def _choice(option: frozenset[int], kept: set[int], labels: dict[int, str], result: int) -> Choice:
    order = [id for id in labels if id in option]
    text = listed([_label(id, labels, result) for id in order]) or _NOTHING
    if option == kept:
        return Choice(text, right=True)
    missing = [_label(id, labels, result) for id in labels if id in kept and id not in option]
    extra = [_label(id, labels, result) for id in order if id not in kept]
    told = missing or extra
    were = f"{listed(told)} {'was' if len(told) == 1 else 'were'}"
    if missing:
        return Choice(text, why=[f"{were} saved as well: a gradient is computed from that."])
    return Choice(text, why=[f"{were} not saved: the gradients can be computed without."])


def _label(id: int, labels: dict[int, str], result: int) -> str:
    return f"its result {labels[id]}" if id == result else labels[id]
