"""A metaclass, __init_subclass__, __class_getitem__, __call__ of a class, type() with three arguments."""

import torch


class Registry(type):
    classes = {}

    def __new__(meta, name, bases, body, **options):
        cls = super().__new__(meta, name, bases, body)
        meta.classes[name] = options
        return cls

    def __init__(cls, name, bases, body, **options):
        super().__init__(name, bases, body)

    def __call__(cls, *args):
        made = super().__call__(*args)
        made.created_by = cls.__name__
        return made

    def __len__(cls):
        return 42


class Base(metaclass=Registry):
    pass


class Op(Base, arity=2):
    subclasses = []

    def __init_subclass__(cls, scale=1.0, **options):
        super().__init_subclass__(**options)
        cls.scale = torch.tensor(scale)
        Op.subclasses.append(cls.__name__)

    def __class_getitem__(cls, n):
        return [cls() for _ in range(n)]


class Twice(Op, scale=2.0):
    def __call__(self, x):
        return self.scale * x


x = torch.tensor(3.0, requires_grad=True)
y = x
for op in Twice[3]:
    y = op(y)
y.backward()
print(y.item(), x.grad, Op.subclasses, Registry.classes, len(Twice), Twice().created_by)
Made = type("Made", (torch.nn.Module,), {"forward": lambda self, x: x + 1})
print(Made()(torch.ones(1)), Made.__module__, Made.__mro__[1].__name__)
