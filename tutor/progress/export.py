"""What was done, for other programs: one JSON object, CSV with a row for each answer, xAPI statements.

Nothing personal goes out: a folder or a file of somebody's own goes by its name, without the way to it.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from tutor.progress.answers import Answer
from tutor.progress.folder import OWN
from tutor.progress.store import Place
from tutor.progress.summary import Summary

FIELDS: Final = (
    "time", "pack", "lesson", "question", "source", "attempt", "outcome", "given", "beliefs", "hints", "seconds",
    "torch",
)  # fmt: skip
"""The columns of the CSV."""

BETWEEN: Final = ";"
"""What stands between the names of beliefs in a cell of the CSV."""

HOME_PAGE: Final = "https://tutor.invalid"
"""Address below which xAPI's names are; as RFC 2606 has it, nobody can be there."""

LEARNER: Final = "learner"
"""Name of the learner who has given none."""

_VERBS: Final = "http://adlnet.gov/expapi/verbs/"
_ACTIVITIES: Final = "http://adlnet.gov/expapi/activities/"


def public_name(name: str) -> str:
    """The name of a pack or a lesson as others may see it: of a path only its last part."""
    return PurePath(name).name or name


def moment(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC, ``2026-03-05T14:03:09.250Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(pack: str, summary: Summary, answers: Iterable[Answer]) -> dict[str, Any]:
    """What was done in a pack as an object for JSON.

    Args:
        pack: Name of the pack.
        summary: How far somebody is in it.
        answers: The answers given in it, and in what else belongs to it.
    """
    return {
        "format": "tutor-progress",
        "version": 1,
        "pack": public_name(pack),
        "last": moment(summary.last) if summary.last is not None else None,
        "lessons": {"done": summary.done, "open": summary.open, "not_begun": summary.not_begun},
        "questions": {"asked": summary.asked, "right_at_first_try": summary.right, "skipped": summary.skipped},
        "due": {"today": summary.due, "next": summary.next_due.isoformat() if summary.next_due else None},
        "beliefs": [asdict(met) for met in summary.beliefs],
        "answers": [_fields(answer) | {"beliefs": list(answer.beliefs)} for answer in answers],
    }


def as_csv(answers: Iterable[Answer]) -> str:
    """The answers as CSV (RFC 4180): a line with the names of the columns, then one row for each."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    for answer in answers:
        writer.writerow(_fields(answer))
    return text.getvalue()


def _fields(answer: Answer) -> dict[str, str | int | float]:
    """An answer by the names of the columns."""
    return {
        "time": moment(answer.asked_at),
        "pack": public_name(answer.pack),
        "lesson": public_name(answer.lesson),
        "question": answer.question,
        "source": answer.source,
        "attempt": answer.attempt,
        "outcome": answer.outcome,
        "given": answer.given,
        "beliefs": BETWEEN.join(answer.beliefs),
        "hints": answer.hints,
        "seconds": round(answer.seconds, 3),
        "torch": answer.torch,
    }


def as_xapi(answers: Iterable[Answer], places: Iterable[Place], name: str = LEARNER) -> list[dict[str, Any]]:
    """Statements of xAPI 1.0.3: one for each answer, and one for each lesson that is done.

    They have no version, which the specification wants only record stores to write. A statement has the same id
    whenever it is exported, so that a record store takes it only once.

    Args:
        answers: The answers.
        places: The places in lessons; the time of one that is done is when it was left last.
        name: Name of the learner's account.
    """
    actor = {"objectType": "Agent", "account": {"homePage": HOME_PAGE, "name": _readable(name)}}
    told = [_answered(answer) for answer in answers]
    told += [_completed(place) for place in places if place.done]
    statements, taken = [], Counter[str]()
    for statement in told:
        facts = "\n".join([_quoted(name), statement["object"]["id"], statement["timestamp"]])
        taken[facts] += 1
        id = uuid.uuid5(uuid.NAMESPACE_URL, f"{facts}\n{taken[facts]}")
        statements.append({"id": str(id), "actor": actor} | statement)
    return statements


def _answered(answer: Answer) -> dict[str, Any]:
    result: dict[str, Any] = {
        "response": _readable(answer.given),
        "duration": f"PT{answer.seconds:.2f}S",
        "extensions": {
            f"{HOME_PAGE}/outcome": answer.outcome,
            f"{HOME_PAGE}/attempt": answer.attempt,
            f"{HOME_PAGE}/hints": answer.hints,
            f"{HOME_PAGE}/beliefs": [_readable(belief) for belief in answer.beliefs],
        },
    }
    if answer.outcome != "skipped":
        result["success"] = answer.outcome == "right"
    return {
        "verb": {"id": f"{_VERBS}answered", "display": {"en": "answered"}},
        "object": _activity("question", *answer.key),
        "result": result,
        "context": {
            "platform": "tutor",
            "extensions": {f"{HOME_PAGE}/source": answer.source, f"{HOME_PAGE}/torch": _readable(answer.torch)},
        },
        "timestamp": moment(answer.asked_at),
    }


def _completed(place: Place) -> dict[str, Any]:
    return {
        "verb": {"id": f"{_VERBS}completed", "display": {"en": "completed"}},
        "object": _activity("lesson", place.pack, place.lesson),
        "result": {"completion": True},
        "context": {"platform": "tutor"},
        "timestamp": moment(place.changed),
    }


def _activity(kind: str, pack: str, lesson: str, *question: str) -> dict[str, Any]:
    """A lesson or a question as xAPI names it.

    The lessons of a pack are the same wherever it lies. Two programs of one's own are not, whatever they are called, so
    a sign that is made from the whole path, and does not tell it, stands with the name.
    """
    names = [public_name(pack), public_name(lesson), *question]
    parts = [_quoted(name) for name in names]
    if pack == OWN and names[1] != lesson:
        parts[1] += f"~{uuid.uuid5(uuid.NAMESPACE_URL, _quoted(lesson)).hex[:8]}"
    return {
        "objectType": "Activity",
        "id": "/".join([HOME_PAGE, *parts]),
        "definition": {"type": f"{_ACTIVITIES}{kind}", "name": {"en": _readable(names[-1])}},
    }


def _readable(text: str) -> str:
    """A text as every reader of JSON takes it: what is no Unicode as an escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def _quoted(name: str) -> str:
    return quote(name, safe="", errors="surrogatepass")
