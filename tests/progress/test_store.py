"""The store: what is kept is there again, whoever asks."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tutor.progress.folder import data_folder
from tutor.progress.glance import kept_setting
from tutor.progress.store import MOST_RECENT, Place, Store

NAMES = some.text(max_size=8)
NUMBERS = some.integers(0, 1 << 40)
VISITS = some.lists(some.tuples(some.sampled_from("ab"), NAMES, NUMBERS, NUMBERS, some.booleans()), max_size=12)
PATHS = some.text(some.characters(exclude_categories=[]), min_size=1, max_size=8)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=5,
)


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """A store that works, closed in the end."""
    with closing(Store.open(folder)) as store:
        assert not store.problem
        yield store
        assert not store.problem


@contextmanager
def new_folder() -> Iterator[Path]:
    """For properties, each example of which begins with nothing."""
    with TemporaryDirectory() as folder:
        yield Path(folder) / "new" / "tutor"


def facts(place: Place) -> tuple[Any, ...]:
    """A place without its time."""
    return dataclasses.astuple(place)[:-1]


@given(VISITS)
def test_places_are_read_back_by_another_store(visits: list[tuple[str, str, int, int, bool]]) -> None:
    expected: dict[tuple[str, str], tuple[Any, ...]] = {}
    with new_folder() as folder, opened(folder) as store:
        for pack, lesson, step, count, done in visits:
            store.keep_place(pack, lesson, step, count, done)
            was_done = bool(expected.get((pack, lesson), (False,))[-1])
            expected[pack, lesson] = (pack, lesson, step, count, done or was_done)
        with opened(folder) as other:
            for pack in "ab":
                found = {(pack, lesson): facts(place) for lesson, place in other.places(pack).items()}
                assert found == {key: value for key, value in expected.items() if key[0] == pack}
                latest = [lesson for in_pack, lesson, *_ in visits if in_pack == pack]
                last = other.last(pack)
                assert (last.lesson if last else None) == (latest[-1] if latest else None)
            for key, value in expected.items():
                place = other.place(*key)
                assert place is not None
                assert facts(place) == value


@given(some.lists(PATHS, max_size=30), some.sets(PATHS, max_size=2))
def test_the_newest_files_are_read_back_newest_first(paths: list[str], forgotten: set[str]) -> None:
    with new_folder() as folder, opened(folder) as store:
        for path in paths:
            store.keep_recent(path)
        newest = list(dict.fromkeys(reversed(paths)))[:MOST_RECENT]
        for path in forgotten:
            store.forget_recent(path)
        with opened(folder) as other:
            assert [recent.path for recent in other.recent()] == [path for path in newest if path not in forgotten]


@given(some.dictionaries(NAMES, JSON, max_size=4), NAMES)
def test_settings_are_read_back_and_others_have_the_default(settings: dict[str, Any], key: str) -> None:
    with new_folder() as folder, opened(folder) as store:
        for name, value in settings.items():
            store.keep_setting(name, "another")
            store.keep_setting(name, value)
        with opened(folder) as other:
            assert {name: other.setting(name) for name in settings} == settings
            assert other.setting(key, 7) == settings.get(key, 7)
        assert kept_setting(key, 7, folder) == settings.get(key, 7)


def test_a_setting_is_looked_up_without_making_anything(tmp_path: Path) -> None:
    assert kept_setting("theme", "usual", tmp_path / "none") == "usual"
    (tmp_path / "progress.db").write_bytes(b"no database" * 100)
    assert kept_setting("theme", "usual", tmp_path) == "usual"
    assert [path.name for path in tmp_path.iterdir()] == ["progress.db"]


def test_a_clock_that_is_set_back_does_not_change_what_was_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        for lesson, now in (("first", 2e9), ("second", 1e9)):
            monkeypatch.setattr(time, "time", lambda now=now: now)
            store.keep_place("pack", lesson, 1, 2, False)
            store.keep_recent(lesson)
        last = store.last("pack")
        assert last is not None
        assert last.lesson == "second"
        assert [recent.path for recent in store.recent()] == ["second", "first"]


@pytest.mark.parametrize(
    ("step", "done", "at_end"), [(3, True, True), (3, False, False), (2, True, False), (2, False, False)]
)
def test_the_end_of_a_lesson_is_its_last_step(step: int, done: bool, at_end: bool) -> None:
    assert Place("pack", "lesson", step, 3, done, 0.0).at_end is at_end


def test_the_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "mine"))
    assert data_folder() == tmp_path / "mine"
    with closing(Store.open()) as store:
        store.keep_setting("theme", "nord")
    with opened(tmp_path / "mine") as again:
        assert again.setting("theme") == "nord"
    monkeypatch.delenv("TUTOR_DATA")
    assert data_folder().name == "tutor"
