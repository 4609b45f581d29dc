"""Which node runs next inside a backward call, and in which order all of them run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tutor.lesson.value import Value
from tutor.quiz.made.draft import Ask, Made, drafted
from tutor.quiz.made.spot import Spot, spot_at
from tutor.quiz.made.words import code, listed
from tutor.quiz.question import ARRANGED, PICKED, Choice
from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, Step
from tutor.recording.moment import is_backward
from tutor.recording.recording import Recording
from tutor.recording.state import State

LARGEST: Final = 40
"""Steps of a backward call that anybody is asked about."""

_SEEN: Final = 64
"""Steps of a line among which its first backward call is looked for."""

_CHOICES: Final = 4
_FEWEST, _MOST = 3, 6
"""Nodes that somebody can be asked to put in order."""


def first_calls(recording: Recording) -> list[int]:
    """The first backward call of each line that has one, without those that run the same nodes as one before."""
    found: list[int] = []
    shapes: set[tuple[str, ...]] = set()
    for call in sorted(_first_of_lines(recording)):
        shape = _names(recording, call)
        if shape and shape not in shapes:
            shapes.add(shape)
            found.append(call)
    return found


def node_question(recording: Recording, number: int) -> Made | None:
    """Which node runs next, where the answer is the node of this step: at most twice in a call, once for each shape
    of a graph."""
    if recording.kind(number) is not Kind.NODE:
        return None
    call = recording.index.parents[number]
    if number - call > LARGEST or recording.site(call).name.rpartition(".")[2] != "backward":
        return None
    if not _is_first_of_shape(recording, call):
        return None
    look = _look(recording, number, call)
    if look is None or not look.is_telling or any(id > look.node for id in look.ready):
        return None
    choices = _node_choices(look)
    spot, last = look.spot, look.labels[look.ran[-1]]
    ask = Ask(
        "node",
        str(len(look.ran) + 1),
        "node",
        PICKED,
        f"{spot.runs()} Inside backward(), {last} has just run. Which node runs next?",
        Value("str", content=choices[0].text),
        choices,
        hints=["A node runs when every gradient for it has arrived.", _hint(look)],
        right_why=[_reason(look)],
    )
    return Made(drafted(recording, spot, ask))


def order_question(recording: Recording, number: int) -> Made | None:
    """The order of the nodes of a backward call that is about to begin."""
    names = _names(recording, number)
    if not _FEWEST <= len(names) <= _MOST:
        return None
    steps = [step for step in range(number + 1, number + LARGEST) if _is_node_of(recording, step, number)]
    last = steps[-1]
    look = _look(recording, last, number)
    if look is None:
        return None
    texts = [look.labels[id] for id in (*look.ran, look.node)]
    if len(texts) != len(names) or len(set(texts)) < len(texts):
        return None
    shown = sorted(texts)
    if shown == texts:
        shown.reverse()
    spot = look.spot
    ask = Ask(
        "order",
        "",
        "order",
        ARRANGED,
        f"{spot.runs()} In which order do its nodes run?",
        Value("list", items=[Value("str", content=text) for text in texts]),
        hints=["backward() begins at the result and goes towards the leaves.", f"{texts[0]} runs first."],
        right_why=["A node runs when every gradient for it has arrived; of several, the one made last runs first."],
        order=shown,
        step=last,
    )
    return Made(drafted(recording, spot._replace(number=number), ask))


class _Look(NamedTuple):
    """A graph before one of its nodes runs."""

    spot: Spot
    node: int
    """The node that runs next."""
    ran: list[int]
    """The nodes that ran before it in this call, in order."""
    waiting: dict[int, list[int]]
    """For each node that did not run, those that still have to send it a gradient."""
    nodes: dict[int, NodeRecord]
    """All nodes of the graph."""
    labels: dict[int, str]
    """What to call each; no two are called the same."""
    chose_before: bool
    """Whether there was more than one node ready at an earlier step of this call."""

    @property
    def ready(self) -> list[int]:
        """The nodes that could run."""
        return [id for id, senders in self.waiting.items() if not senders]

    @property
    def is_telling(self) -> bool:
        """Whether it is the second node, or the first with a choice between several."""
        if len(self.waiting) < 2:
            return False
        return len(self.ran) == 1 or (len(self.ready) > 1 and not self.chose_before)


def _look(recording: Recording, number: int, call: int) -> _Look | None:
    step, call_step = recording.step(number), recording.step(call)
    if has_inputs(call_step):
        return None
    state = recording.state(number - 1)
    spot = spot_at(recording, number, state)
    ran = [node for node in state.nodes.values() if call < node.ran < number]
    ran.sort(key=lambda node: node.ran)
    if spot is None or not ran:
        return None
    nodes = _reachable(state, ran[0].id)
    if nodes is None or step.detail[0] not in nodes or any(node.id not in nodes for node in ran):
        return None
    labels = _labels(recording, nodes)
    if labels is None:
        return None
    senders = _senders(nodes)
    done = {node.id for node in ran}
    waiting = {id: [sender for sender in senders[id] if sender not in done] for id in nodes if id not in done}
    chose = any(_ready_count(nodes, senders, {node.id for node in ran[:count]}) > 1 for count in range(1, len(ran)))
    return _Look(spot, step.detail[0], [node.id for node in ran], waiting, nodes, labels, chose)


def has_inputs(call: Step) -> bool:
    """Whether a backward call was told for which tensors to compute gradients: then not every node runs."""
    options = call.detail[2] if len(call.detail) > 2 else None
    return isinstance(options, dict) and options.get("inputs") not in (None, ["NoneType", None])


def _reachable(state: State, root: int) -> dict[int, NodeRecord] | None:
    found: dict[int, NodeRecord] = {}
    waiting = [root]
    while waiting:
        id = waiting.pop()
        node = state.nodes.get(id)
        if id in found:
            continue
        if node is None or len(found) >= LARGEST:
            return None
        found[id] = node
        waiting += [edge.node for edge in node.edges if edge is not None and edge.node is not None]
    return found


def _senders(nodes: dict[int, NodeRecord]) -> dict[int, list[int]]:
    senders: dict[int, list[int]] = {id: [] for id in nodes}
    for node in nodes.values():
        for edge in node.edges:
            if edge is not None and edge.node is not None and node.id not in senders[edge.node]:
                senders[edge.node].append(node.id)
    return senders


def _ready_count(nodes: dict[int, NodeRecord], senders: dict[int, list[int]], done: set[int]) -> int:
    return sum(id not in done and done.issuperset(senders[id]) for id in nodes)


def _labels(recording: Recording, nodes: dict[int, NodeRecord]) -> dict[int, str] | None:
    """What to call each node: its name, and what made it where several have the same name. None if that is not
    enough."""
    names = {id: "".join(filter(str.isprintable, node.name)) for id, node in nodes.items()}
    made = {id: recording.site(node.born) for id, node in nodes.items() if 0 < node.born <= recording.count}
    sources = {id: f"{names[id]} of {code(made[id].source)}" if id in made else names[id] for id in nodes}
    lines = {id: f"{sources[id]} in line {made[id].line}" if id in made else names[id] for id in nodes}
    labels: dict[int, str] = {}
    for id in nodes:
        fitting = (texts[id] for texts in (names, sources, lines) if list(texts.values()).count(texts[id]) == 1)
        label = next(fitting, None)
        if label is None:
            return None
        labels[id] = label
    return labels


# What is said


def _node_choices(look: _Look) -> list[Choice]:
    """The right one, then those that could be thought to come next: ready ones, others, one that ran."""
    found = [Choice(look.labels[look.node], right=True)]
    others = sorted((id for id in look.waiting if id != look.node), key=lambda id: bool(look.waiting[id]))
    for id in others:
        missing = [look.labels[sender] for sender in look.waiting[id]]
        if missing:
            why = f"It still waits for a gradient from {listed(missing[:2])}."
        else:
            why = f"It could run, but it was made before {look.labels[look.node]}: what was made last runs first."
        found.append(Choice(look.labels[id], why=[why]))
    for id in look.ran[:-1][::-1]:
        found.append(Choice(look.labels[id], why=["It has run already, and a node runs once in a call."]))
    return found[:_CHOICES]


def _hint(look: _Look) -> str:
    ready = [look.labels[id] for id in sorted(look.ready)]
    if len(ready) > 1:
        return f"{listed(ready[:_CHOICES])} could run now. The one that was made last goes first."
    return f"{look.labels[look.ran[-1]]} has sent its gradients on."


def _reason(look: _Look) -> str:
    label = look.labels[look.node]
    if len(look.ready) > 1:
        return f"Several nodes have all their gradients, and {label} was made last of them, so it runs first."
    return f"{label} has got every gradient that is for it, and no other node has."


# Calls


def _is_node_of(recording: Recording, step: int, call: int) -> bool:
    return step <= recording.count and recording.index.parents[step] == call and recording.kind(step) is Kind.NODE


def _names(recording: Recording, call: int) -> tuple[str, ...]:
    """The nodes that a backward call runs, by name in order; empty where they are too many."""
    names: list[str] = []
    for step in range(call + 1, recording.count + 1):
        if recording.index.parents[step] < call:
            break
        if step - call > LARGEST:
            return ()
        if _is_node_of(recording, step, call):
            names.append(recording.site(step).name)
    return tuple(names)


def _first_of_line(recording: Recording, line: int) -> int | None:
    for step in recording.index.lines.get(line, ())[:_SEEN]:
        if recording.kind(step) in (Kind.OPERATION, Kind.INNER) and is_backward(recording.site(step).name):
            return step
    return None


def _first_of_lines(recording: Recording) -> Iterator[int]:
    for line in sorted({site.line for site in recording.tables.sites.values() if is_backward(site.name)}):
        step = _first_of_line(recording, line)
        if step is not None:
            yield step


def _is_first_of_shape(recording: Recording, call: int) -> bool:
    if _first_of_line(recording, recording.site(call).line) != call:
        return False
    shape = _names(recording, call)
    return not any(first < call and _names(recording, first) == shape for first in _first_of_lines(recording))
