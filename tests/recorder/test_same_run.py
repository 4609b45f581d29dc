"""A recorded program does what it does without being recorded: every program of ``tests/programs``, run both ways.

The plain run is one of ``python program.py`` in all but name (see ``plain_server``); for a few programs it is compared
with the real thing, to show that it may stand for it. They are recorded in forks; for those programs, which are
sensitive to how their process began, a fresh one records the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recorder.plain import Plain, PlainRuns, run_python
from tests.recorder.programs import BIT_IDENTICAL, NAMES, Programs, arguments_of, exit_of, path_of, source_of
from tests.recorder.record import Children, all_steps, brief, printed, steps_of
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

AS_IN_A_PROCESS_OF_ITS_OWN = (
    "argv",
    "at_exit",
    "deletion_order",
    "e16_broadcast_loss",
    "exit_message",
    "exit_three",
    "main_module",
    "os_write",
    "recursion_depth",
    "recursion_limit",
    "uncaught_nested",
)
"""Programs that are sensitive to how the interpreter was started and ends."""

ANY_ORDER = ("delete_at_exit",)
"""Programs that print in an order that Python does not promise: what is left at the end is taken down as it comes."""

TRACEBACK_TAKEN_EARLY = ("uncaught_nested",)
"""Programs whose error is written down before a context manager that is a generator adds its own frames to it."""

OPAQUE = ("recursion_depth", "recursion_limit")
"""Programs that leave the recorder no room to look: there a step may say that something was not understood."""

NO_INPUT = re.compile(r"^(end of input: )(EOF when reading a line|input\(\) was called.*)$", re.MULTILINE)
"""``input()`` raises the same error at the same place, with a clearer message."""


@pytest.fixture(scope="module")
def plain_runs() -> Iterator[PlainRuns]:
    with PlainRuns() as runs:
        yield runs


def same_output(name: str, plain: Plain, recording: Recording) -> None:
    """The same text on stdout."""
    expected, seen = NO_INPUT.sub(r"\1", plain.stdout), NO_INPUT.sub(r"\1", printed(recording))
    if name in ANY_ORDER:
        assert sorted(seen.splitlines()) == sorted(expected.splitlines())
    else:
        assert seen == expected


def raised(recording: Recording) -> str:
    """How the recording ended and with what, in words, for messages."""
    return f"{recording.end}\n" + "\n".join(brief(recording)[-8:])


def same_ending(name: str, plain: Plain, recording: Recording) -> None:
    """The recording ends as the plain run: normally, by ``sys.exit``, or with the same exception at the same line."""
    assert recording.end is not None
    ending = plain.ending
    if ending is None:
        assert (recording.end.how, recording.end.reason) == ("finished", ""), raised(recording)
        assert plain.status == 0
        return
    if ending.type == "SystemExit":
        code = "" if ending.code == "None" else ending.code
        assert (recording.end.how, recording.end.reason) == ("finished", f"the program called sys.exit({code})")
        return
    assert recording.end.how == "raised", raised(recording)
    error = steps_of(recording, Kind.ERROR)[-1]
    text, kind, trace = error.detail
    assert kind == ending.type
    assert trace.strip().endswith(text)
    assert recording.end.reason.partition(":")[0] == ending.type
    assert ending.message in text
    if ending.line is not None:
        assert error.site.line == ending.line
    if name not in TRACEBACK_TAKEN_EARLY:
        assert trace == ending.trace


def warnings_of(recording: Recording) -> list[tuple[str, int]]:
    """Category and first line of the text of each warning, with its line."""
    return [(step.detail[0].split("\n")[0], step.site.line) for step in steps_of(recording, Kind.WARNING)]


def same_warnings(plain: Plain, recording: Recording, path: Path) -> None:
    """The same warnings in the same order, at the same lines of the program."""
    expected, seen = plain.warnings(path), warnings_of(recording)
    assert [text for text, _ in seen] == [text for text, _ in expected]
    for (text, line), (_, expected_line) in zip(seen, expected, strict=True):
        if expected_line is not None:
            assert line == expected_line, text


def same_stderr(plain: Plain, recording: Recording) -> None:
    """What the program itself wrote to stderr; warnings and the last traceback are steps of other kinds."""
    rest = plain.stderr
    if plain.ending is not None and plain.ending.type != "SystemExit":
        start = rest.find(plain.ending.trace)
        rest = rest[: start if start >= 0 else rest.rfind("Traceback (most recent call last)")]
    if not steps_of(recording, Kind.WARNING) and "exit_message" not in str(recording.header):
        assert printed(recording, "stderr") == rest


@pytest.mark.parametrize("name", NAMES)
def test_recorded_as_run_plainly(name: str, programs: Programs, plain_runs: PlainRuns, tmp_path: Path) -> None:
    path = path_of(name)
    plain_runs.start(path, source_of(name), tmp_path, arguments_of(name))
    recording = programs.recording(name)
    plain = plain_runs.finish(tmp_path)
    assert plain.status == exit_of(name), plain.stderr
    same_output(name, plain, recording)
    same_ending(name, plain, recording)
    same_warnings(plain, recording, path)
    if name not in TRACEBACK_TAKEN_EARLY:
        same_stderr(plain, recording)
    if name not in OPAQUE:
        assert not any(step.opaque for step in all_steps(recording)), "the recorder did not understand something"
    if name in BIT_IDENTICAL:
        assert "bits of" in plain.stdout


@pytest.mark.parametrize("name", AS_IN_A_PROCESS_OF_ITS_OWN)
def test_the_plain_run_may_stand_for_a_process_of_its_own(name: str, plain_runs: PlainRuns, tmp_path: Path) -> None:
    path = path_of(name)
    forked, own = tmp_path / "forked", tmp_path / "own"
    forked.mkdir()
    own.mkdir()
    plain_runs.start(path, path.read_text(encoding="utf-8"), forked, arguments_of(name))
    real = run_python(path, own, arguments_of(name))
    plain = plain_runs.finish(forked)
    assert plain.stdout == real.stdout
    assert plain.status == real.status
    assert plain.warnings(path) == real.warnings(path)
    assert plain.stderr.splitlines()[-1:] == real.stderr.splitlines()[-1:]


@pytest.mark.parametrize("name", AS_IN_A_PROCESS_OF_ITS_OWN)
def test_a_fresh_process_records_the_same_as_a_fork(name: str, children_in_turn: Children, programs: Programs) -> None:
    run = children_in_turn.start(source_of(name), path=path_of(name), arguments=arguments_of(name))
    fresh, forked = run.wait(), programs.recording(name)
    assert brief(fresh) == brief(forked)
    assert printed(fresh) == printed(forked)
    assert printed(fresh, "stderr") == printed(forked, "stderr")
    assert fresh.end == forked.end


def test_there_are_programs_enough() -> None:
    assert len(NAMES) >= 40
    assert set(BIT_IDENTICAL) | set(AS_IN_A_PROCESS_OF_ITS_OWN) <= set(NAMES)
