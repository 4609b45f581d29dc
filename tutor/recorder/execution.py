"""Runs the program as ``python program.py`` would, cell by cell, and says how it ended."""

from __future__ import annotations

import _thread
import atexit
import builtins
import contextlib
import functools
import gc
import importlib
import linecache
import os
import random
import re
import sys
import threading
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import torch

from tutor.lesson.program import Announce
from tutor.recorder import kinds
from tutor.recorder.beliefs import believe
from tutor.recorder.graph import Graph
from tutor.recorder.instrument import FUTURE_FLAGS, Instrumenter
from tutor.recorder.journal import Journal
from tutor.recorder.operations import Operations
from tutor.recorder.process import Request
from tutor.recorder.sites import Sites, Trampolines
from tutor.recorder.streams import Streams
from tutor.recorder.tensors import Tensors
from tutor.recorder.watcher import Watcher
from tutor.recording.log import LogWriter


class Execution:
    """One run of one program.

    Args:
        request: What to run, and how.
        log: Descriptor of the file for the log.
    """

    def __init__(self, request: Request, log: int) -> None:
        self._request = request
        self._journal = journal = Journal(LogWriter(log), request.max_steps)
        journal.on_limit = self._stop
        self._sites = Sites(journal, request.source)
        graph = Graph(journal)
        tensors = graph.tensors = Tensors(journal, graph.define)
        self._trampolines = trampolines = Trampolines()
        self._streams = Streams(journal, self._parent, self._is_busy, self._place)
        self._watcher = Watcher(journal, tensors, self._sites, trampolines, self._streams.flush)
        self._watcher.uses_numpy = bool(re.search(r"numpy|as_tensor|__array__", request.source))
        self._mode = Operations(self._watcher)
        self._instrumenter = Instrumenter(request.path, self._watcher)
        self._watcher.statements = self._instrumenter.statements
        self._module = types.ModuleType("__main__")
        self._watcher.namespace = self._module.__dict__
        self._believed = believe(request.belief, request.path)

    def run(self) -> None:
        """Run the program to its end and write down how it ended."""
        self._journal.begin(self._header())
        self._become_main()
        self._streams.open()
        self._seed()
        self._watch_modules()
        _leave_uncompiled()
        self._mode.watch_set()
        os.register_at_fork(after_in_child=self._forked)
        how, reason = self._run_cells()
        self._tear_down()
        self._streams.finish(self._watcher.site or self._start_site())
        self._journal.end(how, reason)

    def _run_cells(self) -> tuple[str, str]:
        flags = 0
        lines = self._request.source.split("\n")
        cells = self._request.cells
        for first, last, number in cells:
            text = self._request.source if len(cells) == 1 else "\n" * (first - 1) + "\n".join(lines[first - 1 : last])
            try:
                code = self._instrumenter.compile(text, flags, first=first == cells[0][0])
                flags |= code.co_flags & FUTURE_FLAGS
                self._sites.adopt(code)
                self._sites.statements([info.position for info in self._instrumenter.statements])
                self._run_code(code)
            except SystemExit as error:
                return "finished", f"the program called sys.exit({'' if error.code is None else repr(error.code)})"
            except BaseException as error:
                self._watcher.report(error)
                text = _one_line(error)
                if not self._is_announced(number, text):
                    self._show(error)
                    return "raised", text
                self._watcher.forget_error()
        return "finished", ""

    def _show(self, error: BaseException) -> None:
        """Hand an uncaught error to the program's own ``sys.excepthook``, if it has put one there."""
        if sys.excepthook is not sys.__excepthook__:
            try:
                sys.excepthook(type(error), error, error.__traceback__)
            except Exception as another:
                self._watcher.report(another)

    def _run_code(self, code: types.CodeType) -> None:
        try:
            with self._believed.under, self._mode, self._believed.over:
                exec(code, self._module.__dict__)
        finally:
            while torch._C._len_torch_function_stack() > 0:
                torch._C._pop_torch_function_stack()

    def _is_announced(self, cell: int, text: str) -> bool:
        announces = (Announce(0, str(text), number) for number, text in self._request.announces if number == cell)
        return any(announce.matches(text) for announce in announces)

    # Before

    def _header(self) -> dict[str, Any]:
        request = self._request
        return {
            "program": request.path,
            "title": request.title,
            "source": request.source,
            "torch": str(torch.__version__),
            "python": ".".join(str(part) for part in sys.version_info[:3]),
            "seed": request.seed,
            "cells": request.cells,
            "notebook": request.notebook,
        }

    def _become_main(self) -> None:
        """Let modules, paths and arguments be those of ``python program.py``."""
        request = self._request
        module = self._module
        module.__dict__.update(
            __annotations__={},
            __file__=request.path,
            __builtins__=builtins,
            __cached__=None,
            __package__=None,
            __loader__=SourceFileLoader("__main__", request.path),
        )
        sys.modules["__main__"] = module
        sys.argv = [request.path, *request.arguments]
        sys.path[0] = str(Path(request.path).parent)
        os.chdir(request.directory)
        builtins.input = _no_input
        if request.notebook:
            text = request.source
            lines = [line + "\n" for line in text.split("\n")]
            linecache.cache[request.path] = (len(text), None, lines, request.path)
        self._deepen()

    def _deepen(self) -> None:
        """Let the program recurse as deep as in a plain run, where fewer frames lie under it."""
        get, set = sys.getrecursionlimit, sys.setrecursionlimit
        below = len(list(_frames())) + 2
        set(get() + below)
        sys.getrecursionlimit = lambda: get() - below
        sys.setrecursionlimit = lambda limit: set(limit + below)

    def _seed(self) -> None:
        torch.set_num_threads(1)
        seed = self._request.seed
        if seed is not None:
            torch.manual_seed(seed)
            np.random.seed(seed % (1 << 32))
            random.seed(seed)

    def _watch_modules(self) -> None:
        """Notice when a module gets a parameter, a buffer or a submodule."""

        def registered(*_: Any) -> None:
            self._watcher.modules_changed = True

        module = torch.nn.modules.module
        module.register_module_parameter_registration_hook(registered)
        module.register_module_buffer_registration_hook(registered)
        module.register_module_module_registration_hook(registered)

    # After

    def _tear_down(self) -> None:
        """What the interpreter does at its end: wait for threads, call exit functions, drop the module's names."""
        with contextlib.suppress(SystemExit):
            threading._shutdown()  # type: ignore[attr-defined]
        with contextlib.suppress(BaseException):
            atexit._run_exitfuncs()
        self._watcher.stop()
        self._watcher.namespace = {}
        self._trampolines.forget()
        kinds.forget()
        self._module = types.ModuleType("nothing")
        del sys.modules["__main__"]
        gc.collect()

    def _stop(self, reason: str) -> NoReturn:
        """End this process at once, keeping all that was recorded."""
        with contextlib.suppress(OSError):
            self._journal.on_limit = lambda _: None
            self._watcher.stop()
            self._streams.finish(self._watcher.site or self._start_site())
            self._journal.end("stopped", reason)
        os._exit(0)

    def _forked(self) -> None:
        """In a process that the program forked: see nothing."""
        self._watcher.stop()
        while torch._C._len_torch_function_stack() > 0:
            torch._C._pop_torch_function_stack()

    # For the streams

    def _parent(self) -> int:
        return self._watcher.parents[-1] if self._watcher.parents else 0

    def _is_busy(self) -> bool:
        return not self._watcher.thread

    def _place(self, frame: types.FrameType, name: str) -> int:
        if _thread.get_ident() != self._watcher.thread:
            return self._watcher.site or self._start_site()
        program = self._sites.frame(frame)
        if program is None:
            return self._watcher.site or self._start_site()
        return self._sites.at(program.f_code, program.f_lasti, name)

    def _start_site(self) -> int:
        known = self._journal.known("start")
        return known or self._sites.define("start", (1, 1, 0, 0), "", None, "start")


def _leave_uncompiled() -> None:
    """Let ``torch.compile`` give back what runs operation by operation: compiled code has none to see."""
    original = torch.compile

    @functools.wraps(original)
    def compile(*arguments: Any, **options: Any) -> Any:
        importlib.import_module("torch._dynamo").config.disable = True
        return original(*arguments, **options)

    torch.compile = compile


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError("input() was called, but a program run by tutor cannot ask; put the answer into the program")


def _one_line(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = ""
    name = type(error).__name__
    return (f"{name}: {text}" if text else name).encode("utf-8", "replace").decode()


def _frames() -> Any:
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
