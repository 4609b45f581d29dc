"""The inner steps of optimizers, by the rule that each is a part of.

Rules as in the notes of ``torch.optim.SGD``, ``Adam``, ``AdamW`` and ``RMSprop``.
"""

from __future__ import annotations

from typing import Any, Final

from tutor.explain.look import before, label
from tutor.plain.format import number
from tutor.recording.format import Kind
from tutor.recording.moment import Moment

Rules = dict[tuple[str, str], str]
"""For an operation and the part that its first tensor plays, a sentence."""

_WEIGHT_DECAY: Final = "Weight decay: {by} times {parameter} is added to the gradient."
_MAXIMISE: Final = "maximize turns the sign of the gradient."

_SGD: Final[Rules] = {
    ("add", "decay"): _WEIGHT_DECAY,
    ("neg", "gradient"): _MAXIMISE,
    ("clone", "other"): "The momentum buffer starts as a copy of the first gradient.",
    ("mul_", "other"): "Momentum: the buffer keeps {factor} of what it was.",
    ("add_", "other"): "Momentum: the gradient is added to the buffer.",
    ("add", "gradient"): "Nesterov looks ahead: gradient plus {by} times the buffer is the direction.",
    ("add", "other"): "Nesterov looks ahead: gradient plus {by} times the buffer is the direction.",
    ("add_", "parameter"): "The update: {parameter} minus the learning rate times the {direction}.",
}
_ADAM: Final[Rules] = {
    ("tensor", "new"): "The count of steps begins at 0.",
    ("zeros_like", "parameter"): "A running mean begins at 0.",
    ("add_", "count"): "The count of steps goes up by 1.",
    ("add", "decay"): _WEIGHT_DECAY,
    (
        "mul_",
        "parameter",
    ): "Decoupled weight decay: {parameter} keeps {factor} of itself, which is 1 - lr·weight_decay.",
    ("neg", "gradient"): _MAXIMISE,
    ("lerp_", "other"): "The running mean m of the gradient moves towards it by 1 - beta1.",
    ("mul_", "other"): "The running mean v of the squared gradient keeps beta2 of what it was.",
    ("addcmul_", "other"): "And 1 - beta2 times the squared gradient is added to v.",
    ("sqrt", "other"): "The square root of v: about how large the gradients are.",
    ("div", "other"): "Divided by sqrt(1 - beta2**step), since v began at 0.",
    ("add_", "epsilon"): "eps is added, so that nothing is divided by 0.",
    ("addcdiv_", "parameter"): (
        "The update: {parameter} minus the learning rate times m/d, where d is the square root of the corrected v "
        "plus eps. The learning rate is divided by 1 - beta1**step first, since m began at 0."
    ),
}
_RMSPROP: Final[Rules] = {
    ("zeros", "new"): "The count of steps begins at 0.",
    ("zeros_like", "parameter"): "A running mean begins at 0.",
    ("add_", "count"): "The count of steps goes up by 1.",
    ("add", "decay"): _WEIGHT_DECAY,
    ("neg", "gradient"): _MAXIMISE,
    ("lerp_", "other"): "centered: the running mean of the gradient moves towards it by 1 - alpha.",
    ("mul_", "other"): "This running mean keeps {factor} of what it was.",
    ("addcmul_", "other"): "1 - alpha times the squared gradient is added to the running mean of it.",
    ("sqrt", "other"): "Its square root: about how large the gradients are.",
    ("add_", "epsilon"): "eps is added, so that nothing is divided by 0.",
    ("addcdiv_", "other"): (
        "Momentum: the gradient divided by d is added to the buffer, where d is that square root plus eps."
    ),
    ("addcdiv_", "parameter"): (
        "The update: {parameter} minus the learning rate times the gradient divided by d, where d is that square root "
        "plus eps."
    ),
    ("add_", "parameter"): "The update: {parameter} minus the learning rate times the buffer.",
}

OPTIMIZERS: Final[dict[str, Rules]] = {"SGD": _SGD, "Adam": _ADAM, "AdamW": _ADAM, "RMSprop": _RMSPROP}
"""The rules by class of the optimizer."""


def optimizer_sentence(moment: Moment, detail: Any) -> str:
    """Which part of the optimizer's rule an inner step is; empty where that is not known."""
    rules = OPTIMIZERS.get(_optimizer(moment))
    if rules is None or moment.step is None:
        return ""
    inputs, _, *rest = detail
    options = rest[0] if rest and isinstance(rest[0], dict) else {}
    part, parameter = _part(moment, inputs)
    text = rules.get((moment.step.site.name, part), "")
    by = _plain(options.get("alpha"))
    factor = _plain(inputs[1]) if len(inputs) > 1 else ""
    direction = _direction(moment, inputs)
    if ("{by}" in text and not by) or ("{factor}" in text and not factor):
        return ""
    return text.format(parameter=parameter, by=by, factor=factor, direction=direction)


def is_in_optimizer(moment: Moment) -> bool:
    """Whether the step is part of an optimizer's ``step()`` that is known here."""
    return _optimizer(moment) in OPTIMIZERS


def is_optimizer(moment: Moment, path: str) -> bool:
    """Whether a path names an optimizer that is known here."""
    return _class_of(moment, path) in OPTIMIZERS


def _optimizer(moment: Moment) -> str:
    """The class of the optimizer whose ``step()`` the step is in."""
    step = moment.step
    if step is None or step.kind is not Kind.INNER or not step.parent:
        return ""
    path, _, method = moment.recording.site(step.parent).name.rpartition(".")
    return _class_of(moment, path) if method == "step" and path else ""


def _class_of(moment: Moment, path: str) -> str:
    try:
        reference = moment.before.lookup(path)
    except KeyError:
        return ""
    return str(reference[0]) if isinstance(reference, list) else ""


def _part(moment: Moment, inputs: list[Any]) -> tuple[str, str]:
    """The part that the first tensor plays, and the name of the parameter."""
    first = inputs[0] if inputs else None
    if not isinstance(first, int):
        return "new", ""
    if _is_parameter(moment, first):
        return "parameter", label(moment, first)
    second = inputs[1] if len(inputs) > 1 else None
    if isinstance(second, int) and _is_parameter(moment, second):
        return "decay", label(moment, second)
    if isinstance(second, list) and len(second) == 2 and moment.step is not None and moment.step.site.name == "add_":
        return ("epsilon" if isinstance(second[1], float) and second[1] < 1 else "count"), ""
    return ("gradient" if first in moment.before.grad_of else "other"), ""


def _is_parameter(moment: Moment, tensor: int) -> bool:
    """Whether a tensor is one that is trained, even if it was frozen after its gradient came."""
    record = before(moment, tensor)
    return record is not None and record.meta.is_leaf and (record.meta.requires_grad or record.grad is not None)


def _direction(moment: Moment, inputs: list[Any]) -> str:
    second = inputs[1] if len(inputs) > 1 else None
    return "gradient" if isinstance(second, int) and second in moment.before.grad_of else "direction"


def _plain(reference: Any) -> str:
    if isinstance(reference, list) and len(reference) == 2 and isinstance(reference[1], int | float):
        return number(reference[1])
    return ""
