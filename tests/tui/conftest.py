"""What the tests of the screens share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .tape import ACCUMULATION

SECOND = """\
# %% [raw] tutor="lesson"
# title = "Second [red]x[0][/red]"
# minutes = 4

# %%
y = 1
"""


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has set and done nothing."""
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUTOR_CONFIG", str(tmp_path / "config.toml"))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A course of three lessons, the last of them broken."""
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "08_accumulation.py").write_text(ACCUMULATION)
    (folder / "09_second.py").write_text(SECOND)
    (folder / "10_broken.py").write_text('# %% [raw] tutor="lesson"\n# title = \n\n# %%\ny = 1\n')
    (folder / "pack.toml").write_text(
        'title = "A course"\n\n'
        '[[stage]]\ntitle = "The loop"\nlessons = ["08_accumulation"]\n\n'
        '[[stage]]\ntitle = "After it"\nlessons = ["09_second", "10_broken"]\n'
    )
    return folder
