"""The misreadings of the program: for each, how the source of a cell reads to somebody who reads it so."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Final

from tutor.lesson.edits import Edits

_OPERATORS: Final = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
}


def misread(name: str, text: str) -> str | None:
    """The text of a cell under a misreading of the program; every line keeps its number.

    Args:
        name: One of ``beliefs.PROGRAM``.
        text: The text.

    Returns:
        The changed text, None if it has nothing that the misreading is about.
    """
    edits = Edits(text)
    _CHANGES[name](ast.parse(text), edits)
    return edits.text


def _zeroing_dropped(tree: ast.Module, edits: Edits) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and is_zeroing(node):
            edits.drop(node)


def _step_dropped(tree: ast.Module, edits: Edits) -> None:
    schedulers = _schedulers(tree)
    for node in ast.walk(tree):
        if _calls(node, "step") and ast.unparse(_receiver(node)) not in schedulers:
            edits.drop(node)  # type: ignore[arg-type]


def _schedulers(tree: ast.Module) -> set[str]:
    """Names of what is made from ``torch.optim.lr_scheduler``; its ``step()`` moves no weight."""
    return {
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "lr_scheduler" in ast.unparse(node.value)
        for target in node.targets
    } | {"scheduler"}


def _retain_grad_dropped(tree: ast.Module, edits: Edits) -> None:
    for node in ast.walk(tree):
        if _calls(node, "retain_grad"):
            edits.drop(node)  # type: ignore[arg-type]


def _no_grad_unwrapped(tree: ast.Module, edits: Edits) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and len(node.items) == 1 and _is_no_grad(node.items[0].context_expr):
            item = node.items[0]
            lines = edits.between(edits.start(node), edits.end(item.context_expr)).count("\n")
            # What closes a parenthesis around the item stays, and so does what opened it.
            if item.optional_vars is None and not lines:
                edits.replace(edits.start(node), edits.start(node) + len("with"), "if")
                edits.replace(edits.start(item.context_expr), edits.end(item.context_expr), "True")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                if _is_no_grad(decorator) and decorator.lineno == decorator.end_lineno:
                    edits.replace(edits.start(decorator), edits.end(decorator), "(lambda function: function)")


def _is_no_grad(node: ast.expr) -> bool:
    function = node.func if isinstance(node, ast.Call) else node
    return _word(function) == "no_grad"


def _requires_grad_false(tree: ast.Module, edits: Edits) -> None:
    _switch_off("requires_grad", tree, edits)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _word(node.func) == "requires_grad_" and not node.args and not node.keywords:
            _put_in(node, "False", edits)
        elif isinstance(node, ast.Assign) and _is_true(node.value) and _is_flag(node.targets[0]):
            edits.replace(edits.start(node.value), edits.end(node.value), "False")


def _is_flag(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "requires_grad"


def _retain_graph_false(tree: ast.Module, edits: Edits) -> None:
    _switch_off("retain_graph", tree, edits)


def _create_graph_false(tree: ast.Module, edits: Edits) -> None:
    _switch_off("create_graph", tree, edits)


def _switch_off(keyword: str, tree: ast.Module, edits: Edits) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == keyword and _is_true(node.value):
            edits.replace(edits.start(node.value), edits.end(node.value), "False")


def _put_in(call: ast.Call, argument: str, edits: Edits) -> None:
    """Give an argument to a call that has none."""
    end = edits.end(call) - 1
    edits.replace(end, end, argument)


def _in_place_as_rebinding(tree: ast.Module, edits: Edits) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and type(node.op) in _OPERATORS:
            name, sign = node.target.id, _OPERATORS[type(node.op)]
            before = edits.between(edits.end(node.target), edits.end(node))
            value = before.partition("=")[2].lstrip(" ")
            edits.replace(edits.end(node.target), edits.end(node), f" = {name} {sign} ({value})")


def _rebinding_as_in_place(tree: ast.Module, edits: Edits) -> None:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.BinOp)):
            continue
        target, value = node.targets[0], node.value
        if not (isinstance(target, ast.Name) and isinstance(value.left, ast.Name) and value.left.id == target.id):
            continue
        sign = _OPERATORS.get(type(value.op))
        rest = edits.between(edits.end(value.left), edits.end(value)).lstrip()
        if sign is None or not rest.startswith(sign):
            continue
        right = rest[len(sign) :].strip(" ")
        lines = edits.between(edits.end(target), edits.end(node)).count("\n") - right.count("\n")
        text = f" {sign}= ({right}{chr(10) * lines})" if lines or "\n" in right else f" {sign}= {right}"
        edits.replace(edits.end(target), edits.end(node), text)


def _zeroing_moved(tree: ast.Module, edits: Edits) -> None:
    for body in _bodies(tree):
        calls = [index for index, node in enumerate(body) if _calls(node, "backward")]
        zeroing = [node for node in body if is_zeroing(node) and node.lineno == node.end_lineno]
        if len(calls) != 1 or not zeroing:
            continue
        call, following = body[calls[0]], body[calls[0] + 1 :]
        if not any(not is_zeroing(node) for node in following) or is_zeroing(following[0]):
            continue
        for node in zeroing:
            edits.drop(node)
        end = edits.end(call)
        edits.replace(end, end, "".join(f"; {edits.source(node)}" for node in zeroing))


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Statements that run one after the other: those of a block, with those of the ``with`` blocks in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            continue
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                yield list(_flat(body))


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.With | ast.AsyncWith):
            yield from _flat(node.body)
        else:
            yield node


def is_zeroing(node: ast.AST) -> bool:
    """Whether a statement empties gradients: ``zero_grad()``, ``w.grad = None``, ``w.grad.zero_()``."""
    if isinstance(node, ast.Assign):
        gradients = all(isinstance(target, ast.Attribute) and target.attr == "grad" for target in node.targets)
        return gradients and isinstance(node.value, ast.Constant) and node.value.value is None
    if _calls(node, "zero_grad"):
        return True
    return _calls(node, "zero_") and ast.unparse(_receiver(node)).removesuffix(".data").endswith(".grad")


def _calls(node: ast.AST, method: str) -> bool:
    """Whether a statement does nothing but call a method."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == method
    )


def _receiver(node: ast.AST) -> ast.expr:
    """What the method is called on."""
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    assert isinstance(node.value.func, ast.Attribute)
    return node.value.func.value


def _word(node: ast.expr) -> str:
    """The last name of an expression: ``no_grad`` of ``torch.no_grad``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


_CHANGES: Final[dict[str, Callable[[ast.Module, Edits], None]]] = {
    "zeroing_dropped": _zeroing_dropped,
    "step_dropped": _step_dropped,
    "retain_grad_dropped": _retain_grad_dropped,
    "no_grad_unwrapped": _no_grad_unwrapped,
    "requires_grad_false": _requires_grad_false,
    "retain_graph_false": _retain_graph_false,
    "create_graph_false": _create_graph_false,
    "in_place_as_rebinding": _in_place_as_rebinding,
    "rebinding_as_in_place": _rebinding_as_in_place,
    "zeroing_moved": _zeroing_moved,
}
