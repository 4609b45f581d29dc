"""The graph as lanes: one row per node, in the order in which backward runs."""

from __future__ import annotations

from pathlib import Path

from tutor.recording.format import Kind
from tutor.tui.chain import find_root, lay_out
from tutor.tui.moment import Moment
from tutor.tui.source import OpenedRecording

from .tape import Tape, accumulation


def drawn(tape: Tape, root: int) -> list[str]:
    tape.step(Kind.STATEMENT, 1, "x", [1, 0, "x", ["int", 1]])
    tape.end()
    recording = OpenedRecording(tape.path).wait()
    moment = Moment.of(recording, recording.count)
    return [f"{row.lanes.rstrip()} {row.place[0]}{row.place[1]}" for row in lay_out(moment, root)]


def graph(tape: Tape, edges: dict[int, list[list[int] | None]]) -> None:
    """Nodes by id; each keeps the next alive, the last one a tensor."""
    changes = [tape.node(id, "MulBackward0", leads) for id, leads in edges.items()]
    leaf, result = tape.tensor(1, 1.0, requires_grad=True), tape.tensor(90, 1.0, node=max(edges))
    tape.step(Kind.OPERATION, 1, "x", leaf, *changes, result)


def test_a_chain(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    graph(tape, {1: [[-1, 1]], 2: [[1, 0]], 3: [[2, 0], None]})
    assert drawn(tape, 3) == ["● node3", "● node2", "● node1", "╰▶ leaf1"]


def test_two_paths_that_meet(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    graph(tape, {1: [[-1, 1]], 2: [[-1, 1]], 3: [[1, 0], [2, 0]]})
    assert drawn(tape, 3) == ["●─╮ node3", "│ ● node2", "●─┤ node1", "  ╰▶ leaf1"]


def test_the_same_tensor_twice_is_one_line(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    graph(tape, {1: [[-1, 1], [-1, 1]]})
    assert drawn(tape, 1) == ["● node1", "╰▶ leaf1"]


def test_many_lanes_are_cut(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    edges: dict[int, list[list[int] | None]] = {id: [[-1, 1]] for id in range(1, 21)}
    graph(tape, edges | {21: [[id, 0] for id in range(1, 21)]})
    rows = drawn(tape, 21)
    assert len(rows) == 22
    assert max(len(row) for row in rows) < 30


def test_the_root_inside_backward_is_what_it_was_called_on(tmp_path: Path) -> None:
    recording = OpenedRecording(accumulation(tmp_path / "log").path).wait()
    roots = [find_root(Moment.of(recording, number)) for number in (2, 4, 6, 12, 18)]
    assert [root and root.tensor for root in roots] == [1, 11, 11, 12, 13]
