"""Writing in place where autograd forbids it: into a leaf, a view of one, one of several views."""

from __future__ import annotations

import ast

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, one_line, said
from tutor.recording.format import Kind


def leaf_written(scene: Scene) -> Cause | None:
    """``a leaf Variable that requires grad is being used in an in-place operation``, also ``a view of a leaf``."""
    target = _written(scene)
    found = _leaf(scene, target) if target is not None else None
    if target is None or found is None:
        return None
    leaf, name = found, scene.name(found)
    written = ast.unparse(target)
    statement = _statement(scene)
    what = [f"{name} is a leaf that requires grad, and grad is on in line {scene.line}."]
    if written != name:
        what.append(f"{written} is a part of {name}: it shares its memory.")
    what.append(
        f"A write in place would become an operation on {name} itself, and then {name} would be no leaf any more: "
        f"backward could not put its gradient into {name}.grad."
    )
    fix = f"switch grad off for the update: with torch.no_grad(): {statement}."
    wrong = ""
    if isinstance(scene.statement, ast.AugAssign) and written == name and name.isidentifier():
        sign = {ast.Sub: "-", ast.Add: "+", ast.Mult: "*", ast.Div: "/"}.get(type(scene.statement.op), "-")
        wrong = (
            f"{name} = {name} {sign} {ast.unparse(scene.statement.value)} raises nothing here, but it makes another "
            f"tensor that is no leaf. Its .grad stays None."
        )
    return Cause.at(scene.recording, scene.step.number, (scene.name(leaf), written), what, fix, wrong)


def _statement(scene: Scene) -> str:
    return one_line(ast.unparse(scene.statement)) if scene.statement is not None else scene.source


def _written(scene: Scene) -> ast.expr | None:
    """What the statement writes into."""
    target = scene.target()
    if isinstance(scene.statement, ast.AugAssign) or isinstance(target, ast.Subscript):
        return target
    for part in scene.parts():
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr.endswith("_"):
            return part.func.value
    return None


def _leaf(scene: Scene, target: ast.expr) -> int | None:
    """The leaf that requires grad which a write goes into: itself, what it is a part of, or what it is a view of."""
    tensor = scene.tensor(target)
    while tensor is None and isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
        tensor = scene.tensor(target)
    record = scene.record(tensor) if tensor is not None else None
    if record is None:
        return None
    if record.meta.is_leaf and record.meta.requires_grad:
        return tensor
    for other in scene.state.tensors.values():
        if other.storage == record.storage and other.meta.is_leaf and other.meta.requires_grad and not other.freed:
            return other.id
    return None


def view_written(scene: Scene) -> Cause | None:
    """``Output 0 of Unbind is a view and is being modified inplace``."""
    target = _written(scene)
    tensor = scene.tensor(target) if target is not None else None
    if target is None or tensor is None:
        return None
    name = scene.name(tensor)
    born = scene.birth(tensor)
    made = scene.recording.step(born)
    source = made.detail[0][0] if made.kind in (Kind.OPERATION, Kind.INNER) and made.detail[0] else None
    whole = scene.name(source) if isinstance(source, int) else ""
    what = [
        f"{name} is one of several views that {said(scene.recording, born)} made in one go.",
        f"All of them share the memory{f' of {whole}' if whole else ''}, and a write into one would change the "
        f"history of the others, which one node stands for.",
    ]
    fix = f"make a new tensor instead of writing in line {scene.line}: {_plain(scene, target, name)}."
    return Cause.at(scene.recording, born, (name, whole), what, fix)


def _plain(scene: Scene, target: ast.expr, name: str) -> str:
    for part in scene.parts():
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.value is target:
            arguments = ", ".join(map(ast.unparse, part.args))
            return f"{name} = {name}.{part.func.attr.removesuffix('_')}({arguments})"
    return f"{name} = {name}.clone() first"
