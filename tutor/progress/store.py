"""The store: what is kept, and asked for again. No method raises; what goes wrong is said in ``Store.problem``."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from tutor.progress.file import Opened, cannot_keep, in_memory, open_file
from tutor.progress.folder import data_folder
from tutor.progress.glance import FILE

MOST_RECENT: Final = 20
"""Own files that are remembered."""

_AFTER: Final = "max(?, (SELECT ifnull(max({column}), 0) + 0.000001 FROM {table}))"
"""Now, or just after the newest entry: a clock that is set back does not change the order."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody is in a lesson."""

    pack: str
    """Name of the pack."""
    lesson: str
    """Name of the lesson: ``08_accumulation``."""
    step: int
    """The step at which it was left, from 1."""
    count: int
    """How many steps it had then."""
    done: bool
    """Whether its last step was ever reached."""
    changed: float
    """When it was left, in seconds since 1970."""

    @property
    def at_end(self) -> bool:
        """Whether it was left at its last step."""
        return self.done and self.step >= self.count


class Recent(NamedTuple):
    """A file of one's own."""

    path: str
    """Absolute path."""
    opened: float
    """When it was last open, in seconds since 1970."""


class Store:
    """What the learner has done, in a file that several processes may use at once.

    Each write is in the file when its method returns. Where the file cannot be used, everything goes on in memory.

    Args:
        opened: The database.
        path: Its file.
    """

    def __init__(self, opened: Opened, path: Path) -> None:
        self._connection = opened.connection
        self._path = path
        self.problem = opened.problem
        """Why something is not kept or was not found again, in one sentence; empty if all is well."""

    @classmethod
    def open(cls, folder: Path | None = None) -> Store:
        """Open the store in a folder, None for that of the person's own data; what is missing is made."""
        path = (folder or data_folder()) / FILE
        return cls(open_file(path), path)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    # Places

    def keep_place(self, pack: str, lesson: str, step: int, count: int, done: bool) -> None:
        """Remember where a lesson was left.

        Args:
            pack: Name of the pack.
            lesson: Name of the lesson.
            step: The step now.
            count: How many steps there are.
            done: Whether the last step was reached. What was done once stays done.
        """
        now = _AFTER.format(column="changed", table="place")
        self._write(
            f"INSERT INTO place VALUES (?, ?, ?, ?, ?, {now}) ON CONFLICT DO UPDATE SET step = excluded.step, "
            "count = excluded.count, done = max(done, excluded.done), changed = excluded.changed",
            pack, lesson, step, count, done, time.time(),
        )  # fmt: skip

    def place(self, pack: str, lesson: str) -> Place | None:
        """Where a lesson was left, None if it was never open."""
        return next(self._places("WHERE pack = ? AND lesson = ?", pack, lesson), None)

    def places(self, pack: str) -> dict[str, Place]:
        """The places in the lessons of a pack, by the name of the lesson."""
        return {place.lesson: place for place in self._places("WHERE pack = ?", pack)}

    def last(self, pack: str) -> Place | None:
        """The place in a pack that was changed last."""
        return next(self._places("WHERE pack = ? ORDER BY changed DESC LIMIT 1", pack), None)

    def _places(self, which: str, *values: str) -> Iterator[Place]:
        rows = self._read(f"SELECT pack, lesson, step, count, done, changed FROM place {which}", *values)
        return (Place(pack, lesson, step, count, bool(done), when) for pack, lesson, step, count, done, when in rows)

    # Own files

    def keep_recent(self, path: str) -> None:
        """Remember that a file was opened; of many only the newest are remembered."""
        now = _AFTER.format(column="opened", table="recent")
        self._write(
            f"INSERT INTO recent VALUES (?, {now}) ON CONFLICT DO UPDATE SET opened = excluded.opened",
            _storable(path), time.time(),
        )  # fmt: skip
        self._write(
            "DELETE FROM recent WHERE path NOT IN (SELECT path FROM recent ORDER BY opened DESC LIMIT ?)", MOST_RECENT
        )

    def recent(self) -> list[Recent]:
        """The files opened last, the newest first."""
        rows = self._read("SELECT path, opened FROM recent ORDER BY opened DESC")
        return [Recent(_restored(path), opened) for path, opened in rows]

    def forget_recent(self, path: str) -> None:
        """Remember a file no longer."""
        self._write("DELETE FROM recent WHERE path = ?", _storable(path))

    # Settings

    def setting(self, key: str, default: Any = None) -> Any:
        """A setting, or the default where there is none that can be read."""
        for (value,) in self._read("SELECT value FROM setting WHERE key = ?", key):
            with contextlib.suppress(ValueError, TypeError):
                return json.loads(value)
        return default

    def keep_setting(self, key: str, value: Any) -> None:
        """Remember a setting: anything that JSON can hold."""
        self._write(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, json.dumps(value)
        )

    # The file

    def _write(self, statement: str, *values: Any) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            self._connection.execute(statement, values)

    def _read(self, statement: str, *values: Any) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            return self._connection.execute(statement, values).fetchall()

    def _go_on_in_memory(self, error: sqlite3.Error) -> None:
        self.problem = cannot_keep(self._path, error)
        old, self._connection = self._connection, in_memory(self._connection)
        old.close()


def _storable(text: str) -> str | bytes:
    """A path as SQLite takes it: the name of a file need not be Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def _restored(kept: str | bytes) -> str:
    return kept.decode("utf-8", "surrogatepass") if isinstance(kept, bytes) else kept
