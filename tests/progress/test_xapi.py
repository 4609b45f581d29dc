"""Exported statements against the specification of xAPI 1.0.3."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tutor.progress.answers import Answer
from tutor.progress.export import as_xapi
from tutor.progress.folder import OWN
from tutor.progress.store import Place

from .answered import ASKED, answer
from .test_answers import ANSWERS, TEXTS
from .xapi import STATEMENT, wrong_in

INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"

GOOD: dict[str, Any] = {
    "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
    "actor": {"objectType": "Agent", "account": {"homePage": "http://www.example.com", "name": "13936749"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en-GB": "answered"}},
    "object": {
        "objectType": "Activity",
        "id": "http://www.example.com/questions/größe",
        "definition": {
            "name": {"en": "a question", "zh-Hant-TW": "問題"},
            "type": INTERACTION,
            "interactionType": "choice",
            "correctResponsesPattern": ["golf[,]tetris"],
            "choices": [{"id": "golf", "description": {"en": "Golf"}}, {"id": "tetris"}],
        },
    },
    "result": {
        "score": {"scaled": -0.5},
        "success": False,
        "completion": True,
        "response": "golf",
        "duration": "P3Y1M29DT4H35M59.14S",
        "extensions": {"http://example.com/hints": None},
    },
    "context": {
        "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
        "platform": "a quiz",
        "language": "en",
        "contextActivities": {
            "parent": [{"id": "http://www.example.com/quiz", "definition": {"name": {"en": "q"}, "type": "urn:x:quiz"}}]
        },
    },
    "timestamp": "2013-05-18T05:32:34.804+00:00",
}
"""A statement with much of what there is."""

GONE = object()


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(STATEMENT)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good statement with something else at a place, or nothing."""
    statement = copy.deepcopy(GOOD)
    *way, last = path.split("/")
    inner = statement
    for name in way:
        inner = inner[name]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return statement


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("result/duration", "PT4.26S"),
        ("result/duration", "P4W"),
        ("result/score/scaled", 1),
        ("result", GONE),
        ("context", GONE),
        ("actor/account", GONE),
        ("timestamp", "2026-03-05T14:03:09.250Z"),
        ("object/definition", {"name": {"en": "x"}, "type": "http://adlnet.gov/expapi/activities/question"}),
        ("object/definition/interactionType", "sequencing"),
    ],
)
def test_the_schema_takes_what_the_specification_allows(path: str, value: Any) -> None:
    statement = changed(path, value)
    if path == "actor/account":
        statement["actor"]["mbox"] = "mailto:ada@example.com"
    assert wrong_in(statement) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", GONE),
        ("id", "6690e6c9-3ef0-4ed3-0b37-7f3964730bee"),
        ("id", "{6690e6c9-3ef0-4ed3-8b37-7f3964730bee}"),
        ("actor", {"objectType": "Agent", "name": "Ada"}),
        ("actor/mbox", "mailto:ada@example.com"),
        ("actor/account", {"homePage": "http://www.example.com"}),
        ("actor/account/homePage", "www.example.com"),
        ("actor/account/name", ""),
        ("verb/id", "answered"),
        ("verb/display", {"english language": "answered"}),
        ("verb/display", {}),
        ("object/id", "http://www.example.com/a question"),
        ("object/id", "http://www.example.com/100%"),
        ("object/definition/type", "question"),
        ("object/definition/type", "http://adlnet.gov/expapi/activities/question"),
        ("object/definition/interactionType", GONE),
        ("object/definition/interactionType", "numeric"),
        ("object/definition/interactionType", "Choice"),
        ("object/definition/scale", [{"id": "a"}]),
        ("result/score/scaled", 1.5),
        ("result/score/scaled", "1"),
        ("result/success", "true"),
        ("result/success", None),
        ("result/response", 6.0),
        ("result/response", "\udc80"),
        ("result/duration", "4.26"),
        ("result/duration", "P4W1D"),
        ("result/duration", "PT"),
        ("result/duration", "PTnanS"),
        ("result/duration", "PT4.261S"),
        ("result/extensions", {"hints": 1}),
        ("context/platform", None),
        ("context/contextActivities", {"lesson": []}),
        ("timestamp", "2013-05-18T05:32:34.804"),
        ("timestamp", "2013-05-18T05:32:34Z"),
        ("timestamp", "18 May 2013"),
        ("version", "1.0.3"),
        ("stored", "2013-05-18T05:32:34.804+00:00"),
    ],
)
def test_the_schema_refuses_what_the_specification_forbids(path: str, value: Any) -> None:
    assert wrong_in(changed(path, value))


PLACES = some.lists(
    some.builds(Place, TEXTS, TEXTS, some.just(3), some.just(3), some.booleans(), some.floats(0, 1e10)), max_size=3
)


@given(ANSWERS, PLACES, some.text(some.characters(exclude_categories=[]), min_size=1, max_size=4))
def test_every_statement_is_one_of_the_specification(answers: list[Answer], places: list[Place], name: str) -> None:
    text = json.dumps(as_xapi(answers, places, name), allow_nan=False)
    statements = json.loads(text)
    assert [wrong for statement in statements for wrong in wrong_in(statement)] == []
    assert len({statement["id"] for statement in statements}) == len(statements)
    for statement in statements:
        assert datetime.fromisoformat(statement["timestamp"]).tzinfo is not None
    text.encode("utf-8")


def test_two_files_of_one_name_are_two_activities() -> None:
    files = [answer(pack=OWN, lesson=lesson) for lesson in ("/home/ada/a/train.py", "/home/ada/b/train.py")]
    ids = [statement["object"]["id"] for statement in as_xapi(files, [])]
    assert len(set(ids)) == 2
    assert all("/train.py~" in id and "ada" not in id for id in ids)
    assert ids == [statement["object"]["id"] for statement in as_xapi(files, [])]


def test_the_lessons_of_a_pack_are_the_same_activities_wherever_it_lies() -> None:
    places = [Place(f"/home/{name}/lessons", "01_a", 3, 3, True, ASKED) for name in ("ada", "bob")]
    (one, other) = as_xapi([], places)
    assert one["object"] == other["object"]


@pytest.mark.parametrize(("given", "shown"), [("6.0", "6.0"), ("ü\udc80", "ü\\udc80")])
def test_an_answer_that_is_no_unicode_is_written_so_that_everybody_can_read_it(given: str, shown: str) -> None:
    (statement,) = as_xapi([answer(given=given, beliefs=(given,), torch=given)], [], given)
    assert statement["result"]["response"] == shown
    assert statement["actor"]["account"]["name"] == shown
    json.dumps(statement, ensure_ascii=False).encode("utf-8")
