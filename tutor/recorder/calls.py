"""Which of torch's calls need special treatment, by name."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VIEWS = _names("""
    H T data imag mH mT real
""")
"""Attributes whose reading makes a tensor, as an operation does."""

FLAGS = _names("""
    detach_ requires_grad_ resize_ retain_grad set_ share_memory_
""")
"""Operations that change a tensor without touching its version."""

SILENT = _names("""
    _RecordFunction __hash__ __len__ _has_compatible_shallow_copy_type _is_view _record_function_enter_new
    _record_function_exit _set_grad_enabled can_cast data_ptr dim element_size get_device has_names is_complex
    is_conj is_contiguous is_floating_point is_inference is_neg is_pinned is_same_size is_set_to is_shared is_signed
    is_tensor ndimension nelement numel promote_types result_type size storage_offset stride
""")
"""Calls that neither make a tensor nor change one, and can neither warn nor call back: they pass unseen."""

QUIET = _names("""
    __array__ __bool__ __complex__ __contains__ __dir__ __dlpack__ __dlpack_device__ __float__ __format__ __index__
    __int__ __reduce__ __reduce_ex__ __repr__ __setstate__ __str__ item numpy register_hook
    register_post_accumulate_grad_hook storage tolist untyped_storage
""")
"""Calls that neither make a tensor nor change one, but may warn, or run code of the program."""

UNINITIALISED = _names("""
    empty empty_like empty_strided new_empty new_empty_strided
""")
"""Calls whose result has no value yet."""

STORES = frozenset({"__setitem__", "set grad", "set data", "set requires_grad"})
"""Calls made by an assignment: their expression is the whole statement, not just its target."""

THIN = (
    "/torch/overrides.py",
    "/torch/_tensor.py",
    "/torch/functional.py",
    "/torch/nn/functional.py",
    "/torch/_jit_internal.py",
    "/torch/autograd/__init__.py",
    "/torch/utils/_contextlib.py",
    "/recorder/beliefs/base.py",
    "/recorder/beliefs/gradients.py",
    "/recorder/beliefs/hooks.py",
    "/recorder/beliefs/losses.py",
    "/recorder/beliefs/optimizers.py",
    "/recorder/beliefs/switches.py",
    "/recorder/beliefs/tensors.py",
)
"""Files that only hand a call on; an operation seen through them is still the program's own."""
