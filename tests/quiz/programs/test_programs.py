"""Questions about whole programs, answered with real runs."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from tests.quiz.made.recorded import Recorded, Recorder
from tutor.lesson.changes import CodeCell, changed, code_cells
from tutor.lesson.readings import readings
from tutor.lesson.value import Value, same
from tutor.quiz.choices import finish
from tutor.quiz.filling import code_of
from tutor.quiz.grading import grade
from tutor.quiz.lessons import readings_of, stops_of
from tutor.quiz.programs import bug, fills, lines, matters, traces_of, which
from tutor.quiz.question import ARRANGED, CODE, HOLE, Draft, Question
from tutor.recorder.misread import Answers, Misreader
from tutor.recording.queries.aligned import Alignment

LOOP = """
    import torch

    w = torch.tensor(1.0, requires_grad=True)
    for turn in range(5):
        loss = (w - 3) ** 2
        loss.backward()  #? w.grad
        with torch.no_grad():
            w -= 0.1 * w.grad
        w.grad = None
        print(w.item())
"""

LESSONS = (
    "08_accumulation",
    "12_freezing",
    "14_manual_update",
    "16_sgd",
    "18_adam",
    "33_wrong_name",
    "37_error_clinic",
)


def that_matter(recorded: Recorded, misreader: Misreader, drafts: list[Draft]) -> list[Draft]:
    """Those of some drafts that ask for anything, by what real runs of their changes give."""
    answers = misreader.answers(recorded.program, stops_of(drafts), readings_of(drafts)) if drafts else Answers()
    return [draft for draft in drafts if matters(draft, answers)]


def finished(recorded: Recorded, draft: Draft) -> Question:
    """The question, its answer evaluated on the program itself."""
    assert draft.stop is not None
    right = recorded.values([draft.stop], code_cells(recorded.program, draft.cell))
    question = finish(draft, Answers(right=right))
    assert question is not None
    return question


def graded(recorded: Recorded, question: Question, answer: str) -> bool:
    """Whether an answer is right, by running it."""
    assert question.run is not None
    cells = code_of(question.run, answer)
    assert not isinstance(cells, str), cells
    value = recorded.values([question.run.stop], cells).get(question.run.stop.key)
    return value is not None and grade(question, value).right


# A line that is left out


def fill(recorded: Recorded, line: int) -> Question:
    draft = next(draft for draft in fills(recorded.program, recorded.recording) if draft.question.line == line)
    return finished(recorded, draft)


def test_the_backward_call_the_update_and_the_zeroing_can_be_left_out(recorder: Recorder) -> None:
    recorded = recorder.text(LOOP)
    drafts = fills(recorded.program, recorded.recording)
    assert [draft.question.id for draft in drafts] == ["fill:L6", "fill:L8", "fill:L9"]
    assert all(draft.question.way == CODE for draft in drafts)
    question = fill(recorded, 8)
    assert question.prompt == (
        "Line 8 is left out: `...` stands in its place. Write the line with which w is 2.345 at the end of this code."
    )
    assert question.right_why == ["The line was `w -= 0.1 * w.grad`."]
    assert question.code.split("\n")[8 - question.first_line] == "        ..."
    assert "#?" not in question.code


@pytest.mark.parametrize(
    ("line", "answer", "right"),
    [
        (6, "loss.backward()", True),
        (6, "loss.backward(retain_graph=True)", True),
        (6, "w.grad = 2 * (w - 3).detach()", True),
        (6, "(2 * loss).backward()", False),
        (8, "w.sub_(w.grad / 10)", True),
        (8, "w = w - 0.1 * w.grad", False),
        (9, "w.grad.zero_()", True),
        (9, "w.grad *= 0", True),
        (9, "w.zero_()", False),
    ],
)  # fmt: skip
def test_any_line_that_has_the_same_effect_is_right(recorder: Recorder, line: int, answer: str, right: bool) -> None:
    recorded = recorder.text(LOOP)
    assert graded(recorded, fill(recorded, line), answer) is right


@pytest.mark.parametrize("name", LESSONS)
def test_in_lessons_the_line_itself_is_right_and_nothing_is_not(
    recorder: Recorder, misreader: Misreader, name: str
) -> None:
    recorded = recorder.named(name)
    source = recorded.program.source.split("\n")
    for draft in that_matter(recorded, misreader, fills(recorded.program, recorded.recording)):
        question = finished(recorded, draft)
        assert graded(recorded, question, source[question.line - 1])
        assert not graded(recorded, question, "pass"), f"{question.id} can be left empty"


def test_a_line_without_which_the_end_is_the_same_is_not_asked_for(recorder: Recorder, misreader: Misreader) -> None:
    recorded = recorder.text("""
        import torch

        w = torch.tensor(1.0, requires_grad=True)
        for turn in range(2):
            loss = (w - 3) ** 2
            loss.backward()
            with torch.no_grad():
                w -= 0 * w.grad
                w.copy_(torch.tensor(float(turn)))
    """)
    drafts = fills(recorded.program, recorded.recording)
    assert [draft.question.id for draft in drafts] == ["fill:L6", "fill:L8"]
    assert [draft.question.id for draft in that_matter(recorded, misreader, drafts)] == ["fill:L6"]


# Lines in order


def test_the_lines_of_a_loop_are_mixed_without_those_that_print(recorder: Recorder) -> None:
    recorded = recorder.text(LOOP)
    (draft,) = lines(recorded.program, recorded.recording)
    question = finished(recorded, draft)
    assert question.way == ARRANGED
    assert question.prompt == (
        "These are the lines of the loop in line 4. Put them in an order after which w is 2.345."
    )  # fmt: skip
    texts = ["loss = (w - 3) ** 2", "loss.backward()", "with torch.no_grad(): w -= 0.1 * w.grad", "w.grad = None"]
    assert sorted(question.order) == sorted(texts)
    assert question.order != texts
    assert graded(recorded, question, "\n".join(texts))
    # Before the first line of a turn is as good as after the last.
    assert graded(recorded, question, "\n".join([texts[3], *texts[:3]]))
    assert not graded(recorded, question, "\n".join([texts[0], texts[1], texts[3], texts[2]]))
    assert not graded(recorded, question, "\n".join(reversed(texts)))


def test_the_code_that_is_shown_does_not_give_the_order_away(recorder: Recorder) -> None:
    recorded = recorder.text(LOOP)
    (draft,) = lines(recorded.program, recorded.recording)
    assert "backward" not in draft.question.code
    assert draft.question.run is not None
    assert sum(text.count(HOLE) for _, _, text in draft.question.run.cells) == 1


@pytest.mark.parametrize("name", LESSONS)
def test_in_lessons_the_order_of_the_program_is_right_and_its_reverse_is_not(
    recorder: Recorder, misreader: Misreader, name: str
) -> None:
    recorded = recorder.named(name)
    for draft in that_matter(recorded, misreader, lines(recorded.program, recorded.recording)):
        question = finished(recorded, draft)
        text = question.right_why[0].partition(": ")[2]
        order = sorted(question.order, key=text.index)
        assert order != question.order
        assert graded(recorded, question, "\n".join(order))
        assert not graded(recorded, question, "\n".join(reversed(order)))


# Which program made a run


def asked_which(recorded: Recorded, misreader: Misreader) -> list[Question]:
    found = []
    for trace in traces_of(recorded.program, recorded.recording):
        ways = readings(recorded.program, trace.cell)
        answers = misreader.answers(recorded.program, trace.stops, ways)
        question = which(recorded.program, trace, ways, answers.right, answers.wrong)
        if question is not None:
            found.append(question)
    return found


def test_a_run_is_told_from_that_of_programs_that_differ_in_a_line(recorder: Recorder, misreader: Misreader) -> None:
    recorded = recorder.text(LOOP)
    (question,) = asked_which(recorded, misreader)
    texts = {choice.text for choice in question.choices}
    assert {"as it is written", "without line 9"} <= texts
    without = next(choice for choice in question.choices if choice.text == "without line 9")
    written = next(choice for choice in question.choices if choice.text == "as it is written")
    told = "1.4, 1.72, 1.976 and 2.181"
    assert told in question.prompt if written.right else written.why == [f"w would be {told}."]
    told = "1.4, 2.12, 3.016 and 3.909"
    assert told in question.prompt if without.right else without.why == [f"w would be {told}."]


@pytest.mark.parametrize("name", ["08_accumulation", "16_sgd", "31_twenty_turns", "33_wrong_name"])
def test_programs_to_choose_from_have_different_texts_and_one_is_right(
    recorder: Recorder, misreader: Misreader, name: str
) -> None:
    for question in asked_which(recorder.named(name), misreader):
        assert sum(choice.right for choice in question.choices) == 1
        assert len({choice.text for choice in question.choices}) == len(question.choices) > 1
        assert all(choice.right or choice.why for choice in question.choices)
        told = [choice.why[0] for choice in question.choices if choice.why]
        assert all(one != other for one, other in combinations(told, 2))
        assert not any(text in question.prompt for why in told for text in [why.partition(" would be ")[2][:-1]])


# Where a program goes wrong


def wrong_run(recorder: Recorder, recorded: Recorded, old: str, new: str) -> tuple[list[CodeCell], Recorded]:
    cells = changed(code_cells(recorded.program, 10**9), old, new)
    return cells, recorder.text("\n".join(text for _, _, text in cells))


def test_the_first_wrong_line_is_found_by_the_runs(recorder: Recorder) -> None:
    recorded = recorder.text(LOOP)
    cells, other = wrong_run(recorder, recorded, "w.grad = None", "pass")
    difference = Alignment(recorded.recording, other.recording).first_different_state()
    assert difference is not None
    question = bug(recorded.program, cells, difference.line, "w = 2.345", "w = 4.618")
    assert question is not None
    assert question.answer == Value("int", content=9)
    assert question.prompt.startswith("This program should come to w = 2.345, but it comes to w = 4.618.")
    assert next(choice.text for choice in question.choices if choice.right) == "line 9: pass"
    numbers = [choice.value.content for choice in question.choices if choice.value is not None]
    assert all(one < other for one, other in pairwise(numbers))
    assert "#?" not in question.code
    assert question.code.split("\n")[9 - question.first_line].strip() == "pass"
    assert not any(same(Value("int", content=9), Value("int", content=number)) for number in numbers if number != 9)


def test_there_is_no_question_about_a_line_without_a_statement(recorder: Recorder) -> None:
    recorded = recorder.text(LOOP)
    assert bug(recorded.program, code_cells(recorded.program, 1), 2, "a", "b") is None
