"""What sort of value something is, told from its type alone.

``isinstance`` would ask the value itself (``__class__``), and so run code of a class that the program defines.
"""

from __future__ import annotations

import itertools
import types
from enum import Enum
from typing import Any

import numpy as np
import torch


class Sort(Enum):
    """How a value is looked at."""

    SCALAR = 0
    """None, bool, int, float, str: copied."""
    TENSOR = 1
    IGNORED = 2
    """Modules, functions and classes: no values of interest."""
    ARRAY = 3
    NUMBER = 4
    """numpy's scalars."""
    SEQUENCE = 5
    """Lists, tuples, sets, and subclasses of them."""
    MAPPING = 6
    """Dictionaries and subclasses of them."""
    MODULE = 7
    OPTIMIZER = 8
    OBJECT = 9
    """Instances of the program's own classes."""
    OTHER = 10


_SORTS: list[tuple[tuple[type, ...], Sort]] = [
    ((torch.Tensor,), Sort.TENSOR),
    ((types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type), Sort.IGNORED),
    ((np.ndarray,), Sort.ARRAY),
    ((np.generic,), Sort.NUMBER),
    ((torch.nn.Module,), Sort.MODULE),
    ((torch.optim.Optimizer,), Sort.OPTIMIZER),
]
_known: dict[type, Sort] = dict.fromkeys((int, float, bool, str, type(None)), Sort.SCALAR)
_CONTAINERS = (list, tuple, set, frozenset)


mro_of: Any = type.__dict__["__mro__"].__get__
"""The classes that a class inherits from, itself first, without asking its metaclass."""

name_of: Any = type.__dict__["__name__"].__get__
"""The name of a class, without asking its metaclass."""

class_dict_of: Any = type.__dict__["__dict__"].__get__
"""The attributes of a class itself, without asking its metaclass."""


def module_of(kind: type) -> str:
    """The module of a class, empty if it has none, without asking its metaclass."""
    try:
        module = type.__dict__["__module__"].__get__(kind)
    except AttributeError:
        return ""
    return module if type(module) is str else ""


def sort_of(value: Any) -> Sort:
    """The sort of a value."""
    kind = type(value)
    known = _known.get(kind)
    if known is None:
        known = _known[kind] = _sort(kind)
    return known


def forget() -> None:
    """Hold no class of the program any more."""
    for kind in [kind for kind in _known if module_of(kind) == "__main__"]:
        del _known[kind]


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor, of whatever subclass."""
    return sort_of(value) is Sort.TENSOR


def _sort(kind: type) -> Sort:
    ancestors = mro_of(kind)
    for classes, sort in _SORTS:
        if any(known in ancestors for known in classes):
            return sort
    if dict in ancestors:
        return Sort.MAPPING
    if any(container in ancestors for container in _CONTAINERS):
        return Sort.SEQUENCE
    return Sort.OBJECT if module_of(kind) == "__main__" else Sort.OTHER


def length(value: Any) -> int:
    """How many items a sequence or mapping holds, without asking its own class."""
    kind = type(value)
    if dict in mro_of(kind):
        return dict.__len__(value)
    return int(_container(kind).__len__(value))


def items(value: Any, limit: int) -> list[Any]:
    """The first items of a sequence, without asking its own class."""
    return list(itertools.islice(_container(type(value)).__iter__(value), limit))


def field_names(value: Any) -> tuple[str, ...]:
    """Names of the items of a named tuple, also of torch's; empty for any other sequence."""
    kind = type(value)
    for name in ("_fields", "__match_args__"):
        for ancestor in mro_of(kind):
            fields = class_dict_of(ancestor).get(name)
            if isinstance(fields, tuple) and fields and tuple in mro_of(kind):
                return fields
    return ()


def _container(kind: type) -> Any:
    return next(container for container in _CONTAINERS if container in mro_of(kind))
