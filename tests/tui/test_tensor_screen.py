"""One tensor, opened: what is known of it, its value, its history, and the way to one of its steps."""

from __future__ import annotations

import math
import struct
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tutor.recording.format import Change, Frame, Kind
from tutor.recording.model import Meta
from tutor.recording.moment import Moment
from tutor.recording.state import Key
from tutor.tui.screens.help import Help
from tutor.tui.screens.tensor import TensorScreen
from tutor.tui.source import OpenedRecording
from tutor.tui.tensors.braille import column_of, line_plot
from tutor.tui.tensors.facts import facts_of
from tutor.tui.tensors.grid import Grid, aligned
from tutor.tui.tensors.histogram import bar_text, bars
from tutor.tui.tensors.subject import Subject
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.history_pane import HistoryPane
from tutor.tui.widgets.value_pane import ValuePane

from .looking import app_of, check_golden, screen_text, settled_text, stepping, until
from .tape import Tape, accumulation, bind, clinic, floats, loop, whole

NAN, INF = float("nan"), float("inf")
X = Key(0, "x")


class Left:
    """What a screen gave back, once it was left."""

    def __init__(self) -> None:
        self.results: list[int | None] = []


@asynccontextmanager
async def opened(
    path: Path, number: int, key: Hashable, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[Pilot[Any], TensorScreen, Left]]:
    """A tensor screen over a stepper, all of its history read."""
    async with stepping(path, size=size) as (pilot, stepper):
        screen, left = TensorScreen(Moment.of(stepper.recording, number), key), Left()
        pilot.app.push_screen(screen, left.results.append)
        await until(pilot, lambda: screen.complete)
        await pilot.pause()
        yield pilot, screen, left


def values(path: Path, shape: tuple[int, ...], *numbers: float, dtype: str = "float32", code: str = "f") -> Path:
    """A program that makes one tensor of a shape; its ``.grad`` holds tens of it."""
    tape = Tape(path, "v = make()\n", "values.py")
    meta = tape._define(Frame.META, "tensor", dtype, list(shape), "cpu", dtype == "float32", True, False)
    content = struct.pack(f"<{len(numbers)}{code}", *numbers)
    gradient = [Change.TENSOR, 2, meta, 0, 2, None, None, struct.pack(f"<{len(numbers)}{code}", *[0] * len(numbers))]
    changes = [gradient, [Change.TENSOR, 1, meta, 0, 1, None, 2, content], bind("v", 1)]
    tape.step(Kind.OPERATION, 1, "make()", *changes, name="make", detail=[[], 1, None])
    tape.end()
    return path


def made(path: Path, content: Any, shape: tuple[int, ...]) -> Path:
    """A program that makes one tensor of a given content."""
    tape = Tape(path, "v = make()\n", "made.py")
    change = [Change.TENSOR, 1, tape.meta(shape), 0, 1, None, None, content]
    tape.step(Kind.OPERATION, 1, "make()", change, bind("v", 1), name="make", detail=[[], 1, None])
    tape.end()
    return path


V = Key(0, "v")


def recording_of(path: Path) -> Any:
    source = OpenedRecording(path)
    while source.pump():
        pass
    return source.recording


def fact(path: Path, number: int, key: Hashable, label: str) -> str:
    return dict(facts_of(Subject.of(Moment.of(recording_of(path), number), key)))[label]


# Screens as a whole


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_number_has_a_plot(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(accumulation(tmp_path / "log").path, 12, X, size) as (pilot, _, _):
        await check_golden(pilot, f"tensor-number-{size[0]}")


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_matrix_has_a_grid_and_a_histogram(tmp_path: Path, size: tuple[int, int]) -> None:
    numbers = [round(math.sin(place) * 100, 2) for place in range(24)]
    numbers[3:6] = [NAN, INF, 1e-6]
    async with opened(values(tmp_path / "log", (4, 6), *numbers), 1, V, size) as (pilot, _, _):
        await check_golden(pilot, f"tensor-matrix-{size[0]}")


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_a_big_tensor_has_its_ends_and_a_histogram(tmp_path: Path, size: tuple[int, int]) -> None:
    summary = {"first": [0.5, -1.25, 2.0], "last": [3.0, 0.0, -0.5], "hash": "0", "nan": 0, "inf": 2}
    summary |= {"min": -4.0, "max": 4.0, "mean": 0.125, "std": 1.0}
    summary |= {"histogram": [3, 40, 210, 700, 1100, 1050, 690, 220, 75, 8]}
    async with opened(made(tmp_path / "log", summary, (64, 64)), 1, V, size) as (pilot, _, _):
        await check_golden(pilot, f"tensor-big-{size[0]}")


async def test_the_other_parts_follow_in_a_narrow_terminal(tmp_path: Path) -> None:
    path = values(tmp_path / "log", (5, 5), *range(25))
    async with opened(path, 1, V, (80, 24)) as (pilot, _, _):
        seen = []
        titles = ("─ value ─", "─ histogram of value ─", "─ history ─", "─ ledger of v.grad ─")
        for _ in range(6):
            text = await settled_text(pilot)
            seen.append([name for name in titles if name in text])
            await pilot.press("tab")
        order = [[title] for title in titles]
        assert seen == [*order, order[3], order[0]]


# Facts


def test_facts_of_a_leaf(tmp_path: Path) -> None:
    path = accumulation(tmp_path / "log").path
    assert fact(path, 2, X, "requires_grad") == "True, a leaf"
    assert fact(path, 2, X, "made") == "in step 2, line 13: torch.tensor(3.0, requires_grad=True)"
    assert fact(path, 2, X, ".grad") == "None"
    assert fact(path, 7, X, ".grad") == "6.0"
    assert fact(path, 2, X, "memory") == "its own"


def test_facts_of_a_result(tmp_path: Path) -> None:
    path = accumulation(tmp_path / "log").path
    assert fact(path, 4, Key(0, "y"), "requires_grad") == "True, grad_fn is PowBackward0"
    assert fact(path, 4, Key(0, "y"), ".grad") == "not kept; it is not a leaf, and retain_grad() was not called"


def test_a_zero_gradient_is_not_none(tmp_path: Path) -> None:
    path = values(tmp_path / "log", (2,), 1.0, 2.0)
    assert fact(path, 1, V, ".grad") == "zero, not None: [0.0, 0.0]"


def test_who_shares_the_memory_is_named(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "x = a; x[0]\n", "shared.py")
    first, view, other = (tape.tensor(number, 1.0, version=3) for number in (1, 2, 3))
    view[4] = first[4]
    tape.step(Kind.STATEMENT, 1, "x = a", first, view, other, bind("x", 1), bind("b[0]", 2), bind("b[1]", 3))
    tape.end()
    assert fact(tape.path, 1, X, "memory") == "shares memory with b[0]"
    assert fact(tape.path, 1, X, "version") == "3, changed in place 3 times"
    assert fact(tape.path, 1, X, "made") == "first seen in step 1, line 1: x = a"


def test_facts_of_what_is_no_tensor(tmp_path: Path) -> None:
    path = accumulation(tmp_path / "log").path
    assert fact(path, 8, Key(0, "turn"), "type") == "int"
    assert fact(path, 9, Key(0, "turn"), "given") == "in step 8, line 14: for turn in range(3)"
    assert fact(path, 4, Key(0, "no"), "value") == "There is nothing of this name here."


def test_a_tensor_that_the_step_freed_is_as_it_was(tmp_path: Path) -> None:
    path = accumulation(tmp_path / "log").path
    assert "not there any more" in fact(path, 9, (-1, 11), "gone")
    assert fact(path, 9, (-1, 11), "value") == "9.0"


# Values


def test_points_stand_below_each_other() -> None:
    assert aligned([1.0, -20.5, 0.125, NAN]) == ["  1.0  ", "-20.5  ", "  0.125", "nan    "]
    assert aligned([1, -20]) == ["  1", "-20"]
    assert aligned([True, False]) == [" True", "False"]
    assert aligned([]) == []


@pytest.mark.parametrize(
    ("shape", "count", "names"),
    [((3,), 1, [""]), ((2, 3), 1, [""]), ((2, 2, 3), 2, ["[0, :, :]", "[1, :, :]"]), ((0, 2, 2), 1, ["[0, :, :]"])],
)
def test_larger_ranks_are_slices(shape: tuple[int, ...], count: int, names: list[str]) -> None:
    meta = Meta("tensor", "float32", shape, "cpu", False, True, False)
    grid = Grid.of(meta, floats(*range(meta.elements)))
    assert grid is not None
    assert grid.slices == count
    assert [grid.slice_name(place) for place in range(count)] == names


async def test_keys_go_from_slice_to_slice(tmp_path: Path) -> None:
    async with opened(values(tmp_path / "log", (2, 1, 2, 2, 3), *range(24)), 1, V) as (pilot, screen, _):
        assert "value[0, 0, 0, :, :]" in screen_text(app_of(pilot))
        await pilot.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        assert screen.query_one(ValuePane).slice == 3
        text = await settled_text(pilot)
        assert "value[1, 0, 1, :, :]" in text
        assert "[1]  21.0  22.0  23.0" in text
        await pilot.press("right_square_bracket", "left_square_bracket")
        assert screen.query_one(ValuePane).slice == 2


async def test_a_wide_matrix_scrolls_by_columns(tmp_path: Path) -> None:
    async with opened(values(tmp_path / "log", (1, 1000), *range(1000)), 1, V) as (pilot, screen, _):
        pane = screen.query_one(ValuePane)
        await pilot.press("right", "right")
        assert pane.left == 2
        assert "[0]    2.0    3.0" in await settled_text(pilot)
        await pilot.press("end")
        text = await settled_text(pilot)
        assert "998.0  999.0" in text
        assert f"columns {pane.left} to 999 of 1,000" in text
        await pilot.press("home")
        assert pane.left == 0


async def test_a_tall_matrix_scrolls_below_its_heading(tmp_path: Path) -> None:
    async with opened(values(tmp_path / "log", (1000, 1), *range(1000)), 1, V) as (pilot, _, _):
        await pilot.press("pagedown", "pagedown")
        rows = [line for line in (await settled_text(pilot)).split("\n") if line.startswith("│")]
        heading = next(place for place, line in enumerate(rows) if line.split()[1:2] == ["0"])
        below = rows[heading + 1].split()
        assert int(below[1].strip("[]")) == float(below[2]) > 20


async def test_a_vector_goes_on_in_the_next_row(tmp_path: Path) -> None:
    async with opened(values(tmp_path / "log", (47,), *range(47)), 1, V) as (pilot, _, _):
        text = await settled_text(pilot)
        assert "+0    +1    +2    +3    +4" in text
        assert " [0]   0.0   1.0" in text
        assert "[40]  40.0  41.0" in text
        await pilot.resize_terminal(60, 24)
        assert "[45]  45.0  46.0" in await settled_text(pilot)


@pytest.mark.parametrize(
    ("dtype", "code", "numbers", "seen"),
    [
        ("bool", "?", [True, False], "True  False"),
        ("int64", "q", [-5, 2**62], "-5  4611686018427387904"),
        ("complex64", "f", [1.0, -2.0, 0.0, NAN], "1.0-2.0j  0.0+nanj"),
    ],
)
async def test_other_dtypes_are_shown(tmp_path: Path, dtype: str, code: str, numbers: list[float], seen: str) -> None:
    async with opened(values(tmp_path / "log", (2,), *numbers, dtype=dtype, code=code), 1, V) as (pilot, _, _):
        assert seen in await settled_text(pilot)


@pytest.mark.parametrize(
    ("content", "shape", "seen"),
    [
        (b"", (0, 3), "no elements"),
        (None, (5,), "cannot be read"),
        (
            {"first": [1.5, 2.5], "last": [9.5], "min": -4.25, "max": 8.5, "nan": 2, "inf": 0, "sampled_every": 3},
            (5000, 4),
            "20,000, too many to be recorded whole",
        ),
    ],
)
async def test_a_value_without_elements_says_what_is_known(
    tmp_path: Path, content: Any, shape: tuple[int, ...], seen: str
) -> None:
    async with opened(made(tmp_path / "log", content, shape), 1, V) as (pilot, _, _):
        text = await settled_text(pilot)
        assert seen in text
        assert "histogram" not in text
        for pieces in (["first", "1.5, 2.5"], ["min", "-4.25"], ["nan", "2"], ["counted", "one element in 3"]):
            assert not isinstance(content, dict) or all(piece in text for piece in pieces)


async def test_v_shows_the_gradient_and_the_value_again(tmp_path: Path) -> None:
    async with opened(values(tmp_path / "log", (2, 2), 1.0, 2.0, 3.0, 4.0), 1, V) as (pilot, _, _):
        assert "[1]  3.0  4.0" in await settled_text(pilot)
        await pilot.press("v")
        text = await settled_text(pilot)
        assert "[1]  0.0  0.0" in text
        assert "─ .grad ─" in text
        await pilot.press("v")
        assert "[1]  3.0  4.0" in await settled_text(pilot)


async def test_v_says_that_there_is_no_gradient(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 4, Key(0, "y")) as (pilot, screen, _):
        await pilot.press("v")
        assert screen.query_one(BottomLine).note == "y has no .grad here."


async def test_the_plot_begins_with_what_changed(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 17, X) as (pilot, _, _):
        text = await settled_text(pilot)
        assert "─ .grad ─" in text
        assert "18.0 ┤" in text
        assert " 6.0 ┤" in text
        await pilot.press("v")
        assert " 3.0 ┤" in await settled_text(pilot)


async def test_the_plot_shows_the_number_and_the_step_now(tmp_path: Path) -> None:
    tape = loop(tmp_path / "log", 50)
    tape.end()
    for number, mark in ((2, "└▲"), (100, "▲│")):
        async with opened(tape.path, number, Key(0, "total")) as (pilot, _, _):
            text = await settled_text(pilot)
            assert "50.0 ┤" in text
            assert " 1.0 ┤" in text
            assert mark in text.replace(" │", "│")


# Names and members


async def test_names_that_look_like_markup_are_shown_as_they_are(tmp_path: Path) -> None:
    path = clinic(tmp_path / "log").path
    async with opened(path, 2, Key(0, "d['a[b]']")) as (pilot, _, _):
        assert "tutor · d['a[b]']" in await settled_text(pilot)
    async with opened(path, 8, Key(0, "日本"), (80, 24)) as (pilot, _, _):
        assert "日本" in await settled_text(pilot)


async def test_what_holds_tensors_shows_its_members(tmp_path: Path) -> None:
    async with opened(clinic(tmp_path / "log").path, 2, Key(0, "d")) as (pilot, _, _):
        text = await settled_text(pilot)
        assert "d['a[b]']  [1.0, 1.0]" in text
        assert "dict" in text


async def test_a_plain_value_has_facts_and_a_history(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 9, Key(0, "turn")) as (pilot, _, _):
        text = await settled_text(pilot)
        assert "0 → 1" in text
        assert "─ value ─" not in text


async def test_a_name_that_is_not_there_can_be_opened(tmp_path: Path) -> None:
    for key in (Key(0, "nothing"), Key(99, "x"), (-1, 4711)):
        async with opened(accumulation(tmp_path / "log").path, 2, key) as (pilot, _, _):
            assert "There is nothing of this name here." in await settled_text(pilot)


# History


async def test_enter_on_a_point_goes_to_its_step(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 8, X) as (pilot, screen, left):
        assert screen.query_one(HistoryPane).chosen == 7
        await pilot.press("down", "enter")
        assert left.results == [12]
        assert pilot.app.screen is not screen


async def test_the_chosen_point_is_first_the_one_that_still_holds(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 11, X) as (pilot, screen, _):
        assert screen.query_one(HistoryPane).chosen == 7
        assert "›▶    7" in await settled_text(pilot)


async def test_a_click_chooses_a_point_without_going_there(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 8, X) as (pilot, screen, left):
        await pilot.click(HistoryPane, offset=(10, 2))
        assert screen.query_one(HistoryPane).chosen == 2
        assert left.results == []


async def test_a_click_in_the_plot_chooses_the_point_there(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 2, X) as (pilot, screen, _):
        plot = screen.query_one("#plot")
        await pilot.click("#plot", offset=(plot.size.width, 3))
        assert screen.query_one(HistoryPane).chosen == 17


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_leaving_goes_nowhere(tmp_path: Path, key: str) -> None:
    async with opened(accumulation(tmp_path / "log").path, 8, X) as (pilot, _, left):
        await pilot.press("z", key)
        assert left.results == []
        await pilot.press(key)
        assert left.results == [None]


async def test_a_long_history_is_thinned_out_and_says_so(tmp_path: Path) -> None:
    tape = loop(tmp_path / "log", 3000)
    tape.end()
    async with opened(tape.path, 5000, Key(0, "total")) as (pilot, screen, _):
        assert "1,000 of 3,000 changes, evenly picked" in await settled_text(pilot)
        assert abs(int(str(screen.query_one(HistoryPane).chosen)) - 5000) <= 8


async def test_a_list_of_changes_has_old_and_new(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "n = 1\n", "n.py")
    for number in range(1, 4):
        tape.step(Kind.STATEMENT, 1, "n = 1", tape.tensor(number, float(number), 0.0), bind("n", number))
    tape.step(Kind.STATEMENT, 1, "n = 1", bind("n", whole("[b]")))
    tape.end()
    async with opened(tape.path, 3, Key(0, "n")) as (pilot, _, _):
        text = await settled_text(pilot)
        assert "[1.0, 0.0] → [2.0, 0.0]" in text
        assert "[3.0, 0.0] → '[b]'" in text


# Keys


async def test_y_copies_the_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with opened(accumulation(tmp_path / "log").path, 8, X) as (pilot, screen, _):
        await pilot.press("y")
        await until(pilot, lambda: bool(screen.query_one(BottomLine).note))
        assert screen.query_one(BottomLine).note == "Copied 1 line: torch.tensor(3.0, requires_grad=True)"
        assert pilot.app.clipboard == "torch.tensor(3.0, requires_grad=True)"


async def test_every_key_can_be_pressed_in_every_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with opened(values(tmp_path / "log", (2, 5, 5), *range(50)), 1, V) as (pilot, screen, _):
        for _ in range(4):
            keys = "v v z z y [ ] left right home end up down pageup pagedown".replace("[", "left_square_bracket")
            await pilot.press(*keys.replace("]", "right_square_bracket").split(), "tab")
            assert pilot.app.screen is screen


async def test_help_names_the_keys(tmp_path: Path) -> None:
    async with opened(accumulation(tmp_path / "log").path, 8, X) as (pilot, screen, _):
        await pilot.press("question_mark")
        assert [type(shown) for shown in pilot.app.screen_stack[-2:]] == [TensorScreen, Help]
        assert "Copy the value as code that rebuilds it" in await settled_text(pilot)
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_zoom_gives_one_part_all_the_room(tmp_path: Path) -> None:
    async with opened(values(tmp_path / "log", (5, 5), *range(25)), 1, V) as (pilot, _, _):
        await pilot.press("z")
        text = await settled_text(pilot)
        assert "─ value ─" in text
        assert "─ facts ─" not in text
        await pilot.press("tab")
        assert "─ histogram of value ─" in await settled_text(pilot)
        await pilot.press("z")
        assert "─ facts ─" in await settled_text(pilot)


# Bars and lines


def test_values_are_sorted_into_ranges_of_equal_width() -> None:
    found = bars([float(number) for number in range(20)] + [NAN, INF, -INF, NAN])
    assert [bar.amount for bar in found] == [2] * 10 + [1, 1, 2]
    assert found[0].label == "0.0 … 1.9"
    assert [bar.label for bar in found[10:]] == ["-inf", "inf", "nan"]


def test_a_few_whole_values_get_a_bar_each() -> None:
    assert bars([3, 1, 3, 3]) == [("1", 1), ("3", 3)]
    assert bars([True, False, True]) == [("False", 1), ("True", 2)]
    assert sum(bar.amount for bar in bars(list(range(100)))) == 100


@pytest.mark.parametrize("numbers", [[2.0, 2.0], [-1.7e308, 1.7e308], [5e-324, 0.0], [NAN], []])
def test_strange_values_have_bars_too(numbers: list[float]) -> None:
    assert sum(bar.amount for bar in bars(numbers)) == len(numbers)


def test_complex_numbers_have_no_order() -> None:
    assert bars([1j, 2j]) == []


def test_a_bar_is_as_long_as_its_share() -> None:
    assert bar_text(bars([1, 1])[0], 2, 4) == "████"
    assert bar_text(bars([1])[0], 2, 4) == "██"
    assert bar_text(bars([1])[0], 10_000, 4) == "▏"


def test_a_line_goes_from_the_lower_left_to_the_upper_right() -> None:
    assert line_plot([(1, 0.0), (5, 1.0)], 2, 1) == ["⡠⠊"]
    assert line_plot([(1, 1.0), (5, 0.0)], 2, 1) == ["⠑⢄"]


def test_the_highest_value_is_at_the_top() -> None:
    rows = line_plot([(0, 0.0), (10, 5.0), (20, 10.0)], 10, 5)
    assert rows[0].strip()
    assert rows[4].strip()
    assert rows[0].index(rows[0].strip()) > rows[4].index(rows[4].strip())


def test_what_is_not_finite_interrupts_the_line() -> None:
    (row,) = line_plot([(0, 1.0), (10, NAN), (20, 1.0)], 11, 1)
    assert row[0] != " "
    assert row[-1] != " "
    assert not row[1:-1].strip()


@pytest.mark.parametrize("numbers", [[NAN], [INF, -INF], [1.0], [-1.7e308, 1.7e308], [0.0, 0.0]])
def test_any_points_can_be_drawn(numbers: list[float]) -> None:
    rows = line_plot(list(enumerate(numbers)), 6, 3)
    assert [len(row) for row in rows] == [6, 6, 6]


def test_the_mark_is_below_the_point() -> None:
    rows = line_plot([(0, 0.0), (7, NAN), (13, 1.0)], 20, 1)
    assert [column_of(step, 0, 13, 20) for step in (0, 13)] == [0, 19]
    assert rows[0][0] != " " != rows[0][19]
    assert column_of(5, 5, 5, 20) == 0
