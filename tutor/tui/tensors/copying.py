"""Values as code that rebuilds them, and text on its way to the clipboard."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import math
import os
import re
import shutil
import tempfile
import textwrap
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

from textual.app import App

from tutor.recording.model import Content, Meta
from tutor.recording.moment import Moment
from tutor.recording.values import nested, numbers
from tutor.tui.cells import fit, harmless
from tutor.tui.tensors.literals import literals
from tutor.tui.tensors.subject import Subject

SEQUENCE_LIMIT: Final = 74_994
"""Bytes, in base64, of the longest text that every terminal takes by its copy sequence (OSC 52); xterm's limit."""

TIME_LIMIT: Final = 2.0
"""Seconds that a clipboard tool may take."""

LINE_WIDTH: Final = 100
"""Code is broken into lines where it would be longer."""

TOOLS: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("WAYLAND_DISPLAY", ("wl-copy",), "utf-8"),
    ("DISPLAY", ("xclip", "-selection", "clipboard"), "utf-8"),
    ("DISPLAY", ("xsel", "--clipboard", "--input"), "utf-8"),
    ("", ("pbcopy",), "utf-8"),
    ("", ("clip.exe",), "utf-16"),
)
"""Programs that take text for the clipboard: the variable that must be set, the command, what it reads."""

TEXT_LIMIT: Final = 200
"""Longer strings are cut when they are recorded, and end in an ellipsis."""

_SHOWN: Final = 48
_LITERAL_DTYPES: Final = frozenset(("float32", "int64", "bool", "complex64"))
_NUMPY_LITERAL_DTYPES: Final = frozenset(("float64", "int64", "bool", "complex128"))
_CONTAINERS: Final = frozenset(("list", "tuple", "dict", "set", "frozenset"))
_SCALARS: Final = frozenset(("NoneType", "bool", "int", "float", "complex", "str"))
_NUMPY_SCALAR: Final = re.compile(r"u?int\d+|float\d+|bool_?")
_OWN_TEXT: Final = {"range": "", "slice": "", "bytes": "", "int": "", "dtype": "", "device": "torch."}
"""Types of which the text that was recorded is Python, and what has to stand before it."""


class NoCodeError(Exception):
    """Nothing could rebuild the value; the message is a sentence that says why."""


def as_code(moment: Moment, key: Hashable) -> str:
    """Python that rebuilds a value, to the bit where it is a tensor; expects ``import torch``, or numpy as ``np``.

    Args:
        moment: When.
        key: As ``TensorsPane.key_of`` gives it: a ``Key``, or -1 and the id of a tensor.

    Raises:
        NoCodeError: it was not recorded whole, cannot be read, or is no value but an object.
    """
    subject = Subject.of(moment, key)
    if subject.reference is None:
        raise NoCodeError(f"There is nothing named {subject.name} here.")
    value = subject.value
    if value is not None:
        return tensor_code(*value, subject.name)
    return plain_code(subject.reference, subject.name)


def tensor_code(meta: Meta, content: Content, name: str) -> str:
    """Python that rebuilds a tensor, or a numpy array.

    The dtype is named where it is not the one that the elements lead to. The graph is not part of the value: what
    requires grad comes back as a leaf.

    Args:
        meta: Shape, dtype and flags.
        content: What was recorded.
        name: What to call it when it cannot be done.

    Raises:
        NoCodeError: it was not recorded whole, or cannot be read.
    """
    if isinstance(content, dict):
        raise NoCodeError(f"{name} has {meta.elements:,} elements, too many to be recorded whole.")
    array = meta.type == "ndarray"
    try:
        flat = numbers(meta.dtype, content) if content is not None else None
    except ValueError:
        flat = None
    if flat is None or len(flat) != meta.elements:
        raise NoCodeError(f"The value of {name} could not be read.")
    module, usual = ("np", _NUMPY_LITERAL_DTYPES) if array else ("torch", _LITERAL_DTYPES)
    maker, body = ("array" if array else "tensor"), ""
    options: list[str] = []
    if flat:
        body = _body(nested(literals(meta.dtype, flat, module), meta.shape), meta.shape)
        if meta.dtype not in usual:
            options.append(_dtype(meta.dtype, array))
    else:
        maker, body = "empty", repr(meta.shape)
        if meta.dtype != ("float64" if array else "float32"):
            options.append(_dtype(meta.dtype, array))
    if array:
        return f"np.{maker}({', '.join([body, *options])})"
    if meta.device != "cpu":
        options.append(f'device="{meta.device}"')
    if meta.type == "Parameter":
        inside = f"torch.{maker}({', '.join([body, *options])})"
        return f"torch.nn.Parameter({inside}{'' if meta.requires_grad else ', requires_grad=False'})"
    if meta.requires_grad:
        options.append("requires_grad=True")
    return f"torch.{maker}({', '.join([body, *options])})"


def plain_code(reference: Any, name: str) -> str:
    """Python that rebuilds a plain value. Tuples inside of other values come back as lists.

    Args:
        reference: As the recording's format has it.
        name: What to call it when it cannot be done.

    Raises:
        NoCodeError: it was not recorded whole, or is an object, of which only a description was recorded.
    """
    kind, value, *text = reference
    if text:
        code = _OWN_TEXT.get(kind, "") + str(text[0])
        if kind in _OWN_TEXT and _is_expression(code):
            return code
    elif kind == "str" and len(value) >= TEXT_LIMIT and value.endswith("…"):
        raise NoCodeError(f"{name} is too long; only its beginning was recorded.")
    elif kind in _SCALARS or kind in _CONTAINERS:
        return _plain(kind, value)
    elif _NUMPY_SCALAR.fullmatch(kind):
        return f"np.{kind}({_plain('', value)})"
    raise NoCodeError(f"{name} is a {harmless(str(kind))}; only tensors, arrays and plain values come as code.")


def _is_expression(code: str) -> bool:
    """Whether a text was recorded to its end."""
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _dtype(dtype: str, array: bool) -> str:
    return f'dtype="{dtype}"' if array else f"dtype=torch.{dtype}"


def _body(texts: Any, shape: Sequence[int]) -> str:
    """Nested lists in one line, or each row in a line of its own."""
    line = _one_line(texts)
    if len(line) <= LINE_WIDTH or not shape:
        return line
    return f"[\n{textwrap.indent(_rows(texts, len(shape)), '    ')}\n]"


def _one_line(texts: Any) -> str:
    return f"[{', '.join(map(_one_line, texts))}]" if isinstance(texts, list) else str(texts)


def _rows(texts: list[Any], rank: int) -> str:
    if rank == 1:
        return textwrap.fill(", ".join(texts) + ",", LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"{_one_line(row)}," for row in texts)


def _plain(kind: str, value: Any) -> str:
    if kind == "complex" and isinstance(value, list):
        value = complex(*value)
        finite = math.isfinite(value.real) and math.isfinite(value.imag)
        return repr(value) if finite else f"complex({_float(value.real)}, {_float(value.imag)})"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_plain('', item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        items = ", ".join(_plain("", item) for item in value)
        if kind == "tuple":
            return f"({items},)" if len(value) == 1 else f"({items})"
        if kind in ("set", "frozenset"):
            text = f"{{{items}}}" if value else ""
            return text if kind == "set" and value else f"{kind}({text})"
        return f"[{items}]"
    return repr(value)


def _float(value: float) -> str:
    return repr(value) if math.isfinite(value) else f'float("{value!r}")'


# The clipboard


async def copy_value(app: App[Any], moment: Moment, key: Hashable) -> str:
    """Copy the code that rebuilds a value; the sentence to show, which may say why there is none."""
    try:
        code = as_code(moment, key)
    except NoCodeError as error:
        return str(error)
    return await copy(app, code)


async def copy(app: App[Any], text: str, environment: Mapping[str, str] | None = None) -> str:
    """Copy a text by every way there is: the terminal's copy sequence, and the first clipboard tool that works.

    Where it is too long for the sequence and no tool takes it, it goes to a file.

    Args:
        app: Whose terminal is meant.
        text: What to copy.
        environment: Variables that say which tools there are, None for those of this process.

    Returns:
        The sentence to show; nothing in it can steer a terminal.
    """
    variables = os.environ if environment is None else environment
    short = 4 * -(-len(text.encode("utf-8", "replace")) // 3) <= SEQUENCE_LIMIT
    if short:
        app.copy_to_clipboard(text)
    if not await _copy_by_tool(text, variables) and not short:
        try:
            return f"Too long for the clipboard of a terminal; it is in {await asyncio.to_thread(_write, text)}."
        except OSError as error:
            return f"Too long for the clipboard of a terminal, and no file could be written: {error.strerror}."
    lines = text.count("\n") + 1
    first = harmless(text.split("\n")[0])
    shown = fit(first if lines == 1 else f"{first} …", _SHOWN)
    return f"Copied {lines:,} line{'' if lines == 1 else 's'}: {shown}"


async def _copy_by_tool(text: str, variables: Mapping[str, str]) -> bool:
    """Give the text to the tools in turn until one takes it; whether any did."""
    for variable, command, encoding in TOOLS:
        if variable and not variables.get(variable):
            continue
        found = shutil.which(command[0], path=variables.get("PATH", ""))
        if found is not None and await _feed([found, *command[1:]], text.encode(encoding, "replace"), variables):
            return True
    return False


async def _feed(command: Sequence[str], data: bytes, variables: Mapping[str, str]) -> bool:
    """Start a tool and give it the data; whether it took them in time."""
    try:
        # A session of its own: what stays behind to serve the clipboard outlives the terminal.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=dict(variables), start_new_session=True
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(data), TIME_LIMIT)
    except (TimeoutError, ConnectionError):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return False
    return process.returncode == 0


def _write(text: str) -> str:
    """Write a text to a file of its own in the folder for temporary files; its path."""
    descriptor, path = tempfile.mkstemp(prefix="tutor-", suffix=".py")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    return path
