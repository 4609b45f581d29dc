"""Who may require grad, and what only a leaf can do."""

from __future__ import annotations

import ast

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, one_line, said
from tutor.explain.look import tensors_in
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord

_MOVES = frozenset(("double", "float", "half", "to", "cuda", "cpu", "type", "bfloat16"))


def whole_numbers(scene: Scene) -> Cause | None:
    """``Only Tensors of floating point and complex dtype can require gradients``."""
    records = [record for record in scene.records() if not record.meta.dtype.startswith(("float", "bfloat", "complex"))]
    if records:
        record = records[0]
        name, born = scene.name(record.id), scene.birth(record.id)
        what = [
            f"{name} holds {record.meta.dtype}, since {said(scene.recording, born)}.",
            "Only numbers that can change a little have a slope; whole numbers cannot.",
        ]
        fix = f"make it floating before that: {name} = {name}.float()."
        return Cause.at(scene.recording, born, (name,), what, fix)
    target = scene.target()
    name = ast.unparse(target) if target is not None else ""
    call = next((part for part in scene.parts() if isinstance(part, ast.Call)), None)
    what = [
        f"{scene.source} holds whole numbers or truth values, and was asked to require grad.",
        "Only numbers that can change a little have a slope; whole numbers cannot.",
    ]
    fix = f"write the numbers with a point in line {scene.line}, or give dtype=torch.float32."
    if call is not None and call.args and isinstance(call.args[0], ast.List):
        with_points = _with_points(call.args[0])
        if with_points:
            fix = f"write the numbers with a point in line {scene.line}: {with_points}; or give dtype=torch.float32."
    return Cause.at(scene.recording, scene.step.number, (name,), what, fix)


def _with_points(numbers: ast.List) -> str:
    if not all(isinstance(item, ast.Constant) and type(item.value) is int for item in numbers.elts):
        return ""
    return one_line(f"[{', '.join(f'{ast.unparse(item)}.0' for item in numbers.elts)}]")


def flag_of_result(scene: Scene) -> Cause | None:
    """``you can only change requires_grad flags of leaf variables``."""
    tensor = _owner(scene)
    record = scene.record(tensor) if tensor is not None else None
    if tensor is None or record is None or record.node is None:
        return None
    name, born = scene.name(tensor), scene.birth(tensor)
    what = [
        no_leaf(scene, record),
        "A result requires grad because something that it was computed from does. Only a leaf can be switched.",
    ]
    off = "requires_grad = False" in _statement(scene) or "False" in scene.source or "detach()" in scene.text
    fix = (
        f"to go on without gradient, cut it off: {name} = {name}.detach()."
        if off
        else f"leave line {scene.line} out: {name} requires grad already. {name}.retain_grad() keeps its gradient."
    )
    return Cause.at(scene.recording, born, (name,), what, fix)


def no_leaf(scene: Scene, record: TensorRecord) -> str:
    """That a tensor is a result, and of what."""
    name, born = scene.name(record.id), scene.birth(record.id)
    if name == one_line(scene.recording.site(born).source):
        return f"{said(scene.recording, born)} is a result, not a leaf."
    return f"{name} is not a leaf: {said(scene.recording, born)} computed it."


def _owner(scene: Scene) -> int | None:
    """The tensor whose flag is set."""
    for part in scene.parts():
        if isinstance(part, ast.Attribute) and part.attr in ("requires_grad", "requires_grad_"):
            return scene.tensor(part.value)
    return None


def _statement(scene: Scene) -> str:
    return ast.unparse(scene.statement) if scene.statement is not None else scene.source


def not_optimized(scene: Scene) -> Cause | None:
    """``can't optimize a non-leaf Tensor``."""
    record = _result_in(scene)
    if record is None:
        return None
    name, born = scene.name(record.id), scene.birth(record.id)
    what = [
        no_leaf(scene, record),
        f"backward leaves the .grad of {name} None, so an optimizer would have nothing to step with.",
    ]
    return Cause.at(scene.recording, born, (name,), what, leaf_fix(scene, record))


def not_copied(scene: Scene) -> Cause | None:
    """``Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol``."""
    record = _result_in(scene)
    if record is None:
        return None
    name, born = scene.name(record.id), scene.birth(record.id)
    what = [
        no_leaf(scene, record),
        "A copy of it would have to be a copy of the graph behind it too, and deepcopy does not make that.",
    ]
    fix = f"copy the numbers without the graph: {_in_brackets(name)}.detach().clone()."
    return Cause.at(scene.recording, born, (name,), what, fix)


def _in_brackets(name: str) -> str:
    return name if name.replace(".", "").replace("[", "").replace("]", "").isidentifier() else f"({name})"


def _result_in(scene: Scene) -> TensorRecord | None:
    """The first tensor that the expression speaks of, or that belongs to a name in it, and that has a grad_fn."""
    for record in scene.records():
        if record.node is not None:
            return record
    names = {part.id for part in scene.parts() if isinstance(part, ast.Name)}
    for path, reference, _ in scene.state.visible():
        member = scene.state.tensors.get(reference) if isinstance(reference, int) else None
        if member is not None and member.node is not None and path.partition(".")[0].partition("[")[0] in names:
            return member
    return None


# .grad of what is no leaf


def result_without_grad(scene: Scene, record: TensorRecord) -> Cause:
    """Why a result has no ``.grad``, and how to get one."""
    name, born = scene.name(record.id), scene.birth(record.id)
    what = [
        no_leaf(scene, record),
        f"backward keeps gradients in the .grad of leaves only, so {name}.grad stays None.",
    ]
    return Cause.at(scene.recording, born, (name,), what, leaf_fix(scene, record))


def leaf_fix(scene: Scene, record: TensorRecord) -> str:
    """How a result gets a ``.grad``: as a leaf of its own where the one that it was made from is out of reach."""
    recording = scene.recording
    name, born = scene.name(record.id), scene.birth(record.id)
    site, step = recording.site(born), recording.step(born)
    inputs = tensors_in(step.detail[0]) if step.kind in (Kind.OPERATION, Kind.INNER) else ()
    sources = [id for id in inputs if id != record.id]
    leaves = [found for id in sources if (found := _leaf_then(scene, id, born)) is not None]
    named = [id for id in leaves if scene.state.names_of(id)]
    if leaves and not named:
        # w = torch.randn(3, requires_grad=True) / 28: the leaf that gets the gradient has no name.
        if site.name in _MOVES:
            return (
                f"make {name} the leaf: give the dtype or device where the tensor is made in line {site.line}, or ask "
                f"for the gradient last, with .requires_grad_() at the end of that line."
            )
        return (
            f"make {name} the leaf: leave requires_grad=True out in line {site.line} and ask for the gradient last, "
            f"{name}.requires_grad_()."
        )
    if "optimi" in scene.text:
        give = f" Give the optimizer {scene.name(named[0])}." if named else ""
        return f"an optimizer takes leaves.{give or f' Make {name} one: {name} = {name}.detach().requires_grad_().'}"
    other = f", or read {scene.name(named[0])}.grad" if named else ""
    return f"call {name}.retain_grad() before backward{other}."


def _leaf_then(scene: Scene, tensor: int, number: int) -> int | None:
    """The tensor, if it was a leaf that requires grad after a step."""
    record = scene.state.tensors.get(tensor) or scene.recording.state(number).tensors.get(tensor)
    return tensor if record is not None and record.meta.is_leaf and record.meta.requires_grad else None
