"""Wrong command lines and files that cannot be read: one line, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import assert_one_line, tutor

COMMANDS = ("run", "open", "record", "list", "quiz", "review", "progress", "check", "new", "where", "doctor")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "No such command"),
        (["run"], "Missing argument 'TARGET'"),
        (["run", "--nonsense"], "No such option"),
        (["run", "x.py", "--seed", "-1"], "neither a whole number"),
        (["run", "x.py", "--seed", "9" * 5000], "neither a whole number"),
        (["run", "x.py", "--timeout", "nan"], "no number of seconds"),
        (["run", "x.py", "--timeout", "soon"], "--timeout"),
        (["run", "x.py", "--max-steps", "0"], "--max-steps"),
        (["record", "x.py"], "-o"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong_and_where_to_read(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    assert_one_line(tutor(*arguments, cwd=tmp_path), said, "--help")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.py", b"", "empty"),
        ("binary.py", b"\x00\x01\x02\x7fELF", "not text"),
        ("latin.py", b"x = '\xfc'\n", "UTF-8"),
        ("syntax.py", b"x = 1\nif x\n    pass\n", "syntax.py:2"),
        ("damaged.ipynb", b"{", "damaged.ipynb"),
        ("damaged.recording", b"tutor-recording\n\xff\xff\xff\xff\xff\xff", "damaged.recording"),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("record", "-o", "out.recording")])
def test_a_file_that_cannot_be_read_is_named_with_what_is_wrong(
    tmp_path: Path, command: tuple[str, ...], name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert_one_line(tutor(*command, name, cwd=tmp_path), name, said)
    assert not (tmp_path / "out.recording").exists()


def test_a_file_that_does_not_exist_is_said_to_be_missing(tmp_path: Path) -> None:
    assert_one_line(tutor("run", "missing.py", cwd=tmp_path), "no file named 'missing.py'")


def test_a_folder_is_no_program(tmp_path: Path) -> None:
    assert_one_line(tutor("run", ".", cwd=tmp_path), "this is a folder")


def test_control_characters_in_a_name_do_not_reach_the_terminal(tmp_path: Path) -> None:
    result = tutor("run", "evil\x1b[2J\n.py", cwd=tmp_path)
    assert_one_line(result)
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("arguments", [[], ["open", "x.py"]])
def test_the_screens_need_a_terminal(tmp_path: Path, arguments: list[str]) -> None:
    assert_one_line(tutor(*arguments, cwd=tmp_path), "need a terminal", "tutor run TARGET")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help", "--version"])
def test_each_command_has_help_and_version(tmp_path: Path, command: str, option: str) -> None:
    result = tutor(command, option, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("tutor 0." if option == "--version" else f"Usage: tutor {command}")


def test_record_does_not_overwrite_without_force(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "it.recording").write_text("precious", encoding="utf-8")
    assert_one_line(tutor("record", "program.py", "-o", "it.recording", cwd=tmp_path), "it.recording", "--force")
    assert (tmp_path / "it.recording").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(("output", "said"), [("no/such/it.recording", "folder does not exist"), (".", "is a folder")])
def test_record_says_before_it_runs_that_it_could_not_save(tmp_path: Path, output: str, said: str) -> None:
    (tmp_path / "program.py").write_text("open('ran', 'w')\n", encoding="utf-8")
    assert_one_line(tutor("record", "program.py", "-o", output, cwd=tmp_path), said)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train.py"], "Did you mean: tutor open train.py?"),
        (["my file.py"], "Did you mean: tutor open 'my file.py'?"),
        (["08_accumulation"], "Did you mean: tutor open 08_accumulation?"),
        (["run", "train.py", "--lr", "1"], "come after --: tutor run train.py -- --lr 1"),
        (["open", "train.py", "-x", "1"], "come after --: tutor open train.py -- -x 1"),
        (["record", "train.py", "--lr=1", "-o", "x"], "come after --: tutor record train.py -o x -- --lr=1"),
        (["run", "train.py", "--jsn"], "Did you mean --json?"),
        (["lst"], "Did you mean 'list'? See tutor --help."),
    ],
)
def test_what_is_meant_is_said(tmp_path: Path, arguments: list[str], said: str) -> None:
    for name in ("train.py", "my file.py"):
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    assert_one_line(tutor(*arguments, cwd=tmp_path), said)
