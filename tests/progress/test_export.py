"""What was done, for other programs."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from tutor.progress.answers import Answer
from tutor.progress.export import BETWEEN, FIELDS, LEARNER, as_csv, as_json, as_xapi
from tutor.progress.store import Place
from tutor.progress.summary import Met, Summary

from .answered import ASKED, answer
from .test_answers import ANSWERS, OUTCOMES

SUMMARY = Summary(["a"], ["b"], ["c"], 4, 2, 1, 3, None, [Met("often", 2, ["a"])], ASKED)
PLACES = [Place("pack", "lesson", 3, 3, True, ASKED), Place("pack", "another", 2, 3, False, ASKED)]


@given(ANSWERS)
def test_csv_has_a_row_for_each_answer_with_what_is_in_the_table(answers: list[Answer]) -> None:
    text = as_csv(answers)
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(header) == FIELDS
    assert len(rows) == len(answers)
    for cells, each in zip(rows, answers, strict=True):
        row = dict(zip(header, cells, strict=True))
        assert (row["pack"], row["lesson"], row["question"], row["given"]) == (*each.key, each.given)
        assert (row["outcome"], row["source"], row["torch"]) == (each.outcome, each.source, each.torch)
        assert (int(row["attempt"]), int(row["hints"])) == (each.attempt, each.hints)
        assert row["beliefs"] == BETWEEN.join(each.beliefs)
        assert abs(float(row["seconds"]) - each.seconds) <= 0.0006
        assert abs(datetime.fromisoformat(row["time"]).timestamp() - each.asked_at) < 0.002


def test_csv_is_that_of_rfc_4180() -> None:
    first, second, rest = as_csv([answer(given='1, "two"\nthree', beliefs=("a", "b"), torch="2.13.0")]).split("\r\n")
    assert first == "time,pack,lesson,question,source,attempt,outcome,given,beliefs,hints,seconds,torch"
    assert second == ('2026-03-05T14:03:09.250Z,pack,lesson,question,step,1,wrong,"1, ""two""\nthree",a;b,0,0.0,2.13.0')
    assert rest == ""


def test_json_holds_the_summary_and_all_answers() -> None:
    found = json.loads(json.dumps(as_json("pack", SUMMARY, [answer(beliefs=("often",)), answer("other", "right")])))
    assert (found["format"], found["version"], found["pack"]) == ("tutor-progress", 1, "pack")
    assert found["lessons"] == {"done": ["a"], "open": ["b"], "not_begun": ["c"]}
    assert found["questions"] == {"asked": 4, "right_at_first_try": 2, "skipped": 1}
    assert found["due"] == {"today": 3, "next": None}
    assert found["beliefs"] == [{"belief": "often", "count": 2, "lessons": ["a"]}]
    assert found["last"] == "2026-03-05T14:03:09.250Z"
    assert [each["question"] for each in found["answers"]] == ["question", "other"]
    assert found["answers"][0]["beliefs"] == ["often"]
    assert set(found["answers"][0]) == set(FIELDS)


def by_verb(statements: list[dict[str, Any]], verb: str) -> list[dict[str, Any]]:
    return [each for each in statements if each["verb"]["id"] == f"http://adlnet.gov/expapi/verbs/{verb}"]


def test_xapi_says_who_answered_what_and_which_lessons_are_completed() -> None:
    statements = json.loads(json.dumps(as_xapi([answer("w / 2", "right", seconds=4.256, given="x")], PLACES, "Ada")))
    assert {json.dumps(each["actor"], sort_keys=True) for each in statements} == {
        '{"account": {"homePage": "https://tutor.invalid", "name": "Ada"}, "objectType": "Agent"}'
    }
    (answered,) = by_verb(statements, "answered")
    assert answered["object"]["id"] == "https://tutor.invalid/pack/lesson/w%20%2F%202"
    assert (answered["result"]["success"], answered["result"]["response"]) == (True, "x")
    assert answered["result"]["duration"] == "PT4.26S"
    assert answered["timestamp"] == "2026-03-05T14:03:09.250Z"
    (completed,) = by_verb(statements, "completed")
    assert completed["object"]["id"] == "https://tutor.invalid/pack/lesson"
    assert completed["result"] == {"completion": True}
    assert len(statements) == 2


@given(OUTCOMES)
def test_xapi_calls_a_skipped_question_neither_right_nor_wrong(outcome: Any) -> None:
    (statement,) = as_xapi([answer(outcome=outcome)], [])
    expected = {"right": True, "wrong": False, "shown": False}.get(outcome)
    assert statement["result"].get("success") is expected
    assert statement["result"]["extensions"]["https://tutor.invalid/outcome"] == outcome


@given(ANSWERS, some.text(some.characters(exclude_categories=[]), max_size=3))
def test_each_statement_has_an_id_of_its_own_that_stays_when_more_is_answered(answers: list[Answer], name: str) -> None:
    first = [each["id"] for each in as_xapi(answers, PLACES, name)][: len(answers)]
    assert len({uuid.UUID(each) for each in first}) == len(answers)
    again = [each["id"] for each in as_xapi([*answers, *answers], [], name)]
    assert again[: len(answers)] == first
    assert not set(first) & {each["id"] for each in as_xapi(answers, PLACES, f"{name}2")}


def test_nothing_that_goes_out_names_the_way_to_a_folder_or_a_file() -> None:
    own = answer(pack="/home/ada/lessons", lesson="/home/ada/train.py")
    place = Place("/home/ada/lessons", "lesson", 1, 1, True, ASKED)
    texts = [
        as_csv([own]),
        json.dumps(as_json(own.pack, SUMMARY, [own])),
        json.dumps(as_xapi([own], [place])),
    ]
    for text in texts:
        assert "ada" not in text
        assert "lessons" in text
        assert "train.py" in text
    assert LEARNER in texts[-1]
