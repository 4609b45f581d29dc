"""Follows the program's statements and functions: which frames are open, what their names refer to, in which turn.

Its public methods that ``instrument`` lists are called from the program's own code, so each of them lets nothing of
its own escape: what goes wrong in here marks the next step as opaque and never reaches the program.
"""

from __future__ import annotations

import _thread
import os
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch

from tutor.recorder.errors import Errors
from tutor.recorder.instrument import Statement
from tutor.recorder.journal import Journal
from tutor.recorder.names import Names
from tutor.recorder.sites import Sites, Trampolines
from tutor.recorder.tensors import Tensors
from tutor.recording.format import Kind

_here = sys._getframe
_identity = _thread.get_ident
_MISSING = object()
_DEBUG = os.environ.get("TUTOR_DEBUG")
_NO_OVERRIDES = torch._C.DisableTorchFunction


class OpenFrame:
    """A function of the program that is running, or its top level."""

    __slots__ = (
        "call",
        "function",
        "key",
        "line",
        "names",
        "operations",
        "pending",
        "pushed",
        "result_step",
        "results",
        "scope",
        "suspended",
        "tick",
        "turns",
    )

    def __init__(self, scope: int, key: int, function: str | None, names: Names) -> None:
        self.scope = scope
        self.key = key
        """``id()`` of the Python frame."""
        self.function = function
        self.names = names
        self.line = 0
        """Line of the call."""
        self.turns: dict[int, int] = {}
        self.tick = 0
        """Grows with every statement and turn: tells two evaluations of one expression apart."""
        self.call: tuple[int, int, int] = (-1, -1, 0)
        """Instruction, tick and step of the last call step."""
        self.operations = 0
        """Steps made by the statement that is running."""
        self.results: tuple[int, ...] = ()
        """Tensors that the last operation made."""
        self.result_step = 0
        """The step of that operation."""
        self.pending = -1
        """Statement about to return."""
        self.pushed = False
        self.suspended = False


class Inside:
    """A context in which the recorder is at work: code of the program that runs meanwhile is not followed.

    That code can be a finaliser, a trace function, a ``__del__``: it may come between any two instructions. What
    goes wrong in the recorder ends here too.
    """

    __slots__ = ("_outside", "_watcher")

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._outside: list[int] = []

    def __enter__(self) -> None:
        self._outside.append(self._watcher.thread)
        self._watcher.thread = 0

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: Any) -> bool:
        self._watcher.thread = self._outside.pop()
        if isinstance(error, Exception):
            self._watcher.trouble(error)
            return True
        return False


class Watcher:
    """Writes down statements, names, turns, frames and errors.

    Args:
        journal: Where steps go.
        tensors: The tensors.
        sites: The program's places.
        trampolines: Which frames are the recorder's.
        flush: Writes down what was printed since, at a site; whether there was anything.
    """

    def __init__(
        self,
        journal: Journal,
        tensors: Tensors,
        sites: Sites,
        trampolines: Trampolines,
        flush: Callable[..., bool],
    ) -> None:
        self.journal = journal
        self.tensors = tensors
        self.sites = sites
        self.trampolines = trampolines
        self.statements: list[Statement] = []
        """Set to the instrumenter's list."""
        self.namespace: dict[str, Any] = {}
        """The module's names."""
        self.parents: list[int] = []
        """Steps that hold what happens now, the innermost last."""
        self.off = False
        """Whether the function mode is off because an operation is running."""
        self.push_mode: Callable[[], None] = lambda: None
        self.pop_mode: Callable[[], None] = lambda: None
        self.modules_changed = False
        """A parameter, buffer or submodule was registered somewhere."""
        self.uses_numpy = False
        self.top = OpenFrame(0, 0, None, Names(0, journal, tensors))
        self.site = 0
        """Where the program is, for what has no place of its own."""
        self._flush = flush
        self.inside = Inside(self)
        """To be entered while the recorder is at work."""
        self._frames: dict[int, OpenFrame] = {}
        self._late: list[OpenFrame] = []
        self._stack = [self.top]
        self._next_scope = 1
        self.thread = _identity()
        """The thread that is followed; 0 while none is."""
        self.errors = Errors(self)
        self._statement_sites: dict[int, int] = {}

    # Hooks

    def statement(self, index: int, *values: Any) -> None:
        """A statement has run, or the header of a compound one was evaluated."""
        if _identity() != self.thread:
            return
        with self.inside, _NO_OVERRIDES():
            self._statement(self.statements[index], values, _here(1))

    def _statement(self, info: Statement, values: tuple[Any, ...], python_frame: FrameType) -> None:
        frame = self._frame_of(info, python_frame)
        frame.tick += 1
        if info.in_class:
            return
        if info.loop_line:
            self._turn(frame, info.loop_line)
        elif len(info.loops) != len(frame.turns):
            self._leave_loops(frame, info.loops)
        site = self.site = self._site(info)
        printed = self._flush(site, files=info.calls and not frame.operations)
        if self.uses_numpy and frame.operations and self._look_at_arrays():
            self.journal.amend()
        mark = len(self.journal.pending)
        changed = self._look(info, values, frame)
        if not frame.operations:
            if changed or not printed:
                self.step(Kind.STATEMENT, site)
        elif changed:
            if self._made_by_last(info, frame, mark):
                self.journal.amend()
            else:
                self.step(Kind.STATEMENT, site)
        frame.operations = 0
        frame.results = ()
        self.journal.settle()

    def pending(self, index: int) -> None:
        """A ``return`` or ``raise`` is about to be evaluated."""
        if _identity() != self.thread:
            return
        frame = self._frames.get(id(_here(1)))
        if frame is not None and self.statements[index].name == "return":
            frame.tick += 1
            frame.pending = index
            frame.operations = 0

    def left(self, index: int) -> None:
        """A loop is over."""
        if _identity() != self.thread:
            return
        with self.inside:
            info = self.statements[index]
            frame = self._frame_of(info, _here(1))
            frame.tick += 1
            if frame.turns.pop(info.loop_line, None) is not None:
                self.journal.pending.append([8, frame.scope, info.loop_line, 0])

    def entered(self, index: int, *values: Any) -> None:
        """A function began."""
        if _identity() != self.thread:
            return
        with self.inside, _NO_OVERRIDES():
            self._entered(self.statements[index], values, _here(1))

    def _entered(self, info: Statement, values: tuple[Any, ...], python_frame: FrameType) -> None:
        caller = self.sites.frame(python_frame.f_back)
        if caller is not None:
            self.current(caller)
        scope = self._next_scope
        self._next_scope += 1
        frame = OpenFrame(scope, id(python_frame), info.function, Names(scope, self.journal, self.tensors))
        frame.line = caller.f_lineno if caller is not None else 0
        self._frames[frame.key] = frame
        self._stack.append(frame)
        self.journal.pending.append([6, scope, info.function, frame.line])
        for name, value in zip(info.local, values, strict=True):
            frame.names.look(name, value)
        if self.off and not info.generator:
            self.push_mode()
            self.off = False
            frame.pushed = True

    def exited(self) -> None:
        """A function is over."""
        frame = self._frames.pop(id(_here(1)), None) if self._frames else None
        if frame is None:
            return
        if _identity() != self.thread:
            self._late.append(frame)  # a generator that was dropped while the recorder was at work
            return
        if frame.pushed:
            self.pop_mode()
            self.off = True
        with self.inside:
            if frame.pending >= 0 and not frame.operations:
                self.step(Kind.STATEMENT, self._site(self.statements[frame.pending]))
            self._close(frame)

    def _close(self, frame: OpenFrame) -> None:
        if frame in self._stack:
            self._stack.remove(frame)
        if not frame.suspended:
            self.journal.pending.append([7, frame.scope])

    def escaping(self, index: int) -> None:
        """An exception is leaving a function or passing a ``finally``."""
        if _identity() != self.thread:
            return
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, GeneratorExit | StopIteration | StopAsyncIteration):
            frame = self._frames.get(id(_here(1)))
            if frame is not None:
                frame.pending = -1
            self.report(error)

    def caught(self, index: int) -> None:
        """An ``except`` clause began."""
        if _identity() != self.thread:
            return
        error = sys.exc_info()[1]
        if error is None:
            return
        self.report(error)
        self.errors.landed()
        with self.inside:
            info = self.statements[index]
            frame = self._frame_of(info, _here(1))
            frame.tick += 1
            frame.operations = 0
            self._leave_loops(frame, info.loops)

    def turned(self) -> bool:
        """A comprehension takes one more turn."""
        if _identity() == self.thread:
            self._stack[-1].tick += 1
        return True

    def lambda_entered(self) -> bool:
        """A lambda's body begins; whether the function mode was switched on for it."""
        if _identity() != self.thread:
            return False
        self._stack[-1].tick += 1
        if self.off:
            self.push_mode()
            self.off = False
            return True
        return False

    def lambda_exited(self, token: bool, value: Any) -> Any:
        """A lambda's body is over; gives its value back."""
        if token:
            self.pop_mode()
            self.off = True
        return value

    # For the other parts of the recorder

    def report(self, error: BaseException) -> None:
        """Write an error down, once while it is in flight."""
        with self.inside, _NO_OVERRIDES():
            self.errors.report(error)

    def current(self, python_frame: FrameType) -> OpenFrame:
        """The open frame of a frame of the program: its own, or that of the function around it."""
        stack = self._stack
        while self._late:
            self._close(self._late.pop())
        frame: OpenFrame | None = None
        while frame is None:
            frame = self._frames.get(id(python_frame))
            if frame is None:
                outer = self.sites.frame(python_frame.f_back)
                if outer is None:
                    frame = self.top
                else:
                    python_frame = outer
        if stack[-1] is not frame:
            self._switch(frame)
        return frame

    def call_step(self, frame: OpenFrame, python_frame: FrameType, mark: tuple[int, int]) -> int:
        """The step of the library call that is running in a frame; written when it is new.

        Args:
            frame: The open frame.
            python_frame: Its Python frame.
            mark: Number of the last step and of pending changes when the inner operation began: what came since
                belongs to that operation, not to the call.
        """
        instruction = python_frame.f_lasti
        known = frame.call
        if known[0] == instruction and known[1] == frame.tick:
            return known[2]
        site = self.sites.at(python_frame.f_code, instruction, None)
        pending = self.journal.pending
        start = mark[1] if mark[0] == self.journal.count else 0
        held, freed = pending[start:], self.journal.freed
        del pending[start:]
        self.journal.freed = []
        number = self.step(Kind.CALL, site)
        self.journal.pending.extend(held)
        self.journal.freed += freed
        frame.call = (instruction, frame.tick, number)
        return number

    def forget_error(self) -> None:
        """The error was announced, and the next cell goes on."""
        self.errors.landed()
        self._leave_loops(self.top, ())
        self.top.operations = 0
        while len(self._stack) > 1:
            frame = self._stack.pop()
            self._frames.pop(frame.key, None)
            self.journal.pending.append([7, frame.scope])

    def stop(self) -> None:
        """See nothing from now on."""
        self.thread = 0

    def trouble(self, error: Exception) -> None:
        """Something went wrong in the recorder: say so in the next step, and go on."""
        if isinstance(error, OSError):
            self.journal.on_limit(f"stopped, because the recording could not be written ({error.strerror})")
        self.journal.opaque = True
        if _DEBUG:
            text = "".join(traceback.format_exception(error))
            with open(_DEBUG, "a") as file:  # noqa: PTH123
                file.write(text)

    # Parts

    def flush(self) -> None:
        """Write down what was printed up to now."""
        self._flush(self.site)

    def step(self, kind: Kind, site: int, detail: Any = None) -> int:
        """Write a step down, held by what runs now."""
        return self.journal.step(kind, site, self.parents[-1] if self.parents else 0, detail)

    def _site(self, info: Statement) -> int:
        known = self._statement_sites.get(info.index)
        if known is None:
            line, end_line, column, end_column = info.position
            characters = self.sites._characters
            position = (line, end_line, characters(line, column), characters(end_line, end_column))
            source = self.sites.text(position)
            key = ("statement", info.index)
            known = self.sites.define(key, position, source, info.function, info.name)
            self._statement_sites[info.index] = known
        return known

    def _frame_of(self, info: Statement, python_frame: FrameType) -> OpenFrame:
        if info.top_level:
            if self._stack[-1] is not self.top:
                self._switch(self.top)
            return self.top
        return self.current(python_frame)

    def _switch(self, frame: OpenFrame) -> None:
        """Generators leave and enter the stack without starting or ending."""
        stack = self._stack
        if frame in stack:
            while stack[-1] is not frame:
                gone = stack.pop()
                gone.suspended = True
                self.journal.pending.append([7, gone.scope])
            return
        stack.append(frame)
        frame.suspended = False
        self.journal.pending.append([6, frame.scope, frame.function, frame.line])
        frame.names.write_again()
        for line, turn in frame.turns.items():
            self.journal.pending.append([8, frame.scope, line, turn])

    def _turn(self, frame: OpenFrame, line: int) -> None:
        info_turn = frame.turns.get(line, 0) + 1
        frame.turns[line] = info_turn
        self.journal.pending.append([8, frame.scope, line, info_turn])

    def _leave_loops(self, frame: OpenFrame, inside: tuple[int, ...]) -> None:
        for line in [line for line in frame.turns if line not in inside]:
            del frame.turns[line]
            self.journal.pending.append([8, frame.scope, line, 0])

    def _look(self, info: Statement, values: tuple[Any, ...], frame: OpenFrame) -> bool:
        """Look at every name that the statement could have changed; whether one differs."""
        changed = False
        names = self.top.names
        namespace = self.namespace
        for name in info.outer:
            value = namespace.get(name, _MISSING)
            if value is _MISSING:
                changed |= names.forget(name)
            elif not name.startswith("__"):
                changed |= names.look(name, value, deep=info.deep or name in info.bound)
        names = frame.names
        for name, value in zip(info.local, values, strict=True):
            changed |= names.look(name, value, deep=info.deep or name in info.bound)
        for name in info.deleted:
            changed |= names.forget(name)
        if info.scan:
            changed |= self._scan()
        if info.calls:
            changed |= self._look_at_objects()
        if self.uses_numpy and not frame.operations and (info.deep or info.calls or info.name == "update"):
            mark = len(self.journal.pending)
            self.tensors.refresh_small()
            changed |= len(self.journal.pending) > mark
        return changed

    def _look_at_arrays(self) -> bool:
        """Whether torch wrote into an array's memory."""
        changed = False
        for frame in self._stack:
            for name, reference in list(frame.names.arrays.items()):
                array = reference()
                if array is not None and frame.names.holds(name):
                    changed |= frame.names.look(name, array)
        return changed

    def _scan(self) -> bool:
        names = self.top.names
        changed = False
        for name, value in list(self.namespace.items()):
            if type(name) is str and not name.startswith("__"):
                changed |= names.look(name, value)
        for name in names.known():
            if name not in self.namespace:
                changed |= names.forget(name)
        return changed

    def _look_at_objects(self) -> bool:
        """Optimisers, whose rates schedulers change; modules, when one somewhere got a new member."""
        changed = False
        for frame in self._stack:
            names = frame.names
            for name, optimizer_reference in names.optimizers.items():
                optimizer = optimizer_reference()
                if optimizer is not None and names.holds(name):
                    changed |= names.look(name, optimizer, deep=False)
            if self.modules_changed:
                for name, module_reference in names.modules.items():
                    module = module_reference()
                    if module is not None and names.holds(name):
                        changed |= names.look(name, module)
        self.modules_changed = False
        return changed

    def _made_by_last(self, info: Statement, frame: OpenFrame, mark: int) -> bool:
        """Whether a name was bound to what the last operation made, and nothing was written down since."""
        if frame.result_step != self.journal.count:
            return False
        return any(
            change[0] == 1 and change[3] in frame.results and (not info.bound or change[2] in info.bound)
            for change in self.journal.pending[mark:]
        )
