"""The person's config file: the theme, hints, notes, keys. What is wrong in it is said, and the usual holds instead.

    theme = "textual-light"
    hints = true
    notes.off = ["graph-grows"]

    [keys]
    "step.next" = "right,l"

``notes = false`` switches all notes off. What a name in it means is for the screens to know; here it is only read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "TUTOR_CONFIG"
"""Environment variable that names another file."""

NAMES: Final = ("theme", "hints", "notes", "keys")
"""What can be set."""

_WHERE: Final = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


class Config:
    """What a config file says.

    Args:
        path: The file, whether or not it is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        """The file."""
        self.theme: str | None = None
        """Name of a theme, None for the usual one."""
        self.hints = True
        """Whether the last line of the screens names keys."""
        self.notes = True
        """Whether mistakes that raise no error are noted."""
        self.notes_off: list[str] = []
        """Kinds of notes that are not wanted."""
        self.keys: dict[str, str] = {}
        """Keys such as ``right,l`` by the id of what they do, such as ``step.next``."""
        self.problems: list[str] = []
        """What is wrong, each as ``FILE:LINE: what is wrong. What to do.``"""
        self.lines: dict[str, int] = {}
        """The line of each name, such as ``theme`` and ``keys.step.next``."""

    def complain(self, name: str, problem: str) -> None:
        """Add a problem.

        Args:
            name: What it is about.
            problem: What is wrong, and what to do.
        """
        while name not in self.lines and "." in name:
            name = name.rpartition(".")[0]
        self.problems.append(f"{self.path}:{self.lines.get(name, 1)}: {problem}")

    def unwanted_notes(self, kinds: Collection[str]) -> frozenset[str]:
        """The kinds of notes that are switched off; one that does not exist is among the problems.

        Args:
            kinds: Every kind that there is.
        """
        for kind in self.notes_off:
            if kind not in kinds:
                self.complain("notes.off", f"there is no kind of note {kind!r}. {meant(kind, kinds)}")
        return frozenset(self.notes_off if self.notes else kinds)


def config_path() -> Path:
    """The config file, which need not exist."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_config_dir("tutor")) / "config.toml"


def read_config(path: Path | None = None) -> Config:
    """Read a config file, None for the person's own. One that is not there says nothing."""
    config = Config(path or config_path())
    try:
        written = config.path.read_bytes()
    except FileNotFoundError:
        pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        config.problems.append(f"{config.path}: it cannot be read ({reason}). Make it a file that you may read.")
    else:
        _read(config, written)
    return config


def _read(config: Config, written: bytes) -> None:
    # Imported late: most people have no config file, and their first frame does not wait for this.
    import tomllib

    try:
        text = written.decode("utf-8")
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        config.lines[""] = error.object[: error.start].count(b"\n") + 1
        config.complain("", "this is no text in UTF-8. Save it as UTF-8.")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = _WHERE.search(str(error))
        config.lines[""] = int((where and where[1]) or text.rstrip().count("\n") + 1)
        message = _WHERE.sub("", str(error)).rstrip(".")
        config.complain("", f"bad TOML: {message[:1].lower()}{message[1:]}. Correct this line.")
    else:
        config.lines = _lines_of(text)
        _take(config, content)


def meant(wrong: str, known: Collection[str]) -> str:
    """Advice for a name that is not known: the nearest one, or all of them if none is near and they are few."""
    import difflib

    near = difflib.get_close_matches(wrong, sorted(known), n=1, cutoff=0.65)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Choose one of: {', '.join(known)}." if len(known) < 25 else "Remove it."


def _take(config: Config, content: dict[str, Any]) -> None:
    for name, value in content.items():
        if name == "theme" and isinstance(value, str):
            config.theme = value
        elif name == "hints" and isinstance(value, bool):
            config.hints = value
        elif name == "notes" and isinstance(value, bool):
            config.notes = value
        elif name == "notes" and isinstance(value, dict):
            _take_notes(config, value)
        elif name == "keys" and isinstance(value, dict):
            _take_keys(config, value, "")
        elif name in NAMES:
            config.complain(name, f"this is not how {name} is set. {_EXAMPLES[name]}")
        else:
            config.complain(_normal(name), f"there is no setting {name!r}. {meant(name, NAMES)}")


def _take_notes(config: Config, table: dict[str, Any]) -> None:
    for name, value in table.items():
        if name == "off" and isinstance(value, list) and all(isinstance(kind, str) for kind in value):
            config.notes_off = value
        else:
            config.complain(_normal(f"notes.{name}"), f"this is not how notes is set. {_EXAMPLES['notes']}")


def _take_keys(config: Config, table: dict[str, Any], before: str) -> None:
    for name, value in table.items():
        if isinstance(value, str):
            config.keys[before + name] = value
        elif isinstance(value, dict):
            _take_keys(config, value, f"{before}{name}.")
        else:
            config.complain(_normal(f"keys.{before}{name}"), f"these are no keys. {_EXAMPLES['keys']}")


_EXAMPLES: Final = {
    "theme": 'Write for example: theme = "nord"',
    "hints": "Write: hints = true, or hints = false",
    "notes": 'Write for example: notes.off = ["graph-grows"], or notes = false',
    "keys": 'Write for example: [keys], and below it: "step.next" = "right,l"',
}


def _lines_of(text: str) -> dict[str, int]:
    """The line on which each name is set, tables included."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\s*\[+([^\]]+)\]", line)
        if header:
            table = _normal(header[1]) + "."
            lines.setdefault(table[:-1], number)
        elif "=" in line:
            lines.setdefault(table + _normal(line.partition("=")[0]), number)
    return lines


def _normal(name: str) -> str:
    """A name without its quotes and blanks."""
    return re.sub(r"[\s\"']", "", name)
