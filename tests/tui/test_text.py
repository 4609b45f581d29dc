"""Values as short text, lines of source, prose."""

from __future__ import annotations

import struct

import pytest
from rich.cells import cell_len

from tutor.recording.model import Meta
from tutor.tui.cells import fit, fit_end, pad
from tutor.tui.prose import prose_lines
from tutor.tui.text import display_column, output_lines, source_lines, tensor_text


def meta(*shape: int, dtype: str = "float32") -> Meta:
    return Meta("tensor", dtype, shape, "cpu", False, True, False)


def floats(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


@pytest.mark.parametrize(
    ("shape", "values", "width", "text"),
    [
        ((), (3.0,), 20, "3.0"),
        ((), (1.4,), 20, "1.4"),
        ((), (0.000012345,), 20, "1.234e-05"),
        ((), (float("nan"),), 20, "nan"),
        ((2,), (1.0, 2.0), 20, "[1.0, 2.0]"),
        ((2, 2), (1.0, 2.0, 3.0, 4.0), 30, "[[1.0, 2.0], [3.0, 4.0]]"),
        ((2, 2), (1.0, 2.0, 3.0, 4.0), 20, "(2×2) 1.0, 2.0, …"),
        ((5, 1), (-40.0, -10.0, 15.0, 30.0, 50.0), 24, "(5×1) -40.0, -10.0, …"),
        ((0,), (), 20, "(0) empty"),
    ],
)
def test_tensors_in_a_cell(shape: tuple[int, ...], values: tuple[float, ...], width: int, text: str) -> None:
    shown = tensor_text(meta(*shape), floats(*values), width)
    assert shown == text
    assert cell_len(shown) <= width


@pytest.mark.parametrize("width", range(1, 40))
def test_no_value_is_wider_than_its_cell(width: int) -> None:
    thousand = floats(*(number * 1.1 for number in range(1000)))
    assert cell_len(tensor_text(meta(10, 100), thousand, width)) <= width
    assert cell_len(tensor_text(meta(5000, 20), {"mean": 0.5, "min": -1.0, "max": 2.0, "nan": 3}, width)) <= width
    assert cell_len(tensor_text(meta(2, dtype="float8"), b"xx", width)) <= width


def test_a_large_tensor_is_its_facts() -> None:
    text = tensor_text(meta(5000, 20), {"mean": 0.5, "min": -1.0, "max": 2.0, "nan": 3, "inf": 0}, 80)
    assert text == "(5000×20) mean 0.5, min -1.0, max 2.0, nan 3"


def test_integers_and_booleans() -> None:
    assert tensor_text(meta(2, dtype="int64"), struct.pack("<2q", 1, -2), 20) == "[1, -2]"
    assert tensor_text(meta(2, dtype="bool"), b"\x01\x00", 20) == "[True, False]"


def test_what_is_cut_keeps_its_width() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit_end("model.hidden.weight", 10) == "…en.weight"
    assert pad("日本", 6) == "日本  "
    assert cell_len(pad("日本語日本語", 6)) == 6


def test_source_keeps_its_columns() -> None:
    lines = source_lines("a\x0cb\u2028c\r\nd\te\x1b")
    assert lines == ["a␌b�c", "d\te␛"]
    assert display_column("\tx = 1", 1) == 4


def test_output_cannot_steer_the_terminal() -> None:
    assert output_lines("a\x1b[2Jb\x07\nc\td") == ["a␛[2Jb␇", "c       d"]


def test_prose() -> None:
    text = "# Title\n\nOne `x[0]` and\n**two**.\n\n- first\n- second [b]\n"
    assert [line.plain.rstrip() for line in prose_lines(text, 40)] == [
        "Title",
        "",
        "One x[0] and two.",
        "",
        "• first",
        "• second [b]",
    ]
    assert all(line.cell_length <= 12 for line in prose_lines("word " * 20, 12))


def test_stars_with_blanks_around_them_are_no_emphasis() -> None:
    lines = prose_lines("The slope is 2 * x * 3, *not* 6, and **never** `a  b`.", 70)
    assert [line.plain.replace("\u00a0", " ") for line in lines] == ["The slope is 2 * x * 3, not 6, and never a  b."]


def test_code_within_emphasis_keeps_its_stars_and_loses_its_backticks() -> None:
    (line,) = prose_lines("The **slope of `x**2 * y_1`** and *not `2**x`* at all.", 70)
    assert line.plain == "The slope of x**2 * y_1 and not 2**x at all."
    assert [(line.plain[start:end], style) for start, end, style in line.spans if style in ("bold", "italic")] == [
        ("slope of x**2 * y_1", "bold"),
        ("not 2**x", "italic"),
    ]


def test_a_number_within_a_paragraph_is_no_item() -> None:
    assert [line.plain for line in prose_lines("It prints\n30. That is all.\n\n1. one\n2. two", 60)] == [
        "It prints 30. That is all.", "", "1. one", "2. two"
    ]  # fmt: skip


def test_an_indented_line_is_shown_as_it_is() -> None:
    assert [line.plain for line in prose_lines("Then:\n\n    y = 2 * x * w\n    z = y", 60)] == [
        "Then:", "", "    y = 2 * x * w", "    z = y"
    ]  # fmt: skip
