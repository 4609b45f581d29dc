"""Values as short text."""

from __future__ import annotations

import math
import struct

import pytest

from tutor.plain.format import clipped, content_text, harmless, number, reference_text
from tutor.recording.model import Content, Meta
from tutor.recording.state import State, Tables


def meta(*shape: int, dtype: str = "float32") -> Meta:
    return Meta("tensor", dtype, shape, "cpu", False, True, False)


def floats(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (1 / 3, "0.3333"),
        (12345.678, "1.235e+04"),
        (1000.0, "1000.0"),
        (1234567.0, "1234567.0"),
        (1e9, "1e+09"),
        (999.96, "1000.0"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (7, "7"),
        (True, "True"),
        (complex(1.0, -0.5), "1.0-0.5j"),
    ],
)
def test_a_number_has_four_significant_digits(value: complex, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("shape", "content", "text"),
    [
        ((), floats(9.0), "9.0"),
        ((2, 2), floats(1, 2, 3, 4), "[[1.0, 2.0], [3.0, 4.0]]"),
        ((100,), floats(*range(100)), "float32[100] 0.0, 1.0, 2.0, 3.0, …"),
        ((0, 3), b"", "float32[0, 3]"),
        ((2000,), {"min": -1.0, "max": 2.5, "mean": 0.25, "nan": 0}, "float32[2000] min -1.0, max 2.5, mean 0.25"),
        ((3,), None, "float32[3] (value not readable)"),
        ((3,), b"abc", "float32[3] (value not readable)"),
    ],
)
def test_a_tensor_is_whole_when_small_and_clipped_when_large(
    shape: tuple[int, ...], content: Content, text: str
) -> None:
    assert content_text(meta(*shape), content) == text


def test_an_unusual_dtype_is_named() -> None:
    assert content_text(meta(2, dtype="float64"), struct.pack("<2d", 1.0, 2.0)) == "[1.0, 2.0] float64"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, größer, 中文, é", "plain, größer, 中文, é"),
        ("\x1b[31mred", "␛[31mred"),
        ("a\rb\x07", "a␍b␇"),
        ("\x7f", "␡"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eabc", "\\u202eabc"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
    ],
)
def test_nothing_that_steers_a_terminal_gets_through(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (None, "None"),
        (["float", 0.1 + 0.2], "0.3"),
        (["str", "\x1b]0;title\x07"], "'\\x1b]0;title\\x07'"),
        (["Linear", None, "Linear(1,\x1b[2J 1)"], "Linear(1,␛[2J 1)"),
        (["list", [1, 2.0]], "[1, 2.0]"),
        (["list", None, "", [["int", 1], ["int", 2]]], "[1, 2]"),
        (["ndarray", None, "", ["float32", [2], floats(1, 2)]], "array [1.0, 2.0]"),
        (99, "a tensor"),
    ],
)
def test_a_reference_as_text(reference: object, text: str) -> None:
    assert reference_text(State(Tables()), reference) == text


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert clipped("abcdef", 4) == "abc…"
    assert clipped("abcd", 4) == "abcd"
