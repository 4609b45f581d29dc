"""A saved tensor was written to before backward could use it."""

from __future__ import annotations

import ast
from typing import Final

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, name_of, one_line, parsed, said
from tutor.explain.forecast import Stale, call_of, outermost, stale
from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.model import Site, Step
from tutor.recording.moment import Moment
from tutor.recording.queries.tensors import writes

_SIGNS: Final = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**", ast.Mod: "%",
    ast.FloorDiv: "//",
}  # fmt: skip


def changed_since(scene: Scene) -> Cause | None:
    """``one of the variables needed for gradient computation has been modified by an inplace operation``."""
    call = scene.call
    if call is None:
        return None
    moment = Moment.of(scene.recording, call.number)
    found = [item for item in stale(moment, call_of(call)) if not item.freed]
    if not found or not found[0].step:
        return None
    first = found[0]
    fix, wrong = _ways(scene, moment, first, call)
    what = [_saved(scene, first), _written(scene, first, call), _view(scene, first), _others(found)]
    return Cause.at(scene.recording, first.step, (first.name,), what, fix, wrong)


def _saved(scene: Scene, item: Stale) -> str:
    site = scene.recording.site(item.node.born)
    name = item.name or "a tensor"
    return (
        f"{harmless(item.node.name)} of {one_line(site.source)} in line {site.line} saved {name} at version "
        f"{item.saved_version} for backward."
    )


def _written(scene: Scene, item: Stale, call: Step) -> str:
    number = _teller(scene, item.step)
    return (
        f"{said(scene.recording, number)} then wrote into it. {item.name or 'It'} is at version {item.version} now, "
        f"and {one_line(call.site.source)} would compute with the wrong numbers."
    )


def _teller(scene: Scene, step: int) -> int:
    """The step to speak of: the call of the program, for what happened inside it."""
    return outermost(scene.recording, step)


def _view(scene: Scene, item: Stale) -> str:
    """What torch means by a name that nobody wrote."""
    if "AsStrided" not in scene.text and "TBackward" not in scene.text:
        return ""
    return f'torch calls it "output 0 of AsStrided": a view of {item.name}, which the layer multiplies with.'


def _others(found: list[Stale]) -> str:
    names = list(dict.fromkeys(item.name for item in found[1:] if item.name and item.name != found[0].name))
    if not names:
        return ""
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"The same holds for {', '.join(names[:3])}{rest}."


def _ways(scene: Scene, moment: Moment, item: Stale, call: Step) -> tuple[str, str]:
    """What helps and what does not, by what it was that wrote."""
    recording = scene.recording
    outer = recording.step(_teller(scene, item.step))
    name = item.name or "it"
    made = recording.site(item.node.born)
    record = moment.tensor(item.tensor)
    is_parameter = any(
        other.meta.requires_grad and other.meta.is_leaf and record is not None and other.storage == record.storage
        for other in moment.after.tensors.values()
        if not other.freed
    )
    if is_parameter:
        update = one_line(outer.site.source)
        fix = (
            f"compute the forward pass of line {made.line} again after {update}, with the new {name}. Or call "
            f"{one_line(call.site.source)} before {update}; its gradients are added to those that are there, then."
        )
        return fix, f"retain_graph=True keeps the graph, but not the old numbers of {name}."
    hidden = (
        f"{name}.data hides the write from this check. Then backward runs, and the gradient is wrong."
        if name.isidentifier()
        else ""
    )
    return _out_of_place(outer, recording.site(item.step), name), hidden


def _out_of_place(outer: Step, inner: Site, name: str) -> str:
    line = outer.site.line
    if outer.kind is Kind.CALL and inner.source == outer.site.source:
        return f"use the form of {one_line(outer.site.source)} in line {line} that makes a new tensor (inplace=False)."
    tree = parsed(outer.site.source)
    statement = tree.body[0] if isinstance(tree, ast.Module) and tree.body else None
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        sign = _SIGNS.get(type(statement.op))
        if sign is not None:
            text = f"{statement.target.id} = {statement.target.id} {sign} {ast.unparse(statement.value)}"
            return f"write {text} in line {line}. That makes a new tensor, and the saved one stays as it was."
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and tree.func.attr.endswith("_"):
        plain = f"{ast.unparse(tree.func.value)}.{tree.func.attr[:-1]}({', '.join(map(ast.unparse, tree.args))})"
        if isinstance(tree.func.value, ast.Name):
            plain = f"{tree.func.value.id} = {plain}"
            return f"write {plain} in line {line}. That makes a new tensor, and the saved one stays as it was."
    if any(keyword in outer.site.source for keyword in ("inplace=True", "relu_")):
        return f"leave inplace=True out in line {line}. Then the result is a new tensor."
    if name.isidentifier():
        return f"write into a copy: {name} = {name}.clone() before line {line}. The saved tensor stays as it was."
    return f"make a new tensor in line {line} instead of writing into this one."


def past_the_counter(moment: Moment) -> Cause | None:
    """A node used something that was written to through ``.data`` or numpy, which nothing counted: no error, a wrong
    gradient."""
    step = moment.step
    assert step is not None
    node = moment.before.nodes.get(step.detail[0])
    for item in node.saved if node is not None else ():
        record = moment.before.tensors.get(item.tensor) if item.tensor is not None else None
        if node is None or record is None or not record.storage or item.tensor is None:
            continue
        if record.freed or record.version != item.version:
            continue
        written = [write.step for write in writes(moment.recording, record.storage, moment.number)]
        own = outermost(moment.recording, node.born)
        late = [
            step
            for step in written
            # A library that writes and takes it back, as gradcheck does, knows what it does.
            if node.born < step < moment.number and outermost(moment.recording, step) != own
        ]
        if late:
            then = moment.recording.state(node.born).tensors.get(item.tensor)
            if then is not None and then.content != record.content:
                return _silent(moment, item.tensor, late[0], harmless(node.name))
    return None


def _silent(moment: Moment, tensor: int, written: int, node: str) -> Cause:
    recording = moment.recording
    name = name_of(moment, tensor)
    what = [
        f"{node} computes with {name} as it is now. {said(recording, outermost(recording, written))} wrote into it "
        f"after it was saved, and past the version counter, so backward cannot notice. This gradient is wrong."
    ]
    fix = f"do not write into {name} between the forward pass and backward; make a new tensor."
    return Cause.at(recording, written, (name,), what, fix)
