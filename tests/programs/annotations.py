"""Annotations: future import, variable annotations, TypedDict, Protocol, Literal, hints read back."""

from __future__ import annotations

from typing import ClassVar, Generic, Literal, NamedTuple, Protocol, TypedDict, TypeVar, get_type_hints, overload

import torch
from torch import Tensor

T = TypeVar("T")
rate: float = 0.1
undefined_yet: Tensor
w: Tensor = torch.ones(2, requires_grad=True)


class Loss(Protocol):
    def __call__(self, prediction: Tensor, target: Tensor) -> Tensor: ...


class Batch(NamedTuple):
    x: Tensor
    t: Tensor = torch.zeros(2)


class Options(TypedDict, total=False):
    reduction: Literal["sum", "mean"]


class Box(Generic[T]):
    count: ClassVar[int] = 0

    def __init__(self, value: T) -> None:
        self.value: T = value


@overload
def squared(x: Tensor) -> Tensor: ...
@overload
def squared(x: float) -> float: ...
def squared(x):
    return x * x


def apply(loss: Loss, batch: Batch, **options: Options) -> Tensor:
    local: Tensor = loss(batch.x, batch.t)
    return local.sum() if options.get("reduction") == "sum" else local.mean()


batch = Batch(w * 3)
result = apply(lambda p, t: squared(p - t), batch, reduction="sum")
result.backward()
print(result, w.grad, squared(3.0), Box[Tensor](w).value is w, batch._fields)
print(__annotations__, apply.__annotations__["loss"], get_type_hints(Batch)["x"] is Tensor)
print("undefined_yet" in globals(), Box.__annotations__, Options.__total__)
