"""Opening the file of the store: its folder, its damage, its version, and memory where there is no way to a file."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Final, NamedTuple

from tutor.progress.schema import STEPS, NewerError, migrate

PATIENCE: Final = 1.0
"""Seconds to wait for another process that is writing."""

_FORGOTTEN: Final = "so what you do now is forgotten when you leave"

_REASONS: Final = {
    "SQLITE_READONLY": "it is read-only",
    "SQLITE_CANTOPEN": "nothing can be opened or made there",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_BUSY": "another program keeps it locked",
    "SQLITE_LOCKED": "another program keeps it locked",
    "SQLITE_IOERR": "the disk reports an error",
    "SQLITE_CORRUPT": "it is damaged",
    "SQLITE_NOTADB": "it is damaged",
}
"""Errors of SQLite in words, by how their names begin."""


class Opened(NamedTuple):
    """A database to work with."""

    connection: sqlite3.Connection
    """In autocommit mode, of the newest version."""
    problem: str
    """One sentence, empty if everything is kept."""


class _DamagedError(Exception):
    """The file is no sound database."""


def open_file(path: Path) -> Opened:
    """Open the database at a path, made if it is not there; in memory if that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return Opened(_connect(path), "")
        except _DamagedError:
            kept = _set_aside(path)
            return Opened(_connect(path), f"{path} was damaged, so it is now {kept.name} and progress begins anew.")
    except NewerError:
        return Opened(in_memory(None), f"{path} was made by a newer tutor and is left alone, {_FORGOTTEN}.")
    except (OSError, sqlite3.Error, _DamagedError) as error:
        with contextlib.closing(_read_only(path)) as old:
            return Opened(in_memory(old), cannot_keep(path, error))


def cannot_keep(path: Path, error: Exception) -> str:
    """The sentence that says why nothing is kept."""
    reason = next((words for beginning, words in _REASONS.items() if _name(error).startswith(beginning)), "")
    if not reason:
        reason = ((isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__).lower()
    return f"Progress cannot be kept in {path} ({reason}), {_FORGOTTEN}."


def in_memory(old: sqlite3.Connection | None) -> sqlite3.Connection:
    """A database in memory, with what can still be read of another one."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    if old is None:
        migrate(memory)
        return memory
    version = len(STEPS)
    with contextlib.suppress(sqlite3.Error):
        version = old.execute("PRAGMA user_version").fetchone()[0] or version
        old.execute("PRAGMA busy_timeout = 0")
    # With the tables of its own version first, which its rows fit.
    migrate(memory, STEPS[:version])
    tables = memory.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        # A table that is missing or damaged takes none of the others with it.
        with contextlib.suppress(sqlite3.Error):
            for row in old.execute(f"SELECT * FROM {table}").fetchall():
                memory.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    migrate(memory)
    return memory


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise _DamagedError
        migrate(connection)
        # Where another process is just about to do the same, this one may be refused, and need not insist.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
        # Enough for a process that is killed; only a power cut may take the last writes.
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        connection.close()
        if _name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise _DamagedError from None
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _name(error: Exception) -> str:
    """SQLite's name for an error, empty if it is not SQLite's own."""
    return getattr(error, "sqlite_errorname", None) or ""


def _read_only(path: Path) -> sqlite3.Connection:
    """The file without a wish to write; an empty database if it cannot be read either."""
    for how in ("mode=ro", "immutable=1"):
        with contextlib.suppress(sqlite3.Error, ValueError):
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", timeout=0, uri=True)
            try:
                connection.execute("SELECT 1 FROM sqlite_master").fetchall()
            except sqlite3.Error:
                connection.close()
                raise
            return connection
    return sqlite3.connect(":memory:")


def _set_aside(path: Path) -> Path:
    """Rename a damaged file, with what SQLite wrote beside it, and return its new path."""
    number = 1
    while (kept := path.with_name(f"{path.name}{'' if number == 1 else f'.{number}'}.bak")).exists():
        number += 1
    path.rename(kept)
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(kept.with_name(kept.name + ending))
    return kept
