"""Where in the program something happens: from a frame to line, columns, expression and function."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType, FunctionType
from typing import Any

from torch.overrides import handle_torch_function

from tutor.recorder.journal import Journal
from tutor.recording.format import Frame

SOURCE_LIMIT = 200
"""Longer expressions are clipped in what is written down."""

Position = tuple[int, int, int, int]
"""Line, last line (from 1), column, last column (from 0, in characters)."""


class Sites:
    """The program's text, its code objects, and the sites already written down.

    Args:
        journal: Gets a SITE frame for each new one.
        source: The text that line numbers speak of.
    """

    def __init__(self, journal: Journal, source: str) -> None:
        self.codes: dict[int, str | None] = {}
        """The program's own code objects by ``id()`` (hashing one reads all of it), and the function of each."""
        self._whole: dict[tuple[int, int], Position] = {}
        """Statements by line and column of their start."""
        self._adopted: list[CodeType] = []
        self._journal = journal
        self._lines = source.split("\n")
        self._positions: dict[int, list[Any]] = {}
        self._items: dict[int, list[Any]] = {}

    def adopt(self, code: CodeType, function: str | None = None) -> None:
        """Take a code object of the program, and all that it contains, for the program's own."""
        self.codes[id(code)] = function
        self._adopted.append(code)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self.adopt(constant, _function_name(constant, function))

    def statements(self, positions: list[Position]) -> None:
        """Take note of where statements stand; columns in bytes."""
        for line, end_line, column, end_column in positions:
            start = self._characters(line, column)
            self._whole[line, start] = (line, end_line, start, self._characters(end_line, end_column))

    def frame(self, frame: FrameType | None) -> FrameType | None:
        """The nearest frame of the program, outwards from a frame."""
        codes = self.codes
        while frame is not None and id(frame.f_code) not in codes:
            frame = frame.f_back
        return frame

    def at(self, code: CodeType, instruction: int, name: str | None, *, whole: bool = False) -> int:
        """The id of a site.

        Args:
            code: A code object of the program.
            instruction: ``f_lasti`` of a frame that runs it.
            name: What happens there; None names what is called there.
            whole: Take the whole statement that begins there, if one does.
        """
        key = (id(code), instruction, name)
        known = self._journal.known(key)
        if known is not None:
            return known
        position = self.position(code, instruction)
        if whole:
            position = self._whole.get((position[0], position[2]), position)
        source = self.text(position)
        return self.define(key, position, source, self.codes.get(id(code)), name or source.split("(", 1)[0])

    def renamed(self, site: int, name: str) -> int:
        """The id of the same place as another site, with another name."""
        key = (site, name)
        known = self._journal.known(key)
        if known is not None:
            return known
        return self._journal.define(Frame.SITE, key, [*self._items[site][:-1], name])

    def define(self, key: Any, position: Position, source: str, function: str | None, name: str) -> int:
        """The id of a site whose parts are known."""
        line, end_line, column, end_column = position
        items = [line, end_line, column, end_column, source, function, name]
        id = self._journal.define(Frame.SITE, key, items)
        self._items[id] = items
        return id

    def position(self, code: CodeType, instruction: int) -> Position:
        """Where an instruction stands in the source."""
        positions = self._positions.get(id(code))
        if positions is None:
            positions = self._positions[id(code)] = list(code.co_positions())
        line, end_line, column, end_column = positions[max(instruction, 0) // 2]
        line = line or code.co_firstlineno
        end_line = end_line or line
        return line, end_line, self._characters(line, column or 0), self._characters(end_line, end_column or 0)

    def text(self, position: Position) -> str:
        """The source between two positions on one line of text, clipped."""
        line, end_line, column, end_column = position
        lines = self._lines[line - 1 : end_line]
        if not lines:
            return ""
        if len(lines) == 1:
            text = lines[0][column:end_column]
        else:
            parts = [lines[0][column:], *lines[1:-1], lines[-1][:end_column]]
            text = " ".join(part.strip() for part in parts)
        return text if len(text) <= SOURCE_LIMIT else text[: SOURCE_LIMIT - 1] + "…"

    def _characters(self, line: int, byte_offset: int) -> int:
        """A column in characters, from one in UTF-8 bytes."""
        if not 0 < line <= len(self._lines):
            return byte_offset
        text = self._lines[line - 1]
        if text.isascii():
            return byte_offset
        return len(text.encode()[:byte_offset].decode(errors="ignore"))


def _function_name(code: CodeType, outer: str | None) -> str | None:
    name = code.co_name
    if name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"):
        return outer
    return code.co_qualname.replace("<locals>.", "")


class Trampolines:
    """Stand-ins for calling frames: functions that only call, but claim the caller's file, line and globals.

    torch attributes a warning to the Python frame that called it. Behind a function mode that would be the recorder's
    own, so operations are called through a function that looks like the program's line.
    """

    def __init__(self) -> None:
        self.codes: set[int] = set()
        """``id()`` of the code of each."""
        self._made: dict[tuple[int, int], Callable[[Any, Any, Any], Any]] = {}
        self._callers: list[CodeType] = []

    def forget(self) -> None:
        """Hold the globals of no program any more."""
        self._made.clear()

    def for_frame(self, frame: FrameType) -> Callable[[Any, Any, Any], Any]:
        """The stand-in for a frame at its present line; for the caller of the function that torch is handing on."""
        while frame.f_code is _HANDING_ON and frame.f_back is not None and frame.f_back.f_back is not None:
            frame = frame.f_back.f_back
        key = (id(frame.f_code), frame.f_lasti)
        made = self._made.get(key)
        if made is None:
            code = frame.f_code
            twin = _call.__code__.replace(
                co_filename=code.co_filename,
                co_name=code.co_name,
                co_qualname=code.co_qualname,
                co_firstlineno=frame.f_lineno,
            )
            self._callers.append(code)
            self.codes.add(id(twin))
            made = self._made[key] = FunctionType(twin, frame.f_globals)
        return made


_HANDING_ON = handle_torch_function.__code__

_call: Any = lambda function, arguments, options: function(*arguments, **options)  # noqa: E731
