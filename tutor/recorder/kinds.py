"""What sort of value something is, told from its type alone.

``isinstance`` would ask the value itself (``__class__``), and so run code of a class that the program defines.
"""

from __future__ import annotations

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
    """Lists, tuples and sets, not of a subclass."""
    MAPPING = 6
    """Dictionaries, and those of ``collections``."""
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
_known |= dict.fromkeys((list, tuple, set, frozenset, torch.Size), Sort.SEQUENCE)


def sort_of(value: Any) -> Sort:
    """The sort of a value."""
    kind = type(value)
    known = _known.get(kind)
    if known is None:
        known = _known[kind] = _sort(kind)
    return known


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor, of whatever subclass."""
    return sort_of(value) is Sort.TENSOR


def _sort(kind: type) -> Sort:
    ancestors = type.mro(kind) if kind is type else kind.__mro__
    for classes, sort in _SORTS:
        if any(known in ancestors for known in classes):
            return sort
    module = kind.__module__
    if dict in ancestors and module in ("builtins", "collections"):
        return Sort.MAPPING
    return Sort.OBJECT if module == "__main__" else Sort.OTHER
