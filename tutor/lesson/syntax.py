"""Python's own judgement of a program, without running it."""

from __future__ import annotations

import ast
import warnings

from tutor.lesson.place import Place


def parse(source: str, place: Place, first_line: int = 1) -> ast.Module:
    """The syntax tree of a program or of one cell.

    Args:
        source: The text.
        place: Where errors are said to be.
        first_line: Line of the file on which the text begins; the tree still counts from 1.

    Raises:
        UnreadableError: Python would refuse to run it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            # Some errors, such as a return outside a function, only show when code is made.
            compile(tree, place.path, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = first_line + (error.lineno or 1) - 1
        raise place.error(f"{sentence(error.msg)} Correct this line.", line) from None
    except (RecursionError, MemoryError):
        raise place.error("the code is nested too deeply for Python. Split its largest expression.") from None
    except ValueError as error:
        raise place.error(f"{sentence(str(error))} Remove those characters.", first_line) from None
    return tree


def sentence(text: str) -> str:
    """A message with a full stop at its end, if it has no mark there."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def statement_lines(tree: ast.Module) -> dict[int, int]:
    """For each line of code the first line of the statement that it belongs to.

    A line in the head of a compound statement belongs to that statement, a line in its body to the statement there.
    Lines such as ``else:`` are their own.
    """
    owner: dict[int, int] = {}
    # Breadth first, so that inner statements come after, and replace, the ones around them.
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            for line in range(node.lineno, _last_head_line(node) + 1):
                owner[line] = node.lineno
    return owner


def _last_head_line(node: ast.stmt) -> int:
    """Last line of a simple statement, or of the head of a compound one."""
    if isinstance(node, ast.Match):
        return max(node.lineno, node.cases[0].pattern.lineno - 1)
    body: list[ast.stmt] = getattr(node, "body", [])
    if body:
        return max(node.lineno, first_line(body[0]) - 1)
    return node.end_lineno or node.lineno


def first_line(statement: ast.stmt) -> int:
    """First line of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])
