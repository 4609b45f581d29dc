"""An operation of the forward pass: what it computed, what was stretched, whether a node was recorded and why."""

from __future__ import annotations

from typing import Any, Final

from tutor.explain.arrays import Shape, broadcast, stretched_axes
from tutor.explain.backward import saved_text
from tutor.explain.calls import backward_paragraphs
from tutor.explain.changes import others
from tutor.explain.inplace import in_place, written
from tutor.explain.look import argument, before, find_node, is_inner, is_named, items, label, source, tensors_in, value
from tutor.explain.optimizers import is_in_optimizer, optimizer_sentence
from tutor.explain.say import axes_text, listed, reference_text, shape_text, tensor_text, with_shape
from tutor.explain.sums import arithmetic
from tutor.explain.unchanged import why_unchanged
from tutor.plain.format import clipped, harmless
from tutor.plain.names import reference_of
from tutor.recording.format import Flag, Kind
from tutor.recording.model import NodeRecord, TensorRecord
from tutor.recording.moment import Moment, is_backward

_ARGUMENTS: Final = 4
"""Arguments told in a sentence."""

_ELEMENTWISE: Final = frozenset(
    (
        "add", "sub", "mul", "div", "true_divide", "pow", "__rsub__", "__rpow__", "__rtruediv__", "__radd__",
        "__rmul__", "rsub", "remainder", "fmod", "atan2", "maximum", "minimum", "where", "lerp", "clamp", "gt", "lt",
        "ge", "le", "eq", "ne", "greater", "less", "logical_and", "logical_or", "isclose", "hypot", "mse_loss",
        "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy_with_logits", "addcmul", "addcdiv", "xlogy",
    )
)  # fmt: skip
_PRODUCTS: Final = frozenset(("matmul", "mm", "__matmul__", "__rmatmul__", "bmm"))


def operation_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """What an operation, of the program or of a library, did."""
    step = moment.step
    assert step is not None
    inputs, result, *_ = detail
    if is_backward(step.site.name):
        return backward_paragraphs(moment, detail)
    name = harmless(step.site.name)
    inside = f"Inside {clipped(source(moment), 60)}: " if step.kind is Kind.INNER else ""
    rule = optimizer_sentence(moment, detail) if step.kind is Kind.INNER else ""
    if name.startswith("set ") and inputs and isinstance(inputs[0], int):
        return [inside + _set(moment, name[4:], detail)]
    changed = written(moment, detail)
    if changed is not None:
        told = [inside + in_place(moment, name, changed, detail), rule]
        new = "" if changed in moment.before.tensors else _role(moment, changed, [])
        return [" ".join(filter(None, told)), *([new] if new else []), *others(moment, changed)]
    if result is None:
        return [f"{inside}{name}{_arguments(moment, inputs)} runs.", *others(moment, None)]
    made = _made(moment, name, detail)
    if not isinstance(result, int):
        return [f"{inside}{made}.", *_roles(moment, result, inputs), *others(moment, None)]
    told = [f"{inside}{made}{_named(moment, result)}.", rule, _stretching(moment, name, inputs)]
    told.append(_product(moment, name, inputs, result))
    if is_in_optimizer(moment):
        return [" ".join(filter(None, told)), *others(moment, result)]
    return [
        " ".join(filter(None, told)),
        *filter(None, (_role(moment, result, inputs), _memory(moment, name, inputs, result))),
        *others(moment, result),
    ]


def _made(moment: Moment, name: str, detail: Any) -> str:
    inputs, result, *_ = detail
    if moment.step is not None and moment.step.kind is Kind.INNER:
        sum = arithmetic(moment, name, detail)
        if sum:
            return f"{name} gives {sum}"
    if name in _DUNDERS:
        inputs = inputs[::-1] if name.startswith("__r") else inputs
        name = _DUNDERS[name]
    text = value(moment, result) if isinstance(result, int) else reference_text(moment.after, result)
    if any(True for _ in tensors_in(inputs)):
        return f"{name}{_arguments(moment, inputs)} gives {text}"
    return f"{name} makes {text}"


_DUNDERS: Final = {
    "__getitem__": "indexing",
    "__rsub__": "sub",
    "__rpow__": "pow",
    "__rtruediv__": "div",
    "__rdiv__": "div",
    "__rmatmul__": "matmul",
    "__matmul__": "matmul",
}
"""What to call operators that Python calls by other names."""


def _arguments(moment: Moment, inputs: list[Any]) -> str:
    """`` of w = 2.0 and x = 3.0``; `` of a and b`` where they come in a list."""
    given = [reference for reference in inputs if reference is not None]
    inside = items(moment, given[0]) if len(given) == 1 else []
    texts = inside or [argument(moment, reference) for reference in given[:_ARGUMENTS]]
    return f" of {listed(texts)}" if texts else ""


def _named(moment: Moment, result: int) -> str:
    """``, now called w``, and whether the name was another tensor's."""
    names = moment.after.names_of(result)
    if not names:
        return ""
    old = reference_of(moment.before, names[0])
    again = " (another tensor than before)" if isinstance(old, int) and old != result else ""
    return f", now called {harmless(names[0])}{again}"


def _set(moment: Moment, attribute: str, detail: Any) -> str:
    """An attribute of a tensor was assigned."""
    inputs = detail[0]
    tensor = inputs[0]
    name = f"{label(moment, tensor)}.{attribute}"
    to = argument(moment, inputs[1]) if len(inputs) > 1 else "something"
    text = f"{name} is set to {to}."
    if attribute == "grad" and to == "None":
        record = moment.before.tensors.get(tensor)
        held = reference_text(moment.before, record.grad) if record is not None and record.grad is not None else None
        if held is not None:
            text = f"{text} It held {held}."
        return (
            f"{text} The next backward takes its gradient over instead of adding to one. None is not 0: an optimizer "
            f"skips a parameter whose .grad is None."
        )
    if attribute == "requires_grad":
        return f"{text} {_flag(to == 'True')}"
    if attribute == "data":
        old, new = moment.before.tensors.get(tensor), moment.after.tensors.get(tensor)
        if old is not None and new is not None:
            if old.content == new.content:
                text = f"{text} {why_unchanged(moment, 'set data', detail)}"
            else:
                was, now = tensor_text(old.meta, old.content), tensor_text(new.meta, new.content)
                text = f"{name} is set to {label(moment, inputs[1])}: {was} → {now}."
        return f"{text} That writes past autograd: versions are not counted, so backward cannot notice it."
    return text


def _flag(on: bool) -> str:
    if on:
        return "From now on what is computed from it is recorded, and backward fills its .grad."
    return "From now on what is computed from it alone is not recorded, and backward leaves its .grad as it is."


# Shapes


def _stretching(moment: Moment, name: str, inputs: list[Any]) -> str:
    """Which inputs broadcasting stretched, along which axes."""
    if name not in _ELEMENTWISE:
        return ""
    records = [(id, record) for id in tensors_in(inputs) if (record := before(moment, id)) is not None]
    wide: Shape | None = ()
    for _, record in records:
        wide = broadcast(wide, tuple(record.meta.shape)) if wide is not None else None
    if wide is None:
        return ""
    told = []
    for id, record in dict(records).items():
        axes = stretched_axes(record.meta.shape, wide)
        if axes:
            narrow = with_shape(label(moment, id), record.meta.shape)
            told.append(f"{narrow} is stretched along {axes_text(axes)} to shape {shape_text(wide)}")
    return f"Broadcasting: {listed(told)}." if told else ""


def _product(moment: Moment, name: str, inputs: list[Any], result: int) -> str:
    """How a product of matrices comes about."""
    tensors = [record for id in inputs if isinstance(id, int) and (record := before(moment, id)) is not None]
    shapes = [record.meta.shape for record in tensors]
    if name in _PRODUCTS and len(shapes) >= 2 and len(shapes[0]) >= 2 and len(shapes[1]) >= 2:
        first, second = shapes[:2] if not name.startswith("__r") else (shapes[1], shapes[0])
        record = moment.tensor(result)
        to = shape_text(record.meta.shape) if record is not None else "the result"
        return f"Shapes: {shape_text(first)} @ {shape_text(second)} is {to}: each number is {_sum_of(first[-1])}."
    if name == "linear" and len(shapes) >= 2 and len(shapes[1]) == 2:
        bias = " + bias" if len(shapes) > 2 else ""
        plus = ", plus the bias" if bias else ""
        return f"That is input @ weight.T{bias}: each number is {_sum_of(shapes[1][1])}{plus}."
    return ""


def _sum_of(products: int) -> str:
    return "one product" if products == 1 else f"a sum of {products} products"


# Nodes


def _roles(moment: Moment, result: Any, inputs: list[Any]) -> list[str]:
    """The node of an operation with several results."""
    for id in tensors_in([result]):
        role = _role(moment, id, inputs, several=True)
        return [role] if role else []
    return []


def _role(moment: Moment, tensor: int, inputs: list[Any], *, several: bool = False) -> str:
    """Whether a node was recorded for a new tensor, and why or why not."""
    record = moment.tensor(tensor)
    step = moment.step
    if record is None or step is None:
        return ""
    its = "Their" if several else "Its"
    node = find_node(moment, record.node)
    if node is not None:
        return _recorded(moment, node, record, inputs, its)
    if record.meta.requires_grad:
        if any(True for _ in tensors_in(inputs)):
            return "It requires grad and has no grad_fn: nothing flows back from it to another tensor."
        return "It is a leaf that requires grad: backward will put its gradient into .grad."
    known = {id: known for id in _tensors(moment, inputs) if (known := before(moment, id)) is not None}
    wanting = [id for id, known in known.items() if known.meta.requires_grad]
    return _not_recorded(moment, record, known, wanting)


def _tensors(moment: Moment, inputs: list[Any]) -> list[int]:
    assert moment.step is not None
    options = moment.step.detail[2] if len(moment.step.detail) > 2 else None
    return list(tensors_in([*inputs, *(options or {}).values()]))


def _recorded(moment: Moment, node: NodeRecord, record: TensorRecord, inputs: list[Any], its: str) -> str:
    text = f"{its} grad_fn is {harmless(node.name)}"
    if node.born != moment.number:
        return f"{text}, made earlier."
    wanting = [id for id in _tensors(moment, inputs) if (found := before(moment, id)) and found.meta.requires_grad]
    if wanting:
        text += f", recorded because {_who(moment, wanting)} grad"
    kept = saved_text(moment, node)
    if kept:
        return f"{text}. The node saved {kept}."
    return (
        f"{text}. The node saved no tensor." if not any(item.tensor is not None for item in node.saved) else f"{text}."
    )


def _not_recorded(moment: Moment, record: TensorRecord, known: dict[int, TensorRecord], wanting: list[int]) -> str:
    step = moment.step
    assert step is not None
    name = step.site.name
    if name in ("detach", "data"):
        return _cut(moment, name, wanting)
    if not known:
        return ""
    if not wanting:
        return "No input requires grad, so it has no grad_fn."
    who = _who(moment, wanting)
    if step.flags & Flag.INFERENCE:
        return f"inference_mode is on, so it has no grad_fn although {who} grad."
    if not step.grad_enabled:
        return f"Grad is off here, so it has no grad_fn although {who} grad."
    if not record.meta.dtype.startswith(("float", "bfloat", "complex")):
        return f"It is {record.meta.dtype}, and only floating numbers have slopes, so it has no grad_fn."
    if name in ("tensor", "as_tensor", "new_tensor"):
        return "It is a new tensor with the same numbers: it has no grad_fn, and nothing flows back to what was copied."
    return "It has no grad_fn: the graph ends here."


def _who(moment: Moment, wanting: list[int]) -> str:
    """``w and b require``."""
    tensors = list(dict.fromkeys(wanting))
    if len(tensors) > 2 or any(is_inner(moment, id) for id in tensors):
        return "inputs of it require" if len(tensors) > 1 else "its input requires"
    return f"{listed([label(moment, id) for id in tensors])} {'require' if len(tensors) > 1 else 'requires'}"


def _cut(moment: Moment, name: str, wanting: list[int]) -> str:
    graph = "It has no grad_fn: the graph ends here, and no gradient goes back through it."
    if name == "data":
        return f"{graph} Writing into .data is not counted in the version, so backward cannot notice it."
    return graph


def _memory(moment: Moment, name: str, inputs: list[Any], result: int) -> str:
    """Whether the result shares its memory with an input."""
    record = moment.after.tensors.get(result)
    if record is None or not record.storage:
        return ""
    for id in tensors_in(inputs):
        other = before(moment, id)
        if other is not None and id != result and other.storage == record.storage:
            if not (is_named(moment, id) or is_named(moment, result)):
                return ""
            start = "It" if name in ("detach", "data") else "It is a view: it"
            return f"{start} shares its memory with {label(moment, id)}; writing into one changes both."
    return ""
