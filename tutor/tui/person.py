"""What the person at the screen has set and done: config file, theme, keys, places, own files."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.config import meant, read_config
from tutor.progress.folder import COURSE, OWN

if TYPE_CHECKING:
    from tutor.lesson.program import Program
    from tutor.progress.store import Place, Store

_TEXTS: Final = "texts-left"
"""The setting that tells which text each file of one's own had when it was left."""


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
        """Remember how far somebody is in a program; of a file of one's own also that it was open.

        The first step of a file whose text has changed is no place: what was kept of it is not lost before a step is
        taken.
        """
        if self.recording is not None:
            self.store.keep_recent(str(self.recording))
            return
        done = ended and step >= count
        if self.pack_of(program) != OWN:
            if step:
                self.store.keep_place(self.pack, program.name, step, count, done)
            return
        self.store.keep_recent(program.path)
        same = self._is_same_text(program)
        if step > 1 or same:
            self.store.keep_place(OWN, program.path, step, count, done)
        if step > 1 and not same:
            self._keep_text(program)

    def place_left(self, program: Program) -> Place | None:
        """Where to go on with a program, None to begin with its first step.

        A lesson that is done begins anew, and so does a file of one's own that was left at its last step, or whose
        text or arguments are others now.
        """
        pack = self.pack_of(program)
        place = self.store.place(pack, program.path if pack == OWN else program.name)
        if place is None or place.step <= 1:
            return None
        if pack == OWN:
            return None if place.at_end or not self._is_same_text(program) else place
        return None if place.done else place

    def _texts(self) -> dict[str, str]:
        """For each of the files of one's own that were left last, what its text was."""
        texts = self.store.setting(_TEXTS)
        return texts if isinstance(texts, dict) else {}

    def _is_same_text(self, program: Program) -> bool:
        return self._texts().get(program.path) == _digest(program)

    def _keep_text(self, program: Program) -> None:
        from tutor.progress.store import MOST_RECENT

        others = [(path, text) for path, text in self._texts().items() if path != program.path]
        self.store.keep_setting(_TEXTS, dict([*others, (program.path, _digest(program))][-MOST_RECENT:]))

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


def _digest(program: Program) -> str:
    """What tells whether a program is the same: its text, and its arguments."""
    from hashlib import sha256

    return sha256("\0".join([program.source, *program.arguments]).encode("utf-8", "surrogatepass")).hexdigest()
