"""The commands quiz and review, as far as they go without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import assert_one_line, nobody, tutor
from tutor.progress.folder import COURSE
from tutor.progress.review import Schedule
from tutor.progress.store import Store


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["08_accumulation"], "need a terminal"),
        ([], "need a terminal"),
        (["--stage", "1"], "need a terminal"),
        (["--stage", "no such stage"], "there is no stage 'no such stage'. Choose one of: 1 "),
        (["08_accumulation", "--stage", "1"], "Give one of them"),
        (["no-such-lesson"], "no-such-lesson"),
    ],
)
def test_quiz_says_what_is_wrong_on_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    assert_one_line(tutor("quiz", *arguments, cwd=tmp_path), said)


def test_review_without_any_answer_says_how_to_begin(tmp_path: Path) -> None:
    result = tutor("review", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "Nothing is due: no question has been answered yet. Begin with: tutor\n"
    assert not list(tmp_path.iterdir()), "looking made nothing"


def test_review_says_when_the_next_question_is_due(tmp_path: Path) -> None:
    store = Store.open(Path(nobody(tmp_path)["TUTOR_DATA"]))
    due = Schedule(store).rate(COURSE, "08_accumulation", "accumulation-sum", right=True, source="quiz")
    store.close()
    result = tutor("review", cwd=tmp_path)
    assert result.stdout == f"Nothing is due today. The next questions are due on {due.isoformat()}.\n"
