"""Running a program cell by cell without recording it, and evaluating expressions at places in it.

Expressions after a line are evaluated as the program runs through it. Those after a cell are evaluated in a fork, so
that an expression that changes something (``y.backward()``) changes nothing for what comes after it.
"""

from __future__ import annotations

import ast
import builtins
import os
import random
import re
import sys
import types
import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from tutor.lesson.check.seen import Raised, Stop
from tutor.lesson.program import Announce
from tutor.lesson.value import Value
from tutor.recorder.beliefs import believe
from tutor.recorder.beliefs.base import Believed
from tutor.recorder.calls import THIN
from tutor.recorder.evaluate import Sent, Work
from tutor.recorder.instrument import FUTURE_FLAGS

MOST = 1_000
"""Elements of a tensor, or items of a list, that are given back."""

DEEPEST = 8
"""How deep lists in lists are looked into."""

_OPERATIONS = ("/torch/autograd/", "/torch/nn/modules/")
"""Folders of torch through which errors of a program's own operations come."""

_LOOKING = (ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.UnaryOp,
            ast.BinOp, ast.Compare, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop)  # fmt: skip

_STOP, _TURN = "__tutor_stop__", "__tutor_turn__"
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class PlainRun:
    """One run of one program.

    Args:
        work: The program, and what to evaluate.
        send: Takes each message, after its length.
    """

    def __init__(self, work: Work, send: Callable[[bytes], None]) -> None:
        self._work = work
        self._send = send
        self._stops = {index: stop for index, stop in enumerate(work.stops) if stop.line}
        self._turns: dict[int, int] = {}
        self._values: dict[int, Value] = {}
        self._passes: dict[int, int] = {}
        self._in_flight: dict[int, BaseException | None] = {}
        """The error that was on its way out, if one was, when a value was taken."""
        self._believed = Believed()
        self._module = types.ModuleType("__main__")

    def run(self) -> None:
        """Run it to its end, or to an error that no cell announces; then torch is as it was."""
        try:
            self._run()
        finally:
            self._believed.undo()
            torch.set_grad_enabled(True)
        self._tell(Sent(ended=True))

    def _run(self) -> None:
        self._become_main()
        believing = False
        flags = 0
        for number, first_line, text in self._work.texts:
            if not believing and self._work.request.belief and number >= self._work.believed_from:
                believing = True
                self._believed = believe(self._work.request.belief, self._work.request.path)
            try:
                code = self._compile(text, first_line, flags)
                flags |= code.co_flags & FUTURE_FLAGS
                with self._believed.under, self._believed.over:
                    exec(code, self._module.__dict__)
            except SystemExit:
                break
            except BaseException as error:
                announced = self._is_announced(number, error_text(error))
                self._tell(Sent(raised=self._raised(number, error, announced)))
                if not announced:
                    self._forget_values_of(error)
                    break
            with self._believed.under, self._believed.over:
                self._evaluate_after(number)
        for index, value in self._values.items():
            self._tell(Sent(self._stops[index].key, value, self._passes[index]))

    def _tell(self, sent: Sent) -> None:
        message = msgspec.msgpack.encode(sent)
        self._send(len(message).to_bytes(4, "little") + message)

    def _become_main(self) -> None:
        request = self._work.request
        self._module.__dict__.update(__file__=request.path, __builtins__=builtins)
        sys.modules["__main__"] = self._module
        sys.argv = [request.path, *request.arguments]
        sys.path[0] = str(Path(request.path).parent)
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        os.chdir(request.directory)
        vars(builtins).update({_STOP: self._stop, _TURN: self._turn})
        if request.seed is not None:
            torch.manual_seed(request.seed)
            np.random.seed(request.seed % (1 << 32))
            random.seed(request.seed)

    def _compile(self, text: str, first_line: int, flags: int) -> types.CodeType:
        last_line = first_line + text.count("\n")
        stops = ((index, stop.line) for index, stop in self._stops.items() if first_line <= stop.line <= last_line)
        return _compiled(text, first_line, self._work.request.path, flags, tuple(stops))

    def _is_announced(self, cell: int, text: str) -> bool:
        announces = (Announce(0, str(text), number) for number, text in self._work.request.announces if number == cell)
        return any(announce.matches(text) for announce in announces)

    def _raised(self, cell: int, error: BaseException, announced: bool) -> Raised:
        """An error, with the innermost line of the program that it came through."""
        line = error.lineno or 0 if isinstance(error, SyntaxError) else 0
        outside = not line
        traceback = error.__traceback__
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename.replace("\\", "/")
            if file == self._work.request.path.replace("\\", "/"):
                line, outside = traceback.tb_lineno, False
            elif not file.endswith(THIN) and not any(folder in file for folder in _OPERATIONS):
                outside = True
            traceback = traceback.tb_next
        return Raised(cell, line, error_text(error), announced, outside)

    def _forget_values_of(self, error: BaseException) -> None:
        """Values that were taken while the program was already ending have nothing to say."""
        for index, in_flight in self._in_flight.items():
            if in_flight is error:
                self._values.pop(index, None)

    # Expressions

    def _turn(self, loop: int, begins: bool) -> None:
        """A loop begins, or a turn of it does."""
        self._turns[loop] = 0 if begins else self._turns.get(loop, 0) + 1

    def _stop(self, index: int, loop: int) -> None:
        """The program has come past the line of a stop."""
        stop = self._stops[index]
        self._passes[index] = self._passes.get(index, 0) + 1
        if stop.turn is None or stop.turn == self._turns.get(loop):
            frame = sys._getframe(1)
            self._in_flight[index] = sys.exc_info()[1]
            self._values[index] = self._evaluate(stop, frame.f_globals | frame.f_locals)

    def _evaluate(self, stop: Stop, names: dict[str, Any]) -> Value:
        """What a stop asks for; somebody who reads the program under a belief reads the question under it too."""
        path = self._work.request.path if self._work.request.belief else "<string>"
        return evaluate(stop.expression, names, path)

    def _evaluate_after(self, cell: int) -> None:
        groups: dict[str, list[Stop]] = {}
        for stop in self._work.stops:
            if stop.cell == cell and not stop.line:
                groups.setdefault(stop.group, []).append(stop)
        for stops in groups.values():
            if all(only_looks(stop.expression) for stop in stops):
                for stop in stops:
                    self._tell(Sent(stop.key, self._evaluate(stop, dict(self._module.__dict__))))
                continue
            process = os.fork()
            if process == 0:
                try:
                    for stop in stops:
                        self._tell(Sent(stop.key, self._evaluate(stop, dict(self._module.__dict__))))
                finally:
                    os._exit(0)
            os.waitpid(process, 0)


@lru_cache(maxsize=1_000)
def _compiled(text: str, first_line: int, path: str, flags: int, stops: tuple[tuple[int, int], ...]) -> types.CodeType:
    """The code of a cell that stops after some lines. The runs of a process have most cells in common.

    Args:
        text: Of the cell.
        first_line: Of the cell.
        path: Of the program.
        flags: Of ``__future__`` imports further up.
        stops: Index and line of each stop.

    Raises:
        SyntaxError: the text is no Python.
    """
    source = "\n" * (first_line - 1) + text
    if not stops:
        return _code(source, path, flags)
    tree = compile(source, path, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return _code(ast.fix_missing_locations(_Stopping(dict(stops)).visit(tree)), path, flags)


def _code(source: str | ast.Module, path: str, flags: int) -> types.CodeType:
    code: types.CodeType = compile(source, path, "exec", flags, dont_inherit=True)
    return code


@lru_cache(maxsize=1_000)
def only_looks(expression: str) -> bool:
    """Whether an expression calls nothing, so that it can hardly change anything."""
    return all(isinstance(node, _LOOKING) for node in ast.walk(ast.parse(expression.strip(), mode="eval")))


class _Stopping(ast.NodeTransformer):
    """Puts a call after each statement that begins on one of some lines.

    Args:
        lines: The line of each stop, by its index.
    """

    def __init__(self, lines: dict[int, int]) -> None:
        self._lines = lines
        self._loops = 0
        self._loop = 0

    def visit(self, node: ast.AST) -> Any:
        """Go through the bodies of a node, the statements inside a statement before it."""
        if not isinstance(node, ast.Module | ast.stmt | ast.ExceptHandler | ast.match_case):
            return node
        outer = self._loop
        is_loop = isinstance(node, ast.For | ast.AsyncFor | ast.While)
        if is_loop:
            self._loops += 1
            self._loop = self._loops
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._loop = 0
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                setattr(node, name, self._body(inner))
        return_node = self._begun(node) if isinstance(node, ast.stmt) else node
        self._loop = outer
        return return_node

    def _body(self, statements: list[Any]) -> list[Any]:
        body: list[Any] = []
        for position, statement in enumerate(statements):
            following = statements[position + 1].lineno if position + 1 < len(statements) else 0
            wanted = self._wanted(statement) if getattr(statement, "lineno", 0) != following else []
            before = self._loops
            visited = self.visit(statement)
            if isinstance(visited, ast.For | ast.AsyncFor | ast.While):
                body.append(ast.copy_location(_call(_TURN, before + 1, 1), statement))
            if wanted and not _has_head(statement):
                calls: list[ast.stmt] = [_call(_STOP, index, self._loop) for index in wanted]
                visited = ast.Try(body=[visited], handlers=[], orelse=[], finalbody=calls)
                for call in (visited, *calls):
                    ast.copy_location(call, statement)
            body.append(visited)
        return body

    def _wanted(self, statement: Any) -> list[int]:
        """The stops after a statement, unless another statement inside it begins on its line."""
        if not isinstance(statement, ast.stmt) or isinstance(statement, ast.ImportFrom):
            return []
        if statement.lineno not in self._lines.values():
            return []
        inner = {node.lineno for node in ast.walk(statement) if isinstance(node, ast.stmt) and node is not statement}
        return [index for index, line in self._lines.items() if line == statement.lineno and line not in inner]

    def _begun(self, node: ast.stmt) -> ast.stmt:
        """A compound statement that counts its turns, and stops after its head."""
        calls = []
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            calls.append(_call(_TURN, self._loop, 0))
        if _has_head(node):
            calls.extend(_call(_STOP, index, self._loop) for index in self._wanted(node))
        for call in calls:
            ast.copy_location(call, node)
        if calls:
            node.body = [*calls, *node.body]  # type: ignore[attr-defined]
        return node


def _has_head(node: ast.AST) -> bool:
    """Whether a statement is a head with a body that runs as part of it."""
    return isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith | ast.If | ast.Try)


def _call(name: str, *arguments: int) -> ast.Expr:
    constants: list[ast.expr] = [ast.Constant(bool(argument) if name == _TURN and position else argument)
                                 for position, argument in enumerate(arguments)]  # fmt: skip
    return ast.Expr(ast.Call(ast.Name(name, ast.Load()), constants, []))


def evaluate(expression: str, names: dict[str, Any], path: str = "<string>") -> Value:
    """What an expression gives under some names, an error included.

    Args:
        expression: The expression.
        names: What it can name.
        path: The file of which it counts as a part.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return plain(eval(compile(expression.strip(), path, "eval", dont_inherit=True), names))
    except BaseException as error:
        return Value("error", error=error_text(error))


def error_text(error: BaseException) -> str:
    """Name and message of an error on one line."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    name = type(error).__name__
    return (f"{name}: {text}" if text else name).encode("utf-8", "replace").decode()


def plain(value: Any, depth: int = 0) -> Value:
    """A value as plain data.

    Raises:
        ValueError: it is too large for an answer.
    """
    name = type(value).__name__
    if isinstance(value, torch.Tensor):
        return _array(value.detach().cpu())
    if isinstance(value, np.ndarray | np.generic):
        return _array(torch.as_tensor(value))
    if value is None or isinstance(value, bool | int | float | str):
        return Value(name, content=str(value) if isinstance(value, int) and value.bit_length() > 63 else value)
    if isinstance(value, complex):
        return plain([value.real, value.imag])
    if isinstance(value, BaseException):
        return Value("error", error=error_text(value))
    if isinstance(value, type) and issubclass(value, BaseException):
        return Value("error", error=value.__name__)
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    if isinstance(value, list | tuple) and depth < DEEPEST:
        if len(value) > MOST:
            raise ValueError(f"more than {MOST:,} items are too many for an answer")
        return Value(name, items=[plain(item, depth + 1) for item in value])
    return Value(name, content=_ADDRESS.sub("", repr(value)))


def _array(tensor: torch.Tensor) -> Value:
    dtype = str(tensor.dtype).removeprefix("torch.")
    if tensor.numel() > MOST:
        raise ValueError(f"more than {MOST:,} elements are too many for an answer")
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj())
    return Value("tensor", list(tensor.shape), dtype, tensor.to_dense().tolist() if tensor.layout != torch.strided
                 else tensor.tolist())  # fmt: skip
