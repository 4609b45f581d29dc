"""What the check says of prose that the screen would show otherwise than it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lesson.checked import QUESTION, TOP, WRONG, check_text
from tutor.tui.prose import inline, prose_lines

LOST = [
    "the sum x**2 + y**2 of both",
    "f(a)*b c*(d)",
    "the value of `x`**2 and `y`**2",
    "two (a)_b_(c)",
    "a first line with x**2 and\na second with y**2",
]
"""Formulas whose stars or lines the screen takes for emphasis."""

KEPT = {
    "the slope is 2 * x * 3, which is `x**2 + y**2`": "the slope is 2 * x * 3, which is x**2 + y**2",
    "**bold** and x**2": "bold and x**2",
    "from 2**3 to **x": "from 2**3 to **x",
    "an *important* word, (*really*) and **a `x**2`** here": "an important word, (really) and a x**2 here",
    "x**2 alone, f(*args, **kwargs), a_long_name and x_1 * x_2": (
        "x**2 alone, f(*args, **kwargs), a_long_name and x_1 * x_2"
    ),
}
"""Prose whose formulas stay as they are, and how the screen shows it."""


def said(folder: Path, prose: str) -> list[tuple[int, str]]:
    """Line and text of what the rule says of prose that begins on line 9."""
    cell = "# %% [markdown]\n" + "".join(f"# {line}\n" for line in prose.split("\n"))
    return [(found.line, found.text) for found in check_text(folder, TOP + "x = 3\n" + cell) if found.rule == "shown"]


def seen(prose: str) -> str:
    return " ".join(line.plain for line in prose_lines(prose, 500)).replace("\u00a0", " ")


@pytest.mark.parametrize("prose", LOST)
def test_a_formula_that_loses_its_marks_is_warned_of(tmp_path: Path, prose: str) -> None:
    ((line, text),) = said(tmp_path, prose)
    lost = text.partition(" is shown")[0]
    assert lost in " ".join(prose.split())
    assert lost not in seen(prose)
    assert line == 9


@pytest.mark.parametrize(("prose", "shown"), KEPT.items())
def test_prose_that_keeps_its_formulas_is_not(tmp_path: Path, prose: str, shown: str) -> None:
    assert said(tmp_path, prose) == []
    assert seen(prose) == shown


def test_a_backtick_without_a_partner_is_warned_of_at_its_line(tmp_path: Path) -> None:
    assert said(tmp_path, "`x` is\nnot `y.\n\n`z`") == [
        (10, "a backtick has no partner. Put code between two of them.")
    ]


@pytest.mark.parametrize("begin", ["- 3 and", "+ 3 and", "* 3 and", "1. That", "# 3"])
def test_a_sentence_that_goes_on_like_an_item_or_a_heading_is_warned_of(tmp_path: Path, begin: str) -> None:
    prose = f"The difference is x\n{begin} so on."
    assert [line for line, _ in said(tmp_path, prose)] == [10]
    assert begin not in seen(prose) or len(prose_lines(prose, 500)) == 2


@pytest.mark.parametrize(
    "prose",
    [
        "It is:\n- one\n- two",
        "- one, which\n  goes on\n- two",
        "It prints\n30. That is all.",
        "Then:\n\n    y = a\n    - b**2 * c**2",
        "# Title\nIt is so.",
    ],
)
def test_a_list_a_title_and_indented_code_are_not(tmp_path: Path, prose: str) -> None:
    assert said(tmp_path, prose) == []


@pytest.mark.parametrize(("key", "line"), [("prompt", 11), ("hint", 13), ("why", 17)])
def test_the_texts_of_a_question_are_looked_at_too(tmp_path: Path, key: str, line: int) -> None:
    old = {"prompt": '"P"', "hint": '"H"', "why": '"W"'}[key]
    wanted = "x**2 + y**2"
    question = (QUESTION + WRONG).replace(old, f'"{wanted}"')
    found = [each for each in check_text(tmp_path, TOP + "x = 3\n" + question) if each.rule == "shown"]
    assert [each.line for each in found] == [line]
    assert wanted not in inline(wanted).plain
