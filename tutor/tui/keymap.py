"""The keys that a person chose: whether each is one, belongs to something, and to one thing only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from tutor.config import Config, meant

_MODIFIERS: Final = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED: Final = frozenset(key.value for key in Keys) | frozenset(KEY_NAME_REPLACEMENTS.values())


def check_keys(config: Config) -> None:
    """Add to a config what is wrong with its keys, and take those away that belong to nothing."""
    screens = [_keys_of(nodes) for nodes in _screens()]
    known = {id for keys in screens for id in keys}
    for id, chosen in list(config.keys.items()):
        name = f"keys.{id}"
        if id not in known:
            del config.keys[id]
            config.complain(name, f"there is nothing named {id!r} that keys could do. {meant(id, known)}")
            continue
        wrong = next((key for key in _split(chosen) if not is_key(key)), None)
        if wrong is not None:
            del config.keys[id]
            config.complain(name, f"{wrong!r} is no key. Write keys like this: right, l, ctrl+n, f5")
    for problem_id, problem in dict(_clashes(screens, config.keys)).items():
        config.complain(f"keys.{problem_id}", problem)


def is_key(name: str) -> bool:
    """Whether a terminal can send a key of this name."""
    *modifiers, key = name.split("+") if name != "+" else [name]
    if not set(modifiers) <= _MODIFIERS:
        return False
    if len(key) == 1 or key in _NAMED:
        return True
    try:
        unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return False
    return "_" in key


def _clashes(screens: Sequence[Mapping[str, str]], chosen: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What each chosen key is given to besides, by the id that comes last in the file."""
    order = list(chosen)
    for screen in screens:
        owners: dict[str, list[str]] = {}
        for id, usual in screen.items():
            for key in dict.fromkeys(_split(chosen.get(id, usual))):
                owners.setdefault(key, []).append(id)
        for key, ids in owners.items():
            ours = [id for id in order if id in ids]
            if ours and len(ids) > 1:
                others = " and ".join(id for id in ids if id != ours[-1])
                yield ours[-1], f"the key {key} is given to {others} too. Choose another for one of them."


def _split(keys: str) -> list[str]:
    return [_full_name(key.strip()) for key in keys.split(",")]


def _full_name(key: str) -> str:
    """``question_mark`` for ``?``."""
    if len(key) != 1 or key.isalnum():
        return key
    name = unicodedata.name(key, key).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _keys_of(nodes: Sequence[type[DOMNode]]) -> dict[str, str]:
    """The usual keys of everything that can be done with them, by id."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        for binding in node.BINDINGS:
            if isinstance(binding, Binding) and binding.id:
                found.setdefault(binding.id, []).append(binding.key)
    return {id: ",".join(keys) for id, keys in found.items()}


def _screens() -> list[list[type[DOMNode]]]:
    """What has keys, and can be seen together."""
    # Imported late: who chose no keys does not wait for this.
    from tutor.tui.app import TutorApp
    from tutor.tui.screens.compare import CompareScreen
    from tutor.tui.screens.edit import EditScreen
    from tutor.tui.screens.go_to import GoTo
    from tutor.tui.screens.help import Help
    from tutor.tui.screens.home import HomeScreen
    from tutor.tui.screens.stepper import StepperScreen
    from tutor.tui.widgets.compared_pane import ComparedPane
    from tutor.tui.widgets.pane import Pane

    app: type[Any] = TutorApp
    return [
        [HomeScreen, app],
        [StepperScreen, Pane, app],
        [CompareScreen, ComparedPane, app],
        [EditScreen, app],
        [Help, app],
        [GoTo, app],
    ]
