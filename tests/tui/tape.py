"""Recordings written by hand, so that the screens are tested without torch and every number is known."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tutor.recording.format import VERSION, Change, Flag, Frame, Kind
from tutor.recording.log import LogReader, LogWriter
from tutor.recording.model import End
from tutor.recording.recording import Recording

ON = int(Flag.GRAD_ENABLED)


class Tape:
    """Writes the log of a program whose source is known.

    Args:
        path: Where the log goes.
        source: The program.
        title: What it is called.
    """

    def __init__(self, path: Path, source: str, title: str = "") -> None:
        self.path = path
        self._lines = source.split("\n")
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        self._writer = LogWriter(self._descriptor)
        self._known: dict[str, int] = {}
        self.count = 0
        self.ended = False
        header = {"program": "hand.py", "title": title, "source": source, "torch": "2.13.0", "python": "3.11"}
        self.frame(Frame.HEADER, VERSION, header)

    def frame(self, *items: Any) -> None:
        self._writer.append(list(items))

    def _define(self, frame: Frame, *items: Any) -> int:
        key = f"{frame}{items}"
        if key not in self._known:
            self._known[key] = len(self._known) + 1
            self.frame(frame, self._known[key], *items)
        return self._known[key]

    def meta(self, shape: Sequence[int] = (), *, requires_grad: bool = False, is_leaf: bool = True) -> int:
        return self._define(Frame.META, "tensor", "float32", list(shape), "cpu", requires_grad, is_leaf, False)

    def gradient(self, *values: float) -> list[Any]:
        return [self.meta(() if len(values) == 1 else (len(values),)), floats(*values)]

    def tensor(
        self,
        id: int,
        *values: float,
        version: int = 0,
        node: int | None = None,
        grad: int | None = None,
        requires_grad: bool | None = None,
    ) -> list[Any]:
        wanted = node is not None if requires_grad is None else requires_grad
        shape = () if len(values) == 1 else (len(values),)
        meta = self.meta(shape, requires_grad=wanted, is_leaf=node is None)
        return [Change.TENSOR, id, meta, version, id, node, grad, floats(*values)]

    def node(self, id: int, name: str, edges: list[list[int] | None], /, **saved: Any) -> list[Any]:
        return [Change.NODE, id, self._define(Frame.NODE_KIND, name, list(saved)), edges, list(saved.values())]

    def step(
        self,
        kind: Kind,
        line: int,
        source: str,
        *changes: list[Any],
        name: str = "",
        detail: Any = None,
        parent: int = 0,
        function: str | None = None,
        flags: int = ON,
        end: tuple[int, int] | None = None,
    ) -> int:
        """A step at an expression of a line; ``end`` is the last line and column of one that goes on."""
        text = self._lines[line - 1]
        column = max(text.find(source.split("\n")[0]), 0)
        end_line, end_column = end or (line, column + len(source))
        site = self._define(
            Frame.SITE, line, end_line, column, end_column, source.replace("\n", " "), function, name or source
        )
        self.frame(Frame.STEP, int(kind), site, parent, flags, detail, list(changes))
        self.count += 1
        return self.count

    def end(self, how: str = "finished", reason: str = "") -> None:
        self.frame(Frame.END, how, reason)
        self.ended = True

    def close(self) -> None:
        os.close(self._descriptor)


class Growing:
    """A recording that grows when the test says so; a ``Source``."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.recording = Recording(LogReader(os.open(tape.path, os.O_RDONLY)), writer_gone=False)
        self.stopped = ""
        self.closed = False

    @property
    def running(self) -> bool:
        return self.recording.end is None

    def pump(self, seconds: float | None = None) -> bool:
        self.recording.writer_gone = self.tape.ended
        return self.recording.read_more(seconds)

    def stop(self, reason: str = "stopped") -> None:
        self.stopped = reason
        self.recording.close(End("stopped", reason))

    def close(self) -> None:
        self.closed = True
        self.stop()


def floats(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def bind(path: str, reference: Any, scope: int = 0) -> list[Any]:
    return [Change.BIND, scope, path, reference]


def turn(line: int, number: int, scope: int = 0) -> list[Any]:
    return [Change.TURN, scope, line, number]


def whole(value: Any) -> list[Any]:
    return [type(value).__name__, value]


ACCUMULATION = """\
# %% [raw] tutor="lesson"
# title = "Gradients add up"
# minutes = 6

# %% [markdown]
# # Gradients add up
#
# The slope of `x**2` at 3 is **6**. What is in `x.grad` at the end?

# %%
import torch

x = torch.tensor(3.0, requires_grad=True)
for turn in range(3):
    y = x**2
    y.backward()  #? x.grad
print(x.grad)  #> tensor(18.)

# %% [markdown]
# It is 18, which is 6 + 6 + 6.

# %% [raw] id="q" tutor="quiz"
# type = "number"
"""


def accumulation(path: Path) -> Tape:
    """Three turns of ``y = x**2; y.backward()``, as the recorder writes them."""
    tape = Tape(path, ACCUMULATION, "Gradients add up")
    tape.step(Kind.STATEMENT, 11, "import torch")
    leaf = tape.tensor(1, 3.0, requires_grad=True)
    source = "torch.tensor(3.0, requires_grad=True)"
    tape.step(Kind.OPERATION, 13, source, leaf, bind("x", 1), name="tensor", detail=[[whole(3.0)], 1, None])
    for number in (1, 2, 3):
        _turn(tape, number)
    tape.step(Kind.OUTPUT, 17, "print(x.grad)", turn(14, 0), name="expression", detail=["stdout", "tensor(18.)\n"])
    tape.end()
    return tape


def _turn(tape: Tape, number: int) -> None:
    node, result, gradient, total = number, 10 + number, 20, 6.0 * number
    tape.step(Kind.STATEMENT, 14, "for turn in range(3)", turn(14, number), bind("turn", whole(number - 1)), name="for")
    made = tape.node(node, "PowBackward0", [[-1, 1]], self=[-1, 1, 0], exponent=whole(2))
    tape.step(
        Kind.OPERATION,
        15,
        "x**2",
        made,
        tape.tensor(result, 9.0, node=node),
        bind("y", result),
        [Change.FREED, [result - 1]],
        name="pow",
        detail=[[1, whole(2)], result, None],
    )
    call = "y.backward()"
    parent = tape.step(Kind.OPERATION, 16, call, name="backward", detail=[[result], None, None])
    one, six = tape.gradient(1.0), tape.gradient(6.0)
    tape.step(Kind.NODE, 16, call, name="PowBackward0", parent=parent, flags=0, detail=[node, [one], [six, None]])
    before = tape.gradient(total - 6.0) if number > 1 else None
    changes = [tape.tensor(gradient, total, version=number - 1), [Change.RELEASED, [node]]]
    if number == 1:
        changes.insert(1, [Change.GRAD, 1, gradient])
    tape.step(
        Kind.ACCUMULATE,
        16,
        call,
        *changes,
        name="AccumulateGrad",
        parent=parent,
        flags=0,
        detail=[1, before, six, tape.gradient(total), number == 1],
    )


CLINIC = """\
import torch

d = {"a[b]": torch.ones(2, requires_grad=True)}


def scaled(größe):
    return größe * 2


日本 = torch.ones(1); z = 日本 + 1
q = (
    d["a[b]"] * 3
    + scaled(z)
).sum()
print("[bold]q[/bold] \\x1b[31m", q)
q.backward()
q.backward()
"""


def clinic(path: Path) -> Tape:
    """Wide characters, a call, an expression of two lines, names and text that look like markup, an error."""
    tape = Tape(path, CLINIC, "clinic.py")
    tape.step(Kind.STATEMENT, 1, "import torch")
    source = "torch.ones(2, requires_grad=True)"
    leaf = tape.tensor(1, 1.0, 1.0, requires_grad=True)
    members = [bind("d", ["dict", None, "1 item"]), bind("d['a[b]']", 1), bind("note", whole("[/] x[0] [red]"))]
    tape.step(Kind.OPERATION, 3, source, leaf, *members, name="ones", detail=[[whole(2)], 1, None])
    tape.step(Kind.STATEMENT, 6, "def scaled(größe)", bind("scaled", ["function", None, "scaled"]), name="def")
    ones = [tape.tensor(2, 1.0), bind("日本", 2)]
    tape.step(Kind.OPERATION, 10, "torch.ones(1)", *ones, name="ones", detail=[[], 2, None])
    tape.step(Kind.OPERATION, 10, "日本 + 1", tape.tensor(3, 2.0), bind("z", 3), name="add", detail=[[2], 3, None])
    multiply = tape.node(1, "MulBackward0", [[-1, 1], None])
    product = tape.tensor(4, 3.0, 3.0, node=1)
    tape.step(Kind.OPERATION, 12, 'd["a[b]"] * 3', multiply, product, name="mul", detail=[[1, whole(3)], 4, None])
    opened = [[Change.OPEN, 5, "scaled", 13], bind("größe", 3, 5), tape.tensor(5, 4.0)]
    detail = [[3, whole(2)], 5, None]
    tape.step(Kind.OPERATION, 7, "größe * 2", *opened, name="mul", function="scaled", detail=detail)
    add = [[Change.CLOSE, 5], tape.node(2, "AddBackward0", [[1, 0], None]), tape.tensor(6, 7.0, 7.0, node=2)]
    both = 'd["a[b]"] * 3\n    + scaled(z)'
    tape.step(Kind.OPERATION, 12, both, *add, name="add", detail=[[4, 5], 6, None], end=(13, 15))
    total = [tape.node(3, "SumBackward0", [[2, 0]]), tape.tensor(7, 14.0, node=3), bind("q", 7)]
    tape.step(Kind.OPERATION, 11, "(", *total, name="sum", detail=[[6], 7, None], end=(14, 7))
    text = "[bold]q[/bold] \x1b[31m tensor(14., grad_fn=<SumBackward0>)\n"
    tape.step(Kind.OUTPUT, 15, "print", [Change.FREED, [4, 5, 6]], name="expression", detail=["stdout", text])
    parent = tape.step(Kind.OPERATION, 16, "q.backward()", name="backward", detail=[[7], None, None])
    for node, name in ((3, "SumBackward0"), (2, "AddBackward0"), (1, "MulBackward0")):
        gradients = [[tape.gradient(1.0, 1.0)], [tape.gradient(1.0, 1.0)]]
        tape.step(Kind.NODE, 16, "q.backward()", name=name, parent=parent, flags=0, detail=[node, *gradients])
    three = tape.gradient(3.0, 3.0)
    changes = [tape.tensor(8, 3.0, 3.0), [Change.GRAD, 1, 8], [Change.RELEASED, [1, 2, 3]]]
    detail = [1, None, three, three, True]
    tape.step(Kind.ACCUMULATE, 16, "q.backward()", *changes, name="AccumulateGrad", parent=parent, detail=detail)
    tape.step(Kind.OPERATION, 17, "q.backward()", name="backward", detail=[[7], None, None])
    message = "Trying to backward through the graph a second time [/nope]"
    tape.step(Kind.ERROR, 17, "q.backward()", name="RuntimeError", detail=[message, "RuntimeError", ""])
    tape.end("raised", f"RuntimeError: {message}")
    return tape


LOOP = "total = 0\nfor i in range(1000):\n    total = total + i\n"


def loop(path: Path, turns: int) -> Tape:
    """A loop of two steps for each turn; not ended."""
    tape = Tape(path, LOOP, "loop.py")
    for number in range(1, turns + 1):
        loop_turn(tape, number)
    return tape


def loop_turn(tape: Tape, number: int) -> None:
    """One more turn."""
    tape.step(Kind.STATEMENT, 2, "for i in range(1000)", turn(2, number), bind("i", whole(number)), name="for")
    tape.step(
        Kind.OPERATION, 3, "total + i", tape.tensor(number, float(number)), bind("total", number), name="add",
        detail=[[], number, None],
    )  # fmt: skip


def names(path: Path, count: int) -> Tape:
    """One step that binds many tensors."""
    tape = Tape(path, "make()\n", "names.py")
    changes: list[list[Any]] = []
    for number in range(1, count + 1):
        changes += [tape.tensor(number, float(number)), bind(f"t{number}", number)]
    tape.step(Kind.STATEMENT, 1, "make()", *changes, name="expression")
    tape.end()
    return tape


def empty(path: Path) -> Tape:
    """A program that did nothing."""
    tape = Tape(path, "# nothing\n", "empty.py")
    tape.end()
    return tape
