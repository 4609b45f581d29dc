"""The derivative formulas that the installed torch ships, read without importing torch.

``torchgen/packaged/autograd/derivatives.yaml`` holds entries like these, from which torch makes its nodes:

    - name: pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor
      self: pow_backward(grad, self, exponent)
      result: auto_element_wise

The n-th entry of ``pow`` with a derivative is the node ``PowBackwardn``. Only these lines are needed, so this reads
just them and no other YAML.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

Formulas = dict[str, str]
"""For each input (or several, ``input, weight``) the gradient that goes there; ``grad`` is the incoming one."""

_NAME: Final = re.compile(r"- name: +(\w+)(?:\.\w+)?\((.*?)\)(?: ->.*)?$")
_KEY: Final = re.compile(r"( +)([\w, ]+): *(.*)$")
_NO_FORMULA: Final = ("non_differentiable", "")


def formulas_of(node: str) -> Formulas:
    """The formulas of a kind of node; empty where the installed torch says nothing about it."""
    return _installed().get(node, {})


@cache
def _installed() -> dict[str, Formulas]:
    """Every formula of the installed torch by node; none where there is no torch, or its file cannot be read."""
    try:
        found = importlib.util.find_spec("torchgen")
    except (ImportError, ValueError):
        return {}
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        path = Path(folder) / "packaged" / "autograd" / "derivatives.yaml"
        try:
            return read_formulas(path.read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError):
            continue
    return {}


def read_formulas(lines: Iterable[str]) -> dict[str, Formulas]:
    """The formulas of each kind of node.

    Args:
        lines: Of ``derivatives.yaml``.
    """
    nodes: dict[str, Formulas] = {}
    count: Counter[str] = Counter()
    name, inputs, formulas = "", set[str](), Formulas()
    dispatch = default = False
    for line in [*lines, "- name: end()"]:
        if line.startswith("- name:"):
            if name and formulas:
                prefix = prefix_of(name)
                nodes[f"{prefix}{count[prefix]}"] = formulas
                count[prefix] += 1
            match = _NAME.match(line)
            name, inputs = (match[1], _inputs(match[2])) if match is not None else ("", set())
            formulas, dispatch, default = {}, False, True
            continue
        match = _KEY.match(line)
        if match is None or line.lstrip().startswith("#"):
            continue
        indent, key, value = len(match[1]), match[2], _unquoted(match[3])
        if key == "dispatch":
            dispatch = True
        elif dispatch and indent == 4 and not value:
            default = key == "Default"
        elif default and value not in _NO_FORMULA and all(part.strip() in inputs for part in key.split(",")):
            formulas[key] = value
    return nodes


def prefix_of(name: str) -> str:
    """How torch calls the nodes of an operation: ``log_softmax`` -> ``LogSoftmaxBackward``."""
    camel = "".join(part.title() for part in name.split("_"))
    return (camel + "Backward").replace("ForwardBackward", "Backward")


def _inputs(signature: str) -> set[str]:
    """The names of the arguments in a signature."""
    return {part.split("=")[0].split()[-1] for part in signature.split(",") if len(part.split("=")[0].split()) > 1}


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
