"""A line of plain arithmetic with the numbers in the place of the names: ``2.0 * 3.0 + 1.0``."""

from __future__ import annotations

import ast
import copy
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from tutor.quiz.shown import number_text

_BINARY: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}

_EXPONENT: Final = 100
"""Powers above this are not computed."""


def in_numbers(node: ast.stmt, numbers: Mapping[str, float]) -> tuple[str, float] | None:
    """What a statement computes, in numbers, and what that gives.

    Args:
        node: ``y = x**2`` or ``w -= 0.1 * w.grad``.
        numbers: For each name or member that holds a single number, that number.

    Returns:
        None where it is more than sums, products and powers of such numbers.
    """
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        expression = node.value
    elif isinstance(node, ast.AugAssign):
        target = copy.copy(node.target)
        expression = ast.BinOp(target, node.op, node.value)
    else:
        return None
    filled = _filled(expression, numbers)
    if filled is None or isinstance(filled, ast.Constant):
        return None
    try:
        result = _result(filled)
    except (ArithmeticError, ValueError):
        return None
    return ast.unparse(ast.fix_missing_locations(filled)), result


def _filled(node: ast.expr, numbers: Mapping[str, float]) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _filled(node.left, numbers), _filled(node.right, numbers)
        return None if left is None or right is None else ast.BinOp(left, node.op, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = _filled(node.operand, numbers)
        return None if operand is None else ast.UnaryOp(ast.USub(), operand)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return ast.Constant(node.value)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        number = numbers.get(ast.unparse(node))
        return None if number is None else _number(number)
    return None


def _number(number: float) -> ast.expr:
    """A number as it is written on the screen; a negative one so that it gets brackets where it needs them."""
    shown = float(number_text(abs(number)))
    return ast.UnaryOp(ast.USub(), ast.Constant(shown)) if number < 0 else ast.Constant(shown)


def _result(node: ast.expr) -> float:
    """Raises ArithmeticError or ValueError where there is none."""
    if isinstance(node, ast.UnaryOp):
        return -_result(node.operand)
    if isinstance(node, ast.Constant):
        assert isinstance(node.value, int | float)
        return float(node.value)
    assert isinstance(node, ast.BinOp)
    left, right = _result(node.left), _result(node.right)
    if isinstance(node.op, ast.Pow) and abs(right) > _EXPONENT:
        raise ValueError("too large a power")
    result = _BINARY[type(node.op)](left, right)
    if isinstance(result, complex):
        raise ValueError("not a real number")
    return float(result)
