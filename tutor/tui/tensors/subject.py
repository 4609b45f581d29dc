"""What a row of the tensors pane is about: a name or a result without one, with its value at a moment."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final

from tutor.plain.format import harmless
from tutor.recording.index import NameKey
from tutor.recording.model import Content, Meta, TensorRecord
from tutor.recording.moment import Moment
from tutor.recording.state import Key, Scope, State

UNNAMED: Final = -1
"""Stands for the scope in the key of a result without a name."""


@dataclass(frozen=True)
class Subject:
    """A name or a tensor at a moment. Where the step ended its life, it is as it was just before."""

    moment: Moment
    name: str
    """What to call it: its path, or the expression that made it; nothing in it can steer a terminal."""
    key: Key | None
    """None for a result without a name."""
    reference: Any
    """As the recording's format has it, None where there is nothing of that name any more."""
    record: TensorRecord | None
    """The tensor, None for anything else."""
    gradient: TensorRecord | None
    """What is in its ``.grad``."""
    gone: bool
    """Whether it is not there any more after the step."""

    @staticmethod
    def of(moment: Moment, key: Hashable) -> Subject:
        """What a key of ``TensorsPane.key_of`` is about.

        Args:
            moment: When.
            key: A ``Key``, or -1 and the id of a tensor.
        """
        scope, place = key if isinstance(key, tuple) and len(key) == 2 else (UNNAMED, None)
        if scope == UNNAMED:
            return _of_tensor(moment, place)
        known = Key(scope, str(place))
        after, before = _reference(moment.after, known), _reference(moment.before, known)
        reference = before if after is None else after
        state = moment.before if after is None else moment.after
        record = _record(moment, state, reference)
        return Subject(moment, harmless(known.path), known, reference, record, _grad(state, record), after is None)

    @property
    def state(self) -> State:
        """Where it is looked up: after the step, or before it where it is gone."""
        return self.moment.before if self.gone else self.moment.after

    @property
    def value(self) -> tuple[Meta, Content] | None:
        """The tensor or array, None for anything else."""
        if self.record is not None:
            return self.record.meta, self.record.content
        return None if isinstance(self.reference, int) else array_of(self.reference)

    @property
    def followed(self) -> NameKey | int | None:
        """What its history is asked by: the name, in whichever call of its function; without a name, the tensor."""
        if self.key is None:
            return self.reference if isinstance(self.reference, int) else None
        scope = self.scope
        return NameKey(scope.function, self.key.path) if scope is not None else None

    @property
    def scope(self) -> Scope | None:
        """Where the name lives."""
        return self.state.scopes.get(self.key.scope) if self.key is not None else None

    def members(self) -> list[tuple[str, Any]]:
        """The names below it, with their references: the parameters of a module, the items of a list."""
        scope = self.scope
        if scope is None or self.key is None:
            return []
        below = (self.key.path + ".", self.key.path + "[")
        return [(path, reference) for path, reference in scope.names.items() if path.startswith(below)]


def array_of(reference: Any) -> tuple[Meta, Content] | None:
    """The numpy array in a plain reference, described as a tensor; None for anything else."""
    if not isinstance(reference, list) or len(reference) != 4 or reference[0] != "ndarray":
        return None
    dtype, shape, content = reference[3]
    return Meta("ndarray", dtype, tuple(shape), "cpu", False, True, False), content


def _of_tensor(moment: Moment, tensor: Any) -> Subject:
    if not isinstance(tensor, int):
        return Subject(moment, "a tensor", None, None, None, None, True)
    record = moment.after.tensors.get(tensor)
    gone = record is None or record.freed
    name = harmless(" ".join(moment.label(tensor).split()))
    record = moment.tensor(tensor)
    gradient = _grad(moment.before if gone else moment.after, record)
    return Subject(moment, name, None, tensor if record is not None else None, record, gradient, gone)


def _reference(state: State, key: Key) -> Any:
    scope = state.scopes.get(key.scope)
    return scope.names.get(key.path) if scope is not None else None


def _record(moment: Moment, state: State, reference: Any) -> TensorRecord | None:
    return state.tensors.get(reference) or moment.tensor(reference) if isinstance(reference, int) else None


def _grad(state: State, record: TensorRecord | None) -> TensorRecord | None:
    return state.tensors.get(record.grad) if record is not None and record.grad is not None else None
