"""A recording written by hand that every room of reading can be shown."""

from __future__ import annotations

from tests.recording.build import Builder, bind, grad, released, turn
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

X, GRADIENT = 1, 9
"""The tensors that live to the end."""


class Saved:
    """A recording that is complete, as a source."""

    running = False

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def pump(self, seconds: float | None = None) -> bool:
        """Nothing is ever new."""
        return False


def two_backward_calls() -> Builder:
    """``x.grad`` taken over as 6, then added to 12: twelve steps. Keep the builder as long as the recording."""
    build = Builder(header={"program": "hand.py", "torch": "2.13.0", "python": "3.11.7", "source": ""})
    build.step(3, "torch.tensor(3.0)", build.tensor(X, 3.0, requires_grad=True), bind("x", X), name="tensor",
               detail=[[["float", 3.0]], X, {"requires_grad": ["bool", True]}])  # fmt: skip
    one_turn(build, 1)
    one_turn(build, 2)
    build.step(7, "print(x.grad)", turn(4, 0), kind=Kind.OUTPUT, detail=["stdout", "tensor(12.)\n"])
    build.end()
    return build


def one_turn(build: Builder, number: int) -> None:
    """Five steps: the loop, the square, the call of backward, its node, its accumulation."""
    y = 1 + number
    build.step(4, "for turn in range(2):", turn(4, number), bind("turn", ["int", number - 1]), kind=Kind.STATEMENT,
               name="for")  # fmt: skip
    node = build.node(y, "PowBackward0", [[-1, X]], self=[-1, X, 0], exponent=["int", 2])
    build.step(5, "x**2", node, build.tensor(y, 9.0, node=y), bind("y", y), name="pow",
               detail=[[X, ["int", 2]], y, None])  # fmt: skip
    backward = build.step(6, "y.backward()", name="backward", detail=[[y], None, None])
    build.step(6, "y.backward()", released(y), kind=Kind.NODE, name="PowBackward0", parent=backward,
               detail=[y, [build.gradient(1.0)], [build.gradient(6.0)]])  # fmt: skip
    total = 6.0 * number
    old = build.gradient(total - 6.0) if number > 1 else None
    build.step(6, "y.backward()", build.tensor(GRADIENT, total, version=number - 1), grad(X, GRADIENT),
               kind=Kind.ACCUMULATE, name="AccumulateGrad", parent=backward,
               detail=[X, old, build.gradient(6.0), build.gradient(total), number == 1])  # fmt: skip
