"""A look at one setting before the store is opened, as cheap as can be: the first frame waits for it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Final

from tutor.progress.folder import data_folder

FILE: Final = "progress.db"
"""Name of the file in the data folder."""


def kept_setting(key: str, default: Any = None, folder: Path | None = None) -> Any:
    """A setting, read at once: nothing is made, put right or waited for."""
    path = (folder or data_folder()) / FILE
    if not path.exists():
        return default
    import json
    import sqlite3

    with contextlib.suppress(sqlite3.Error, ValueError, TypeError):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=0, uri=True)
        with contextlib.closing(connection):
            for (value,) in connection.execute("SELECT value FROM setting WHERE key = ?", (key,)):
                return json.loads(value)
    return default
