"""What of a lesson's marks can be read before and after their lines have run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lesson.reading import read_program
from tutor.recording.recording import Header
from tutor.tui.page import Page
from tutor.tui.source import program_of

ABOUT = '# %% [raw] tutor="lesson"\n# title = "T"\n\n# %%\n'

ABOVE = "x = 1\n"

MARKED = {
    "printed": "print(x)\n#> 1\n#> 2",
    "raised": "x / 0\n#! ZeroDivisionError: division\n#! by zero",
    "after the line": "x / 0  #! ZeroDivisionError: division\n#! by zero",
    "as jupytext writes it": "x / 0\n# ! ZeroDivisionError: division\n# ! by zero",
    "after the line, as jupytext writes it": "x / 0  #! ZeroDivisionError: division\n# ! by zero",
    "indented, as jupytext writes it": "if x:\n    x / 0\n    # ! ZeroDivisionError: division\n    # ! by zero",
}
"""Code with a mark that goes on over two lines, the last two of the code or the end of them."""


def shown(path: Path, code: str, *, revealed: bool) -> str:
    """The code of a lesson as its page shows it."""
    path.write_text(ABOUT + ABOVE + code + "\n# a comment\n", encoding="utf-8")
    page = Page(read_program(path), 76)
    return "\n".join(page.code(line, revealed).plain for line in page.row_of)


@pytest.mark.parametrize("code", MARKED.values(), ids=MARKED.keys())
def test_no_line_of_a_mark_is_read_before_its_line_has_run(tmp_path: Path, code: str) -> None:
    before = shown(tmp_path / "lesson.py", code, revealed=False)
    sign = "#>" if "print" in code else "#!"
    assert before.count(f"{sign} …") == 2
    assert "division" not in before
    assert "by zero" not in before
    assert "# a comment" in before


@pytest.mark.parametrize("code", MARKED.values(), ids=MARKED.keys())
def test_every_line_of_a_mark_is_read_once_its_line_has_run(tmp_path: Path, code: str) -> None:
    assert shown(tmp_path / "lesson.py", code, revealed=True) == ABOVE + code + "\n# a comment"


@pytest.mark.parametrize("code", MARKED.values(), ids=MARKED.keys())
def test_the_recording_of_a_lesson_has_the_same_marks(tmp_path: Path, code: str) -> None:
    path = tmp_path / "lesson.py"
    path.write_text(ABOUT + ABOVE + code, encoding="utf-8")
    lesson = read_program(path)
    recorded = program_of(Header(str(path), "T", lesson.source))
    assert (recorded.expects, recorded.announces) == (lesson.expects, lesson.announces)
