"""Backward a second time through what an earlier backward call has freed."""

from __future__ import annotations

from typing import Final

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, binding, one_line, said
from tutor.explain.forecast import Stale, call_of, first_stale
from tutor.explain.look import result_of
from tutor.plain.format import harmless
from tutor.recording.model import Step
from tutor.recording.moment import Moment

_KEEPS: Final = "retain_graph=True"


def second_time(scene: Scene) -> Cause | None:
    """``Trying to backward through the graph a second time``."""
    call = scene.call
    if call is None:
        return None
    before = Moment.of(scene.recording, call.number)
    freed = first_stale(before, call_of(call))
    if freed is None or not freed.freed:
        return None
    return _Second(scene, call, before, freed).cause()


class _Second:
    """The call that failed, and what it found freed."""

    def __init__(self, scene: Scene, call: Step, before: Moment, freed: Stale) -> None:
        self.scene, self.call, self.before, self.freed = scene, call, before, freed
        self.recording = scene.recording
        self.earlier = freed.step
        self.node = freed.node
        self.site = self.recording.site(self.node.born)

    def cause(self) -> Cause:
        name = harmless(self.node.name)
        kept = f" had saved {self.freed.name}" if self.freed.name else " had saved what it needs"
        of = f"{name} of {one_line(self.site.source)} in line {self.site.line}{kept}."
        by = f" {said(self.recording, self.earlier)} used that and freed it." if self.earlier else ""
        fix, wrong, joined = self._ways()
        step = self.earlier or self.call.number
        root = [self.scene.name(id) for id in call_of(self.call).roots]
        again = f"{one_line(self.call.site.source)} in line {self.call.site.line} needs it again."
        what = [f"{of}{by}", joined or again]
        return Cause.at(self.recording, step, (*self._names(), *root), what, fix, wrong)

    def _names(self) -> tuple[str, ...]:
        made = result_of(self.before, self.node.id)
        carried = self._carried()[0] if self._is_of_earlier_turn(self._loop()) else ""
        return (carried, *(name for name in (made, self.freed.name) if name.isidentifier()))

    def _ways(self) -> tuple[str, str, str]:
        """What helps, what does not, and how this call came to the freed part: by the form of the program."""
        loop = self._loop()
        if loop and self._is_of_earlier_turn(loop):
            return self._recurrence(loop)
        if loop and not self._is_in(loop):
            return self._outside(loop)
        same = self.earlier and set(call_of(self.recording.step(self.earlier)).roots) & set(call_of(self.call).roots)
        if same:
            return self._again()
        losses = self._losses()
        fix = "add the losses, and call backward once"
        fix += f": ({' + '.join(losses)}).backward()." if len(losses) > 1 else "."
        fix += f" {_KEEPS} in the first call works too, and keeps everything saved until the last one."
        return fix, "", f"{one_line(self.call.site.source)} goes through the same part of the graph again."

    def _again(self) -> tuple[str, str, str]:
        """A second call that starts where the first did."""
        name, line = self.scene.name(call_of(self.call).roots[0]), self.call.site.line
        if not call_of(self.call).accumulates:
            fix = (
                f"ask for all gradients in one call: torch.autograd.grad({name}, [...]). Or compute {name} again first."
            )
            wrong = f"{_KEEPS} in the first call only silences the error where both ask for the same gradients."
            return fix, wrong, ""
        fix = (
            f"call backward once for each forward pass: compute {name} again before line {line}, or leave that line "
            f"out."
        )
        wrong = f"{_KEEPS} in the first call only silences the error: the same gradients are added a second time."
        return fix, wrong, ""

    def _losses(self) -> list[str]:
        steps = [self.recording.step(self.earlier)] if self.earlier else []
        roots = [id for step in [*steps, self.call] for id in call_of(step).roots]
        return [name for id in roots if (name := self.scene.name(id)).isidentifier()]

    # Loops

    def _loop(self) -> tuple[int, int]:
        """Line and turn of the innermost loop around the call; (0, 0) where there is none."""
        turns = self.before.after.turns()
        return turns[-1] if turns else (0, 0)

    def _turns_then(self) -> list[tuple[int, int]]:
        return self.recording.state(self.node.born).turns()

    def _is_of_earlier_turn(self, loop: tuple[int, int]) -> bool:
        return loop[0] > 0 and any(line == loop[0] and turn < loop[1] for line, turn in self._turns_then())

    def _is_in(self, loop: tuple[int, int]) -> bool:
        return not loop[0] or any(line == loop[0] for line, _ in self._turns_then())

    def _recurrence(self, loop: tuple[int, int]) -> tuple[str, str, str]:
        """What was made in an earlier turn is used in this one."""
        carried, at = self._carried()
        name = carried or "what is carried over"
        joined = (
            f"It was made in an earlier turn of the loop in line {loop[0]}. {name} carries the graph of that turn into "
            f"turn {loop[1]}{f', in line {at}' if at else ''}, so {one_line(self.call.site.source)} walks into it."
        )
        fix = (
            f"cut the graph between the turns: {carried} = {carried}.detach() at the beginning of each turn."
            if carried
            else "detach what is carried over at the beginning of each turn."
        )
        wrong = (
            f"{_KEEPS} keeps the graph of every turn: backward goes through all of them each time, slower in every "
            f"turn, with more and more memory."
        )
        return fix, wrong, joined

    def _carried(self) -> tuple[str, int]:
        """The name that links this turn to the last, and the line where it is used."""
        before, loop = self.before, self._loop()
        nodes = before.after.nodes
        waiting = [record.node for id in call_of(self.call).roots if (record := before.tensor(id)) is not None]
        seen = set(waiting)
        while waiting:
            node = nodes.get(waiting.pop() or 0)
            for edge in node.edges if node is not None else ():
                following = nodes.get(edge.node) if edge is not None and edge.node is not None else None
                if node is None or following is None or following.id in seen:
                    continue
                if following.released and not node.released and following.born < node.born:
                    return self._link(following.born, following.id), self.recording.site(node.born).line
                seen.add(following.id)
                waiting.append(following.id)
        return "", loop[0]

    def _link(self, born: int, node: int) -> str:
        """The name of the result of a node, when it was made."""
        for change in self.recording.step(born).changes:
            if change[0] == 0 and change[5] == node:
                name = binding(self.recording, born, change[1])
                if name:
                    return name
        return ""

    def _outside(self, loop: tuple[int, int]) -> tuple[str, str, str]:
        """What was made before the loop is used in every turn."""
        line = self.site.line
        name = result_of(self.before, self.node.id)
        what = name if name.isidentifier() else one_line(self.site.source)
        joined = f"It was made before the loop in line {loop[0]}, and every turn goes back through it."
        fix = f"compute {what} in every turn: move line {line} into the loop."
        wrong = f"{_KEEPS} lets it run, with the {what} of before the loop: what is learned since does not change it."
        return fix, wrong, joined
