"""What the check says of a lesson and its pack without running anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lesson.checked import QUESTION, TOP, WRONG, check, check_text, refusals, warnings

CODE = "x = 3\n"


def rules(folder: Path, question: str) -> list[tuple[int, str]]:
    """What is refused of a question that begins on line 9."""
    return [found for found in refusals(check_text(folder, TOP + CODE + question)) if found[1] not in ("ask", "value")]


def test_a_question_that_says_everything_is_accepted(tmp_path: Path) -> None:
    assert rules(tmp_path, QUESTION + WRONG) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ('type = "number"', 'type = "numbr"', 10, "question"),
        ('type = "number"', 'tipe = "number"', 10, "question"),
        ('prompt = "P"', 'prompt = ""', 11, "question"),
        ('hint = ["H"]', "hint = []", 13, "hint"),
        ('hint = ["H"]', 'hint = ["H", " "]', 13, "hint"),
        ('hint = ["H"]', 'hint = "H"', 13, "hint"),
        ('why = "W"', 'why = ""', 17, "why"),
        ('value = "x"', 'value = "x"\n# read_as = "no_grad_noop"', 16, "wrong"),
        ('value = "x"', "", 17, "wrong"),
        ('value = "x"', 'read_as = "grad_overwrite"', 16, "belief"),
        ('value = "x"', 'change = ["x"]', 16, "change"),
        ('value = "x"', 'change = ["y = 4", ""]', 16, "change"),
    ],
)
def test_a_question_that_lacks_something_is_refused_at_its_line(
    tmp_path: Path, old: str, new: str, line: int, rule: str
) -> None:
    assert (line, rule) in rules(tmp_path, (QUESTION + WRONG).replace(old, new))


def test_a_key_that_no_question_has_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (found,) = (each for each in check_text(tmp_path, TOP + CODE + QUESTION + '# hints = ["H"]\n' + WRONG) if
                each.rule == "question")  # fmt: skip
    assert (found.line, found.text) == (14, "a question has no 'hints'. Did you mean hint?")


@pytest.mark.parametrize(("what", "rule"), [('ask = "x."', "question"), ('value = "x."', "value")])
def test_what_is_no_expression_is_refused(tmp_path: Path, what: str, rule: str) -> None:
    old = 'ask = "x.grad"' if what.startswith("ask") else 'value = "x"'
    found = refusals(check_text(tmp_path, TOP + CODE + (QUESTION + WRONG).replace(old, what)))
    assert (12 if rule == "question" else 16, rule) in found


def test_a_question_without_a_wrong_answer_is_refused(tmp_path: Path) -> None:
    assert (10, "wrong") in rules(tmp_path, QUESTION)


def test_a_question_above_all_code_is_refused(tmp_path: Path) -> None:
    assert (7, "question") in refusals(
        check_text(tmp_path, TOP.replace("# %%\n", "") + QUESTION + WRONG + "# %%\nx = 1\n")
    )


def test_a_text_to_change_may_stand_in_an_earlier_cell_too_if_it_is_once_in_the_one_above(tmp_path: Path) -> None:
    text = TOP + "x = 3\n# %%\ny = 0\nx = 3\n" + QUESTION + WRONG.replace('value = "x"', 'change = ["x = 3", "x = 4"]')
    assert [found.text for found in check_text(tmp_path, text) if found.rule == "change"] == []
    twice = text.replace("y = 0", "x = 3")
    assert [found.text for found in check_text(tmp_path, twice) if found.rule == "change"] == [
        "'x = 3' stands 2 times in the code above. Give a text that stands there once."
    ]


def test_a_text_in_a_comment_is_not_there_to_change(tmp_path: Path) -> None:
    wrong = WRONG.replace('value = "x"', 'change = ["x = 4", ""]')
    (found,) = (each for each in check_text(tmp_path, TOP + "x = 3  # x = 4\n" + QUESTION + wrong) if
                each.rule == "change")  # fmt: skip
    assert found.text.startswith("'x = 4' does not stand in the code above.")


def test_two_questions_of_one_id_in_a_file_are_refused(tmp_path: Path) -> None:
    assert refusals(check_text(tmp_path, TOP + CODE + QUESTION + WRONG + QUESTION + WRONG)) == [(19, "id")]


def test_two_prose_cells_of_one_id_are_refused(tmp_path: Path) -> None:
    prose = '# %% [markdown] id="a"\n# A.\n'
    assert refusals(check_text(tmp_path, TOP + CODE + prose + prose)) == [(10, "id")]


def test_a_file_that_cannot_be_read_is_refused_at_its_line(tmp_path: Path) -> None:
    assert refusals(check_text(tmp_path, TOP + "x = (\n")) == [(7, "file")]
    assert refusals(check_text(tmp_path, TOP.replace('"T"', "") + CODE)) == [(2, "file")]
    assert refusals(check_text(tmp_path, TOP.replace('["R"]', '"R"') + CODE)) == [(4, "file")]


# Warnings


def test_a_lesson_to_read_on_with_two_questions_is_not_warned_of(tmp_path: Path) -> None:
    text = TOP + CODE + QUESTION + WRONG + QUESTION.replace('"q"', '"r"') + WRONG
    assert {rule for _, rule in warnings(check_text(tmp_path, text))} <= {"minutes"}


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ('# read = ["R"]\n', "", 2, "read"),
        ("\n# %%\n", "\n# %% [markdown]\n# " + "a" * 77 + "\n# %%\n", 7, "width"),
        ("# %%\n", "# %%\n" + "x = 1\n" * 24, 7, "length"),
        ("minutes = 1", "minutes = 9", 3, "minutes"),
        ("# minutes = 1\n", "", 2, "minutes"),
        ("", "", 2, "questions"),
    ],
)
def test_what_is_hard_to_read_is_warned_of(tmp_path: Path, old: str, new: str, line: int, rule: str) -> None:
    text = TOP.replace(old, new, 1) + CODE
    assert (line, rule) in warnings(check_text(tmp_path, text))
    assert refusals(check_text(tmp_path, text)) == []


def test_lines_of_76_columns_and_cells_of_24_lines_are_not_warned_of(tmp_path: Path) -> None:
    text = TOP + CODE * 24 + "# %% [markdown]\n# " + "a" * 76 + "\n"
    assert not {"width", "length"} & {rule for _, rule in warnings(check_text(tmp_path, text))}


def test_a_plain_script_is_not_measured_as_a_lesson(tmp_path: Path) -> None:
    assert check_text(tmp_path, "x = 3  #? why so\n" * 40) == []


# Packs


def lesson(folder: Path, name: str, needs: str = "[]", question: str = "q") -> None:
    text = TOP.replace("# minutes", f"# needs = {needs}\n# minutes") + CODE + QUESTION.replace('"q"', f'"{question}"')
    (folder / f"{name}.py").write_text(text + WRONG, encoding="utf-8")


def pack(folder: Path, *names: str) -> None:
    listed = "".join(f'    "{name}",\n' for name in names)
    (folder / "pack.toml").write_text(
        f'title = "P"\n[[stage]]\ntitle = "S"\nlessons = [\n{listed}]\n', encoding="utf-8"
    )


def found(folder: Path) -> list[tuple[str, int, str]]:
    known = ("listed", "needs", "id", "pack")
    return [(Path(each.file).name, each.line, each.rule) for each in check(folder) if each.rule in known]


def test_a_pack_in_order_is_accepted(tmp_path: Path) -> None:
    lesson(tmp_path, "01_a", question="a")
    lesson(tmp_path, "02_b", '["a"]', "b")
    pack(tmp_path, "01_a", "02_b")
    assert found(tmp_path) == []


def test_a_lesson_that_is_not_listed_and_a_listed_one_that_is_missing_are_refused(tmp_path: Path) -> None:
    lesson(tmp_path, "01_a")
    pack(tmp_path, "02_b")
    assert found(tmp_path) == [("pack.toml", 5, "listed"), ("01_a.py", 1, "listed")]


@pytest.mark.parametrize("needs", ['["c"]', '["01_a"]'])
def test_a_need_that_is_not_in_the_pack_is_refused(tmp_path: Path, needs: str) -> None:
    lesson(tmp_path, "01_a", question="a")
    lesson(tmp_path, "02_b", needs, "b")
    pack(tmp_path, "01_a", "02_b")
    assert found(tmp_path) == [("02_b.py", 3, "needs")]


def test_needs_in_a_circle_are_refused_in_each_of_its_lessons(tmp_path: Path) -> None:
    lesson(tmp_path, "01_a", '["c"]', "a")
    lesson(tmp_path, "02_b", '["a"]', "b")
    lesson(tmp_path, "03_c", '["b"]', "c")
    lesson(tmp_path, "04_d", '["c"]', "d")
    pack(tmp_path, "01_a", "02_b", "03_c", "04_d")
    assert found(tmp_path) == [(f"{name}.py", 3, "needs") for name in ("01_a", "02_b", "03_c")]


def test_names_that_differ_in_their_number_only_are_refused(tmp_path: Path) -> None:
    lesson(tmp_path, "01_a", question="a")
    lesson(tmp_path, "02_a", question="b")
    pack(tmp_path, "01_a", "02_a")
    assert found(tmp_path) == [("02_a.py", 1, "needs")]


def test_one_id_in_two_lessons_is_refused_also_when_one_is_checked_alone(tmp_path: Path) -> None:
    lesson(tmp_path, "01_a")
    lesson(tmp_path, "02_b")
    pack(tmp_path, "01_a", "02_b")
    assert found(tmp_path) == [("01_a.py", 10, "id"), ("02_b.py", 10, "id")]
    assert (10, "id") in refusals(check(tmp_path / "02_b.py"))


def test_a_broken_pack_file_is_refused_and_its_lessons_are_checked(tmp_path: Path) -> None:
    lesson(tmp_path, "01_a", '["c"]')
    (tmp_path / "pack.toml").write_text('title = "P"\n[[stage\n', encoding="utf-8")
    assert ("pack.toml", 2, "pack") in found(tmp_path)
    assert ("01_a.py", 3, "needs") in found(tmp_path)


def test_a_folder_without_a_pack_file_is_warned_of(tmp_path: Path) -> None:
    lesson(tmp_path, "01_a", '["elsewhere"]')
    assert found(tmp_path) == []
    assert (1, "unlisted") in warnings(check(tmp_path))
