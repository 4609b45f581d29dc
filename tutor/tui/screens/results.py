"""What came of a quiz: each question, what was believed, and the way to the lesson where it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.lesson.beliefs import BELIEFS
from tutor.lesson.program import Program
from tutor.plain.format import harmless
from tutor.quiz.sitting import Result
from tutor.tui.looks import ALARM, CHANGED, GOOD, HERE, MUTED
from tutor.tui.prose import inline
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.header_line import HeaderLine
from tutor.tui.widgets.options import Options

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp

_SIGNS: Final = {"right": ("✓", GOOD), "shown": ("✗", ALARM), "skipped": ("→", CHANGED)}

_HINTS: Final = (("↑ ↓", "choose"), ("enter", "open its program there"), ("escape", "back"))


class Results(Screen[None]):
    """A list of results; Enter opens the program of one.

    Args:
        title: What was asked about.
        results: What came of the questions.
        programs: The program of each question that can be run, by lesson and id.
    """

    DEFAULT_CSS = """
    Results OptionList { height: 1fr; border: none; padding: 0 1; background: $background; }
    Results OptionList:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", id="results.leave", tooltip="Leave the results"),
    ]

    def __init__(self, title: str, results: Sequence[Result], programs: Mapping[tuple[str, str], Program]) -> None:
        super().__init__()
        self._title = title
        self._results = results
        self._programs = programs

    @property
    def tutor(self) -> TutorApp:
        """The application."""
        from tutor.tui.app import TutorApp

        assert isinstance(self.app, TutorApp)
        return self.app

    def compose(self) -> ComposeResult:
        """The header, the list, the keys."""
        yield HeaderLine(id="header")
        yield Options(*map(self._option, self._results), id="results", compact=True)
        yield BottomLine(list(_HINTS), id="bottom")

    def on_mount(self) -> None:
        """Count."""
        first = sum(result.first_try for result in self._results)
        skipped = sum(result.outcome == "skipped" for result in self._results)
        facts = [f"{first} of {len(self._results)} right at the first try"]
        if skipped:
            facts.append(f"{skipped} skipped")
        self.query_one(HeaderLine).show(f"What came of it · {harmless(self._title)}", facts)
        self.query_one(OptionList).focus()

    def _option(self, result: Result) -> Option:
        sign, style = _SIGNS["right" if result.first_try else result.outcome if result.outcome != "right" else "shown"]
        question = result.question
        lines = [Content.assemble((f"{sign} ", style), inline(harmless(question.prompt)))]
        if not result.first_try and result.outcome == "right":
            lines.append(Content.styled("    right after a miss", MUTED))
        for name in result.readings:
            if name in BELIEFS:
                belief = BELIEFS[name]
                lines.append(Content.assemble("    ", ("believed: ", MUTED), inline(belief.believes)))
                lines.append(Content.assemble("    ", ("torch: ", MUTED), inline(belief.torch_does)))
                lines.append(Content.assemble("    ", ("look: ", MUTED), inline(belief.look)))
        lesson = harmless(question.lesson.rpartition("/")[2])
        where = f"{lesson}, line {question.line}" if question.line else lesson
        lines.append(Content.assemble("    ", (where, HERE), (f" · {harmless(question.id)}", MUTED)))
        lines.append(Content(""))
        return Option(Content("\n").join(lines))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the program of a question, at the step that answers it."""
        result = self._results[event.option_index]
        program = self._programs.get((result.lesson, result.question.id))
        if program is not None:
            self.tutor.open_program(program, step=result.step or None, line=result.question.line)
        else:
            line = f" and go to line {result.question.line}" if result.question.line else ""
            self.query_one(BottomLine).say(f"This was asked about a saved recording. Open it{line}.")

    def action_leave(self) -> None:
        """Leave."""
        self.dismiss()
