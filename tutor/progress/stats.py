"""What several learners answered, from their exported CSV files: for each question how many, and how many right."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tutor.progress.export import BETWEEN, FIELDS

_OUTCOMES: Final = ("right", "wrong", "skipped", "shown")

Key = tuple[str, str, str]
"""Pack, lesson and question."""


class ExportError(Exception):
    """A file is no export of answers. The text says where, why and what to do, on one line."""


@dataclass
class Asked:
    """What several learners answered to one question."""

    pack: str
    lesson: str
    question: str
    learners: int = 0
    """How many were asked it."""
    right: int = 0
    """How many of them gave the right answer at their very first try."""
    skipped: int = 0
    """How many of them skipped it the first time."""
    first_wrong: int = 0
    """How many of them ever gave a wrong answer to it; only their first wrong one counts below."""
    beliefs: Counter[str] = field(default_factory=Counter)
    """How many of these first wrong answers show each misreading. One answer may show several, or none."""

    @property
    def share_right(self) -> float | None:
        """The part of those who did not skip it that was right at the first try, None if nobody tried."""
        tried = self.learners - self.skipped
        return self.right / tried if tried else None

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The part of the first wrong answers that shows each misreading, the largest first."""
        ordered = sorted(self.beliefs.items(), key=lambda each: (-each[1], each[0]))
        return [(belief, count / self.first_wrong) for belief, count in ordered]

    def add(self, rows: list[dict[str, str]]) -> None:
        """Count one learner's answers to the question, at least one, in their order."""
        self.learners += 1
        self.right += rows[0]["outcome"] == "right"
        self.skipped += rows[0]["outcome"] == "skipped"
        wrong = next((row for row in rows if row["outcome"] == "wrong"), None)
        if wrong is not None:
            self.first_wrong += 1
            self.beliefs.update(set(filter(None, wrong["beliefs"].split(BETWEEN))))


def collect(paths: Iterable[Path]) -> list[Asked]:
    """Count what several learners answered.

    Args:
        paths: Exported CSV files, one for each learner.

    Returns:
        The questions, by pack, lesson and id.

    Raises:
        ExportError: a file is no such export.
        OSError: a file cannot be read.
    """
    asked: dict[Key, Asked] = {}
    for path in paths:
        for key, rows in _read(path).items():
            asked.setdefault(key, Asked(*key)).add(rows)
    return [asked[key] for key in sorted(asked)]


def as_json(learners: int, asked: Iterable[Asked]) -> dict[str, Any]:
    """The counts as an object for JSON.

    Args:
        learners: How many files were read.
        asked: What was counted.
    """
    questions = [
        {
            "pack": each.pack,
            "lesson": each.lesson,
            "question": each.question,
            "learners": each.learners,
            "skipped": each.skipped,
            "right": each.right,
            "share_right": each.share_right,
            "first_wrong": each.first_wrong,
            "beliefs": {belief: {"count": each.beliefs[belief], "share": share} for belief, share in each.shares},
        }
        for each in asked
    ]
    return {"format": "tutor-progress-stats", "version": 1, "learners": learners, "questions": questions}


def _read(path: Path) -> dict[Key, list[dict[str, str]]]:
    """The rows of a file by question."""
    found: dict[Key, list[dict[str, str]]] = {}
    header: list[str] | None = None
    try:
        # A spreadsheet that saved it again may have put a mark in front.
        reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        for cells in reader:
            if header is None:
                header = _checked_header(path, cells)
            elif cells:
                row = _checked_row(path, reader.line_num, header, cells)
                found.setdefault((row["pack"], row["lesson"], row["question"]), []).append(row)
    except (UnicodeDecodeError, csv.Error):
        raise _wrong(path, 1, "this is no export of answers (no CSV in UTF-8)") from None
    if header is None:
        raise _wrong(path, 1, "this is no export of answers (it is empty)")
    return found


def _checked_header(path: Path, cells: list[str]) -> list[str]:
    missing = [name for name in FIELDS if name not in cells]
    if missing:
        raise _wrong(path, 1, f"this is no export of answers (it has no column {missing[0]!r})")
    return cells


def _checked_row(path: Path, line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise _wrong(path, line, f"the row has {len(cells)} cells, and there are {len(header)} columns")
    row = dict(zip(header, cells, strict=True))
    if row["outcome"] not in _OUTCOMES:
        raise _wrong(path, line, f"there is no outcome {row['outcome']!r}")
    return row


def _wrong(path: Path, line: int, problem: str) -> ExportError:
    return ExportError(f"{path}:{line}: {problem}. Give files made with: tutor progress --csv")
