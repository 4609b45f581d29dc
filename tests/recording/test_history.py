"""How a value and its ``.grad`` went over the steps."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.queries.history import Point, change_steps, history, place_in, place_near
from tutor.recording.recording import NameKey, Recording
from tutor.recording.state import State
from tutor.recording.values import numbers

from .build import Builder, bind, closed, floats, freed, grad, opened, turn, unbind, whole

W = NameKey(None, "w")


def shown(points: list[Point]) -> list[tuple[int, Any, Any]]:
    """Step, value and gradient of each point."""
    return [
        (
            point.step,
            numbers_in(point.value) if point.value is not None else point.reference,
            numbers_in(point.gradient),
        )
        for point in points
    ]


def numbers_in(record: TensorRecord | None) -> Any:
    if record is None:
        return None
    assert isinstance(record.content, bytes)
    return numbers(record.meta.dtype, record.content)


def training() -> Builder:
    """``w`` is bound, gets a gradient, is bound to another tensor, which gets a gradient and loses it."""
    build = Builder()
    build.step(1, "w = 3", build.tensor(1, 3.0, requires_grad=True), bind("w", 1))
    build.step(2, "backward", build.tensor(9, 6.0), grad(1, 9))
    build.step(2, "again", build.tensor(9, 12.0, version=1))
    build.step(3, "x = 1", build.tensor(5, 1.0), bind("x", 5), turn(3, 4))
    build.step(4, "w = w - g", build.tensor(2, 2.0, requires_grad=True), bind("w", 2), freed(1, 9))
    build.step(5, "backward", build.tensor(10, 4.0), grad(2, 10))
    build.step(6, "w.grad = None", grad(2, None), freed(10))
    build.step(7, "w -= 1", build.tensor(2, 1.0, version=1, requires_grad=True))
    return build


def test_a_name_is_followed_over_rebinding() -> None:
    points = list(history(training().recording(), W))
    assert shown(points) == [
        (1, [3.0], None), (2, [3.0], [6.0]), (3, [3.0], [12.0]), (5, [2.0], None),
        (6, [2.0], [4.0]), (7, [2.0], None), (8, [1.0], None),
    ]  # fmt: skip
    assert [(point.value_changed, point.gradient_changed) for point in points] == [
        (True, False), (False, True), (False, True), (True, True), (False, True), (False, True), (True, False),
    ]  # fmt: skip


def test_a_point_says_where_in_the_program_it_is() -> None:
    points = list(history(training().recording(), W))
    assert [(point.line, point.turn) for point in points[2:4]] == [(2, None), (4, 4)]


def test_a_result_without_a_name_is_followed_by_its_tensor() -> None:
    build = Builder()
    build.step(1, "a", build.tensor(1, 1.0, requires_grad=True), build.tensor(2, 5.0, storage=1))
    build.step(2, "b", build.tensor(3, 7.0), bind("b", 3))
    build.step(3, "a += 1", build.tensor(1, 2.0, version=1, storage=1, requires_grad=True))
    build.step(4, "backward", build.tensor(9, 6.0), grad(1, 9))
    build.step(5, "del a", freed(1, 9))
    assert shown(list(history(build.recording(), 1))) == [(1, [1.0], None), (3, [2.0], None), (4, [2.0], [6.0])]


def test_a_tensor_that_never_was_has_no_history() -> None:
    assert list(history(training().recording(), 77)) == []
    assert list(history(training().recording(), NameKey(None, "nothing"))) == []


def test_plain_values_have_a_history() -> None:
    build = Builder()
    for number in (1, 1, 2):
        build.step(1, "n", bind("n", whole(number)))
    points = list(history(build.recording(), NameKey(None, "n")))
    assert [(point.step, point.reference) for point in points] == [(1, ["int", 1]), (3, ["int", 2])]


def test_a_change_of_flags_alone_is_no_point() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 3.0), bind("w", 1))
    build.step(2, "w.requires_grad_()", build.tensor(1, 3.0, requires_grad=True))
    assert [point.step for point in history(build.recording(), W)] == [1]


def test_a_name_of_a_function_is_followed_over_its_calls() -> None:
    build = Builder()
    for call in range(3):
        build.step(2, "y", opened(call + 1, "f", 9), build.tensor(call + 1, float(call)),
                   bind("y", call + 1, scope=call + 1), function="f")  # fmt: skip
        build.step(9, "f()", closed(call + 1), freed(call + 1))
    recording = build.recording()
    assert shown(list(history(recording, NameKey("f", "y")))) == [(1, [0.0], None), (3, [1.0], None), (5, [2.0], None)]
    assert list(history(recording, NameKey("g", "y"))) == []


def test_a_name_is_not_taken_for_that_of_another_function() -> None:
    build = Builder()
    build.step(2, "y", opened(1, "f", 9), build.tensor(1, 1.0), bind("y", 1, scope=1), function="f")
    build.step(3, "y", opened(2, "g", 2), build.tensor(2, 7.0), bind("y", 2, scope=2), function="g")
    build.step(4, "x += 1", build.tensor(1, 2.0, version=1), function="g")
    assert shown(list(history(build.recording(), NameKey("f", "y")))) == [(1, [1.0], None), (3, [2.0], None)]


def test_a_name_that_is_gone_has_no_point_until_it_is_back() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 3.0), bind("w", 1))
    build.step(2, "del w", unbind("w"))
    build.step(3, "w", build.tensor(2, 3.0), bind("w", 2))
    assert [point.step for point in history(build.recording(), W)] == [1, 3]


def long(count: int) -> Recording:
    build = Builder()
    for number in range(count):
        build.step(1, "n", bind("n", whole(number)), kind=Kind.STATEMENT)
    return build.recording()


def test_more_changes_than_the_limit_are_thinned_out_evenly() -> None:
    recording = long(1001)
    name = NameKey(None, "n")
    assert list(change_steps(recording, name, 11)) == [1, *range(101, 1002, 100)]
    assert [point.reference[1] for point in history(recording, name, 11)] == list(range(0, 1001, 100))
    assert len(list(history(recording, name, None))) == 1001


@pytest.mark.parametrize("limit", [1, 2, 999, 1000, 1001])
def test_the_first_change_is_never_left_out(limit: int) -> None:
    steps = change_steps(long(1000), NameKey(None, "n"), limit)
    assert steps[0] == 1
    assert len(set(steps)) == len(steps) == min(limit, 1000)
    assert limit == 1 or steps[-1] == 1000


def test_points_are_read_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = long(1000)
    read: list[int] = []
    state = recording.state

    def counted(number: int) -> State:
        read.append(number)
        return state(number)

    monkeypatch.setattr(recording, "state", counted)
    assert len(list(islice(history(recording, NameKey(None, "n")), 3))) == 3
    assert read == [1, 2, 3]


def test_the_point_at_a_step_is_the_last_up_to_it() -> None:
    points = list(history(training().recording(), W))
    assert [place_in(points, number) for number in (0, 1, 4, 5, 99)] == [None, 0, 2, 3, 6]
    assert [place_near(points, number) for number in (0, 4, 99)] == [0, 2, 6]
    assert place_near([], 4) is None


def test_the_history_of_one_recording_does_not_disturb_another_reader() -> None:
    recording = training().recording()
    points = history(recording, W)
    next(points)
    recording.state(8)
    assert shown(list(points))[0] == (2, [3.0], [6.0])
    assert floats(3.0) == recording.state(1).tensors[1].content
