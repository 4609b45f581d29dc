"""Every question made from the recordings of all lessons and of many programs is true and well formed."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from tests.quiz.made.recorded import LESSONS, SAMPLES, Recorded, Recorder
from tutor.lesson.value import same
from tutor.quiz.choices import gather
from tutor.quiz.made import all_made
from tutor.quiz.question import ARRANGED, PICKED, TYPED, Draft, Question
from tutor.quiz.shown import answer_text
from tutor.recorder.misread import Answers
from tutor.recording.format import Kind

each_program = pytest.mark.parametrize("name", [*LESSONS, *SAMPLES])


def every(recorded: Recorded) -> list[Draft]:
    """All questions about a program."""
    return [*recorded.mixture, *recorded.on_the_way.values()]


@each_program
def test_the_recorded_answer_is_what_a_plain_run_gives_at_that_place(recorder: Recorder, name: str) -> None:
    recorded = recorder.named(name)
    drafts = {draft.stop.key: draft for draft in every(recorded) if draft.stop is not None}
    values = recorded.values([draft.stop for draft in drafts.values() if draft.stop is not None])
    told = {key: answer_text(draft.question.answer) for key, draft in drafts.items()}
    assert {key: answer_text(value) for key, value in values.items()} == told
    assert all(same(values[key], draft.question.answer) for key, draft in drafts.items())


@each_program
def test_an_answer_without_a_stop_is_what_the_recording_holds_after_the_step(recorder: Recorder, name: str) -> None:
    recording = recorder.named(name).recording
    for draft in every(recorder.named(name)):
        question = draft.question
        if draft.stop is None and question.id.startswith("grad:"):
            step = recording.step(question.step)
            assert step.kind is Kind.ACCUMULATE or "hook" in question.right_why[0]
            if step.kind is Kind.ACCUMULATE:
                names = recording.state(question.step).names_of(step.detail[0])
                assert question.expression.removesuffix(".grad") in names


@each_program
def test_questions_are_well_formed(recorder: Recorder, name: str) -> None:
    recorded = recorder.named(name)
    for draft in every(recorded):
        check(draft, recorded)


def check(draft: Draft, recorded: Recorded) -> None:
    question = draft.question
    lines = recorded.program.source.split("\n")
    assert question.prompt.endswith(("?", "."))
    assert f"L{question.line}" in question.id
    assert 0 < question.step <= recorded.recording.count
    for number in map(int, re.findall(r"[Ll]ine (\d+)", question.prompt)):
        assert lines[number - 1].split("#")[0].strip(), f"{question.id} names line {number}, which is no code"
    assert draft.stop is None or (draft.stop.key, draft.stop.line) == (question.id, question.line)
    assert all(text.endswith((".", "?")) for text in (*question.hints, *question.right_why))
    assert all(choice.right or choice.why for choice in question.choices)
    check_choices(question)


def check_choices(question: Question) -> None:
    texts = [choice.text for choice in question.choices]
    assert len(set(texts)) == len(texts)
    values = [choice.value for choice in question.choices if choice.value is not None]
    assert not any(same(one, other) for one, other in combinations(values, 2))
    right = [choice for choice in question.choices if choice.right]
    if question.way == PICKED:
        assert len(right) == 1
        assert len(texts) > 1
        assert right[0].value is None or same(right[0].value, question.answer)
    else:
        assert question.way in (TYPED, ARRANGED)
        assert not right
        assert not any(same(value, question.answer) for value in values)
    if question.way == ARRANGED:
        assert sorted(question.order) == sorted(answer_text(item) for item in question.answer.items or [])
        assert question.order != [answer_text(item) for item in question.answer.items or []]


@each_program
def test_what_is_known_stays_known_when_the_question_is_finished(recorder: Recorder, name: str) -> None:
    for draft in recorder.named(name).mixture:
        key = draft.stop.key if draft.stop is not None else ""
        found = gather(draft, Answers(right={key: draft.question.answer}))
        known = {choice.text for choice in draft.question.choices if not choice.right}
        assert known <= {choice.text for choice in found}


@each_program
def test_ids_are_unique(recorder: Recorder, name: str) -> None:
    recorded = recorder.named(name)
    for drafts in (recorded.mixture, list(recorded.on_the_way.values())):
        ids = [draft.question.id for draft in drafts]
        assert len(set(ids)) == len(ids)


@each_program
def test_a_mixture_shows_the_code_and_gives_no_answers_away(recorder: Recorder, name: str) -> None:
    recorded = recorder.named(name)
    lines = recorded.program.source.split("\n")
    for draft in recorded.mixture:
        question = draft.question
        rows = question.code.split("\n")
        assert not re.search(r"#[?>!] ", question.code)
        row = rows[question.line - question.first_line]
        assert row.strip()
        assert lines[question.line - 1].startswith(row)


@pytest.mark.parametrize("name", LESSONS)
def test_a_mixture_is_limited_the_same_each_time_and_in_the_order_of_the_program(recorder: Recorder, name: str) -> None:
    recording = recorder.named(name).recording
    drafts = all_made(recording, 8)
    assert drafts == all_made(recording, 8)
    assert len(drafts) <= 8
    assert [draft.question.step for draft in drafts] == sorted(draft.question.step for draft in drafts)


@each_program
def test_the_node_that_runs_next_is_the_node_of_the_step(recorder: Recorder, name: str) -> None:
    recording = recorder.named(name).recording
    for number, draft in recorder.named(name).on_the_way.items():
        if draft.question.kind == "node":
            right = next(choice.text for choice in draft.question.choices if choice.right)
            assert right.split(" of ")[0] == recording.site(number).name
            assert draft.question.step == number
