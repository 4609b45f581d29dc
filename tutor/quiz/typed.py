"""Reading a typed answer: ``18``, ``1/3``, ``2 0 60``, ``tensor([2., 0.])``, ``(3, 1)``, ``None``.

The text is parsed, never evaluated: only numbers and the signs between them are computed.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from typing import Final

from tutor.lesson.value import Value
from tutor.quiz.grading import ANY_ERROR, fits, numbers
from tutor.quiz.question import Question

LONGEST: Final = 2_000
"""Characters that an answer may have."""

_LARGEST: Final = 1e300
_HIGHEST_POWER: Final = 1_000
_LARGEST_WHOLE: Final = 2**63
_DEEPEST: Final = 8

_SIGNS: Final = str.maketrans(dict.fromkeys("−–‒﹣－", "-") | {"∞": "inf", "×": "*", "·": "*", "÷": "/"})
_DECIMAL: Final = r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?"
_THOUSANDS: Final = r"[-+]?[1-9]\d{0,2}(?:,\d{3})+"
_FAILS: Final = re.compile(r"(?:it |this |that )?(?:raises|fails|crashes|throws|errors)\.?", re.IGNORECASE)
_ERROR: Final = re.compile(
    r"(?:it |this |that )?(?:(?:raises|throws|gives) )?(?:an? |the )?"
    r"(?P<name>[a-z]*(?:error|exception|interrupt|stopiteration))\b[.:]?\s*(?P<message>.*)",
    re.IGNORECASE,
)
_RUNS: Final = re.compile(r"(?:it |this |that )?(?:runs|works)\.?|(?:no error|nothing|it is fine)\.?", re.IGNORECASE)
_ANY: Final = ("error", "exception")
_SHORTEST_MESSAGE: Final = 5
_CONSTANTS: Final = {"none": None, "true": True, "false": False}
_NUMBERS: Final = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}
_MODULES: Final = ("torch", "math", "np")
_SEQUENCES: Final = ("tensor", "array", "Size", "Parameter")


class _CannotReadError(Exception):
    """A part of an answer that means nothing here. The text says what."""


def read_answer(text: str, question: Question) -> Value | str:
    """Read a typed answer.

    Args:
        text: What was typed.
        question: The question; its kind decides what a comma means.

    Returns:
        The answer as a value, or one line that says what cannot be read and how to write it.
    """
    cleaned = " ".join(text.replace("\u00a0", " ").translate(_SIGNS).split())
    if not cleaned:
        return f"There is no answer yet. {_how(question)}"
    if len(cleaned) > LONGEST:
        return f"This is too long to be read. {_how(question)}"
    error = _read_error(cleaned)
    if error is not None:
        return _one_of(error, question)
    if question.kind == "error":
        return _read_message(cleaned, question)
    commas = _read_commas(cleaned, question)
    if commas is None:
        return f"{cleaned} can be read in two ways. Write a point in a number, and a comma and a blank between numbers."
    try:
        return _value(_parsed(commas))
    except _CannotReadError as unread:
        return f"{unread} {_how(question)}"
    except RecursionError:
        return f"There are too many signs or brackets. {_how(question)}"


def _how(question: Question) -> str:
    """How an answer to a question is written."""
    forms = {
        "shape": "Write a shape like 3, 1 or (3,).",
        "tensor": "Write numbers like [2, 0, 60], or None.",
        "error": "Write the name of an error, or part of its message.",
    }
    return forms.get(question.kind, "Write a number like 18 or -0.4, or None.")


# Errors


def _read_error(text: str) -> Value | None:
    """The answer of whoever expects an error, None if the text says nothing of one."""
    if _FAILS.fullmatch(text) is not None:
        return Value("error", error=ANY_ERROR)
    match = _ERROR.fullmatch(text)
    if match is None:
        return None
    name = ANY_ERROR if match["name"].casefold() in _ANY else match["name"]
    message = match["message"].rstrip(".")
    return Value("error", error=f"{name}: {message}" if message else name)


def _read_message(text: str, question: Question) -> Value | str:
    """The answer to a question about an error that is no name of one."""
    if _RUNS.fullmatch(text) is not None:
        return _plain(None)
    try:
        return _value(_parsed(text))
    except (_CannotReadError, RecursionError):
        if len(text) < _SHORTEST_MESSAGE:
            return f"{text} fits too many errors. {_how(question)}"
        return _one_of(Value("error", error=f"{ANY_ERROR}: {text}"), question)


def _one_of(value: Value, question: Question) -> Value | str:
    """An error, unless it can mean both the right and a wrong answer."""
    wrongs = [choice.value for choice in question.choices if not choice.right and choice.value is not None]
    if fits(value, question.answer) and any(fits(value, wrong) for wrong in wrongs):
        return "This fits more than one error. Write more of its message."
    return value


# Commas and blanks


def _read_commas(text: str, question: Question) -> str | None:
    """The text with points in its numbers, None where a comma may be either of two things."""
    if ";" in text:
        return re.sub(r"(?<=\d),(?=\d)", ".", text).replace(";", ",")
    if question.kind == "shape":
        return text
    if question.kind == "tensor":
        # 0,4 may be one number or two, and 0,4 1,5 two or four.
        return None if re.fullmatch(rf"{_DECIMAL}(?:\s+{_DECIMAL})*", text) else text
    if re.fullmatch(rf"{_THOUSANDS}\.\d+", text):
        return text.replace(",", "")
    if re.fullmatch(_THOUSANDS, text):
        return None
    if re.fullmatch(_DECIMAL, text):
        return text.replace(",", ".")
    # A number with both signs, such as 1.234,5.
    return None if re.fullmatch(r"[-+]?\d+\.\d+,\d+", text) else text


def _parsed(text: str) -> ast.expr:
    """The syntax tree of the text, read as a list where it is numbers with blanks between them."""
    text = re.sub(r",?\s*grad_fn=<[^<>]*>", "", text)
    text = re.sub(r"(?<=[A-Za-z])\s+(?=\()", "", text)
    text = re.sub(r"(?<![\w.])0+(?=\d)", "", text)
    # "2 -3" and "[2. 0.]" are lists, as numpy prints them; "2 - 3" is a number.
    spaced = re.sub(r"(?<=[\w.\])])\s+(?=[-+]?[\w.\[(])", ", ", text)
    for candidate in dict.fromkeys((spaced, text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(candidate, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    raise _CannotReadError(f"{_quoted(text)} cannot be read.")


# Values


def _value(node: ast.expr, depth: int = 0) -> Value:
    """What a tree stands for.

    Raises:
        _CannotReadError: it holds something else than numbers.
    """
    if depth > _DEEPEST:
        raise _CannotReadError("There are too many brackets.")
    if isinstance(node, ast.List | ast.Tuple):
        kind = "list" if isinstance(node, ast.List) else "tuple"
        return _even(Value(kind, items=[_value(item, depth + 1) for item in node.elts]))
    if isinstance(node, ast.Call):
        return _call(node, depth)
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool)):
        return _plain(node.value)
    if isinstance(node, ast.Name) and node.id.casefold() in _CONSTANTS:
        return _plain(_CONSTANTS[node.id.casefold()])
    return _plain(_number(node))


def _plain(content: float | bool | None) -> Value:
    return Value(type(content).__name__, content=content)


def _even(value: Value) -> Value:
    """A list, if its rows are of one length."""
    lengths = {len(item.items) if item.items is not None else None for item in value.items or []}
    if numbers(value) is None and len(lengths) > 1:
        raise _CannotReadError("The rows are not of one length.")
    return value


def _call(node: ast.Call, depth: int) -> Value:
    """``tensor([...])``, ``torch.Size([3, 1])``, ``float("inf")``; what else stands in the brackets is left out."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "float" and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
        return _plain(_named(str(node.args[0].value)))
    if name not in _SEQUENCES or len(node.args) != 1:
        raise _CannotReadError(f"{_quoted(ast.unparse(node))} is not computed here.")
    content = _value(node.args[0], depth + 1)
    found = numbers(content)
    if found is None:
        raise _CannotReadError(f"{_quoted(ast.unparse(node))} holds no numbers.")
    return content


def _named(name: str) -> float:
    sign = -1.0 if name.startswith("-") else 1.0
    number = _NUMBERS.get(name.lstrip("+-").casefold())
    if number is None:
        raise _CannotReadError(f"{_quoted(name)} is no number.")
    return sign * number


def _number(node: ast.expr) -> float:
    """The number that a tree of literals and signs gives."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return _bounded(node.value)
    if isinstance(node, ast.Name):
        return _named(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _MODULES:
        return _named(node.attr)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        number = _number(node.operand)
        return -number if isinstance(node.op, ast.USub) else number
    if isinstance(node, ast.BinOp):
        return _bounded(_computed(node, _number(node.left), _number(node.right)))
    raise _CannotReadError(f"{_quoted(ast.unparse(node))} is not computed here.")


def _computed(node: ast.BinOp, left: float, right: float) -> float:
    try:
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
            case ast.Pow() if abs(right) <= _HIGHEST_POWER:
                result = float(left) ** right
                if isinstance(result, float):
                    return result
    except ZeroDivisionError:
        raise _CannotReadError("This divides by 0. If that is meant, write inf or nan.") from None
    except OverflowError:
        raise _CannotReadError("This number is too large.") from None
    raise _CannotReadError(f"{_quoted(ast.unparse(node))} is not computed here.")


def _bounded(number: float) -> float:
    """A number as the program can hold it: whole ones of 64 bits, others as floats."""
    if isinstance(number, int) and abs(number) >= _LARGEST_WHOLE:
        if abs(number) > _LARGEST:
            raise _CannotReadError("This number is too large.")
        return float(number)
    return number


def _quoted(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
