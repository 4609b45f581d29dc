"""What a question asks, read from its TOML; what is wrong with it is said and the rest can still be used."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from tutor.lesson.beliefs import BELIEFS
from tutor.lesson.program import Cell, Program, Question

TYPES: Final = ("number", "tensor", "shape", "choice", "error", "order")
"""What can be asked for."""

FORMS: Final = ("read_as", "value", "change")
"""The ways to make a wrong answer."""

KEYS: Final = ("type", "prompt", "ask", "hint", "wrong")
"""What a question says."""

Complain = Callable[[str, int, str], None]
"""Takes the name of a rule, a line and what is wrong."""


class Wrong(msgspec.Struct, frozen=True):
    """A wrong answer."""

    form: str
    """``read_as``, ``value`` or ``change``."""
    text: str
    """Name of the misreading, the expression, or the source to change."""
    replacement: str = ""
    """What stands there instead, for a change."""
    why: str = ""
    line: int = 0
    """Line of the file on which its form is written."""


class Asked(msgspec.Struct, frozen=True):
    """A question that can be asked."""

    id: str
    type: str
    ask: str
    cell: int
    """Number of the code cell after which it stands."""
    line: int
    """Line of the file on which its ``ask`` is written."""
    wrongs: list[Wrong]


class TomlLines:
    """Where things stand in the TOML of a cell.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell) -> None:
        self._first = cell.first_line
        self._lines: dict[tuple[int, str], int] = {}
        self._tables = {0: cell.first_line}
        table, quotes = 0, ""
        for number, line in enumerate(cell.text.split("\n"), cell.first_line):
            if not quotes and line.strip().startswith("[["):
                table += 1
                self._tables[table] = number
            match = None if quotes else re.match(r"\s*([\w-]+)\s*=", line)
            if match is not None:
                self._lines.setdefault((table, match[1]), number)
            for sign in re.findall(r'"""|\'\'\'', line):
                quotes = "" if sign == quotes else quotes or sign

    def at(self, key: str, table: int = 0) -> int:
        """The line of a key in a table (0 is above the first), or the line where the table begins."""
        return self._lines.get((table, key), self._tables.get(table, self._first))


def read_question(program: Program, question: Question, complain: Complain) -> Asked | None:
    """Read a question.

    Args:
        program: The lesson.
        question: The question.
        complain: Told what is wrong.

    Returns:
        The question, its wrong answers without those that cannot be used; None if it cannot be asked.
    """
    cell = next(cell for cell in program.cells if cell.number == question.cell)
    lines, content = TomlLines(cell), question.content
    for key in content.keys() - set(KEYS):
        near = difflib.get_close_matches(key, KEYS, n=1)
        advice = f"Did you mean {near[0]}?" if near else f"Write {', '.join(KEYS)}."
        complain("question", lines.at(key), f"a question has no {key!r}. {advice}")
    kind, ask = content.get("type"), content.get("ask")
    usable = True
    if kind not in TYPES:
        complain("question", lines.at("type"), f"there is no type {kind!r}. Write one of: {', '.join(TYPES)}.")
    if not _is_text(content.get("prompt")):
        complain("question", lines.at("prompt"), 'the question has no prompt. Write: prompt = "..."')
    if not _is_expression(ask):
        complain("question", lines.at("ask"), 'ask is no expression. Write for example: ask = "x.grad"')
        usable = False
    _check_hints(content.get("hint"), lines, complain)
    above = [other.number for other in program.cells if other.kind == "code" and other.number < cell.number]
    if not above:
        complain("question", cell.first_line - 1, "there is no code above the question. Put it below a code cell.")
        usable = False
    wrongs = _read_wrongs(content.get("wrong"), lines, complain)
    if not usable:
        return None
    return Asked(question.id, str(kind), str(ask), above[-1], lines.at("ask"), wrongs)


def _check_hints(hints: object, lines: TomlLines, complain: Complain) -> None:
    if not isinstance(hints, list) or not hints:
        complain("hint", lines.at("hint"), 'there is no hint. Write: hint = ["...", "..."]')
    elif not all(map(_is_text, hints)):
        complain("hint", lines.at("hint"), "a hint is empty or no text. Write it, or remove it.")


def _read_wrongs(content: object, lines: TomlLines, complain: Complain) -> list[Wrong]:
    if not isinstance(content, list) or not content or not all(isinstance(wrong, dict) for wrong in content):
        complain("wrong", lines.at("wrong"), 'there is no wrong answer. Write: [[wrong]], value = "...", why = "..."')
        return []
    wrongs = []
    for table, wrong in enumerate(content, 1):
        if not _is_text(wrong.get("why")):
            complain("why", lines.at("why", table), "the wrong answer has no why. Say which belief gives it.")
        forms = [key for key in wrong if key != "why"]
        if len(forms) != 1 or forms[0] not in FORMS:
            said = " and ".join(forms) or "nothing"
            text = f"the wrong answer is made by {said}. Give exactly one of read_as, value and change."
            complain("wrong", lines.at(forms[0] if forms else "why", table), text)
            continue
        read = _read_wrong(forms[0], wrong, lines.at(forms[0], table), complain)
        if read is not None:
            wrongs.append(read)
    return wrongs


def _read_wrong(form: str, wrong: dict[str, Any], line: int, complain: Complain) -> Wrong | None:
    content, why = wrong[form], str(wrong.get("why", ""))
    if form == "read_as":
        if content not in BELIEFS:
            near = difflib.get_close_matches(str(content), BELIEFS, n=1)
            advice = f"Did you mean {near[0]}?" if near else f"Write one of: {', '.join(BELIEFS)}."
            complain("belief", line, f"there is no misreading {content!r}. {advice}")
            return None
        return Wrong(form, content, why=why, line=line)
    if form == "value":
        if not _is_expression(content):
            complain("value", line, 'value is no expression. Write for example: value = "2 * x"')
            return None
        return Wrong(form, content, why=why, line=line)
    texts = isinstance(content, list) and len(content) == 2 and all(isinstance(text, str) for text in content)
    if not texts or not content[0]:
        complain("change", line, 'change is no pair of texts. Write: change = ["old", "new"]')
        return None
    return Wrong(form, content[0], content[1], why=why, line=line)


def _is_text(content: object) -> bool:
    return isinstance(content, str) and bool(content.strip())


def _is_expression(content: object) -> bool:
    try:
        ast.parse(content if isinstance(content, str) else "", mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True
