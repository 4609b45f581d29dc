"""The text of a file: its bytes decoded as Python would decode them, or an error in plain words."""

from __future__ import annotations

import codecs
import io
import stat
import tokenize
from pathlib import Path

from tutor.lesson.place import unreadable


def read_text(path: Path) -> str:
    """Read a file as Python reads source code: byte order mark, coding line and every kind of line end are honoured.

    Returns:
        The text, its lines ending in line feeds only, never blank.

    Raises:
        UnreadableError: there is no such file, it is not a regular file, or it holds no text.
    """
    data = _read_bytes(path)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise unreadable(path, "this is UTF-16 text. Save the file as UTF-8.")
    if b"\0" in data:
        raise unreadable(path, "this is not text, it holds zero bytes. Give a Python file, a notebook or a recording.")
    text = _decode(path, data).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise unreadable(path, "the file is empty. Write a program into it first.")
    return text


def _read_bytes(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise unreadable(path, "this is a folder. Give a file in it.")
        if not stat.S_ISREG(mode):
            raise unreadable(path, "this is not a regular file. Save the program to a file and give that.")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise unreadable(path, "there is no such file. Look at the spelling and the folder.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise unreadable(path, f"the file cannot be read ({reason}). Look at its permissions.") from None


def _decode(path: Path, data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        line = 1 if b"coding" in data.split(b"\n", 1)[0] else 2
        if "unknown encoding" in str(error):
            raise unreadable(path, "Python does not know this encoding. Save the file as UTF-8.", line) from None
        if data.startswith(codecs.BOM_UTF8):
            raise unreadable(
                path, "it begins as UTF-8 but names another encoding. Remove that comment.", line
            ) from None
        encoding = "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
        byte = f"byte 0x{data[error.start]:02x} is not {error.encoding.upper()}"
        advice = "Save the file as UTF-8, or name its encoding in its first line: # -*- coding: latin-1 -*-"
        raise unreadable(path, f"{byte}. {advice}", line) from None
    except (LookupError, ValueError):
        raise unreadable(path, f"{encoding} is not a text encoding. Save the file as UTF-8.", 1) from None


def _line_of(data: bytes, position: int) -> int:
    """Line, from 1, of a byte."""
    before = data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1
