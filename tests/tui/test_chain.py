"""The graph as lanes: one row per node, in the order in which backward runs; and where it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recording.build import Builder
from tests.recording.training import train
from tutor.recording.format import Kind
from tutor.recording.moment import Moment
from tutor.tui.graph.cuts import Cuts
from tutor.tui.graph.lanes import Layout, lay_out
from tutor.tui.graph.roots import Root, find_root
from tutor.tui.source import OpenedRecording

from .chains import OFF, Chain
from .tape import Tape, accumulation


def laid_out(tape: Tape, *roots: int) -> Layout:
    tape.step(Kind.STATEMENT, 1, "x", [1, 0, "x", ["int", 1]])
    tape.end()
    recording = OpenedRecording(tape.path).wait()
    return lay_out(Moment.of(recording, recording.count), roots, Cuts(recording))


def drawn(tape: Tape, *roots: int) -> list[str]:
    return [f"{row.lanes.rstrip()} {row.place[0]}{row.place[1]}" for row in laid_out(tape, *roots).rows]


def graph(tape: Tape, edges: dict[int, list[list[int] | None]]) -> None:
    """Nodes by id; each keeps the next alive, the last one a tensor."""
    changes = [tape.node(id, "MulBackward0", leads) for id, leads in edges.items()]
    leaf, result = tape.tensor(1, 1.0, requires_grad=True), tape.tensor(90, 1.0, node=max(edges))
    tape.step(Kind.OPERATION, 1, "x", leaf, *changes, result)


def root_at(chain: Chain, number: int | None = None, followed: int | None = None) -> Root | None:
    return find_root(chain.moment(number), Cuts(chain.recording()), followed)


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


def test_two_roots_have_a_lane_each_until_they_meet(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    graph(tape, {1: [[-1, 1]], 2: [[1, 0]], 3: [[1, 0]], 4: [[2, 0], [3, 0]]})
    assert drawn(tape, 2, 3) == ["● node3", "├─● node2", "● node1", "╰▶ leaf1"]


def test_a_root_below_another_is_no_second_row(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    graph(tape, {1: [[-1, 1]], 2: [[1, 0]]})
    assert drawn(tape, 1, 2) == ["● node2", "● node1", "╰▶ leaf1"]


def test_many_lanes_are_cut(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    edges: dict[int, list[list[int] | None]] = {id: [[-1, 1]] for id in range(1, 21)}
    graph(tape, edges | {21: [[id, 0] for id in range(1, 21)]})
    rows = drawn(tape, 21)
    assert len(rows) == 22
    assert max(len(row) for row in rows) < 30


def test_the_newest_nodes_are_laid_out_and_the_others_counted(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x\n")
    graph(tape, {id: [[id - 1, 0] if id > 1 else [-1, 1]] for id in range(1, 4001)})
    layout = laid_out(tape, 4000)
    assert (layout.rows[0].place, layout.rows[-1].place) == (("node", 4000), ("node", 1001))
    assert layout.left_out == 1001, "a thousand nodes and the leaf"


def test_the_root_inside_backward_is_what_it_was_called_on(tmp_path: Path) -> None:
    recording = OpenedRecording(accumulation(tmp_path / "log").path).wait()
    roots = [find_root(Moment.of(recording, number), Cuts(recording)) for number in (2, 4, 6, 12, 18)]
    assert [root and root.tensors for root in roots] == [(1,), (11,), (11,), (12,), (13,)]


def two_results(path: Path) -> tuple[Chain, int, int, int]:
    chain = Chain(path)
    x = chain.leaf("x", 1.0)
    u, v = (chain.operate(2, f"x * {slope}", [x], slope, [slope], bound=name) for name, slope in (("u", 3), ("v", 4)))
    return chain, x, u, v


def test_all_results_that_backward_was_called_on_are_roots(tmp_path: Path) -> None:
    chain, _, u, v = two_results(tmp_path / "log")
    call = chain.backward(3, u, v)
    for number in (call, call + 1, call + 3):
        assert root_at(chain, number) == Root((u, v), (chain.node_of(u), chain.node_of(v)))


def test_where_autograd_grad_ends_is_no_root(tmp_path: Path) -> None:
    chain, _, u, v = two_results(tmp_path / "log")
    detail = [[["tuple", None, "", [u]], ["tuple", None, "", [v]]], None, None]
    chain.tape.step(Kind.OPERATION, 3, "grad(u, [v])", name="grad", detail=detail)
    root = root_at(chain)
    assert root is not None
    assert root.tensors == (u,)


def test_the_followed_tensor_comes_before_the_result_of_the_step(tmp_path: Path) -> None:
    chain, _, u, v = two_results(tmp_path / "log")
    result, followed = root_at(chain), root_at(chain, followed=u)
    assert result is not None
    assert followed is not None
    assert (result.tensors, followed.tensors) == ((v,), (u,))


def test_backward_comes_before_the_followed_tensor(tmp_path: Path) -> None:
    chain, _, u, v = two_results(tmp_path / "log")
    call = chain.backward(3, v)
    root = root_at(chain, call + 1, followed=u)
    assert root is not None
    assert root.tensors == (v,)


def test_a_followed_leaf_or_plain_tensor_has_no_graph_to_show(tmp_path: Path) -> None:
    chain, x, _, v = two_results(tmp_path / "log")
    data = chain.leaf("data", 1.0, requires_grad=False)
    chain.tape.step(Kind.STATEMENT, 4, "pass")
    for followed in (x, data):
        root = root_at(chain, followed=followed)
        assert root is not None
        assert root.tensors == (v,)


def test_a_followed_tensor_that_lost_its_graph_is_the_root(tmp_path: Path) -> None:
    chain, x, _, _ = two_results(tmp_path / "log")
    lost = chain.operate(3, "x * 2", [x], 2.0, bound="lost", flags=OFF)
    chain.tape.step(Kind.STATEMENT, 4, "pass")
    assert root_at(chain, followed=lost) == Root((lost,), ())


def test_the_error_of_backward_keeps_its_root(tmp_path: Path) -> None:
    chain, x, _, _ = two_results(tmp_path / "log")
    plain = chain.operate(3, "x.detach()", [x], 1.0, bound="plain", cut=True, name="detach")
    chain.operate(4, "x * 5", [x], 5.0, bound="other")
    chain.tape.step(Kind.OPERATION, 5, "plain.backward()", name="backward", detail=[[plain], None, None])
    chain.tape.step(Kind.ERROR, 5, "plain.backward()", name="RuntimeError", detail=["no grad", "RuntimeError", ""])
    assert root_at(chain) == Root((plain,), ())


def test_every_operation_of_a_made_up_training_has_a_root() -> None:
    build = Builder()
    train(build, 2)
    build.end()
    recording = build.recording()
    cuts = Cuts(recording)
    inside: dict[int, set[Root | None]] = {}
    for number in range(2, recording.count + 1):
        root = find_root(Moment.of(recording, number), cuts)
        if recording.kind(number) in (Kind.NODE, Kind.ACCUMULATE):
            inside.setdefault(recording.index.parents[number], set()).add(root)
        assert root is not None or recording.kind(number) is Kind.STATEMENT
    assert [len(roots) for roots in inside.values()] == [1, 1], "one root as long as backward runs"


@pytest.mark.parametrize("number", [0, 1])
def test_before_the_first_operation_there_is_no_root(tmp_path: Path, number: int) -> None:
    recording = OpenedRecording(accumulation(tmp_path / "log").path).wait()
    assert find_root(Moment.of(recording, number), Cuts(recording)) is None
