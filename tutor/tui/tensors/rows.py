"""Which rows the tensors pane has: names by scope, members folded under what they belong to, results without a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from rich.cells import cell_len

from tutor.plain.format import harmless
from tutor.recording.moment import Moment
from tutor.recording.state import Key, Scope, root_of
from tutor.tui.graph.roots import label_of

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


def rows_of(moment: Moment, folds: Mapping[Key, bool]) -> tuple[list[Row], list[Row]]:
    """Names by scope, the innermost first: the tensors of that scope; and all rows that come below them.

    Results without a name belong between the two.

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
    first: list[Row] = []
    rest: list[Row] = []
    for scope, groups in scopes.values():
        shown = [group for group in groups.values() if group.shown]
        if not shown:
            continue
        tensors = rest if first else first
        if len(state.scopes) > 1:
            title = f"in {harmless(scope.function)}" if scope.function else "in the program"
            tensors.append(Row(title, None, scope.id))
        for group in shown:
            if group.holds_tensors:
                tensors.extend(group.rows(folds))
        for group in shown:
            if not group.holds_tensors:
                rest.extend(group.rows(folds))
    return first, rest


class Rows:
    """The rows at the step now. From step to neighbouring step only those are made anew that changed."""

    def __init__(self) -> None:
        self.all: list[Row] = []
        self.longest = 4
        """Cells of the longest name of a tensor."""
        self._first: list[Row] = []
        self._rest: list[Row] = []
        self._unnamed: list[Row] = []
        self._where: dict[Key, int] = {}
        self._names: list[tuple[int, list[str]]] = []
        self._moment: Moment | None = None
        self._longest = 4

    def show(self, moment: Moment, folds: Mapping[Key, bool]) -> None:
        """Go to a step."""
        names = [(scope.id, list(scope.names)) for scope in moment.after.scopes.values()]
        anew = names != self._names or not self._follow(moment)
        if anew:
            self._first, self._rest = rows_of(moment, folds)
            self._names, self._longest = names, _longest(self._first + self._rest)
        unnamed = list(unnamed_rows(moment))
        moved = anew or len(unnamed) != len(self._unnamed)
        self._moment, self._unnamed = moment, unnamed
        self.all = self._first + unnamed + self._rest
        self.longest = max(self._longest, _longest(unnamed))
        if moved:
            self._where = {Key(row.scope, row.path): number for number, row in enumerate(self.all) if row.path}

    def forget(self) -> None:
        """Make all rows anew the next time: something was folded or opened."""
        self._moment = None

    def first_changed(self, moment: Moment) -> int | None:
        """The first row that the step changed."""
        places = [self._where[key] for key in moment.touched if key in self._where]
        first = len(self._first)
        places += [first + number for number, row in enumerate(self._unnamed) if is_changed(moment, row)]
        return min(places, default=None)

    def _follow(self, moment: Moment) -> bool:
        """Take over what changed between neighbouring steps; whether that is all there is to do."""
        last = self._moment
        if last is None or last.recording is not moment.recording or abs(moment.number - last.number) > 1:
            return False
        touched = moment.touched if moment.number > last.number else last.touched
        for key in touched:
            scope = moment.after.scopes.get(key.scope)
            reference = scope.names.get(key.path) if scope is not None else None
            place = self._where.get(key)
            if place is None or reference is None:
                return False
            rows, number = (self._first, place) if place < len(self._first) else (self._rest, place - self._gap)
            row = rows[number]
            if is_tensor(row.reference) != is_tensor(reference) or row.members:
                return False
            if row.reference is not reference:
                rows[number] = row._replace(reference=reference)
        return True

    @property
    def _gap(self) -> int:
        """Rows before the rest."""
        return len(self._first) + len(self._unnamed)


def _longest(rows: list[Row]) -> int:
    """Cells of the longest name of a tensor."""
    return max((cell_len(row.label) + 2 * row.member for row in rows if is_tensor(row.reference)), default=4)


def unnamed_rows(moment: Moment) -> Iterator[Row]:
    """Results that are alive without a name, under the expression that made them, in order of appearance."""
    state = moment.after
    found: list[Row] = []
    for number, record in enumerate(reversed(state.tensors.values())):
        if number == _LOOKED_AT or len(found) == UNNAMED_LIMIT:
            break
        if record.freed or record.id in state.holders or record.id in state.grad_of:
            continue
        found.append(Row(harmless(" ".join(label_of(moment, record.id).split())), record.id, UNNAMED))
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
