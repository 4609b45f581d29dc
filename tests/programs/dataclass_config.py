"""Dataclasses: defaults, frozen, ordered, with tensors as fields and post-init."""

from dataclasses import asdict, dataclass, field, replace

import torch


@dataclass(frozen=True)
class Config:
    rate: float = 0.1
    turns: int = 3
    layers: tuple = (2, 1)


@dataclass
class State:
    w: torch.Tensor
    losses: list = field(default_factory=list)
    norm: float = field(init=False, default=0.0)

    def __post_init__(self):
        self.norm = self.w.norm().item()

    def step(self, config):
        loss = (self.w**2).sum()
        loss.backward()
        with torch.no_grad():
            self.w -= config.rate * self.w.grad
            self.w.grad = None
        self.losses.append(loss.item())
        self.__post_init__()


@dataclass(order=True)
class Trial:
    loss: float
    name: str = field(compare=False)


config = Config()
state = State(torch.tensor([3.0, 4.0], requires_grad=True))
for _ in range(config.turns):
    state.step(config)
print(state)
print(replace(config, rate=0.5), asdict(config), hash(config) == hash(Config()))
try:
    config.rate = 1.0
except AttributeError as error:
    print(type(error).__name__, error)
print(min(Trial(0.5, "a"), Trial(0.25, "b")))
try:
    State(torch.zeros(2)) == State(torch.zeros(2))
    print("equal or not, no error")
except RuntimeError as error:
    print(str(error)[:46])
