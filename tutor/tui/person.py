"""What the person at the screen has set and done: config file, theme, keys, places, own files."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.config import meant, read_config
from tutor.progress.folder import COURSE, OWN

if TYPE_CHECKING:
    from tutor.lesson.program import Program
    from tutor.progress.store import Store


class Person:
    """One person's settings and progress in a pack. Nothing is opened before it is needed.

    Args:
        folder: The pack, None for the course that comes with the program.
    """

    def __init__(self, folder: Path | None) -> None:
        self.config = read_config()
        """What the config file says."""
        self.pack = COURSE if folder is None else str(folder.resolve())
        """Name under which progress in the pack is kept."""
        self.recording: Path | None = None
        """The saved recording that is on the screen, None for a program."""
        self._given = folder
        self._store: Store | None = None

    # Settings

    def theme(self, given: str | None, known: Collection[str]) -> str | None:
        """The theme to begin with: that of the command line, of the config file, or the one chosen last.

        Args:
            given: What the command line says.
            known: Names of all themes.
        """
        chosen = self.config.theme
        if chosen is not None and chosen not in known:
            self.config.complain("theme", f"there is no theme {chosen!r}. {meant(chosen, known)}")
            chosen = None
        if given is not None or chosen is not None:
            return given if given is not None else chosen
        # Only looked up: a theme that came after the first frame would be a flash.
        from tutor.progress.glance import kept_setting

        kept = kept_setting("theme")
        return kept if isinstance(kept, str) and kept in known else None

    @property
    def keys(self) -> dict[str, str]:
        """The keys that were chosen, by what they do."""
        return self.config.keys

    def checked_keys(self) -> dict[str, str]:
        """The keys that were chosen, by what they do, without those that cannot be; why not is among the problems."""
        from tutor.tui.keymap import check_keys

        check_keys(self.config)
        return self.keys

    @cached_property
    def unwanted_notes(self) -> frozenset[str]:
        """The kinds of notes that are not shown."""
        from tutor.explain.notes import KINDS

        return self.config.unwanted_notes(KINDS)

    @property
    def problems(self) -> list[str]:
        """What is wrong with config file and store, each in a sentence or two."""
        kept = self._store.problem if self._store is not None else ""
        return [*self.config.problems, *filter(None, [kept])]

    # Progress

    @property
    def store(self) -> Store:
        """What is kept, opened when it is asked for."""
        if self._store is None:
            from tutor.progress.store import Store

            self._store = Store.open()
        return self._store

    def keep_place(self, program: Program, step: int, count: int, ended: bool) -> None:
        """Remember how far somebody is: a place in a lesson of the pack, else that this file was open."""
        if self.recording is not None:
            self.store.keep_recent(str(self.recording))
        elif self.pack_of(program) == OWN:
            self.store.keep_recent(program.path)
        elif step:
            self.store.keep_place(self.pack, program.name, step, count, done=ended and step >= count)

    def pack_of(self, program: Program | None) -> str:
        """Name under which progress in a program is kept: that of the pack, or ``OWN`` for a file of one's own."""
        is_lesson = program is not None and program.name and Path(program.path).resolve().parent == self._folder
        return self.pack if is_lesson else OWN

    @cached_property
    def _folder(self) -> Path | None:
        """The folder of the pack."""
        from tutor.lesson.pack import built_in
        from tutor.lesson.program import UnreadableError

        try:
            return (self._given or built_in()).resolve()
        except UnreadableError:
            return None

    def close(self) -> None:
        """Give back what was opened."""
        if self._store is not None:
            self._store.close()
            self._store = None
