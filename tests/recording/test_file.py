"""Saved recordings: the same steps and states come back, and bad files are told apart."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.recording import file
from tutor.recording.file import CUT_SHORT, STILL_RUNNING, SavedRecording, open_recording, save
from tutor.recording.format import MAGIC, VERSION, Frame, Kind
from tutor.recording.log import BLOCK_LIMIT, DamagedError, LogReader, compressed, frame_bytes
from tutor.recording.model import End
from tutor.recording.recording import Recording

from .build import Builder, bind, whole
from .programs import Program, orders
from .test_log import visit
from .training import train


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "BLOCK_BYTES", 300)


@pytest.fixture
def sample() -> Recording:
    """Two turns of training."""
    build = Builder()
    train(build, 2)
    build.end()
    return build.recording()


def bytes_of(recording: Recording) -> bytes:
    """A recording as a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "saved.recording"
        save(recording, path)
        return path.read_bytes()


def opened(data: bytes) -> Recording:
    """A file with these bytes, opened."""
    with tempfile.NamedTemporaryFile() as temporary:
        temporary.write(data)
        temporary.flush()
        return open_recording(temporary.name)


def saved_with(*frames: list[object]) -> bytes:
    """A file with a good header and these frames in a block."""
    header = frame_bytes([Frame.HEADER, VERSION, {}])
    return MAGIC + header + compressed(b"".join(frame_bytes(frame) for frame in frames))


@given(orders)
@settings(max_examples=50)
def test_steps_and_states_come_back(program: list[tuple[str, int, int]]) -> None:
    build = Builder(header={"program": "p.py", "source": "x = 1\n", "cells": [[1, 1, 0]], "seed": 0})
    carried_out = Program(build)
    for order in program:
        carried_out.run(*order)
    build.end("raised", "ValueError: no")
    recording = build.recording()
    again = opened(bytes_of(recording))
    assert again.header == recording.header
    assert again.end == recording.end
    assert list(again.steps(1, again.count)) == list(recording.steps(1, recording.count))
    assert visit(again) == visit(recording)


@given(orders)
@settings(max_examples=20)
def test_every_frame_that_is_written_has_the_shape_of_the_schema(program: list[tuple[str, int, int]]) -> None:
    build = Builder()
    carried_out = Program(build)
    for order in program:
        carried_out.run(*order)
    assert opened(build.data).count == len(program)


def test_a_file_cut_anywhere_is_readable_up_to_there(sample: Recording) -> None:
    data, states = bytes_of(sample), visit(sample)
    counts: list[int] = []
    for size in range(len(data) + 1):
        try:
            cut = opened(data[:size])
        except DamagedError as error:
            assert "cut short" in str(error) or size == 0  # noqa: PT017
            assert not counts
            continue
        assert cut.end == (sample.end if size == len(data) else End("stopped", CUT_SHORT))
        if not counts or counts[-1] != cut.count:
            assert visit(cut) == states[: cut.count + 1]
            counts.append(cut.count)
    assert counts == sorted(counts)
    assert counts[-1] == sample.count
    assert len(counts) > 5


@given(st.data())
@settings(max_examples=200)
def test_flipped_bytes_give_a_readable_recording_or_a_damaged_one(data: st.DataObject) -> None:
    original = bytearray(FLIPPED)
    for _ in range(data.draw(st.integers(1, 3))):
        original[data.draw(st.integers(0, len(original) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        recording = opened(bytes(original))
    except DamagedError:
        return
    visit(recording)
    assert recording.end is not None


def _flipped() -> bytes:
    build = Builder()
    train(build, 2)
    build.end()
    return bytes_of(build.recording())


FLIPPED = _flipped()


def test_a_damaged_block_is_said_and_the_steps_before_it_stay(sample: Recording, tmp_path: Path) -> None:
    data = bytearray(bytes_of(sample))
    data[len(data) * 2 // 3] ^= 255
    path = tmp_path / "damaged"
    path.write_bytes(data)
    taking = SavedRecording(path)
    for _ in range(2):
        with pytest.raises(DamagedError, match="damaged"):
            taking.wait()
    assert 0 < taking.recording.count < sample.count
    visit(taking.recording)


def test_what_is_no_recording_is_said(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="folder"):
        open_recording(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_recording(tmp_path / "missing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DamagedError, match="ordinary"):
        open_recording(tmp_path / "pipe")
    with pytest.raises(DamagedError, match="empty"):
        opened(b"")
    with pytest.raises(DamagedError, match="not a tutor recording"):
        opened(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(DamagedError, match="no header"):
        opened(MAGIC + frame_bytes([Frame.END, "finished", ""]))
    with pytest.raises(DamagedError, match="damaged"):
        opened(MAGIC + frame_bytes({"not": "a frame"}))
    with pytest.raises(DamagedError, match="Update tutor"):
        opened(MAGIC + frame_bytes([Frame.HEADER, VERSION + 1, "of another shape", 7]))


def test_a_block_that_would_fill_the_memory_is_refused() -> None:
    squeezer = zlib.compressobj(9)
    bomb = b"".join(squeezer.compress(bytes(1 << 20)) for _ in range((BLOCK_LIMIT >> 20) + 1)) + squeezer.flush()
    data = saved_with() + frame_bytes([Frame.BLOCK, bomb])
    with pytest.raises(DamagedError, match="larger than any"):
        opened(data)


@pytest.mark.parametrize(
    "frame",
    [
        [Frame.SITE, 1, "one", 1, 0, 4, "pass", None, "pass"],
        [Frame.META, 1, "tensor", "float32", [-1], "cpu", False, True, False],
        [Frame.STEP, 0, 1, 0, 0, None, [[99]]],
        [Frame.STEP, 0, 1, 0, 0, None, [[1, 0, 5, 5]]],
        [Frame.STEP, 77, 1, 0, 0, None, []],
        [Frame.STEP, Kind.OUTPUT, 1, 0, 0, None, []],
        [Frame.STEP, Kind.OUTPUT, 1, 0, 0, ["stdout", 5], []],
        [Frame.STEP, Kind.OPERATION, 1, 0, 0, [5, None, None], []],
        [Frame.STEP, Kind.WARNING, 1, 0, 0, None, []],
        [Frame.BLOCK, b""],
        [99],
    ],
)
def test_frames_of_another_shape_are_damage(frame: list[object]) -> None:
    site = [Frame.SITE, 1, 1, 1, 0, 4, "pass", None, "pass"]
    with pytest.raises(DamagedError):
        opened(saved_with(site, frame))


def test_a_block_that_is_followed_by_more_inside_its_frame_is_damage() -> None:
    block = zlib.compress(frame_bytes([Frame.END, "finished", ""]))
    for wrong in (block + b"x", block[:-1]):
        with pytest.raises(DamagedError):
            opened(saved_with() + frame_bytes([Frame.BLOCK, wrong]))


def test_an_end_that_the_log_does_not_contain_is_saved() -> None:
    build = Builder()
    build.step(1, "x = 1", bind("x", whole(1)))
    recording = build.recording()
    assert opened(bytes_of(recording)).end == End("stopped", STILL_RUNNING)
    recording.close(End("raised", "the process was killed by SIGSEGV"))
    again = opened(bytes_of(recording))
    assert again.end == recording.end
    assert again.count == 1


def test_saving_what_was_opened_gives_the_same_file(sample: Recording) -> None:
    data = bytes_of(sample)
    assert bytes_of(opened(data)) == data


def test_what_was_recorded_after_the_last_look_is_not_saved() -> None:
    build = Builder()
    build.step(1, "first")
    recording = build.recording()
    build.step(2, "second")
    assert opened(bytes_of(recording)).count == 1
    growing = build.recording(writer_gone=False)
    assert growing.count == 1
    assert opened(bytes_of(growing)).count == 1


def test_a_frame_too_large_for_a_block_stands_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    build = Builder()
    build.step(1, "print", kind=Kind.OUTPUT, detail=["stdout", "x" * 5000])
    build.end()
    monkeypatch.setattr(file, "BLOCK_LIMIT", 1000)
    data = bytes_of(build.recording())
    assert b"x" * 5000 in data
    assert opened(data).output(1) == [("stdout", "x" * 5000)]


def test_nothing_is_left_when_saving_fails(sample: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "saved.recording"
    path.write_text("what was there")

    def full(frames: bytes) -> Iterator[bytes]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(file, "compressed", full)
        with pytest.raises(OSError, match="No space"):
            save(sample, path)
    assert path.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [path]
    save(sample, path)
    assert open_recording(path).count == sample.count
    assert list(tmp_path.iterdir()) == [path]


def test_only_an_ordinary_file_is_replaced(sample: Recording, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(OSError, match="regular"):
            save(sample, path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["pipe"]


def test_nothing_recorded_is_nothing_to_save(tmp_path: Path) -> None:
    with tempfile.TemporaryFile() as empty:
        recording = Recording(LogReader(empty.fileno()), writer_gone=True)
        with pytest.raises(ValueError, match="nothing"):
            save(recording, tmp_path / "saved")


def test_a_long_file_is_taken_in_bit_by_bit(tmp_path: Path) -> None:
    build = Builder()
    train(build, 100)
    build.end()
    recording = build.recording()
    save(recording, tmp_path / "saved")
    taking = SavedRecording(tmp_path / "saved")
    counts = []
    while taking.pump(0):
        assert taking.running
        counts.append(taking.recording.count)
    assert not taking.running
    assert len(counts) > 20
    assert counts == sorted(counts)
    assert taking.recording.count == recording.count
    assert taking.pump(0) is False
