"""One question on the screen: what is asked, where the answer goes, and what is said to it."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from tutor.plain.format import harmless
from tutor.quiz.asking import Asking, NeedsRun, Response
from tutor.quiz.question import ARRANGED, CODE, PICKED, TYPED
from tutor.tui.looks import ALARM, CHANGED, GOOD, HERE, LANE, MUTED
from tutor.tui.prose import inline
from tutor.tui.widgets.options import Choices

_ANY_VALUE: Final = "a number, a list like [2, 0, 60], or a word like None"

PLACEHOLDERS: Final = {
    # The same for all values: that one is no number can be what is asked.
    "number": _ANY_VALUE,
    "tensor": _ANY_VALUE,
    "choice": _ANY_VALUE,
    "shape": "for example 3, 1",
    "fill": "a line of code",
}
"""What stands in an empty field, by the kind of the question."""

_SIGNS: Final = {
    "right": ("✓", GOOD),
    "wrong": ("✗", ALARM),
    "shown": ("✗", ALARM),
    "skipped": ("→", CHANGED),
    "unreadable": ("?", CHANGED),
}
"""Sign and style of each outcome."""


class Field(Input):
    """Takes an answer. While nothing new is typed, a letter with which no answer begins is a key."""

    KEYS: ClassVar[dict[str, str]] = {"s": "skip", "h": "hint"}

    class Pressed(Message):
        """One of these keys was pressed."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what
            """``skip`` or ``hint``."""

    def __init__(self, placeholder: str, *, letters: bool) -> None:
        super().__init__(placeholder=placeholder, id="answer", compact=True)
        self._letters = letters
        self._graded = ""
        self.cursor_blink = False

    def graded(self) -> None:
        """The answer in it was graded; the next one takes its place."""
        self._graded = self.value
        self.select_all()

    async def _on_key(self, event: events.Key) -> None:
        if self._letters and self.value in ("", self._graded) and event.key in self.KEYS:
            event.stop()
            event.prevent_default()
            self.post_message(self.Pressed(self.KEYS[event.key]))
            return
        await super()._on_key(event)


class QuestionBox(Vertical):
    """Asks one question to its end.

    Args:
        asking: The question and how far it is.
        heading: Words in the frame.
        leaving: What escape does, in a word or two.
    """

    can_focus = True

    DEFAULT_CSS = """
    QuestionBox {
        height: auto; padding: 0 1;
        border: round $accent; background: $surface;
    }
    QuestionBox #prompt { height: auto; }
    QuestionBox #answer { background: $boost; }
    QuestionBox OptionList { height: auto; max-height: 8; border: none; padding: 0; background: $surface; }
    QuestionBox OptionList:focus { border: none; }
    QuestionBox #said { height: auto; max-height: 10; }
    QuestionBox #said Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,h", "hint", "Hint", id="question.hint", tooltip="Show the next hint"),
        Binding("f3,s", "skip", "Skip", id="question.skip", tooltip="Show the answer; it does not count as wrong"),
        Binding("d,f4", "compare", "Compare", id="question.compare", tooltip="See where the two runs part"),
        Binding("enter,right,space", "go_on", "Go on", id="question.on", tooltip="Go on when the question is over"),
        Binding("left_square_bracket", "carry(-1)", "Move up", id="question.up", tooltip="Move the chosen line up"),
        Binding(
            "right_square_bracket", "carry(1)", "Move down", id="question.down", tooltip="Move the chosen line down"
        ),
        *(Binding(str(digit), f"pick({digit})", show=False) for digit in range(1, 10)),
    ]

    class Answered(Message):
        """An answer was graded, or the question skipped."""

        def __init__(self, asking: Asking, response: Response) -> None:
            super().__init__()
            self.asking = asking
            self.response = response

    class RunWanted(Message):
        """An answer has to be run; ``QuestionBox.ran`` takes what came of it."""

        def __init__(self, needs: NeedsRun) -> None:
            super().__init__()
            self.needs = needs

    class Over(Message):
        """The question is over and read."""

    class CompareWanted(Message):
        """The run under a misreading is to be seen beside the right one."""

        def __init__(self, reading: str) -> None:
            super().__init__()
            self.reading = reading
            """Its name."""

    def __init__(self, asking: Asking, heading: str = "question", leaving: str = "look around") -> None:
        super().__init__()
        self._leaving = leaving
        self.asking = asking
        self._order = list(range(len(asking.question.order)))
        self._said: list[Content] = []
        self._reading: str | None = None
        self._waits = False
        self.border_title = Content(heading)

    def compose(self) -> ComposeResult:
        """The prompt, the place for the answer, and room for what is said."""
        question = self.asking.question
        yield Static(inline(harmless(question.prompt)), id="prompt")
        if question.way in (PICKED, ARRANGED):
            yield Choices(*self._options(0), id="options", compact=True)
        else:
            yield Field(PLACEHOLDERS.get(question.kind, "your answer"), letters=question.way == TYPED)
        with VerticalScroll(id="said", can_focus=False):
            yield Static(Content(""))

    def on_mount(self) -> None:
        """Be ready for the answer."""
        self._tell()
        self.focus_answer()

    def focus_answer(self) -> None:
        """Let keys go where the answer is given; when it is over, to this box."""
        place: Widget = self if self.asking.done else self.query_one("#answer, #options")
        place.focus()

    def _options(self, here: int | None) -> list[Content]:
        """The rows to choose from, with a sign before the chosen one."""
        question = self.asking.question
        if question.way == ARRANGED:
            rows = [Content(harmless(question.order[place])) for place in self._order]
        else:
            rows = [self._choice(place) for place in range(len(question.choices))]
        return [
            Content.assemble(("▶ " if place == here and not self.asking.done else "  ", HERE), row)
            for place, row in enumerate(rows)
        ]

    def _choice(self, place: int) -> Content:
        """``2 18.0``, struck out ``✗ 18.0``, in the end ``✓ 18.0``."""
        choice = self.asking.question.choices[place]
        if place in self.asking.struck:
            return Content.styled(f"✗ {harmless(choice.text)}", MUTED)
        if self.asking.done and choice.right:
            return Content.styled(f"✓ {harmless(choice.text)}", GOOD)
        return Content.assemble((f"{place + 1} ", HERE), harmless(choice.text))

    def _redraw_options(self, here: int | None = None) -> None:
        for options in self.query(OptionList):
            place = options.highlighted if here is None else here
            for number, row in enumerate(self._options(place)):
                options.replace_option_prompt_at_index(number, row)
                if number in self.asking.struck:
                    options.disable_option_at_index(number)
            options.highlighted = place
            options.disabled = self.asking.done

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Set the sign before the row that is chosen now."""
        event.stop()
        self._redraw_options()

    # Keys

    def on_field_pressed(self, message: Field.Pressed) -> None:
        """A key that is no answer."""
        message.stop()
        self.call_later(self.run_action, message.what)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Grade what was typed."""
        event.stop()
        if not event.value.strip():
            self._add("Type an answer, or press s to see it.", CHANGED)
        elif self.asking.question.way == CODE:
            self._take(self.asking.code(event.value))
        else:
            self._take(self.asking.take(event.value))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Grade what was picked, or the order."""
        event.stop()
        if self.asking.done:
            self.action_go_on()
        elif self.asking.question.way == ARRANGED:
            self._take(self.asking.arrange(self._order))
        else:
            self._take(self.asking.choose(event.option_index))

    def action_pick(self, number: int) -> None:
        """Pick a choice by its number."""
        question = self.asking.question
        if not self.asking.done and question.way == PICKED and number <= len(question.choices):
            self._take(self.asking.choose(number - 1))

    def action_carry(self, by: int) -> None:
        """Move the chosen line of an order."""
        if self.asking.done or self.asking.question.way != ARRANGED:
            return
        order, place = self._order, self.query_one(OptionList).highlighted
        if place is None:
            return
        to = min(max(place + by, 0), len(order) - 1)
        order.insert(to, order.pop(place))
        self._redraw_options(to)

    def action_hint(self) -> None:
        """Show the next hint."""
        if self.asking.done:
            return
        hint = self.asking.hint()
        if hint is None:
            text = "There are no more hints." if self.asking.hints else "There is no hint for this one."
            self._add(f"{text} s shows the answer.", CHANGED)
        else:
            self._add(f"Hint: {hint}", LANE)

    def action_skip(self) -> None:
        """Show the answer."""
        if not self.asking.done and not self._waits:
            self._respond(self.asking.skip())

    def action_compare(self) -> None:
        """Ask for the comparison."""
        if self._reading is not None:
            self.post_message(self.CompareWanted(self._reading))

    def action_go_on(self) -> None:
        """Leave a question that is over."""
        if self.asking.done:
            self.post_message(self.Over())

    # Answers

    def _take(self, result: Response | NeedsRun) -> None:
        if isinstance(result, NeedsRun):
            self._waits = True
            self._add("Running it …", MUTED)
            self.post_message(self.RunWanted(result))
        else:
            self._respond(result)

    def answer_of_run(self, response: Response) -> None:
        """Show what came of an answer that was run."""
        self._waits = False
        self._respond(response)

    def run_failed(self, reason: str) -> None:
        """Say why an answer could not be run; another can be given."""
        self._waits = False
        self._add(reason, CHANGED)

    def _respond(self, response: Response) -> None:
        sign, style = _SIGNS[response.outcome]
        first, *rest = response.lines
        self._said = [Content.assemble((f"{sign} ", style), inline(harmless(first)))]
        self._said += [inline(harmless(line)) for line in rest]
        self._reading = response.compare
        if response.outcome != "unreadable":
            self.post_message(self.Answered(self.asking, response))
        self._tell()
        self._redraw_options()
        for field in self.query(Field):
            field.disabled = response.done
            field.graded()
        if response.done:
            self.focus()

    def _add(self, text: str, style: str) -> None:
        """Say something without an answer, below what is said already; the same is not said twice."""
        line = inline(harmless(text)).stylize_before(style)
        self._said = [said for said in self._said if said.plain != line.plain] + [line]
        self._tell()

    def _tell(self) -> None:
        scroll = self.query_one("#said", VerticalScroll)
        scroll.query_one(Static).update(Content("\n").join(self._said))
        scroll.display = bool(self._said)
        self.border_subtitle = Content.assemble(*self._hints())
        self.call_after_refresh(scroll.scroll_end if not self.asking.done else scroll.scroll_home, animate=False)

    def _hints(self) -> list[str | tuple[str, str]]:
        """The keys that matter now."""
        asking = self.asking
        if asking.done:
            keys = [("enter", "go on")]
            if self._reading is not None:
                keys.append(("d", "compare the two runs"))
        else:
            way = asking.question.way
            keys = [("enter", "answer")]
            if way == ARRANGED:
                keys += [("[ ]", "move the line")]
            left = len(asking.question.hints) - asking.hints
            if left:
                keys.append(("F2" if way == CODE else "h", "hint" if left == 1 else f"hint ({left})"))
            keys += [("F3" if way == CODE else "s", "skip"), ("esc", self._leaving)]
        pieces: list[str | tuple[str, str]] = []
        for key, meaning in keys:
            pieces += ["  " if pieces else "", (key, HERE), " ", (meaning, MUTED)]
        return pieces
