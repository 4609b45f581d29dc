"""The graph of a tensor, its gradient's history, who wrote to it, where it stopped to require grad."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.recording import queries
from tutor.recording.format import Flag, Kind
from tutor.recording.queries import Cause, GradientChange, Lost, SavedStatus, Write
from tutor.recording.recording import Recording

from .build import Builder, bind, floats, freed, grad, opened, released, whole


def diamond() -> Builder:
    """``w`` and ``x`` are leaves, ``a = w * x``, ``b = a.exp()``, ``y = a + b``, which adds two gradients at ``a``."""
    build = Builder()
    build.step(1, "w", build.tensor(1, 2.0, requires_grad=True), bind("w", 1))
    build.step(2, "x", build.tensor(2, 3.0), bind("x", 2))
    build.step(
        3, "w * x",
        build.node(10, "MulBackward0", [[-1, 1], None], self=[-1, 1, 0], other=[-1, 2, 0]),
        build.tensor(3, 6.0, node=10), bind("a", 3),
    )  # fmt: skip
    exp = build.node(11, "ExpBackward0", [[10, 0]], result=[-1, 4, 0])
    build.step(4, "a.exp()", exp, build.tensor(4, 7.0, node=11))
    build.step(
        4, "a + a.exp()", build.node(12, "AddBackward0", [[10, 0], [11, 0]], alpha=whole(1)),
        build.tensor(5, 13.0, node=12), bind("y", 5), freed(4),
    )  # fmt: skip
    return build


def test_the_graph_is_in_the_order_in_which_backward_runs() -> None:
    recording = diamond().recording()
    rows = queries.graph(recording, recording.state(5), 5)
    assert [row.node.name if row.node else "leaf" for row in rows] == [
        "AddBackward0", "ExpBackward0", "MulBackward0", "leaf",
    ]  # fmt: skip
    assert [row.names for row in rows] == [["y"], [], ["a"], ["w"]]
    assert [row.expression for row in rows] == ["a + a.exp()", "a.exp()", "w * x", "w"]
    assert [row.edges for row in rows] == [[2, 1], [2], [3, None], []]
    assert [row.fan_in for row in rows] == [0, 1, 2, 1]
    assert [row.level for row in rows] == [0, 1, 2, 3]
    assert rows[0].tensor is not None
    assert rows[0].tensor.content == floats(13.0)
    assert not any(row.broken for row in rows)


def test_a_leaf_takes_its_gradient_before_earlier_nodes_run() -> None:
    build = Builder()
    build.step(1, "v, w", *(build.tensor(id, 1.0, requires_grad=True) for id in (1, 2)), bind("v", 1), bind("w", 2))
    build.step(2, "v.exp()", build.node(1, "ExpBackward0", [[-1, 1]]), build.tensor(3, 1.0, node=1), bind("e", 3))
    build.step(3, "e * w", build.node(2, "MulBackward0", [[1, 0], [-1, 2]]), build.tensor(4, 1.0, node=2))
    recording = build.recording()
    rows = queries.graph(recording, recording.state(3), 4)
    assert [row.names for row in rows] == [[], ["w"], ["e"], ["v"]]


def test_what_a_node_saved_has_its_name_and_value_although_its_object_is_gone() -> None:
    recording = diamond().recording()
    rows = queries.graph(recording, recording.state(5), 5)
    (result,) = rows[1].saved
    assert (result.saved.name, result.status, result.names) == ("result", SavedStatus.KEPT, [])
    assert result.tensor is not None
    assert result.tensor.content == floats(7.0)
    assert [(item.saved.name, item.names) for item in rows[2].saved] == [("self", ["w"]), ("other", ["x"])]
    (alpha,) = rows[0].saved
    assert (alpha.saved.plain, alpha.tensor) == (whole(1), None)


def test_saved_tensors_that_were_freed_or_changed_are_told() -> None:
    build = diamond()
    build.step(5, "x += 1", build.tensor(2, 4.0, version=1))
    build.step(6, "y.backward()", released(12, 11))
    recording = build.recording()
    changed = queries.graph(recording, recording.state(6), 5)[2]
    assert [(item.status, item.saved.version, item.version) for item in changed.saved] == [
        (SavedStatus.KEPT, 0, 0), (SavedStatus.CHANGED, 0, 1),
    ]  # fmt: skip
    assert changed.broken
    after = queries.graph(recording, recording.state(7), 5)
    assert [item.status for item in after[1].saved] == [SavedStatus.FREED]
    assert queries.graph(recording, recording.state(5), 5)[2].broken is False


def test_a_saved_tensor_without_an_object_changes_with_its_memory() -> None:
    build = Builder()
    build.step(1, "h", build.tensor(1, 2.0, storage=1), build.tensor(2, 2.0, storage=1), bind("view", 2))
    square = build.node(1, "PowBackward0", [None], self=[-1, 1, 0])
    build.step(2, "h**2", square, build.tensor(3, 4.0, node=1), freed(1), bind("y", 3))
    build.step(3, "view.zero_()", build.tensor(2, 0.0, storage=1, version=1))
    recording = build.recording()
    assert queries.graph(recording, recording.state(2), 3)[0].saved[0].status is SavedStatus.KEPT
    assert queries.graph(recording, recording.state(3), 3)[0].saved[0].status is SavedStatus.CHANGED


def test_graphs_of_a_leaf_and_of_nothing() -> None:
    recording = diamond().recording()
    (leaf,) = queries.graph(recording, recording.state(5), 1)
    assert (leaf.node, leaf.names, leaf.edges) == (None, ["w"], [])
    assert queries.graph(recording, recording.state(5), 2) == []
    assert queries.graph(recording, recording.state(5), 99) == []
    assert len(queries.graph(recording, recording.state(5), 5, limit=2)) == 2


def accumulate(build: Builder, before: float | None, arrived: float, *, number: int) -> None:
    """A backward call that brings a gradient to tensor 1, whose ``.grad`` is tensor 2."""
    call = build.step(5, "y.backward()", name="backward")
    total = arrived + (before or 0.0)
    build.step(
        5, "y.backward()", build.tensor(2, total, version=number), grad(1, 2), kind=Kind.ACCUMULATE, parent=call,
        detail=[1, None if before is None else build.gradient(before), build.gradient(arrived), build.gradient(total),
                before is None],
    )  # fmt: skip


@pytest.fixture(scope="module")
def history() -> Recording:
    """Taken over, added, set to zero, added, clipped, set to None, taken over."""
    build = Builder()
    build.step(1, "w", build.tensor(1, 2.0, requires_grad=True), bind("w", 1))
    accumulate(build, None, 6.0, number=0)  # 3
    accumulate(build, 6.0, 6.0, number=1)  # 5
    build.step(6, "w.grad.zero_()", build.tensor(2, 0.0, version=2))  # 6
    accumulate(build, 0.0, 6.0, number=3)  # 8
    build.step(7, "clip", build.tensor(2, 1.0, version=4))  # 9
    build.step(8, "w.grad = None", grad(1, None), freed(2))  # 10
    accumulate(build, None, 6.0, number=0)  # 12
    build.step(9, "w.grad = g", build.tensor(3, 5.0), grad(1, 3))  # 13
    return build.recording()


def test_contributions_since_the_last_reset(history: Recording) -> None:
    events = queries.gradient_events(history, 1, 5)
    assert [(event.step, event.change, event.backward) for event in events] == [
        (3, GradientChange.TAKEN_OVER, 2), (5, GradientChange.ADDED, 4),
    ]  # fmt: skip
    before, contribution, after = events[1].before, events[1].contribution, events[1].after
    assert before is not None
    assert contribution is not None
    assert after is not None
    assert (before[1], contribution[1], after[1]) == (floats(6.0), floats(6.0), floats(12.0))


def test_resets_come_first_and_say_how(history: Recording) -> None:
    found = [(event.step, event.change) for event in queries.gradient_events(history, 1, 9)]
    assert found == [(6, GradientChange.TO_ZERO), (8, GradientChange.ADDED), (9, GradientChange.WRITTEN)]
    found = [(event.step, event.change) for event in queries.gradient_events(history, 1, 13)]
    assert found == [(10, GradientChange.TO_NONE), (12, GradientChange.TAKEN_OVER), (13, GradientChange.ASSIGNED)]
    assert queries.gradient_events(history, 1, 10)[0].after is None


def test_the_whole_history_and_the_newest_of_it(history: Recording) -> None:
    steps = [event.step for event in queries.gradient_events(history, 1, 13, since_reset=False)]
    assert steps == [3, 5, 6, 8, 9, 10, 12, 13]
    newest = queries.gradient_events(history, 1, 13, since_reset=False, limit=2)
    assert [event.step for event in newest] == [12, 13]
    assert queries.gradient_events(history, 2, 13) == []


def test_a_gradient_that_another_tensor_shares_is_written_to() -> None:
    build = Builder()
    leaves = [build.tensor(id, 2.0, requires_grad=True) for id in (1, 9)]
    build.step(1, "v.grad = w.grad = g", *leaves, build.tensor(2, 6.0), grad(1, 2), grad(9, 2))
    accumulate(build, 6.0, 6.0, number=1)
    recording = build.recording()
    assert [event.change for event in queries.gradient_events(recording, 1, 3)][-1] is GradientChange.ADDED
    assert [event.change for event in queries.gradient_events(recording, 9, 3)][-1] is GradientChange.WRITTEN


def lost(build: Builder, tensor: int) -> Lost | None:
    """Where it was lost, at the end."""
    return queries.where_lost(build.recording(), tensor, build.count)


def made(build: Builder, id: int, inputs: list[Any], name: str, *, node: int | None = None, flags: int = 1) -> int:
    """An operation."""
    changes = [build.node(node, "Node", [[-1, 1]])] if node else []
    return build.step(
        id, f"{name}()", *changes, build.tensor(id, 1.0, node=node), name=name, flags=flags, detail=[inputs, id, None]
    )


@pytest.mark.parametrize(
    ("name", "flags", "cause"),
    [
        ("detach", Flag.GRAD_ENABLED, Cause.DETACH),
        ("Tensor.data", Flag.GRAD_ENABLED, Cause.DETACH),
        ("mul", 0, Cause.NO_GRAD),
        ("mul", Flag.INFERENCE, Cause.INFERENCE_MODE),
        ("argmax", Flag.GRAD_ENABLED, Cause.NOT_DIFFERENTIABLE),
        ("tensor", Flag.GRAD_ENABLED, Cause.NEW_TENSOR),
        ("torch.autograd.grad", Flag.GRAD_ENABLED, Cause.CREATE_GRAPH),
    ],
)
def test_requires_grad_is_lost_where_an_input_still_had_it(name: str, flags: int, cause: Cause) -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 2.0, requires_grad=True), name="tensor", detail=[[whole(2)], 1, None])
    made(build, 2, [1], "mul", node=9)
    made(build, 3, [["list", None, "[a]", [2]]], name, flags=flags)
    build.step(4, "x", build.tensor(4, 1.0), name="ones", detail=[[], 4, None])
    made(build, 5, [4, 3], "add")
    made(build, 6, [5, whole(2)], "pow")
    assert lost(build, 6) == Lost(3, cause, 3, 2)
    assert lost(build, 2) is None
    assert lost(build, 99) is None


def test_a_tensor_from_plain_numbers_is_new() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 2.0, requires_grad=True))
    build.step(2, "torch.tensor(loss.item())", build.tensor(2, 2.0), name="tensor", detail=[[whole(2.0)], 2, None])
    assert lost(build, 2) == Lost(2, Cause.NEW_TENSOR, 2, None)


def test_nothing_ever_required_grad() -> None:
    build = Builder()
    build.step(1, "x", build.tensor(1, 2.0), name="ones", detail=[[], 1])
    made(build, 2, [1], "sum")
    assert lost(build, 2) == Lost(2, Cause.NO_INPUT, 2, None)


def test_a_flag_that_was_switched_off_later() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 2.0, requires_grad=True), name="tensor", detail=[[whole(2)], 1, None])
    build.step(2, "w.requires_grad_(False)", build.tensor(1, 2.0), name="requires_grad_", detail=[[1], 1, None])
    build.step(3, "w += 1", build.tensor(1, 3.0, version=1), name="add_", detail=[[1], 1, None])
    build.step(4, "w.requires_grad_()", build.tensor(1, 3.0, version=1, requires_grad=True), name="requires_grad_")
    build.step(5, "w.detach_()", build.tensor(1, 3.0, version=1), name="detach_")
    made(build, 6, [1], "sum")
    recording = build.recording()
    assert queries.where_lost(recording, 1, 1) is None
    assert queries.where_lost(recording, 1, 3) == Lost(2, Cause.SWITCHED_OFF, 1, 1)
    assert queries.where_lost(recording, 1, 4) is None
    assert queries.where_lost(recording, 6, 6) == Lost(5, Cause.DETACH, 1, 1)


def test_a_gradient_has_no_graph_of_its_own() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 2.0, requires_grad=True))
    accumulate(build, None, 6.0, number=0)
    assert lost(build, 2) == Lost(3, Cause.CREATE_GRAPH, 2, None)


def test_who_wrote_a_storage() -> None:
    build = Builder()

    def both(value: float, version: int) -> list[list[Any]]:
        return [build.tensor(id, value, storage=5, version=version) for id in (1, 2)]

    build.step(1, "w", build.tensor(1, 1.0, storage=5), bind("w", 1))
    build.step(2, "v = w.view(-1)", build.tensor(2, 1.0, storage=5), bind("v", 2))
    build.step(3, "w += 1", *both(2.0, 1))
    build.step(4, "w.requires_grad_()", build.tensor(1, 2.0, storage=5, version=1, requires_grad=True))
    build.step(5, "w.data[0] = 7", *both(7.0, 1))
    build.step(6, "w.mul_(v)", *both(49.0, 2))
    build.step(7, "w.data = other", build.tensor(1, 9.0, storage=6, version=2))
    recording = build.recording()
    everything = [Write(1, None, 0), Write(3, 0, 1), Write(5, 1, 1), Write(6, 1, 2)]
    assert queries.writes(recording, 5, 7) == everything
    assert queries.writes(recording, 6, 7) == [Write(7, None, 2)]
    assert queries.writes(recording, 5, 4) == everything[:2]
    assert queries.writes(recording, 5, 0) == []
    assert queries.writes(recording, 0, 6) == []
    assert queries.writes(recording, 77, 6) == []


def test_the_step_that_made_a_tensor_and_its_expression() -> None:
    recording = diamond().recording()
    assert queries.born(recording, 4) == 4
    assert queries.expression(recording, 4) == "a.exp()"
    assert queries.born(recording, 99) is None
    assert queries.expression(recording, 99) is None


@pytest.mark.parametrize("id", [1, 1500, 10**6, 2**40])
def test_ids_may_be_any_numbers(id: int) -> None:
    build = Builder()
    build.step(1, "x", build.tensor(id, 1.0))
    build.step(2, "x", build.tensor(id, 2.0, version=1))
    recording = build.recording()
    assert queries.born(recording, id) == 1
    assert queries.born(recording, id + 1) is None
    assert queries.writes(recording, id, 2) == [Write(1, None, 0), Write(2, 0, 1)]


def test_results_without_a_name_show_under_their_expression() -> None:
    build = diamond()
    build.step(5, "print(y * 2)", build.tensor(6, 26.0), build.tensor(7, 1.0), grad(1, 7))
    build.step(6, "f(x)", opened(1, "f", 6), bind("inner", 6, scope=1))
    recording = build.recording()
    found = queries.nameless(recording, recording.state(4))
    assert [(item.tensor.id, item.expression) for item in found] == [(4, "a.exp()")]
    assert queries.nameless(recording, recording.state(5)) == []
    assert [item.tensor.id for item in queries.nameless(recording, recording.state(6))] == [6]
    assert queries.nameless(recording, recording.state(7)) == []


def test_a_high_id_is_still_known_when_the_others_have_caught_up() -> None:
    build = Builder()
    build.step(1, "x", build.tensor(3000, 1.0, storage=3000))
    for id in (1000, 2000, 4000):
        build.step(2, "y", build.tensor(id, 1.0, storage=3000))
    recording = build.recording()
    assert [queries.born(recording, id) for id in (3000, 1000, 2000, 4000)] == [1, 2, 3, 4]
    assert queries.writes(recording, 3000, 4) == [Write(1, None, 0)]
