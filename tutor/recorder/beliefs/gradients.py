"""Beliefs about ``backward()``: what it does to ``.grad``, and how gradients go through the graph."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch.autograd.graph import get_gradient_edge

from tutor.recorder.beliefs.base import Believed, ChangedCalls, Frames
from tutor.recorder.graph import ACCUMULATE_GRAD

_BACKWARD = frozenset({"backward"})
_BOTH = frozenset({"backward", "grad"})
_VECTORS = ("gradient", "grad_tensors", "grad_outputs")
_ROOTS = ("self", "tensors", "outputs")
_RATES = ("lr", "learning_rate", "rate", "step_size", "alpha", "eta")

USUAL_RATE = 0.1
"""By how much ``backward()`` is believed to move a weight, where the program names no learning rate."""


class _Graph(NamedTuple):
    """The nodes that a backward call can run."""

    nodes: list[Any]
    """All but those of leaves."""
    leaves: list[Any]
    """The AccumulateGrad nodes."""


class _Backward(ChangedCalls):
    """Changes the program's backward calls."""

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the call as believed."""
        if getattr(func, "__module__", "") not in ("torch._tensor", "torch.autograd"):
            return func(*args, **kwargs)
        bound = inspect.signature(func).bind(*args, **kwargs)
        bound.apply_defaults()
        return self.run(func, bound)

    def run(self, func: Any, bound: inspect.BoundArguments) -> Any:
        """Run a backward call whose arguments are known by name."""
        raise NotImplementedError


class _Hooked(_Backward):
    """Runs backward calls with hooks on the nodes of the graph, for that call only."""

    def run(self, func: Any, bound: inspect.BoundArguments) -> Any:
        handles: list[Any] = []
        with torch._C.DisableTorchFunction():
            handles.extend(self.hook(_graph(_roots(bound))))
        try:
            return func(*bound.args, **bound.kwargs)
        finally:
            for handle in handles:
                handle.remove()

    def hook(self, graph: _Graph) -> Iterator[Any]:
        """Put the hooks on a graph and give their handles."""
        raise NotImplementedError


def _roots(bound: inspect.BoundArguments) -> list[Any]:
    """Tensors and edges from which a backward call starts."""
    given = next(bound.arguments[name] for name in _ROOTS if name in bound.arguments)
    if isinstance(given, torch.Tensor | torch.autograd.graph.GradientEdge):
        return [given]
    return list(given)


def _graph(roots: list[Any]) -> _Graph:
    graph = _Graph([], [])
    seen: set[Any] = set()
    waiting: list[Any] = []
    for root in roots:
        if isinstance(root, torch.Tensor):
            if root.requires_grad:
                waiting.append(root.grad_fn if root.grad_fn is not None else get_gradient_edge(root).node)
        else:
            waiting.append(root.node)
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        (graph.leaves if type(node) is ACCUMULATE_GRAD else graph.nodes).append(node)
        waiting.extend(following for following, _ in node.next_functions)
    return graph


class _Overwriting(_Backward):
    """Empties each ``.grad`` before the call, and puts back those at which nothing arrived."""

    def __init__(self, frames: Frames) -> None:
        super().__init__(frames, _BACKWARD | {"retain_grad"})
        self._retaining: list[weakref.ref[torch.Tensor]] = []

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Note which tensors keep their gradient without being leaves."""
        if name == "retain_grad":
            self._retaining.append(weakref.ref(args[0]))
            return func(*args, **kwargs)
        return super().call(func, name, args, kwargs)

    def run(self, func: Any, bound: inspect.BoundArguments) -> Any:
        with torch._C.DisableTorchFunction():
            graph = _graph(_roots(bound))
            made = set(graph.nodes)
            retaining = (reference() for reference in self._retaining)
            tensors = [tensor for tensor in retaining if tensor is not None and tensor.grad_fn in made]
            tensors += [node.variable for node in graph.leaves]
            held = [(tensor, tensor.grad) for tensor in tensors]
            for tensor in tensors:
                tensor.grad = None
        try:
            return func(*bound.args, **bound.kwargs)
        finally:
            with torch._C.DisableTorchFunction():
                for tensor, gradient in held:
                    if tensor.grad is None:
                        tensor.grad = gradient


def grad_overwrites(frames: Frames) -> Believed:
    """What arrives at a tensor replaces its ``.grad``."""
    return Believed(_Overwriting(frames))


class _Unmultiplied(_Hooked):
    """Lets ones arrive at each node."""

    def hook(self, graph: _Graph) -> Iterator[Any]:
        for node in graph.nodes:
            yield node.register_prehook(_ones)


def _ones(arriving: tuple[Any, ...]) -> tuple[Any, ...]:
    with torch._C.DisableTorchFunction():
        return tuple(
            gradient if gradient is None or gradient.layout is not torch.strided else torch.ones_like(gradient)
            for gradient in arriving
        )


def upstream_ignored(frames: Frames) -> Believed:
    """What leaves a node is its local slope, whatever arrived."""
    return Believed(_Unmultiplied(frames, _BOTH))


class _LastPath(_Hooked):
    """Of several edges to one input of a node, or to a leaf, lets only the gradient of the last pass.

    The last is that of the operation that ran last, and of one operation that uses a tensor twice its last use.
    """

    def hook(self, graph: _Graph) -> Iterator[Any]:
        edges: dict[tuple[Any, int], list[tuple[int, int, Any]]] = {}
        for node in graph.nodes:
            for position, (following, number) in enumerate(node.next_functions):
                if following is not None:
                    edges.setdefault((following, number), []).append((node._sequence_nr(), position, node))
        closed: dict[Any, set[int]] = {}
        for arriving in edges.values():
            arriving.sort(key=lambda edge: edge[:2])
            for _, position, node in arriving[:-1]:
                closed.setdefault(node, set()).add(position)
        for node, positions in closed.items():
            yield node.register_hook(_without(positions))


def _without(positions: set[int]) -> Callable[[Any, Any], Any]:
    def stop(leaving: tuple[Any, ...], _: Any) -> tuple[Any, ...]:
        return tuple(None if position in positions else gradient for position, gradient in enumerate(leaving))

    return stop


def last_path_only(frames: Frames) -> Believed:
    """Of several paths to a tensor only the last brings its gradient."""
    return Believed(_LastPath(frames, _BOTH))


class _Unfreed(_Backward):
    """Keeps the graph in every call."""

    def run(self, func: Any, bound: inspect.BoundArguments) -> Any:
        bound.arguments["retain_graph"] = True
        return func(*bound.args, **bound.kwargs)


def graph_never_freed(frames: Frames) -> Believed:
    """Nothing that nodes saved is ever freed."""
    return Believed(_Unfreed(frames, _BOTH))


class _Unweighted(_Backward):
    """Puts ones in the place of the vector."""

    def run(self, func: Any, bound: inspect.BoundArguments) -> Any:
        name = next(name for name in _VECTORS if name in bound.arguments)
        if bound.arguments[name] is not None and not bound.arguments.get("is_grads_batched"):
            roots = _roots(bound)
            with torch._C.DisableTorchFunction():
                ones = [torch.ones_like(root) if isinstance(root, torch.Tensor) else None for root in roots]
            bound.arguments[name] = ones[0] if "self" in bound.arguments else ones
        return func(*bound.args, **bound.kwargs)


def vjp_vector_ignored(frames: Frames) -> Believed:
    """A vector given to a backward call is read as ones."""
    return Believed(_Unweighted(frames, _BOTH))


class _Moving(_Backward):
    """Moves the leaves of a graph by their ``.grad`` after each call."""

    def __init__(self, frames: Frames) -> None:
        super().__init__(frames, _BACKWARD)
        self._optimizers: weakref.WeakSet[torch.optim.Optimizer] = weakref.WeakSet()
        made = torch.optim.Optimizer.__init__

        def make(optimizer: torch.optim.Optimizer, *arguments: Any, **options: Any) -> None:
            made(optimizer, *arguments, **options)
            self._optimizers.add(optimizer)

        frames.patch(torch.optim.Optimizer, "__init__", make)

    def run(self, func: Any, bound: inspect.BoundArguments) -> Any:
        with torch._C.DisableTorchFunction():
            leaves = [node.variable for node in _graph(_roots(bound)).leaves]
        result = func(*bound.args, **bound.kwargs)
        program = self.frames.program(sys._getframe(1))
        names = {} if program is None else program.f_globals | program.f_locals
        for leaf in leaves:
            if leaf.grad is not None:
                with torch.no_grad():
                    leaf.sub_(leaf.grad, alpha=self._rate(leaf, names))
        return result

    def _rate(self, leaf: torch.Tensor, names: dict[str, Any]) -> float:
        groups = itertools.chain.from_iterable(optimizer.param_groups for optimizer in self._optimizers)
        for group in groups:
            if any(leaf is weight for weight in group["params"]) and "lr" in group:
                return float(group["lr"])
        rates = (names[name] for name in _RATES if type(names.get(name)) in (int, float))
        return float(next(rates, USUAL_RATE))


def backward_also_steps(frames: Frames) -> Believed:
    """After a backward call each leaf is moved by its rate times its ``.grad``.

    The rate is that of the leaf's optimiser, or else what the program calls ``lr`` or so, or else a usual one.
    """
    return Believed(_Moving(frames))


class _Keeping(ChangedCalls):
    """Lets every tensor that an operation makes keep its gradient."""

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the operation and mark what it made."""
        result = func(*args, **kwargs)
        for made in result if isinstance(result, tuple | list) else (result,):
            if isinstance(made, torch.Tensor) and name != "retain_grad":
                # Some cannot keep one: views made under no_grad, tensors inside a function that torch.func transforms.
                with torch._C.DisableTorchFunction(), contextlib.suppress(RuntimeError):
                    if made.requires_grad and not made.is_leaf:
                        made.retain_grad()
        return result


def nonleaf_keep_grad(frames: Frames) -> Believed:
    """Every tensor that the program makes in the graph keeps its gradient."""
    return Believed(under=_Keeping(frames, by_modules=True))
