"""What a person means by the TARGET of a command: a lesson, a script, a notebook or a saved recording."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from tutor.lesson.pack import Pack
from tutor.lesson.place import printable, unreadable
from tutor.lesson.program import UnreadableError


class Target(msgspec.Struct, frozen=True):
    """A file to open, and as what."""

    kind: Literal["lesson", "script", "notebook", "recording"]
    path: Path


def resolve(target: str, pack: Pack, is_recording: Callable[[Path], bool] = lambda path: False) -> Target:
    """The file that a person means.

    The full name of a lesson comes first, then a file of that name, then the short forms of a lesson's name: its
    number (``08``, ``8``), the words after it (``accumulation``), or the beginning of either, if it fits only one.

    Args:
        target: What was typed.
        pack: The lessons that can be meant.
        is_recording: Whether a file is a saved recording; asked for existing files only.

    Raises:
        UnreadableError: nothing fits, or several lessons do; the text names what may have been meant.
    """
    paths = {lesson.name: lesson.path for lesson in pack.lessons}
    if target in paths:
        return Target("lesson", paths[target])
    path = Path(target)
    if "\0" not in target and path.is_file():
        if is_recording(path):
            return Target("recording", path)
        return Target("notebook" if path.suffix.lower() == ".ipynb" else "script", path)
    names = _lessons_meant(target, list(paths))
    if len(names) == 1:
        return Target("lesson", paths[names[0]])
    if names:
        shown = ", ".join(names)
        raise UnreadableError(f"{printable(repr(target))} fits several lessons: {shown}. Type more of the name.")
    if target and "\0" not in target and path.exists():
        what = "this is a folder. Give a file in it." if path.is_dir() else "this is not a regular file."
        raise unreadable(path, what)
    raise _nothing_fits(target, list(paths))


def _lessons_meant(target: str, names: list[str]) -> list[str]:
    """The lessons that a short form fits: those that it names exactly, or else those that begin with it."""
    wanted = _folded(target)
    if not wanted:
        return []
    exact = [name for name in names if wanted in _short_forms(name)]
    return exact or [name for name in names if any(form.startswith(wanted) for form in _short_forms(name))]


def _short_forms(name: str) -> set[str]:
    """``08_accumulation``: that, ``08``, ``8`` and ``accumulation``."""
    number, _, words = name.partition("_")
    if not number.isdecimal() or not words:
        return {_folded(name)}
    return {_folded(name), number, str(int(number)), _folded(words)}


def _folded(text: str) -> str:
    """A name without differences that nobody means: case, blanks and hyphens for underscores, ``.py``."""
    return re.sub(r"[\s-]+", "_", text.strip().casefold().removesuffix(".py"))


def _nothing_fits(target: str, names: list[str]) -> UnreadableError:
    """The error that says so, with the nearest names of lessons and files."""
    looks_like_path = os.sep in target or Path(target).suffix in {".py", ".ipynb"}
    what = f"no file named {target!r}" if looks_like_path else f"no lesson or file named {target!r}"
    forms = {form: name for name in names for form in _short_forms(name) if not form.isdecimal()}
    forms.update((file, file) for file in _files_near(target))
    near = difflib.get_close_matches(_folded(target), forms, n=3) or difflib.get_close_matches(target, forms, n=3)
    meant = list(dict.fromkeys(forms[form] for form in near))
    advice = f"Did you mean {' or '.join(meant)}?" if meant else "Type tutor list to see the lessons."
    return UnreadableError(printable(f"{what}. {advice}"))


def _files_near(target: str) -> list[str]:
    """Programs in the folder that the target points into, written as the target would be."""
    folder = Path(target).parent
    try:
        files = [path for path in islice(folder.iterdir(), 1000) if path.suffix in {".py", ".ipynb", ".recording"}]
    except (OSError, ValueError):
        return []
    return sorted(map(str, files))
