"""Why an operation that writes into a tensor left every number in it as it was."""

from __future__ import annotations

import math
import struct
from typing import Any, Final

from tutor.explain.arrays import Array, array_of, scalar
from tutor.explain.look import before, is_inner, label
from tutor.explain.notes.gradients import is_zero
from tutor.explain.sums import Sum, arithmetic, plain_name, plain_number, rule_of
from tutor.plain.format import number
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.moment import Moment

_BITS: Final = {
    "float64": ("d", "q", 0),
    "float32": ("f", "i", 0),
    "float16": ("e", "h", 0),
    "bfloat16": ("f", "i", 16),
}
"""For each dtype how ``struct`` calls its numbers and integers of the same size, and how many bits are not kept."""

_COPIES: Final = frozenset(("copy_", "set data"))
"""Operations that put the numbers of another tensor into one."""


def why_unchanged(moment: Moment, name: str, detail: Any) -> str:
    """``What is subtracted is 0, because w.grad is 0.``; empty where no reason is known.

    Args:
        moment: Of an operation after which the tensor that it wrote into holds what it held before.
        name: The operation.
        detail: Of its step.
    """
    inputs, result, *_ = detail
    if name in _COPIES and len(inputs) > 1 and isinstance(inputs[1], int):
        return " ".join(filter(None, ("It held these numbers already.", _of_what_is_put_in(moment, inputs[1]))))
    if not inputs or inputs[0] != result:
        return "It held these numbers already."
    return _by_rule(moment, name, detail) or "It held these numbers already."


def _by_rule(moment: Moment, name: str, detail: Any) -> str:
    """Why a sum or product is what its first operand was; empty for any other operation."""
    inputs, rule = detail[0], rule_of(name)
    record = before(moment, inputs[0]) if isinstance(inputs[0], int) else None
    if rule is None or record is None:
        return ""
    if rule.amount is None:
        return _same_product(moment, plain_name(name), record, inputs[1] if len(inputs) > 1 else None)
    return _same_sum(moment, Sum(moment, rule, detail), record)


def _of_what_is_put_in(moment: Moment, tensor: int) -> str:
    """Where ``w - lr * w.grad`` is put into ``w``: why that is still ``w``."""
    record = before(moment, tensor)
    if record is None or not 0 < record.born < moment.number:
        return ""
    made = Moment.of(moment.recording, record.born)
    step = made.step
    if step is None or step.kind is not Kind.OPERATION or step.detail[1] != tensor or rule_of(step.site.name) is None:
        return ""
    first = step.detail[0][0]
    operand = before(made, first) if isinstance(first, int) else None
    if operand is None or operand.content != record.content:
        return ""
    numbers = arithmetic(made, step.site.name, step.detail)
    return " ".join(filter(None, (f"{numbers}." if numbers else "", _by_rule(made, step.site.name, step.detail))))


# Sums


def _same_sum(moment: Moment, written: Sum, record: TensorRecord) -> str:
    what = "subtracted" if written.subtracts else "added"
    amounts = written.amounts()
    if _is_nothing(moment, written) or (amounts is not None and not any(amounts.flat)):
        return f"What is {what} is 0{_because(moment, written)}."
    values = array_of(record.meta, record.content)
    if amounts is None or values is None:
        return f"What is {what} is too small for {record.meta.dtype} beside the values: each is rounded back."
    for value, amount in zip(values.flat, amounts.flat, strict=True):
        if amount:
            return _rounded(value, amount, record.meta.dtype)
    return ""


def _rounded(value: float, amount: float, dtype: str) -> str:
    """Why adding something to a number gives that number."""
    if not math.isfinite(value):
        return f"{number(value)} stays {number(value)}, whatever is added."
    gap = _gap(value, amount, dtype)
    told = f"{number(abs(amount))} is too small for {dtype} beside {number(value)}"
    if gap is None:
        return f"{told}, so the result is rounded back."
    return f"{told}: the next number is {number(gap)} away, so the result is rounded back."


def _gap(value: float, towards: float, dtype: str) -> float | None:
    """How far the next number of a dtype is from a number, in the direction of a sign."""
    if dtype not in _BITS:
        return None
    code, integer, dropped = _BITS[dtype]
    try:
        (bits,) = struct.unpack(f"<{integer}", struct.pack(f"<{code}", abs(value)))
    except (OverflowError, struct.error):
        return None
    outwards = (value >= 0) == (towards > 0) or value == 0
    bits = ((bits >> dropped) + (1 if outwards else -1)) << dropped
    (neighbour,) = struct.unpack(f"<{code}", struct.pack(f"<{integer}", bits))
    gap = abs(neighbour - abs(value))
    return gap if math.isfinite(gap) else None


def _is_nothing(moment: Moment, written: Sum) -> bool:
    """Whether one factor of what is added is 0, also where there are too many numbers to compute with."""
    if written.factor == 0:
        return True
    return any(_zero(moment, reference) for reference in _factors(written))


def _factors(written: Sum) -> list[Any]:
    """The operands that what is added is a product of."""
    return [written.given[position] for position in written.rule.factors if position < len(written.given)]


def _zero(moment: Moment, reference: Any) -> bool:
    if isinstance(reference, int):
        record = before(moment, reference)
        return record is not None and is_zero(record.meta, record.content)
    return plain_number(reference) == 0


def _because(moment: Moment, written: Sum) -> str:
    """``, because w.grad is 0``: which tensor it was that made a product 0."""
    tensors = [reference for reference in _factors(written) if isinstance(reference, int)]
    if written.factor == 0 and tensors:
        return f", because it is {label(moment, tensors[0])} times 0"
    zero = next((reference for reference in tensors if _zero(moment, reference)), None)
    if zero is None or is_inner(moment, zero):
        return ""
    return _because_product(moment, zero) or f", because {_is_zero_text(moment, zero)}"


def _because_product(moment: Moment, tensor: int) -> str:
    """Why ``lr * w.grad`` is 0; empty for what is no product."""
    record = before(moment, tensor)
    step = moment.recording.step(record.born) if record is not None and 0 < record.born < moment.number else None
    if step is None or step.kind is not Kind.OPERATION or plain_name(step.site.name) not in ("mul", "rmul"):
        return ""
    factors = step.detail[0]
    if step.detail[1] != tensor or step.site.name.endswith("_"):
        return ""
    zero = next((item for item in factors if isinstance(item, int) and _zero(moment, item)), None)
    if zero is not None:
        return f", because {_is_zero_text(moment, zero)}"
    if any(_zero(moment, item) for item in factors):
        other = next((item for item in factors if isinstance(item, int)), None)
        return f", because it is {label(moment, other)} times 0" if other is not None else ""
    return ""


def _is_zero_text(moment: Moment, tensor: int) -> str:
    record = before(moment, tensor)
    everywhere = " everywhere" if record is not None and record.meta.elements > 1 else ""
    return f"{label(moment, tensor)} is 0{everywhere}"


# Products


def _same_product(moment: Moment, name: str, record: TensorRecord, other: Any) -> str:
    if is_zero(record.meta, record.content):
        plain = plain_number(other)
        by_what = "a number" if plain is None else number(plain)
        return f"0 {'times' if name == 'mul' else 'divided by'} {by_what} is 0."
    by, factor = ("factor", "Times") if name == "mul" else ("divisor", "Divided by")
    factors, values = _numbers(moment, other), array_of(record.meta, record.content)
    if factors is not None and all(value == 1 for value in factors.flat):
        return f"{factor} 1, a number stays as it is."
    if factors is None or values is None or len(factors.flat) not in (1, len(values.flat)):
        return ""
    pairs = zip(values.flat, factors.flat * (len(values.flat) // len(factors.flat)), strict=True)
    left = [value for value, number in pairs if number != 1 and value != 0]
    if not left:
        return f"Where the {by} is not 1, the number is 0."
    return f"The {by} is so close to 1 that {record.meta.dtype} rounds back." if all(map(math.isfinite, left)) else ""


def _numbers(moment: Moment, reference: Any) -> Array | None:
    if not isinstance(reference, int):
        value = plain_number(reference)
        return None if value is None else scalar(value)
    record = before(moment, reference)
    return array_of(record.meta, record.content) if record is not None else None
