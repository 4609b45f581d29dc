"""A made-up training loop of any length: linear model, squared error, one parameter update by hand each turn."""

from __future__ import annotations

from typing import Any

from tutor.recording.format import Kind

from .build import Builder, bind, freed, grad, released, turn, whole

STEPS_EACH_TURN = 20
"""Steps of one turn of the loop."""

WEIGHT, BIAS, INPUTS, TARGETS = 1, 2, 3, 4
"""Tensors that live through the whole program."""


class Training:
    """Writes the program; ``turn`` after ``turn``."""

    def __init__(self, build: Builder) -> None:
        self.build = build
        self._tensors = 4
        self._nodes = 0
        self._turns = 0
        self._loss = 0
        self._gradients = [0, 0]
        build.step(1, "import torch", kind=Kind.STATEMENT)
        self._made(2, "w", WEIGHT, 1.0, requires_grad=True)
        self._made(3, "b", BIAS, 0.0, requires_grad=True)
        self._made(4, "x", INPUTS, *[1.0] * 8)
        self._made(5, "t", TARGETS, *[2.0] * 8)

    def _made(self, line: int, name: str, tensor: int, *values: float, requires_grad: bool = False) -> None:
        """A tensor that the program begins with."""
        build = self.build
        build.step(
            line,
            f"{name} = torch.ones({len(values)})",
            build.tensor(tensor, *values, requires_grad=requires_grad),
            bind(name, tensor),
            name="ones",
            detail=[[whole(len(values))], tensor, None],
        )

    def turn(self) -> None:
        """One turn of the loop."""
        build = self.build
        self._turns += 1
        named = bind("epoch", whole(self._turns))
        build.step(6, "for epoch in range(n):", turn(6, self._turns), named, kind=Kind.STATEMENT)
        old = self._loss
        loss = self._forward()
        if old:
            build.step(8, "loss.item()", freed(old), kind=Kind.STATEMENT)
        else:
            build.step(8, "loss.item()", kind=Kind.STATEMENT)
        self._loss = loss
        self._backward()
        self._update()
        build.step(13, "print(loss)", kind=Kind.OUTPUT, detail=["stdout", f"{self._turns}\n"])

    def _operation(self, source: str, name: str, inputs: list[Any], value: float, edges: list[Any], *after: Any) -> int:
        build = self.build
        self._tensors += 1
        self._nodes += 1
        saved = [-1, inputs[0], 0]
        build.step(
            7,
            source,
            build.node(self._nodes, f"{name.title()}Backward0", edges, self=saved),
            build.tensor(self._tensors, *[value] * 8, node=self._nodes),
            *after,
            name=name,
            detail=[inputs, self._tensors, None],
        )
        return self._tensors

    def _forward(self) -> int:
        node = self._nodes
        step = self._operation
        product = step("w * x", "mul", [WEIGHT, INPUTS], self._turns, [[-1, WEIGHT], None])
        total = step("w * x + b", "add", [product, BIAS], 1.0, [[node + 1, 0], [-1, BIAS]], freed(product))
        difference = step("(w * x + b) - t", "sub", [total, TARGETS], 1.0, [[node + 2, 0], None], freed(total))
        square = step("(...)**2", "pow", [difference, whole(2)], 1.0, [[node + 3, 0]], freed(difference))
        named = bind("loss", square + 1)
        return step("((...)**2).mean()", "mean", [square], 1.0, [[node + 4, 0]], freed(square), named)

    def _backward(self) -> None:
        build = self.build
        call = build.step(9, "loss.backward()", name="backward", detail=[[self._loss], None, None])
        gradient = build.gradient(*[0.5] * 8)
        for node in range(self._nodes, self._nodes - 5, -1):
            build.step(
                9,
                "loss.backward()",
                released(node),
                kind=Kind.NODE,
                name="MulBackward0",
                parent=call,
                detail=[node, [gradient], [gradient]],
            )
        for position, leaf in enumerate((WEIGHT, BIAS)):
            self._tensors += 1
            self._gradients[position] = self._tensors
            build.step(
                9,
                "loss.backward()",
                build.tensor(self._tensors, float(self._turns)),
                grad(leaf, self._tensors),
                kind=Kind.ACCUMULATE,
                name="AccumulateGrad",
                parent=call,
                detail=[leaf, None, build.gradient(1.0), build.gradient(1.0), True],
            )

    def _update(self) -> None:
        build = self.build
        for position, (leaf, name) in enumerate(((WEIGHT, "w"), (BIAS, "b"))):
            gradient = self._gradients[position]
            value = build.tensor(leaf, float(self._turns), version=self._turns, grad=gradient, requires_grad=True)
            build.step(11, f"{name} -= 0.1 * {name}.grad", value, flags=0, name="sub_", detail=[[leaf], leaf, None])
            build.step(12, f"{name}.grad = None", grad(leaf, None), freed(gradient), flags=0, kind=Kind.STATEMENT)


def train(build: Builder, turns: int) -> None:
    """Write a program of that many turns, its end not included."""
    program = Training(build)
    for _ in range(turns):
        program.turn()
