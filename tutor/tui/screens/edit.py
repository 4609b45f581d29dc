"""A copy of a program being changed and run: the present code cell, as it was left the last time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen

from tutor.lesson.program import Program
from tutor.tui.cells import harmless
from tutor.tui.compare.lent import Lent
from tutor.tui.copies import Copy
from tutor.tui.elsewhere import changed_in, editor_command
from tutor.tui.headline import title_of
from tutor.tui.keys import EDIT, edit_hints, key_table
from tutor.tui.screens.compare import CompareScreen
from tutor.tui.screens.help import table
from tutor.tui.screens.save_copy import SaveCopy
from tutor.tui.screens.sheet import Sheet
from tutor.tui.source import Source
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.code_area import CodeArea
from tutor.tui.widgets.header_line import HeaderLine

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp

Answer = TypeVar("Answer")

ABOUT = (
    "What you change here is a copy. The file of the program stays as it is.\n"
    "A run of the copy is compared with the program, step by step; from there, escape brings you back here.\n"
    "Of a lesson you see the code that the present step is in, without what its lines print."
)


def why_not(program: Program | None) -> str:
    """Why a program cannot be edited here, empty if it can."""
    if program is None:
        return "The program is not here yet."
    if program.notebook:
        return "This is a notebook, whose cells cannot be edited here. Save its code as a .py file and open that."
    if not program.source.strip():
        return "This recording came without its program, so there is nothing to edit."
    return ""


class EditScreen(ModalScreen[None]):
    """An editor for one code cell of a copy.

    Args:
        copy: The copy; it keeps what is written here.
        source: The recording of the original; somebody else closes it.
        line: The line of the original to begin at.
    """

    DEFAULT_CSS = """
    EditScreen { background: $background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = list(EDIT)

    def __init__(self, copy: Copy, source: Source, line: int) -> None:
        super().__init__()
        self._copy = copy
        self._source = source
        self._cell = copy.cell_at(line)
        self._begin = max(line - copy.original_line(self._cell), 0)
        self._leaving = False

    def compose(self) -> ComposeResult:
        """What is edited, the text, the keys."""
        yield HeaderLine(id="header")
        yield CodeArea(self._copy.text(self._cell), first_line=self._copy.first_line(self._cell), id="code")
        person = self.tutor.person
        yield BottomLine(edit_hints(person.keys) if person.config.hints else [], id="bottom")

    def on_mount(self) -> None:
        """Begin at the line of the present step."""
        area = self._area
        area.focus()
        area.move_cursor((min(self._begin, area.document.line_count - 1), 0))
        self._show_facts()

    @property
    def tutor(self) -> TutorApp:
        """The application, which runs the copy."""
        from tutor.tui.app import TutorApp

        assert isinstance(self.app, TutorApp)
        return self.app

    @property
    def _area(self) -> CodeArea:
        return self.query_one(CodeArea)

    def say(self, note: str) -> None:
        """Tell the learner something on the last line; empty takes it back."""
        self.query_one(BottomLine).say(note)

    def _show_facts(self) -> None:
        copy = self._copy
        facts = [f"code cell {self._cell + 1} of {copy.cells}"] if copy.cells > 1 else []
        facts.insert(0, "changed" if copy.changed else "not changed")
        self.query_one(HeaderLine).show(f"a copy of {title_of(copy.original)}", facts)

    def on_text_area_changed(self) -> None:
        """Keep what is written."""
        self._leaving = False
        self._copy.set_text(self._cell, self._area.text)
        self.say("")
        self._show_facts()

    # What the keys do

    def action_run(self) -> None:
        """Run the copy and compare it with the program; or say at which line Python refuses to."""
        copy = self._copy
        wrong = copy.wrong()
        if wrong is not None:
            self._open_cell(copy.cell_of(wrong.line))
            row = min(max(wrong.line - copy.first_line(self._cell), 0), self._area.document.line_count - 1)
            self._area.move_cursor((row, min(wrong.column, len(self._area.document.get_line(row)))))
            self._area.focus()
            self.call_after_refresh(self.say, harmless(wrong.text))
            return
        if not copy.changed:
            self.say("Nothing is changed yet: the copy would run as the program does.")
            return
        titles = "the program", "your copy"
        other = self.tutor.source_of(copy.program())
        self._put_on_top(CompareScreen(Lent(self._source), other, titles))

    def _open_cell(self, cell: int) -> None:
        """Edit another cell."""
        if cell != self._cell:
            self._cell = cell
            self._area.line_number_start = self._copy.first_line(cell)
            self._area.load_text(self._copy.text(cell))
            self._show_facts()

    def action_save(self) -> None:
        """Save the copy to a file that the learner names."""
        original = self._copy.original
        path = Path(original.path)
        suggestion = f"{path.stem}_copy.py"
        # A lesson is never written to; a program of one's own only by its name, and asked for twice.
        never = [path] if original.name else []

        def save(path: Path | None) -> None:
            if path is not None:
                self._save(path)

        self._put_on_top(SaveCopy(suggestion, never), save)

    def _save(self, path: Path) -> None:
        try:
            path.write_text(self._copy.to_save, encoding="utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            self.say(harmless(f"It could not be saved: {reason}. Choose another place."))
            return
        self.tutor.copies.saved(str(path), self._copy)
        self.say(harmless(f"Saved as {path}."))

    def action_elsewhere(self) -> None:
        """Change the copy in the editor that the person prefers."""
        command = editor_command(os.environ)
        if not command:
            self.say("No editor is named. Set $VISUAL or $EDITOR before you start tutor.")
            return
        try:
            with self.app.suspend():
                text = changed_in(command, self._area.text)
        except SuspendNotSupported:
            self.say("Another editor cannot be opened in this terminal.")
        except OSError as error:
            self.say(harmless(f"{command[0]} did not work: {(error.strerror or str(error)).lower()}."))
        else:
            self._replace(text)
        self.refresh()

    def action_revert(self) -> None:
        """Take the changes of this cell back."""
        self._replace(self._copy.first_text(self._cell))

    def _replace(self, text: str) -> None:
        """Put a text in the place of the present one, so that ctrl+z brings that back."""
        area = self._area
        if text != area.text:
            row, _ = area.cursor_location
            area.replace(text, area.document.start, area.document.end)
            area.move_cursor((min(row, area.document.line_count - 1), 0))

    def action_leave(self) -> None:
        """Leave the editor; where something is not saved, only when asked for twice."""
        if self._leaving or not self._copy.unsaved:
            self.dismiss()
            return
        self._leaving = True
        self.say("Not saved to a file (ctrl+t does that). Escape again leaves; your text is kept until tutor ends.")

    def action_help(self) -> None:
        """Explain the keys."""
        keys = table("Keys", key_table(self.tutor.person.keys, EDIT))
        self._put_on_top(Sheet("help", Content("\n\n").join([Content(ABOUT), keys])))

    def _put_on_top(self, screen: ModalScreen[Answer], arrive: Callable[[Answer | None], None] | None = None) -> None:
        if self.app.screen is self:
            self.app.push_screen(screen, arrive)
