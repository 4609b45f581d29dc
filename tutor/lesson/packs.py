"""Which packs there are: the course, those that are installed, and a teacher's folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tutor.lesson.pack import Pack, built_in
from tutor.lesson.place import printable, unreadable
from tutor.lesson.program import UnreadableError

GROUP = "tutor.packs"
"""Entry points of this group name installed packs: a package with lessons in it, or a function that gives a folder."""

TRUSTED = "trusted packs"
"""The setting that holds the folders whose lessons were run before."""


class Installed(msgspec.Struct, frozen=True):
    """A pack that another package brings."""

    name: str
    path: Path | None
    """Its folder, None if it cannot be found."""
    problem: str = ""
    """Why it cannot be found, and what to do."""


class Settings(Protocol):
    """Where it is remembered which packs were run before."""

    def setting(self, key: str, default: Any = None) -> Any:
        """A setting."""

    def keep_setting(self, key: str, value: Any) -> None:
        """Remember a setting."""


def installed_packs() -> list[Installed]:
    """The installed packs by name. One that is broken says so and hides no other."""
    return sorted(map(_installed, entry_points(group=GROUP)), key=lambda pack: pack.name)


def _installed(entry: EntryPoint) -> Installed:
    try:
        path = _folder(entry)
        if not path.is_dir():
            raise NotADirectoryError(f"{path} is no folder")
    except Exception as error:
        text = f"the installed pack {entry.name} cannot be found ({type(error).__name__}: {error})."
        return Installed(entry.name, None, printable(f"{text} Install it again, or ask who made it."))
    return Installed(entry.name, path)


def _folder(entry: EntryPoint) -> Path:
    if entry.attr:
        give: Callable[[], Any] = entry.load()
        return Path(give())
    # A package is only looked up: its code need not run.
    found = find_spec(entry.module)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"no package named {entry.module!r}")
    return Path(next(iter(found.submodule_search_locations)))


def find_pack(name: str | None, languages: Iterable[str] = ()) -> Pack:
    """The pack that somebody means.

    Args:
        name: A folder, the name of an installed pack, or None for the course.
        languages: Languages of its titles, the best first.

    Raises:
        UnreadableError: there is no such pack, or it cannot be listed.
    """
    if name is None:
        return Pack.load(built_in(), languages)
    folder = Path(name)
    if not folder.exists():
        known = installed_packs()
        for pack in known:
            if pack.name == name:
                if pack.path is None:
                    raise UnreadableError(pack.problem)
                return Pack.load(pack.path, languages)
        advice = f"Installed are: {', '.join(pack.name for pack in known)}." if known else "Give a folder of lessons."
        raise UnreadableError(printable(f"{name}: there is no such folder. {advice}"))
    if not folder.is_dir():
        raise unreadable(folder, "this is a file. Give a folder of lessons.")
    return Pack.load(folder, languages)


def is_foreign(pack: Pack) -> bool:
    """Whether a pack is not the course that comes with the program."""
    try:
        return pack.path.resolve() != built_in().resolve()
    except UnreadableError:
        return True


def trust_words(pack: Pack) -> str:
    """What somebody should know before a lesson of a foreign pack runs for the first time; empty for the course."""
    if not is_foreign(pack):
        return ""
    return printable(
        f"The lessons of {pack.title} are programs and run with your rights. They are in {pack.path.resolve()}."
    )


def trust_once(pack: Pack, settings: Settings) -> str:
    """``trust_words`` the first time that it is asked for a pack, and empty from then on."""
    words = trust_words(pack)
    folder = str(pack.path.resolve())
    kept = settings.setting(TRUSTED, [])
    known = [each for each in kept if isinstance(each, str)] if isinstance(kept, list) else []
    if not words or folder in known:
        return ""
    settings.keep_setting(TRUSTED, [*known, folder])
    return words
