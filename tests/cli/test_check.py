"""``tutor check``, ``tutor new``, ``--pack`` and ``--language`` as a person types them."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import ENVIRONMENT, assert_one_line, nobody, start, tutor

LESSON = '# %% [raw] tutor="lesson"\n# title = "T"\n# read = ["R"]\n\n# %%\nx = 1\nprint(x)  #> {printed}\n'


def pack(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pack.toml").write_text('title = "Mine"\n[[stage]]\ntitle = "S"\nlessons = ["01_a"]\n', encoding="utf-8")
    (folder / "01_a.py").write_text(LESSON.format(printed=1), encoding="utf-8")
    return folder


def test_a_lesson_that_is_refused_is_a_line_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(LESSON.format(printed=2), encoding="utf-8")
    result = tutor("check", "a.py", cwd=tmp_path)
    assert result.returncode == 1
    assert "a.py:7: printed: line 7 prints '1'. Put the whole of it after #>.\n" in result.stdout
    assert "a.py:2: questions: warning: it asks no question. Ask two.\n" in result.stdout
    assert result.stderr == "1 lesson, 1 problem, 2 warnings\n"


def test_warnings_alone_are_exit_code_0(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(LESSON.format(printed=1), encoding="utf-8")
    result = tutor("check", "a.py", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "1 lesson, 0 problems, 2 warnings\n")


def test_machines_get_an_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(LESSON.format(printed=2), encoding="utf-8")
    result = tutor("check", "a.py", "--json", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert {each["level"] for each in found} == {"refused", "warning"}
    assert [(each["file"], each["line"], each["rule"]) for each in found if each["level"] == "refused"] == [
        ("a.py", 7, "printed")
    ]
    assert all(each["text"] for each in found)


@pytest.mark.parametrize("arguments", [["folder"], ["--pack", "folder"], ["folder/01_a.py"]])
def test_a_folder_is_checked_as_a_pack(tmp_path: Path, arguments: list[str]) -> None:
    pack(tmp_path / "folder")
    result = tutor("check", *arguments, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "1 lesson, 0 problems, 2 warnings\n")
    assert f"folder{os.sep}01_a.py:2: minutes" in result.stdout


def test_what_is_not_there_is_bad_use(tmp_path: Path) -> None:
    assert_one_line(tutor("check", "none.py", cwd=tmp_path), "none.py: there is no such file.")
    assert_one_line(tutor("check", ".", cwd=tmp_path), "there is no lesson in this folder")
    assert_one_line(tutor("check", "--pack", "none", cwd=tmp_path), "none: there is no such folder.")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_signal_ends_the_check_and_the_lesson(tmp_path: Path, number: int, code: int) -> None:
    endless = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\nwhile True:\n    time.sleep(0.1)\n"
    (tmp_path / "a.py").write_text(endless, encoding="utf-8")
    process = start("check", "a.py", cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    out, said = process.communicate(timeout=20)
    assert (process.returncode, out, said.strip()) == (code, "", "")
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError("the lesson still runs")


def test_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(LESSON.format(printed=1), encoding="utf-8")
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "check", "a.py"],
        cwd=tmp_path, env=ENVIRONMENT | nobody(tmp_path), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    seen = b""
    while select.select([screen], [], [], 60)[0]:
        try:
            seen += os.read(screen, 1000)
        except OSError:
            break
    os.close(screen)
    assert process.wait(60) == 0
    assert "1/1 a\r\x1b[K1 lesson, " in seen.decode()


def test_a_new_lesson_is_written_and_passes(tmp_path: Path) -> None:
    result = tutor("new", "my topic", "--title", "My title", cwd=tmp_path)
    assert (result.returncode, result.stderr, result.stdout.count("\n")) == (0, "", 2)
    assert "tutor check 01_my_topic.py" in result.stdout
    checked = tutor("check", "01_my_topic.py", cwd=tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "")
    assert_one_line(tutor("new", "my_topic", cwd=tmp_path), "01_my_topic.py: this file exists")
    assert_one_line(tutor("new", "a/b", cwd=tmp_path), "is no name for a lesson")


def test_a_pack_is_listed_and_run_and_said_to_be_foreign_once(tmp_path: Path) -> None:
    folder = pack(tmp_path / "folder")
    listed = tutor("list", "--pack", "folder", cwd=tmp_path)
    assert (listed.stdout.split(), listed.stderr) == (["S", "01_a", "T"], "")
    first = tutor("run", "--pack", "folder", "01", cwd=tmp_path)
    assert first.stderr == f"tutor: The lessons of Mine are programs and run with your rights. They are in {folder}.\n"
    again = tutor("--pack", "folder", "run", "a", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")


def test_own_files_and_the_course_are_not_said_to_be_foreign(tmp_path: Path) -> None:
    pack(tmp_path / "folder")
    (tmp_path / "own.py").write_text("x = 1\n", encoding="utf-8")
    assert tutor("run", "--pack", "folder", "own.py", cwd=tmp_path).stderr == ""
    assert tutor("run", "08_accumulation", cwd=tmp_path).stderr == ""


@pytest.mark.parametrize("arguments", [["list"], ["run", "a"], ["open", "a"], []])
def test_a_pack_that_is_none_is_bad_use(tmp_path: Path, arguments: list[str]) -> None:
    result = tutor(*arguments, "--pack", "none", cwd=tmp_path)
    assert_one_line(result, "need a terminal" if arguments in ([], ["open", "a"]) else "none: there is no such folder.")


def test_titles_are_listed_in_the_language_of_the_person(tmp_path: Path) -> None:
    assert "Les gradients s'additionnent" in tutor("list", "--language", "fr", cwd=tmp_path).stdout
    assert "Les gradients s'additionnent" in tutor("list", cwd=tmp_path, LANGUAGE="fr_CA:en").stdout
    assert "Gradients add up" in tutor("list", cwd=tmp_path, LANGUAGE="en:fr").stdout
