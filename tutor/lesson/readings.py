"""The ways to read a program wrongly: which of them could matter for it, and the program that each makes of it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from tutor.lesson.beliefs import BELIEFS, MACHINE, PROGRAM
from tutor.lesson.changes import CodeCell, code_cells
from tutor.lesson.misreadings import misread
from tutor.lesson.program import Program

LOSSES: Final = frozenset(
    {"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"}
    | {"cross_entropy", "nll_loss", "kl_div", "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss"}
    | {"BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss", "KLDivLoss"}
)
"""Losses that take a mean over their elements."""

_FLAGS = frozenset({"requires_grad_", "detach_", "share_memory_"})


class Reading(NamedTuple):
    """One way to read a program wrongly."""

    name: str
    """Its name in ``BELIEFS``."""
    cells: list[CodeCell]
    """The code cells, changed for a misreading of the program; every line keeps its number."""
    belief: str
    """Name of the misreading of the machine, empty for one of the program."""


def readings(program: Program, last_cell: int) -> list[Reading]:
    """Every wrong reading that could matter, as far as the text of a program tells.

    Args:
        program: The program.
        last_cell: Number of the last code cell that runs.
    """
    cells = code_cells(program, last_cell)
    words = _Words(cells)
    found = [Reading(name, cells, name) for name in MACHINE if _MATTERS[name](words)]
    return found + [reading for name in PROGRAM if (reading := _changed(cells, name)) is not None]


def reading_of(program: Program, last_cell: int, name: str) -> Reading | None:
    """The reading of a name; None if there is none of that name, or nothing in the program that it is about."""
    cells = code_cells(program, last_cell)
    if name in MACHINE:
        return Reading(name, cells, name)
    return _changed(cells, name) if name in BELIEFS else None


def read_as_program(program: Program, reading: Reading) -> Program:
    """The program as the reading has it, to be recorded and compared: same path, cells and lines."""
    lines = program.source.split("\n")
    for _, first_line, text in reading.cells:
        changed = text.split("\n")
        lines[first_line - 1 : first_line - 1 + len(changed)] = changed
    return msgspec.structs.replace(program, source="\n".join(lines))


def _changed(cells: list[CodeCell], name: str) -> Reading | None:
    texts = [misread(name, text) for _, _, text in cells]
    if all(text is None for text in texts):
        return None
    changed = [
        (number, first_line, old if new is None else new)
        for (number, first_line, old), new in zip(cells, texts, strict=True)
    ]
    return Reading(name, changed, "")


class _Words:
    """What stands in the code of a program."""

    def __init__(self, cells: list[CodeCell]) -> None:
        self.names: set[str] = set()
        """Names and attributes."""
        self.keywords: set[str] = set()
        self.texts: set[str] = set()
        """Texts in quotes."""
        self.differences = self.updates = self.weighted = self.hooks = False
        self.backwards = 0
        """How many calls run nodes; one in a loop or a function counts twice."""
        for _, _, text in cells:
            self._take(ast.parse(text), repeated=False)

    def _take(self, node: ast.AST, *, repeated: bool) -> None:
        repeated |= isinstance(node, ast.For | ast.While | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.Name):
            self.names.add(node.id)
        elif isinstance(node, ast.Attribute):
            self.names.add(node.attr)
            self.updates |= node.attr.endswith("_") and not node.attr.startswith("_") and node.attr not in _FLAGS
            self.hooks |= node.attr.startswith("register_") and "hook" in node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            self.keywords.add(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.texts.add(node.value)
        elif isinstance(node, ast.AugAssign):
            self.updates = True
        elif isinstance(node, ast.BinOp):
            self.differences |= isinstance(node.op, ast.Sub)
        elif isinstance(node, ast.Call):
            self._take_call(node, repeated=repeated)
        for child in ast.iter_child_nodes(node):
            self._take(child, repeated=repeated)

    def _take_call(self, node: ast.Call, *, repeated: bool) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("backward", "grad"):
            self.backwards += 2 if repeated else 1
            given = {keyword.arg for keyword in node.keywords} & {"gradient", "grad_tensors", "grad_outputs"}
            self.weighted |= bool(given) or (name == "backward" and bool(node.args))

    def have(self, *names: str) -> bool:
        """Whether one of the names stands there."""
        return not self.names.isdisjoint(names)


_MATTERS: Final[dict[str, Callable[[_Words], bool]]] = {
    "grad_overwrites": lambda words: words.have("backward"),
    "no_grad_noop": lambda words: words.have("no_grad"),
    "detach_identity": lambda words: words.have("detach", "detach_"),
    "detach_copies": lambda words: words.have("detach"),
    "zero_grad_noop": lambda words: words.have("zero_grad"),
    "zero_grad_zeros": lambda words: words.have("zero_grad"),
    "step_also_zeroes": lambda words: words.have("step"),
    "backward_also_steps": lambda words: words.have("backward"),
    "mean_is_sum": lambda words: words.have("mean", *LOSSES),
    "sum_is_mean": lambda words: words.have("sum") or "sum" in words.texts,
    "nonleaf_keep_grad": lambda words: words.have("backward"),
    "upstream_ignored": lambda words: words.backwards > 0,
    "last_path_only": lambda words: words.backwards > 0,
    "mse_elementwise": lambda words: words.differences or words.have(*LOSSES),
    "eval_disables_grad": lambda words: words.have("eval"),
    "inplace_is_copy": lambda words: words.updates,
    "momentum_ignored": lambda words: "momentum" in words.keywords,
    "adam_is_sgd": lambda words: words.have("Adam", "AdamW"),
    "graph_never_freed": lambda words: words.backwards > 1,
    "vjp_vector_ignored": lambda words: words.weighted,
    "hooks_observe_only": lambda words: words.hooks,
}
"""For each misreading of the machine whether it could matter."""
