"""Walking: keys, the mouse, growing and damaged recordings, resizing."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.explain.notes import Note, Notes
from tutor.recording.format import Kind
from tutor.recording.log import DamagedError
from tutor.tui.keys import STEPPER
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.panes import Panes
from tutor.tui.widgets.program_pane import ProgramPane
from tutor.tui.widgets.tensors_pane import TensorsPane
from tutor.tui.widgets.time_line import TimeLine

from .looking import app_of, at, screen_text, stepping, until
from .tape import Growing, Tape, accumulation, clinic, empty, loop, loop_turn


def note(screen: StepperScreen) -> str:
    return screen.query_one(BottomLine).note


@pytest.mark.parametrize(
    ("key", "start", "reached"),
    [
        ("right", 4, 5),
        ("l", 4, 5),
        ("left", 4, 3),
        ("h", 4, 3),
        ("down", 5, 8),
        ("j", 3, 4),
        ("up", 8, 5),
        ("k", 4, 3),
        ("right_square_bracket", 6, 11),
        ("left_square_bracket", 11, 6),
        ("n", 5, 8),
        ("o", 6, 8),
        ("home", 9, 1),
        ("end", 9, 18),
    ],
)
async def test_a_key_moves(tmp_path: Path, key: str, start: int, reached: int) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, start)
        await pilot.press(key)
        assert screen.number == reached
        assert not note(screen)


@pytest.mark.parametrize(
    ("key", "start", "reason"),
    [
        ("right", 18, "This is the last step."),
        ("left", 1, "This is the first step."),
        ("down", 18, "No other line runs after this one."),
        ("up", 1, "No other line ran before this one."),
        ("right_square_bracket", 1, "No loop is running here; ] and [ go from turn to turn of a loop."),
        ("right_square_bracket", 15, "This is the last turn of the loop in line 14."),
        ("left_square_bracket", 4, "This is the first turn of the loop in line 14."),
        ("n", 18, "No other line runs after this one."),
        ("o", 4, "This step is not inside a function or a backward call."),
        ("home", 1, "This is the first step."),
        ("end", 18, "This is the last step."),
        ("s", 4, "Nothing is being recorded any more."),
        ("m", 4, "This is a saved recording; it cannot be recorded further from here."),
        ("N", 4, "Nothing is looked for; / finds a text."),
        ("f", 4, "Choose a name in tensors first (press 2), then f follows it."),
        ("right_curly_bracket", 4, "Choose a name in tensors first (press 2); } and { go to its changes."),
        ("enter", 4, "Enter opens a row of tensors (2) or graph (3); go there first."),
    ],
)
async def test_a_key_that_can_do_nothing_says_why(tmp_path: Path, key: str, start: int, reason: str) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, start)
        await pilot.press(key)
        assert screen.number == start
        assert note(screen) == reason
        await pilot.press("right" if start < 18 else "left")
        assert not note(screen)


async def test_every_key_of_the_stepper_can_be_pressed(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path) as (pilot, screen):
        for binding in STEPPER:
            for key in binding.key.split(","):
                if binding.action in ("leave", "escape"):
                    continue
                await pilot.press(key)
                if pilot.app.screen is not screen:
                    await pilot.press("escape")
                assert pilot.app.screen is screen


@pytest.mark.parametrize("key", ["down", "n"])
async def test_going_by_lines_stops_at_an_error(tmp_path: Path, key: str) -> None:
    tape = Tape(tmp_path / "log", "first()\nsecond()\n")
    tape.step(Kind.STATEMENT, 1, "first()")
    tape.step(Kind.ERROR, 1, "first()", name="ValueError", detail=["no", "ValueError", ""])
    tape.step(Kind.STATEMENT, 2, "second()")
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        await pilot.press(key)
        assert screen.number == 2
        await pilot.press(key)
        assert screen.number == 3


async def test_a_loop_that_an_error_left_does_not_say_how_many_turns_it_has(tmp_path: Path) -> None:
    tape = loop(tmp_path / "log", 2)
    tape.step(Kind.ERROR, 3, "total + i", name="ValueError", detail=["no", "ValueError", ""])
    tape.end("raised", "ValueError: no")
    async with stepping(tape.path) as (pilot, screen):
        await at(pilot, screen, 4)
        assert "turn 2 ·" in screen_text(app_of(pilot))


async def test_escape_leaves_one_thing_at_a_time(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await pilot.press("z", "slash", "x", "enter", "escape")
        assert screen.query_one(Panes).zoomed
        await pilot.press("escape")
        assert not screen.query_one(Panes).zoomed
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.is_running)


async def test_q_leaves(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, _):
        await pilot.press("z", "q")
        await until(pilot, lambda: not pilot.app.is_running)


@pytest.mark.parametrize(
    ("answer", "reached"), [("7", 7), ("+3", 7), ("-2", 2), ("-99", 1), ("+99", 18), ("line 16", 5), ("L17", 18)]
)
async def test_go_to_takes_steps_and_lines(tmp_path: Path, answer: str, reached: int) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 4)
        await pilot.press("colon", *answer, "enter")
        await pilot.pause()
        assert screen.number == reached


@pytest.mark.parametrize(
    ("answer", "problem"),
    [("19", "There is no step 19; the last is 18."), ("x[0]", "Type a number, for example 12."), ("l2", "Line 2 has")],
)
async def test_go_to_says_what_is_wrong(tmp_path: Path, answer: str, problem: str) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await pilot.press("colon", *answer, "enter")
        await pilot.pause()
        assert problem in screen_text(app_of(pilot))
        await pilot.press("3", "enter")
        assert screen.number == 3


async def test_a_click_on_a_line_goes_to_where_it_runs_next(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        lines = screen_text(app_of(pilot)).split("\n")
        row = next(number for number, line in enumerate(lines) if "y = x**2" in line)
        await pilot.click(offset=(14, row))
        assert screen.number == 4
        row = next(number for number, line in enumerate(screen_text(app_of(pilot)).split("\n")) if "12" in line[:8])
        await pilot.click(offset=(14, row))
        assert note(screen) == "Line 12 does not run."
        screen.post_message(ProgramPane.LineChosen(13))
        await pilot.pause()
        assert screen.number == 2
        assert note(screen) == "Line 13 does not run again; this is where it ran last."


async def test_a_click_on_the_time_line_goes_there(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await pilot.click(TimeLine, offset=(118, 1))
        assert screen.number == 18
        await pilot.click(TimeLine, offset=(1, 1))
        assert screen.number == 1


async def test_a_recording_without_steps(tmp_path: Path) -> None:
    async with stepping(empty(tmp_path / "log").path) as (pilot, screen):
        for binding in STEPPER[:11]:
            await pilot.press(binding.key.split(",")[0])
        assert screen.number == 0
        assert note(screen) == "There are no steps."
        await pilot.press("colon")
        assert note(screen) == "There are no steps to go to."
        assert "Nothing to step through." in screen_text(app_of(pilot))


async def test_a_thousand_steps_at_random(tmp_path: Path) -> None:
    tape = loop(tmp_path / "log", 500)
    tape.end()
    chosen = random.Random(1)
    async with stepping(tape.path) as (pilot, screen):
        for _ in range(60):
            number = chosen.randint(1, 1000)
            await at(pilot, screen, number)
            turn = (number + 1) // 2
            text = screen_text(app_of(pilot))
            assert f"step {number:,}/1,000 · turn {turn} of 500" in text
            assert f"↻ {turn}/500" in text


async def test_resizing_keeps_the_position(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 15)
        for width, height in ((80, 24), (60, 18), (59, 17), (200, 60), (100, 18), (120, 36)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            text = screen_text(app_of(pilot))
            if (width, height) == (59, 17):
                assert "too small" in text
            else:
                assert "▶ 16 q.backward()" in text
        assert screen.number == 15


async def test_text_like_markup_is_shown_as_it_is(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path, size=(200, 60)) as (pilot, screen):
        await at(pilot, screen, 17)
        text = screen_text(app_of(pilot))
        for literal in ("d['a[b]']", "'[/] x[0] [red]'", "[bold]q[/bold] ␛[31m tensor(14.", "second time [/nope]"):
            assert literal in text


async def test_a_tensor_named_with_brackets_shows_literally(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "make()\n")
    tape.step(0, 1, "make()", tape.tensor(1, 2.0), [1, 0, "a[b]", 1])  # type: ignore[arg-type]
    tape.end()
    async with stepping(tape.path) as (_, screen):
        pane = screen.query_one(TensorsPane)
        assert pane.draw_row(1, 60).plain.startswith("○ a[b] → 2.0")


async def test_wide_characters_keep_the_ruler_below_the_expression(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 5)
        pane = screen.query_one(ProgramPane)
        line, ruler = pane.draw_row(9, 60), pane.draw_row(10, 60)
        assert line[: line.plain.index("日本 + 1")].cell_length == len(ruler.plain) - len(ruler.plain.lstrip())
        assert ruler.plain.strip() == "‾" * 8


async def test_the_learner_walks_while_the_recording_grows(tmp_path: Path) -> None:
    source = Growing(loop(tmp_path / "log", 2))
    async with stepping(source, ended=False) as (pilot, screen):
        await until(pilot, lambda: screen.number == 1)
        assert "recording" in screen_text(app_of(pilot))
        await pilot.press("end", "right")
        assert note(screen).startswith("The program is still being recorded")
        before = screen.number
        for number in range(3, 8):
            loop_turn(source.tape, number)
        await until(pilot, lambda: screen.recording.count > 10)
        assert screen.number == before
        await pilot.press("right")
        assert screen.number == before + 1
        source.tape.end()
        await until(pilot, lambda: screen.ended)
        await pilot.pause()
        assert f"step {before + 1}/14" in screen_text(app_of(pilot))
    assert source.closed


@pytest.mark.parametrize("key", ["s", "x"])
async def test_the_stop_key_keeps_what_was_recorded(tmp_path: Path, key: str) -> None:
    source = Growing(loop(tmp_path / "log", 5))
    async with stepping(source, ended=False) as (pilot, screen):
        await until(pilot, lambda: screen.number == 1)
        await pilot.press(key)
        await until(pilot, lambda: screen.ended)
        assert source.stopped == "stopped by you"
        await pilot.press("end")
        await pilot.pause()
        text = screen_text(app_of(pilot))
        assert "The recording ends here: stopped by you." in text
        assert "stopped · step 9/9" in text


@pytest.mark.parametrize(
    ("how", "reason"), [("raised", "the process was killed by SIGKILL"), ("stopped", "stopped after 1 seconds")]
)
async def test_an_end_without_an_error_step_is_told(tmp_path: Path, how: str, reason: str) -> None:
    tape = loop(tmp_path / "log", 5)
    tape.end(how, reason)
    async with stepping(tape.path) as (pilot, _):
        await pilot.press("end")
        await pilot.pause()
        assert f"The recording ends here: {reason}." in screen_text(app_of(pilot))


def broken_pump(source: Growing) -> Callable[[float | None], bool]:
    def pump(seconds: float | None = None) -> bool:
        if not source.recording.count:
            return Growing.pump(source, seconds)
        raise DamagedError("the recording is damaged at byte 7 [x]. Record it again.")

    return pump


async def test_a_damaged_recording_is_told_and_the_program_goes_on(tmp_path: Path) -> None:
    source = Growing(loop(tmp_path / "log", 5))
    source.pump = broken_pump(source)  # type: ignore[assignment,method-assign]
    async with stepping(source) as (pilot, screen):
        assert "damaged at byte 7 [x]" in screen_text(app_of(pilot))
        await at(pilot, screen, 3)
        text = screen_text(app_of(pilot))
        assert "damaged · step 3" in text
        assert "↻ 2" in text


async def test_prose_below_code_is_hidden_until_the_code_has_run(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 17)
        text = screen_text(app_of(pilot))
        assert "It is 18" not in text
        assert "#> …" in text
        assert "#?" not in text
        assert 'type = "number"' not in text
        await pilot.press("right")
        await pilot.pause()
        text = screen_text(app_of(pilot))
        assert "It is 18, which is 6 + 6 + 6." in text
        assert "#> tensor(18.)" in text


async def test_the_palette_has_every_action(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        commands = {command.title: command for command in app_of(pilot).get_system_commands(screen)}
        assert {binding.description for binding in STEPPER} <= commands.keys()
        assert "Open 08 Gradients add up" in commands
        commands["Last step"].callback()
        await until(pilot, lambda: screen.number == 18)


def noting(monkeypatch: pytest.MonkeyPatch, *steps: int) -> None:
    """Every recording has notes at these steps."""
    found = [Note("not-a-number", step, 2, (), f"Something at step {step}.", "It matters.", None) for step in steps]
    monkeypatch.setattr(Notes, "all", lambda self: found)


async def test_a_key_goes_from_note_to_note_and_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noting(monkeypatch, 4, 9)
    tape = loop(tmp_path / "log", 10)
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        for step, said in ((4, "Note 1 of 2: Something at step 4."), (9, "Note 2 of 2: Something at step 9.")) * 2:
            await pilot.press("exclamation_mark")
            await until(pilot, lambda said=said: note(screen) == said)  # type: ignore[misc]
            assert screen.number == step
        marks = screen_text(app_of(pilot)).split("\n")[-4]
        assert marks.count("!") == 2


async def test_without_notes_the_key_says_so(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await until(pilot, lambda: screen._takings.notes.followed == screen.recording.count)
        await pilot.press("exclamation_mark")
        assert note(screen) == "No notes."


@pytest.mark.parametrize("width", [60, 66, 70, 80, 120])
async def test_the_last_line_always_names_the_key_for_help(tmp_path: Path, width: int) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=(width, 18)) as (pilot, _):
        for key in "12345":
            await pilot.press(key)
            await pilot.pause()
            last = screen_text(app_of(pilot)).rstrip("\n").split("\n")[-1]
            assert "? help" in last
            assert len(last) <= width - 1
