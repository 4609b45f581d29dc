"""Steps inside ``backward()``: one for each node that runs, one for each gradient that arrives in a ``.grad``.

Hooks are put on every node before the call and taken off after it: an AccumulateGrad node is shared by all graphs of
its leaf, so hooks left behind would pile up. Hooks hold ids and copies, never a tensor of the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import get_gradient_edge

from tutor.recorder.graph import ACCUMULATE_GRAD
from tutor.recorder.tensors import Entry
from tutor.recorder.watcher import Watcher
from tutor.recording.format import Kind

BACKWARD_CALLS: dict[str, tuple[Any, ...]] = {
    "backward": (torch.Tensor.backward, torch.autograd.backward),
    "grad": (torch.autograd.grad,),
}
"""The calls that run nodes, by name."""

_NO_OVERRIDES = torch._C.DisableTorchFunction


class Call:
    """One backward call that is running."""

    __slots__ = ("before", "contributions", "handles", "leaves", "ran", "retained", "switched")

    def __init__(self) -> None:
        self.handles: list[Any] = []
        self.leaves: dict[int, Entry] = {}
        self.before: dict[int, Any] = {}
        """Content of each leaf's ``.grad`` when it was last looked at."""
        self.contributions: dict[int, Any] = {}
        """What is about to arrive at leaves whose own hooks run after the accumulation."""
        self.retained: dict[int, list[tuple[Entry, int]]] = {}
        """Tensors that keep their gradient without being leaves, by the node that made them, with output number."""
        self.ran: list[int] = []
        self.switched: set[int] = set()
        """Python nodes for which the function mode was switched on."""


class Backward:
    """Runs backward calls with hooks on every node.

    Args:
        watcher: Where steps and parents are kept.
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._tensors = watcher.tensors
        self._journal = watcher.journal
        self._position: Any = None
        self._calls: list[Call] = []

    def run(self, func: Any, args: Any, kwargs: Any, number: int, run: Callable[[], Any]) -> Any:
        """Run a backward call.

        Args:
            func: One of ``BACKWARD_CALLS``.
            args: Its arguments.
            kwargs: Its keyword arguments.
            number: The step of the call, parent of all steps in it.
            run: Runs it.
        """
        watcher = self._watcher
        call = Call()
        outside = self._position
        with watcher.inside, _NO_OVERRIDES():
            self._hand_over()
            self._prepare(call, func, args, kwargs)
        self._position = watcher.site
        self._calls.append(call)
        watcher.parents.append(number)
        try:
            return run()
        finally:
            watcher.parents.pop()
            self._calls.pop()
            self._position = outside
            with watcher.inside, _NO_OVERRIDES():
                self._finish(call, func, args, kwargs)

    def _hand_over(self) -> None:
        """A call that only hands on to another one (a tensor subclass does that) leaves the hooks to that one."""
        if self._calls and torch._C._current_graph_task_id() == -1:
            outer = self._calls[-1]
            for handle in outer.handles:
                handle.remove()
            outer.handles.clear()

    def _prepare(self, call: Call, func: Any, args: Any, kwargs: Any) -> None:
        """Put a hook on every node that can run."""
        for entry in list(self._tensors.retaining.values()):
            tensor = entry()
            if tensor is not None and entry.node is not None:
                call.retained.setdefault(entry.node, []).append((entry, tensor.output_nr))
                call.before[entry.id] = self._tensors.gradient(tensor.grad)
        for tensor in _wanted(func, args, kwargs):
            entry = self._tensors.see(tensor)
            if entry.node is not None and entry.id not in call.before:
                # torch is about to call retain_grad() for it.
                call.retained.setdefault(entry.node, []).append((entry, tensor.output_nr))
                call.before[entry.id] = None
        seen: set[int] = set()
        waiting: list[Any] = []
        for root in _roots(func, args, kwargs):
            if root.requires_grad:
                self._tensors.see(root)
                waiting.append(root.grad_fn if root.grad_fn is not None else get_gradient_edge(root).node)
        while waiting:
            node = waiting.pop()
            if type(node) is ACCUMULATE_GRAD:
                self._prepare_leaf(call, node)
                continue
            number = node._sequence_nr()
            if number in seen:
                continue
            seen.add(number)
            if isinstance(node, BackwardCFunction):
                # Its backward is Python: see the operations in it, as everywhere else.
                call.handles.append(node.register_prehook(partial(self._python_begins, call, number)))
            call.handles.append(node.register_hook(partial(self._node_ran, call, number, node.name())))
            for following, _ in node.next_functions:
                if following is not None:
                    waiting.append(following)

    def _prepare_leaf(self, call: Call, node: Any) -> None:
        leaf = node.variable
        entry = self._tensors.see(leaf)
        if entry.id in call.leaves:
            return
        call.leaves[entry.id] = entry
        self._tensors.refresh_grad(leaf, entry)
        call.before[entry.id] = self._tensors.gradient(leaf.grad)
        hooks = getattr(leaf, "_post_accumulate_grad_hooks", None)
        if hooks:
            # The program's own hooks may change or clear .grad, so look before they run.
            first = leaf.register_post_accumulate_grad_hook(lambda leaf: self._accumulated_into(call, leaf))
            theirs = [(id, hook) for id, hook in hooks.items() if id != first.id]
            for id, _ in theirs:
                del hooks[id]
            hooks.update(theirs)
            call.handles.append(first)
            call.handles.append(node.register_prehook(partial(self._note_contribution, call, entry)))
        else:
            call.handles.append(node.register_hook(partial(self._accumulated, call, entry)))

    def _note_contribution(self, call: Call, entry: Entry, incoming: Any) -> None:
        with self._watcher.inside:
            call.contributions[entry.id] = self._tensors.gradient(incoming[0])

    def _accumulated_into(self, call: Call, leaf: torch.Tensor) -> None:
        with self._watcher.inside:
            entry = self._tensors.see(leaf)
            self._write_accumulate(call, entry, leaf, call.contributions.pop(entry.id, None))

    def _accumulated(self, call: Call, entry: Entry, outgoing: Any, incoming: Any) -> None:
        with self._watcher.inside:
            leaf = entry()
            if leaf is not None:
                self._write_accumulate(call, entry, leaf, self._tensors.gradient(incoming[0]))

    def _write_accumulate(self, call: Call, entry: Entry, leaf: torch.Tensor, contribution: Any) -> None:
        self._tensors.refresh_grad(leaf, entry)
        before, after = call.before.get(entry.id), self._tensors.gradient(leaf.grad)
        call.before[entry.id] = after
        detail = [entry.id, before, contribution, after, before is None]
        self._step(Kind.ACCUMULATE, "AccumulateGrad", detail)

    def _python_begins(self, call: Call, number: int, incoming: Any) -> None:
        if self._watcher.off:
            self._watcher.push_mode()
            self._watcher.off = False
            call.switched.add(number)

    def _node_ran(self, call: Call, number: int, name: str, outgoing: Any, incoming: Any) -> None:
        if number in call.switched:
            call.switched.discard(number)
            self._watcher.pop_mode()
            self._watcher.off = True
        with self._watcher.inside:
            gradient = self._tensors.gradient
            arriving = [gradient(item) for item in incoming]
            for entry, output in call.retained.get(number, ()):
                tensor = entry()
                if tensor is not None and tensor.retains_grad and tensor.grad is not None:
                    self._tensors.see(tensor)
                    self._write_accumulate(call, entry, tensor, arriving[output])
            call.ran.append(number)
            self._step(Kind.NODE, name.rpartition("::")[2], [number, arriving, [gradient(item) for item in outgoing]])

    def _step(self, kind: Kind, name: str, detail: Any) -> None:
        watcher = self._watcher
        site = watcher.sites.renamed(self._position, name)
        self._journal.step(kind, site, watcher.parents[-1] if watcher.parents else 0, detail)

    def _finish(self, call: Call, func: Any, args: Any, kwargs: Any) -> None:
        """Take the hooks off and look at what is left behind."""
        for handle in call.handles:
            handle.remove()
        call.handles.clear()
        for entry in call.leaves.values():
            leaf = entry()
            if leaf is not None:
                self._tensors.refresh_grad(leaf, entry)
        for entries in call.retained.values():
            for entry, _ in entries:
                tensor = entry()
                if tensor is not None:
                    self._tensors.see(tensor)
                    self._tensors.refresh_grad(tensor, entry)
        if call.ran and not _keeps_graph(func, args, kwargs):
            self._journal.pending.append([5, call.ran])
        if self._journal.pending:
            self._journal.amend()


def _roots(func: Any, args: Any, kwargs: Any) -> list[torch.Tensor]:
    """The tensors that a backward call starts from."""
    first = args[0] if args else next((kwargs[key] for key in ("self", "tensors", "outputs") if key in kwargs), ())
    if isinstance(first, torch.Tensor):
        return [first]
    return [item for item in first if isinstance(item, torch.Tensor)]


def _wanted(func: Any, args: Any, kwargs: Any) -> list[torch.Tensor]:
    """The tensors that ``backward(inputs=...)`` names, leaves or not; what is no list or tuple is not read, since
    reading it could use it up."""
    if func is torch.autograd.grad:
        return []
    position = 4 if func is torch.Tensor.backward else 5
    inputs = kwargs.get("inputs", args[position] if len(args) > position else None)
    if isinstance(inputs, torch.Tensor):
        return [inputs]
    return [item for item in inputs if isinstance(item, torch.Tensor)] if isinstance(inputs, list | tuple) else []


def _keeps_graph(func: Any, args: Any, kwargs: Any) -> bool:
    """Whether the call leaves saved tensors in place: ``retain_graph``, by default ``create_graph``."""
    position = 3 if func is torch.autograd.grad else 2
    retain = kwargs.get("retain_graph", args[position] if len(args) > position else None)
    create = kwargs.get("create_graph", args[position + 1] if len(args) > position + 1 else False)
    return bool(create if retain is None else retain)
