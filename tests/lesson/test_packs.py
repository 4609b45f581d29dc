"""Which packs there are, and the words before a foreign one runs."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest

from tests.lesson.checked import TOP
from tutor.lesson import packs
from tutor.lesson.pack import Pack, built_in, topic
from tutor.lesson.packs import find_pack, installed_packs, trust_once, trust_words
from tutor.lesson.program import UnreadableError


class Kept:
    """Settings in memory."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def setting(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def keep_setting(self, key: str, value: Any) -> None:
        self.values[key] = value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack.toml").write_text('title = "Mine"\n', encoding="utf-8")
    (tmp_path / "01_a.py").write_text(TOP + "x = 1\n", encoding="utf-8")
    return tmp_path


def giver(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module whose ``give()`` gives the folder."""
    (folder / "giver.py").write_text(f"def give():\n    return {str(folder)!r}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "giver", raising=False)


def install(monkeypatch: pytest.MonkeyPatch, **entries: str) -> None:
    found = EntryPoints(EntryPoint(name, value, packs.GROUP) for name, value in entries.items())
    monkeypatch.setattr(packs, "entry_points", lambda group: found.select(group=group))


def test_a_folder_is_a_pack_and_without_one_the_course_is_meant(folder: Path) -> None:
    assert find_pack(str(folder)).title == "Mine"
    assert find_pack(None).path == built_in()


@pytest.mark.parametrize(("name", "said"), [("none", "there is no such folder"), ("pack.toml", "this is a file")])
def test_what_is_no_pack_is_said(folder: Path, name: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        find_pack(str(folder / name))


def test_packages_and_functions_are_installed_packs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = folder / "given_lessons"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    giver(folder, monkeypatch)
    install(monkeypatch, second="given_lessons", first="giver:give")
    assert [(pack.name, pack.path, pack.problem) for pack in installed_packs()] == [
        ("first", folder, ""),
        ("second", package, ""),
    ]
    assert find_pack("first").title == "Mine"


@pytest.mark.parametrize("value", ["no_such_package_at_all", "json", "json:nothing", "json:dumps", "os:getcwdb"])
def test_a_broken_pack_says_so_and_hides_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    giver(folder, monkeypatch)
    install(monkeypatch, broken=value, good="giver:give")
    broken, good = installed_packs()
    if value != "json":
        assert broken.path is None
        assert broken.problem.startswith("the installed pack broken cannot be found (")
    assert good.path == folder


def test_the_names_of_installed_packs_are_said_where_none_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, one="no_such_package_at_all")
    with pytest.raises(UnreadableError, match="Installed are: one"):
        find_pack("two")
    with pytest.raises(UnreadableError, match="the installed pack one cannot be found"):
        find_pack("one")


def test_a_foreign_pack_is_warned_of_once(folder: Path) -> None:
    kept, pack = Kept(), Pack.load(folder)
    assert trust_once(pack, kept) == trust_words(pack)
    assert str(folder) in trust_words(pack)
    assert trust_once(pack, kept) == ""
    assert kept.values == {"trusted packs": [str(folder)]}


def test_the_course_is_not_warned_of() -> None:
    kept = Kept()
    assert trust_words(Pack.load(built_in())) == trust_once(Pack.load(built_in()), kept) == ""
    assert kept.values == {}


def test_a_setting_that_was_damaged_warns_again(folder: Path) -> None:
    kept = Kept()
    kept.values["trusted packs"] = {"a": 3}
    assert trust_once(Pack.load(folder), kept)


@pytest.mark.parametrize(
    ("name", "words"), [("08_accumulation", "accumulation"), ("a_b", "a_b"), ("08", "08"), ("a", "a")]
)
def test_the_topic_of_a_lesson_is_its_name_without_the_number(name: str, words: str) -> None:
    assert topic(name) == words
