"""Copies of programs: their lines are those of the program, and nothing in them tells what will be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lesson.pack import Pack, built_in
from tutor.lesson.reading import read_program
from tutor.tui.copies import Copies, Copy
from tutor.tui.elsewhere import changed_in, editor_command

LESSON = """\
# %% [raw] tutor="lesson"
# title = "A lesson"

# %%
x = 1
print(x)  #> 1

# %% [markdown]
# Prose.

# %%
for turn in range(2):
    print(turn)
    #> 0
    #> 1
    y = turn  #? y
raise ValueError("no")  #! ValueError: no

# %%
z = 3
"""


def copy_of(tmp_path: Path, source: str = LESSON) -> Copy:
    path = tmp_path / "lesson.py"
    path.write_text(source)
    return Copy(read_program(path))


@pytest.mark.parametrize("name", [lesson.name for lesson in Pack.load(built_in()).lessons])
def test_a_copy_of_a_lesson_keeps_its_lines_and_hides_its_marks(name: str) -> None:
    path = next(lesson.path for lesson in Pack.load(built_in()).lessons if lesson.name == name)
    program = read_program(path)
    copy = Copy(program)
    assert copy.wrong() is None
    assert not copy.changed
    made = copy.program()
    assert [(cell.first_line, cell.last_line) for cell in made.cells] == [
        (cell.first_line, cell.last_line) for cell in program.cells
    ]
    code = "\n".join(copy.text(cell) for cell in range(copy.cells)).replace("#> …", "")
    assert not any(mark in code for mark in ("#>", "#?", "#!"))
    assert (made.asks, made.expects, made.questions) == ([], [], [])
    assert copy.to_save == path.read_text()


def test_only_code_cells_are_edited(tmp_path: Path) -> None:
    copy = copy_of(tmp_path)
    assert [copy.text(cell) for cell in range(copy.cells)] == [
        "x = 1\nprint(x)",
        'for turn in range(2):\n    print(turn)\n    #> …\n    #> …\n    y = turn\nraise ValueError("no")',
        "z = 3",
    ]
    assert [copy.cell_at(line) for line in (1, 5, 6, 9, 12, 20)] == [0, 0, 0, 0, 1, 2]


def test_a_longer_cell_moves_the_cells_below_it(tmp_path: Path) -> None:
    copy = copy_of(tmp_path)
    copy.set_text(0, "x = 1\n\nx = 2")
    assert copy.changed
    assert [copy.first_line(cell) for cell in range(copy.cells)] == [5, 13, 21]
    assert copy.source.split("\n")[12] == "for turn in range(2):"
    program = copy.program()
    lines = program.source.split("\n")
    shown = {cell.number: lines[cell.first_line - 1 : cell.last_line] for cell in program.cells}
    assert shown[2] == ["x = 1", "", "x = 2"]
    assert shown[3] == ["# Prose."]
    assert shown[5] == ["z = 3"]
    assert [(announce.cell, announce.text) for announce in program.announces] == [(4, "ValueError: no")]


def test_what_is_saved_keeps_the_cells_that_were_not_changed(tmp_path: Path) -> None:
    copy = copy_of(tmp_path)
    copy.set_text(1, copy.text(1).replace("range(2)", "range(3)"))
    assert copy.to_save == LESSON.replace("range(2)", "range(3)").replace("    #> 0\n    #> 1\n", "").replace(
        "  #? y", ""
    ).replace("  #! ValueError: no", "")
    assert copy.unsaved
    copy.mark_saved()
    assert not copy.unsaved
    assert copy.changed


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\nx = (", 6, "'(' was never closed"),
        ("x = 1\nreturn", 6, "'return' outside function"),
        ("if x:", 5, "expected an indented block"),
        ("x = '\0'", 5, "null bytes"),
        ("(" * 300 + ")" * 300, 5, "too many nested parentheses"),
    ],
)
def test_what_python_refuses_is_said_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    copy = copy_of(tmp_path)
    copy.set_text(0, text)
    wrong = copy.wrong()
    assert wrong is not None
    assert words in wrong.text
    assert wrong.line == line
    assert "\n" not in wrong.text


def test_copies_are_kept_by_path_while_the_program_is_the_same(tmp_path: Path) -> None:
    copies, path = Copies(), tmp_path / "mine.py"
    path.write_text("x = 1\n")
    program = read_program(path)
    assert copies.changed(program) is None
    copies.of(program).set_text(0, "x = 2")
    assert copies.of(read_program(path)).text(0) == "x = 2"
    assert copies.changed(program) is copies.of(program)
    copies.saved(str(tmp_path / "copy.py"), copies.of(program))
    path.with_name("copy.py").write_text("x = 2\n")
    assert copies.original_of(read_program(tmp_path / "copy.py")) is program
    assert copies.original_of(program) is None
    path.write_text("x = 3\n")
    assert copies.of(read_program(path)).text(0) == "x = 3"


def test_the_editor_is_the_one_that_the_person_named() -> None:
    assert editor_command({}) == []
    assert editor_command({"EDITOR": "  "}) == []
    assert editor_command({"EDITOR": "vi", "VISUAL": "code --wait"}) == ["code", "--wait"]
    assert editor_command({"EDITOR": "vi '"}) == []


def test_a_text_changed_elsewhere_comes_back(tmp_path: Path) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "y = 2" >> "$1"\necho "$1" > "$0.seen"\n')
    script.chmod(0o755)
    assert changed_in([str(script)], "x = 'ü'") == "x = 'ü'\ny = 2"
    assert not Path(Path(f"{script}.seen").read_text().strip()).exists()


@pytest.mark.parametrize(
    ("body", "reason"), [("exit 3", "status 3"), ("printf '\\377' > \"$1\"", "no UTF-8"), (None, "No such file")]
)
def test_an_editor_that_fails_says_why(tmp_path: Path, body: str | None, reason: str) -> None:
    script = tmp_path / "editor"
    if body is not None:
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
    with pytest.raises(OSError, match=reason):
        changed_in([str(script)], "x = 1")
