"""What names refer to: plain values copied, tensors by id, and what lies inside lists, modules, optimisers, objects.

Nothing of the program's own code is run to look at a value: no ``__repr__``, ``__eq__``, ``__len__`` or property of a
class that the program defines.
"""

from __future__ import annotations

import types
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from tutor.recorder.journal import Journal
from tutor.recorder.kinds import Sort, class_dict_of, field_names, items, length, module_of, mro_of, name_of, sort_of
from tutor.recorder.tensors import Tensors
from tutor.recording.format import WHOLE_LIMIT

ITEMS_LIMIT = 50
"""Members of one container that are looked at."""

PATHS_LIMIT = 400
"""Members below one name that are written down."""

DEPTH_LIMIT = 5

TEXT_LIMIT = 200

_NOTHING = object()
_PLAIN_CONTAINERS = {list, tuple, set, frozenset, dict, torch.Size}
_SCALARS = {int, float, bool, str, type(None)}


class Names:
    """The names of one scope, as last written down.

    Args:
        scope: Its id.
        journal: Gets BIND and UNBIND changes.
        tensors: Where tensors get their ids.
    """

    def __init__(self, scope: int, journal: Journal, tensors: Tensors) -> None:
        self.scope = scope
        self._journal = journal
        self._tensors = tensors
        self.optimizers: dict[str, weakref.ref[torch.optim.Optimizer]] = {}
        """Optimisers bound here: a scheduler changes them without naming them."""
        self.arrays: dict[str, weakref.ref[np.ndarray[Any, Any]]] = {}
        """Small arrays bound here: torch may write into their memory."""
        self.modules: dict[str, weakref.ref[torch.nn.Module]] = {}
        self._written: dict[str, dict[str, Any]] = {}
        self._marks: dict[str, Any] = {}

    def look(self, name: str, value: Any, *, deep: bool = True) -> bool:
        """Look at what a name is bound to now, and write down what differs; whether anything did.

        Args:
            name: The name.
            value: Its value.
            deep: Look inside objects even if their fingerprint is the same.
        """
        sort = sort_of(value)
        written = self._written.get(name)
        if sort is Sort.SCALAR or sort is Sort.TENSOR:
            reference: Any = self._tensors.see(value).id if sort is Sort.TENSOR else _scalar(value)
            old = written.get(name) if written is not None and len(written) == 1 else None
            if old == reference and (type(reference) is int or _same(old, reference)):
                return False
            return self._write(name, written, {name: reference})
        if sort is Sort.IGNORED:
            return self._write(name, written, {}) if written else False
        if sort is Sort.OPTIMIZER:
            self.optimizers[name] = weakref.ref(value)
        elif sort is Sort.ARRAY and value.size <= WHOLE_LIMIT:
            self.arrays[name] = weakref.ref(value)
        elif sort is Sort.MODULE:
            self.modules[name] = weakref.ref(value)
        if not deep:
            mark = fingerprint(value)
            if mark is not None and written is not None and self._marks.get(name) == mark:
                return False
            self._marks[name] = mark
        return self._write(name, written, self._members(name, value))

    def forget(self, name: str) -> bool:
        """The name is bound to nothing any more."""
        self._marks.pop(name, None)
        if self._written.pop(name, None):
            self._journal.pending.append([2, self.scope, name])
            return True
        return False

    def write_again(self) -> None:
        """Write all names down as if they were new: their scope was closed and is open again."""
        for members in self._written.values():
            for path, reference in members.items():
                self._journal.pending.append([1, self.scope, path, reference])

    def holds(self, name: str) -> bool:
        """Whether a name is bound here."""
        return name in self._written

    def known(self) -> list[str]:
        """Every name bound here."""
        return list(self._written)

    def _write(self, name: str, old: dict[str, Any] | None, new: dict[str, Any]) -> bool:
        pending = self._journal.pending
        changed = False
        if old:
            for path in old:
                if path not in new:
                    pending.append([2, self.scope, path])
                    changed = True
            for path, reference in new.items():
                known = old.get(path, _NOTHING)
                if known is _NOTHING or not _same(known, reference):
                    pending.append([1, self.scope, path, reference])
                    changed = True
        else:
            for path, reference in new.items():
                pending.append([1, self.scope, path, reference])
                changed = True
        if new:
            self._written[name] = new
        else:
            self._written.pop(name, None)
        return changed

    def _members(self, name: str, value: Any) -> dict[str, Any]:
        """A value and all that lies inside it: reference by path."""
        found: dict[str, Any] = {}
        seen: set[int] = set()
        waiting: list[tuple[str, Any, int]] = [(name, value, 0)]
        while waiting and len(found) < PATHS_LIMIT:
            path, item, depth = waiting.pop()
            sort = sort_of(item)
            if sort is Sort.TENSOR:
                found[path] = self._tensors.see(item).id
                continue
            if sort is Sort.IGNORED:
                continue
            reference = describe(item)
            if sort is Sort.OPTIMIZER:
                reference[1] = self._held(item)
            found[path] = reference
            if depth >= DEPTH_LIMIT or len(reference) == 2 or id(item) in seen:
                continue
            seen.add(id(item))
            inside = list(members(item, path, self._parameter_names))
            waiting += [(below, member, depth + 1) for below, member in reversed(inside)]
        return found

    def _held(self, optimizer: torch.optim.Optimizer) -> list[list[int]]:
        """The ids of the tensors that an optimiser updates, by group."""
        own, table = object.__getattribute__(optimizer, "__dict__"), self._tensors.table
        return [
            [table[id(parameter)].id for parameter in group.get("params", ()) if id(parameter) in table]
            for group in own.get("param_groups", ())
        ]

    def _parameter_names(self) -> dict[int, str]:
        """Path of each tensor known here, by ``id()`` of the tensor."""
        paths: dict[int, str] = {}
        for members_ in self._written.values():
            for path, reference in members_.items():
                if type(reference) is int:
                    paths.setdefault(reference, path)
        return {key: paths[entry.id] for key, entry in self._tensors.table.items() if entry.id in paths}


def describe(value: Any) -> list[Any]:
    """A reference of the format for anything but a tensor."""
    kind = type(value)
    sort = sort_of(value)
    if sort is Sort.SCALAR:
        return _scalar(value)
    if kind is complex:
        return ["complex", [value.real, value.imag]]
    if sort is Sort.ARRAY:
        return _array(value)
    if sort is Sort.NUMBER:
        item = value.item()
        return [name_of(kind), item] if type(item) in _SCALARS else [name_of(kind), None, str(value)[:TEXT_LIMIT]]
    if sort is Sort.SEQUENCE or sort is Sort.MAPPING:
        if kind in _PLAIN_CONTAINERS and _all_plain(value):
            return [name_of(kind), dict(value) if kind is dict else list(value)]
        return [name_of(kind), None, f"{name_of(kind)} of {length(value)}"]
    if kind in (range, slice, bytes, torch.dtype, torch.device):
        return [name_of(kind), None, repr(value)[:TEXT_LIMIT]]
    if sort is Sort.MODULE and module_of(kind).startswith("torch."):
        return [name_of(kind), None, _module_text(value)]
    return [name_of(kind), None, f"{name_of(kind)} object"]


def _module_text(module: torch.nn.Module) -> str:
    """A module of torch's own in a line: its settings, or how many modules it holds. None of its code is run."""
    own = object.__getattribute__(module, "__dict__")
    name = name_of(type(module))
    inside = own.get("_modules") or {}
    if inside:
        return f"{name} of {dict.__len__(inside)}"
    settings = (f"{key}={value!r}" for key, value in own.items() if _is_setting(key, value))
    return f"{name}({', '.join(settings)})"[:TEXT_LIMIT]


def _is_setting(key: Any, value: Any) -> bool:
    if type(key) is not str or key.startswith("_") or key == "training":
        return False
    if type(value) is tuple:
        return all(type(item) in _SCALARS for item in value)
    return type(value) in _SCALARS and value is not None


def members(value: Any, path: str, names: Any) -> Iterator[tuple[str, Any]]:
    """Path and value of what lies directly inside a value."""
    sort = sort_of(value)
    if sort is Sort.MODULE:
        yield from _module_members(value, path)
    elif sort is Sort.OPTIMIZER:
        yield from _optimizer_members(value, path, names())
    elif sort is Sort.MAPPING:
        for position, (key, item) in zip(range(ITEMS_LIMIT), list(dict.items(value)), strict=False):
            yield f"{path}[{_key(key, position)}]", item
    elif sort is Sort.SEQUENCE:
        fields = field_names(value)
        for position, item in enumerate(items(value, ITEMS_LIMIT)):
            yield (f"{path}.{fields[position]}" if position < len(fields) else f"{path}[{position}]"), item
    elif sort is Sort.OBJECT:
        for name, item in _attributes(value):
            yield f"{path}.{name}", item


def _module_members(module: torch.nn.Module, path: str) -> Iterator[tuple[str, Any]]:
    own = object.__getattribute__(module, "__dict__")
    for group in ("_parameters", "_buffers", "_modules"):
        for name, item in list(own.get(group, {}).items()):
            if item is not None:
                yield (f"{path}[{name}]" if name.isdigit() else f"{path}.{name}"), item
    for name, item in own.items():
        interesting = sort_of(item) in _MODULE_ATTRIBUTES or name == "training"
        if interesting and not name.startswith("_"):
            yield f"{path}.{name}", item


_MODULE_ATTRIBUTES = (Sort.TENSOR, Sort.SEQUENCE, Sort.MAPPING, Sort.ARRAY)


def _optimizer_members(optimizer: torch.optim.Optimizer, path: str, names: dict[int, str]) -> Iterator[tuple[str, Any]]:
    own = object.__getattribute__(optimizer, "__dict__")
    for number, group in enumerate(own.get("param_groups", ())):
        for key, item in group.items():
            if type(item) in (int, float):
                yield f"{path}.param_groups[{number}]['{key}']", item
        for position, parameter in enumerate(group.get("params", ())[:ITEMS_LIMIT]):
            label = names.get(id(parameter), f"{path}.param_groups[{number}]['params'][{position}]")
            for key, item in own.get("state", {}).get(parameter, {}).items():
                if sort_of(item) in (Sort.TENSOR, Sort.SCALAR):
                    yield f"{path}.state[{label}]['{key}']", item


def _attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """Instance attributes, from ``__dict__`` and ``__slots__``, without running the class's code."""
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        own = {}
    if isinstance(own, dict):
        yield from list(own.items())[:ITEMS_LIMIT]
    for kind in mro_of(type(value)):
        for name, slot in list(class_dict_of(kind).items()):
            if isinstance(slot, types.MemberDescriptorType):
                try:
                    yield name, slot.__get__(value)
                except AttributeError:
                    continue


def fingerprint(value: Any) -> Any:
    """Something cheap that differs when the structure of an object does; None where there is nothing cheap."""
    sort = sort_of(value)
    if sort is Sort.OPTIMIZER:
        own = object.__getattribute__(value, "__dict__")
        groups = own.get("param_groups", ())
        rates = [group.get("lr") for group in groups]
        held = sum(len(group.get("params", ())) for group in groups)
        return len(own.get("state", ())), held, tuple(rate for rate in rates if type(rate) is float)
    if sort is Sort.MODULE and module_of(type(value)).startswith("torch."):
        return value.training
    if sort is Sort.MODULE or sort is Sort.OBJECT:
        try:
            own = object.__getattribute__(value, "__dict__")
        except AttributeError:
            return None
        return tuple(_part(item) for item in own.values())
    return None


def _part(item: Any) -> Any:
    kind = type(item)
    if kind in _SCALARS:
        return item
    return (id(item), len(item)) if kind in (list, dict, set) else id(item)


def _scalar(value: Any) -> list[Any]:
    kind = type(value)
    if kind is int and not -(1 << 63) <= value < 1 << 63:
        return ["int", None, _clip(hex(value) if value.bit_length() > 4000 else str(value))]
    if kind is str:
        text = _clip(value)
        return ["str", text.encode("utf-8", "replace").decode()]
    return [name_of(kind), value]


def _clip(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"


def _key(key: Any, position: int) -> str:
    if type(key) in (str, int, float, bool, type(None)):
        return _clip(repr(key))
    return f"{name_of(type(key))} {position}"


def _all_plain(value: Any) -> bool:
    """Whether a container is short and holds only plain values, or lists of them."""
    if len(value) > ITEMS_LIMIT:
        return False
    inside = list(value.values()) if type(value) is dict else list(value)
    if type(value) is dict and not all(type(key) is str for key in value):
        return False
    for item in inside:
        if type(item) in (list, tuple):
            if len(item) > ITEMS_LIMIT or not all(type(part) in _SCALARS for part in item):
                return False
        elif type(item) not in _SCALARS:
            return False
        if type(item) is int and not -(1 << 63) <= item < 1 << 63:
            return False
        if type(item) is str and len(item) > TEXT_LIMIT:
            return False
    return True


def _array(value: np.ndarray[Any, Any]) -> list[Any]:
    """A numpy array: whole when small, by its edges and a few facts when large."""
    text = f"ndarray of shape {value.shape}"
    content: Any = None
    shape = [int(size) for size in value.shape]
    if value.dtype.kind in "fiubc" and value.dtype.name != "float128":
        plain = np.asarray(value)
        if plain.size <= WHOLE_LIMIT:
            content = plain.astype(plain.dtype.newbyteorder("<")).tobytes()
        else:
            content = _array_summary(plain)
    return ["ndarray", None, text, [value.dtype.name, shape, content]]


def _array_summary(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    flat = array.reshape(-1) if array.flags.c_contiguous else array.ravel()
    sample = flat[:: -(-flat.size // (1 << 22))]
    facts: dict[str, Any] = {"first": flat[:3].tolist(), "last": flat[-3:].tolist()}
    if array.dtype.kind in "fiub":
        facts |= {"min": sample.min().item(), "max": sample.max().item()}
        facts |= {"mean": float(sample.mean()), "std": float(sample.std())}
    if array.dtype.kind == "f":
        facts |= {"nan": int(np.isnan(sample).sum()), "inf": int(np.isinf(sample).sum())}
    if array.dtype.kind == "c":
        facts = {key: [[item.real, item.imag] for item in part] for key, part in facts.items()}
    return facts


def _same(old: Any, new: Any) -> bool:
    """Whether two references are the same, NaN being the same as NaN and 1 not the same as 1.0."""
    if type(old) is int or type(new) is int:
        return bool(type(old) is type(new) and old == new)
    return bool(old == new or repr(old) == repr(new)) and old[0] == new[0]
