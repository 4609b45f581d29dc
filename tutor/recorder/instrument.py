"""Puts a call of the recorder after each statement of a program, without changing what the program does.

The syntax tree is edited, every original node keeps its place, and the called hooks are constants of the code, not
names: nothing new is visible to the program. What each hook says:

``statement(index, *values)``
    A statement has run (at the start of a body: the header of the compound statement was evaluated). The values are
    those of the function's local names that it bound or mentioned; those of the top level are found in the module.
``pending(index)``
    A ``return`` or ``raise`` is about to be evaluated.
``left(index)``
    A loop is over.
``entered(index, *values)``, ``escaping(index)``, ``exited()``
    A function began, an exception is leaving it, it is over.
``caught(index)``
    An ``except`` clause began.
``turned()``, ``lambda_entered()``, ``lambda_exited(token, value)``
    A turn of a comprehension, and the body of a lambda.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

import msgspec

from tutor.recorder.uses import (
    COMPREHENSIONS,
    FUNCTIONS,
    INNER_FIELDS,
    Use,
    bound_in,
    is_generator,
    own_parts,
    parameters,
)

HOOKS = (
    "statement",
    "pending",
    "left",
    "entered",
    "escaping",
    "exited",
    "caught",
    "turned",
    "lambda_entered",
    "lambda_exited",
)
"""Names of the hooks; an object with a method for each is what the code calls."""

_MARK = "\0tutor:"
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Statement(msgspec.Struct):
    """What is known of a statement before it runs."""

    index: int
    name: str
    """``assign``, ``for``, ``def forward``..."""
    position: tuple[int, int, int, int]
    """Line, last line, column, last column; columns in bytes."""
    function: str | None
    top_level: bool
    loops: tuple[int, ...]
    """Lines of the loops of the same function around it, outermost first."""
    loop_line: int = 0
    """Where this is the header of a loop: its line."""
    local: tuple[str, ...] = ()
    """Names whose values are handed to the hook."""
    outer: tuple[str, ...] = ()
    """Names of the top level that it bound or mentioned."""
    bound: frozenset[str] = frozenset()
    deleted: tuple[str, ...] = ()
    deep: bool = False
    """It stores into an attribute or item, so that objects are to be looked at again."""
    calls: bool = False
    scan: bool = False
    """It can bind names that its text does not show: ``exec``, ``import *``, ``globals()``."""
    generator: bool = False
    in_class: bool = False
    """It stands directly in the body of a class."""


class Scope:
    """Names of a function, as its text tells."""

    def __init__(self, name: str | None, parent: Scope | None, names: set[str], outer: set[str]) -> None:
        self.name = name
        self.parent = parent
        self.names = names
        """Names bound in the function, parameters included."""
        self.outer = outer
        """Names declared global."""
        self.loops: tuple[int, ...] = ()
        self.in_class = False

    def is_top(self) -> bool:
        """Whether this is the module."""
        return self.parent is None

    def owner(self, name: str) -> str:
        """Where a name lives: ``local`` (also a closure's), ``top`` or ``unknown``."""
        scope: Scope | None = self
        while scope is not None and scope.parent is not None:
            if name in scope.outer:
                return "top"
            if name in scope.names:
                return "local"
            scope = scope.parent
        return "top"


class Instrumenter:
    """Edits the cells of one program. ``statements`` grows with each.

    Args:
        filename: What tracebacks are to name.
        hooks: An object with the methods that ``HOOKS`` lists.
    """

    def __init__(self, filename: str, hooks: object) -> None:
        self.statements: list[Statement] = []
        self._filename = filename
        self._hooks: dict[str, Callable[..., Any]] = {_MARK + name: getattr(hooks, name) for name in HOOKS}

    def compile(self, source: str, flags: int = 0, *, first: bool = True) -> CodeType:
        """The code of a cell, its line numbers as in ``source``.

        Args:
            source: The text.
            flags: Future flags that earlier cells have set.
            first: Whether a string at its start is the program's docstring.

        Raises:
            SyntaxError: as plain Python would.
        """
        plain: CodeType = compile(source, self._filename, "exec", flags=flags, dont_inherit=True)
        try:
            return self._instrumented(source, flags | plain.co_flags & FUTURE_FLAGS, first)
        except (TypeError, ValueError, AttributeError, KeyError, RecursionError, SyntaxError):
            # Better a program that is only seen by its operations than one that does not run.
            return plain

    def _instrumented(self, source: str, flags: int, first: bool) -> CodeType:
        tree = ast.parse(source, self._filename)
        if not first and tree.body and _is_docstring(tree.body[0]):
            tree.body.insert(0, ast.copy_location(ast.Pass(), tree.body[0]))
        top = Scope(None, None, set(), set())
        tree.body = self._body(tree.body, top, keep_docstring=first)
        ast.fix_missing_locations(tree)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(tree, self._filename, "exec", flags=flags, dont_inherit=True)
        return self._filled(code)

    def _filled(self, code: CodeType) -> CodeType:
        """The code with the hooks in place of their marks."""
        constants = tuple(
            self._filled(constant)
            if isinstance(constant, CodeType)
            else self._hooks.get(constant, constant)
            if isinstance(constant, str)
            else constant
            for constant in code.co_consts
        )
        return code.replace(co_consts=constants)

    # Statements

    def _body(self, body: list[ast.stmt], scope: Scope, *, keep_docstring: bool = False) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        for position, node in enumerate(body):
            first = keep_docstring and position == 0 and _is_docstring(node)
            future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if first or future or isinstance(node, ast.Global | ast.Nonlocal):
                result.append(node)
                continue
            result += self._statement(node, scope)
        return result

    def _statement(self, node: ast.stmt, scope: Scope) -> list[ast.stmt]:
        info = self._describe(node, scope)
        _Expressions(self, node).run()
        if isinstance(node, ast.Return | ast.Raise):
            return [self._call("pending", node, info.index), node]
        if isinstance(node, ast.Break | ast.Continue):
            return [self._after(node, info), node]
        if isinstance(node, FUNCTIONS):
            self._function(node, scope)
            return [node, self._after(node, info)]
        if isinstance(node, ast.ClassDef):
            inner = Scope(scope.name, scope, set(), set())
            inner.in_class = True
            inner.names = scope.names if not scope.is_top() else set()
            node.body = self._body(node.body, inner, keep_docstring=True)
            return [node, self._after(node, info)]
        if isinstance(node, _LOOPS):
            outside, scope.loops = scope.loops, (*scope.loops, node.lineno)
            node.body = [self._after(node, info), *self._body(node.body, scope)]
            scope.loops = outside
            node.orelse = self._body(node.orelse, scope)
            return [node, self._call("left", node, info.index)]
        if isinstance(node, ast.Match):
            for case in node.cases:
                case.body = [self._after(node, info), *self._body(case.body, scope)]
            return [node]
        if isinstance(node, ast.If):
            node.body = [self._after(node, info), *self._body(node.body, scope)]
            node.orelse = [self._after(node, info), *self._body(node.orelse, scope)]
            return [node]
        if isinstance(node, ast.With | ast.AsyncWith):
            node.body = [self._after(node, info), *self._body(node.body, scope)]
            return [node]
        if isinstance(node, ast.Try | ast.TryStar):
            return [self._try(node, scope, info)]
        return [node, self._after(node, info)]

    def _try(self, node: ast.Try | ast.TryStar, scope: Scope, info: Statement) -> ast.stmt:
        node.body = self._body(node.body, scope)
        for handler in node.handlers:
            handler.body = [self._call("caught", handler, info.index), *self._body(handler.body, scope)]
        node.orelse = self._body(node.orelse, scope)
        node.finalbody = self._body(node.finalbody, scope)
        if not node.handlers and isinstance(node, ast.Try):
            node.handlers = [self._escape(node, info.index)]
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        names, outer, nonlocals = bound_in(node)
        inner = Scope(_qualified(node.name, scope), scope, names - outer - nonlocals, outer)
        given = parameters(node.args)
        info = self._new(node, inner, "def " + node.name)
        info.position = (node.lineno, node.lineno, node.col_offset, node.col_offset)
        info.local = tuple(given)
        info.bound = frozenset(given)
        info.generator = is_generator(node) or isinstance(node, ast.AsyncFunctionDef)
        body = self._body(node.body, inner, keep_docstring=True)
        head = body[:1] if _is_docstring(node.body[0]) else []
        rest = body[len(head) :]
        enter = self._call("entered", node, info.index, given)
        whole = ast.Try(
            body=[enter, *rest],
            handlers=[self._escape(node, info.index)],
            orelse=[],
            finalbody=[self._call("exited", node)],
        )
        node.body = [*head, ast.copy_location(whole, node)]

    def _escape(self, node: ast.stmt, index: int) -> ast.ExceptHandler:
        again = ast.copy_location(ast.Raise(exc=None, cause=None), node)
        return ast.copy_location(
            ast.ExceptHandler(type=None, name=None, body=[self._call("escaping", node, index), again]), node
        )

    def _after(self, node: ast.stmt, info: Statement) -> ast.stmt:
        return self._call("statement", node, info.index, info.local)

    def _call(self, hook: str, node: Any, index: int | None = None, names: Iterable[str] = ()) -> ast.stmt:
        arguments: list[ast.expr] = [] if index is None else [ast.Constant(index)]
        arguments += [ast.Name(id=name, ctx=ast.Load()) for name in names]
        call = ast.Expr(ast.Call(func=ast.Constant(_MARK + hook), args=arguments, keywords=[]))
        for part in ast.walk(call):
            if isinstance(part, ast.expr | ast.stmt):
                part.lineno = part.end_lineno = node.lineno
                part.col_offset = part.end_col_offset = node.col_offset
        return call

    # What a statement's text tells

    def _describe(self, node: ast.stmt, scope: Scope) -> Statement:
        info = self._new(node, scope, _word(node))
        use = Use(node)
        info.deep, info.calls, info.scan = use.deep, use.calls, use.scan
        info.deleted = tuple(use.deleted)
        wanted = dict.fromkeys(use.bound)
        if use.calls or use.deep or isinstance(node, ast.AugAssign):
            wanted |= dict.fromkeys(use.mentioned)
        if scope.in_class:
            info.in_class = True
            return info
        certain = set(use.bound) | set(use.mentioned)
        top = scope.is_top()
        info.bound = frozenset(use.bound)
        info.outer = tuple(name for name in wanted if top or scope.owner(name) == "top")
        if not top:
            local = (name for name in wanted if name in certain and scope.owner(name) == "local")
            info.local = tuple(name for name in local if name not in use.deleted)
        if isinstance(node, _LOOPS):
            info.loop_line = node.lineno
        return info

    def _new(self, node: ast.stmt, scope: Scope, name: str) -> Statement:
        end_line, end_column = _header_end(node)
        info = Statement(
            index=len(self.statements),
            name=name,
            position=(node.lineno, end_line, node.col_offset, end_column),
            function=scope.name,
            top_level=scope.is_top() and not scope.in_class,
            loops=scope.loops,
        )
        self.statements.append(info)
        return info


FUTURE_FLAGS = 0x1FE0000
"""Every flag of a code object that a ``from __future__`` import sets."""


class _Expressions(ast.NodeTransformer):
    """Hooks inside a statement's expressions: turns of comprehensions that call, bodies of lambdas."""

    def __init__(self, instrumenter: Instrumenter, node: ast.stmt) -> None:
        self._call = instrumenter._call
        self._node = node

    def run(self) -> None:
        """Edit the statement's own part in place."""
        node = self._node
        for field, value in ast.iter_fields(node):
            if field in INNER_FIELDS:
                continue
            if isinstance(value, ast.expr | ast.arguments):
                setattr(node, field, self.visit(value))
            elif isinstance(value, list):
                setattr(node, field, [self.visit(item) if isinstance(item, ast.AST) else item for item in value])

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        self.generic_visit(node)
        if any(isinstance(part, ast.Yield | ast.YieldFrom | ast.Await) for part in ast.walk(node.body)):
            return node
        enter = self._hook("lambda_entered", node, [])
        node.body = ast.copy_location(self._hook("lambda_exited", node, [enter, node.body]), node)
        return node

    def generic_visit(self, node: ast.AST) -> Any:
        super().generic_visit(node)
        if isinstance(node, COMPREHENSIONS) and any(isinstance(part, ast.Call) for part in ast.walk(node)):
            node.generators[-1].ifs.append(self._hook("turned", node, []))
        return node

    def _hook(self, name: str, node: ast.expr, arguments: list[ast.expr]) -> ast.expr:
        statement = self._call(name, node)
        assert isinstance(statement, ast.Expr)
        assert isinstance(statement.value, ast.Call)
        statement.value.args = arguments
        return statement.value


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _qualified(name: str, scope: Scope) -> str:
    return f"{scope.name}.{name}" if scope.name else name


def _word(node: ast.stmt) -> str:
    if isinstance(node, FUNCTIONS):
        return "def " + node.name
    if isinstance(node, ast.ClassDef):
        return "class " + node.name
    return {"Expr": "expression", "AugAssign": "update", "AnnAssign": "assign", "ImportFrom": "import"}.get(
        type(node).__name__, type(node).__name__.lower()
    )


def _header_end(node: ast.stmt) -> tuple[int, int]:
    """Where a statement ends, or the header of a compound one."""
    ends: list[Any] = [part for part in own_parts(node) if isinstance(part, ast.expr) or hasattr(part, "end_lineno")]
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        words = {"FunctionDef": 4, "AsyncFunctionDef": 10, "ClassDef": 6}[type(node).__name__]
        return node.lineno, node.col_offset + words + len(node.name.encode())
    if isinstance(node, ast.With | ast.AsyncWith):
        ends = [item.optional_vars or item.context_expr for item in node.items]
    if not hasattr(node, "body") and not isinstance(node, ast.Match):
        return int(node.end_lineno or node.lineno), int(node.end_col_offset or node.col_offset)
    last: Any = max(ends, key=lambda part: (part.end_lineno, part.end_col_offset), default=None)
    if last is None:
        return node.lineno, node.col_offset
    return int(last.end_lineno), int(last.end_col_offset)
