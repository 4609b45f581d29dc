"""What is installed and whether it works, a line for each thing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tutor import __version__
from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

PACKAGES = ("torch", "numpy", "textual", "click", "msgspec", "platformdirs", "nbformat", "fsrs")
"""What tutor needs besides Python."""

Finding = tuple[bool, str]
"""Whether it works, and what there is to say."""


def examine(paths: Mapping[str, Path], record: Callable[[], Recording]) -> Iterator[Finding]:
    """Look at everything that tutor rests on.

    Args:
        paths: The paths that tutor uses, by name.
        record: Records a small program that calls backward.
    """
    yield True, f"tutor {__version__}, Python {platform.python_version()} ({sys.executable})"
    for package in PACKAGES:
        yield _package(package)
    yield _recorder(record)
    yield _lessons(paths["lessons"])
    for name in ("data", "settings", "running"):
        yield _writable(name, paths[name])
    yield True, _terminal()


def _package(name: str) -> Finding:
    try:
        return True, f"{name} {version(name)}"
    except PackageNotFoundError:
        return False, f"{name} is not installed. Install tutor again."


def _recorder(record: Callable[[], Recording]) -> Finding:
    start = time.perf_counter()
    try:
        recording = record()
    except Exception as error:  # whatever it is, it is what the person asked for
        return False, f"recording a program failed: {harmless(f'{type(error).__name__}: {error}')}"
    seconds = time.perf_counter() - start
    kinds = {recording.kind(number) for number in range(1, recording.count + 1)}
    end = recording.end
    if end is None or end.how != "finished":
        return False, f"recording a program failed: {harmless(end.reason) if end is not None else 'it did not end'}"
    if not {Kind.NODE, Kind.ACCUMULATE} <= kinds:
        return False, "recording a program missed what happens inside backward()"
    return True, f"a program was recorded in {recording.count} steps, {seconds:.1f} s with starting torch"


def _lessons(folder: Path) -> Finding:
    count = len(list(folder.glob("*.py")))
    return count > 0, f"{count} lessons in {folder}"


def _writable(name: str, folder: Path) -> Finding:
    """Whether files can be made in a folder, or in the nearest one above it that exists."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return True, f"{name} in {folder}"
    except OSError as error:
        return False, f"{name} in {folder}: nothing can be written there ({error.strerror})"


def _terminal() -> str:
    if not sys.stdout.isatty():
        return "output is not a terminal; the screens need one"
    columns, rows = shutil.get_terminal_size()
    colours = "none (NO_COLOR)" if os.environ.get("NO_COLOR") else os.environ.get("COLORTERM") or "256 or fewer"
    return f"terminal {os.environ.get('TERM', 'unknown')}, {columns} x {rows}, colours {colours}, {sys.stdout.encoding}"
