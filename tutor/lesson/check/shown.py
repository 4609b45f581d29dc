"""Prose that the screen would not show as it is written: a formula read as emphasis, a line read as an item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.lesson.check.problem import Problem, problem
from tutor.lesson.program import Program
from tutor.lesson.questions import TomlLines

_CODE = re.compile(r"(`+).+?\1", re.DOTALL)
_EMPHASIS = re.compile(
    r"\*\*(?=\S).+?(?<=\S)\*\*|(?<![\w*])[*_](?=\S)[^*_]+?(?<=\S)[*_](?![\w*])",
    re.DOTALL,
)
_TOUCHED = re.compile(r"[\w)\]\0].|.[\w(\[\0]", re.DOTALL)
"""What stands before and after the stars of a formula; a zero byte is code."""

_ITEM = re.compile(r"\n(?:\s*(?:[-*+]|1[.)])\s|#)")
"""The beginning of a line that becomes an item or a heading."""

_ANNOUNCED = re.compile(r"(?:\A|:)" + _ITEM.pattern)


def check_shown(program: Program) -> Iterator[Problem]:
    """Formulas without backticks, backticks without a partner, lines that begin a list in the middle of a sentence."""
    for first, text in _paragraphs(program):
        plain = _CODE.sub(lambda code: re.sub(r"[^\n]", "\0", code[0]), text)
        found: list[tuple[int, str]] = []
        for match in _EMPHASIS.finditer(plain):
            start, end = match.span()
            if _TOUCHED.match((plain[start - 1 : start] or " ") + (plain[end : end + 1] or " ")):
                words = " ".join(text[start:end].split())
                found.append((start, f"{words} is shown as emphasis, without these marks. Put all of it in backticks."))
        if "`" in plain:
            found.append((plain.index("`"), "a backtick has no partner. Put code between two of them."))
        item = None if _ANNOUNCED.search(f"\n{text}") else _ITEM.search(text)
        if item is not None:
            found.append((item.end(), "the line begins like an item or a heading. Break the line above it elsewhere."))
        for place, words in found:
            yield problem("shown", program.path, first + text.count("\n", 0, place), words)


def _paragraphs(program: Program) -> Iterator[tuple[int, str]]:
    """Each paragraph of prose and each text of a question, with its first line. Indented lines are shown as code."""
    for cell in program.cells:
        text = re.sub(r"^ {4}.*", "", cell.text, flags=re.MULTILINE) if cell.kind == "markdown" else ""
        for block in re.finditer(r"\S.*(?:\n.*\S.*)*", text):
            yield cell.first_line + text.count("\n", 0, block.start()), block[0]
    for question in program.questions:
        lines = TomlLines(next(cell for cell in program.cells if cell.number == question.cell))
        hints, wrongs = question.content.get("hint"), question.content.get("wrong")
        texts = [(lines.at("prompt"), question.content.get("prompt"))]
        texts += [(lines.at("hint"), hint) for hint in hints] if isinstance(hints, list) else []
        for table, wrong in enumerate(wrongs if isinstance(wrongs, list) else [], 1):
            texts.append((lines.at("why", table), wrong.get("why") if isinstance(wrong, dict) else None))
        yield from ((line, " ".join(text.split())) for line, text in texts if isinstance(text, str))
