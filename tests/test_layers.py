"""Which room imports what, proved in fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

HEAVY = {"torch", "textual", "numpy"}

NEIGHBOURS = {
    "lesson": set(),
    "recording": set(),
    "recorder": {"lesson", "recording"},
    "plain": {"recording"},
    "explain": {"recording", "plain"},
    "quiz": {"lesson", "recording"},
    "progress": set(),
    "tui": {"explain", "quiz", "lesson", "recording", "recorder", "plain", "progress", "config"},
}
"""For each room the rooms that it may import."""

SCRIPT = Path(__file__).parent / "programs" / "multiline.py"
"""A program that can be checked."""

IMPORT_ALL = """
import importlib, pkgutil
for found in list(pkgutil.walk_packages(importlib.import_module("tutor.{room}").__path__, "tutor.{room}.")):
    importlib.import_module(found.name)
"""


def loaded(code: str) -> set[str]:
    """Names of all modules that are loaded after running some code in a fresh process."""
    report = "\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code + report],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


def packages(modules: set[str]) -> set[str]:
    """The top-level packages of modules."""
    return {module.partition(".")[0] for module in modules}


def rooms(modules: set[str]) -> set[str]:
    """The rooms of this program that modules belong to."""
    return {module.split(".")[1] for module in modules if module.startswith("tutor.")}


def test_the_check_itself_sees_what_is_imported() -> None:
    assert {"textual", "numpy"} <= packages(loaded("import textual, numpy"))


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"], ["nonsense"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    modules = loaded(f"from tutor.cli import run_command_line\nrun_command_line({arguments})")
    assert "click" in packages(modules)
    assert not HEAVY & packages(modules)


def test_help_opens_no_room() -> None:
    modules = loaded("from tutor.cli import run_command_line\nrun_command_line(['--help'])")
    assert rooms(modules) == {"cli"}


@pytest.mark.parametrize("arguments", [["list"], ["where"], ["run", "no-such-file.py"], ["check", str(SCRIPT)]])
def test_commands_without_a_screen_import_neither_torch_nor_textual(arguments: list[str]) -> None:
    modules = loaded(f"from tutor.cli import run_command_line\nrun_command_line({arguments})")
    assert not HEAVY & packages(modules)


def test_the_process_of_the_screens_never_imports_torch() -> None:
    modules = loaded(
        "from tutor.tui.app import TutorApp\n"
        "from tutor.recorder.process import Recorder\n"
        "app = TutorApp()\n"
        "with Recorder() as recorder:\n"
        "    recorder.warm()\n"
        + IMPORT_ALL.format(room="tui")
    )  # fmt: skip
    assert "textual" in packages(modules)
    assert not {"torch", "numpy"} & packages(modules)


@pytest.mark.parametrize("room", ["lesson", "recording", "plain", "progress", "explain", "quiz"])
def test_rooms_of_reading_import_neither_torch_nor_textual(room: str) -> None:
    modules = loaded(IMPORT_ALL.format(room=room))
    assert not HEAVY & packages(modules)


@pytest.mark.parametrize("room", NEIGHBOURS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    modules = loaded(IMPORT_ALL.format(room=room))
    assert rooms(modules) - {room} <= NEIGHBOURS[room]
