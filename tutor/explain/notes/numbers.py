"""Numbers that are not finite: the operation that made the first of them out of finite ones."""

from __future__ import annotations

import math
from array import array
from typing import Any, Final

from tutor.explain.errors import cause
from tutor.explain.forecast import call_of
from tutor.explain.look import tensors_in
from tutor.explain.notes.world import World
from tutor.plain.format import number
from tutor.recording.format import Change, Kind
from tutor.recording.model import Content, Meta
from tutor.recording.moment import Moment
from tutor.recording.values import numbers

_LONGEST: Final = 2000
"""Operations to go back through."""

_CODES: Final = {"float32": "f", "float64": "d"}


class Numbers:
    """Looks for nan and infinity where backward begins and where it ends.

    Args:
        world: The program.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._call = 0
        """The backward call in which nothing more is said."""
        self._lines: set[int] = set()
        """Lines of backward calls of which it was said; what comes later is a consequence."""

    # In the loss

    def called(self) -> None:
        """A backward call is about to begin."""
        world = self._world
        for root in call_of(world.step).roots:
            record = world.state.tensors.get(root)
            if record is None or is_finite(record.meta, record.content):
                continue
            self._call = world.step.number
            found = self._first(root) if world.step.site.line not in self._lines else None
            if found is not None:
                self._lines.add(world.step.site.line)
                self._tell(root, *found)

    def _first(self, root: int) -> tuple[int, int] | None:
        """The earliest operation on the way to a tensor that made such numbers of finite ones, and its result."""
        recording = self._world.recording
        waiting, seen = [root], {root}
        found: tuple[int, int] | None = None
        while waiting and len(seen) < _LONGEST:
            tensor = waiting.pop()
            born = recording.index.tensors.get(tensor)
            if not born or recording.kind(born) not in (Kind.OPERATION, Kind.INNER):
                continue
            step = recording.step(born)
            inputs = [item for item in tensors_in((step.detail or [[]])[0]) if item != tensor]
            bad = [item for item in inputs if not self._was_finite(item)]
            if inputs and not bad and (found is None or born < found[0]):
                found = born, tensor
            for item in bad:
                if item not in seen:
                    seen.add(item)
                    waiting.append(item)
        return found

    def _was_finite(self, tensor: int) -> bool:
        """Whether a tensor held finite numbers: now if it is still there, else when it was made."""
        record = self._world.state.tensors.get(tensor)
        if record is not None:
            return is_finite(record.meta, record.content)
        born = self._world.recording.index.tensors.get(tensor)
        metas = self._world.recording.tables.metas
        for change in self._world.recording.step(born).changes if born else ():
            if change[0] == Change.TENSOR and change[1] == tensor:
                return is_finite(metas[change[2]], change[7])
        return True

    def _tell(self, root: int, step: int, tensor: int) -> None:
        world = self._world
        made, loss = world.recording.step(step), world.label(root)
        result, given = self._numbers(made, tensor)
        source = world.source(step)
        of = f" of {given}" if given else ""
        what = f"{source} made {result}{of}, the first number on the way to {loss} that is not finite."
        why = f"{loss} and every gradient that comes of it are not finite either, and an update spreads them."
        names = tuple(world.label(item) for item in tensors_in(made.detail[0][:1]) if world.names(item))
        world.say("not-a-number", world.outer(step), names or (loss,), what, why, world.step.number)

    def _numbers(self, step: Any, tensor: int) -> tuple[str, str]:
        """The first such number of a result, and the number that it came of, where that is clear."""
        metas = self._world.recording.tables.metas
        contents = {change[1]: (metas[change[2]], change[7]) for change in step.changes if change[0] == Change.TENSOR}
        values = _flat(*contents[tensor]) if tensor in contents else []
        place = next((place for place, value in enumerate(values) if not math.isfinite(value)), None)
        if place is None:
            return "a number that is not finite", ""
        given = ""
        inputs = [item for item in step.detail[0] if item is not None]
        if len(inputs) == 1 and isinstance(inputs[0], int):
            record = self._world.state.tensors.get(inputs[0])
            flat = _flat(record.meta, record.content) if record is not None else []
            given = number(flat[place]) if len(flat) == len(values) else ""
        return number(values[place]), given

    # In gradients

    def arrived(self) -> None:
        """Backward is about to put a gradient into a ``.grad``."""
        world = self._world
        tensor, _, contribution, *_ = world.step.detail
        if contribution is None or world.step.parent == self._call:
            return
        if is_finite(world.recording.tables.metas[contribution[0]], contribution[1]):
            return
        self._call = world.step.parent
        if world.step.site.line in self._lines:
            return
        self._lines.add(world.step.site.line)
        found = cause(Moment.of(world.recording, world.step.number))
        if found is None:
            return
        name = world.label(tensor)
        what = f"The gradient of {name} is not finite: {'; '.join(map(_part, found.what[:2]))}."
        why = f"An update with it makes {name} nan or infinite. What helps: {found.fix}"
        world.say("not-a-number", world.outer(world.step.parent), (name,), what, why, found.step)


def is_finite(meta: Meta, content: Content) -> bool:
    """Whether a value has neither nan nor infinity in it, as far as it is known."""
    if isinstance(content, dict):
        return not content.get("nan") and not content.get("inf")
    code = _CODES.get(meta.dtype)
    if content is None or (code is None and not meta.dtype.endswith("float16")):
        return True
    if code is None:
        return all(map(math.isfinite, _flat(meta, content)))
    values = array(code)
    if len(content) % values.itemsize:
        return True
    values.frombytes(content)
    # A sum is cheaper, and infinite or nan if one of its parts is; it can also be too large itself.
    return math.isfinite(sum(values)) or all(map(math.isfinite, values))


def _part(sentence: str) -> str:
    """A sentence as a part of another one."""
    return sentence.removesuffix(".").replace("Where ", "where ", 1)


def _flat(meta: Meta, content: Content) -> list[float]:
    if not isinstance(content, bytes) or meta.dtype.startswith("complex"):
        return []
    try:
        return numbers(meta.dtype, content)
    except ValueError:
        return []
