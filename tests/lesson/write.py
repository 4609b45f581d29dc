"""Files for the tests to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutor.lesson.program import Program, UnreadableError
from tutor.lesson.reading import read_program

LESSON = '# %% [raw] tutor="lesson"\n# title = "Slopes"\n\n# %%\n'
"""The top of a lesson; the code that follows begins on line 5."""


def program(folder: Path, text: str | bytes, name: str = "train.py") -> Program:
    """Write a file and read it as a program."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_program(path)


def complaint(folder: Path, text: str | bytes, name: str = "train.py") -> str:
    """What is said about a file that cannot be read, without the folder."""
    with pytest.raises(UnreadableError) as caught:
        program(folder, text, name)
    return str(caught.value).removeprefix(f"{folder}/")


def notebook(*cells: str | dict[str, object], **metadata: object) -> str:
    """A notebook; a string is a code cell."""
    full: list[dict[str, object]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
        if isinstance(cell, str)
        else {"metadata": {}, **cell}
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": full})
