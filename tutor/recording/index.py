"""What is kept in memory of every step, so that questions about a whole recording need not read it.

All of it is arrays of numbers: about 20 bytes for each step, and 4 to 12 for each thing that happened in it.
"""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

from tutor.recording.format import Change
from tutor.recording.model import Step
from tutor.recording.state import TOP_LEVEL, Key, State


class NameKey(NamedTuple):
    """A name by the function it lives in, whichever call: what the index of changes is sorted by."""

    function: str | None
    path: str


class Firsts:
    """For each id, the step in which it was first seen. Ids count from 1; other numbers cost more, that is all."""

    def __init__(self) -> None:
        self._dense = array("I")
        self._sparse: dict[int, int] = {}

    def note(self, id: int, step: int) -> None:
        """An id was seen in a step."""
        dense = self._dense
        if 0 <= id < len(dense):
            if not dense[id]:
                dense[id] = step
        elif 0 <= id < 2 * len(dense) + 1024:
            dense.frombytes(bytes(dense.itemsize * (len(dense) + 1024)))
            dense[id] = step
        else:
            self._sparse.setdefault(id, step)

    def get(self, id: int) -> int:
        """The step, 0 if it was never seen."""
        known = self._sparse.get(id, 0)
        return self._dense[id] if not known and 0 <= id < len(self._dense) else known


class Turns:
    """Every turn of the loop on one line, in whichever call."""

    def __init__(self) -> None:
        self.steps = array("I")
        """The first step of each turn, in order; for turn 0 the step in which the loop was left."""
        self.scopes = array("Q")
        self.turns = array("I")

    def take(self, step: int, scope: int, turn: int) -> None:
        """Add a turn."""
        self.scopes.append(scope)
        self.turns.append(turn)
        self.steps.append(step)


class Writes:
    """Every change in place to one storage."""

    def __init__(self) -> None:
        self.steps = array("I")
        self.before = array("q")
        """Version before; what it was last known to be."""
        self.after = array("q")

    def take(self, step: int, before: int, after: int) -> None:
        """Add a change; several tensors of the storage changing in one step are one."""
        if self.steps and self.steps[-1] == step:
            self.after[-1] = max(self.after[-1], after)
            return
        self.before.append(before)
        self.after.append(after)
        self.steps.append(step)


class Index:
    """Filled step by step while a recording is read."""

    def __init__(self) -> None:
        self.kinds = bytearray([255])
        """By step; 0 stands for no step."""
        self.sites = array("I", [0])
        self.parents = array("I", [0])
        self.flags = bytearray([0])
        """Of each step, as ``Flag`` says."""
        self.depths = bytearray([0])
        """How many functions of the program are open around each step, 255 for more."""
        self.lines: dict[int, array[int]] = {}
        """Steps by the line where they begin."""
        self.changes: dict[NameKey, array[int]] = {}
        """Steps that changed a name's value, flags or ``.grad``."""
        self.turns: dict[int, Turns] = {}
        """By the line of the loop."""
        self.gradients: dict[int, array[int]] = {}
        """By tensor, the steps that changed its ``.grad``: assigned it, took over into it, added to it, wrote to it."""
        self.writes: dict[int, Writes] = {}
        """By storage."""
        self.flips: dict[int, array[int]] = {}
        """By tensor, the steps after its first that switched its requires_grad on or off."""
        self.tensors = Firsts()
        self.storages = Firsts()
        self._functions: dict[int, str | None] = {TOP_LEVEL: None}

    def take_changes(self, step: Step, before: State) -> int:
        """Note what a step changes, given the state before it; the step's depth."""
        depth = -1
        number, tensors = step.number, before.tensors
        for change in step.changes:
            what = change[0]
            if what == Change.TENSOR:
                id = change[1]
                old = tensors.get(id)
                if old is None:
                    self.tensors.note(id, number)
                    self.storages.note(change[4], number)
                    if change[6] is not None:
                        self._gradient(id, number)
                    continue
                meta = before.tables.metas[change[2]]
                if meta is not old.meta and meta.requires_grad != old.meta.requires_grad:
                    _append(self.flips, id, number)
                if old.grad != change[6]:
                    self._gradient(id, number)
                if old.storage != change[4]:
                    self.storages.note(change[4], number)
                elif old.version != change[3] or old.content != change[7]:
                    self._write(change[4], number, old.version, change[3])
                    for owner in before.grad_of.get(id, ()):
                        self._gradient(owner, number)
            elif what == Change.GRAD:
                self._gradient(change[1], number)
            elif what == Change.TURN:
                turns = self.turns.get(change[2])
                if turns is None:
                    turns = self.turns[change[2]] = Turns()
                turns.take(number, change[1], change[3])
            elif what == Change.OPEN:
                self._functions[change[1]] = change[2]
                depth = 0
            elif what == Change.CLOSE:
                depth = 0
        return len(before.scopes) - 1 if depth < 0 else depth_of(step, before)

    def take(self, step: Step, site: int, depth: int, touched: set[Key]) -> None:
        """Note a step. It must have been applied, so that nothing is kept of one that could not be.

        Args:
            step: The step.
            site: Number of its site.
            depth: What ``take_changes`` said.
            touched: The names that it changed.
        """
        number = step.number
        for key in touched:
            _append(self.changes, NameKey(self._functions.get(key.scope), key.path), number)
        for change in step.changes:
            if change[0] == Change.CLOSE:
                self._functions.pop(change[1], None)
        _append(self.lines, step.site.line, number)
        self.sites.append(site)
        self.parents.append(step.parent)
        self.flags.append(step.flags & 255)
        self.depths.append(min(depth, 255))
        self.kinds.append(step.kind)

    def _gradient(self, owner: int, number: int) -> None:
        _append(self.gradients, owner, number)

    def _write(self, storage: int, number: int, before: int, after: int) -> None:
        writes = self.writes.get(storage)
        if writes is None:
            writes = self.writes[storage] = Writes()
        writes.take(number, before, after)


def _append(arrays: dict[Any, array[int]], key: Any, number: int) -> None:
    steps = arrays.get(key)
    if steps is None:
        arrays[key] = array("I", (number,))
    elif steps[-1] != number:
        steps.append(number)


def depth_of(step: Step, before: State) -> int:
    """How many functions of the program were open around a step.

    Functions that opened or closed since the step before come first among its changes, those that closed after it
    come last; where that is not clear, the function of its site says which moment is meant.
    """
    open_scopes = [scope.function for scope in before.scopes.values()]
    ids = list(before.scopes)
    function = step.site.function
    found = len(ids) - 1 if _same(open_scopes[-1], function) else None
    leading = True
    for change in step.changes:
        if change[0] == Change.OPEN:
            ids.append(change[1])
            open_scopes.append(change[2])
        elif change[0] == Change.CLOSE and change[1] in ids[1:]:
            position = ids.index(change[1])
            del ids[position], open_scopes[position]
        elif change[0] != Change.TURN:
            leading = False
            continue
        if (leading or found is None) and _same(open_scopes[-1], function):
            found = len(ids) - 1
    return len(ids) - 1 if found is None else found


def _same(scope: str | None, site: str | None) -> bool:
    return scope == site or (scope is not None and site is not None and site.rpartition(".")[2] == scope)
