"""Values as code that rebuilds them to the bit, and the ways to the clipboard."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from textual.app import App

from tutor.recorder.names import describe
from tutor.recorder.tensors import content_of
from tutor.recording.model import Content, Meta
from tutor.recording.moment import Moment
from tutor.recording.state import Key
from tutor.tui.source import OpenedRecording
from tutor.tui.tensors import copying
from tutor.tui.tensors.copying import NoCodeError, as_code, copy, plain_code, tensor_code

from .tape import accumulation, clinic

NAN, INF = float("nan"), float("inf")


def meta_of(tensor: torch.Tensor, kind: str = "tensor") -> Meta:
    dtype = str(tensor.dtype).removeprefix("torch.")
    return Meta(kind, dtype, tuple(tensor.shape), str(tensor.device), tensor.requires_grad, tensor.is_leaf, False)


def code_of(tensor: torch.Tensor, kind: str = "tensor") -> str:
    return tensor_code(meta_of(tensor, kind), content_of(tensor), "x")


def built(code: str) -> Any:
    return eval(code, {"torch": torch, "np": np})


def check(tensor: torch.Tensor) -> None:
    """The code builds the same bits, in the same shape, of the same type."""
    twin = built(code_of(tensor))
    assert (twin.shape, twin.dtype, twin.requires_grad) == (tensor.shape, tensor.dtype, tensor.requires_grad)
    assert content_of(twin) == content_of(tensor)


def signed(*values: float, dtype: torch.dtype) -> torch.Tensor:
    """Values whose signs arrive as they are, nan included."""
    return torch.tensor(values, dtype=dtype)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_floating_point_tensors_are_rebuilt_to_the_bit(dtype: torch.dtype) -> None:
    check(signed(0.1, -0.0, 0.0, NAN, -NAN, INF, -INF, 1 / 3, 1e-7, 3.0, 65504.0, dtype=dtype))
    facts = torch.finfo(dtype)
    check(signed(facts.max, facts.min, facts.tiny, facts.smallest_normal / 2, facts.eps, dtype=dtype))
    check(torch.tensor(2.5, dtype=dtype))


@pytest.mark.parametrize(
    ("dtype", "code", "bits"), [("float32", "f", 32), ("float64", "d", 64), ("float16", "e", 16), ("bfloat16", "", 16)]
)
def test_any_pattern_of_bits_is_rebuilt(dtype: str, code: str, bits: int) -> None:
    draw = random.Random(bits)
    patterns = [draw.getrandbits(bits) for _ in range(900)]
    content = b"".join(pattern.to_bytes(bits // 8, "little") for pattern in patterns)
    tensor = torch.frombuffer(bytearray(content), dtype=getattr(torch, dtype)).clone()
    # The payload of a nan cannot be written down.
    tensor = torch.where(tensor.isnan(), torch.ones_like(tensor), tensor)
    check(tensor)


def test_every_float16_and_bfloat16_is_rebuilt() -> None:
    for dtype in (torch.float16, torch.bfloat16):
        every = torch.arange(1 << 16, dtype=torch.int32).to(torch.int16).view(dtype)
        for part in torch.chunk(every[~every.isnan()], 66):
            check(part.clone())


@pytest.mark.parametrize(
    "dtype", [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64]
)
def test_whole_numbers_are_rebuilt(dtype: torch.dtype) -> None:
    facts = torch.iinfo(dtype)
    check(torch.tensor([facts.min, 0, 1, facts.max], dtype=dtype))


@pytest.mark.parametrize("dtype", [torch.complex64, torch.complex128])
def test_complex_tensors_are_rebuilt_to_the_bit(dtype: torch.dtype) -> None:
    parts = [0.0, -0.0, 0.1, -2.5, INF, -INF, NAN]
    check(torch.tensor([complex(real, imaginary) for real in parts for imaginary in parts], dtype=dtype))


@pytest.mark.parametrize("shape", [(), (1,), (3,), (0,), (0, 3), (3, 0), (2, 3), (2, 0, 4), (2, 2, 2), (30, 30)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.int32])
def test_shapes_are_rebuilt(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    check(torch.ones(shape, dtype=dtype))


def test_the_code_says_no_more_than_it_must() -> None:
    assert code_of(torch.tensor([[1.0, 2.0]], dtype=torch.float64, requires_grad=True)) == (
        "torch.tensor([[1.0, 2.0]], dtype=torch.float64, requires_grad=True)"
    )
    assert code_of(torch.tensor([0.1, -NAN])) == "torch.tensor([0.1, -torch.nan])"
    assert code_of(torch.tensor(0.1, dtype=torch.bfloat16)) == "torch.tensor(0.1, dtype=torch.bfloat16)"
    assert code_of(torch.tensor([True, False])) == "torch.tensor([True, False])"
    assert code_of(torch.tensor([1 - 2j])) == "torch.tensor([1.0-2.0j])"
    assert code_of(torch.empty(0, 3)) == "torch.empty((0, 3))"


def test_a_parameter_is_rebuilt_as_one() -> None:
    code = code_of(torch.nn.Parameter(torch.ones(2)), "Parameter")
    assert code == "torch.nn.Parameter(torch.tensor([1.0, 1.0]))"
    frozen = built(code_of(torch.nn.Parameter(torch.ones(2), requires_grad=False), "Parameter"))
    assert isinstance(frozen, torch.nn.Parameter)
    assert not frozen.requires_grad


def test_long_code_has_a_line_for_each_row() -> None:
    lines = code_of(torch.arange(60.0).reshape(4, 15)).split("\n")
    assert lines[0] == "torch.tensor(["
    assert lines[1].startswith("    [0.0, 1.0,")
    assert len(lines) == 6
    assert max(map(len, code_of(torch.arange(900)).split("\n"))) <= 104


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "uint8", "bool", "complex64"])
@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (2, 3)])
def test_arrays_are_rebuilt(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.full(shape, 0.1).astype(dtype)
    _, _, _, (name, sizes, content) = describe(array)
    twin = built(tensor_code(Meta("ndarray", name, tuple(sizes), "cpu", False, True, False), content, "a"))
    assert (np.asarray(twin).shape, np.asarray(twin).dtype) == (array.shape, array.dtype)
    assert np.asarray(twin).tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -(2**70), 0.1, INF, -INF, -0.0, 1 - 2j, complex(INF, -0.0), "a'b\n[red]", "",
        [1, 0.5, "x"], (), (1,), (1, 2), {"a": [1, 2], "b": -INF}, {1, 2}, set(),
        frozenset({1}), range(2, 9), slice(1, None), b"\x00a",
        torch.float16, torch.device("cpu"), np.float32(0.1), np.int64(7),
    ],
    ids=repr,
)  # fmt: skip
def test_plain_values_are_rebuilt(value: Any) -> None:
    twin = built(plain_code(describe(value), "v"))
    assert type(twin) is type(value)
    assert repr(twin) == repr(value)


def test_nan_is_rebuilt() -> None:
    assert math.isnan(built(plain_code(describe(NAN), "v")))


@pytest.mark.parametrize("value", [object(), len, {1: 2}, "x" * 999, b"x" * 999, 10**9999, torch.nn.Tanh()], ids=type)
def test_what_was_not_recorded_whole_gives_a_reason(value: Any) -> None:
    with pytest.raises(NoCodeError, match=r"^v is "):
        plain_code(describe(value), "v")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"min": 0.0}, "x has 2,000 elements, too many to be recorded whole."),
        (None, "The value of x could not be read."),
        (b"123", "The value of x could not be read."),
    ],
)
def test_a_tensor_that_cannot_be_rebuilt_says_why(content: Content, reason: str) -> None:
    with pytest.raises(NoCodeError) as error:
        tensor_code(Meta("tensor", "float32", (2000,), "cpu", False, True, False), content, "x")
    assert str(error.value) == reason


def moment_of(path: Path, number: int) -> Moment:
    source = OpenedRecording(path)
    while source.pump():
        pass
    return Moment.of(source.recording, number)


def test_a_row_of_the_tensors_pane_is_copied_by_its_key(tmp_path: Path) -> None:
    moment = moment_of(accumulation(tmp_path / "log").path, 4)
    assert as_code(moment, Key(0, "x")) == "torch.tensor(3.0, requires_grad=True)"
    assert as_code(moment, Key(0, "turn")) == "0"
    assert as_code(moment, (-1, 11)) == "torch.tensor(9.0, requires_grad=True)"
    with pytest.raises(NoCodeError, match="There is nothing named nothing here"):
        as_code(moment, Key(0, "nothing"))


def test_a_name_that_looks_like_markup_is_copied(tmp_path: Path) -> None:
    moment = moment_of(clinic(tmp_path / "log").path, 2)
    assert as_code(moment, Key(0, "d['a[b]']")) == "torch.tensor([1.0, 1.0], requires_grad=True)"
    assert as_code(moment, Key(0, "note")) == "'[/] x[0] [red]'"


# The clipboard


def tool(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def environment(folder: Path, **variables: str) -> dict[str, str]:
    return {"PATH": f"{folder}:/usr/bin:/bin", **variables}


def taking(folder: Path, name: str) -> None:
    """A tool that writes down its name and what it was given."""
    tool(folder, name, f'echo {name} "$@" > {folder}/ran; cat > {folder}/taken')


async def test_a_short_text_goes_by_the_copy_sequence(tmp_path: Path) -> None:
    app: App[None] = App()
    assert await copy(app, "torch.tensor(1.0)", environment(tmp_path)) == "Copied 1 line: torch.tensor(1.0)"
    assert app.clipboard == "torch.tensor(1.0)"


@pytest.mark.parametrize(
    ("name", "variables", "ran"),
    [
        ("wl-copy", {"WAYLAND_DISPLAY": "wayland-0"}, "wl-copy"),
        ("xclip", {"DISPLAY": ":0"}, "xclip -selection clipboard"),
        ("xsel", {"DISPLAY": ":0"}, "xsel --clipboard --input"),
        ("pbcopy", {}, "pbcopy"),
    ],
)
async def test_a_text_goes_to_the_tool_that_there_is(
    tmp_path: Path, name: str, variables: dict[str, str], ran: str
) -> None:
    taking(tmp_path, name)
    await copy(App(), "größe = 1; $(echo no)", environment(tmp_path, **variables))
    assert (tmp_path / "taken").read_text() == "größe = 1; $(echo no)"
    assert (tmp_path / "ran").read_text().strip() == ran


async def test_windows_gets_a_text_that_it_can_read(tmp_path: Path) -> None:
    taking(tmp_path, "clip.exe")
    await copy(App(), "größe", environment(tmp_path))
    assert (tmp_path / "taken").read_bytes().decode("utf-16") == "größe"


async def test_a_tool_without_its_display_is_not_run(tmp_path: Path) -> None:
    taking(tmp_path, "xclip")
    await copy(App(), "text", environment(tmp_path))
    assert not (tmp_path / "taken").exists()


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 60", "exec 0<&-; exit 3"])
async def test_after_a_tool_that_fails_comes_the_next(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "TIME_LIMIT", 0.3)
    tool(tmp_path, "xclip", script)
    taking(tmp_path, "xsel")
    text = "long " * 40_000
    sentence = await copy(App(), text, environment(tmp_path, DISPLAY=":0"))
    assert (tmp_path / "taken").read_text() == text
    assert sentence.startswith("Copied 1 line: long long")


async def test_a_text_too_long_for_the_terminal_goes_to_the_tool_alone(tmp_path: Path) -> None:
    taking(tmp_path, "pbcopy")
    app: App[None] = App()
    text = "x" * 56_246
    await copy(app, text, environment(tmp_path))
    assert (tmp_path / "taken").read_text() == text
    assert app.clipboard == ""
    await copy(app, text[: 56_244 // 3 * 3], environment(tmp_path))
    assert len(app.clipboard) == 56_244 // 3 * 3


async def test_a_text_that_nobody_takes_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    text = "größe\n" * 20_000
    sentence = await copy(App(), text, environment(tmp_path))
    (path,) = tmp_path.glob("tutor-*.py")
    assert path.read_text() == text
    assert sentence == f"Too long for the clipboard of a terminal; it is in {path}."
    assert path.stat().st_mode & 0o077 == 0


async def test_no_file_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    sentence = await copy(App(), "x" * 80_000, environment(tmp_path))
    assert (
        sentence == "Too long for the clipboard of a terminal, and no file could be written: No such file or directory."
    )


async def test_the_sentence_is_short_and_harmless(tmp_path: Path) -> None:
    sentence = await copy(App(), "'\x1b[31m'\nb", environment(tmp_path))
    assert sentence == "Copied 2 lines: '␛[31m' …"
    assert len(await copy(App(), "long " * 100, environment(tmp_path))) < 80


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_a_number_has_no_more_digits_than_it_needs(dtype: str) -> None:
    tensor = torch.tensor(0.3, dtype=getattr(torch, dtype))
    assert code_of(tensor).startswith("torch.tensor(0.3")
    assert "0.30" not in code_of(tensor)
