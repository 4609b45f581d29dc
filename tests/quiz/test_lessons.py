"""The questions of a lesson's quiz cells and of its marks, as they are before anything runs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.lesson.write import program
from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Program
from tutor.quiz.choices import change_name
from tutor.quiz.lessons import drafts_of, readings_of, stops_of
from tutor.quiz.listing import code_above, listing
from tutor.quiz.marks import drafts_of_marks
from tutor.quiz.question import PICKED, TYPED

LESSON = '''# %% [raw] tutor="lesson"
# title = "Slopes"

# %%
import torch

x = torch.tensor(3.0, requires_grad=True)
for turn in range(2):
    y = x**2
    y.backward()  #? x.grad @ turn 1
    print(x.grad)  #? x.grad  #> tensor(6.)
    #> tensor(12.)

# %% [markdown]
# Prose.
#
# More of it.

# %%
y = x * 4
y.backward()
#! RuntimeError: the message
#! goes on

# %% [raw] id="total" tutor="quiz"
# type = "number"
# prompt = """
# What is
# in `x.grad`?
#
# Answer."""
# ask = "x.grad"
# hint = ["One\\nline.", "Two."]
#
# [[wrong]]
# value = "2 * x"
# why = """
# Not
# kept."""
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = "It adds."
#
# [[wrong]]
# change = ["x * 4", "x * 5"]
# why = "It is 4."

# %%
z = 1
'''


@pytest.fixture
def lesson(tmp_path: Path) -> Program:
    return msgspec.structs.replace(program(tmp_path, LESSON), name="01_slopes")


# Quiz cells


def test_a_question_is_asked_as_its_cell_says(lesson: Program) -> None:
    (draft,) = drafts_of(lesson)
    question = draft.question
    assert (question.id, question.kind, question.way, question.lesson) == ("total", "number", TYPED, "01_slopes")
    assert question.prompt == "What is in `x.grad`?\n\nAnswer."
    assert question.hints == ["One line.", "Two."]
    assert question.expression == "x.grad"
    assert draft.cell == 4
    assert draft.stop == Stop("total/ask", "x.grad", cell=4, group="total")


def test_each_wrong_answer_is_made_in_its_way(lesson: Program) -> None:
    (draft,) = drafts_of(lesson)
    assert draft.authored == [(Stop("total/0", "2 * x", cell=4, group="total"), "Not kept.")]
    assert draft.named == [("grad_overwrites", "It adds.")]
    ((cells, why),) = draft.changed
    assert why == "It is 4."
    assert [text.split("\n")[0] for _, _, text in cells] == ["import torch", "y = x * 5"]


def test_all_that_has_to_run_is_said(lesson: Program) -> None:
    drafts = drafts_of(lesson)
    assert [stop.key for stop in stops_of(drafts)] == ["total/ask", "total/0"]
    (reading,) = readings_of(drafts)
    assert (reading.name, reading.cells, reading.belief) == (change_name("total", 0), drafts[0].changed[0][0], "")


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    question = '# %% [raw] id="{}" tutor="quiz"\n# type = "{}"\n# prompt = "P"\n# ask = "{}"\n# hint = ["H"]\n\n'
    cells = [("a", "number", "x ="), ("b", "riddle", "x"), ("c", "choice", "x")]
    text = LESSON + "\n" + "".join(question.format(*cell) for cell in cells)
    assert [(draft.question.id, draft.question.way) for draft in drafts_of(program(tmp_path, text))] == [
        ("total", TYPED),
        ("c", PICKED),
    ]


def test_a_change_that_is_not_found_once_is_left_out(tmp_path: Path) -> None:
    (draft,) = drafts_of(program(tmp_path, LESSON.replace('"x * 4"', '"x * 9"')))
    assert draft.changed == []
    assert len(draft.authored) == 1


# The code that is shown


def test_the_code_of_a_question_is_what_stands_above_it_without_prose_and_marks(lesson: Program) -> None:
    (draft,) = drafts_of(lesson)
    assert listing(draft.question) == [
        (5, "import torch"),
        (6, ""),
        (7, "x = torch.tensor(3.0, requires_grad=True)"),
        (8, "for turn in range(2):"),
        (9, "    y = x**2"),
        (10, "    y.backward()"),
        (11, "    print(x.grad)"),
        (12, ""),
        (20, "y = x * 4"),
        (21, "y.backward()"),
    ]


def test_every_line_of_the_code_has_the_number_that_it_has_in_the_file(lesson: Program) -> None:
    code, first = code_above(lesson, 4)
    lines = lesson.source.split("\n")
    for number, line in enumerate(code.split("\n"), first):
        assert lines[number - 1].startswith(line)
    assert "#" not in code


def test_no_code_above_is_shown_as_none(lesson: Program) -> None:
    assert code_above(lesson, 1) == ("", 1)


# Marks


def test_each_mark_is_a_question_with_an_id_that_does_not_hang_on_its_line(lesson: Program) -> None:
    first, second = drafts_of_marks(lesson)
    assert [first.question.id, second.question.id] == ["ask-x.grad-1", "ask-x.grad-2"]
    assert first.stop == Stop("ask-x.grad-1", "x.grad", 10, 1)
    assert second.stop == Stop("ask-x.grad-2", "x.grad", 11, None)
    assert [draft.cell for draft in (first, second)] == [2, 2]
    assert (first.question.line, first.question.turn, first.question.expression) == (10, 1, "x.grad")


def test_a_mark_says_when_it_asks(lesson: Program) -> None:
    first, second = drafts_of_marks(lesson)
    assert first.question.prompt == "After line 10, turn 1: what is `x.grad`?"
    assert second.question.prompt == "After line 11 in the last turn of the loop: what is `x.grad`?"


@pytest.mark.parametrize(
    ("code", "line", "prompt"),
    [
        ("x = 1  #? x", 1, "After line 1: what is `x`?"),
        ("for x in y:\n    def f():\n        a = 1  #? a", 3, "After line 3: what is `a`?"),
        ("for x in y:\n    if x:\n        a = 1  #? a", 3, "After line 3 in the last turn of the loop: what is `a`?"),
        ("for x in y:  #? x\n    pass", 1, "After line 1 in the last turn of the loop: what is `x`?"),
        (
            "while a:\n    with b:\n        a = 1  #? [ a,\t1 ]",
            3,
            "After line 3 in the last turn of the loop: what is `[ a, 1 ]`?",
        ),
    ],
)
def test_a_loop_is_spoken_of_where_the_line_stands_in_one(tmp_path: Path, code: str, line: int, prompt: str) -> None:
    (draft,) = drafts_of_marks(program(tmp_path, code))
    assert (draft.question.line, draft.question.prompt) == (line, prompt)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("y.backward()  #? x.grad", "adds to the `.grad`"),
        ("optimizer.step()  #? w", "`step()` moves"),
        ("optimizer.zero_grad()  #? w.grad", "leaves None"),
        ("z = x + y  #? tuple(z.shape)", "lined up from the right"),
        ("w -= 0.1 * w.grad  #? w", "learning rate times the gradient"),
        ("y = x**2  #? y.requires_grad", "requires grad"),
    ],
)
def test_hints_say_where_to_look_and_then_the_rule(tmp_path: Path, code: str, rule: str) -> None:
    (draft,) = drafts_of_marks(program(tmp_path, code))
    where, said = draft.question.hints
    assert where.startswith("Look at")
    assert rule in said


def test_where_no_rule_is_known_there_is_one_hint(tmp_path: Path) -> None:
    (draft,) = drafts_of_marks(program(tmp_path, "y = x * 2  #? y"))
    assert len(draft.question.hints) == 1
