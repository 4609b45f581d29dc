"""A gradient with a graph in a ``.grad``: each keeps the other alive."""

from __future__ import annotations

from tutor.explain.errors.cause import Cause
from tutor.explain.errors.scene import Scene, said
from tutor.explain.forecast import Call, call_of, running
from tutor.recording.state import State


def reference_cycle(scene: Scene) -> Cause | None:
    """``Using backward() with create_graph=True will create a reference cycle``."""
    call = scene.call
    if call is None:
        return None
    asked = call_of(call)
    state = scene.recording.state(call.number)
    leaves = _leaves(state, asked)
    names = [scene.name(leaf) for leaf in leaves[:3]]
    first = names[0] if names else "the leaf"
    what = [
        f"{said(scene.recording, call.number)} gives {first}.grad a graph of its own, and that graph leads back to "
        f"{first}.",
        "Each keeps the other alive, so neither is freed while the program runs.",
    ]
    root = scene.name(asked.roots[0]) if asked.roots else "loss"
    fix = (
        f"ask for the gradient itself: torch.autograd.grad({root}, {first}, create_graph=True). Or set "
        f"{first}.grad = None once it was used."
    )
    return Cause.at(scene.recording, call.number, (first, *names[1:]), what, fix)


def _leaves(state: State, call: Call) -> list[int]:
    found = []
    for id in sorted(running(state, call)):
        found += [edge.leaf for edge in state.nodes[id].edges if edge is not None and edge.leaf is not None]
    return list(dict.fromkeys(found))
