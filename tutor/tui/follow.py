"""Following a name through the recording: from change to change, also where it is bound to another tensor."""

from __future__ import annotations

from tutor.plain.format import harmless
from tutor.recording.index import NameKey
from tutor.recording.moment import Moment
from tutor.recording.state import Key
from tutor.tui.moves import MORE, Target


def name_of(moment: Moment, key: Key) -> NameKey:
    """The name of a row of the tensors pane, whichever call of its function is meant."""
    scope = moment.after.scopes.get(key.scope) or moment.before.scopes.get(key.scope)
    return NameKey(scope.function if scope is not None else None, key.path)


def key_of(moment: Moment, name: NameKey) -> Key | None:
    """Where a name lives now: in the innermost call of its function; None where it does not exist."""
    for scope in reversed(moment.after.scopes.values()):
        if scope.function == name.function and name.path in scope.names:
            return Key(scope.id, name.path)
    return None


def tensor_of(moment: Moment, name: NameKey) -> int | None:
    """The tensor that a name refers to now, None where it refers to something else."""
    key = key_of(moment, name)
    reference = moment.after.scopes[key.scope].names[key.path] if key is not None else None
    return reference if isinstance(reference, int) else None


def next_change(moment: Moment, name: NameKey) -> Target:
    """The next step that changes the value, the flags or the ``.grad`` of a name."""
    found = moment.recording.next_change(name, moment.number)
    if found is not None:
        return found
    return MORE if moment.recording.end is None else f"{harmless(name.path)} does not change any more."


def previous_change(moment: Moment, name: NameKey) -> Target:
    """The last step before this one that changed it."""
    found = moment.recording.previous_change(name, moment.number)
    return f"{harmless(name.path)} did not change before." if found is None else found
