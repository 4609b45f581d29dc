"""Sums and products written out with a step's own numbers: ``2.0 - 0.1·6.0 = 1.4``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tutor.explain.arrays import Array, agrees, array_of, elementwise, scalar
from tutor.explain.look import before
from tutor.explain.say import array_text, factor, is_small, tensor_text
from tutor.plain.format import number
from tutor.recording.format import WHOLE_LIMIT
from tutor.recording.model import TensorRecord
from tutor.recording.moment import Moment


class Rule(NamedTuple):
    """How an operation comes to its result."""

    operands: int
    """How many numbers it is computed from."""
    option: str | None
    """The named argument that is a factor."""
    template: str
    """The sum as text; ``{s}`` is the factor."""
    function: Callable[..., float]
    """Of the factor and the operands."""
    amount: Callable[..., float] | None = None
    """What is added to the first operand, of the factor and the operands; None for products and quotients."""
    factors: tuple[int, ...] = ()
    """Positions of the operands that make this 0 when they are."""


_RULES: Final[dict[str, Rule]] = {
    "add": Rule(2, "alpha", "{0} + {s}{1}", lambda s, a, b: a + s * b, lambda s, a, b: s * b, (1,)),
    "sub": Rule(2, "alpha", "{0} - {s}{1}", lambda s, a, b: a - s * b, lambda s, a, b: -s * b, (1,)),
    "mul": Rule(2, None, "{0}·{1}", lambda s, a, b: a * b),
    "div": Rule(2, None, "{0}/{1}", lambda s, a, b: a / b if b else float("nan")),
    "addcmul": Rule(
        3,
        "value",
        "{0} + {s}{1}·{2}",
        lambda s, a, b, c: a + s * b * c,
        lambda s, a, b, c: s * b * c,
        (1, 2),
    ),
    "addcdiv": Rule(
        3,
        "value",
        "{0} + {s}{1}/{2}",
        lambda s, a, b, c: a + s * b / c if c else float("nan"),
        lambda s, a, b, c: s * b / c if c else float("nan"),
        (1,),
    ),
    "lerp": Rule(
        3,
        None,
        "{0} + {2}·({1} - {0})",
        lambda s, a, b, w: a + w * (b - a),
        lambda s, a, b, w: w * (b - a),
        (2,),
    ),
}

_AUGMENTED: Final = {"__isub__": "sub", "__iadd__": "add", "__imul__": "mul", "__itruediv__": "div"}


def plain_name(name: str) -> str:
    """The operation without the sign that it writes in place: ``add`` for ``add_`` and ``__iadd__``."""
    return _AUGMENTED.get(name, name.strip("_"))


def rule_of(name: str) -> Rule | None:
    """The rule of an operation; None for any that is no sum or product."""
    return _RULES.get(plain_name(name))


class Sum:
    """An operation that is a sum or product, with its operands.

    Args:
        moment: Of the operation.
        rule: Its rule.
        detail: Of its step.
    """

    def __init__(self, moment: Moment, rule: Rule, detail: Any) -> None:
        inputs, _, *rest = detail
        options = rest[0] if rest and isinstance(rest[0], dict) else {}
        self.rule = rule
        self.given: list[Any] = inputs[: rule.operands]
        """The references of the operands."""
        self.factor = _option(options, rule.option)
        """What the named argument says, else 1."""
        self._moment = moment

    def arrays(self) -> list[Array] | None:
        """The operands in numbers; None where one is not known or too large."""
        found = [array for reference in self.given if (array := self._array(reference)) is not None]
        return found if len(found) == self.rule.operands else None

    def firsts(self, shape: tuple[int, ...]) -> list[Array] | None:
        """What the first element of a result of a shape was computed from; None where that is not known."""
        found: list[Array] = []
        for reference in self.given:
            first = self._first(reference, shape)
            if first is None:
                return None
            found.append(scalar(first))
        return found if len(found) == self.rule.operands else None

    def amounts(self) -> Array | None:
        """What was added to each element; None where that is not known, or nothing is added."""
        arrays = self.arrays()
        if arrays is None or self.rule.amount is None:
            return None
        return self.applied(self.rule.amount, arrays)

    def applied(self, function: Callable[..., float], arrays: list[Array]) -> Array | None:
        """A function of the factor and the operands, element by element; None where they do not fit."""
        try:
            return elementwise(lambda *numbers: function(self.factor, *numbers), *arrays)
        except (ValueError, OverflowError):
            return None

    def text(self, operands: list[Array]) -> str:
        """``2.0 - 0.1·6.0``."""
        sign, turned = ("-", "+") if "{0} - " in self.rule.template else ("+", "-")
        by = abs(self.factor)
        template = self.rule.template
        if self.factor < 0:
            template = template.replace(f"{{0}} {sign} ", f"{{0}} {turned} ", 1)
        texts = [factor(array_text(operand)) for operand in operands]
        return template.format(*texts, s="" if by == 1 else f"{number(by)}·")

    @property
    def subtracts(self) -> bool:
        """Whether its text has a minus sign after the first operand."""
        return ("{0} - " in self.rule.template) != (self.factor < 0)

    def _array(self, reference: Any) -> Array | None:
        if isinstance(reference, int):
            record = before(self._moment, reference)
            return array_of(record.meta, record.content) if record is not None else None
        value = plain_number(reference)
        return None if value is None else scalar(value)

    def _first(self, reference: Any, shape: tuple[int, ...]) -> float | None:
        if not isinstance(reference, int):
            return plain_number(reference)
        record = before(self._moment, reference)
        if record is None or (record.meta.elements != 1 and tuple(record.meta.shape) != shape):
            return None
        return first_of(record)


def first_of(record: TensorRecord) -> float | None:
    """The first element of a real tensor, None where it is not known."""
    if isinstance(record.content, dict):
        first = record.content.get("first")
        value = first[0] if isinstance(first, list) and first else None
        return float(value) if isinstance(value, bool | int | float) else None
    array = array_of(record.meta, record.content, WHOLE_LIMIT)
    return array.flat[0] if array is not None and array.flat else None


def plain_number(reference: Any) -> float | None:
    """The number that a reference is, None for anything else."""
    if isinstance(reference, list) and len(reference) == 2 and isinstance(reference[1], int | float):
        return float(reference[1])
    return None


def _option(options: dict[str, Any], name: str | None) -> float:
    value = plain_number(options.get(name)) if name is not None else None
    return 1.0 if value is None else value


def arithmetic(moment: Moment, name: str, detail: Any) -> str:
    """``2.0 - 0.1·6.0 = 1.4``; nothing where a number is not known, or where there are too many."""
    rule, result = rule_of(name), detail[1]
    record = moment.tensor(result) if isinstance(result, int) else None
    if rule is None or record is None:
        return ""
    written = Sum(moment, rule, detail)
    operands = written.arrays()
    if operands is None or not all(map(is_small, operands)):
        return ""
    now = array_of(record.meta, record.content)
    if not agrees(written.applied(rule.function, operands), now, record.meta.dtype) or not is_small(now):
        return ""
    return f"{written.text(operands)} = {tensor_text(record.meta, record.content)}"


def first_element(moment: Moment, name: str, detail: Any) -> str:
    """The same for the first element alone, where there are too many to write out."""
    rule, result = rule_of(name), detail[1]
    record = moment.tensor(result) if isinstance(result, int) else None
    if rule is None or record is None or record.meta.dtype.startswith("complex"):
        return ""
    written = Sum(moment, rule, detail)
    operands, now = written.firsts(tuple(record.meta.shape)), first_of(record)
    if operands is None or now is None:
        return ""
    if not agrees(written.applied(rule.function, operands), scalar(now), record.meta.dtype):
        return ""
    return f"{written.text(operands)} = {number(now)}"
