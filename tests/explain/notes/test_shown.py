"""Where notes are shown: in plain text, as JSON lines and in the why pane, unless they are switched off."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import tutor
from tests.explain.notes.examples import EXAMPLES, program
from tests.recorder.record import Record
from tests.tui.conftest import nobody
from tests.tui.looking import app_of, at, screen_text, stepping, until
from tutor.explain.notes import notes
from tutor.recording.file import save
from tutor.recording.recording import Recording
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.why_pane import WhyPane

__all__ = ["nobody"]

LATE = next(example for example in EXAMPLES if example.id == "a write through .data")
AT_ONCE = next(example for example in EXAMPLES if example.id == "the name means another tensor")
AT_THE_END = next(example for example in EXAMPLES if example.id == "eval in the place of no_grad")


@pytest.fixture(scope="module")
def saved(record: Record, tmp_path_factory: pytest.TempPathFactory) -> tuple[Recording, Path]:
    """A recording with a note that is known at once, one that is known late, and one that is known at the end."""
    text = AT_ONCE.wrong + LATE.wrong + AT_THE_END.wrong
    recording = record(program(text))
    path = tmp_path_factory.mktemp("notes") / "it.recording"
    save(recording, path)
    return recording, path


def is_told(screen: StepperScreen, text: str) -> bool:
    """Whether the why pane says something."""
    return text in screen.query_one(WhyPane).text()


def test_plain_text_has_each_note_below_the_step_from_which_on_it_is_known(saved: tuple[Recording, Path]) -> None:
    recording, path = saved
    once, late, end = notes(recording)
    text = tutor("run", path, cwd=path.parent).stdout
    lines = text.split("\n")
    first = next(place for place, line in enumerate(lines) if "note: " in line)
    assert lines[first - 1].split()[0] == str(once.step)
    words = " ".join(text.split())
    assert f"note: {once.what} {once.why}" in words
    assert f"note (step {late.step}, line {late.line}): {late.what}" in words
    assert f"note (step {end.step}, line {end.line}): {end.what} {end.why} finished after" in words


def test_json_lines_have_the_same(saved: tuple[Recording, Path]) -> None:
    recording, path = saved
    once, late, end = notes(recording)
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in tutor("run", "--json", path, cwd=path.parent).stdout.splitlines()
    ]
    told = [(line.get("step"), line["notes"]) for line in lines if "notes" in line]
    assert [note for _, found in told for note in found] == [
        {"kind": note.kind, "what": note.what, "why": note.why, "step": note.step, "line": note.line}
        for note in (once, late, end)
    ]
    assert told[0][0] == once.step
    assert told[1][0] is not None
    assert told[1][0] > late.step
    assert told[2][0] is None
    assert lines[-1]["notes"] == told[2][1]


def test_the_config_file_switches_them_off(saved: tuple[Recording, Path]) -> None:
    recording, path = saved
    _, late, _ = notes(recording)
    config = path.parent / "config.toml"
    config.write_text(f'notes.off = ["{late.kind}"]')
    text = tutor("run", path, cwd=path.parent, TUTOR_CONFIG=os.fspath(config)).stdout
    assert text.count("note") == 2
    config.write_text("notes = false")
    assert "note" not in tutor("run", path, cwd=path.parent, TUTOR_CONFIG=os.fspath(config)).stdout
    config.write_text('notes.off = ["graph-grow"]')
    result = tutor("run", path, cwd=path.parent, TUTOR_CONFIG=os.fspath(config))
    assert result.returncode == 0
    assert result.stderr == f"tutor: {config}:1: there is no kind of note 'graph-grow'. Did you mean graph-grows?\n"


async def test_the_why_pane_has_them_after_the_words_of_the_step(saved: tuple[Recording, Path]) -> None:
    recording, path = saved
    async with stepping(path) as (pilot, screen):
        for note in notes(recording):
            await at(pilot, screen, note.step)
            await until(pilot, partial(is_told, screen, note.text))
            assert not screen.query_one(WhyPane).text().startswith("Note")
            assert "· note" in screen_text(app_of(pilot)).split("\n")[0]
        await at(pilot, screen, recording.count)
        places = [f"line {note.line} (step {note.step})" for note in notes(recording)]
        await until(pilot, partial(is_told, screen, f"There are notes at {places[0]}, {places[1]} and {places[2]}."))
        await at(pilot, screen, 1)
        await until(pilot, lambda: "Note" not in screen.query_one(WhyPane).text())


async def test_the_why_pane_leaves_out_what_is_switched_off(
    saved: tuple[Recording, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, path = saved
    once, late, _ = notes(recording)
    config = tmp_path / "config.toml"
    config.write_text(f'notes.off = ["{once.kind}"]')
    monkeypatch.setenv("TUTOR_CONFIG", os.fspath(config))
    async with stepping(path) as (pilot, screen):
        await at(pilot, screen, late.step)
        await until(pilot, lambda: late.text in screen.query_one(WhyPane).text())
        await at(pilot, screen, once.step)
        assert "Note" not in screen.query_one(WhyPane).text()
