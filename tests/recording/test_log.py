"""The log: read while it is written, cut off anywhere, damaged anywhere."""

from __future__ import annotations

import os
import tempfile
import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.recording.format import MAGIC, VERSION, Frame, Kind
from tutor.recording.log import DamagedError, LogReader, LogWriter
from tutor.recording.recording import Recording

from .build import Builder, bind, whole
from .programs import Program, orders, picture


def program_log(program: list[tuple[str, int, int]]) -> bytes:
    """The bytes of a program's log, its end included."""
    build = Builder()
    carried_out = Program(build)
    for order in program:
        carried_out.run(*order)
    build.end()
    return build.data


def read(data: bytes, *, writer_gone: bool = True) -> Recording:
    """A log with these bytes, taken in."""
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
    file.write(data)
    recording = Recording(LogReader(file.fileno(), owner=file), writer_gone=writer_gone)
    recording.read_more()
    return recording


def visit(recording: Recording) -> list[dict[str, Any]]:
    """Look at every step and state."""
    for number in range(1, recording.count + 1):
        assert recording.step(number).number == number
    recording.output(recording.count)
    return [picture(recording.state(number)) for number in range(recording.count + 1)]


SAMPLE = program_log(
    [(order, first, first * 7 % 64) for first in range(40) for order in ("operation", "write", "print")]
)


@given(orders, st.floats(0, 1))
def test_a_log_cut_anywhere_is_readable_up_to_there(program: list[tuple[str, int, int]], where: float) -> None:
    data = program_log(program)
    whole_states = visit(read(data))
    cut = read(data[: int(where * len(data))])
    states = visit(cut)
    assert cut.end is None or where == 1
    if cut.end is None and cut.count:
        # What was added to the last step may have been cut off.
        states.pop()
    assert states == whole_states[: len(states)]


def test_a_log_cut_anywhere_loses_at_most_the_step_that_was_cut() -> None:
    counts = [read(SAMPLE[:size]).count for size in range(len(SAMPLE) - 300, len(SAMPLE) + 1)]
    assert counts[-1] == 120
    assert all(after - before in (0, 1) for before, after in pairwise(counts))


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255)), min_size=1, max_size=4))
@settings(max_examples=300)
def test_flipped_bytes_give_a_readable_recording_or_a_damaged_one(flips: list[tuple[int, int]]) -> None:
    data = bytearray(SAMPLE)
    for position, mask in flips:
        data[position] ^= mask
    try:
        recording = read(bytes(data))
    except DamagedError:
        return
    visit(recording)


@given(st.binary(max_size=200))
def test_any_bytes_after_the_beginning_give_a_recording_or_damage(data: bytes) -> None:
    try:
        visit(read(MAGIC + data))
    except DamagedError:
        return


def test_steps_before_the_damage_stay_readable() -> None:
    build = Builder()
    build.step(1, "x = 1", bind("x", whole(1)))
    build.frame(Frame.STEP, 99, 1, 0, 0, None, [])
    build.step(2, "y = 1", bind("y", whole(1)))
    recording = Recording(LogReader(build.descriptor), writer_gone=True)
    for _ in range(2):
        with pytest.raises(DamagedError):
            recording.read_more()
    assert recording.count == 1
    assert recording.state(1).lookup("x") == whole(1)


def test_something_else_is_no_recording() -> None:
    with pytest.raises(DamagedError, match="not a tutor recording"):
        read(b"#!/usr/bin/env python\n")


def test_a_newer_version_is_said() -> None:
    build = Builder()
    build.frame(Frame.HEADER, VERSION + 1, {})
    build.step(1, "pass")
    with pytest.raises(DamagedError, match="Update tutor"):
        build.recording()


def test_a_log_that_has_not_begun_is_empty() -> None:
    for size in range(len(MAGIC)):
        recording = read(MAGIC[:size])
        assert (recording.count, recording.header, recording.end) == (0, None, None)


@given(orders, st.lists(st.booleans(), max_size=120))
@settings(max_examples=50)
def test_a_growing_log_is_read_up_to_the_last_step_but_one(
    program: list[tuple[str, int, int]], looks: list[bool]
) -> None:
    build = Builder()
    carried_out = Program(build)
    recording = build.recording(writer_gone=False)
    for number, (order, look) in enumerate(zip(program, looks, strict=False), 1):
        carried_out.run(*order)
        if look:
            recording.read_more()
            assert recording.count == number - 1
    recording.writer_gone = True
    recording.read_more()
    assert visit(recording) == visit(read(build.data))


@pytest.mark.parametrize("gone", [False, True])
def test_a_step_is_taken_with_all_that_was_added_to_it(gone: bool) -> None:
    build = Builder()
    build.step(1, "first")
    build.step(2, "y = x + 2", bind("x", whole(1)))
    recording = build.recording(writer_gone=False)
    assert recording.count == 1
    build.meta((77,))
    build.amend(bind("y", whole("long" * 20)))
    build.amend(bind("z", whole(3)))
    assert recording.read_more() is False
    assert recording.count == 1
    if not gone:
        build.step(3, "last")
    recording.writer_gone = gone
    recording.read_more()
    assert recording.count == 2
    assert recording.step(2).changes == [bind("x", whole(1)), bind("y", whole("long" * 20)), bind("z", whole(3))]
    assert list(recording.state(2).scopes[0].names) == ["x", "y", "z"]
    assert recording.state(1).scopes[0].names == {}


def test_a_settled_step_is_taken_at_once() -> None:
    build = Builder()
    build.step(1, "x", bind("x", whole(1)))
    build.amend(bind("y", whole(2)))
    recording = build.recording(writer_gone=False)
    assert recording.count == 0
    build.writer.settle()
    recording.read_more()
    assert recording.count == 1
    assert recording.step(1).changes == [bind("x", whole(1)), bind("y", whole(2))]
    assert list(recording.state(1).scopes[0].names) == ["x", "y"]
    build.step(2, "z")
    recording.writer_gone = True
    recording.read_more()
    assert [step.site.source for step in recording.steps(1, 2)] == ["x", "z"]


def test_changes_without_a_step_are_damage() -> None:
    build = Builder()
    build.frame(Frame.AMEND, [bind("y", whole(1))])
    with pytest.raises(DamagedError):
        build.recording()


def test_the_writer_and_the_reader_can_interleave_in_any_way() -> None:
    steps = 3000
    build = Builder()

    def write() -> None:
        for number in range(steps):
            build.step(1, "y = x + 2", bind("y", whole(number)))
            build.amend(bind("z", whole("z" * (number % 50))))

    recording = build.recording(writer_gone=False)
    thread = threading.Thread(target=write)
    thread.start()
    while thread.is_alive():
        recording.read_more()
    recording.writer_gone = True
    recording.read_more()
    assert recording.count == steps
    for number, step in enumerate(recording.steps(1, steps)):
        assert step.changes == [bind("y", whole(number)), bind("z", whole("z" * (number % 50)))]


def test_what_is_half_written_while_it_is_read_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    build = Builder()
    build.step(1, "first")
    size = len(build.data)
    build.step(2, "second")
    full = build.data
    os.pwrite(build.descriptor, bytes(len(full) - size - 6), size + 6)
    recording = Recording(LogReader(build.descriptor), writer_gone=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", lambda _: os.stat_result((0, 0, 0, 0, 0, 0, size, 0, 0, 0)))
        recording.read_more()
    os.pwrite(build.descriptor, full, 0)
    recording.writer_gone = True
    recording.read_more()
    assert [step.site.source for step in recording.steps(1, 2)] == ["first", "second"]


def test_a_frame_larger_than_what_is_read_at_once() -> None:
    build = Builder()
    text = "x" * (LogReader.CHUNK * 2)
    build.step(1, "print", kind=Kind.OUTPUT, detail=["stdout", text])
    build.step(2, "pass")
    recording = build.recording()
    assert recording.step(1).detail == ["stdout", text]
    assert recording.count == 2


def test_reading_stops_in_time_and_goes_on() -> None:
    build = Builder()
    recording = Recording(LogReader(build.descriptor), writer_gone=True)
    for _ in range(200):
        build.step(1, "pass")
    calls = 1
    while recording.read_more(0):
        calls += 1
    assert recording.count == 200
    assert calls > 3


def test_the_writer_appends_several_frames_and_only_what_is_new_of_a_step() -> None:
    step = [Frame.STEP, Kind.STATEMENT, 1, 0, 0, None, [[1, 0, "x", 2]]]
    with tempfile.TemporaryFile(buffering=0) as file:
        writer = LogWriter(file.fileno())
        writer.append([1], step)
        grown = [*step[:6], [[1, 0, "x", 2], [2, 0, "y"]]]
        writer.amend([3], grown)
        reader = LogReader(file.fileno())
        frames = []
        while (found := reader.next()) is not None:
            frames.append(found[1])
        assert frames == [[1], step, [3], [Frame.AMEND, [[2, 0, "y"]]]]
        assert reader.steps(len(MAGIC) + 6, reader.position) == [grown]


def test_a_last_frame_of_which_a_part_was_written_is_not_there() -> None:
    build = Builder()
    build.step(1, "pass")
    for size in range(1, 8):
        assert read(build.data + b"\x04\0\0\0\x93\x05\xa0\xa0"[:size]).count == 1
