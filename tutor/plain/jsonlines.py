"""A recording as JSON lines for machines: a header, one object for each step, and how it ended.

The format is a contract with other programs. Keys are only ever added; ``VERSION`` goes up when the meaning of one
changes. Strict JSON in plain ASCII: not-a-number and the infinities are the strings "nan", "inf" and "-inf".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from tutor.plain.follow import Remark, Remarks, Why
from tutor.plain.names import changed_names
from tutor.recording.format import Change, Kind
from tutor.recording.index import depth_of
from tutor.recording.model import End, NodeRecord, Step, TensorRecord
from tutor.recording.recording import Header
from tutor.recording.state import Key, State
from tutor.recording.values import gradient_value, reference_value, tensor_value

VERSION: Final = 1
"""Version of the lines."""

_encoder = json.JSONEncoder(allow_nan=False)


class JsonLines:
    """Writes the lines. A ``Writer`` as ``follow`` wants it.

    Args:
        write: Takes text.
        state: Whether each step also says everything that is visible after it.
        why: What explains a step in paragraphs; None leaves that out.
        notes: What finds mistakes that raise no error; None leaves that out.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        state: bool = False,
        why: Why | None = None,
        notes: Remarks | None = None,
    ) -> None:
        self._write = write
        self._state = state
        self._why = why
        self._notes = notes

    def begin(self, header: Header) -> None:
        """Write the first line."""
        self._line(
            {
                "format": "tutor-recording",
                "version": VERSION,
                "torch": header.torch,
                "python": header.python,
                "program": header.program,
            }
        )

    def step(self, step: Step, before: State, after: State, touched: set[Key]) -> None:
        """Write the line of a step."""
        item = step_object(step, before, after, touched)
        if self._state:
            item["names"] = {path: reference_value(after, reference) for path, reference, _ in after.visible()}
        if self._why is not None:
            item["why"] = self._why(step, before, after, touched)
        if self._notes is not None:
            item |= _noted(self._notes.taken(step, before, after))
        self._line(item)

    def end(self, end: End, steps: int) -> None:
        """Write the last line."""
        item: dict[str, Any] = {"end": end.how, "steps": steps, "reason": end.reason}
        if self._notes is not None:
            item |= _noted(self._notes.ended())
        self._line(item)

    def _line(self, item: dict[str, Any]) -> None:
        self._write(_encoder.encode(item) + "\n")


def _noted(found: Sequence[Remark]) -> dict[str, Any]:
    """Notes that have become known, each with its step; nothing where there are none."""
    if not found:
        return {}
    told = [
        {"kind": note.kind, "what": note.what, "why": note.why, "step": note.step, "line": note.line} for note in found
    ]
    return {"notes": told}


def step_object(step: Step, before: State, after: State, touched: set[Key]) -> dict[str, Any]:
    """A step as the object that stands in its line.

    Args:
        step: The step.
        before: The state before it.
        after: The state after it.
        touched: The names that it changed.
    """
    site = step.site
    item: dict[str, Any] = {
        "step": step.number,
        "kind": step.kind.word,
        "line": site.line,
        "end_line": site.end_line,
        "column": site.column,
        "end_column": site.end_column,
        "source": site.source,
        "name": site.name,
        "function": site.function,
        "depth": depth_of(step, before),
        "turns": [{"line": line, "turn": turn} for line, turn in after.turns()],
        "grad_enabled": step.grad_enabled,
        "parent": step.parent or None,
    }
    details = _DETAILS.get(step.kind)
    if details is not None:
        item.update(details(step, before, after))
    item["changed"] = {
        path: reference_value(after, reference) for path, reference in changed_names(before, after, touched)
    }
    return item


def _operation(step: Step, before: State, after: State) -> dict[str, Any]:
    inputs, result, *rest = step.detail
    earlier = _Earlier(step, before, after)
    item = {"inputs": [earlier.value(one) for one in inputs], "result": reference_value(after, result)}
    if rest and rest[0]:
        item["options"] = {name: earlier.value(option) for name, option in rest[0].items()}
    return item


def _node(step: Step, before: State, after: State) -> dict[str, Any]:
    id, incoming, outgoing = step.detail
    earlier = _Earlier(step, before, after)
    record: NodeRecord | None = before.nodes.get(id) or after.nodes.get(id)
    return {
        "incoming": [gradient_value(after, gradient) for gradient in incoming],
        "outgoing": [gradient_value(after, gradient) for gradient in outgoing],
        "saved": {
            saved.name: earlier.value(saved.plain if saved.tensor is None else saved.tensor)
            for saved in (record.saved if record is not None else ())
        },
    }


def _accumulate(step: Step, before: State, after: State) -> dict[str, Any]:
    id, old, contribution, new, taken_over = step.detail
    names = after.names_of(id)
    return {
        "leaf": names[0] if names else None,
        "before": gradient_value(after, old),
        "contribution": gradient_value(after, contribution),
        "after": gradient_value(after, new),
        "taken_over": bool(taken_over),
    }


def _output(step: Step, before: State, after: State) -> dict[str, Any]:
    stream, text = step.detail
    return {"text": text, "stream": stream}


def _message(step: Step, before: State, after: State) -> dict[str, Any]:
    return {"text": step.detail[0]}


_DETAILS: Final = {
    Kind.OPERATION: _operation,
    Kind.INNER: _operation,
    Kind.NODE: _node,
    Kind.ACCUMULATE: _accumulate,
    Kind.OUTPUT: _output,
    Kind.WARNING: _message,
    Kind.ERROR: _message,
}


class _Earlier:
    """Values as they were when a step began, also of the tensors that it was the first to show."""

    def __init__(self, step: Step, before: State, after: State) -> None:
        self._before = before
        self._after = after
        self._changes = step.changes

    def value(self, reference: Any) -> Any:
        """VALUE of a reference."""
        if isinstance(reference, int):
            if reference in self._before.tensors:
                return tensor_value(self._before, reference)
            return tensor_value(self._after, reference, self._first(reference))
        if isinstance(reference, list) and len(reference) == 4 and reference[0] != "ndarray":
            return {"type": reference[0], "items": [self.value(item) for item in reference[3]]}
        return reference_value(self._before, reference)

    def _first(self, tensor: int) -> TensorRecord | None:
        for change in self._changes:
            if change[0] == Change.TENSOR and change[1] == tensor:
                _, id, meta, version, storage, node, grad, content = change
                moment = self._after.step
                return TensorRecord(
                    id, self._after.tables.metas[meta], version, storage, node, grad, content, moment, moment
                )
        return None
