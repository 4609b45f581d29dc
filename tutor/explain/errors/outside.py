"""Ways out of the graph: numpy, Python numbers, ``torch.tensor`` of a tensor."""

from __future__ import annotations

import ast

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene
from tutor.recording.model import TensorRecord


def no_numpy(scene: Scene) -> Cause | None:
    """``Can't call numpy() on Tensor that requires grad``."""
    record = _requiring(scene)
    if record is None:
        return None
    name = scene.name(record.id)
    what = [
        f"{name} requires grad: {_why(scene, record)}.",
        "numpy knows no graph, so what is computed there would be lost to backward. torch wants that said aloud.",
    ]
    fix = (
        f"{_in_brackets(name)}.detach().numpy() in line {scene.line}: the same memory, outside the graph. "
        f"A write into the array still changes {name}."
    )
    wrong = "torch.no_grad() around it changes nothing: it is the tensor that requires grad."
    return Cause.at(scene.recording, scene.step.number, (name,), what, fix, wrong)


def to_number(scene: Scene) -> Cause | None:
    """``Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior``."""
    record = _requiring(scene)
    if record is None:
        return None
    name = scene.name(record.id)
    what = [
        f"{scene.source} makes a plain Python number of {name}, which requires grad.",
        "A number has no grad_fn: nothing that is computed from it sends a gradient back.",
    ]
    fix = (
        f"say that it is meant in line {scene.line}: {_in_brackets(name)}.item(). To stay in the graph, use torch's "
        f"functions."
    )
    return Cause.at(scene.recording, scene.step.number, (name,), what, fix)


def copied(scene: Scene) -> Cause | None:
    """``To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone()``."""
    records = scene.records()
    if not records:
        return None
    record = next((found for found in records if found.meta.requires_grad), records[0])
    name = scene.name(record.id)
    what = [
        f"{scene.source} makes a new tensor with the numbers of {name}.",
        f"The link is lost: no gradient goes back to {name}." if record.meta.requires_grad else "",
    ]
    fix = (
        f"in line {scene.line} {_in_brackets(name)}.clone() keeps the link, {_in_brackets(name)}.detach().clone() says "
        f"that none is wanted."
    )
    return Cause.at(scene.recording, scene.step.number, (name,), what, fix)


def _requiring(scene: Scene) -> TensorRecord | None:
    return next((record for record in scene.records() if record.meta.requires_grad), None)


def _why(scene: Scene, record: TensorRecord) -> str:
    born = scene.birth(record.id)
    line = scene.recording.site(born).line if born else 0
    if record.node is None:
        return f"it is a leaf made in line {line}" if line else "it is a leaf"
    return f"it was computed in line {line} from something that does"


def _in_brackets(name: str) -> str:
    try:
        tree = ast.parse(name, mode="eval").body
    except (SyntaxError, ValueError):
        return name
    return f"({name})" if isinstance(tree, ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp) else name
