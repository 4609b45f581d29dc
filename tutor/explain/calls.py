"""Calls that hold other steps: backward, and calls of a library."""

from __future__ import annotations

from typing import Any, Final

from tutor.explain.changes import others
from tutor.explain.look import argument, before, label, source, tensors_in
from tutor.explain.say import listed
from tutor.plain.format import harmless
from tutor.recording.moment import Moment

_NAMES: Final = 4
_SKIPPING: Final = (
    "A parameter whose .grad is None is skipped. One whose .grad is 0 is not: momentum and weight decay still move it."
)


def backward_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """Where a backward call starts, with which gradient, and what stays afterwards."""
    step = moment.step
    assert step is not None
    inputs, _, *rest = detail
    options = rest[0] if rest and isinstance(rest[0], dict) else {}
    roots = list(tensors_in(inputs[:1]))
    grad = step.site.name.rpartition(".")[2] == "grad"
    name = "autograd.grad" if grad else "backward"
    told = [f"{name} starts at {listed([argument(moment, root) for root in roots[:_NAMES]]) or 'the result'}."]
    record = before(moment, roots[0]) if roots else None
    if record is not None and record.node is None:
        return [f"{told[0]} It has no grad_fn, so there is no node to run.", *others(moment, None)]
    start = options.get("grad_outputs" if grad else "gradient", options.get("grad_tensors"))
    if start is None and not grad and len(inputs) > 1:
        start = inputs[1]
    if start in (None, ["NoneType", None]) and not grad and record is not None and record.meta.elements != 1:
        told.append(
            f"It has {record.meta.elements} elements, and no gradient to begin with was given. Only a single number "
            f"begins with 1.0 by itself."
        )
        return [" ".join(told), *others(moment, None)]
    told.append("Each node of its graph that runs is one of the next steps.")
    if start is not None and start != ["NoneType", None]:
        told.append(
            f"The gradient to begin with was given: {argument(moment, start)}. What comes out is a vector-Jacobian "
            f"product."
        )
    elif record is not None and record.meta.elements == 1:
        told.append("It begins with 1.0, the slope of the result with respect to itself.")
    if grad:
        told.append("It gives the gradients back and leaves every .grad as it is.")
    if options.get("create_graph") == ["bool", True]:
        told.append("create_graph=True records backward itself, so the gradients have a graph too.")
    elif options.get("retain_graph") == ["bool", True]:
        told.append("retain_graph=True keeps what the nodes saved, so backward can run again.")
    return [" ".join(told), *others(moment, None)]


def call_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """A call of a library whose operations are the next steps."""
    step = moment.step
    assert step is not None
    held = f"{source(moment)} is library code; the operations inside it are the next steps. n goes past them."
    path, _, method = step.site.name.rpartition(".")
    if method == "step" and path:
        return [held, " ".join([*_skipped(moment, path), _SKIPPING]), *others(moment, None)]
    if method == "zero_grad":
        return [
            held,
            "It clears every .grad, so that the next backward does not add to old gradients.",
            *others(moment, None),
        ]
    return [held, *others(moment, None)]


def _skipped(moment: Moment, path: str) -> list[str]:
    """The parameters that an optimizer knows and that have no ``.grad`` now."""
    start, found = f"{path}.state[", []
    for name, reference, _ in moment.before.visible():
        if not name.startswith(start) or not isinstance(reference, int):
            continue
        parameter = name[len(start) :].rpartition("][")[0]
        try:
            tensor = moment.before.lookup(parameter)
        except KeyError:
            continue
        record = moment.before.tensors.get(tensor) if isinstance(tensor, int) else None
        if record is not None and record.grad is None:
            found.append(label(moment, record.id))
    names = list(dict.fromkeys(found))[:_NAMES]
    if not names:
        return []
    return [f"{listed([f'{harmless(name)}.grad' for name in names])} {'is' if len(names) == 1 else 'are'} None."]
