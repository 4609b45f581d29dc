"""From step to step by line, by depth and by turn."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.recording import queries
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

from .build import Builder, bind, closed, opened, turn, whole
from .training import STEPS_EACH_TURN, train


@pytest.fixture(scope="module")
def program() -> Recording:
    """Two calls of a function of two lines, one of them with a call of a library, and a backward call::

     2  def f(x):
     3      a = x + 1
     4      return net(a)
     6  x = 1
     7  y = f(x)
     8  y.backward()
     9  z = (f(x)
    10       + 2)
    """
    build = Builder()

    def call(scope: int) -> None:
        build.step(3, "a = x + 1", opened(scope, "f", 7), bind("a", whole(1), scope=scope), function="f")
        outer = build.step(4, "net(a)", kind=Kind.CALL, function="f")
        for name in ("linear", "relu"):
            build.step(4, "net(a)", kind=Kind.INNER, name=name, parent=outer, function="f")

    build.step(6, "x = 1", kind=Kind.STATEMENT)  # 1
    call(1)  # 2 to 5
    build.step(7, "y = f(x)", closed(1), bind("y", whole(1)), kind=Kind.STATEMENT)  # 6
    backward = build.step(8, "y.backward()", name="backward")  # 7
    node = build.step(8, "y.backward()", kind=Kind.NODE, parent=backward, detail=[1, [], []])  # 8
    build.step(8, "y.backward()", kind=Kind.INNER, parent=node)  # 9
    build.step(8, "y.backward()", kind=Kind.ACCUMULATE, parent=backward, detail=[1, None, None, None, True])  # 10
    call(2)  # 11 to 14
    build.step(9, "f(x)\n + 2", closed(2), name="add", end_line=10)  # 15
    return build.recording()


def test_depth_is_how_many_functions_are_open(program: Recording) -> None:
    assert list(program.index.depths[1:]) == [0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0]


def test_depth_of_a_step_after_which_its_function_returned() -> None:
    build = Builder()
    for scope in (1, 2):
        build.step(2, "if n:", opened(scope, "f", 2), kind=Kind.STATEMENT, function="f")
    result: Any = build.tensor(1, 1.0)
    build.step(3, "n * 2", result, closed(2), bind("y", 1, scope=1), function="f")
    build.step(4, "y", closed(1), bind("y", 1), kind=Kind.STATEMENT)
    build.step(5, "g()", opened(3, "g", 5), kind=Kind.STATEMENT, function="g")
    build.step(6, "x.item()", closed(3), bind("z", whole(1)), function="g")
    assert list(build.recording().index.depths[1:]) == [1, 2, 2, 0, 1, 1]


def test_steps_of_a_line(program: Recording) -> None:
    assert list(queries.steps_of_line(program, 3)) == [2, 11]
    assert list(queries.steps_of_line(program, 8)) == [7, 8, 9, 10]
    assert list(queries.steps_of_line(program, 10)) == [15]
    assert list(queries.steps_of_line(program, 5)) == []


def test_next_and_previous_step_of_a_line(program: Recording) -> None:
    assert queries.next_of_line(program, 3, 0) == 2
    assert queries.next_of_line(program, 3, 2) == 11
    assert queries.next_of_line(program, 3, 11) is None
    assert queries.previous_of_line(program, 3, 11) == 2
    assert queries.previous_of_line(program, 3, 2) is None


def test_line_by_line_goes_into_functions_but_not_into_libraries(program: Recording) -> None:
    forth = [0]
    while (number := queries.next_line(program, forth[-1])) is not None:
        forth.append(number)
    assert forth == [0, 1, 2, 3, 6, 7, 11, 12, 15]
    back = [15]
    while (number := queries.previous_line(program, back[-1])) is not None:
        back.append(number)
    assert back == [15, 12, 11, 7, 6, 3, 2, 1]


def test_over_stays_at_the_same_depth(program: Recording) -> None:
    forth = [0]
    while (number := queries.step_over(program, forth[-1])) is not None:
        forth.append(number)
    assert forth == [0, 1, 6, 7, 15]
    back = [15]
    while (number := queries.step_back(program, back[-1])) is not None:
        back.append(number)
    assert back == [15, 7, 6, 1]


def test_over_inside_a_function_leaves_it_at_its_end(program: Recording) -> None:
    assert queries.step_over(program, 2) == 3
    assert queries.step_over(program, 3) == 6
    assert queries.step_over(program, 4) == 6
    assert queries.step_back(program, 12) == 11
    assert queries.step_back(program, 14) == 11
    assert queries.step_back(program, 11) == 7
    assert queries.step_back(program, 9) == 6


def test_out_leaves_what_holds_the_step_or_the_function(program: Recording) -> None:
    assert queries.step_out(program, 4) == 6
    assert queries.step_out(program, 2) == 6
    assert queries.step_out(program, 9) == 10
    assert queries.step_out(program, 8) == 11
    assert queries.step_out(program, 13) == 15
    assert queries.step_out(program, 1) is None
    assert queries.step_out(program, 0) is None


def test_over_and_back_pass_over_nodes_that_show_the_line_of_their_operation() -> None:
    build = Builder()
    build.step(1, "y = w * x")
    backward = build.step(2, "y.backward()", name="backward")
    build.step(1, "y = w * x", kind=Kind.NODE, parent=backward, detail=[1, [], []])
    build.step(3, "pass", kind=Kind.STATEMENT)
    recording = build.recording()
    assert queries.step_over(recording, backward) == 4
    assert queries.step_back(recording, 4) == backward


def test_over_and_back_look_past_long_calls() -> None:
    build = Builder()
    build.step(1, "a", kind=Kind.STATEMENT)
    build.step(2, "f()", opened(1, "f", 2), kind=Kind.STATEMENT, function="f")
    for _ in range(10_000):
        build.step(3, "b", kind=Kind.STATEMENT, function="f")
    last = build.step(4, "c", closed(1), kind=Kind.STATEMENT)
    recording = build.recording()
    assert queries.step_over(recording, 1) == last
    assert queries.step_back(recording, last) == 1
    assert queries.step_out(recording, 2) == last


def test_turns_of_a_training_loop() -> None:
    build = Builder()
    train(build, 4)
    recording = build.recording()
    starts = [6 + STEPS_EACH_TURN * number for number in range(4)]
    loop = queries.loop_at(recording, starts[1] + 3)
    assert loop is not None
    assert (loop.line, loop.turn, loop.starts) == (6, 2, starts)
    assert queries.next_turn(recording, starts[1] + 3) == starts[2]
    assert queries.previous_turn(recording, starts[1] + 3) == starts[0]
    assert queries.next_turn(recording, starts[3]) is None
    assert queries.previous_turn(recording, starts[0]) is None
    assert queries.loop_at(recording, 3) is None
    assert queries.next_turn(recording, 3) is None


def test_turns_of_the_innermost_loop_of_this_run_only() -> None:
    build = Builder()
    for outer in (1, 2):
        build.step(1, "for i", turn(1, outer))
        for inner in (1, 2, 3):
            build.step(2, "for j", turn(2, inner))
        build.step(3, "after", turn(2, 0))
    recording = build.recording()
    loop = queries.loop_at(recording, 8)
    assert loop is not None
    assert (loop.line, loop.turn, loop.starts) == (2, 2, [7, 8, 9])
    assert queries.previous_turn(recording, 7) is None
    assert queries.next_turn(recording, 4) is None
    after = queries.loop_at(recording, 5)
    assert after is not None
    assert (after.line, after.starts) == (1, [1, 6])


def test_turns_of_a_loop_that_calls_itself() -> None:
    build = Builder()
    build.step(1, "f()", opened(1, "f", 9), turn(2, 1, scope=1), function="f")
    build.step(1, "f()", opened(2, "f", 3), turn(2, 1, scope=2), function="f")
    build.step(2, "for", turn(2, 2, scope=2), function="f")
    build.step(3, "f()", turn(2, 0, scope=2), closed(2), function="f")
    build.step(2, "for", turn(2, 2, scope=1), function="f")
    recording = build.recording()
    assert queries.next_turn(recording, 1) == 5
    assert queries.previous_turn(recording, 5) == 1
    inner, outer = queries.loop_at(recording, 3), queries.loop_at(recording, 4)
    assert inner is not None
    assert outer is not None
    assert (inner.starts, outer.starts) == ([2, 3], [1, 5])
