"""What can be done in the panes of the stepper: following, finding, folding, opening, copying, playing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recorder.record import Children
from tutor.lesson.reading import read_program
from tutor.recorder.process import Request
from tutor.recording.format import Change, Kind
from tutor.tui.app import Settings, TutorApp
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.screens.terms import Terms
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.pane import Pane
from tutor.tui.widgets.panes import Panes
from tutor.tui.widgets.program_pane import ProgramPane
from tutor.tui.widgets.tensors_pane import TensorsPane
from tutor.tui.widgets.time_line import TimeLine
from tutor.tui.widgets.welcome import Welcome

from .looking import app_of, at, screen_text, stepping, until
from .tape import Growing, Tape, accumulation, bind, clinic, floats, loop, turn, whole


def note(screen: StepperScreen) -> str:
    return screen.query_one(BottomLine).note


# Following


async def test_a_followed_name_is_marked_and_braces_go_to_its_changes(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 4)
        await pilot.press("2", "up", "up", "up", "f", "tab")
        await pilot.pause()
        assert "◆● x " in screen_text(app_of(pilot))
        visited = []
        for _ in range(3):
            await pilot.press("right_curly_bracket")
            visited.append(screen.number)
        assert visited == [7, 12, 17]
        await pilot.press("right_curly_bracket")
        assert note(screen) == "x does not change any more."
        await pilot.press("left_curly_bracket", "left_curly_bracket", "left_curly_bracket", "left_curly_bracket")
        assert note(screen) == "x did not change before."
        assert screen.number == 2
        await pilot.press("f")
        assert note(screen) == "x is not followed any more."
        assert "◆" not in screen_text(app_of(pilot))


async def test_a_click_on_a_name_follows_it_and_its_graph_is_shown(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 15)
        row = next(y for y, line in enumerate(screen_text(app_of(pilot)).split("\n")) if "○ 日本" in line)
        await pilot.click(offset=(60, row))
        assert note(screen).startswith("Following 日本")
        await pilot.press("1")
        await pilot.pause()
        assert "◆○ 日本" in screen_text(app_of(pilot))


async def test_a_result_without_a_name_is_not_followed(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 6)
        await pilot.press("2")
        pane = screen.query_one(TensorsPane)
        pane.choose(next(row for row in range(1, 9) if isinstance(key := pane.key_of(row), tuple) and key[0] == -1))
        await pilot.press("f")
        assert note(screen).startswith("A result without a name cannot be followed")


# Rows


async def test_arrows_choose_rows_in_a_pane_and_lines_in_the_program(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 5)
        await pilot.press("2", "up", "up")
        assert screen.number == 5
        pane = screen.query_one(TensorsPane)
        assert pane.chosen == (0, "x")
        await pilot.press("down")
        assert pane.chosen == (0, "y")
        await pilot.press("right", "right", "right")
        assert pane.chosen == (0, "y")
        await pilot.press("1", "up")
        assert screen.number == 5


async def test_members_fold_under_what_they_belong_to(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 5)
        text = screen_text(app_of(pilot))
        assert "▾ d " in text
        assert "['a[b]'] [1.0, 1.0]" in text
        await pilot.press("2", "up", "up", "up", "up", "enter")
        await pilot.pause()
        text = screen_text(app_of(pilot))
        assert "▸ d " in text
        assert "['a[b]'] [1.0" not in text
        await at(pilot, screen, 15)
        assert "→ 1 changed" in screen_text(app_of(pilot))
        await pilot.press("enter")
        await pilot.pause()
        assert "['a[b]'] [1.0, 1.0]" in screen_text(app_of(pilot))


async def test_many_members_begin_folded(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "make()\n")
    changes = [bind("net", ["Net", None, "Net of 20"])]
    for number in range(1, 21):
        changes += [tape.tensor(number, float(number), requires_grad=True), bind(f"net.w{number}", number)]
    tape.step(Kind.STATEMENT, 1, "make()", *changes)
    tape.end()
    async with stepping(tape.path) as (pilot, _):
        text = screen_text(app_of(pilot))
        assert "▸ net " in text
        assert "Net of 20" in text
        assert "w7" not in text


async def test_shared_memory_and_second_names_are_said(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "make()\n")
    base = tape.tensor(1, 1.0, 2.0)
    view = tape.tensor(2, 1.0, 2.0)
    view[4] = base[4]
    tape.step(Kind.STATEMENT, 1, "make()", base, view, bind("x", 1), bind("v", 2), bind("again", 1))
    tape.step(Kind.STATEMENT, 1, "make()")
    tape.end()
    async with stepping(tape.path, size=(200, 40)) as (pilot, screen):
        await at(pilot, screen, 2)
        lines = screen_text(app_of(pilot)).split("\n")
        row = {name: next(line for line in lines if f"○ {name} " in line) for name in ("x", "v", "again")}
        assert "shares x" in row["v"]
        assert "is x" in row["again"]
        assert "shares" not in row["x"]


# Finding


async def test_finding_goes_from_place_to_place(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 3)
        await pilot.press("slash", *"x.grad", "enter")
        await until(pilot, lambda: bool(note(screen)))
        assert note(screen) == "“x.grad”: line 17, 1 of 1. n next, N before, escape ends."
        assert screen.number == 18
        await pilot.press("slash", "backspace", "backspace", "backspace", "backspace", "backspace", "enter")
        assert screen.number == 18
        steps = []
        for _ in range(4):
            await pilot.press("n")
            steps.append(screen.number)
        assert steps == [2, 2, 4, 18]
        await pilot.press("N")
        assert screen.number == 4
        await pilot.press("escape", "n")
        assert screen.number == 5


async def test_what_stands_nowhere_is_said(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await pilot.press("slash", "enter")
        assert "Type what you look for" in screen_text(app_of(pilot))
        await pilot.press(*"nowhere", "enter")
        assert "This stands nowhere" in screen_text(app_of(pilot))
        await pilot.press("escape")
        assert app_of(pilot).screen is screen
        assert screen.number == 1


async def test_a_line_that_never_ran_is_found(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "import torch\nif False:\n    unreached = 1\n")
    tape.step(Kind.STATEMENT, 1, "import torch")
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        await pilot.press("slash", *"UNREACHED", "enter")
        await until(pilot, lambda: "has not run" in note(screen))
        assert screen.number == 1


# Playing


async def test_playing_goes_on_by_itself_until_a_key_stops_it(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await pilot.press("space")
        await until(pilot, lambda: screen.number >= 3)
        await pilot.press("left")
        number = screen.number
        assert screen._player is None
        await pilot.press("end", "space")
        assert screen._player is None
        assert note(screen) == "This is the last step."
        assert number < 18


# Words, copying, layout


async def test_terms_explain_what_is_on_the_screen(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 12)
        await pilot.press("3", "t")
        assert isinstance(pilot.app.screen, Terms)
        text = screen_text(app_of(pilot))
        assert "One recorded operation in the graph" in text
        await pilot.press("escape")
        assert app_of(pilot).screen is screen


async def test_the_term_under_the_mouse_is_explained(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 5)
        lines = screen_text(app_of(pilot)).split("\n")
        row = next(y for y, line in enumerate(lines) if "PowBackward0" in line)
        await pilot.hover(offset=(lines[row].index("PowBackward0") + 2, row))
        assert "node: One recorded operation" in str(screen.query_one(TensorsPane).tooltip)
        await pilot.hover(offset=(60, row + 5))
        assert screen.query_one(TensorsPane).tooltip is None


async def test_y_copies_the_value_as_code_and_the_expression(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        await at(pilot, screen, 5)
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard == "y.backward()")
        await pilot.press("2", "up", "up", "y")
        await until(pilot, lambda: pilot.app.clipboard == "torch.tensor(3.0, requires_grad=True)")
        assert note(screen).startswith("Copied")


async def test_the_panel_of_the_last_time_is_shown_again_and_the_welcome_only_once(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=(80, 24)) as (pilot, screen):
        assert screen.query(Welcome)
        await pilot.press("right", "4")
        await until(pilot, lambda: not screen.query(Welcome))
    async with stepping(tmp_path / "log", size=(80, 24)) as (pilot, screen):
        assert not screen.query(Welcome)
        assert "[why]" in screen_text(app_of(pilot))


async def test_the_last_line_says_what_the_keys_do_in_the_present_pane(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        assert "↑ ↓ line" in screen_text(app_of(pilot))
        await pilot.press("2")
        await pilot.pause()
        assert "↑ ↓ row   enter open   f follow   { } changes   y copy" in screen_text(app_of(pilot))
        assert screen.query_one(Panes).present == "tensors"


@pytest.mark.parametrize("pane", ["1", "2", "3", "4", "5"])
async def test_a_zoomed_pane_has_a_narrow_terminal_to_itself(tmp_path: Path, pane: str) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=(80, 24)) as (pilot, screen):
        await at(pilot, screen, 12)
        await pilot.press(pane, "z")
        await pilot.pause()
        shown = [widget for widget in screen.query(Pane) if widget.display]
        assert [widget.id for widget in shown] == [screen.query_one(Panes).present]
        assert shown[0].size.height >= 19
        await pilot.press("z")
        await pilot.pause()
        assert sum(widget.display for widget in screen.query(Pane)) == 2


async def test_a_lesson_begins_with_its_prose(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=(80, 18)) as (pilot, _):
        assert "\n Gradients add up\n" in screen_text(app_of(pilot))
        await pilot.press("right")
        await pilot.pause()
        assert "▶ 13 x = torch.tensor" in screen_text(app_of(pilot))


async def test_an_array_that_changed_shows_old_and_new(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "t *= 10\n")
    old, new = (["ndarray", None, "ndarray of shape (1,)", ["float32", [1], floats(value)]] for value in (1.5, 15.0))
    tape.step(Kind.STATEMENT, 1, "t *= 10", bind("a", old))
    tape.step(Kind.STATEMENT, 1, "t *= 10", bind("a", new))
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        await at(pilot, screen, 2)
        assert "[1.5] → [15.0]" in screen_text(app_of(pilot))


async def test_the_loss_is_drawn_up_to_the_present_step(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "loss.backward()\n")
    for number, value in enumerate((4.0, 2.0, 1.0), 1):
        made = tape.node(number, "MulBackward0", [])
        tape.step(Kind.OPERATION, 1, "loss", made, tape.tensor(number, value, node=number), detail=[[], number, None])
        detail = [[number], None, None]
        tape.step(Kind.OPERATION, 1, "loss.backward()", name="backward", detail=detail)
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        await at(pilot, screen, 4)
        line = screen.query_one(TimeLine).render_line(1).text
        assert "loss █▃▁ 2.0" in line
        await at(pilot, screen, 6)
        assert "loss █▃▁ 1.0" in screen.query_one(TimeLine).render_line(1).text


async def test_the_time_line_can_be_drawn_while_a_recording_grows(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "for turn in range(9):\n")
    for number in range(1, 3):
        tape.step(Kind.STATEMENT, 1, "for turn in range(9):", turn(1, number))
    growing = Growing(tape)
    async with stepping(growing, ended=False) as (pilot, screen):
        await until(pilot, lambda: screen.number == 1)
        line = screen.query_one(TimeLine)
        for number in range(3, 30):
            tape.step(Kind.STATEMENT, 1, "for turn in range(9):", turn(1, number))
        growing.pump()
        screen.index.follow()
        assert "●" in line.render_line(1).text
        tape.end()
        await until(pilot, lambda: screen.ended)


async def test_lines_where_grad_was_off_and_lines_that_call_are_marked(tmp_path: Path) -> None:
    source = "def f():\n    a = 1\n    b = 2\n\n\nf()\n"
    tape = Tape(tmp_path / "log", source)
    tape.step(Kind.STATEMENT, 1, "def f()")
    tape.step(Kind.STATEMENT, 2, "a = 1", [Change.OPEN, 9, "f", 6], bind("a", whole(1), 9), function="f", flags=0)
    tape.step(Kind.STATEMENT, 3, "b = 2", bind("b", whole(2), 9), function="f")
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        await at(pilot, screen, 3)
        text = screen_text(app_of(pilot))
        assert "2╎    a = 1" in text
        assert "3     b = 2" in text
        assert "▷ 6 f()" in text
        assert "in f, called in line 6" in text


# Recording further


async def test_a_recording_stopped_by_a_limit_goes_further_on_a_key(tmp_path: Path) -> None:
    path = tmp_path / "count.py"
    path.write_text("n = 0\nfor i in range(30):\n    n = n + i\n")
    app = TutorApp(read_program(path), Settings(max_steps=20, timeout=50))
    async with app.run_test(size=(120, 36)) as pilot:
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        await until(pilot, lambda: screen.ended, seconds=60)
        assert screen.recording.count == 20
        await pilot.press("end", "m")
        await until(pilot, lambda: screen.ended and screen.recording.count > 20, seconds=60)
        assert screen.recording.end is not None
        assert screen.recording.end.how == "finished"
        await until(pilot, lambda: screen.number == 20)
        await pilot.press("m")
        assert note(screen) == "The recording goes to the end of the program; there is nothing more."


async def test_playing_ends_when_another_screen_is_opened(tmp_path: Path) -> None:
    tape = loop(tmp_path / "log", 50)
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        await pilot.press("space", "colon")
        await pilot.press("escape")
        assert screen._player is None
        assert screen.query_one(ProgramPane).code_lines[3] == "    total = total + i"


# Reading


LONG = """\
# %% [raw] tutor="lesson"
# title = "Long prose"

# %% [markdown]
{before}

# %%
x = 1
y = x + 1

# %% [markdown]
{between}

# %%
z = y + 1
print(z)

# %% [markdown]
{after}
"""
"""A lesson whose prose has room on no screen."""


def words(name: str, count: int) -> str:
    """Prose of words that are told apart."""
    return "\n".join(f"# {name}{number}a {name}{number}b {name}{number}c" for number in range(count))


@pytest.mark.parametrize("key", ["right", "down", "n"])
@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 36)])
async def test_no_prose_goes_by_unread(
    tmp_path: Path, children_in_turn: Children, size: tuple[int, int], key: str
) -> None:
    path = tmp_path / "01_long.py"
    path.write_text(LONG.format(before=words("b", 90), between=words("m", 100), after=words("e", 110)))
    program = read_program(path)
    saved = children_in_turn.save(Request.of(program), tmp_path / "it.recording")
    async with stepping(saved, program, size=size) as (pilot, screen):
        seen = [screen_text(pilot.app)]
        while len(seen) < 2 or seen[-1] != seen[-2]:
            await pilot.press(key)
            await pilot.pause()
            seen.append(screen_text(pilot.app))
        assert screen.number == screen.recording.count
    asked = f"{words('b', 90)} {words('m', 100)} {words('e', 110)}".replace("#", "")
    assert [word for word in asked.split() if not any(word in each for each in seen)] == []
