"""float64 from a moment on: what a program computes with float32 numbers that it has is computed in float64.

The numbers themselves stay those of float32, drawn ones too, so that only the rounding of what follows is gone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map


class Double(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Computes in float64 while it is entered.

    Each storage of float32 has a twin in float64, which is read and written in its place; so what shares memory still
    does.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._twins: dict[int, tuple[torch.UntypedStorage, torch.Tensor]] = {}
        """By address; the storage is kept, so that its address is not given to another one."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Skipping it would import all of torch.compile at the first operation, in each fork anew.
        return False

    def twin(self, tensor: torch.Tensor) -> torch.Tensor:
        """A float32 tensor in float64, with the same shape and strides.

        Args:
            tensor: Of float32. What shares its memory has a twin that shares the memory of this one.
        """
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._twins:
            whole = torch.empty(0, dtype=torch.float32).set_(storage)
            self._twins[storage.data_ptr()] = storage, whole.double()
        return self._twins[storage.data_ptr()][1].as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Carry out an operation in float64, or draw numbers as in float32.

        Raises:
            TypeError: it computes in less than float32, which float64 does not make finer.
        """
        kwargs = kwargs or {}
        if torch.Tag.nondeterministic_seeded not in func.tags:
            args, kwargs = tree_map(self._larger, (args, kwargs))
        elif func._schema.is_mutable:
            drawn = self._larger(args[0]).float()
            func(drawn, *args[1:], **kwargs)
            return self._larger(args[0]).copy_(drawn)
        else:
            args, kwargs = tree_map(self._as_drawn, (args, kwargs))
        return tree_map(_finished, func(*args, **kwargs))

    def _larger(self, value: Any) -> Any:
        if value is torch.float32:
            return torch.float64
        return self.twin(value) if isinstance(value, torch.Tensor) and value.dtype == torch.float32 else value

    def _as_drawn(self, value: Any) -> Any:
        return self._larger(value).float() if isinstance(value, torch.Tensor) and value.is_floating_point() else value


def _finished(value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    if value.dtype in (torch.float16, torch.bfloat16):
        raise TypeError(f"{value.dtype} is coarser than float32.")
    return value.double() if value.dtype == torch.float32 else value
