"""The room that reads lessons stays light."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import importlib, pkgutil, sys
import tutor.lesson
for module in pkgutil.iter_modules(tutor.lesson.__path__, "tutor.lesson."):
    importlib.import_module(module.name)
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.reading import read_program
lessons = Pack.load(built_in()).lessons
assert lessons
for lesson in lessons:
    read_program(lesson.path)
print("\\n".join(sys.modules))
"""


def loaded() -> set[str]:
    result = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    return set(result.stdout.split())


def test_reading_every_lesson_imports_neither_torch_nor_textual_nor_the_notebook_library() -> None:
    modules = loaded()
    assert "tutor.lesson.reading" in modules
    assert not modules & {"torch", "textual", "nbformat", "numpy"}


def test_it_imports_no_other_room() -> None:
    rooms = {name for name in loaded() if name.startswith("tutor.") and not name.startswith("tutor.lesson")}
    assert rooms == set()
