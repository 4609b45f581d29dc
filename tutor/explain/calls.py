"""Calls that hold other steps: backward, and calls of a library."""

from __future__ import annotations

import ast
from typing import Any, Final

from tutor.explain.changes import others
from tutor.explain.errors.scene import one_line, parsed
from tutor.explain.forecast import call_of
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
    wanted = call_of(step).inputs
    if wanted is not None and not grad:
        told.append(_named_inputs(moment, wanted))
    if grad:
        told.append("It gives the gradients back and leaves every .grad as it is.")
    if options.get("create_graph") == ["bool", True]:
        told.append("create_graph=True records backward itself, so the gradients have a graph too.")
    elif options.get("retain_graph") == ["bool", True]:
        told.append("retain_graph=True keeps what the nodes saved, so backward can run again.")
    return [" ".join(told), *others(moment, None)]


def _named_inputs(moment: Moment, wanted: list[int]) -> str:
    """Whose gradients a call asks for with ``inputs``."""
    names = [label(moment, tensor) for tensor in wanted[:_NAMES]]
    more = ["…"] if len(wanted) > _NAMES else []
    records = {id: record for id in wanted if (record := before(moment, id)) is not None}
    inner = [id for id in wanted[:_NAMES] if id in records and not records[id].meta.is_leaf]
    grads = listed([*(f"{name}.grad" for name in names), *more])
    only, go = ("only its gradient is", "it goes") if len(wanted) == 1 else ("only their gradients are", "they go")
    others = "every leaf" if len(inner) == len(wanted) else "every other leaf"
    told = (
        f"inputs= names {listed([*names, *more])}: {only} asked for, and {go} into {grads}. The .grad of {others} "
        f"stays as it is."
    )
    if inner:
        are = "is not a leaf" if len(inner) == 1 else "are not leaves"
        told += f" {listed([label(moment, id) for id in inner])} {are}, but being named in inputs= is enough."
    return told


def call_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """A call of a library whose operations are the next steps."""
    step = moment.step
    assert step is not None
    held = f"{source(moment)} is library code; the operations inside it are the next steps. n goes past them."
    path, _, method = step.site.name.rpartition(".")
    if method == "step" and path:
        return [held, " ".join([*_skipped(moment, path), _SKIPPING]), *others(moment, None)]
    if is_initialiser(step.site.name):
        return [held, _initialised(step.site.source), *others(moment, None)]
    if method == "zero_grad":
        return [
            held,
            "It clears every .grad, so that the next backward does not add to old gradients.",
            *others(moment, None),
        ]
    return [held, *others(moment, None)]


_INITIALISERS: Final = frozenset(
    (
        "uniform_", "normal_", "trunc_normal_", "constant_", "ones_", "zeros_", "eye_", "dirac_", "xavier_uniform_",
        "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_", "sparse_",
    )
)  # fmt: skip
"""The functions of ``torch.nn.init``."""


def is_initialiser(name: str) -> bool:
    """Whether a call of a library, or a step inside one, is that of a function of ``torch.nn.init``."""
    return name.rpartition(".")[2] in _INITIALISERS


def _initialised(text: str) -> str:
    """What a call of ``torch.nn.init`` does to the tensor that it is given."""
    call = parsed(text)
    given = call.args[:1] if isinstance(call, ast.Call) else []
    name = one_line(ast.unparse(given[0])) if given else "the tensor"
    return (
        f"It writes new numbers into {name}, in place: {name} stays the same tensor. Grad is off inside, so that is "
        f"not recorded."
    )


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
