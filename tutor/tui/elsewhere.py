"""Changing a text in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """The editor that a person prefers as a command, empty where none is named or its name makes no sense."""
    for name in ("VISUAL", "EDITOR"):
        if environment.get(name, "").strip():
            try:
                return shlex.split(environment[name])
            except ValueError:
                return []
    return []


def changed_in(command: list[str], text: str) -> str:
    """A text as it is after somebody changed it in an editor; waits until the editor ends.

    Args:
        command: The editor; the name of a file is added.
        text: The text.

    Raises:
        OSError: the editor cannot be started, or it failed, or left something that is no text.
    """
    descriptor, name = tempfile.mkstemp(prefix="tutor-copy-", suffix=".py")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        status = subprocess.run([*command, name], check=False).returncode
        if status:
            raise OSError(f"it ended with status {status}")
        try:
            return path.read_text(encoding="utf-8").rstrip("\n")
        except UnicodeDecodeError:
            raise OSError("it left no UTF-8 text") from None
    finally:
        path.unlink(missing_ok=True)
