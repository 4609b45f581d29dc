"""Whether the tensor that a line makes is a leaf, and whether it requires grad."""

from __future__ import annotations

from typing import Final

from tutor.lesson.value import Value
from tutor.quiz.made.calls import outermost
from tutor.quiz.made.draft import Ask, Made, drafted, right, wrong
from tutor.quiz.made.names import Name, used
from tutor.quiz.made.shapes import shape_steps
from tutor.quiz.made.spot import Spot, spot_at
from tutor.quiz.made.statements import is_line
from tutor.quiz.made.visits import end_of
from tutor.quiz.made.words import code
from tutor.quiz.question import PICKED
from tutor.recording.model import TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.state import TOP_LEVEL

_CUT: Final = ("detach", "detach_", "data")

leaf_steps = shape_steps
"""Names and the first step at which each was bound."""


def leaf_question(recording: Recording, path: str, number: int) -> Made | None:
    """Whether what a name of the top level is bound to is a leaf, or requires grad: whichever is less obvious."""
    root = outermost(recording, number)
    end = end_of(recording, root)
    if end is None:
        return None
    after = recording.state(end)
    reference = after.scopes[TOP_LEVEL].names.get(path)
    record = after.tensors.get(reference) if isinstance(reference, int) else None
    if record is None or not record.meta.dtype.startswith(("float", "bfloat")):
        return None
    node = after.nodes.get(record.node) if record.node is not None else None
    node_name = node.name if node is not None else ""
    before = recording.state(root - 1)
    spot = spot_at(recording, root, before)
    if spot is None or not is_line(spot.statement):
        return None
    inputs = [(name, other) for name, other in used(before, spot) if other.id != record.id]
    requires = [name for name, other in inputs if other.meta.requires_grad]
    if requires and not record.meta.requires_grad:
        return _requires_grad(recording, spot, path, record, requires[0], end)
    if inputs and record.meta.is_leaf and not record.meta.requires_grad:
        why = "It does not require grad, and what does not require grad is a leaf, whatever it was computed from."
        return _is_leaf(recording, spot, path, record, why, end)
    if not record.meta.is_leaf and node_name:
        telling = "requires_grad" in spot.statement.text
        why = f"{node_name} made it: it is the result of an operation that is recorded."
        made = _is_leaf(recording, spot, path, record, why, end)
        return made._replace(telling=telling)
    return None


def _is_leaf(recording: Recording, spot: Spot, path: str, record: TensorRecord, why: str, end: int) -> Made:
    return _asked(
        recording, spot, f"{path}.is_leaf", f"Is {code(path)} a leaf afterwards?", record.meta.is_leaf, why, end
    )


def _requires_grad(recording: Recording, spot: Spot, path: str, record: TensorRecord, source: Name, end: int) -> Made:
    step = recording.step(spot.number)
    name = step.site.name.rpartition(".")[2]
    if name in _CUT or ".detach()" in step.site.source:
        why = f"detach() gives a tensor that is cut off from the graph, although {source.text} requires grad."
    elif not step.grad_enabled:
        why = f"It is computed where nothing is recorded, so it does not matter that {source.text} requires grad."
    else:
        why = f"{source.text} requires grad, but nothing of this line passes a gradient on to it."
    return _asked(
        recording,
        spot,
        f"{path}.requires_grad",
        f"Does {code(path)} require grad afterwards?",
        record.meta.requires_grad,
        why,
        end,
    )


def _asked(recording: Recording, spot: Spot, expression: str, question: str, truth: bool, why: str, end: int) -> Made:
    assert spot.statement is not None
    answer, other = Value("bool", content=truth), Value("bool", content=not truth)
    ask = Ask(
        "leaf",
        expression,
        "leaf",
        PICKED,
        f"{spot.runs(spot.statement.text)} {question}",
        answer,
        [right(answer), wrong(other, why)],
        right_why=[why],
        expression=expression,
        step=end,
    )
    return Made(drafted(recording, spot, ask))
