"""Two recordings side by side: what is seen, where the keys lead, and what is waited for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.widgets import Input

from tests.recorder.record import Children
from tutor.lesson.reading import read_program
from tutor.recording.format import Kind
from tutor.recording.log import DamagedError
from tutor.tui import start
from tutor.tui.app import TutorApp
from tutor.tui.keys import COMPARE
from tutor.tui.screens.compare import NOT_YET, CompareScreen
from tutor.tui.screens.compare_with import CompareWith
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.compared_pane import ComparedPane
from tutor.tui.widgets.compared_program import ComparedProgram

from .compared import TRAINING, comparing, recorded
from .looking import app_of, check_golden, screen_text, stepping, until
from .tape import Growing, Tape, accumulation, bind, empty, loop, loop_turn, whole

WIDE, NARROW = (120, 36), (80, 24)


@pytest.fixture(scope="module")
def runs(children_in_turn: Children, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Saved recordings of real runs."""
    return recorded(children_in_turn, tmp_path_factory.mktemp("runs"))


def note(screen: CompareScreen) -> str:
    return screen.query_one(BottomLine).note


def names(screen: CompareScreen) -> str:
    return screen.query_one(ComparedPane).text()


def lines(screen: CompareScreen) -> tuple[int, int]:
    """The lines that the two runs are on."""
    assert screen.alignment is not None
    place = screen.alignment.places[screen.place]
    one, other = screen.recordings
    return one.site(place.one).line, other.site(place.other).line


# What is seen


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("key", ["f", "s"])
async def test_the_first_differences_of_two_programs(runs: dict[str, Path], size: tuple[int, int], key: str) -> None:
    async with comparing(runs["training"], runs["forgotten"], size=size) as (pilot, _):
        await pilot.press("end", key)
        await check_golden(pilot, f"compare-{'line' if key == 'f' else 'state'}-{size[0]}")


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_two_runs_of_one_program_share_one_pane(runs: dict[str, Path], size: tuple[int, int]) -> None:
    titles = "seed 0", "seed 5"
    async with comparing(runs["drawn"], runs["again"], titles, size=size) as (pilot, screen):
        await pilot.press("f")
        await check_golden(pilot, f"compare-alike-{size[0]}")
        assert not screen.query_one("#second").display


async def test_it_begins_where_the_runs_first_part(runs: dict[str, Path]) -> None:
    async with comparing(runs["training"], runs["forgotten"]) as (pilot, screen):
        assert lines(screen) == (6, 5)
        text = screen_text(app_of(pilot))
        assert "first different line 6, turn 1 · first different state: w.grad, line 7, turn 2" in text
        assert re.search("2 without zero_grad .* stands still", text)
        assert "It does not come by here; it stands after line 5." in text


async def test_it_begins_at_the_step_that_is_asked_for(runs: dict[str, Path]) -> None:
    async with comparing(runs["training"], runs["forgotten"], step=3) as (_, screen):
        assert lines(screen) == (4, 4)


async def test_a_difference_is_a_sign_and_not_a_colour_alone(runs: dict[str, Path]) -> None:
    async with comparing(runs["training"], runs["forgotten"]) as (pilot, screen):
        await pilot.press("s")
        await until(pilot, lambda: "≠ w " in names(screen))
        row = next(line for line in names(screen).split("\n") if line.startswith("≠"))
        assert [cell.split() for cell in row.split("│")] == [["≠", "w"], ["●", "1.4", "None"], ["●", "1.4", "-4.0"]]
        assert "1 name differs" in screen_text(app_of(pilot))


async def test_numbers_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    def run(name: str, value: float) -> Path:
        tape = Tape(tmp_path / name, "x = 1\ny = 2\n")
        tape.step(Kind.STATEMENT, 1, "x = 1", tape.tensor(1, value, 1.0), bind("x", 1))
        tape.step(Kind.STATEMENT, 2, "y = 2", bind("y", whole(value)))
        tape.end()
        return tape.path

    async with comparing(run("one", 1.4), run("other", 1.4000001)) as (pilot, screen):
        await pilot.press("end")
        await until(pilot, lambda: "y" in names(screen))
        assert "#0: 1.39999998" in names(screen)
        assert "#0: 1.4000001" in names(screen)
        assert "1.4000001" in names(screen).split("\n")[-1]


@pytest.mark.parametrize("size", [(59, 30), (100, 17)])
async def test_a_terminal_too_small_says_so(runs: dict[str, Path], size: tuple[int, int]) -> None:
    async with comparing(runs["training"], runs["forgotten"], size=size) as (pilot, _):
        text = screen_text(app_of(pilot))
        assert "This terminal is too small; tutor needs 60 x 18." in text
        assert "import torch" not in text


# Keys


async def test_keys_move_both_runs(runs: dict[str, Path]) -> None:
    async with comparing(runs["training"], runs["forgotten"], step=1) as (pilot, screen):
        seen = []
        for key in ("right", "right", "right", "right", "right", "right", "left", "]", "[", "end", "[", "home"):
            await pilot.press({"]": "right_square_bracket", "[": "left_square_bracket"}.get(key, key))
            seen.append(lines(screen))
        # A run without zero_grad stands on line 5 while the other is on line 6.
        assert seen[:7] == [(3, 3), (4, 4), (5, 5), (6, 5), (7, 6), (8, 7), (7, 6)]
        assert seen[7:9] == [(7, 6), (7, 6)]
        assert seen[9:] == [(10, 9), (10, 9), (1, 1)]


async def test_lines_pass_over_calls(runs: dict[str, Path]) -> None:
    async with comparing(runs["drawn"], runs["again"], step=1) as (pilot, screen):
        seen = []
        for key in ("down", "down", "down", "down", "down"):
            await pilot.press(key)
            seen.append(lines(screen)[0])
        assert seen == [3, 4, 7, 12, 13]
        await pilot.press("up", "up")
        assert lines(screen)[0] == 7


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (["end", "right"], "Both runs end here."),
        (["home", "left"], "This is the first step."),
        (["home", "up"], "No other line ran before this one."),
        (["end", "down"], "No other line runs after this one."),
        (["home", "right_square_bracket"], "No loop is running here; ] and [ go from turn to turn of a loop."),
        (["end", "right_square_bracket"], "This is the last turn of the loop."),
        (["x"], "Nothing is being recorded any more."),
    ],
)
async def test_a_key_that_can_do_nothing_says_why(runs: dict[str, Path], keys: list[str], reason: str) -> None:
    async with comparing(runs["training"], runs["forgotten"]) as (pilot, screen):
        await pilot.press(*keys)
        assert note(screen) == reason


async def test_runs_that_are_the_same_say_so(runs: dict[str, Path]) -> None:
    async with comparing(runs["training"], runs["training"]) as (pilot, screen):
        assert screen.place == 0
        assert "no different line · no different state" in screen_text(app_of(pilot))
        await pilot.press("f")
        assert note(screen) == "The runs go through the same lines, from the first to the last."
        await pilot.press("s")
        assert note(screen) == "Every name that both runs have is the same, wherever both come by."


async def test_a_line_that_was_rewritten_says_so(tmp_path: Path) -> None:
    def run(name: str, source: str) -> Path:
        tape = Tape(tmp_path / name, source)
        for line, text in enumerate(source.split("\n")[:-1], 1):
            if text:
                tape.step(Kind.STATEMENT, line, text)
        tape.end()
        return tape.path

    async with comparing(run("one", "a = 1\nb = 2\n"), run("other", "\na = 1\nb = 3\n")) as (pilot, screen):
        await pilot.press("f")
        assert lines(screen) == (2, 3)
        assert note(screen) == "Line 2 of run 1, 3 of run 2, is not written alike in the two programs."


async def test_only_what_differs(runs: dict[str, Path]) -> None:
    async with comparing(runs["training"], runs["forgotten"]) as (pilot, screen):
        await pilot.press("s")
        await until(pilot, lambda: "≠ w " in names(screen))
        assert "loss" in names(screen)
        await pilot.press("d")
        assert "loss" not in names(screen)
        assert "≠ w " in names(screen)
        await pilot.press("home")
        await until(pilot, lambda: "Nothing differs here." in names(screen))
        await pilot.press("d", "s")
        await until(pilot, lambda: "loss" in names(screen))


async def test_a_clicked_line_is_gone_to(runs: dict[str, Path]) -> None:
    async with comparing(runs["training"], runs["forgotten"], step=1) as (pilot, screen):
        await pilot.click("#first", offset=Offset(10, 9))
        await pilot.pause()
        assert lines(screen)[0] == 8


async def test_every_key_can_be_pressed_anywhere(runs: dict[str, Path]) -> None:
    async with comparing(runs["drawn"], runs["forgotten"]) as (pilot, screen):
        for binding in COMPARE:
            if binding.action == "leave":
                continue
            await pilot.press(binding.key.split(",")[0])
            if binding.action == "help":
                assert "Keys" in screen_text(app_of(pilot))
                await pilot.press("escape")
            assert pilot.app.screen is screen


async def test_leaving_closes_both(tmp_path: Path) -> None:
    sources = Growing(accumulation(tmp_path / "one")), Growing(accumulation(tmp_path / "other"))
    async with comparing(*sources) as (pilot, screen):
        await pilot.press("q")
        await until(pilot, lambda: not screen.is_attached)
        assert all(source.closed for source in sources)


# Recordings that are not there, or not to the end


async def test_a_run_that_still_goes_on_is_waited_for(tmp_path: Path) -> None:
    tape = loop(tmp_path / "one", 3)
    twin = loop(tmp_path / "other", 2)
    twin.end()
    async with comparing(Growing(tape), Growing(twin), ready=False) as (pilot, screen):
        await until(pilot, lambda: "recording 5 …" in screen_text(app_of(pilot)))
        assert "waiting for the recordings to end …" in screen_text(app_of(pilot))
        await pilot.press("right")
        assert note(screen) == NOT_YET
        loop_turn(tape, 4)
        tape.end()
        await until(pilot, lambda: screen.ready)
        await pilot.press("f")
        assert note(screen) == "Run 2 is over here; run 1 goes on with line 2."


async def test_a_run_that_never_ends_can_be_stopped(tmp_path: Path) -> None:
    twin = loop(tmp_path / "other", 2)
    twin.end()
    async with comparing(Growing(loop(tmp_path / "one", 3)), Growing(twin), ready=False) as (pilot, screen):
        await until(pilot, lambda: "recording 5 …" in screen_text(app_of(pilot)))
        await pilot.press("x")
        await until(pilot, lambda: screen.ready)
        assert re.search("1 the program .* stopped", screen_text(app_of(pilot)))


async def test_nothing_to_compare(tmp_path: Path) -> None:
    one, other = empty(tmp_path / "one"), empty(tmp_path / "other")
    async with comparing(one.path, other.path, ready=False) as (pilot, screen):
        await until(pilot, lambda: note(screen) == "There is nothing to compare: neither run has a step.")
        await pilot.press("right", "f", "s", "d")
        assert note(screen)


async def test_a_run_without_a_step_has_not_begun(tmp_path: Path) -> None:
    async with comparing(accumulation(tmp_path / "one").path, empty(tmp_path / "other").path) as (pilot, screen):
        await pilot.press("right", "end")
        await pilot.pause()
        assert "It does not come by here; it has not begun." in screen_text(app_of(pilot))
        await pilot.press("f")
        assert note(screen) == "Run 2 is over here; run 1 goes on with line 11."


async def test_a_damaged_recording_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    class Damaged(Growing):
        def pump(self, seconds: float | None = None) -> bool:
            super().pump(seconds)
            if self.recording.end is None and self.recording.count >= 4:
                raise DamagedError("the recording is damaged")
            return False

    one, other = loop(tmp_path / "one", 3), loop(tmp_path / "other", 3)
    other.end()
    async with comparing(Damaged(one), Growing(other)) as (pilot, _):
        assert re.search("1 the program .* damaged", screen_text(app_of(pilot)))


# From the stepper


async def test_the_stepper_compares_with_a_recording(runs: dict[str, Path]) -> None:
    async with stepping(runs["training"]) as (pilot, stepper):
        await pilot.press("down", "down", "d")
        assert isinstance(pilot.app.screen, CompareWith)
        await pilot.press(*"nothing", "enter")
        await until(pilot, lambda: "no lesson or file named 'nothing'" in screen_text(app_of(pilot)))
        pilot.app.screen.query_one(Input).value = str(runs["forgotten"])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen) and pilot.app.screen.ready)
        screen = pilot.app.screen
        assert isinstance(screen, CompareScreen)
        assert lines(screen) == (4, 4)
        text = screen_text(app_of(pilot))
        assert "1 training.py" in text
        assert "2 forgotten.recording" in text
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is stepper)
        # What was lent is still open.
        await pilot.press("right")
        assert stepper.moment.number == stepper.number


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"tutor-recording\n", "cut short before its first step"),
        (b"if:\n", "invalid syntax"),
    ],
)
async def test_what_cannot_be_compared_says_why(
    runs: dict[str, Path], tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    async with stepping(runs["training"]) as (pilot, stepper):
        await pilot.press("d")
        pilot.app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: reason in " ".join(screen_text(app_of(pilot)).replace("│", "").split()))
        await pilot.press("escape")
        assert pilot.app.screen is stepper
        assert isinstance(stepper, StepperScreen)


async def test_both_positions_are_marked_in_one_pane(runs: dict[str, Path]) -> None:
    async with comparing(runs["drawn"], runs["again"], ("seed 0", "seed 5")) as (pilot, screen):
        await pilot.press("f")
        await pilot.pause()
        shown = screen.query_one("#first", ComparedProgram).text()
        assert re.search(r"1▶ ?14", shown) or re.search(r"2▶ ?14", shown)
        assert re.search(r"[12]▶ ?13", shown)


# From the command line


@pytest.mark.parametrize("broken", [0, 1])
def test_a_damaged_recording_is_refused_before_the_screens(
    runs: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: int,
) -> None:
    monkeypatch.setattr(start, "terminal_problem", lambda: "")
    path = tmp_path / "damaged.recording"
    path.write_bytes(b"nothing")
    one, other = (path, runs["training"]) if broken == 0 else (runs["training"], path)
    assert start.start(one, against=other) == 2
    assert (
        capsys.readouterr().err
        == f"tutor: {path}: this is not a tutor recording. Choose a file that `tutor record` wrote.\n"
    )


async def test_a_program_is_recorded_and_compared_with_a_recording(runs: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "training.py"
    path.write_text(TRAINING.replace("lr=0.1", "lr=0.2"))
    app = TutorApp(read_program(path), against=runs["training"])
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and app.screen.ready, seconds=60)
        text = screen_text(app)
        assert "≠ line 4 · ≠ optimizer.param_groups[0]['lr'], line 4" in text
        assert "1 training.py" in text
        assert "2 training.recording" in text
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
