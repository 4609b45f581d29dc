"""The store: what is kept, and asked for again. No method raises; what goes wrong is said in ``Store.problem``."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from tutor.progress.answers import COLUMNS, Answer, as_row, from_row, names
from tutor.progress.file import Opened, cannot_keep, in_memory, open_file
from tutor.progress.folder import OWN, data_folder
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


class Card(NamedTuple):
    """When a question is to be asked again."""

    pack: str
    """Name of the pack."""
    lesson: str
    """Name of the lesson."""
    question: str
    """Id of the question."""
    content: str
    """What the rule of the schedule knows of it, as JSON."""
    due: str
    """The day from which it is due, as ``2026-03-05``."""
    about: str | None = None
    """The line of code that it was asked about, without the blanks around it; None where that is not known. Empty
    where the question was looked for and was not there any more."""


class OwnFile(NamedTuple):
    """A program of one's own that questions were asked about, and how it was run."""

    path: str
    """Absolute path, which is the name of its lesson too."""
    arguments: tuple[str, ...] = ()
    """The program's own."""
    directory: str = ""
    """Working directory of the run, empty where that is not known."""


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

    @classmethod
    def look(cls, folder: Path | None = None) -> Store:
        """Open the store as it is: where there is no file none is made, and the store is an empty one in memory."""
        path = (folder or data_folder()) / FILE
        return cls.open(folder) if path.exists() else cls(Opened(in_memory(None), ""), path)

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

    # Answers

    def keep_answer(self, answer: Answer) -> None:
        """Remember an attempt at a question."""
        row = as_row(answer)
        self._write(f"INSERT INTO answer ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", *row)

    def answers(self, pack: str | None = None, lesson: str | None = None, question: str | None = None) -> list[Answer]:
        """The attempts in the order in which they were kept.

        Args:
            pack: Only those in this pack.
            lesson: Only those in lessons of this name.
            question: Only those at questions of this id.
        """
        which, values = _where(pack, lesson, question)
        return [from_row(row) for row in self._read(f"SELECT {COLUMNS} FROM answer {which} ORDER BY id", *values)]

    def first_tries(
        self, pack: str | None = None, lesson: str | None = None, question: str | None = None
    ) -> list[Answer]:
        """The very first attempt at each question, in the order in which they were kept; chosen as for ``answers``."""
        which, values = _where(pack, lesson, question)
        first = f"SELECT min(id) FROM answer {which} GROUP BY pack, lesson, question"
        rows = self._read(f"SELECT {COLUMNS} FROM answer WHERE id IN ({first}) ORDER BY id", *values)
        return [from_row(row) for row in rows]

    def forget(self, pack: str, lesson: str | None = None, question: str | None = None) -> None:
        """Remember answers and schedule no longer; of a whole lesson or pack, nor the places. All of it or nothing.

        Args:
            pack: Name of the pack.
            lesson: Name of the lesson, None for all of the pack.
            question: Id of the question, None for all of them.
        """
        which, values = _where(pack, lesson, question)
        tables = ("answer", "card") if question is not None else ("answer", "card", "place")
        self._write_together([f"DELETE FROM {table} {which}" for table in tables], *values)
        self._write("DELETE FROM own WHERE path NOT IN (SELECT lesson FROM card WHERE pack = ?)", OWN)

    # The schedule

    def keep_card(self, card: Card, new_only: bool = False) -> None:
        """Remember when a question is to be asked again.

        Args:
            card: What is to be remembered.
            new_only: Leave what is known of this question as it is.
        """
        changes = "content = excluded.content, due = excluded.due, about = ifnull(excluded.about, about)"
        conflict = "NOTHING" if new_only else f"UPDATE SET {changes}"
        self._write(f"INSERT INTO card VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO {conflict}", *card)

    def keep_about(self, pack: str, lesson: str, question: str, about: str) -> None:
        """Remember which line a scheduled question is about; when it is due stays as it was."""
        which, values = _where(pack, lesson, question)
        self._write(f"UPDATE card SET about = ? {which}", about, *values)

    def cards(self, pack: str | None = None, lesson: str | None = None, question: str | None = None) -> list[Card]:
        """What is scheduled, the day that is due first at the front; chosen as for ``answers``."""
        which, values = _where(pack, lesson, question)
        columns = "pack, lesson, question, content, due, about"
        rows = self._read(f"SELECT {columns} FROM card {which} ORDER BY due, pack, lesson, question", *values)
        return [Card(*row) for row in rows]

    # Own files

    def keep_recent(self, path: str) -> None:
        """Remember that a file was opened; of many only the newest are remembered."""
        now = _AFTER.format(column="opened", table="recent")
        self._write(
            f"INSERT INTO recent VALUES (?, {now}) ON CONFLICT DO UPDATE SET opened = excluded.opened",
            path, time.time(),
        )  # fmt: skip
        self._write(
            "DELETE FROM recent WHERE path NOT IN (SELECT path FROM recent ORDER BY opened DESC LIMIT ?)", MOST_RECENT
        )

    def recent(self) -> list[Recent]:
        """The files opened last, the newest first."""
        rows = self._read("SELECT path, opened FROM recent ORDER BY opened DESC")
        return [Recent(path, opened) for path, opened in rows]

    def forget_recent(self, path: str) -> None:
        """Remember a file no longer."""
        self._write("DELETE FROM recent WHERE path = ?", path)

    def keep_own(self, file: OwnFile) -> None:
        """Remember how a program of one's own was run that questions were asked about."""
        self._write(
            "INSERT INTO own VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET arguments = excluded.arguments, directory = excluded.directory",
            file.path, json.dumps(file.arguments), file.directory,
        )  # fmt: skip

    def own_files(self) -> dict[str, OwnFile]:
        """The programs of one's own that questions were asked about, by path."""
        rows = self._read("SELECT path, arguments, directory FROM own")
        return {path: OwnFile(path, names(arguments), directory) for path, arguments, directory in rows}

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
            self._execute(statement, values)
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            self._execute(statement, values)

    def _write_together(self, statements: Sequence[str], *values: Any) -> None:
        """Carry out several statements with the same values, all or none."""
        try:
            self._transact(statements, values)
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            self._transact(statements, values)

    def _transact(self, statements: Sequence[str], values: Sequence[Any]) -> None:
        self._execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                self._execute(statement, values)
            self._execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._execute("ROLLBACK")
            raise

    def _read(self, statement: str, *values: Any) -> list[Any]:
        try:
            rows = self._execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            rows = self._execute(statement, values).fetchall()
        return [tuple(map(_restored, row)) for row in rows]

    def _execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(statement, tuple(map(_storable, values)))

    def _go_on_in_memory(self, error: sqlite3.Error) -> None:
        self.problem = cannot_keep(self._path, error)
        old, self._connection = self._connection, in_memory(self._connection)
        old.close()


def _where(pack: str | None, lesson: str | None, question: str | None) -> tuple[str, list[str]]:
    """The condition that chooses rows, and its values."""
    wanted = {"pack": pack, "lesson": lesson, "question": question}
    chosen = {column: value for column, value in wanted.items() if value is not None}
    return f"WHERE {' AND '.join(f'{column} = ?' for column in chosen)}" if chosen else "", list(chosen.values())


def _storable(value: Any) -> Any:
    """A value as SQLite takes it: the name of a file, or what is typed, need not be Unicode."""
    if not isinstance(value, str):
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")
    return value


def _restored(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
