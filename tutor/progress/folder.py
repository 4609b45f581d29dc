"""Where progress is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "TUTOR_DATA"
"""Environment variable that names another folder."""

COURSE: Final = "tutor"
"""Name under which progress in the course that comes with the program is kept, wherever it is installed."""

OWN: Final = "own"
"""Name under which answers about programs are kept that belong to no pack."""


def data_folder() -> Path:
    """The folder of the person's own data, which need not exist yet."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("tutor"))
