"""Shapes that do not go together: backward of a vector, gradients of another size, losses that broadcast."""

from __future__ import annotations

import ast
import math
import re

from tutor.explain.arrays import broadcast
from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, one_line, options_of, said, shape_of
from tutor.explain.forecast import call_of
from tutor.explain.look import tensors_in
from tutor.explain.say import shape_text
from tutor.recording.model import TensorRecord

_SIZES = re.compile(r"torch\.Size\(\[([\d, ]*)\]\)")


def not_scalar(scene: Scene) -> Cause | None:
    """``grad can be implicitly created only for scalar outputs``."""
    call = scene.call
    if call is None:
        return None
    for root in call_of(call).roots:
        record = scene.record(root)
        if record is None or record.meta.elements == 1:
            continue
        name, born = scene.name(root), scene.birth(root)
        shape = shape_text(shape_of(record))
        what = [
            f"{name} has the shape {shape}: {record.meta.elements} numbers, since {said(scene.recording, born)}.",
            "backward begins with a slope of 1 for one number. For several it would have to know how much each "
            "of them counts.",
        ]
        if not call_of(call).accumulates:
            fix = (
                f"make one number of it, {_of(name)}.sum() or {_of(name)}.mean(). Or give grad_outputs of shape "
                f"{shape}."
            )
        else:
            fix = (
                f"make one number of it: {_of(name)}.sum().backward() or {_of(name)}.mean().backward(). Or say how "
                f"much each counts, with gradient= of shape {shape}."
            )
        return Cause.at(scene.recording, born, (name,), what, fix)
    return None


def _of(name: str) -> str:
    tree = ast.parse(name, mode="eval").body if _is_expression(name) else None
    return f"({name})" if isinstance(tree, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp) else name


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def grad_assigned(scene: Scene) -> Cause | None:
    """``attempting to assign a gradient of size '[3]' to a tensor of size '[2]'``."""
    target = scene.target()
    if not (isinstance(target, ast.Attribute) and target.attr == "grad"):
        return None
    tensor = scene.tensor(target.value)
    record = scene.record(tensor) if tensor is not None else None
    if tensor is None or record is None:
        return None
    name = scene.name(tensor)
    value = getattr(scene.statement, "value", None)
    given = scene.tensor(value) if isinstance(value, ast.expr) else None
    found = scene.record(given) if given is not None else None
    shape = shape_text(shape_of(record))
    what = [
        f"{name} has the shape {shape}."
        + (f" {scene.name(found.id)} has the shape {shape_text(shape_of(found))}." if found is not None else ""),
        f"A gradient has one slope for each number of {name}, so {name}.grad has the shape of {name}.",
    ]
    other = scene.name(given) if given is not None else ""
    fix = f"assign a tensor of shape {shape} in line {scene.line}: torch.ones_like({name}) has it, for one."
    return Cause.at(scene.recording, scene.step.number, (name, other), what, fix)


def start_gradient(scene: Scene) -> Cause | None:
    """``Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of ...``."""
    call = scene.call
    if call is None:
        return None
    options = options_of(call)
    inputs = call.detail[0]
    given = options.get("gradient", options.get("grad_outputs", options.get("grad_tensors")))
    gradients = list(tensors_in([given if given is not None else inputs[1] if len(inputs) > 1 else None]))
    for root, gradient in zip(call_of(call).roots, gradients, strict=False):
        record, start = scene.record(root), scene.record(gradient)
        if record is None or start is None or record.meta.shape == start.meta.shape:
            continue
        name, other = scene.name(root), scene.name(gradient)
        shape = shape_text(shape_of(record))
        what = [
            f"{name} has the shape {shape}, and the gradient to begin with, {other}, has "
            f"{shape_text(shape_of(start))}.",
            f"It says for each number of {name} how much that counts, so there is one for each.",
        ]
        fix = f"give a gradient of shape {shape} in line {scene.line}: torch.ones_like({name}) counts each number once."
        return Cause.at(scene.recording, call.number, (name, other), what, fix)
    return None


def broadcast_loss(scene: Scene) -> Cause | None:
    """``Using a target size (torch.Size([3])) that is different to the input size (torch.Size([3, 1]))``."""
    sizes = [tuple(map(int, filter(None, part.replace(" ", "").split(",")))) for part in _SIZES.findall(scene.text)]
    if len(sizes) < 2:
        return None
    wanted, given = sizes[0], sizes[1]
    target, prediction = _of_shape(scene, wanted), _of_shape(scene, given)
    wide = broadcast(wanted, given)
    if wide is None:
        return None
    first = scene.name(prediction.id) if prediction is not None else "the input"
    second = scene.name(target.id) if target is not None else "the target"
    what = [
        f"{first} has the shape {shape_text(given)} and {second} has {shape_text(wanted)}.",
        f"Both are stretched to {shape_text(wide)}, so the loss is made of {math.prod(wide)} differences: every number "
        f"of {first} against every number of {second}, not each against its own.",
    ]
    fix = f"give both the same shape before line {scene.line}: {_same_shape(second, wanted, first, given)}."
    number = scene.birth(target.id) if target is not None else scene.step.number
    return Cause.at(scene.recording, number, (second, first), what, fix)


def _of_shape(scene: Scene, shape: tuple[int, ...]) -> TensorRecord | None:
    return next((record for record in scene.records() if shape_of(record) == shape), None)


def _same_shape(target: str, wanted: tuple[int, ...], prediction: str, given: tuple[int, ...]) -> str:
    if given == (*wanted, 1):
        return (
            f"{_of(one_line(prediction))}.squeeze({len(wanted)}), or {_of(one_line(target))}.unsqueeze({len(wanted)})"
        )
    if wanted == (*given, 1):
        return f"{_of(one_line(target))}.squeeze({len(given)}), or {_of(one_line(prediction))}.unsqueeze({len(given)})"
    if math.prod(wanted) == math.prod(given):
        return f"{_of(one_line(target))}.view_as({_of(one_line(prediction))})"
    return "each number of one needs its own number of the other"
