"""Everything that ever happened to a ``.grad``: what came in, by which way, what was written, what took it away."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from tutor.explain.arrivals import arrivals_at
from tutor.explain.errors.scene import statement_text
from tutor.explain.forecast import outermost
from tutor.explain.look import find_node, is_inner, is_named, label, tensors_in
from tutor.plain.format import clipped, harmless
from tutor.plain.ledger import ANOTHER, Entry
from tutor.recording.format import Change, Kind
from tutor.recording.index import NameKey
from tutor.recording.model import NodeRecord, TensorRecord
from tutor.recording.moment import Moment
from tutor.recording.queries.gradients import GradientChange, GradientEvent, gradient_events
from tutor.recording.recording import Recording
from tutor.recording.state import TOP_LEVEL

_WAYS: Final = 3
"""Ways from the result to the leaf that are told."""

_NODE: Final = 24
"""Characters that an expression gets in a way."""


class UnknownNameError(LookupError):
    """No tensor ever had such a name."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(name)
        self.near = list(near)
        """Names that look like it and whose ``.grad`` was changed, or that are tensors."""


def ledger(recording: Recording, name_or_leaf: str | NameKey | int, until: int | None = None) -> list[Entry]:
    """Every entry of a ``.grad``, oldest first.

    Args:
        recording: Where.
        name_or_leaf: A name (``w``, ``model.weight``, also with ``.grad`` behind it), whatever it was bound to, in the
            function where it was last or in a certain one; or the id of a tensor: a leaf, or one that retains its
            gradient.
        until: The last step that counts, None for all.

    Raises:
        UnknownNameError: no tensor had this name up to there.
        DamagedError: a step cannot be read.
    """
    return list(Ledger(recording, name_or_leaf, until))


class Ledger:
    """The same to be read entry by entry: each costs about as much as a state.

    Args:
        recording: Where; its states are asked for in between, so keep none across two entries.
        name_or_leaf: As for ``ledger``.
        until: The last step that counts, None for all.
        limit: At most this many entries, the newest; None for all.

    Raises:
        UnknownNameError: no tensor had this name up to there.
    """

    def __init__(
        self,
        recording: Recording,
        name_or_leaf: str | NameKey | int,
        until: int | None = None,
        limit: int | None = None,
    ) -> None:
        last = recording.count if until is None else until
        held = [(name_or_leaf, 0, last)] if isinstance(name_or_leaf, int) else _held(recording, name_or_leaf, last)
        self._recording = recording
        places = list(_places(recording, held))
        self.total = len(places)
        """Steps that may have entries, also those beyond the limit."""
        self._places = places if limit is None else places[max(len(places) - limit, 0) :]

    def __iter__(self) -> Iterator[Entry]:
        calls = _calls(self._recording)
        for tensor, number, another in self._places:
            if another:
                yield _another(self._recording, tensor, number)
                continue
            found = gradient_events(self._recording, tensor, number, since_reset=False, limit=1)
            if found and found[-1].step == number:
                yield _entry(self._recording, calls, tensor, found[-1])


def ledger_of(recording: Recording, asked: NameKey | int, record: TensorRecord | None) -> NameKey | int | None:
    """What to ask the ledger of a name or a tensor by; None where it has no entry and could have none. Cheap.

    Args:
        recording: Where.
        asked: A name, or the id of a tensor without one.
        record: The tensor that it is now; None where it is none.
    """
    if record is None:
        return None
    # The leaf that a name like w belonged to first, before w = w - ... gave it away.
    steps = recording.changes_of(asked) if isinstance(asked, NameKey) else ()
    bound = [change[3] for change in recording.step(steps[0]).changes if change[0] == Change.BIND] if steps else []
    known = recording.index.gradients
    if record.id in bound or not bound:
        return record.id if record.id in known or _can_have(record) else None
    return asked if record.id in known or _can_have(record) or any(id in known for id in _integers(bound)) else None


def _integers(references: Sequence[object]) -> list[int]:
    return [reference for reference in references if isinstance(reference, int)]


def _can_have(record: TensorRecord) -> bool:
    return record.meta.requires_grad and (record.meta.is_leaf or record.meta.retains_grad)


def key_of(recording: Recording, name: str, until: int) -> NameKey:
    """Where a name lives: in the function whose name it was last, up to a step.

    Raises:
        UnknownNameError: nothing had this name up to there.
    """
    path = name.strip().removesuffix(".grad")
    found: list[tuple[int, NameKey]] = [
        (steps[bisect_right(steps, until) - 1], key)
        for key, steps in recording.index.changes.items()
        if key.path == path and steps[0] <= until
    ]
    if not found:
        raise UnknownNameError(name, near_names(recording, path))
    return max(found, key=lambda item: item[0])[1]


def near_names(recording: Recording, name: str) -> list[str]:
    """Names whose ``.grad`` was changed that look like a name; where none does, the first of them."""
    with_gradient: dict[str, None] = {}
    for tensor in recording.index.gradients:
        with_gradient |= dict.fromkeys(_names_of(recording, tensor))
    names = list(with_gradient)
    lower = {known.lower(): known for known in names}
    near = [lower[found] for found in get_close_matches(name.lower(), list(lower), n=3, cutoff=0.5)]
    inside = [known for known in names if known.rpartition(".")[2] == name or known.startswith(f"{name}.")]
    return list(dict.fromkeys([*near, *inside]))[:3] or names[:3]


def _names_of(recording: Recording, tensor: int) -> list[str]:
    """What a tensor was called when its ``.grad`` changed for the first time."""
    state = recording.state(recording.index.gradients[tensor][0])
    return [key.path for key in state.holders.get(tensor, ())]


_Held = tuple[int, int, int]
"""A tensor, and the first and last step in which it had the name."""


def _held(recording: Recording, name: str | NameKey, last: int) -> list[_Held]:
    """The tensors that a name belonged to, one after the other.

    Raises:
        UnknownNameError: none.
    """
    key = name if isinstance(name, NameKey) else key_of(recording, name, last)
    held: list[_Held] = []
    steps = recording.changes_of(key)
    for number in steps[: bisect_right(steps, last)]:
        for change in recording.step(number).changes:
            if change[0] != Change.BIND or change[2] != key.path or (change[1] == TOP_LEVEL) != (key.function is None):
                continue
            if held and held[-1][2] == last:
                held[-1] = (held[-1][0], held[-1][1], number - 1)
            if isinstance(change[3], int):
                held.append((change[3], number, last))
    if not held:
        raise UnknownNameError(key.path, near_names(recording, key.path))
    return held


def _places(recording: Recording, held: Sequence[_Held]) -> Iterator[tuple[int, int, bool]]:
    """Tensor and step of each entry to come, and whether it only says that the name went to another tensor."""
    told = False
    for tensor, first, last in held:
        mine = [number for number in recording.index.gradients.get(tensor, ()) if first <= number <= last]
        if told:
            yield tensor, first, True
        told = told or bool(mine)
        yield from ((tensor, number, False) for number in mine)


def _entry(recording: Recording, calls: Sequence[int], tensor: int, event: GradientEvent) -> Entry:
    moment = Moment.of(recording, event.step)
    source = recording.site(outermost(recording, event.step))
    by = harmless(" ".join(source.source.split()))
    accumulated = event.change in (GradientChange.TAKEN_OVER, GradientChange.ADDED)
    named, count = ways(moment, tensor) if accumulated else ((), 0)
    return Entry(
        event.step,
        source.line,
        tuple(moment.after.turns()),
        str(event.change),
        by,
        bisect_right(calls, event.backward) if event.backward else 0,
        event.backward,
        named,
        event.before,
        event.contribution,
        event.after,
        count,
    )


def _another(recording: Recording, tensor: int, number: int) -> Entry:
    moment = Moment.of(recording, number)
    site = recording.site(number)
    record = moment.after.tensors.get(tensor)
    held = moment.after.tensors.get(record.grad) if record is not None and record.grad is not None else None
    after = None if held is None else (held.meta, held.content)
    by = harmless(" ".join(statement_text(recording, number).split()))
    return Entry(number, site.line, tuple(moment.after.turns()), ANOTHER, by, 0, 0, (), None, None, after)


def _calls(recording: Recording) -> list[int]:
    """The steps of all backward calls so far, in order; those of ``autograd.grad`` leave every ``.grad`` alone."""
    sites = {id for id, site in recording.tables.sites.items() if site.name.rpartition(".")[2] == "backward"}
    kinds = (Kind.OPERATION, Kind.INNER)
    return [
        number
        for number, site in enumerate(recording.index.sites)
        if number and site in sites and recording.index.kinds[number] in kinds
    ]


# Ways


def ways(moment: Moment, tensor: int) -> tuple[tuple[str, ...], int]:
    """The ways by which a gradient came to a tensor, by the names on them (``loss ← h ← w``), and how many they are.

    Several may have the same names on them, and only the first few are told.

    Args:
        moment: Of the step in which it arrived.
        tensor: The leaf, or a tensor that retains its gradient.
    """
    record, call = moment.tensor(tensor), moment.backward_step()
    if record is None or call is None or moment.step is None:
        return (), 0
    roots = list(tensors_in(call.detail[0][:1]))
    end = _called(moment, tensor)
    if tensor in roots:
        return (end,), 1
    sent = arrivals_at(moment, tensor)
    if not sent:
        return (), 0
    above = _above(moment, moment.step.parent)
    known: dict[int, tuple[str, ...]] = {}
    found = [(*_down_to(moment, above, arrival.node, known), end) for arrival in sent]
    different = list(dict.fromkeys(" ← ".join(dict.fromkeys(names)) for names in found))
    return tuple(different[:_WAYS]), len(sent)


def _above(moment: Moment, call: int) -> dict[int, int]:
    """For each node that ran in a backward call the first that sent it something."""
    above: dict[int, int] = {}
    for node in sorted(moment.before.nodes.values(), key=lambda node: -node.id):
        if call < node.ran < moment.number:
            for edge in node.edges:
                if edge is not None and edge.node is not None:
                    above.setdefault(edge.node, node.id)
    return above


def _down_to(
    moment: Moment, above: dict[int, int], node: NodeRecord, known: dict[int, tuple[str, ...]]
) -> tuple[str, ...]:
    """What the results of the nodes from the beginning of a call down to one are called, each name once.

    ``known`` keeps that for every node on the way, as many ways share most of theirs.
    """
    chain: list[int] = []
    id: int | None = node.id
    while id is not None and id not in known:
        chain.append(id)
        id = above.get(id)
    names = known[id] if id is not None else ()
    for number in reversed(chain):
        found = find_node(moment, number)
        name = _result_name(moment, found, is_root=number not in above) if found is not None else ""
        if name and name not in names:
            names = (*names, name)
        known[number] = names
    return names


def _result_name(moment: Moment, node: NodeRecord, *, is_root: bool) -> str:
    """The name that the result of a node has, or was given when it was made; of the root also its expression."""
    if not 0 < node.born <= moment.recording.count:
        return ""
    born = moment.recording.step(node.born)
    result = next((change[1] for change in born.changes if change[0] == Change.TENSOR and change[5] == node.id), None)
    if result is None:
        return ""
    record = moment.tensor(result)
    if record is not None and record.node == node.id and is_named(moment, result):
        return label(moment, result, _NODE)
    for change in born.changes:
        if change[0] == Change.BIND and change[3] == result:
            return harmless(str(change[2]))
    return clipped(harmless(" ".join(born.site.source.split())), _NODE) if is_root else ""


def _called(moment: Moment, tensor: int) -> str:
    return "a tensor" if is_inner(moment, tensor) else label(moment, tensor, _NODE)
