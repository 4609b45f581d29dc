"""The words of autograd that the screens use, each in a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

TERMS: Final = {
    "leaf": "A tensor that no recorded operation made: you made it, or it was made while grad was off. A leaf that "
    "requires grad is where backward() puts gradients: into its .grad.",
    "requires_grad": "A flag of a tensor: operations that use it are recorded, so that gradients can flow back to it "
    "(●). Results of recorded operations have it too; ○ means that it is off.",
    "grad_fn": "The node of the graph that made a tensor, for example MulBackward0. A leaf has none. backward() "
    "starts at the grad_fn of the tensor that it is called on.",
    "node": "One recorded operation in the graph, seen from its end: it takes the gradient of its result and gives "
    "the gradients of its inputs. PowBackward0 belongs to a power, AddBackward0 to a sum.",
    "edge": "What leads from a node to the nodes of its inputs. Gradients travel along the edges, from the result "
    "down to the leaves.",
    "graph": "The nodes behind a tensor and the edges between them. It is made anew while the program computes, and "
    "backward() walks through it.",
    "backward": "Walks through the graph from a result to the leaves and computes, node by node, how much each input "
    "changes the result.",
    "gradient": "How much the result changes when a value changes a little; it has the shape of that value.",
    "accumulate": "What happens at a leaf: the gradient that arrives is added to its .grad. If .grad was None, it is "
    "taken over instead. Nothing sets it back to zero by itself.",
    "AccumulateGrad": "The node at the end of each path: it adds the gradient that arrives to the .grad of its leaf.",
    ".grad": "Where the gradient of a leaf is kept after backward(). None means that none has come yet, or "
    "none since zero_grad(); that is not the same as 0. Tensors that are not leaves keep none, unless retain_grad() "
    "was called.",
    "saved": "Saved tensor: a value that a node keeps because its backward needs it, as x is needed for x**2. It is "
    "freed when the node has run, unless retain_graph=True.",
    "freed": "The node has run and its saved tensors are gone. A second backward through it raises an error.",
    "version": "A counter of a tensor's memory: every in-place change adds one. A node remembers the version that it "
    "saved; if the tensor was changed since, backward raises an error.",
    "in-place": "An operation that changes a tensor instead of making a new one: w -= g, x.add_(1), x[0] = 2. Its "
    "version goes up.",
    "shares": "Two tensors with the same memory: a change of one is seen in the other. Views such as x.view(…), "
    "x[0] or x.T share, and so does x.detach().",
    "view": "A tensor that shows the memory of another one, in another shape or a part of it.",
    "detach": "Gives a tensor with the same memory and without a graph: gradients do not go through it.",
    "no_grad": "Inside torch.no_grad() operations are not recorded: results have no grad_fn and require no grad. The "
    "lines are marked with ╎.",
    "retain_grad": "Asks a tensor that is not a leaf to keep its gradient in .grad all the same.",
    "retains": "A tensor for which retain_grad() was called: its gradient is kept although it is no leaf.",
    "incoming": "The gradient that arrives at a node: of the final result, by the node's own result.",
    "outgoing": "The gradients that a node sends on, one for each input that requires grad.",
    "fan-in": "A tensor that was used twice gets a gradient on each path; they are added before its node runs.",
    "turn": "One time through a loop: ↻ 2/3 is the second of three.",
    "step": "One thing that happened: a statement, a torch operation, a node inside backward(), a gradient that "
    "arrives at a leaf, an update, a line of output.",
    "dtype": "The kind of number in a tensor. float32 is usual; integers and booleans carry no gradient.",
    "scalar": "A tensor with one number and no axes. backward() without an argument needs one.",
    "optimizer": "Changes parameters by their .grad when step() is called; zero_grad() sets .grad back to None.",
    "Parameter": "A leaf that requires grad and belongs to a module, so that model.parameters() finds it.",
    "vector-Jacobian product": "What a node computes: the incoming gradient times its own derivative, without ever "
    "making the whole matrix of derivatives.",
}
"""Each term with its paragraph."""

_ALSO: Final = {
    "leaves": "leaf",
    "nodes": "node",
    "edges": "edge",
    "gradients": "gradient",
    "grad": ".grad",
    "accumulates": "accumulate",
    "adds": "accumulate",
    "detach()": "detach",
    "versions": "version",
    "freed": "freed",
    "views": "view",
    "turns": "turn",
    "steps": "step",
    "requires": "requires_grad",
    "taken": "accumulate",
    "none": ".grad",
    "kept": "retain_grad",
}
_WORD: Final = re.compile(r"\.?[A-Za-z_][\w\-]*")
_NODE: Final = re.compile(r"[A-Z]\w*Backward\w*")


def term_of(word: str) -> str | None:
    """The term that a word of the screen stands for, None where it is no term."""
    if _NODE.fullmatch(word):
        return "node"
    for candidate in (word, word.lower(), word.lstrip("."), word.lstrip(".").lower()):
        if candidate in TERMS:
            return candidate
        if candidate in _ALSO:
            return _ALSO[candidate]
    return None


def word_at(text: str, column: int) -> str:
    """The word that covers a column of a text, empty where there is none."""
    for match in _WORD.finditer(text):
        if match.start() <= column < match.end():
            return match[0]
    return ""


def terms_in(lines: Iterable[str]) -> list[str]:
    """The terms that lines of text use, in the order of the text."""
    found: dict[str, None] = {}
    for line in lines:
        for match in _WORD.finditer(line):
            term = term_of(match[0])
            if term is not None:
                found[term] = None
    return list(found)
