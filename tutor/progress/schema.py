"""The tables, as the steps that make them. A released step is never changed: what comes later is another step."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

_FOUND: Final = """
    (SELECT path FROM recent WHERE substr(path, -length({table}.lesson) - 4) = '/' || {table}.lesson || '.py'
     ORDER BY opened DESC LIMIT 1)
"""
"""The own file that was opened last of those that a lesson's name fits."""

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE place (
            pack TEXT NOT NULL, lesson TEXT NOT NULL,
            step INTEGER NOT NULL, count INTEGER NOT NULL, done INTEGER NOT NULL, changed REAL NOT NULL,
            PRIMARY KEY (pack, lesson)
        )
        """,
        "CREATE TABLE recent (path TEXT NOT NULL PRIMARY KEY, opened REAL NOT NULL)",
        "CREATE TABLE setting (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    ),
    (
        """
        CREATE TABLE answer (
            id INTEGER PRIMARY KEY, pack TEXT NOT NULL, lesson TEXT NOT NULL, question TEXT NOT NULL,
            asked_at REAL NOT NULL, attempt INTEGER NOT NULL, given TEXT NOT NULL, outcome TEXT NOT NULL,
            beliefs TEXT NOT NULL, hints INTEGER NOT NULL, seconds REAL NOT NULL, torch TEXT NOT NULL,
            source TEXT NOT NULL
        )
        """,
        "CREATE INDEX answer_question ON answer (pack, lesson, question)",
        """
        CREATE TABLE card (
            pack TEXT NOT NULL, lesson TEXT NOT NULL, question TEXT NOT NULL,
            content TEXT NOT NULL, due TEXT NOT NULL,
            PRIMARY KEY (pack, lesson, question)
        )
        """,
    ),
    # A program of one's own goes by its path, to be found again; one that is written as a lesson went by its name.
    (
        "ALTER TABLE card ADD COLUMN about TEXT",
        "CREATE TABLE own (path TEXT NOT NULL PRIMARY KEY, arguments TEXT NOT NULL, directory TEXT NOT NULL)",
        *(
            f"UPDATE OR IGNORE {table} SET lesson = {_FOUND.format(table=table)} "
            f"WHERE pack = 'own' AND substr(lesson, 1, 1) <> '/' AND {_FOUND.format(table=table)} IS NOT NULL"
            for table in ("card", "answer")
        ),
        "INSERT INTO own SELECT DISTINCT lesson, '[]', '' FROM card WHERE pack = 'own' AND "
        "CAST(substr(lesson, 1, 1) AS TEXT) = '/'",
    ),
)
"""The statements that lead from each version of the file to the next. The version is how many were taken."""


class NewerError(Exception):
    """The file was made by a later version of the program."""


def migrate(connection: sqlite3.Connection, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Bring a file to the newest version, wholly or not at all.

    Args:
        connection: In autocommit mode.
        steps: The way there.

    Raises:
        NewerError: there are more steps in the file than are known.
        sqlite3.Error: it cannot be done.
    """
    if _version(connection, steps) == len(steps):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have done it in the meantime.
        for statements in steps[_version(connection, steps) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, steps: Sequence[Sequence[str]]) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(steps):
        raise NewerError
    return version
