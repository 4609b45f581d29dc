"""Sees every torch call, as the function mode that torch asks before it runs one."""

from __future__ import annotations

import _thread
import functools
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from tutor.recorder.backward import BACKWARD_CALLS, Backward
from tutor.recorder.calls import FLAGS, QUIET, SILENT, STORES, THIN, UNINITIALISED, VIEWS
from tutor.recorder.kinds import Sort, is_tensor, sort_of
from tutor.recorder.names import describe
from tutor.recorder.tensors import Entry, version_of
from tutor.recorder.watcher import OpenFrame, Watcher
from tutor.recording.format import Kind

_here = sys._getframe
_identity = _thread.get_ident
_NO_OVERRIDES = torch._C.DisableTorchFunction
_PLAIN_TENSORS = {torch.Tensor, torch.nn.Parameter}
_SCALARS = {int, float, bool, str, type(None)}
_METHOD_WRAPPER: Any = type(object().__str__)
_ITEMS_LIMIT = 100


class Operations(TorchFunctionMode):
    """The function mode of a run.

    Args:
        watcher: Knows the program's frames.
    """

    def __init__(self, watcher: Watcher) -> None:
        super().__init__()
        self._watcher = watcher
        self._tensors = watcher.tensors
        self._journal = watcher.journal
        self._sites = watcher.sites
        self._trampolines = watcher.trampolines
        self._backward = Backward(watcher)
        self._thin: dict[int, bool] = {}
        self._codes: list[CodeType] = []
        watcher.push_mode = lambda: torch._C._push_on_torch_function_stack(self)
        watcher.pop_mode = _pop

    def watch_set(self) -> None:
        """See ``Tensor.set_`` too, the one method that changes a tensor without asking a function mode."""
        original: Any = torch.Tensor.set_

        @functools.wraps(original)
        def set_(*args: Any, **kwargs: Any) -> Any:
            watcher, frame = self._watcher, _here(1)
            followed = watcher.thread == _identity() and not watcher.off
            program = self._sites.frame(frame) if followed else None
            if program is None:
                return original(*args, **kwargs)
            with _NO_OVERRIDES():
                return self._see(original, "set_", args, kwargs, frame, program)

        torch.Tensor.set_ = set_  # type: ignore[method-assign]

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """See one call, run it, and give back what it gave."""
        if type(func) is _METHOD_WRAPPER:
            attribute = func.__self__.__name__
            if func.__name__ == "__get__":
                if attribute not in VIEWS:
                    if attribute != "grad" or args[0].is_leaf:
                        return func(*args)
                    return self._trampolines.for_frame(_here(1))(func, args, {})
                name = attribute
            else:
                name = "set " + attribute
        else:
            name = getattr(func, "__name__", None) or type(func).__name__
            if name in SILENT:
                return func(*args, **kwargs) if kwargs else func(*args)
            if name in QUIET:
                if name == "numpy":
                    self._watcher.uses_numpy = True
                return self._quiet(func, args, kwargs or {}, _here(1))
        frame = _here(1)
        program = self._sites.frame(frame) if self._watcher.thread else None
        if program is None:
            return func(*args, **(kwargs or {}))
        return self._see(func, name, args, kwargs or {}, frame, program)

    def _quiet(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        watcher = self._watcher
        before, watcher.off = watcher.off, True
        try:
            return self._trampolines.for_frame(frame)(func, args, kwargs)
        finally:
            watcher.off = before

    def _see(self, func: Any, name: str, args: Any, kwargs: Any, frame: FrameType, program: FrameType) -> Any:
        watcher = self._watcher
        touched: list[tuple[torch.Tensor, Entry]] = []
        inputs: list[Any] = []
        options: dict[str, Any] | None = None
        mark = (self._journal.count, len(self._journal.pending))
        open_frame: OpenFrame | None = None
        with watcher.inside:
            for argument in args:
                inputs.append(self._reference(argument, touched))
            if kwargs:
                options = {key: self._reference(value, touched) for key, value in kwargs.items()}
            direct = frame is program or self._is_direct(frame, program)
            open_frame = watcher.current(program)
        if open_frame is None:
            return func(*args, **kwargs)
        call = self._trampolines.for_frame(frame)
        if name in BACKWARD_CALLS and func in BACKWARD_CALLS[name]:
            with watcher.inside:
                number = 0
                number = self._write(name, [inputs, None, options], open_frame, program, direct, mark)
            return self._backward.run(func, args, kwargs, number, lambda: self._run(call, func, args, kwargs))
        result = self._run(call, func, args, kwargs)
        with watcher.inside:
            self._after(name, inputs, options, touched, result, open_frame, program, direct, mark)
        return result

    def _run(self, call: Callable[[Any, Any, Any], Any], func: Any, args: Any, kwargs: Any) -> Any:
        """Run the call itself; a callback of the program that fails may leave the mode switched on, so tidy up."""
        watcher = self._watcher
        before, watcher.off = watcher.off, True
        depth = torch._C._len_torch_function_stack()
        try:
            return call(func, args, kwargs)
        except BaseException:
            while torch._C._len_torch_function_stack() > depth:
                torch._C._pop_torch_function_stack()
            raise
        finally:
            watcher.off = before

    def _after(
        self,
        name: str,
        inputs: list[Any],
        options: dict[str, Any] | None,
        touched: list[tuple[torch.Tensor, Entry]],
        result: Any,
        open_frame: OpenFrame,
        program: FrameType,
        direct: bool,
        mark: tuple[int, int],
    ) -> None:
        """Write the operation down, if it made or changed a tensor."""
        tensors = self._tensors
        changed = False
        for tensor, entry in touched:
            if _version(tensor) != entry.version:
                changed |= tensors.refresh(tensor, entry)
        if name == "set grad":
            before = touched[0][1].grad if touched else None
            if touched:
                tensors.refresh_grad(*touched[0])
                changed = touched[0][1].grad != before
        elif name in FLAGS or name[:4] == "set ":
            for tensor, entry in touched[:1]:
                changed |= tensors.refresh(tensor, entry)
            changed |= name in FLAGS
        results: list[int] = []
        reference = self._result(result, results)
        if name in UNINITIALISED:
            for id in results:
                tensors.forget_content(id)
        if name in VIEWS and not changed and name != "data" and touched and results == [touched[0][1].id]:
            return
        if not results and not changed:
            return
        self._write(name, [inputs, reference, options], open_frame, program, direct, mark)
        open_frame.results = tuple(results)
        open_frame.result_step = self._journal.count

    def _write(
        self,
        name: str,
        detail: list[Any],
        open_frame: OpenFrame,
        program: FrameType,
        direct: bool,
        mark: tuple[int, int],
    ) -> int:
        watcher = self._watcher
        if direct:
            kind, parent = Kind.OPERATION, watcher.parents[-1] if watcher.parents else 0
        else:
            kind, parent = Kind.INNER, watcher.call_step(open_frame, program, mark)
        if detail[2] is None:
            del detail[2]
        site = watcher.site = self._sites.at(program.f_code, program.f_lasti, name, whole=direct and name in STORES)
        open_frame.operations += 1
        return self._journal.step(kind, site, parent, detail)

    def _reference(self, value: Any, touched: list[tuple[torch.Tensor, Entry]]) -> Any:
        """The reference of an argument; its tensors are added to ``touched``."""
        kind = type(value)
        if kind in _PLAIN_TENSORS:
            entry = self._tensors.table.get(id(value))
            if entry is None or entry.version != _version(value):
                entry = self._tensors.see(value)
            touched.append((value, entry))
            return entry.id
        if kind in _SCALARS:
            return describe(value)
        if kind in (list, tuple):
            if any(sort_of(item) in (Sort.TENSOR, Sort.SEQUENCE) for item in value[:_ITEMS_LIMIT]):
                items = [self._reference(item, touched) for item in value[:_ITEMS_LIMIT]]
                return [kind.__name__, None, f"{kind.__name__} of {len(value)}", items]
            return describe(value)
        if is_tensor(value):
            entry = self._tensors.see(value)
            touched.append((value, entry))
            return entry.id
        return describe(value)

    def _result(self, value: Any, results: list[int]) -> Any:
        """The reference of a result; ids of its tensors are added to ``results``."""
        if is_tensor(value):
            entry = self._tensors.see(value)
            results.append(entry.id)
            return entry.id
        if isinstance(value, tuple | list):
            items = [self._result(item, results) for item in list(value)[:_ITEMS_LIMIT]]
            if not results:
                return describe(value) if type(value) in (tuple, list) else None
            name = "list" if isinstance(value, list) else "tuple"
            return [name, None, f"{name} of {len(value)}", items]
        return None if value is None else describe(value)

    def _is_direct(self, frame: FrameType, program: FrameType) -> bool:
        """Whether only torch's thin wrappers lie between the program and the call."""
        current: FrameType | None = frame
        while current is not None and current is not program:
            code = current.f_code
            thin = self._thin.get(id(code))
            if thin is None:
                thin = self._thin[id(code)] = code.co_filename.replace("\\", "/").endswith(THIN)
                self._codes.append(code)
            if not thin:
                return False
            current = current.f_back
        return True


def _pop() -> None:
    torch._C._pop_torch_function_stack()


def _version(tensor: torch.Tensor) -> int:
    if type(tensor) in _PLAIN_TENSORS:
        return version_of(tensor)
    with torch._C.DisableTorchFunction():
        return version_of(tensor)
