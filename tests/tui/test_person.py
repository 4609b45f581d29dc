"""What a person sets: which theme wins, keys, what is wrong with the config file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tutor.config import read_config
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.progress.store import Store
from tutor.recorder.process import Recorder
from tutor.tui.app import Settings, TutorApp
from tutor.tui.keymap import check_keys, is_key
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.bottom_line import BottomLine

from .looking import screen_text, until
from .tape import Growing, accumulation


@pytest.fixture(autouse=True)
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests record nothing."""
    monkeypatch.setattr(Recorder, "warm", lambda self: None)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The person's config file, not written yet."""
    return tmp_path / "config.toml"


def keep_theme(name: object) -> None:
    with closing(Store.open()) as store:
        store.keep_setting("theme", name)


def test_the_command_line_wins_over_the_config_file_and_that_over_the_last_choice(pack: Path, config: Path) -> None:
    usual = TutorApp(pack=pack).theme
    keep_theme("gruvbox")
    assert TutorApp(pack=pack).theme == "gruvbox" != usual
    config.write_text('theme = "nord"\n')
    assert TutorApp(pack=pack).theme == "nord"
    assert TutorApp(settings=Settings(theme="dracula"), pack=pack).theme == "dracula"


@pytest.mark.parametrize("kept", ["mud", 7, None])
def test_a_kept_theme_that_is_none_is_passed_over(pack: Path, kept: object) -> None:
    usual = TutorApp(pack=pack).theme
    keep_theme(kept)
    assert TutorApp(pack=pack).theme == usual


async def test_a_theme_that_is_chosen_is_there_the_next_time(pack: Path, tmp_path: Path) -> None:
    app = TutorApp(settings=Settings(theme="dracula"), pack=pack)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "▶ next" in screen_text(app))
        assert app.store.setting("theme") is None
        app.theme = "textual-light"
        await pilot.pause()
    assert TutorApp(pack=pack).theme == "textual-light"


async def test_chosen_keys_do_what_they_are_chosen_for(pack: Path, config: Path) -> None:
    config.write_text('[keys]\nhome.next = "f7"\n"home.back" = "f8,up"\n')
    app = TutorApp(pack=pack)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "›   08" in screen_text(app))
        await pilot.press("f7")
        await until(pilot, lambda: "›   09" in screen_text(app))
        await pilot.press("down")
        await pilot.pause()
        assert "›   09" in screen_text(app)
        await pilot.press("f8")
        await until(pilot, lambda: "›   08" in screen_text(app))
        await pilot.press("f1")
        await until(pilot, lambda: "F8 ↑" in screen_text(app))


async def test_keys_of_the_stepper_can_be_chosen(tmp_path: Path, config: Path) -> None:
    config.write_text('[keys]\n"step.next" = "]"\n"turn.next" = "ctrl+n"\n')
    app = TutorApp(Growing(accumulation(tmp_path / "log")))
    async with app.run_test() as pilot:
        screen = app.screen
        await until(pilot, lambda: getattr(screen, "ended", False))
        await pilot.press("]")
        await until(pilot, lambda: getattr(screen, "number", 0) == 2)
    assert not app.problems


async def test_what_is_wrong_with_the_config_file_is_said_at_home(pack: Path, config: Path) -> None:
    config.write_text('theme = "mud"\nthem = 1\n[keys]\n"home.nxt" = "j"\n')
    app = TutorApp(pack=pack)
    async with app.run_test(size=(600, 40)) as pilot:
        await until(pilot, lambda: "home.nxt" in screen_text(app))
        text = screen_text(app)
        assert f"{config}:1: there is no theme 'mud'. Choose one of: " in text
        assert f"{config}:2: there is no setting 'them'. Did you mean theme?" in text
        assert f"{config}:4: there is nothing named 'home.nxt' that keys could do. Did you mean home.next?" in text


async def test_what_is_wrong_with_the_config_file_is_said_where_home_is_not_there(tmp_path: Path, config: Path) -> None:
    config.write_text("theme = [\n")
    app = TutorApp(Growing(accumulation(tmp_path / "log")))
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        await until(pilot, lambda: "bad TOML" in screen_text(app))


@pytest.mark.parametrize(("text", "shown"), [("", True), ("hints = false\n", False)])
async def test_hints_can_be_switched_off(pack: Path, config: Path, text: str, shown: bool) -> None:
    config.write_text(text)
    app = TutorApp(pack=pack)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "▶ next" in screen_text(app))
        assert ("enter open" in screen_text(app)) is shown


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('"step.next" = "n"', ":2: the key n is given to step.over too."),
        ('"step.next" = "n"\n"step.over" = "right"', ""),
        ('"step.next" = "n"\n"step.over" = "o"\n"step.out" = "n"', ":4: the key n is given to step.next too."),
        ('"step.next" = "ctrl+c"', ":2: the key ctrl+c is given to app.quit-now too."),
        ('"step.next" = "question_mark"', "app.help too"),
        ('"step.next" = "?"', "app.help too"),
        ('"home.next" = "n"', ""),
        ('"step.next" = "righ"', ":2: 'righ' is no key."),
        ('"step.next" = ""', ":2: '' is no key."),
    ],
)
def test_two_things_on_one_key_are_said(config: Path, keys: str, said: str) -> None:
    config.write_text(f"[keys]\n{keys}\n")
    found = read_config(config)
    check_keys(found)
    assert len(found.problems) == bool(said), found.problems
    assert said in "".join(found.problems)


@pytest.mark.parametrize(
    "key", ["a", "L", "]", "+", "ctrl+n", "f5", "shift+tab", "right_square_bracket", "space", "plus"]
)
def test_keys_are_known(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("key", ["", "righ", "ctl+n", "ctrl+", "cat"])
def test_what_is_no_key_is_known_too(key: str) -> None:
    assert not is_key(key)


class Going(TutorApp):
    """Opens a program as the command line does, with a recording made by hand in the place of a run."""

    def __init__(self, program: Program, pack: Path, log: Path) -> None:
        super().__init__(program, pack=pack)
        self._log_path = log

    def source_of(self, program: Program, *, times: int = 1, belief: str = "") -> Growing:
        return Growing(accumulation(self._log_path))


async def left_at(pack: Path, tmp_path: Path, path: Path, *keys: str, arguments: tuple[str, ...] = ()) -> str:
    """Open a program, press keys and leave it; what was on the last line first, and the step there."""
    program = msgspec.structs.replace(read_program(path), arguments=list(arguments))
    app = Going(program, pack, tmp_path / "log")
    async with app.run_test(notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        await until(pilot, lambda: screen.ended)
        await pilot.pause()
        began = f"{screen.number} {screen.query_one(BottomLine).note}".strip()
        await pilot.press(*keys, "q")
        await until(pilot, lambda: not app.is_running)
    return began


HERE_BEFORE = "You were here before: step {} of 18. Home goes to the first step."


@pytest.mark.parametrize("own", [False, True])
async def test_a_program_is_gone_on_with_where_it_was_left(pack: Path, tmp_path: Path, own: bool) -> None:
    path = tmp_path / "train.py" if own else pack / "08_accumulation.py"
    path.write_text((pack / "08_accumulation.py").read_text())
    assert await left_at(pack, tmp_path, path, *["right"] * 5) == "1"
    assert await left_at(pack, tmp_path, path) == f"6 {HERE_BEFORE.format(6)}"
    assert await left_at(pack, tmp_path, path, "right") == f"6 {HERE_BEFORE.format(6)}"
    assert await left_at(pack, tmp_path, path, "end") == f"7 {HERE_BEFORE.format(7)}"
    assert await left_at(pack, tmp_path, path) == "1"


async def test_a_lesson_that_is_done_begins_anew_and_stays_done(pack: Path, tmp_path: Path) -> None:
    path = pack / "08_accumulation.py"
    await left_at(pack, tmp_path, path, "end")
    assert await left_at(pack, tmp_path, path, "right") == "1"
    with closing(Store.open()) as store:
        place = store.place(str(pack), "08_accumulation")
        assert place is not None
        assert (place.step, place.done) == (2, True)


async def test_another_text_begins_anew_and_the_place_in_the_old_one_is_kept(pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text("x = 1\n")
    await left_at(pack, tmp_path, path, *["right"] * 5)
    path.write_text("x = 2\n")
    assert await left_at(pack, tmp_path, path) == "1"
    path.write_text("x = 1\n")
    assert await left_at(pack, tmp_path, path, arguments=("--lr", "1")) == "1"
    assert await left_at(pack, tmp_path, path) == f"6 {HERE_BEFORE.format(6)}"
    path.write_text("x = 2\n")
    assert await left_at(pack, tmp_path, path, "right") == "1"
    assert await left_at(pack, tmp_path, path) == f"2 {HERE_BEFORE.format(2)}"
