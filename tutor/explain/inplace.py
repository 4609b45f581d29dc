"""Operations that write into a tensor: ``w -= lr * w.grad``, ``zero_``, what optimizers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tutor.explain.arrays import Array, agrees, array_of, elementwise, scalar
from tutor.explain.look import argument, before, label, source
from tutor.explain.say import array_text, factor, is_small, listed, reference_text, tensor_text
from tutor.plain.format import harmless, number
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.moment import Moment

_NAMES: Final = 4


def written(moment: Moment, inputs: list[Any], result: Any) -> int | None:
    """The tensor that the operation wrote into, if it did."""
    if isinstance(result, int) and result in inputs and result in moment.before.tensors:
        return result
    for reference in inputs[:1]:
        if isinstance(reference, int) and result is None:
            old, new = moment.before.tensors.get(reference), moment.after.tensors.get(reference)
            if old is not None and new is not None and (old.content != new.content or old.meta != new.meta):
                return reference
    return None


def in_place(moment: Moment, name: str, tensor: int, detail: Any) -> str:
    """What an operation changed in place."""
    inputs, _, *rest = detail
    old, new = moment.before.tensors[tensor], moment.tensor(tensor)
    assert new is not None
    text = label(moment, tensor)
    if old.content == new.content and old.meta != new.meta:
        return _flags(name, text, old, new)
    if name == "zero_":
        return _zeroed(moment, tensor, text, old, new)
    sum = arithmetic(moment, name, detail)
    step = moment.step
    by = source(moment) if step is not None and step.kind is Kind.OPERATION and name not in source(moment) else name
    if old.content == new.content:
        return f"{by} leaves the value of {text} as it is{f': {sum}' if sum else ''}."
    if sum:
        told = f"{by} changes {text} in place: {sum}. It is still the same tensor."
    else:
        options = rest[0] if rest and isinstance(rest[0], dict) else {}
        more = [argument(moment, item) for item in inputs if item != tensor and item is not None]
        more += [f"{harmless(key)} = {reference_text(moment.before, item)}" for key, item in options.items()]
        using = f" with {', '.join(more[:_NAMES])}" if more else ""
        was, now = tensor_text(old.meta, old.content), tensor_text(new.meta, new.content)
        by = source(moment) if name == "__setitem__" and step is not None and step.kind is Kind.OPERATION else name
        using = "" if by != name else using
        told = f"{by} changes {text} in place{using}: {was} → {now}. It is still the same tensor."
    told += _shared(moment, tensor, new)
    node = moment.after.nodes.get(new.node) if new.node is not None and new.node != old.node else None
    if node is not None:
        told += f" Its grad_fn is now {harmless(node.name)}, so backward goes through the change too."
    is_update = old.meta.requires_grad and old.meta.is_leaf and step is not None and step.kind is Kind.OPERATION
    if is_update and step is not None and not step.grad_enabled:
        told += " Grad is off, so the update itself is not recorded."
    return told


def _shared(moment: Moment, tensor: int, record: TensorRecord) -> str:
    """Other names on the same memory, which changed with it."""
    names: list[str] = []
    for key in sorted(moment.touched):
        scope = moment.after.scopes.get(key.scope)
        reference = scope.names.get(key.path) if scope is not None else None
        if not isinstance(reference, int) or reference == tensor or not record.storage:
            continue
        other = moment.after.tensors.get(reference)
        if other is not None and other.storage == record.storage:
            names.append(harmless(key.path))
    if not names:
        return ""
    if len(names) == 1:
        return f" {names[0]} shares its memory, so it changed too."
    return f" {listed(names[:_NAMES])} share its memory, so they changed too."


def _flags(name: str, text: str, old: TensorRecord, new: TensorRecord) -> str:
    if name == "retain_grad" or (new.meta.retains_grad and not old.meta.retains_grad):
        return f"{name}: {text} is not a leaf, so its .grad would stay None. Now backward keeps its gradient there."
    if old.meta.requires_grad == new.meta.requires_grad:
        return f"{name} leaves the value of {text} as it is."
    if new.meta.requires_grad:
        return f"{name}: {text} requires grad now. What is computed from it is recorded, and backward fills its .grad."
    if name == "detach_":
        return f"{name}: {text} no longer requires grad. It is a leaf now, cut off from what it was computed from."
    return f"{name}: {text} no longer requires grad. Backward leaves its .grad as it is."


def _zeroed(moment: Moment, tensor: int, text: str, old: TensorRecord, new: TensorRecord) -> str:
    was, now = tensor_text(old.meta, old.content), tensor_text(new.meta, new.content)
    told = f"zero_ changes {text} in place: {was} → {now}. It is still the same tensor."
    if old.content == new.content:
        told = f"zero_ leaves the value of {text} as it is."
    if moment.before.grad_of.get(tensor):
        told += " It is 0, not None: the next backward adds to it, and an optimizer does not skip it."
    return told


# Arithmetic


class _Values:
    """The operands of an operation in numbers."""

    def __init__(self, moment: Moment, detail: Any) -> None:
        inputs, _, *rest = detail
        self.options = rest[0] if rest and isinstance(rest[0], dict) else {}
        self.arrays = [_array(moment, reference) for reference in inputs]

    def option(self, name: str) -> float:
        value = self.options.get(name)
        return float(value[1]) if isinstance(value, list) and len(value) == 2 and _is_real(value[1]) else 1.0


def _is_real(value: Any) -> bool:
    return isinstance(value, int | float)


def _array(moment: Moment, reference: Any) -> Array | None:
    if isinstance(reference, int):
        record = before(moment, reference)
        return array_of(record.meta, record.content) if record is not None else None
    if isinstance(reference, list) and len(reference) == 2 and _is_real(reference[1]):
        return scalar(reference[1])
    return None


_Sum = tuple[int, str | None, str, Callable[..., float]]

_SUMS: Final[dict[str, _Sum]] = {
    "add": (2, "alpha", "{0} + {s}{1}", lambda s, a, b: a + s * b),
    "sub": (2, "alpha", "{0} - {s}{1}", lambda s, a, b: a - s * b),
    "mul": (2, None, "{0}·{1}", lambda s, a, b: a * b),
    "div": (2, None, "{0}/{1}", lambda s, a, b: a / b if b else float("nan")),
    "addcmul": (3, "value", "{0} + {s}{1}·{2}", lambda s, a, b, c: a + s * b * c),
    "addcdiv": (3, "value", "{0} + {s}{1}/{2}", lambda s, a, b, c: a + s * b / c if c else float("nan")),
    "lerp": (3, None, "{0} + {2}·({1} - {0})", lambda s, a, b, w: a + w * (b - a)),
}
"""Operands, the option that is a factor, the sum as text and as a function."""


def arithmetic(moment: Moment, name: str, detail: Any) -> str:
    """``2.0 - 0.1·6.0 = 1.4``; nothing where a number is not known, or where there are too many."""
    plain = name.strip("_").removeprefix("i")
    if name in ("__isub__", "__iadd__", "__imul__", "__itruediv__"):
        plain = {"truediv": "div"}.get(plain, plain)
    found = _SUMS.get(plain)
    _, result, *_ = detail
    if found is None or not isinstance(result, int):
        return ""
    count, option, template, function = found
    values = _Values(moment, detail)
    operands = [array for array in values.arrays[:count] if array is not None]
    record = moment.tensor(result)
    if len(operands) < count or record is None or not all(map(is_small, operands)):
        return ""
    factor_of = values.option(option) if option is not None else 1.0
    now = array_of(record.meta, record.content)
    try:
        computed = elementwise(lambda *numbers: function(factor_of, *numbers), *operands)
    except (ValueError, OverflowError):
        return ""
    if not agrees(computed, now, record.meta.dtype) or not is_small(now):
        return ""
    if factor_of < 0:
        template, factor_of = template.replace("{0} + ", "{0} - ", 1), -factor_of
    texts = [factor(array_text(operand)) for operand in operands]
    shown = template.format(*texts, s="" if factor_of == 1 else f"{number(factor_of)}·")
    return f"{shown} = {tensor_text(record.meta, record.content)}"
