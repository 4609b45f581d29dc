"""The config file: what it says, and what is said about one that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tutor.config import Config, config_path, read_config


def read(folder: Path, text: str | bytes) -> Config:
    path = folder / "config.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_config(path)


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    config = read_config(tmp_path / "none.toml")
    assert (config.theme, config.hints, config.keys, config.problems) == (None, True, {}, [])


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    text = 'theme = "nord"\nhints = false\n\n[keys]\n"step.next" = "right,l"\nstep.back = "left"\n'
    text += '[keys.pane]\nzoom = "f2"\n'
    config = read(tmp_path, text)
    assert (config.theme, config.hints, config.problems) == ("nord", False, [])
    assert config.keys == {"step.next": "right,l", "step.back": "left", "pane.zoom": "f2"}
    config.complain("keys.step.next", "A.")
    config.complain("keys.pane.zoom", "B.")
    config.complain("keys.other.thing", "C.")
    assert [problem.removeprefix(str(config.path)) for problem in config.problems] == [":5: A.", ":8: B.", ":4: C."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = \n", ":1: bad TOML: invalid value. Correct this line."),
        ("hints = true\nhints = false\n", ":2: bad TOML: cannot overwrite a value. Correct this line."),
        ("\n\nkeys = [", ":3: bad TOML: "),
        (b"hints = true\n# \xff", ":2: this is no text in UTF-8. Save it as UTF-8."),
        ("them = 1", ":1: there is no setting 'them'. Did you mean theme?"),
        ("\n[colour]\n", ":2: there is no setting 'colour'. Choose one of: theme, hints, notes, keys."),
        ("theme = 1", ':1: this is not how theme is set. Write for example: theme = "nord"'),
        ("hints = 1", ":1: this is not how hints is set. Write: hints = true, or hints = false"),
        ("keys = 1", ":1: this is not how keys is set. "),
        ("notes = 1", ':1: this is not how notes is set. Write for example: notes.off = ["graph-grows"]'),
        ("notes.off = [1]", ":1: this is not how notes is set. "),
        ("[notes]\nof = []", ":2: this is not how notes is set. "),
        ('[keys]\n"step.next" = 1', ":2: these are no keys. "),
    ],
)
def test_what_is_wrong_is_one_message_with_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    config = read(tmp_path, text)
    assert len(config.problems) == 1
    assert config.problems[0].startswith(f"{config.path}{said}")
    assert (config.theme, config.hints, config.keys) == (None, True, {})


def test_one_wrong_line_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    config = read(tmp_path, 'theme = "nord"\nhints = 1\n')
    assert (config.theme, len(config.problems)) == ("nord", 1)


def test_notes_are_switched_off_by_kind_or_all_together(tmp_path: Path) -> None:
    kinds = ("graph-grows", "not-a-number", "broadcast-loss")
    assert read(tmp_path, "").unwanted_notes(kinds) == frozenset()
    assert read(tmp_path, "notes = true").unwanted_notes(kinds) == frozenset()
    assert read(tmp_path, "notes = false").unwanted_notes(kinds) == frozenset(kinds)
    assert read(tmp_path, 'notes.off = ["not-a-number"]').unwanted_notes(kinds) == {"not-a-number"}


def test_a_kind_of_note_that_does_not_exist_is_said(tmp_path: Path) -> None:
    config = read(tmp_path, 'hints = true\n[notes]\noff = ["graph-grow"]')
    config.unwanted_notes(("graph-grows", "not-a-number"))
    said = ":3: there is no kind of note 'graph-grow'. Did you mean graph-grows?"
    assert config.problems == [f"{config.path}{said}"]


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    assert read_config(tmp_path).problems[0].startswith(f"{tmp_path}: it cannot be read (")


@settings(database=None, deadline=None)
@given(some.binary(max_size=60) | some.text("[]=\"'.\n keys1true{}#", max_size=60).map(str.encode))
def test_no_file_makes_it_fail(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    config = read(tmp_path_factory.getbasetemp(), content)
    assert all("\n" not in problem for problem in config.problems)


def test_the_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_CONFIG", os.fspath(tmp_path / "mine.toml"))
    (tmp_path / "mine.toml").write_text('theme = "nord"')
    assert read_config().theme == "nord"
    monkeypatch.delenv("TUTOR_CONFIG")
    assert config_path().name == "config.toml"
    assert config_path().parent.name == "tutor"
