"""``tutor run`` and ``tutor record`` on real programs: exit codes, output, recordings, and ways to be stopped."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ROOT, start, tutor
from tutor.progress.folder import COURSE
from tutor.progress.store import Store

BACKWARD = """\
import torch

x = torch.tensor(3.0, requires_grad=True)
for turn in range(2):
    y = x**2
    y.backward()
print(x.grad)
"""

ENDLESS = "import os\nopen('pid', 'w').write(str(os.getpid()))\nn = 0\nwhile True:\n    n += 1\n    print(n)\n"

ANNOUNCED = """\
# %% [raw] tutor="lesson"
# title = "An error"

# %%
raise ValueError("no")  #! ValueError: no
"""


def program(folder: Path, source: str) -> Path:
    path = folder / "program.py"
    path.write_text(source, encoding="utf-8")
    return path


def steps(text: str) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    first, *middle, last = [json.loads(line) for line in text.splitlines()]
    return first, middle, last


@pytest.mark.parametrize(
    ("source", "options", "code", "how"),
    [
        (BACKWARD, [], 0, "finished"),
        ("import sys\nsys.exit(3)\n", [], 0, "finished"),
        (ANNOUNCED, [], 0, "finished"),
        ("raise ValueError('no')\n", [], 1, "raised"),
        ("import os\nos._exit(7)\n", [], 1, "raised"),
        ("import os\nos.kill(os.getpid(), 9)\n", [], 1, "raised"),
        ("while True:\n    pass\n", ["--timeout", "3"], 3, "stopped"),
        ("n = 0\nwhile True:\n    n += 1\n", ["--max-steps", "50"], 3, "stopped"),
    ],
)
def test_the_exit_code_says_how_the_program_ended(
    tmp_path: Path, source: str, options: list[str], code: int, how: str
) -> None:
    program(tmp_path, source)
    result = tutor("run", "program.py", "--json", *options, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (code, "")
    first, middle, last = steps(result.stdout)
    assert first["format"] == "tutor-recording"
    assert (last["end"], last["steps"]) == (how, len(middle))
    assert how == "finished" or last["reason"]


def test_json_tells_what_happened_inside_backward(tmp_path: Path) -> None:
    program(tmp_path, BACKWARD)
    first, middle, _ = steps(tutor("run", "program.py", "--json", "--state", cwd=tmp_path).stdout)
    assert first["torch"].startswith("2.")
    assert [step["step"] for step in middle] == list(range(1, len(middle) + 1))
    power = next(step for step in middle if step["kind"] == "operation" and step["source"] == "x**2")
    assert (power["line"], power["column"], power["end_column"], power["name"]) == (5, 8, 12, "pow")
    assert power["inputs"][0]["value"] == 3.0
    assert power["changed"]["y"]["grad_fn"] == "PowBackward0"
    gathered = [step for step in middle if step["kind"] == "accumulate"]
    assert [(step["leaf"], step["taken_over"]) for step in gathered] == [("x", True), ("x", False)]
    assert [step["after"]["value"] for step in gathered] == [6.0, 12.0]
    assert middle[-1]["names"]["x"]["grad"]["value"] == 12.0
    printed = "".join(step["text"] for step in middle if step["kind"] == "output" and step["stream"] == "stdout")
    assert printed == "tensor(12.)\n"


def test_the_names_after_each_step_follow_from_the_changes(tmp_path: Path) -> None:
    source = BACKWARD + "def f(x):\n    y = x * 2\n    return y + 1\n\nz = f(y)\nm = torch.nn.Linear(1, 1)\ndel m\n"
    program(tmp_path, source)
    _, middle, last = steps(tutor("run", "program.py", "--json", "--state", cwd=tmp_path).stdout)
    assert last["end"] == "finished"
    names: dict[str, Any] = {}
    for step in middle:
        names = {name: value for name, value in (names | step["changed"]).items() if value is not None}
        assert names == step["names"], step


def test_text_tells_the_same_to_people(tmp_path: Path) -> None:
    program(tmp_path, BACKWARD)
    result = tutor("run", "program.py", cwd=tmp_path)
    assert result.returncode == 0
    for line in ("PowBackward0: 1.0 → 6.0", "x.grad: 6.0 (taken over)", "x.grad: 6.0 + 6.0 = 12.0 (added)"):
        assert line in result.stdout
    assert "│ tensor(12.)\n" in result.stdout
    assert "\x1b" not in result.stdout


def test_arguments_after_two_dashes_are_the_program_s(tmp_path: Path) -> None:
    program(tmp_path, "import sys\nprint(sys.argv[1:])\n")
    result = tutor("run", "program.py", "--json", "--", "--lr", "1", "--json", cwd=tmp_path)
    assert "['--lr', '1', '--json']\n" in [step.get("text") for step in steps(result.stdout)[1]]


def test_text_is_printable_where_only_ascii_is(tmp_path: Path) -> None:
    program(tmp_path, "größe = 'ü'\nprint(größe)\n")
    result = tutor("run", "program.py", cwd=tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert result.returncode == 0
    assert result.stdout.isascii()


def test_a_recording_runs_again_without_the_program(tmp_path: Path) -> None:
    path = program(tmp_path, BACKWARD)
    saved = tutor("record", "program.py", "-o", "it.recording", cwd=tmp_path)
    assert (saved.returncode, saved.stdout) == (0, "")
    assert "it.recording" in saved.stderr
    live = tutor("run", "program.py", "--json", cwd=tmp_path)
    path.unlink()
    again = tutor("run", "it.recording", "--json", cwd=tmp_path)
    assert again.returncode == 0
    assert again.stdout == live.stdout


def test_a_program_that_raises_is_recorded_too(tmp_path: Path) -> None:
    program(tmp_path, "print('before')\nraise ValueError('no')\n")
    (tmp_path / "it.recording").write_text("old", encoding="utf-8")
    assert tutor("record", "program.py", "-o", "it.recording", "--force", cwd=tmp_path).returncode == 1
    again = tutor("run", "it.recording", cwd=tmp_path)
    assert again.returncode == 1
    assert "│ before" in again.stdout
    assert "ValueError: no" in again.stdout


def gone(pid: int) -> bool:
    """Whether a process ends within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8"):
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_at_once_and_leaves_nothing_running(tmp_path: Path, number: int, code: int) -> None:
    program(tmp_path, ENDLESS)
    process = start("run", "program.py", "--timeout", "0", cwd=tmp_path)
    assert process.stdout is not None
    while not process.stdout.readline().endswith("│ 20\n"):
        pass
    begun = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said.strip()) == (code, "")
    assert time.monotonic() - begun < 5
    assert gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_ctrl_c_keeps_what_was_recorded(tmp_path: Path) -> None:
    program(tmp_path, ENDLESS)
    process = start("record", "program.py", "-o", "it.recording", "--timeout", "0", cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.startswith("it.recording: ")
    assert said.endswith(" steps, stopped by Ctrl+C\n")
    assert gone(int((tmp_path / "pid").read_text(encoding="utf-8")))
    again = tutor("run", "it.recording", "--json", cwd=tmp_path)
    assert again.returncode == 3
    _, middle, last = steps(again.stdout)
    assert (last["end"], last["reason"]) == ("stopped", "stopped by Ctrl+C")
    assert middle


def test_ctrl_c_on_a_terminal_leaves_the_prompt_on_a_line_of_its_own(tmp_path: Path) -> None:
    program(tmp_path, ENDLESS)
    terminal, end = pty.openpty()
    process = start("run", "program.py", "--timeout", "0", cwd=tmp_path, stderr=end)
    os.close(end)
    assert process.stdout is not None
    while not process.stdout.readline().endswith("│ 20\n"):
        pass
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert os.read(terminal, 10_000).count(b"\n") == 1
    os.close(terminal)


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    program(tmp_path, ENDLESS)
    process = start("run", "program.py", "--timeout", "0", cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(20) == 141
    assert gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


def test_steps_are_printed_while_the_program_still_runs(tmp_path: Path) -> None:
    program(tmp_path, "import time\nprint('first')\nprint('second')\ntime.sleep(1e9)\n")
    process = start("run", "program.py", cwd=tmp_path)
    assert process.stdout is not None
    try:
        while "│ first" not in process.stdout.readline():
            assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


def test_all_lessons_are_listed_and_run_by_their_names(tmp_path: Path) -> None:
    listed = tutor("list", cwd=tmp_path)
    assert (listed.returncode, listed.stderr) == (0, "")
    names = [line.split()[0] for line in listed.stdout.splitlines() if line.startswith("  ")]
    assert {f"{name}.py" for name in names} == {path.name for path in (ROOT / "lessons").glob("*.py")}
    assert tutor("run", names[0], cwd=tmp_path).returncode == 0


def test_the_list_says_how_far_somebody_is(tmp_path: Path) -> None:
    with contextlib.closing(Store.open(tmp_path / "data")) as store:
        store.keep_place(COURSE, "08_accumulation", 80, 80, done=True)
        store.keep_place(COURSE, "16_sgd", 3, 379, done=False)
    listed = tutor("list", cwd=tmp_path, TUTOR_DATA=str(tmp_path / "data")).stdout.splitlines()
    assert any(line.startswith("✓ 08_accumulation ") for line in listed)
    assert any(line.startswith("◐ 16_sgd ") and line.endswith("step 3/379") for line in listed)
    assert any(line.startswith("  11_detach ") and not line.endswith("43") for line in listed)


def test_where_names_paths_and_doctor_finds_everything_in_order(tmp_path: Path) -> None:
    assert str(ROOT / "lessons") in tutor("where", cwd=tmp_path).stdout
    found = tutor("doctor", cwd=tmp_path)
    assert found.returncode == 0, found.stdout
    assert "✗" not in found.stdout
    assert "a program was recorded" in found.stdout
