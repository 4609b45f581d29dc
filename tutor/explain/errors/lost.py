"""There is no graph where one is needed: backward, a hook or ``retain_grad()`` on what does not require grad."""

from __future__ import annotations

import ast
from typing import Final

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import (
    Scene,
    binding,
    block_of,
    name_of,
    one_line,
    parsed,
    place,
    said,
    statement_at,
    switched_off_by,
)
from tutor.explain.forecast import call_of, outermost
from tutor.explain.look import tensors_in
from tutor.explain.say import listed
from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.index import NameKey
from tutor.recording.model import Step
from tutor.recording.moment import Moment, is_backward
from tutor.recording.queries.lost import Cause as Why
from tutor.recording.queries.lost import Lost, where_lost

_ORIGINS: Final = 300
"""Tensors to go back through to those that nothing was computed for."""

_NUMBERS: Final = ("item", "tolist", "numpy")
_MAKING: Final = ("tensor", "as_tensor", "asarray", "from_numpy", "new_tensor", "FloatTensor", "Tensor")


def no_graph(scene: Scene) -> Cause | None:
    """``element 0 of tensors does not require grad and does not have a grad_fn``."""
    if scene.call is None:
        return None
    roots = call_of(scene.call).roots
    root = next((id for id in roots if (found := scene.record(id)) is not None and not found.meta.requires_grad), None)
    if root is None:
        return None
    name = scene.name(root)
    opening = f"{name} does not require grad and has no grad_fn, so there is no graph for backward to go through."
    wrong = (
        f"{name}.requires_grad = True silences the error and nothing more. {name} is a leaf of its own then, and no "
        f"gradient reaches what it was computed from."
    )
    return _cause(scene, root, opening, wrong if name.isidentifier() else "")


def no_hook(scene: Scene) -> Cause | None:
    """``cannot register a hook on a tensor that doesn't require gradient``, and the same for ``retain_grad()``."""
    tensor = _called_on(scene)
    record = scene.record(tensor) if tensor is not None else None
    if tensor is None or record is None or record.meta.requires_grad:
        return None
    name = scene.name(tensor)
    use = "keep" if "retain_grad" in scene.text else "call the hook with"
    opening = f"{name} does not require grad, so backward will never have a gradient of it to {use}."
    return _cause(scene, tensor, opening, "")


def _called_on(scene: Scene) -> int | None:
    for part in scene.parts():
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            return scene.tensor(part.func.value)
    return None


# The point where it was lost


def _cause(scene: Scene, tensor: int, opening: str, wrong: str) -> Cause | None:
    lost = where_lost(scene.recording, tensor, scene.step.number - 1)
    if lost is None:
        return None
    if lost.cause in (Why.NO_INPUT, Why.NEW_TENSOR) and lost.source is None:
        return _never(scene, tensor, opening, wrong)
    return _Lost(scene, tensor, lost, opening, wrong).cause()


class _Lost:
    """A step that made something without requires_grad of something with it."""

    def __init__(self, scene: Scene, tensor: int, lost: Lost, opening: str, wrong: str) -> None:
        recording = scene.recording
        self.scene, self.lost, self.opening, self.wrong = scene, lost, opening, wrong
        self.root = scene.name(tensor)
        self.moment = Moment.of(recording, lost.step)
        step = self.moment.step
        assert step is not None
        self.step: Step = step
        self.site = step.site
        self.here = said(recording, lost.step)
        self.source = name_of(self.moment, lost.source) if lost.source is not None else ""
        self.bound = binding(recording, lost.step, lost.tensor)

    def cause(self) -> Cause:
        what, fix, wrong = _TOLD[self.lost.cause](self)
        names = [self.bound, self.source, self.root]
        if self.lost.cause in (Why.CREATE_GRAPH, Why.SWITCHED_OFF):
            names.insert(0, self.root)
        return Cause.at(
            self.scene.recording, self.lost.step, tuple(names), [self.opening, what], fix, wrong or self.wrong
        )

    # In each of these: what happened, what helps, and what does not where that is special.

    def detached(self) -> tuple[str, str, str]:
        """``detach()``, ``.data``."""
        way = ".data" if self.site.name == "data" else f"{self.site.name}()"
        what = (
            f"It was lost at {self.here}: {self.source} requires grad, but what {way} gives is cut off from the graph."
        )
        return what, f"leave {way} out in line {self.site.line}, where the gradient has to go through.", ""

    def grad_off(self) -> tuple[str, str, str]:
        """``no_grad``, and the name of a leaf given to a new tensor in it."""
        block = block_of(self.scene.recording, self.lost.step)
        by = self._by(block)
        name = self.source
        if name and self.bound == name:
            what = (
                f"It was lost at {self.here}. Grad was off there{by}. So {name} is another tensor since then, one "
                f"that does not require grad. The leaf that did has no name any more."
            )
            return what, self._in_place(name), ""
        function, decorator = ("", "") if block else switched_off_by(self.scene.recording, self.site.line)
        if decorator:
            what = f"It was lost at {self.here}: {name} requires grad, but {decorator} runs {function}() with grad off."
            return what, f"call {function}() without {decorator} where the result is learned from.", ""
        what = f"It was lost at {self.here}: {name} requires grad, but grad was off there{by}."
        return what, f"run line {self.site.line} with grad on, outside of the block that switches it off.", ""

    def _by(self, block: int) -> str:
        """Where grad had been switched off."""
        recording = self.scene.recording
        return f", in the block of {place(recording, block)}: {one_line(recording.site(block).source)}" if block else ""

    def _in_place(self, name: str) -> str:
        statement = statement_at(self.scene.recording, self.site.line)
        value = statement.value if isinstance(statement, ast.Assign) else None
        if isinstance(value, ast.BinOp) and ast.unparse(value.left) == name and isinstance(value.op, ast.Sub | ast.Add):
            sign = "-=" if isinstance(value.op, ast.Sub) else "+="
            return (
                f"write {name} {sign} {ast.unparse(value.right)} in line {self.site.line}: that changes the leaf "
                f"itself, and {name} stays the same tensor."
            )
        return f"change {name} in place in line {self.site.line}, so that it stays the same leaf: {name}.copy_(…)."

    def inference(self) -> tuple[str, str, str]:
        """``inference_mode``."""
        block = block_of(self.scene.recording, self.lost.step)
        by = self._by(block)
        what = f"It was lost at {self.here}: {self.source} requires grad, but inference_mode was on there{by}."
        return what, f"run line {self.site.line} outside of inference_mode.", ""

    def without_slope(self) -> tuple[str, str, str]:
        """``argmax``, comparisons, integers."""
        record = self.moment.after.tensors.get(self.lost.tensor)
        dtype = record.meta.dtype if record is not None else "not floating"
        what = (
            f"It was lost at {self.here}: {self.site.name} gives {dtype}, which moves in jumps. It has no slope, so "
            f"no gradient can go back to {self.source}."
        )
        fix = (
            f"use something with a slope in line {self.site.line}: for classes cross_entropy of the scores, for yes "
            f"or no their sigmoid. Keep {self.site.name} for counting."
        )
        return (
            what,
            fix,
            f"turning the result back into floats (.float()) does not bring the slope of {self.source} back.",
        )

    def copied(self) -> tuple[str, str, str]:
        """``torch.tensor(x)``."""
        what = f"It was lost at {self.here}: a new tensor with the numbers of {self.source}, and no link back to it."
        return what, f"use {self.source} itself in line {self.site.line}, or {self.source}.clone().", ""

    def switched_off(self) -> tuple[str, str, str]:
        """``requires_grad_(False)``, ``detach_()``."""
        # At that moment a part of a model has no name yet.
        named = self.scene.state.names_of(self.lost.tensor)
        name = harmless(named[0]) if named else name_of(self.moment, self.lost.tensor)
        what = f"It was lost at {self.here}: since then {name} does not require grad."
        return what, f"switch it on again before the forward pass: {name}.requires_grad_().", ""

    def gradient(self) -> tuple[str, str, str]:
        """A gradient that was computed without ``create_graph``."""
        number = outermost(self.scene.recording, self.lost.step)
        self.lost = self.lost._replace(step=number)
        return _of_gradient(self.scene, self.root, number)


def _of_gradient(scene: Scene, name: str, call: int) -> tuple[str, str, str]:
    """A gradient that a call computed without ``create_graph``."""
    site = scene.recording.site(call)
    what = (
        f"{name} is a gradient. {said(scene.recording, call)} computed it without recording how, so there is no way "
        f"back from it."
    )
    text = one_line(site.source)
    wanted = f"{text[:-1]}{'' if text.endswith('()') else ', '}create_graph=True)" if text.endswith(")") else ""
    fix = f"ask for a graph of the gradient in line {site.line}: {wanted or 'create_graph=True'}."
    return what, fix, "retain_graph=True keeps the old graph. It does not make one of the gradient."


_TOLD: Final = {
    Why.DETACH: _Lost.detached,
    Why.NO_GRAD: _Lost.grad_off,
    Why.INFERENCE_MODE: _Lost.inference,
    Why.NOT_DIFFERENTIABLE: _Lost.without_slope,
    Why.NEW_TENSOR: _Lost.copied,
    Why.SWITCHED_OFF: _Lost.switched_off,
    Why.CREATE_GRAPH: _Lost.gradient,
    Why.NO_INPUT: _Lost.copied,
}


# It never was there


def _never(scene: Scene, tensor: int, opening: str, wrong: str) -> Cause:
    """Nothing that it was computed from required grad: numbers that were wrapped again, or no leaf at all."""
    recording = scene.recording
    origins = _origins(scene, tensor)
    for origin in origins:
        call = _gradient_call(scene, origin)
        if call:
            name = _bound_name(scene, origin) or scene.name(origin)
            what, fix, useless = _of_gradient(scene, name, call)
            return Cause.at(recording, call, (name, scene.name(tensor)), [opening, what], fix, useless)
        number = _read_out(scene, origin)
        if number:
            made = said(recording, scene.birth(origin))
            taken = f" {said(recording, number)} took them out of the graph."
            from_here = "" if number == scene.birth(origin) else taken
            what = (
                f"It comes from {made}, a new tensor made of plain numbers.{from_here} Numbers know nothing of what "
                f"they were computed from."
            )
            line = recording.site(scene.birth(origin)).line
            instead = _instead(recording.site(scene.birth(origin)).source)
            fix = f"stay with tensors in line {line}{f': {instead}' if instead else ', without going through numbers'}."
            names_of = (_bound_name(scene, origin), *_read_names(recording.site(number).source), scene.name(tensor))
            return Cause.at(recording, scene.birth(origin), names_of, [opening, what], fix, wrong)
    named = [(id, _bound_name(scene, id)) for id in [*_parameters(scene, origins), *origins]]
    named = list(dict(named).items())
    first = next((id for id, name in named if name), origins[0] if origins else tensor)
    names = [name for _, name in named if name][:4]
    born = scene.birth(first)
    line = recording.site(born).line
    if first == tensor or not names:
        what = f"{said(recording, born)} made it without requires_grad=True."
        fix = f"ask for it in line {line}, if it is to be learned: requires_grad=True."
        return Cause.at(recording, born, (*names, scene.name(tensor)), [opening, what], fix, wrong)
    made = said(recording, born)
    what = f"It was computed from {listed(names)}, and none of them requires grad."
    fix = f"say which are to be learned where they are made: requires_grad=True, for {names[0]} in line {line}."
    if len(names) == 1:
        what = f"It was computed from {names[0]}, and {names[0]} does not require grad: {made} did not ask for it."
        fix = f"ask for it where {names[0]} is made, if it is to be learned: requires_grad=True in line {line}."
    return Cause.at(recording, born, (*names, scene.name(tensor)), [opening, what], fix, wrong)


def _parameters(scene: Scene, origins: list[int]) -> list[int]:
    """Those among some tensors that are parameters, in the order in which they were made."""
    kinds = {id: record.meta.type for id in origins if (record := scene.record(id)) is not None}
    return sorted((id for id, kind in kinds.items() if kind == "Parameter"), key=lambda id: (scene.birth(id), id))


def _gradient_call(scene: Scene, tensor: int) -> int:
    """The call whose result a tensor is, where that is a gradient: ``(g,) = torch.autograd.grad(y, x)``."""
    recording, born = scene.recording, scene.birth(tensor)
    if born < 2 or recording.kind(born) in (Kind.INNER, Kind.CALL):
        return 0
    call = outermost(recording, born - 1)
    same = recording.site(call).line == recording.site(born).line
    return call if same and is_backward(recording.site(call).name) else 0


def _instead(source: str) -> str:
    """What stays in the graph: ``torch.stack(losses)`` for ``torch.tensor([loss.item() for loss in losses])``."""
    tree = parsed(source)
    given = tree.args[0] if isinstance(tree, ast.Call) and tree.args else None
    if isinstance(given, ast.ListComp) and len(given.generators) == 1:
        over = given.generators[0]
        whole = _read_from(given.elt)
        if whole == ast.unparse(over.target):
            return f"torch.stack({ast.unparse(over.iter)})"
        return f"torch.stack([{whole} for {ast.unparse(over.target)} in {ast.unparse(over.iter)}])" if whole else ""
    if isinstance(given, ast.List):
        parts = [_read_from(item) for item in given.elts]
        return f"torch.stack([{', '.join(parts)}])" if parts and all(parts) else ""
    return f"{_read_from(given)} itself" if given is not None and _read_from(given) else ""


def _read_from(part: ast.expr) -> str:
    """``loss`` of ``loss.item()``, empty for anything else."""
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in _NUMBERS:
        owner = part.func.value
        detached = isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute) and owner.func.attr == "detach"
        return ast.unparse(owner.func.value if detached else owner)  # type: ignore[attr-defined]
    return ""


def _read_names(source: str) -> list[str]:
    """The names that numbers were taken out of."""
    tree = parsed(source)
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.expr)] if tree is not None else []
    return [name for part in parts if (name := _read_from(part))]


def _origins(scene: Scene, tensor: int) -> list[int]:
    """The tensors that a tensor was computed from and that were computed from none, the newest first."""
    recording = scene.recording
    found, waiting, seen = [], [tensor], {tensor}
    while waiting and len(seen) < _ORIGINS:
        id = waiting.pop(0)
        number = scene.birth(id)
        step = recording.step(number) if number else None
        inputs: list[int] = []
        if step is not None and step.kind in (Kind.OPERATION, Kind.INNER) and step.detail is not None:
            rest = step.detail[2] if len(step.detail) > 2 and step.detail[2] else {}
            inputs = [
                source
                for source in tensors_in([*step.detail[0], *rest.values()])
                if 0 < scene.birth(source) < number and source != id
            ]
        if not inputs:
            found.append(id)
        waiting += [source for source in inputs if source not in seen]
        seen.update(inputs)
    return sorted(found, key=scene.birth, reverse=True)


def _bound_name(scene: Scene, tensor: int) -> str:
    names = scene.state.names_of(tensor)
    return names[0] if names else binding(scene.recording, scene.birth(tensor), tensor)


def _read_out(scene: Scene, tensor: int) -> int:
    """The step that turned tensors into the plain numbers that a tensor was made of, 0 where it was not made so."""
    recording = scene.recording
    born = scene.birth(tensor)
    if not born or recording.site(born).name.rpartition(".")[2] not in _MAKING:
        return 0
    site = recording.site(born)
    if _reads(scene, site.source):
        return born
    tree = parsed(site.source)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Name):
            number = recording.previous_change(NameKey(site.function, node.id), born)
            if number and _reads(scene, recording.site(number).source):
                return number
    return 0


def _reads(scene: Scene, source: str) -> bool:
    """Whether an expression takes numbers out of a tensor."""
    tree = parsed(source)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _NUMBERS:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "int"):
            return any(scene.tensor(argument) is not None for argument in node.args)
    return False
