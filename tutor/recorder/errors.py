"""Errors as the learner sees them in a plain run: without the recorder's frames, and each written down once."""

from __future__ import annotations

import traceback
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from tutor.recorder.kinds import class_dict_of, mro_of
from tutor.recorder.sites import Trampolines
from tutor.recording.format import Kind

if TYPE_CHECKING:
    from tutor.recorder.watcher import Watcher

TRACEBACK_LIMIT = 20_000
"""Characters of a traceback that are kept, the last ones."""

_HERE = __file__.rpartition("/")[0] + "/"


class Errors:
    """Writes the errors of a run down.

    Args:
        watcher: Where steps go, and what knows the program's frames.
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._in_flight = 0

    def landed(self) -> None:
        """The error in flight was caught: another one may follow, even at the same address."""
        self._in_flight = 0

    def report(self, error: BaseException) -> None:
        """Write an error down, once while it is in flight, and make it read as in a plain run."""
        if self._in_flight == id(error):
            return
        clean_traceback(error, self._watcher.trampolines)
        if not isinstance(error, SystemExit):
            self._write_error(error)
        self._in_flight = id(error)

    def _write_error(self, error: BaseException) -> None:
        self._watcher.flush()
        if self._is_formatted_by_program(error):
            text = f"{type(error).__name__}: {BaseException.__str__(error)}"
            whole = "".join([*traceback.format_tb(error.__traceback__), text])
        else:
            text = "".join(traceback.format_exception_only(error)).strip()
            whole = self._whole_traceback(error)
        detail = [_printable(text), type(error).__name__, _printable(whole[-TRACEBACK_LIMIT:])]
        self._watcher.step(Kind.ERROR, self._error_site(error), detail)

    def _is_formatted_by_program(self, error: BaseException | None) -> bool:
        """Whether printing an error, its causes included, would run code of the program."""
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            for kind in mro_of(type(error)):
                for name in ("__str__", "__repr__"):
                    method = class_dict_of(kind).get(name)
                    if isinstance(method, FunctionType) and id(method.__code__) in self._watcher.sites.codes:
                        return True
            error = error.__cause__ or error.__context__
        return False

    def _whole_traceback(self, error: BaseException) -> str:
        """The traceback as Python would print it if nobody caught the error: from the program's top level on.

        The error may still be on its way, so that its own traceback begins further in.
        """
        written = traceback.TracebackException.from_exception(error)
        if error.__traceback__ is not None:
            outer = []
            frame = error.__traceback__.tb_frame.f_back
            while frame is not None and frame.f_back is not None:
                if not is_recorders(frame.f_code, self._watcher.trampolines):
                    outer.append((frame, frame.f_lineno))
                frame = frame.f_back
            inside = [
                number for number, (frame, _) in enumerate(outer) if id(frame.f_code) in self._watcher.sites.codes
            ]
            above = outer[: inside[-1] + 1] if inside else []
            written.stack[:0] = traceback.StackSummary.extract(reversed(above))
        return "".join(written.format())

    def _error_site(self, error: BaseException) -> int:
        found = None
        entry = error.__traceback__
        while entry is not None:
            if id(entry.tb_frame.f_code) in self._watcher.sites.codes:
                found = entry
            entry = entry.tb_next
        if found is None:
            return self._watcher.site
        return self._watcher.sites.at(found.tb_frame.f_code, found.tb_lasti, type(error).__name__)


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def clean_traceback(error: BaseException, trampolines: Trampolines) -> None:
    """Remove the recorder's frames from an exception, its causes and contexts, so that it reads as in a plain run."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        waiting += [current.__cause__, current.__context__]
        _clean_one(current, trampolines)


def is_recorders(code: CodeType, trampolines: Trampolines) -> bool:
    """Whether a frame's code is the recorder's, not the program's or a library's."""
    return id(code) in trampolines.codes or code.co_filename.startswith(_HERE)


def _clean_one(error: BaseException, trampolines: Trampolines) -> None:
    entries = []
    traceback = error.__traceback__
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    kept: list[Any] = []
    removed = False
    for entry in entries:
        code = entry.tb_frame.f_code
        if is_recorders(code, trampolines):
            if not removed and kept and kept[-1].tb_frame.f_code.co_name == "handle_torch_function":
                kept.pop()
            removed = True
            continue
        if removed and kept and kept[-1].tb_frame.f_code is code and kept[-1].tb_frame is not entry.tb_frame:
            kept[-1] = entry
        else:
            kept.append(entry)
        removed = False
    if len(kept) != len(entries):
        for entry, following in zip(kept, [*kept[1:], None], strict=True):
            entry.tb_next = following
        error.__traceback__ = kept[0] if kept else None
