"""Any state is what all changes up to it make of it, whichever way it is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.recording.format import Kind
from tutor.recording.keyframes import Keyframes
from tutor.recording.recording import NameKey, Recording
from tutor.recording.state import State

from .build import Builder, bind, closed, freed, grad, opened, unbind, whole
from .programs import Program, check, orders, picture


@pytest.fixture(autouse=True)
def _many_keyframes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keyframes, "EVERY", 4)


def written(program: list[tuple[str, int, int]]) -> Builder:
    """The log of a program, its end included."""
    build = Builder()
    carried_out = Program(build)
    for order in program:
        carried_out.run(*order)
    build.end()
    return build


def replayed(recording: Recording) -> list[dict[str, Any]]:
    """Every state, from applying all steps in order."""
    state = State(recording.tables)
    pictures = [picture(state)]
    for step in recording.steps(1, recording.count):
        state.apply(step)
        pictures.append(picture(state))
    return pictures


@given(orders, st.lists(st.integers(0, 1 << 20), max_size=20))
def test_state_at_random_steps_is_the_replayed_one(program: list[tuple[str, int, int]], numbers: list[int]) -> None:
    recording = written(program).recording()
    assert recording.count == len(program)
    pictures = replayed(recording)
    for number in numbers:
        number %= recording.count + 1
        assert picture(recording.state(number)) == pictures[number]


@given(orders)
def test_state_holds_what_the_graph_and_the_names_keep_alive(program: list[tuple[str, int, int]]) -> None:
    build = Builder()
    carried_out = Program(build)
    recording = build.recording()
    for number, order in enumerate(program, 1):
        carried_out.run(*order)
        recording.read_more()
        check(recording.state(number), carried_out.model)


@given(orders, st.integers(0, 1 << 20))
def test_walking_gives_the_states_before_and_after(program: list[tuple[str, int, int]], first: int) -> None:
    recording = written(program).recording()
    pictures = replayed(recording)
    first = 1 + first % (recording.count + 1)
    numbers = []
    for step, before, after, touched in recording.walk(first):
        numbers.append(step.number)
        assert picture(before) == pictures[step.number - 1]
        assert picture(after) == pictures[step.number]
        for key in touched:
            scopes = {**before.scopes, **after.scopes}
            assert step.number in recording.changes_of(NameKey(scopes[key.scope].function, key.path))
    assert numbers == list(range(first, recording.count + 1))


@given(orders)
@settings(max_examples=50)
def test_a_name_that_differs_is_a_name_that_changed(program: list[tuple[str, int, int]]) -> None:
    recording = written(program).recording()
    for step, before, after, touched in recording.walk():
        for scope in after.scopes.values():
            old = before.scopes[scope.id].names if scope.id in before.scopes else {}
            for path, reference in scope.names.items():
                same = path in old and old[path] == reference
                if same and isinstance(reference, int):
                    same = before.tensors[reference] == after.tensors[reference]
                assert same or (scope.id, path) in touched, step


@given(orders, st.integers(0, 1 << 20), st.integers(0, 1 << 20))
@settings(max_examples=50)
def test_steps_can_be_read_from_anywhere_to_anywhere(program: list[tuple[str, int, int]], one: int, two: int) -> None:
    recording = written([*program, ("print", 0, 0)]).recording()
    one, two = 1 + one % recording.count, 1 + two % recording.count
    direction = 1 if one <= two else -1
    expected = list(range(one, two + direction, direction))
    steps = list(recording.steps(one, two))
    assert [step.number for step in steps] == expected
    assert steps == [recording.step(number) for number in expected]


def test_a_step_that_is_not_there_is_an_index_error() -> None:
    recording = written([("print", 0, 0)]).recording()
    for number in (0, 2, -1):
        with pytest.raises(IndexError):
            recording.step(number)
        with pytest.raises(IndexError):
            list(recording.steps(1, number))
    with pytest.raises(IndexError):
        recording.state(2)
    assert list(recording.steps(2, 1)) == []
    assert list(recording.walk(2)) == []


def test_next_and_previous_change_of_a_name() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 1.0), bind("w", 1))
    build.step(2, "other")
    build.step(3, "w *= 2", build.tensor(1, 2.0, version=1))
    build.step(4, "w.grad = g", build.tensor(2, 5.0), grad(1, 2))
    build.step(5, "g.zero_()", build.tensor(2, 0.0, version=1))
    build.step(6, "del w", unbind("w"), freed(1))
    recording = build.recording()
    name = NameKey(None, "w")
    assert list(recording.changes_of(name)) == [1, 3, 4, 5, 6]
    assert recording.next_change(name, 1) == 3
    assert recording.next_change(name, 6) is None
    assert recording.previous_change(name, 3) == 1
    assert recording.previous_change(name, 1) is None
    assert recording.changed_names() == [name]


def test_names_of_two_calls_of_a_function_are_one_name() -> None:
    build = Builder()
    for scope in (1, 2):
        build.step(2, "y = 1", opened(scope, "f", 9), bind("y", whole(scope), scope=scope), function="f")
        build.step(9, "f()", closed(scope))
    assert list(build.recording().changes_of(NameKey("f", "y"))) == [1, 2, 3, 4]


def test_names_hide_outer_ones_with_all_their_members() -> None:
    build = Builder()
    build.step(1, "", bind("model", whole("Net")), bind("model.weight", whole(1)), bind("x", whole(2)))
    build.step(2, "", opened(1, "f", 1), bind("model", whole("inner"), scope=1), function="f")
    state = build.recording().state(2)
    assert [path for path, _, _ in state.visible()] == ["model", "x"]
    assert state.lookup("model") == whole("inner")
    with pytest.raises(KeyError):
        state.lookup("model.weight")


def test_names_of_a_gradient_end_in_grad_even_in_a_circle() -> None:
    build = Builder()
    build.step(1, "", build.tensor(1, 1.0), build.tensor(2, 2.0), bind("x", 1), bind("y", 2))
    build.step(2, "x.grad = y", grad(1, 2))
    build.step(3, "y.grad = x", grad(2, 1))
    recording = build.recording()
    assert recording.state(2).names_of(2) == ["y", "x.grad"]
    assert recording.state(3).names_of(2) == ["y", "x.grad"]
    assert recording.state(3).names_of(1) == ["x", "y.grad"]


def test_a_gradient_of_two_tensors_has_both_names() -> None:
    build = Builder()
    build.step(1, "", build.tensor(1, 1.0), build.tensor(2, 2.0), bind("x", 1), bind("y", 2), build.tensor(3, 0.0))
    build.step(2, "x.grad = y.grad = g", grad(1, 3), grad(2, 3))
    build.step(3, "y.grad = None", grad(2, None))
    recording = build.recording()
    assert recording.state(2).names_of(3) == ["x.grad", "y.grad"]
    assert recording.state(3).names_of(3) == ["x.grad"]


def test_output_is_the_end_of_what_was_printed() -> None:
    build = Builder()
    texts = ["one\n", "zwei ä\n", "", "drei"]
    for number, text in enumerate(texts):
        detail = ["stderr" if number == 1 else "stdout", text]
        build.step(1, "print", kind=Kind.OUTPUT, detail=detail)
        build.step(2, "pass")
    recording = build.recording()
    assert recording.output(0) == []
    assert recording.output(1) == recording.output(2) == [("stdout", "one\n")]
    assert recording.output(8) == [("stdout", "one\n"), ("stderr", "zwei ä\n"), ("stdout", ""), ("stdout", "drei")]
    assert recording.output(8, limit=6) == [("stderr", "ä\n"), ("stdout", ""), ("stdout", "drei")]
    assert list(recording.outputs) == [1, 3, 5, 7]


def test_output_beyond_what_is_held_in_memory() -> None:
    build = Builder()
    for number in range(60):
        build.step(1, "print", kind=Kind.OUTPUT, detail=["stdout", f"{number:04}" * 1000])
    recording = build.recording()
    for number in (1, 16, 17, 40, 60):
        text = "".join(text for _, text in recording.output(number, limit=10_000))
        assert text == "".join(f"{printed:04}" * 1000 for printed in range(number))[-10_000:]


def test_the_end_of_output_is_counted_in_characters() -> None:
    build = Builder()
    for number in range(50):
        build.step(1, "print", kind=Kind.OUTPUT, detail=["stdout", chr(0x1F600 + number)])
    pieces = build.recording().output(50, limit=20)
    assert [text for _, text in pieces] == [chr(0x1F600 + number) for number in range(30, 50)]
