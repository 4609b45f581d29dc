"""The TOML of a lesson: what it says about itself, and its questions."""

from __future__ import annotations

import re
import tomllib

from tutor.lesson.place import Place
from tutor.lesson.program import Cell, Question
from tutor.lesson.syntax import sentence

_WHERE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


def read_toml(text: str, place: Place, first_line: int) -> dict[str, object]:
    """Read TOML.

    Args:
        text: The TOML, without comment signs.
        place: Where errors are said to be.
        first_line: Line of the file on which it begins.

    Raises:
        UnreadableError: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = _WHERE.search(str(error))
        lines = text.rstrip().count("\n") + 1
        line = first_line + int((where and where[1]) or lines) - 1
        message = sentence(_WHERE.sub("", str(error)))
        raise place.error(f"bad TOML: {message} Correct this line.", line) from None


def read_about(text: str, place: Place, first_line: int) -> dict[str, object]:
    """What a lesson says about itself: ``title``, and if it likes ``needs``, ``minutes`` and ``read``.

    Raises:
        UnreadableError: it is no TOML, or one of these is not what it should be.
    """
    about = read_toml(text, place, first_line)

    def line_of(key: str) -> int:
        for number, line in enumerate(text.split("\n")):
            if line.lstrip().startswith(key):
                return first_line + number
        return first_line

    title, needs, minutes = about.get("title"), about.get("needs", []), about.get("minutes", 1)
    if not isinstance(title, str) or not title.strip():
        raise place.error('the lesson has no title. Write: title = "..."', line_of("title"))
    if not isinstance(needs, list) or not all(isinstance(need, str) for need in needs):
        raise place.error('needs is no list of lessons. Write for example: needs = ["backward"]', line_of("needs"))
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or not minutes > 0:
        raise place.error("minutes is no number above 0. Write for example: minutes = 6", line_of("minutes"))
    read = about.get("read", [])
    if not isinstance(read, list) or not all(isinstance(page, str) and page.strip() for page in read):
        raise place.error(
            'read is no list of titles. Write for example: read = ["Autograd mechanics"]', line_of("read")
        )
    return about


def read_contents(cells: list[Cell], place: Place) -> tuple[dict[str, object] | None, list[Question]]:
    """What the cells of a file say about the lesson (None if it is no lesson), and the questions.

    Raises:
        UnreadableError: a cell is no TOML, says nothing usable, or repeats another.
    """
    about: dict[str, object] | None = None
    questions: dict[str, Question] = {}
    lines: dict[str, int] = {}
    for cell in cells:
        purpose = cell.attributes.get("tutor")
        marker_line = cell.first_line - 1
        if purpose is None:
            continue
        if cell.kind != "raw":
            raise place.error(f'a cell tutor="{purpose}" holds comments only. Put "# " before each line.', marker_line)
        if purpose == "lesson":
            if about is not None:
                raise place.error("the lesson is described twice. Remove one of the cells.", marker_line)
            about = read_about(cell.text, place, cell.first_line)
        elif purpose == "quiz":
            identity = cell.attributes.get("id", "")
            if not identity:
                raise place.error('the question has no id. Write: # %% [raw] id="..." tutor="quiz"', marker_line)
            if identity in questions:
                raise place.error(f"the id {identity} is taken by line {lines[identity]}. Choose another.", marker_line)
            lines[identity] = marker_line
            questions[identity] = Question(identity, cell.number, read_toml(cell.text, place, cell.first_line))
        else:
            raise place.error(f'there is no kind of cell tutor="{purpose}". Write "lesson" or "quiz".', marker_line)
    return about, list(questions.values())
