"""Which names a step changed, as the program would see them after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tutor.recording.state import Key, Scope, State, root_of


def changed_names(before: State, after: State, touched: Iterable[Key]) -> list[tuple[str, Any]]:
    """Path and new reference of each visible name that changed; None where no such name is visible any more.

    A name counts by what the program sees: a local name hides the outer one of the same spelling together with its
    members, and when the function returns, the outer ones are back.

    Args:
        before: The state before the step.
        after: The state after it.
        touched: What the step changed, in any scope.
    """
    changed: dict[str, Any] = {}
    moved: set[str] = set()
    for key in sorted(touched):
        root = root_of(key.path)
        old, new = _owner(before, root), _owner(after, root)
        old_id, new_id = old and old.id, new and new.id
        if old_id == new_id:
            if new is not None and new_id == key.scope:
                changed[key.path] = new.names.get(key.path)
        elif root not in moved:
            moved.add(root)
            changed |= {path: None for path, _ in _members(old, root)}
            changed |= dict(_members(new, root))
    return list(changed.items())


def reference_of(state: State, path: str) -> Any:
    """What a visible name or path refers to, None if there is none. Does not look through all names."""
    owner = _owner(state, root_of(path))
    return owner.names.get(path) if owner is not None else None


def _owner(state: State, root: str) -> Scope | None:
    """The innermost open scope that has a name."""
    for scope in reversed(state.scopes.values()):
        if root in scope.names:
            return scope
    return None


def _members(scope: Scope | None, root: str) -> Iterator[tuple[str, Any]]:
    """The name itself and the paths below it."""
    if scope is not None:
        for path, reference in scope.names.items():
            if root_of(path) == root:
                yield path, reference
