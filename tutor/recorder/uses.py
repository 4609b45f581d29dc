"""What a statement's text tells of the names in it, before it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

INNER_FIELDS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where a compound statement keeps its bodies."""


def own_parts(node: ast.stmt) -> list[ast.AST]:
    """What belongs to the statement itself: a compound statement without its bodies.

    An assignment's value comes before its targets, as it is evaluated.
    """
    parts: list[ast.AST] = []
    for field, value in ast.iter_fields(node):
        if field in INNER_FIELDS:
            continue
        if isinstance(value, ast.AST):
            parts.append(value)
        elif isinstance(value, list):
            parts += [item for item in value if isinstance(item, ast.AST)]
    if isinstance(node, ast.Try | ast.TryStar):
        return []
    if isinstance(node, ast.Assert):
        return [node.test]
    if isinstance(node, ast.Import | ast.ImportFrom | ast.AnnAssign):
        return [node]
    return parts


def bound_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[set[str], set[str], set[str]]:
    """Names that a function binds, declares global, and declares nonlocal."""
    names, outer, nonlocals = set(parameters(function.args)), set(), set()
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Global):
            outer.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            nonlocals.update(node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.alias) and node.name != "*":
            names.add((node.asname or node.name).split(".")[0])
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, ast.MatchAs | ast.MatchStar) and node.name
        ):
            names.add(node.name)
        waiting.extend(ast.iter_child_nodes(node))
    return names, outer, nonlocals


def parameters(arguments: ast.arguments) -> list[str]:
    """Names of a function's parameters."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
    return [argument.arg for argument in every]


def is_generator(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function yields, itself."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


class Use(ast.NodeVisitor):
    """Names that a statement's own part (a header, for compound statements) certainly binds or mentions."""

    def __init__(self, node: ast.stmt) -> None:
        self.bound: list[str] = []
        self.mentioned: list[str] = []
        self.deleted: list[str] = []
        self.deep = self.calls = self.scan = False
        self._maybe = 0
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            self.bound.append(node.name)
            for decorator in node.decorator_list:
                self.visit(decorator)
            return
        for part in own_parts(node):
            self.visit(part)

    def visit_Name(self, node: ast.Name) -> None:
        if self._maybe:
            return
        kind = self.mentioned if isinstance(node.ctx, ast.Load) else self.bound
        if isinstance(node.ctx, ast.Del):
            kind = self.deleted
        kind.append(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        self.calls = True
        if isinstance(node.func, ast.Name) and node.func.id in ("exec", "eval", "globals", "vars", "setattr"):
            self.scan = self.deep = True
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.deep = self.deep or not isinstance(node.ctx, ast.Load)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.deep = self.deep or not isinstance(node.ctx, ast.Load)
        self.generic_visit(node)

    def visit_Await(self, node: ast.Await) -> None:
        self.calls = True
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        self._visit_maybe(node.values[1:])

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self._visit_maybe([node.body, node.orelse])

    def visit_Compare(self, node: ast.Compare) -> None:
        self.visit(node.left)
        self.visit(node.comparators[0])
        self._visit_maybe(node.comparators[1:])

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_maybe([node.body])

    def visit_Import(self, node: ast.Import) -> None:
        self.bound += [(alias.asname or alias.name).split(".")[0] for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if any(alias.name == "*" for alias in node.names):
            self.scan = True
            return
        self.bound += [alias.asname or alias.name for alias in node.names]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, COMPREHENSIONS):
            self.visit(node.generators[0].iter)
            self._visit_maybe([node])
        else:
            super().generic_visit(node)

    def _visit_maybe(self, nodes: Iterable[ast.AST]) -> None:
        self._maybe += 1
        for node in nodes:
            super().generic_visit(node)
            if isinstance(node, ast.Call):
                self.calls = True
        self._maybe -= 1
