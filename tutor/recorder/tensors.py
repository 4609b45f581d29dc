"""Which tensors there are: their identity, what was last written down of each, and who shares memory with whom.

No tensor is ever held: an entry is a weak reference, and values are copied out as bytes.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
import weakref
from collections.abc import Callable
from typing import Any

import torch

from tutor.recorder.journal import Journal
from tutor.recording.format import WHOLE_LIMIT, Frame
from tutor.recording.model import Content

_bytes_at = ctypes.string_at
_strided = torch.strided

SAMPLE_LIMIT = 1 << 22
"""Summaries of tensors with more elements are taken from a regular sample of them."""

TWINS_LIMIT = 50
"""Tensors of one storage among which a saved one is looked for."""

EDGE_ITEMS = 3
"""Elements shown at each end of a summary."""

HISTOGRAM_BINS = 10
"""Ranges of equal width, from the smallest finite value to the largest, whose values a summary counts."""


class Entry(weakref.ref[torch.Tensor]):
    """A tensor and what was last written down of it."""

    __slots__ = ("base", "content", "grad", "id", "key", "meta", "node", "storage", "version")

    id: int
    key: int
    meta: Any
    """Everything that goes into the META frame."""
    version: int
    node: int | None
    grad: int | None
    base: int
    """Address where its storage begins, 0 if it has none."""
    storage: int
    content: Content


class Storage:
    """Memory that several tensors may look at."""

    __slots__ = ("entries", "id")

    def __init__(self, id: int) -> None:
        self.id = id
        self.entries: dict[int, Entry] = {}


class Tensors:
    """All tensors seen that are alive.

    Args:
        journal: Gets a TENSOR change whenever one is new or different.
        define_node: Says which node made a tensor, given its grad_fn; writes the node down if it is new.
    """

    def __init__(self, journal: Journal, define_node: Callable[[Any], int | None]) -> None:
        self.table: dict[int, Entry] = {}
        """By ``id()`` of the tensor."""
        self.retaining: dict[int, Entry] = {}
        """Those that keep their gradient without being leaves, by id."""
        self._journal = journal
        self._define_node = define_node
        self._storages: dict[int, Storage] = {}
        self._next_id = 1
        self._next_storage = 1

    # Seeing

    def see(self, tensor: torch.Tensor) -> Entry:
        """The entry of a tensor; writes it down if it is new, or changed since it was seen last."""
        if type(tensor) not in _PLAIN:
            with torch._C.DisableTorchFunction():
                return self._see(tensor)
        return self._see(tensor)

    def _see(self, tensor: torch.Tensor) -> Entry:
        entry = self.table.get(id(tensor))
        if entry is None:
            return self._register(tensor)
        if version_of(tensor) != entry.version or meta_of(tensor) != entry.meta:
            self.refresh(tensor, entry)
        return entry

    def refresh(self, tensor: torch.Tensor, entry: Entry, *, siblings: bool = True) -> bool:
        """Look at a known tensor again; whether anything had changed.

        Args:
            tensor: The tensor.
            entry: Its entry.
            siblings: Look at those that share its memory too, if its value changed.
        """
        if type(tensor) not in _PLAIN:
            with torch._C.DisableTorchFunction():
                return self._refresh(tensor, entry, siblings)
        return self._refresh(tensor, entry, siblings)

    def _refresh(self, tensor: torch.Tensor, entry: Entry, siblings: bool) -> bool:
        meta, version, content = meta_of(tensor), version_of(tensor), content_of(tensor)
        node = self._define_node(node_of(tensor)) if tensor.requires_grad else None
        grad = self.grad_id(tensor)
        base, left = address_of(tensor), 0
        if base != entry.base:
            left = entry.base
            self._leave(entry)
            self._join(entry, base)
        elif (
            content == entry.content
            and version == entry.version
            and meta == entry.meta
            and node == entry.node
            and grad == entry.grad
        ):
            return False
        different = content != entry.content or version != entry.version
        entry.meta, entry.version, entry.node, entry.grad, entry.content = meta, version, node, grad, content
        self._write(entry)
        if siblings and different:
            self._refresh_siblings(entry, entry.base)
            if left:
                # A view that moved to other memory still counts versions together with what it was a view of.
                self._refresh_siblings(entry, left)
        return True

    def _refresh_siblings(self, entry: Entry, base: int) -> None:
        storage = self._storages.get(base)
        if storage is None or (len(storage.entries) == 1 and base == entry.base):
            return
        for other in list(storage.entries.values()):
            tensor = other()
            if tensor is not None and other is not entry:
                self.refresh(tensor, other, siblings=False)

    def forget_content(self, id: int) -> None:
        """A tensor just written down holds whatever lay in that memory: say that it has no value."""
        for change in self._journal.pending:
            if change[0] == 0 and change[1] == id:
                change[7] = None

    def refresh_grad(self, tensor: torch.Tensor, entry: Entry) -> None:
        """Look at a known tensor's ``.grad`` again."""
        if not any(_leaf_flags(tensor)):
            return
        grad = tensor.grad
        if grad is None:
            known = None
        else:
            seen = self.table.get(id(grad))
            if seen is None:
                seen = self._register(grad)
            else:
                self.refresh(grad, seen)
            known = seen.id
        if known != entry.grad:
            entry.grad = known
            self._journal.pending.append([9, entry.id, known])

    def refresh_small(self) -> None:
        """Look at every small tensor again: something may have written into memory behind torch's back."""
        for entry in list(self.table.values()):
            tensor = entry()
            if tensor is not None and isinstance(entry.content, bytes):
                self.refresh(tensor, entry)

    def grad_id(self, tensor: torch.Tensor) -> int | None:
        """The id of a tensor's ``.grad``, without the warning that non-leaves give."""
        if not any(_leaf_flags(tensor)):
            return None
        grad = tensor.grad
        return None if grad is None else self.see(grad).id

    def _register(self, tensor: torch.Tensor) -> Entry:
        entry = Entry(tensor, self._gone)
        entry.key = key = id(tensor)
        entry.id = self._next_id
        entry.base = 0
        self._next_id += 1
        self.table[key] = entry
        try:
            self._capture(tensor, entry)
        except BaseException:
            # Recursion at its limit, say: better not known at all than known by half.
            self.table.pop(key, None)
            raise
        return entry

    def _capture(self, tensor: torch.Tensor, entry: Entry) -> None:
        entry.meta, entry.version, entry.content = meta_of(tensor), version_of(tensor), content_of(tensor)
        self._join(entry, address_of(tensor))
        entry.node = self._define_node(node_of(tensor)) if tensor.requires_grad else None
        entry.grad = self.grad_id(tensor)
        self._write(entry)

    def _join(self, entry: Entry, base: int) -> None:
        entry.base = base
        storage = self._storages.get(base) if base else None
        if storage is None:
            storage = Storage(self._next_storage)
            self._next_storage += 1
            if base:
                self._storages[base] = storage
        storage.entries[entry.id] = entry
        entry.storage = storage.id

    def _leave(self, entry: Entry) -> None:
        storage = self._storages.get(entry.base)
        if storage is not None and entry.id in storage.entries:
            del storage.entries[entry.id]
            if not storage.entries:
                del self._storages[entry.base]

    def _gone(self, entry: weakref.ref[torch.Tensor]) -> None:
        assert isinstance(entry, Entry)
        if self.table.get(entry.key) is entry:
            del self.table[entry.key]
        self.retaining.pop(entry.id, None)
        self._leave(entry)
        self._journal.freed.append(entry.id)

    def _write(self, entry: Entry) -> None:
        if entry.meta[6] and not entry.meta[5]:
            self.retaining[entry.id] = entry
        self._journal.pending.append(
            [0, entry.id, self.meta_id(entry.meta), entry.version, entry.storage, entry.node, entry.grad, entry.content]
        )

    # What the graph keeps

    def saved(self, tensor: torch.Tensor) -> list[int]:
        """A saved tensor as the format wants it: -1, tensor id, version.

        It is another object than the one saved, with the same memory. Where that one is not known (torch made it
        inside the operation), its value is written down as a tensor that nobody but the graph holds.
        """
        version = version_of(tensor)
        entry = self.table.get(id(tensor))
        if entry is not None:
            return [-1, entry.id, version]
        storage = self._storages.get(address_of(tensor))
        if storage is not None:
            twins = [other for other in list(storage.entries.values())[:TWINS_LIMIT] if _same_view(tensor, other())]
            if twins:
                return [-1, next((twin for twin in twins if twin.version == version), twins[0]).id, version]
        id_ = self._next_id
        self._next_id += 1
        meta = self.meta_id(meta_of(tensor))
        number = storage.id if storage is not None else 0
        journal = self._journal
        journal.pending.append([0, id_, meta, version, number, None, None, content_of(tensor)])
        journal.freed.append(id_)
        return [-1, id_, version]

    def gradient(self, tensor: torch.Tensor | None) -> list[Any] | None:
        """A gradient as the format wants it: meta id and content."""
        if tensor is None:
            return None
        return [self.meta_id(meta_of(tensor)), content_of(tensor)]

    def meta_id(self, meta: Any) -> int:
        """The number of a META frame, written when it is new."""
        known = self._journal.known(meta)
        if known is not None:
            return known
        kind, dtype, shape, device, requires_grad, is_leaf, retains_grad = meta
        name = "tensor" if kind is torch.Tensor else kind.__name__
        items = [name, str(dtype).removeprefix("torch."), [int(size) for size in shape], str(device)]
        return self._journal.define(Frame.META, meta, [*items, requires_grad, is_leaf, retains_grad])


def _same_view(tensor: torch.Tensor, other: torch.Tensor | None) -> bool:
    """Whether two tensors of one storage are the same elements in the same shape."""
    return (
        other is not None
        and other.data_ptr() == tensor.data_ptr()
        and other.shape == tensor.shape
        and other.stride() == tensor.stride()
    )


def meta_of(tensor: torch.Tensor) -> Any:
    """What goes into a META frame, as a key."""
    return (
        type(tensor),
        tensor.dtype,
        tensor.shape,
        tensor.device,
        tensor.requires_grad,
        *_leaf_flags(tensor),
    )


def _leaf_flags(tensor: torch.Tensor) -> tuple[bool, bool]:
    """Whether it is a leaf and whether it retains its gradient.

    torch refuses to say for a view that an in-place operation has left without a valid grad_fn.
    """
    try:
        return tensor.is_leaf, tensor.retains_grad
    except RuntimeError:
        return False, False


def node_of(tensor: torch.Tensor) -> Any:
    """The grad_fn, None also where torch refuses to say."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def version_of(tensor: torch.Tensor) -> int:
    """The version counter; -1 for an inference tensor, which has none."""
    try:
        return tensor._version
    except RuntimeError:
        return -1


def address_of(tensor: torch.Tensor) -> int:
    """Where the tensor's storage begins, 0 where it has no memory of its own."""
    try:
        address = tensor.data_ptr()
        offset = int(tensor.storage_offset())
        return address - offset * tensor.element_size() if offset else address
    except (RuntimeError, NotImplementedError):
        return 0


def content_of(tensor: torch.Tensor) -> Content:
    """The value: bytes of a small tensor, a summary of a large one, None where there is none to read."""
    try:
        count = tensor.numel()
        if count > WHOLE_LIMIT:
            return summary_of(tensor)
        if tensor.is_cpu and tensor.is_contiguous() and type(tensor) in _PLAIN:
            address = tensor.data_ptr()
            if address and not tensor.is_neg() and not tensor.is_conj():
                return _bytes_at(address, count * tensor.element_size())
    except (RuntimeError, NotImplementedError):
        pass  # a tensor without memory of its own: look closer
    try:
        return _slow_bytes(tensor)
    except (RuntimeError, NotImplementedError, TypeError, ValueError):
        return None


_PLAIN = {torch.Tensor, torch.nn.Parameter, torch.nn.Buffer}


def _slow_bytes(tensor: torch.Tensor) -> Content:
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        if torch._C._functorch.is_batchedtensor(tensor):
            return None  # it stands for a whole batch of values
        inside = torch._C._functorch.get_unwrapped(tensor)
        if torch._C._functorch.is_functorch_wrapped_tensor(inside):
            return _slow_bytes(inside)
        # Operations would wrap it again, so only what can be read at once.
        return _bytes_at(inside.data_ptr(), inside.numel() * inside.element_size()) if inside.is_contiguous() else None
    if tensor.layout is not _strided:
        tensor = tensor.to_dense()
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    if plain.data_ptr() == 0:
        return b"" if plain.numel() == 0 else None
    return _bytes_at(plain.data_ptr(), plain.numel() * plain.element_size())


def summary_of(tensor: torch.Tensor) -> dict[str, Any] | None:
    """Shape-independent facts about a large tensor; of a regular sample where it is very large.

    Mean and std are computed in float64 (std is that of the whole population).
    """
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor) or tensor.layout is not _strided or tensor.is_meta:
        return None
    flat = tensor.detach().reshape(-1) if tensor.is_contiguous() else tensor.detach().contiguous().reshape(-1)
    first, last = flat[:EDGE_ITEMS].tolist(), flat[-EDGE_ITEMS:].tolist()
    every = -(-flat.numel() // SAMPLE_LIMIT)
    sample = flat[::every].cpu()
    digest = hashlib.blake2b(sample.contiguous().view(torch.uint8).numpy().data, digest_size=8).hexdigest()
    facts: dict[str, Any] = {"first": _plain(first), "last": _plain(last), "hash": digest}
    if every > 1:
        facts["sampled_every"] = every
    if sample.is_complex():
        return facts
    if sample.dtype is torch.bool:
        sample = sample.to(torch.uint8)
    if sample.is_floating_point():
        finite = sample.isfinite()
        good = bool(finite.all())
        facts["nan"] = 0 if good else int(sample.isnan().sum())
        facts["inf"] = 0 if good else int(sample.isinf().sum())
        if not good:
            sample = sample[finite]
    if sample.numel():
        low, high = sample.aminmax()
        exact = sample.to(torch.float64)
        facts |= {"min": low.item(), "max": high.item(), "mean": exact.mean().item()}
        facts["std"] = exact.std(correction=0).item()
        if 0 < high.item() - low.item() < math.inf:
            counts = torch.histc(exact, HISTOGRAM_BINS, float(low), float(high))
            facts["histogram"] = [int(count) for count in counts.tolist()]
    return facts


def _plain(items: list[Any]) -> list[Any]:
    return [[item.real, item.imag] if isinstance(item, complex) else item for item in items]
