"""What the room imports: no torch, no screen, nothing that could run code from a file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import tutor.recording

from .build import Builder
from .training import train

ROOM = Path(tutor.recording.__file__).parent
MODULES = sorted(
    ".".join(("tutor", "recording", *path.relative_to(ROOM).with_suffix("").parts)).removesuffix(".__init__")
    for path in ROOM.rglob("*.py")
)


def loaded_after(code: str) -> set[str]:
    """Names of the modules that a new interpreter has loaded after some code."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOM.parents[1],
    )
    return set(shown.stdout.split())


def test_the_room_imports_neither_torch_nor_a_screen_nor_numpy() -> None:
    loaded = loaded_after("import " + ", ".join(MODULES))
    assert loaded.issuperset(MODULES)
    assert not loaded & {"torch", "textual", "rich", "numpy", "click"}
    rooms = {name.split(".")[1] for name in loaded if name.startswith("tutor.")}
    assert rooms == {"recording"}


def test_opening_a_file_loads_nothing_that_could_run_it(tmp_path: Path) -> None:
    from tutor.recording.file import save

    build = Builder()
    train(build, 2)
    save(build.recording(), tmp_path / "saved")
    code = f"from tutor.recording.file import open_recording; open_recording({str(tmp_path / 'saved')!r}).state(20)"
    assert not loaded_after(code) & {"pickle", "_pickle", "shelve", "dill", "cloudpickle"}
