"""__slots__, properties with setters, cached properties and descriptors holding tensors."""

from functools import cached_property

import torch


class Weight:
    __slots__ = ("_value", "reads", "__weakref__")

    def __init__(self, value):
        self._value = torch.as_tensor(value, dtype=torch.float32)
        self.reads = 0

    @property
    def value(self):
        self.reads += 1
        return self._value

    @value.setter
    def value(self, new):
        if not torch.isfinite(torch.as_tensor(new)).all():
            raise ValueError("not finite")
        self._value = torch.as_tensor(new)

    @value.deleter
    def value(self):
        self._value = None


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        setattr(instance, self.name, torch.as_tensor(value).abs())


class Model:
    scale = Positive()

    def __init__(self, scale):
        self.scale = scale
        self.computed = 0

    @cached_property
    def table(self):
        self.computed += 1
        return torch.arange(3) * self.scale


w = Weight([1.0, 2.0])
w.value = w.value * 2
w.value += 1
print(w.value, w.reads)
for action in (lambda: setattr(w, "value", float("nan")), lambda: setattr(w, "other", 1)):
    try:
        action()
    except (ValueError, AttributeError) as error:
        print(type(error).__name__, error)
del w.value
print(w.value, w.reads, hasattr(w, "__dict__"))
m = Model(-2.0)
m.scale -= 5
print(m.scale, m.table, m.table is m.table, m.computed, type(Model.scale).__name__)
