"""Two recordings side by side: what belongs together, and where they part."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recorder.record import Record
from tutor.recording.moment import Moment
from tutor.recording.queries.aligned import Alignment
from tutor.recording.queries.different import Aspect, different_names, name_pairs
from tutor.recording.recording import Recording

from .build import Builder, bind, grad, turn, whole
from .programs import Program, orders

TRAINING = """\
import torch

w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for turn in range(4):
    optimizer.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
"""

CALLS = """\
def double(n):
    m = n * 2
    return m


total = 0
for turn in range(2):
    total = total + double(turn)
    if turn > SKIP:
        total = total + double(10)
    total = total - double(1)
"""


def written(program: list[tuple[str, int, int]]) -> Recording:
    build = Builder()
    carried_out = Program(build)
    for order in program:
        carried_out.run(*order)
    build.end()
    return build.recording()


def values(*numbers: float) -> Recording:
    """One line that binds ``x``."""
    build = Builder()
    build.step(1, "x = ...", build.tensor(1, *numbers), bind("x", 1))
    build.end()
    return build.recording()


# A recording and itself


@settings(max_examples=30)
@given(orders)
def test_a_recording_aligned_with_itself_has_no_difference(program: list[tuple[str, int, int]]) -> None:
    alignment = Alignment(written(program), written(program))
    assert alignment.first_different_line() is None
    assert alignment.first_different_state() is None
    assert [alignment.step_of_other(step) for step in range(len(program) + 1)] == list(range(len(program) + 1))
    assert all(place.one == place.other and place.in_one and place.in_other for place in alignment.places)


@pytest.mark.parametrize("source", [TRAINING, CALLS.replace("SKIP", "0")])
def test_two_runs_of_one_program_are_the_same(record: Record, source: str) -> None:
    # A comment more, so that it runs twice.
    one, other = record(source), record(source + "#\n")
    alignment = Alignment(one, other)
    assert alignment.first_different_line() is None
    assert alignment.first_different_state() is None
    assert [alignment.step_of_other(step) for step in range(1, one.count + 1)] == list(range(1, one.count + 1))


# Any two recordings


@settings(max_examples=30)
@given(orders, orders)
def test_the_places_go_through_both_runs_in_order(
    program: list[tuple[str, int, int]], twin: list[tuple[str, int, int]]
) -> None:
    one, other = written(program), written(twin)
    alignment = Alignment(one, other)
    first = [place.one for place in alignment.places if place.in_one]
    second = [place.other for place in alignment.places if place.in_other]
    assert first == sorted(set(first))
    assert second == sorted(set(second))
    assert first[-1:] == ([one.count] if one.count else [])
    assert second[-1:] == ([other.count] if other.count else [])
    assert all(place.in_one or place.in_other for place in alignment.places)
    assert not alignment.work()


@settings(max_examples=30)
@given(orders, orders)
def test_steps_belong_together_in_both_directions(
    program: list[tuple[str, int, int]], twin: list[tuple[str, int, int]]
) -> None:
    one, other = written(program), written(twin)
    there, back = Alignment(one, other), Alignment(other, one)
    for place in there.places:
        if place.in_one and place.in_other:
            assert there.step_of_other(place.one) == place.other
            assert one.site(place.one).line == other.site(place.other).line
        elif place.in_one:
            assert there.step_of_other(place.one) is None
    same_line = there.first_different_line() is None
    assert same_line == (back.first_different_line() is None)


@settings(max_examples=30)
@given(orders, st.floats(0.0, 0.001))
def test_work_in_slices_comes_to_the_same(program: list[tuple[str, int, int]], seconds: float) -> None:
    at_once, in_slices = (Alignment(written(program), written(program[:-1])) for _ in range(2))
    while in_slices.work(seconds):
        pass
    assert in_slices.places == at_once.places
    assert in_slices.first_different_line() == at_once.first_different_line()


# Where two runs part


def test_without_zero_grad_line_and_state_part_a_turn_apart(record: Record) -> None:
    alignment = Alignment(record(TRAINING), record(TRAINING.replace("    optimizer.zero_grad()\n", "")))
    line, state = alignment.first_different_line(), alignment.first_different_state()
    assert line is not None
    assert state is not None
    assert (line.line, line.turn, line.name) == (6, 1, None)
    assert state.name is not None
    assert (state.line, state.turn, state.name.label, state.name.aspect) == (7, 2, "w.grad", Aspect.GRAD)
    assert state.other_line == 6
    # None in one of them, the gradient of turn 1 in the other.
    assert alignment.one.state(state.one or 0).tensors[state.name.one].grad is None
    assert alignment.other.state(state.other or 0).tensors[state.name.other].grad is not None


def test_a_forgotten_step_parts_the_runs_in_the_same_turn(record: Record) -> None:
    alignment = Alignment(record(TRAINING), record(TRAINING.replace("    optimizer.step()\n", "")))
    line, state = alignment.first_different_line(), alignment.first_different_state()
    assert line is not None
    assert (line.line, line.turn) == (9, 1)
    assert state is not None
    assert state.name is not None
    assert (state.line, state.turn, state.name.label) == (5, 2, "w")


def test_a_changed_line_is_a_different_line_though_both_go_there(record: Record) -> None:
    alignment = Alignment(record(TRAINING), record(TRAINING.replace("lr=0.1", "lr=0.2")))
    line, state = alignment.first_different_line(), alignment.first_different_state()
    assert line is not None
    assert (line.line, line.other_line, line.turn) == (4, 4, None)
    assert state is not None
    assert (state.line, state.name.label if state.name else "") == (4, "optimizer.param_groups[0]['lr']")
    assert all(place.in_one and place.in_other for place in alignment.places)


def test_comments_and_empty_lines_make_no_difference(record: Record) -> None:
    changed = TRAINING.replace("loss.backward()", "loss.backward()  # here").replace("\nfor", "\n# A loop.\n\nfor")
    alignment = Alignment(record(TRAINING), record(changed))
    assert alignment.first_different_line() is None
    assert alignment.first_different_state() is None
    assert all(place.in_one and place.in_other for place in alignment.places)


def test_a_call_that_only_one_run_makes_shifts_no_other(record: Record) -> None:
    alignment = Alignment(record(CALLS.replace("SKIP", "0")), record(CALLS.replace("SKIP", "1")))
    one, other = alignment.one, alignment.other
    alone = {one.site(place.one).line for place in alignment.places if not place.in_other}
    assert alone == {2, 3, 10}
    # The line of a call is over once the call is.
    called = next(place for place in alignment.places if one.site(place.one).line == 8)
    assert alignment.places[alignment.place_of(one.index.lines[2][0])].one < called.one
    assert alignment.places[alignment.place_of(called.one)] == called
    assert alignment.places[alignment.place_of_other(called.other)] == called
    together = [
        (one.state(place.one).lookup("n"), other.state(place.other).lookup("n"))
        for place in alignment.places
        if place.in_one and place.in_other and one.site(place.one).line == 2
    ]
    assert together == [(["int", n], ["int", n]) for n in (0, 1, 1, 1)]


def test_a_run_that_an_error_ended_is_over_where_the_other_goes_on(record: Record) -> None:
    alignment = Alignment(record("a = 1\nb = 2\nc = 3\n"), record("a = 1\nraise ValueError\nc = 3\n"))
    assert [place.in_other for place in alignment.places] == [True, True, False]
    line = alignment.first_different_line()
    assert line is not None
    assert line.line == 2


def test_a_turn_that_only_one_run_has_stands_alone() -> None:
    def run(turns: int) -> Recording:
        build = Builder()
        for number in range(1, turns + 1):
            build.step(1, "for i in ...", turn(1, number), bind("i", whole(number)))
            build.step(2, "n = i", bind("n", whole(number)))
        build.end()
        return build.recording()

    alignment = Alignment(run(2), run(3))
    assert [(place.one, place.other) for place in alignment.places[-3:]] == [(4, 4), (4, 5), (4, 6)]
    line = alignment.first_different_line()
    assert line is not None
    assert (line.one, line.other, line.line, line.turn) == (None, 5, 1, 3)
    assert alignment.first_different_state() is None
    assert alignment.other_turn(1, 1) == 3
    assert alignment.other_turn(3, 1) == 5
    assert alignment.other_turn(5, 1) is None
    assert alignment.other_turn(1, -1) is None
    assert alignment.turn_at(3) == 2


# What differs


@pytest.mark.parametrize(
    ("one", "other", "aspect"),
    [
        ((1.0, 2.0), (1.0, 2.0), None),
        ((1.0, 2.0), (1.0, 2.5), Aspect.VALUE),
        ((1.0, 2.0), (1.0, 2.0000002), Aspect.VALUE),
        ((0.0,), (-0.0,), Aspect.VALUE),
        ((float("nan"), 1.0), (float("nan"), 1.0), None),
        ((float("nan"), 1.0), (1.0, 1.0), Aspect.VALUE),
        ((1.0,), (1.0, 1.0), Aspect.SHAPE),
    ],
)
def test_numbers_are_compared_by_their_bytes(
    one: tuple[float, ...], other: tuple[float, ...], aspect: Aspect | None
) -> None:
    difference = Alignment(values(*one), values(*other)).first_different_state()
    assert (difference.name.aspect if difference and difference.name else None) is aspect


def test_every_way_to_write_nan_is_the_same() -> None:
    def run(bits: int) -> Recording:
        build = Builder()
        made = build.tensor(1, 0.0)
        made[7] = struct.pack("<I", bits)
        build.step(1, "x = ...", made, bind("x", 1))
        return build.recording()

    assert Alignment(run(0x7FC00000), run(0xFFC00001)).first_different_state() is None


def test_a_summary_of_a_large_tensor_is_compared_too() -> None:
    def run(mean: float) -> Recording:
        build = Builder()
        made = build.tensor(1, *[0.0] * 3)
        made[7] = {"min": 0.0, "max": 1.0, "mean": mean}
        build.step(1, "x = ...", made, bind("x", 1))
        return build.recording()

    nan = float("nan")
    assert Alignment(run(nan), run(nan)).first_different_state() is None
    assert Alignment(run(0.5), run(0.25)).first_different_state() is not None


def moment(*changes: Callable[[Builder], list[object]]) -> Moment:
    build = Builder()
    build.step(1, "...", *(change(build) for change in changes))
    return Moment.of(build.recording(), 1)


@pytest.mark.parametrize(
    ("other", "aspect", "label"),
    [
        ([lambda b: b.tensor(1, 1.0, requires_grad=True), lambda b: bind("w", 1)], None, ""),
        ([lambda b: b.tensor(1, 1.0), lambda b: bind("w", 1)], Aspect.REQUIRES_GRAD, "w.requires_grad"),
        ([lambda b: b.tensor(1, 1.0, dtype="float64"), lambda b: bind("w", 1)], Aspect.DTYPE, "w.dtype"),
        ([lambda b: bind("w", ["NoneType", None])], Aspect.KIND, "w"),
        (
            [
                lambda b: b.tensor(1, 1.0, requires_grad=True),
                lambda b: b.tensor(2, 3.0),
                lambda b: grad(1, 2),
                lambda b: bind("w", 1),
            ],
            Aspect.GRAD,
            "w.grad",
        ),
        ([lambda b: bind("v", whole(1))], None, ""),
    ],
)
def test_a_name_says_in_what_it_differs(
    other: list[Callable[[Builder], list[object]]], aspect: Aspect | None, label: str
) -> None:
    one = moment(lambda b: b.tensor(1, 1.0, requires_grad=True), lambda b: bind("w", 1))
    found = different_names(one, moment(*other))
    assert [(pair.aspect, pair.label) for pair in found] == ([(aspect, label)] if aspect else [])


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        (["float", 1.0], ["float", 1.0], True),
        (["float", float("nan")], ["float", float("nan")], True),
        (["int", 1], ["float", 1.0], False),
        (["list", [1, [2.0]]], ["list", [1, [2.0]]], True),
        (["list", [1, [2.0]]], ["list", [1, [2]]], False),
        (["generator", None, "<generator at 0x7f01>"], ["generator", None, "<generator at 0x7f02>"], True),
        (["list", None, "list of 2"], ["list", None, "list of 3"], False),
        (
            ["ndarray", None, "", ["float32", [1], struct.pack("<f", 1)]],
            ["ndarray", None, "", ["float32", [1], struct.pack("<f", 2)]],
            False,
        ),
    ],
)
def test_plain_values_are_compared_too(here: list[object], there: list[object], same: bool) -> None:
    found = different_names(moment(lambda _: bind("n", here)), moment(lambda _: bind("n", there)))
    assert bool(found) is not same


def test_a_name_that_one_run_has_alone_is_a_pair_without_a_difference() -> None:
    pairs = list(name_pairs(moment(lambda _: bind("a", whole(1))), moment(lambda _: bind("b", whole(1)))))
    assert [(pair.path, pair.one, pair.other, pair.aspect) for pair in pairs] == [
        ("a", ["int", 1], None, None), ("b", None, ["int", 1], None),
    ]  # fmt: skip


def test_the_first_state_is_that_of_a_step_by_step_comparison(record: Record) -> None:
    """What incremental looking finds is what comparing every name at every place finds."""
    alignment = Alignment(
        record(TRAINING), record(TRAINING.replace("** 2", "** 2 if turn < 2 else (w - 3) ** 2 * 1.5"))
    )
    expected = next(
        (place.one, place.other)
        for place in alignment.places
        if place.in_one
        and place.in_other
        and different_names(Moment.of(alignment.one, place.one), Moment.of(alignment.other, place.other))
    )
    found = alignment.first_different_state()
    assert found is not None
    assert (found.one, found.other) == expected
    assert found.turn == 3
