"""Which rows the tensors pane has: names by scope, members folded under what they belong to, results without a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from tutor.plain.format import harmless
from tutor.recording.state import Key, Scope, root_of
from tutor.tui.moment import Moment

UNNAMED_LIMIT: Final = 50
"""Results without a name shown at most."""

UNNAMED: Final = -1
"""Stands for the scope of a result without a name."""

OPEN_LIMIT: Final = 8
"""Members of a module or a list of tensors that are shown at once; where there are more, they begin folded."""

_LOOKED_AT: Final = 2000
_HIDDEN_TYPES: Final = frozenset(
    ("module", "function", "type", "method", "builtin_function_or_method", "ABCMeta", "_TensorMeta", "method-wrapper")
)


class Row(NamedTuple):
    """A row of the pane."""

    label: str
    reference: Any
    """As the recording's format has it; None for the heading of a scope."""
    scope: int
    """Where the name lives; ``UNNAMED`` for a result without a name."""
    path: str = ""
    """The name itself; the label has control characters replaced."""
    member: bool = False
    """Whether it stands under what it belongs to."""
    members: tuple[Key, ...] = ()
    """What can be folded under it."""
    opened: bool = False
    """Whether its members are shown."""


class _Group:
    """A name with what belongs to it."""

    def __init__(self, scope: Scope, root: str) -> None:
        self.scope = scope
        self.root = root
        self.reference: Any = None
        self.tensors: list[tuple[str, Any]] = []
        self.plain: list[tuple[str, Any]] = []

    def add(self, path: str, reference: Any) -> None:
        """Take in the name itself, or a member."""
        if path == self.root:
            self.reference = reference
        elif is_tensor(reference):
            self.tensors.append((path, reference))
        elif not path.endswith(".training") and reference[0] not in _HIDDEN_TYPES and len(reference) == 2:
            # What has members of its own is there through them.
            self.plain.append((path, reference))

    @property
    def holds_tensors(self) -> bool:
        """Whether it stands with the tensors."""
        return bool(self.tensors) or is_tensor(self.reference)

    @property
    def shown(self) -> bool:
        """Whether it is more than a function, a class or an imported module."""
        if self.reference is None:
            return bool(self.tensors or self.plain)
        return self.holds_tensors or self.reference[0] not in _HIDDEN_TYPES

    def rows(self, folds: Mapping[Key, bool]) -> Iterator[Row]:
        """The name, and below it its members where they are not folded."""
        key = Key(self.scope.id, self.root)
        members = self.tensors + self.plain
        by_itself = bool(self.tensors) and len(members) <= OPEN_LIMIT
        opened = bool(members) and folds.get(key, by_itself)
        keys = tuple(Key(self.scope.id, path) for path, _ in members)
        if self.reference is None:
            for path, reference in members:
                yield Row(harmless(path), reference, self.scope.id, path)
            return
        yield Row(harmless(self.root), self.reference, *key, False, keys, opened)
        for path, reference in members if opened else ():
            yield Row(harmless(path[len(self.root) :].removeprefix(".")), reference, self.scope.id, path, True)


def rows_of(moment: Moment, folds: Mapping[Key, bool]) -> Iterator[Row]:
    """Names by scope, the innermost first; in each the tensors, then the results without a name, then the rest.

    Args:
        moment: The step now.
        folds: For names that were folded or opened by hand, whether they are open.
    """
    state = moment.after
    scopes: dict[int, tuple[Scope, dict[str, _Group]]] = {}
    for path, reference, scope in state.visible():
        _, groups = scopes.setdefault(scope.id, (scope, {}))
        root = root_of(path)
        group = groups.get(root)
        if group is None:
            group = groups[root] = _Group(scope, root)
        group.add(path, reference)
    unnamed = list(unnamed_rows(moment))
    for scope, groups in scopes.values():
        shown = [group for group in groups.values() if group.shown]
        if not shown:
            continue
        if len(state.scopes) > 1:
            yield Row(f"in {harmless(scope.function)}" if scope.function else "in the program", None, scope.id)
        for group in shown:
            if group.holds_tensors:
                yield from group.rows(folds)
        yield from unnamed
        unnamed = []
        for group in shown:
            if not group.holds_tensors:
                yield from group.rows(folds)
    yield from unnamed


def unnamed_rows(moment: Moment) -> Iterator[Row]:
    """Results that are alive without a name, under the expression that made them, in order of appearance."""
    state = moment.after
    found: list[Row] = []
    for number, record in enumerate(reversed(state.tensors.values())):
        if number == _LOOKED_AT or len(found) == UNNAMED_LIMIT:
            break
        if record.freed or record.id in state.holders or record.id in state.grad_of:
            continue
        found.append(Row(harmless(" ".join(moment.label(record.id).split())), record.id, UNNAMED))
    yield from reversed(found)


def is_tensor(reference: Any) -> bool:
    """Whether a reference is a tensor or a numpy array, which has no .grad but shares memory with tensors."""
    return isinstance(reference, int) or (reference is not None and reference[0] == "ndarray")


def is_changed(moment: Moment, row: Row) -> bool:
    """Whether the step changed what a row shows."""
    if row.reference is None:
        return False
    if row.scope == UNNAMED:
        record = moment.after.tensors.get(row.reference)
        return record is not None and record.changed == moment.number
    return Key(row.scope, row.path) in moment.touched


def changed_members(moment: Moment, row: Row) -> int:
    """How many of the members that are folded away the step changed."""
    return 0 if row.opened else sum(key in moment.touched for key in row.members)


def ties(moment: Moment, rows: list[Row]) -> dict[tuple[int, str], str]:
    """What a row has in common with an earlier one: ``is x`` for the same tensor, ``shares x`` for the same memory.

    Returns:
        Words by scope and path; for a result without a name the path is the number of the tensor.
    """
    labels: dict[int, str] = {}
    storages: dict[int, str] = {}
    found: dict[tuple[int, str], str] = {}
    for row in rows:
        if not isinstance(row.reference, int):
            continue
        record = moment.after.tensors.get(row.reference)
        if record is None:
            continue
        name = harmless(row.path) if row.path else row.label
        place = row.scope, row.path or str(row.reference)
        if row.reference in labels:
            found[place] = f"is {labels[row.reference]}"
            continue
        labels[row.reference] = name
        if record.storage in storages and record.meta.elements:
            found[place] = f"shares {storages[record.storage]}"
        storages.setdefault(record.storage, name)
    return found
