"""Each mistake gets its note, on its line and about its name, and the correct twin gets none."""

from __future__ import annotations

import textwrap

import pytest

from tests.explain.notes.examples import EXAMPLES, Example, program
from tests.recorder.record import Record
from tutor.explain.notes import KINDS, Notes, notes, notes_at
from tutor.recording.moment import Moment
from tutor.recording.recording import Recording

_BY_ID = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)


@_BY_ID
def test_a_mistake_is_noted_on_its_line_and_about_its_name(record: Record, example: Example) -> None:
    found = notes(record(example.source))
    assert [(note.kind, note.line, note.names) for note in found] == [(example.kind, example.line, example.names)]
    assert all(text in found[0].text for text in example.says), found[0].text


@_BY_ID
def test_the_correct_twin_gets_no_note(record: Record, example: Example) -> None:
    assert notes(record(program(example.right))) == []


def test_every_kind_has_an_example() -> None:
    assert {example.kind for example in EXAMPLES} == set(KINDS)


@pytest.fixture(scope="module")
def several(record: Record) -> Recording:
    """A recording with several notes, some of which are known late."""
    texts = [textwrap.dedent(example.wrong) for example in EXAMPLES if example.kind in _LATE]
    return record(program("".join(texts)))


_LATE = ("broadcast-loss", "data-write-to-saved", "step-before-backward", "eval-for-no-grad", "grad-of-non-leaf")


def test_a_recording_followed_in_slices_gets_the_same_notes(several: Recording) -> None:
    followed = Notes(several)
    while followed.follow(7):
        assert all(note.step <= followed.followed for note in followed.all())
    assert followed.all() == notes(several)
    assert {note.kind for note in followed.all()} == set(_LATE)


def test_a_note_stands_at_its_step(several: Recording) -> None:
    for note in notes(several):
        assert note in notes_at(Moment.of(several, note.step))
        assert several.site(note.step).line == note.line
        assert note.cause is None or 0 < note.cause <= several.count
    silent = set(range(several.count + 1)) - {note.step for note in notes(several)}
    assert all(not notes_at(Moment.of(several, step)) for step in sorted(silent)[::9])


def test_only_what_is_known_is_told(several: Recording) -> None:
    for until in range(0, several.count, 5):
        told = notes(several, until)
        assert all(note.step <= until for note in told)
        assert set(told) <= set(notes(several, several.count))


@pytest.mark.parametrize("kind", _LATE)
def test_a_kind_that_is_switched_off_is_not_told(several: Recording, kind: str) -> None:
    followed = Notes(several, frozenset([kind]))
    followed.follow(several.count)
    followed.follow()
    assert {note.kind for note in followed.all()} == set(_LATE) - {kind}


def test_a_mistake_in_every_turn_is_told_once(record: Record) -> None:
    text = EXAMPLES[0].source.replace("range(3)", "range(200)")
    assert len(notes(record(text))) == 1


def test_notes_are_short_plain_sentences(record: Record) -> None:
    for example in EXAMPLES:
        for note in notes(record(example.source)):
            assert note.what.endswith(".")
            assert note.why.endswith(".")
            assert len(note.text) < 560, note.text
            assert "!" not in note.text
