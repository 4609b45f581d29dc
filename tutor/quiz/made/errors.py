"""Whether a line raises, and what: of lines that do, and of lines that do not although it is often believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from tutor.lesson.syntax import sentence
from tutor.lesson.value import Value
from tutor.quiz.made.draft import Ask, Made, distinct, drafted, right, wrong
from tutor.quiz.made.names import name_of
from tutor.quiz.made.spot import Spot, spot_at
from tutor.quiz.made.values import NONE
from tutor.quiz.question import PICKED, Choice
from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, Step
from tutor.recording.recording import Recording
from tutor.recording.state import State

_AHEAD: Final = 64
"""Steps of a line among which its error is looked for."""

_MOST: Final = 20
"""Errors that are asked about."""

_LINES: Final = 300
"""Lines whose operations are looked at."""

_VISITS: Final = 3
"""Operations of a line that are looked at."""

_NODES: Final = 200
"""Nodes of a graph that are looked through."""


class _Error(NamedTuple):
    """An error of torch that people know."""

    message: str
    """The beginning of it."""
    part: str
    """By what it is recognised."""
    comes: str
    """When it comes."""


_TWICE: Final = _Error(
    "RuntimeError: Trying to backward through the graph a second time",
    "a second time",
    "That error comes when a node runs again after it has given up what it saved.",
)
_NO_GRAPH: Final = _Error(
    "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn",
    "does not have a grad_fn",
    "That error comes when nothing that the tensor was computed from requires grad.",
)
_MODIFIED: Final = _Error(
    "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation",
    "modified by an inplace operation",
    "That error comes when a tensor that a node had saved was written to before backward() needed it.",
)
_NOT_SCALAR: Final = _Error(
    "RuntimeError: grad can be implicitly created only for scalar outputs",
    "implicitly created only for scalar",
    "That error comes when backward() is called without an argument on a tensor of several elements.",
)
_LEAF: Final = _Error(
    "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
    "leaf Variable that requires grad",
    "That error comes when a leaf that requires grad is written in place while operations are recorded.",
)
_NUMPY: Final = _Error(
    "RuntimeError: Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    "Can't call numpy()",
    "That error comes when a tensor that requires grad is turned into an array.",
)
_SIZES: Final = _Error(
    "RuntimeError: The size of tensor a must match the size of tensor b",
    "must match the size",
    "That error comes when two sizes differ and neither of them is 1.",
)
_KNOWN: Final = (_TWICE, _NO_GRAPH, _MODIFIED, _NOT_SCALAR, _LEAF, _NUMPY, _SIZES)

_STRETCHED: Final = ("add", "sub", "mul", "div", "truediv", "rsub", "mse_loss", "pow")
"""Operations that stretch their inputs to a common shape."""


def error_steps(recording: Recording) -> list[int]:
    """The steps with which lines begin that raise."""
    found: list[int] = []
    kinds, position = recording.index.kinds, 0
    while len(found) < _MOST:
        position = kinds.find(Kind.ERROR, position + 1)
        if position < 0:
            break
        first = _begin(recording, position)
        if first is not None:
            found.append(first)
    return found


def error_question(recording: Recording, number: int) -> Made | None:
    """What happens when a line runs that begins with a step and raises."""
    error = recording.index.kinds.find(Kind.ERROR, number, number + _AHEAD)
    if error < 0 or _begin(recording, error) != number:
        return None
    state = recording.state(number - 1)
    spot = spot_at(recording, number, state)
    if spot is None:
        return None
    message = " ".join(str(recording.step(error).detail[0]).split())
    answer = Value("error", error="".join(character for character in message if character.isprintable()))
    known = next((item for item in _KNOWN if item.part in message), None)
    shown = right(answer if known is None else Value("error", error=known.message), "error")
    choices = [
        msgspec.structs.replace(shown, value=answer),
        *distinct(
            answer,
            [
                wrong(NONE, "The line raises. Nothing after it in this cell or block runs.", "error"),
                *_others(recording, error, known),
            ],
            3,
        ),
    ]
    why = known.comes.replace("That error", "This error") if known is not None else sentence(f"It says: {message}")
    ask = _ask(spot, answer, choices, why, error)
    return Made(drafted(recording, spot, ask))


def _ask(spot: Spot, answer: Value, choices: list[Choice], why: str, step: int) -> Ask:
    statement = spot.statement
    source = statement.text if statement is not None and statement.alone else spot.site.source
    return Ask(
        "raises",
        "",
        "error",
        PICKED,
        f"{spot.runs(source)} What happens?",
        answer,
        choices,
        hints=["Look at what the line needs: which tensors, and what became of them before."],
        right_why=[why],
        step=step,
    )


def _begin(recording: Recording, error: int) -> int | None:
    """The step with which the line begins that an error is in, None where it is not near or not clear."""
    depths, line = recording.index.depths, recording.site(error).line
    number = error
    while number > max(error - _AHEAD, 1):
        before = number - 1
        if depths[before] < depths[error]:
            break
        if depths[before] == depths[error] and recording.site(before).line != line:
            break
        number = before
    else:
        return number if number == 1 else None
    while depths[number] > depths[error]:
        number += 1
    return number if recording.kind(number) not in (Kind.NODE, Kind.ACCUMULATE, Kind.INNER, Kind.OUTPUT) else None


def _others(recording: Recording, error: int, known: _Error | None) -> Iterator[Choice]:
    """Other errors that could be expected of such a line."""
    source = recording.site(error).source
    expected: tuple[_Error, ...]
    if "backward" in source or "grad(" in source:
        expected = (_TWICE, _NO_GRAPH, _NOT_SCALAR, _MODIFIED)
    elif "numpy" in source:
        expected = (_NUMPY, _NO_GRAPH)
    else:
        expected = (_LEAF, _SIZES, _NO_GRAPH)
    for item in expected:
        if item is not known:
            yield wrong(Value("error", error=item.message), item.comes, "error")


# Lines that do not raise


def harmless_steps(recording: Recording) -> list[int]:
    """Operations of which an error could be expected, the first few of each line."""
    found: list[int] = []
    for line in sorted(recording.index.lines)[:_LINES]:
        steps = recording.index.lines[line][:_AHEAD]
        suspected = [
            step
            for step in steps
            if recording.kind(step) is Kind.OPERATION and _is_suspected(recording.site(step).name.rpartition(".")[2])
        ]
        found += suspected[:_VISITS]
    return sorted(found)


def _is_suspected(name: str) -> bool:
    return name in _STRETCHED or name == "backward" or (name.endswith("_") and not name.endswith("__"))


def harmless_question(recording: Recording, number: int) -> Made | None:
    """What happens when a line runs that does not raise, where many expect an error: a second way through a graph, a
    write to a leaf under no_grad, shapes that differ."""
    if recording.kind(number) is not Kind.OPERATION:
        return None
    step = recording.step(number)
    if _raises(recording, number):
        return None
    state = recording.state(number - 1)
    spot = spot_at(recording, number, state)
    found = _harmless(recording, step, state, spot) if spot is not None else None
    if spot is None or found is None:
        return None
    expected, why = found
    choices = [
        right(NONE, "error"),
        wrong(Value("error", error=expected.message), f"{expected.comes} {why}", "error"),
    ]
    return Made(drafted(recording, spot, _ask(spot, NONE, choices, why, number)))


def _raises(recording: Recording, number: int) -> bool:
    error = recording.index.kinds.find(Kind.ERROR, number, number + _AHEAD)
    if error < 0:
        return False
    begin = _begin(recording, error)
    return begin is not None and begin <= number


def _harmless(recording: Recording, step: Step, state: State, spot: Spot) -> tuple[_Error, str] | None:
    name = step.site.name.rpartition(".")[2]
    inputs = [state.tensors[id] for id in step.detail[0] if isinstance(id, int) and id in state.tensors]
    if name == "backward" and inputs and inputs[0].node is not None:
        return _second_way(recording, state, inputs[0].node)
    if name.endswith("_") and not name.endswith("__") and inputs:
        first = inputs[0]
        called = name_of(state, first.id, spot)
        if first.meta.is_leaf and first.meta.requires_grad and not step.grad_enabled and called is not None:
            why = f"Here nothing is recorded: it runs under no_grad(), where {called.text} may be written in place."
            return _LEAF, why
    if name in _STRETCHED and len(inputs) == 2:
        return _stretched([record.meta.shape for record in inputs])
    return None


def _second_way(recording: Recording, state: State, root: int) -> tuple[_Error, str] | None:
    """Why nodes that ran before can run again."""
    seen: dict[int, NodeRecord] = {}
    waiting = [root]
    while waiting:
        node = state.nodes.get(waiting.pop())
        if node is None or node.id in seen:
            continue
        if len(seen) >= _NODES:
            return None
        seen[node.id] = node
        waiting += [edge.node for edge in node.edges if edge is not None and edge.node is not None]
    again = [node for node in seen.values() if node.ran]
    if not again:
        return None
    if not any(item.tensor is not None for node in again for item in node.saved):
        names = {node.name for node in again}
        who = f"{names.pop()} saved no tensor" if len(names) == 1 else "None of the nodes that run again saved a tensor"
        return _TWICE, f"{who}, so there is nothing that could have been freed."
    call = recording.index.parents[max(node.ran for node in again)]
    line = recording.site(call).line
    return _TWICE, f"The call in line {line} kept the graph, so what the nodes saved is still there."


def _stretched(shapes: list[tuple[int, ...]]) -> tuple[_Error, str] | None:
    one, other = shapes
    if one == other or not one or not other:
        return None
    texts = [_shape(shape) for shape in shapes]
    return _SIZES, f"The shapes {texts[0]} and {texts[1]} fit: what is missing, or is 1, is stretched."


def _shape(shape: tuple[int, ...]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"
