"""What to call a tensor so that the program itself could say it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from tutor.quiz.made.spot import Spot
from tutor.recording.model import TensorRecord
from tutor.recording.state import TOP_LEVEL, State, root_of

_LOOKED_AT: Final = 200
"""Names of a frame that are looked at."""


class Name(NamedTuple):
    """An expression that leads to a tensor."""

    text: str
    """``x``, ``model.weight``."""
    top: bool
    """Whether it is one of the program's top level."""


def name_of(state: State, tensor: int, spot: Spot) -> Name | None:
    """The first name by which the statement at a spot could call a tensor."""
    keys = [key for key in state.holders.get(tensor, ()) if key.scope in (spot.scope, TOP_LEVEL)]
    keys.sort(key=lambda key: key.scope != spot.scope)
    for key in keys:
        if is_expression(key.path) and _visible(state, key.scope, key.path, spot.scope):
            return Name(key.path, key.scope == TOP_LEVEL)
    return None


def named_tensors(state: State, spot: Spot) -> Iterator[tuple[Name, TensorRecord]]:
    """The tensors that the statement at a spot could name, each once, in order of appearance."""
    seen: set[int] = set()
    for id in dict.fromkeys((spot.scope, TOP_LEVEL)):
        scope = state.scopes.get(id)
        if scope is None:
            continue
        for place, (path, reference) in enumerate(scope.names.items()):
            if place >= _LOOKED_AT:
                break
            if not isinstance(reference, int) or reference in seen or not is_expression(path):
                continue
            record = state.tensors.get(reference)
            if record is not None and not record.freed and _visible(state, id, path, spot.scope):
                seen.add(reference)
                yield Name(path, id == TOP_LEVEL), record


def used(state: State, spot: Spot) -> list[tuple[Name, TensorRecord]]:
    """The tensors that the statement at a spot reads by name, in the order in which they are written."""
    if spot.statement is None:
        return []
    texts = _read(spot.statement.node)
    found = [(name, record) for name, record in named_tensors(state, spot) if name.text in texts]
    return sorted(found, key=lambda item: texts.index(item[0].text))


def _read(node: ast.stmt) -> list[str]:
    """The names and members that a statement reads, what it writes in place included."""
    place = node.target if isinstance(node, ast.AugAssign) else None
    return list(
        dict.fromkeys(
            ast.unparse(part)
            for part in ast.walk(node)
            if isinstance(part, ast.Name | ast.Attribute | ast.Subscript)
            and (isinstance(part.ctx, ast.Load) or part is place)
        )
    )


@lru_cache(1024)
def is_expression(path: str) -> bool:
    """Whether a path can be written in the program: ``model[0].weight``, not ``optimizers[Parameter 0]``."""
    try:
        ast.parse(path, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _visible(state: State, scope: int, path: str, frame: int) -> bool:
    if scope == frame:
        return True
    local = state.scopes.get(frame)
    return local is not None and root_of(path) not in local.names
