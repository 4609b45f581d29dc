"""Something is not there: a ``.grad`` that is None, a tensor that the graph never used, parameters for an optimizer."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import Final

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.flags import result_without_grad
from tutor.explain.errors.scene import Scene, one_line, place, said, statement_text
from tutor.explain.forecast import call_of, outermost
from tutor.explain.look import tensors_in
from tutor.plain.format import harmless
from tutor.recording.format import Change, Kind
from tutor.recording.index import NameKey
from tutor.recording.model import TensorRecord
from tutor.recording.queries.gradients import RESETS, gradient_events

_INDEX: Final = re.compile(r"at index (\d+)")
_ANCESTORS: Final = 300


def no_gradient(scene: Scene) -> Cause | None:
    """``unsupported operand type(s) for *: 'float' and 'NoneType'`` and ``'NoneType' object has no attribute 'zero_'``,
    where what is None is a ``.grad``."""
    for part in scene.parts():
        if isinstance(part, ast.Attribute) and part.attr == "grad":
            tensor = scene.tensor(part.value)
            record = scene.record(tensor) if tensor is not None else None
            if record is not None and record.grad is None:
                return _none(scene, part.value, record)
    return None


def grad_of_result(scene: Scene) -> Cause | None:
    """``The .grad attribute of a Tensor that is not a leaf Tensor is being accessed``."""
    for part in scene.parts():
        if not (isinstance(part, ast.Attribute) and part.attr == "grad"):
            continue
        tensor = scene.tensor(part.value)
        record = scene.record(tensor) if tensor is not None else None
        if record is not None and record.node is not None:
            return rebound(scene, ast.unparse(part.value), record.id) or result_without_grad(scene, record)
    return None


def _none(scene: Scene, owner: ast.expr, record: TensorRecord) -> Cause:
    name = scene.name(record.id)
    if record.node is not None or not record.meta.requires_grad:
        found = rebound(scene, ast.unparse(owner), record.id)
        if found is not None:
            return found
    if record.node is not None:
        return result_without_grad(scene, record)
    if not record.meta.requires_grad:
        born = scene.birth(record.id)
        what = [f"{name}.grad is None: {said(scene.recording, born)} made {name} without requires_grad=True."]
        fix = f"ask for it in line {scene.recording.site(born).line}: requires_grad=True."
        return Cause.at(scene.recording, born, (name,), what, fix)
    return _leaf(scene, name, record.id)


def rebound(scene: Scene, path: str, tensor: int) -> Cause | None:
    """The name belonged to a leaf before, and a step like ``w = w - ...`` gave it to another tensor."""
    recording = scene.recording
    number = recording.previous_change(NameKey(scene.step.site.function, path), scene.step.number)
    while number:
        step = recording.step(number)
        if any(change[0] == Change.BIND and change[2] == path and change[3] == tensor for change in step.changes):
            break
        number = recording.previous_change(NameKey(scene.step.site.function, path), number)
    if not number:
        return None
    before = recording.state(number - 1)
    try:
        reference = before.lookup(path)
    except KeyError:
        return None
    old = before.tensors.get(reference) if isinstance(reference, int) else None
    if old is None or not (old.meta.is_leaf and old.meta.requires_grad):
        return None
    name = harmless(path)
    line = recording.site(number).line
    text = statement_text(recording, number)
    what = [
        f"{one_line(text)} in {place(recording, number)} made another tensor and called it {name}.",
        f"The leaf that {name} was has no name any more. The new {name} is a result, and backward keeps no gradient in "
        f"its .grad: {name}.grad is None.",
    ]
    wrong = (
        f"{name}.retain_grad() fills {name}.grad, but every turn then goes back through all turns before it, to the "
        f"first {name}."
    )
    return Cause.at(recording, number, (name,), what, _update(text, name, line), wrong)


def _update(text: str, name: str, line: int) -> str:
    try:
        statement = ast.parse(text).body[0]
    except (SyntaxError, ValueError, IndexError):
        statement = None
    value = statement.value if isinstance(statement, ast.Assign) else None
    if isinstance(value, ast.BinOp) and ast.unparse(value.left) == name and isinstance(value.op, ast.Sub | ast.Add):
        sign = "-=" if isinstance(value.op, ast.Sub) else "+="
        return (
            f"change the leaf itself, with grad off: with torch.no_grad(): {name} {sign} {ast.unparse(value.right)} in "
            f"line {line}."
        )
    return f"change the leaf itself in line {line}, in place and with grad off: with torch.no_grad()."


def _leaf(scene: Scene, name: str, tensor: int) -> Cause:
    """A leaf that requires grad: it was reset, no backward call reached it, or none came."""
    recording, number = scene.recording, scene.step.number
    events = gradient_events(recording, tensor, number, since_reset=False, limit=1)
    if events and events[-1].change in RESETS:
        reset = outermost(recording, events[-1].step)
        what = [
            f"{said(recording, reset)} set {name}.grad to None, and no backward call has filled it since.",
        ]
        fix = f"use {name}.grad after backward and before it is reset."
        if _is_zeroing(scene):
            fix = f"leave line {scene.line} out: None is as good as zero for the next backward."
        return Cause.at(recording, events[-1].step, (name,), what, fix)
    call = _last_call(scene)
    born = scene.birth(tensor)
    if not call:
        what = [f"{name}.grad is None until backward fills it, and no backward call came before line {scene.line}."]
        fix = f"use {name}.grad after backward."
        if _is_zeroing(scene):
            fix = f"zero it only where there is something: if {name}.grad is not None. optimizer.zero_grad() does that."
        return Cause.at(recording, born, (name,), what, fix)
    what = [
        f"{name}.grad is None: {said(recording, call)} never came to {name}, "
        f"so nothing that it was called on was computed from {name}.",
    ]
    fix = f"compute what backward is called on from {name}, and look where {name} was used before line {scene.line}."
    return Cause.at(recording, call, (name,), what, fix)


def _is_zeroing(scene: Scene) -> bool:
    return "zero_" in scene.text


def _last_call(scene: Scene) -> int:
    """The last call of ``backward`` before, 0 if there was none."""
    recording = scene.recording
    calls = {id for id, site in recording.tables.sites.items() if site.name.rpartition(".")[2] == "backward"}
    for number in range(scene.step.number - 1, 0, -1):
        if recording.index.sites[number] in calls and recording.kind(number) in (Kind.OPERATION, Kind.INNER):
            return number
    return 0


# autograd.grad


def not_used(scene: Scene) -> Cause | None:
    """``The differentiated Tensor at index 1 appears to not have been used in the graph``."""
    call = scene.call
    if call is None:
        return None
    asked = call_of(call)
    inputs = asked.inputs or []
    found = _INDEX.search(scene.text)
    wanted = [inputs[int(found[1])]] if found is not None and int(found[1]) < len(inputs) else inputs
    roots = asked.roots
    reached = _ancestors(scene, roots)
    missing = next((id for id in wanted if found is not None or id not in reached), None)
    if missing is None:
        return None
    name = scene.name(missing)
    root = scene.name(roots[0]) if roots else "the result"
    cut = _cut(scene, missing, reached) if missing in reached else 0
    if cut:
        what = [
            f"{root} was computed from {name}, but {said(scene.recording, cut)} cut the graph on the way: what it "
            f"gives does not require grad.",
        ]
        fix = f"keep the way from {name} to {root} in the graph: look at line {scene.recording.site(cut).line}."
        return Cause.at(scene.recording, cut, (name, root), what, fix, _allow(name))
    what = [f"{root} was not computed from {name}: no way through the graph leads from {root} to {name}."]
    fix = f"leave {name} out of the inputs in line {scene.line}, or compute {root} from it."
    return Cause.at(
        scene.recording, scene.birth(roots[0]) if roots else call.number, (name, root), what, fix, _allow(name)
    )


def _allow(name: str) -> str:
    return (
        f"allow_unused=True only gives None for {name}. That is right where {name} may be left out, and hides a slip "
        f"where it may not."
    )


def _ancestors(scene: Scene, roots: list[int]) -> dict[int, int]:
    """Every tensor that others were computed from, with the step that used it last; also past cuts of the graph."""
    found = dict.fromkeys(roots, 0)
    waiting = list(roots)
    while waiting and len(found) < _ANCESTORS:
        number = scene.birth(waiting.pop())
        step = scene.recording.step(number) if number else None
        if step is None or step.kind not in (Kind.OPERATION, Kind.INNER) or step.detail is None:
            continue
        rest = step.detail[2] if len(step.detail) > 2 and step.detail[2] else {}
        for source in tensors_in([*step.detail[0], *rest.values()]):
            if source not in found and 0 < scene.birth(source) < number:
                found[source] = number
                waiting.append(source)
    return found


def _cut(scene: Scene, tensor: int, reached: dict[int, int]) -> int:
    """The first step on the way from a tensor whose result does not require grad, 0 where there is none."""
    used = reached[tensor]
    while used:
        step = scene.recording.step(used)
        result = step.detail[1]
        if not isinstance(result, int):
            return 0
        record = scene.recording.state(used).tensors.get(result)
        if record is not None and not record.meta.requires_grad:
            return used
        used = reached.get(result, 0)
    return 0


# Optimizers


def no_parameters(scene: Scene) -> Cause | None:
    """``optimizer got an empty parameter list``."""
    call = next((part for part in scene.parts() if isinstance(part, ast.Call)), None)
    given = call.args[0] if call is not None and call.args else None
    if given is None:
        return None
    owner = given.func.value if isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute) else given
    path = ast.unparse(owner)
    if isinstance(given, ast.List) and not given.elts:
        what = [f"The list of parameters in line {scene.line} is empty."]
        fix = f"give the optimizer the tensors that are to be learned in line {scene.line}."
        return Cause.at(scene.recording, scene.step.number, (), what, fix)
    members = [
        name
        for name, reference, _ in scene.state.visible()
        if isinstance(reference, int)
        and name.startswith((f"{path}.", f"{path}["))
        and (record := scene.state.tensors.get(reference)) is not None
        and record.meta.requires_grad
    ]
    key = NameKey(scene.step.site.function, path)
    steps = scene.recording.changes_of(key)
    position = bisect_right(steps, scene.step.number)
    bound = steps[position - 1] if position else scene.step.number
    name = harmless(path)
    if isinstance(given, ast.Call) and members:
        inside = [member for member in members if "[" in member]
        holder = (inside or members)[0]
        attribute = holder.partition("[")[0] if inside else holder
        what = [
            f"{name} has tensors that require grad, {harmless(holder)} for one, but {one_line(ast.unparse(given))} "
            f"gives none of them. {harmless(attribute)} is a plain Python list or dict, and a module does not look "
            f"into those.",
        ]
        fix = f"make {harmless(attribute)} an nn.ModuleList (or nn.ParameterList): then the module knows what is in it."
        where = _assigned(scene, attribute) or bound
        return Cause.at(scene.recording, where, (harmless(attribute), name), what, fix)
    reference = _reference(scene, path)
    if isinstance(reference, list) and reference and reference[0] == "generator":
        what = [
            f"{name} is a generator, made by {said(scene.recording, bound)}. It gives its parameters once, and "
            f"something has gone through it before line {scene.line}.",
        ]
        fix = f"make it a list in line {scene.recording.site(bound).line}: list(…)."
        return Cause.at(scene.recording, bound, (name,), what, fix)
    what = [f"{one_line(ast.unparse(given))} gives no parameter at all: {name} has no tensor that could be learned."]
    fix = f"give {name} something to learn: an nn.Parameter, or a layer as an attribute."
    return Cause.at(scene.recording, bound, (name,), what, fix)


def _assigned(scene: Scene, attribute: str) -> int:
    """The step in which an attribute of a module was assigned, inside or outside of its class."""
    last = attribute.rpartition(".")[2]
    for key, steps in scene.recording.index.changes.items():
        if key.path == f"self.{last}" or key.path == attribute:
            return steps[0]
    return 0


def _reference(scene: Scene, path: str) -> object:
    try:
        return scene.state.lookup(path)
    except KeyError:
        return None
