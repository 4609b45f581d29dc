"""For each kind of node what it does to a gradient, by torch's name of it.

A node that is not here is told by the formula that the installed torch ships.
"""

from __future__ import annotations

from typing import Final

from tutor.explain.nodes.activations import ACTIVATIONS
from tutor.explain.nodes.arithmetic import ARITHMETIC
from tutor.explain.nodes.choices import CHOICES
from tutor.explain.nodes.losses import LOSSES
from tutor.explain.nodes.matrices import MATRICES
from tutor.explain.nodes.normalising import NORMALISING
from tutor.explain.nodes.reductions import REDUCTIONS
from tutor.explain.nodes.shapes import SHAPES
from tutor.explain.rule import Rule

RULES: Final[dict[str, Rule]] = {
    **ARITHMETIC,
    **ACTIVATIONS,
    **CHOICES,
    **REDUCTIONS,
    **MATRICES,
    **SHAPES,
    **LOSSES,
    **NORMALISING,
}
"""The rule of each kind of node."""
