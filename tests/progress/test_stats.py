"""What several learners answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tutor.progress.answers import Answer
from tutor.progress.export import as_csv
from tutor.progress.stats import ExportError, as_json, collect

from .answered import answer
from .test_answers import OUTCOMES
from .test_store import new_folder

LEARNERS = some.lists(
    some.lists(
        some.builds(
            answer, some.sampled_from(["q", "r"]), OUTCOMES,
            beliefs=some.lists(some.sampled_from(["a", "b"]), unique=True).map(tuple),
        ),
        max_size=6,
    ),
    max_size=4,
)  # fmt: skip


def exported(folder: Path, *learners: list[Answer]) -> list[Path]:
    """A file for each learner."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}.csv" for number in range(len(learners))]
    for path, answers in zip(paths, learners, strict=True):
        path.write_text(as_csv(answers), encoding="utf-8", newline="")
    return paths


@given(LEARNERS)
def test_each_learner_counts_once_at_each_question(learners: list[list[Answer]]) -> None:
    with new_folder() as folder:
        found = collect(exported(folder, *learners))
    assert [each.question for each in found] == sorted({each.question for answers in learners for each in answers})
    for each in found:
        own = [[given for given in answers if given.question == each.question] for answers in learners]
        first = [answers[0] for answers in own if answers]
        wrong = [next((given for given in answers if given.outcome == "wrong"), None) for answers in own]
        assert each.learners == len(first)
        assert each.right == sum(given.outcome == "right" for given in first)
        assert each.skipped == sum(given.outcome == "skipped" for given in first)
        assert each.first_wrong == sum(given is not None for given in wrong)
        for belief in "ab":
            shown = [given for given in wrong if given is not None and belief in given.beliefs]
            assert each.beliefs[belief] == len(shown)


def test_shares_are_of_those_who_tried_and_of_the_first_wrong_answers(tmp_path: Path) -> None:
    often, rare = answer(beliefs=("often",)), answer(beliefs=("rare",))
    files = exported(
        tmp_path, [answer(outcome="right"), rare], [often, rare], [often], [answer(outcome="skipped")], [answer()], []
    )
    (asked,) = collect(files)
    assert (asked.learners, asked.skipped, asked.right, asked.share_right) == (5, 1, 1, 0.25)
    assert asked.shares == [("often", 0.5), ("rare", 0.25)]
    told = json.loads(json.dumps(as_json(len(files), [asked])))
    assert told["learners"] == 6
    assert told["questions"][0]["share_right"] == 0.25
    assert told["questions"][0]["beliefs"]["rare"] == {"count": 1, "share": 0.25}


def test_a_question_that_all_skipped_has_no_share(tmp_path: Path) -> None:
    (asked,) = collect(exported(tmp_path, [answer(outcome="skipped")]))
    assert asked.share_right is None


def test_a_file_that_a_spreadsheet_saved_again_is_read(tmp_path: Path) -> None:
    (path,) = exported(tmp_path, [answer(), answer("other", "right", given='a,\n"b"')])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n") + b"\n")
    assert [each.question for each in collect([path])] == ["other", "question"]


GOOD = as_csv([answer()]).encode()


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "it is empty"),
        (b"\x00\xff\xfe", 1, "no CSV in UTF-8"),
        (b"import torch\n", 1, "no column 'time'"),
        (GOOD.replace(b"outcome", b"result"), 1, "no column 'outcome'"),
        (GOOD.replace(b",", b";"), 1, "no column 'time'"),
        (GOOD + b"1,2\r\n", 3, "2 cells"),
        (GOOD.replace(b"wrong", b"fine"), 2, "no outcome 'fine'"),
        (GOOD + b'"never closed', 1, "no CSV"),
    ],
)
def test_a_file_that_is_no_export_is_said(tmp_path: Path, content: bytes, line: int, said: str) -> None:
    path = tmp_path / "it.csv"
    path.write_bytes(content)
    with pytest.raises(ExportError) as caught:
        collect([*exported(tmp_path, [answer()]), path])
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
