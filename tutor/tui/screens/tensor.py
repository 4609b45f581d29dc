"""One tensor, opened: its whole value, what else is known of it, how it went over the steps, and its ``.grad``."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from time import perf_counter
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import ModalScreen

from tutor.recording.log import DamagedError
from tutor.recording.model import Content as Value
from tutor.recording.model import Meta
from tutor.recording.moment import Moment
from tutor.recording.queries.history import Point, change_steps, history
from tutor.tui.cells import fit, harmless, pad
from tutor.tui.keys import key_text
from tutor.tui.looks import MUTED
from tutor.tui.screens.help import Help
from tutor.tui.tensors.copying import copy_value
from tutor.tui.tensors.facts import facts_of, summary_facts
from tutor.tui.tensors.grid import Grid
from tutor.tui.tensors.histogram import Bar, bars, summary_bars
from tutor.tui.tensors.ledger import LedgerReading
from tutor.tui.tensors.subject import Subject
from tutor.tui.text import reference_text, scalar
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.header_line import HeaderLine
from tutor.tui.widgets.histogram_pane import HistogramPane
from tutor.tui.widgets.history_pane import HistoryPane
from tutor.tui.widgets.history_plot import HistoryPlot
from tutor.tui.widgets.ledger_pane import LedgerPane
from tutor.tui.widgets.lines_pane import LinesPane
from tutor.tui.widgets.pane import Pane
from tutor.tui.widgets.panel_tabs import PanelTabs
from tutor.tui.widgets.value_pane import ValuePane

WIDE: Final = 100
"""Cells from which on all parts are seen at once."""

WITH_HISTOGRAM: Final = 20
"""Tensors of more elements get a histogram."""

POINTS: Final = 1000
"""Changes shown at most."""

SLICE: Final = 0.008
"""Seconds spent on the history at a time."""

PAUSE: Final = 0.004
"""Seconds between two slices."""

HINTS: Final = (
    ("tab", "parts"),
    ("↑ ↓", "choose"),
    ("enter", "go there"),
    ("escape", "back"),
    ("v", "value or .grad"),
    ("y", "copy"),
    ("z", "zoom"),
    ("?", "help"),
)
"""What the last line says, the most important first."""


class TensorScreen(ModalScreen[int | None]):
    """Facts, value, histogram, history and ledger of a name or a result.

    Gives back the step to go to, None when it was left.

    Args:
        moment: The step now.
        key: As ``TensorsPane.key_of`` gives it: a ``Key``, or -1 and the id of a tensor.
        until: The last step that may be shown, None for all: what is still to be predicted is not told here.
    """

    DEFAULT_CSS = """
    TensorScreen { background: $background; }
    TensorScreen #parts { height: 1fr; }
    TensorScreen Pane { height: 1fr; }
    TensorScreen #history { height: 3fr; }
    TensorScreen #plot { height: 2fr; }
    TensorScreen HistoryPane { padding: 0; }
    TensorScreen.-wide #parts { layout: grid; grid-size: 2 1; grid-columns: 3fr 2fr; }
    TensorScreen.-wide #parts.-with-value { grid-size: 2 2; grid-rows: 14 1fr; }
    TensorScreen.-wide #parts.-single { grid-columns: 2fr 3fr; }
    TensorScreen.-wide #parts.-with-value.-no-histogram #value { column-span: 2; }
    TensorScreen.-wide #parts.-with-ledger { grid-size: 2 2; grid-rows: 1fr 9; }
    TensorScreen.-wide #parts.-with-value.-with-ledger { grid-size: 2 3; grid-rows: 12 1fr 7; }
    TensorScreen.-wide #ledger { column-span: 2; }
    TensorScreen.-wide #tabs, TensorScreen.-narrow .-single #tabs { display: none; }
    TensorScreen.-narrow .-single.-with-ledger #tabs { display: block; }
    TensorScreen.-narrow #plot { height: 8; }
    TensorScreen.-wide #past { height: 100%; }
    TensorScreen.-narrow #facts { height: 8; }
    TensorScreen.-narrow #value, TensorScreen.-narrow #histogram, TensorScreen.-narrow #past,
    TensorScreen.-narrow #ledger { display: none; }
    TensorScreen.-narrow #parts > .-shown { display: block; height: 1fr; }
    TensorScreen.-wide #parts.-zoom, TensorScreen.-narrow #parts.-zoom { layout: vertical; }
    TensorScreen #parts.-zoom > *, TensorScreen.-narrow #parts.-zoom > * { display: none; }
    TensorScreen #parts.-zoom > .-zoomed, TensorScreen.-narrow #parts.-zoom > .-zoomed { display: block; height: 1fr; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "part(1)", "Next part", id="tensor.next", tooltip="Go to the next part"),
        Binding("shift+tab", "part(-1)", "Previous part", id="tensor.back", tooltip="Go to the part before"),
        Binding("v", "other", "Value or .grad", id="tensor.grad", tooltip="Show the value, or its .grad"),
        Binding("y", "copy", "Copy", id="tensor.copy", tooltip="Copy the value as code that rebuilds it"),
        Binding("z", "zoom", "Zoom", id="tensor.zoom", tooltip="Give this part the whole screen, or take it back"),
        Binding("escape,q", "leave", "Back", id="tensor.leave", tooltip="Back to the step you came from"),
        Binding("question_mark,f1", "help", "Help", id="tensor.help", tooltip="Say what the keys do"),
    ]

    def __init__(self, moment: Moment, key: Hashable, until: int | None = None) -> None:
        super().__init__()
        self._until = until
        self._moment = moment
        self._key = key
        self._subject = Subject.of(moment, key)
        self._gradient = False
        self._points: list[Point] = []
        self._coming: Iterator[Point] | None = None
        self._problem = ""
        self._complete = False
        self._ledger = LedgerReading.of(self._subject, until)
        value = self._subject.value
        self._single = value is not None and value[0].elements == 1
        self._histogram = value is not None and value[0].elements > WITH_HISTOGRAM and bool(_bars(*value))
        plain = value is None and not self._subject.members()
        self._with_value = not self._single and not plain

    def compose(self) -> ComposeResult:
        """Header, parts, keys. A single number is among the facts, and its history has a plot."""
        yield HeaderLine(id="header")
        shape = "-with-value" if self._with_value else "-single"
        shape += "" if self._histogram else " -no-histogram"
        with Container(id="parts", classes=shape if self._ledger is None else f"{shape} -with-ledger"):
            yield LinesPane("facts", id="facts")
            yield PanelTabs(self._panels(), id="tabs")
            with Vertical(id="past"):
                if self._single:
                    yield HistoryPlot(id="plot")
                yield HistoryPane(id="history")
            if self._with_value:
                yield ValuePane(id="value")
            if self._histogram:
                yield HistogramPane(id="histogram")
            if self._ledger is not None:
                yield LedgerPane(id="ledger")
        yield BottomLine(HINTS, id="bottom")

    def on_mount(self) -> None:
        """Show what is known at once, and begin to read the history."""
        subject, moment = self._subject, self._moment
        self.query_one(HeaderLine).show(subject.name, [f"step {moment.number:,}/{moment.recording.count:,}"])
        self.query_one("#facts", LinesPane).show(facts_of(subject))
        self._show_value()
        first = next(iter(self._panels()))
        self._show_panel(first)
        self.query_one("#value" if first == "value" else "#history", Pane).focus()
        followed = subject.followed
        if followed is not None:
            self._coming = history(moment.recording, followed, POINTS, self._until)
        self._read_on()

    def _panels(self) -> dict[str, str]:
        """Titles of the parts that take turns below the facts where there is little room, by id."""
        panels = {"value": "value"} if self._with_value else {}
        panels |= {"histogram": "histogram"} if self._histogram else {}
        panels |= {"past": "history"}
        return panels | ({"ledger": "ledger"} if self._ledger is not None else {})

    # The value

    def _shown_value(self) -> tuple[Meta, Value] | None:
        """The value or its ``.grad``, whichever is shown."""
        gradient = self._subject.gradient
        if self._gradient and gradient is not None:
            return gradient.meta, gradient.content
        return self._subject.value

    @property
    def _shown_name(self) -> str:
        return ".grad" if self._gradient else "value"

    def _show_value(self) -> None:
        """Show the value or its ``.grad``: the elements, or what is known of them."""
        value = self._shown_value()
        if self._histogram:
            self.query_one(HistogramPane).show(self._shown_name, _bars(*value) if value is not None else [])
        if not self._with_value:
            return
        pane = self.query_one(ValuePane)
        if value is None:
            pane.show_lines("members", self._member_lines())
            return
        grid = Grid.of(*value)
        if grid is not None:
            pane.show_grid(self._shown_name, grid)
        else:
            facts = summary_facts(*value)
            width = max(len(label) for label, _ in facts) + 2
            lines = [Content.assemble((label.ljust(width), MUTED), text) for label, text in facts]
            pane.show_lines(f"{self._shown_name}, in short", lines)

    def _member_lines(self) -> list[Content]:
        """What belongs to a module, a list or a dict, each with its value."""
        members, state = self._subject.members(), self._subject.state
        width = min(max((cell_len(path) for path, _ in members), default=0), 40) + 2
        return [
            Content.assemble((pad(fit(harmless(path), width - 2), width), MUTED), reference_text(state, reference, 200))
            for path, reference in members
        ]

    # The history

    @property
    def complete(self) -> bool:
        """Whether all of the history and of the ledger has been read."""
        return self._complete

    def _read_on(self) -> None:
        """Read a little more of the history, and show it now and then."""
        if not self.is_running:
            return
        deadline, before = perf_counter() + SLICE, len(self._points)
        while self._coming is not None and perf_counter() < deadline:
            try:
                point = next(self._coming, None)
            except DamagedError as error:
                point, self._problem = None, harmless(str(error))
            if point is None:
                self._coming = None
            else:
                self._points.append(point)
        done = self._coming is None
        if done or len(self._points) // 200 != before // 200:
            self._show_history()
        if done:
            pane = self.query_one(HistoryPane)
            pane.choose(pane.first_choice())
            self._show_what_moves()
            self._read_ledger()
        else:
            self.set_timer(PAUSE, self._read_on)

    def _read_ledger(self) -> None:
        """Read a little more of the ledger: only after the history, since both ask for states in order."""
        reading = self._ledger
        if reading is not None and self.is_running:
            before = len(reading.entries)
            reading.read(SLICE)
            pane = self.query_one(LedgerPane)
            if reading.complete or len(reading.entries) // 50 != before // 50:
                pane.show(self._subject.name, self._moment.number, reading.entries, reading.note)
            if not reading.complete:
                self.set_timer(PAUSE, self._read_ledger)
                return
            pane.choose(pane.first_choice())
        self._complete = True

    def _show_what_moves(self) -> None:
        """Begin with the plot of ``.grad`` where that is what changed, and the number itself never did."""
        numbers, gradients = ({value for _, value in self._curve(gradient=which)} for which in (False, True))
        if self._single and len(numbers) < 2 <= len(gradients):
            self.action_other()

    def _show_history(self) -> None:
        self.query_one(HistoryPane).show(self._moment, self._points, self._history_note())
        if self._single:
            self.query_one(HistoryPlot).show(
                self._shown_name, self._curve(gradient=self._gradient), self._moment.number
            )

    def _history_note(self) -> str:
        if self._problem:
            return "the rest cannot be read"
        if self._coming is not None:
            return f"{len(self._points):,} changes …"
        followed = self._subject.followed
        recording = self._moment.recording
        changes = len(change_steps(recording, followed, until=self._until)) if followed is not None else 0
        count = len(self._points)
        if changes > POINTS:
            return f"{count:,} of {changes:,} changes, evenly picked"
        return f"{count:,} change{'' if count == 1 else 's'}"

    def _curve(self, *, gradient: bool) -> list[tuple[float, float]]:
        """The number, or the one in ``.grad``, at each of the points."""
        curve: list[tuple[float, float]] = []
        for point in self._points:
            record = point.gradient if gradient else point.value
            found = scalar(record.meta, record.content) if record is not None else None
            if found is not None and not isinstance(found, complex):
                curve.append((point.step, float(found)))
        return curve

    def on_history_plot_step_pointed(self, message: HistoryPlot.StepPointed) -> None:
        """Choose the point nearest to a place in the plot."""
        self.query_one(HistoryPane).choose_step(message.step)
        self.query_one(HistoryPane).focus()

    def on_pane_row_opened(self, message: Pane.RowOpened) -> None:
        """Go to the step of the chosen point or entry."""
        message.stop()
        if isinstance(message.pane, HistoryPane | LedgerPane) and isinstance(message.key, int):
            self.dismiss(message.key)

    # Parts and the rest

    def _parts(self) -> list[str]:
        """Ids of the panes that keys can be for, in order."""
        parts = ["value"] if self._with_value else []
        parts += ["histogram"] if self._histogram else []
        return [*parts, "history", *(["ledger"] if self._ledger is not None else []), "facts"]

    def action_part(self, direction: int) -> None:
        """Go to the next part, or the one before."""
        parts = self._parts()
        present = self._present
        self._go_to_part(parts[(parts.index(present) + direction) % len(parts)])

    @property
    def _present(self) -> str:
        """Id of the present pane."""
        focused = self.focused
        return focused.id if focused is not None and focused.id in self._parts() else self._parts()[0]

    def _go_to_part(self, part: str) -> None:
        if part != "facts":
            self._show_panel("past" if part == "history" else part)
        if self.query_one("#parts").has_class("-zoom"):
            self._zoom(part)
        self.query_one(f"#{part}", Pane).focus()

    def _show_panel(self, panel: str) -> None:
        for name in self._panels():
            self.query_one(f"#{name}").set_class(name == panel, "-shown")
        self.query_one(PanelTabs).show(panel)

    def on_panel_tabs_panel_chosen(self, message: PanelTabs.PanelChosen) -> None:
        """Show the part whose name was clicked."""
        message.stop()
        self._go_to_part("history" if message.panel == "past" else message.panel)

    def action_zoom(self) -> None:
        """Give the present part all the room, or take it back."""
        self._zoom("" if self.query_one("#parts").has_class("-zoom") else self._present)

    def _zoom(self, part: str) -> None:
        parts = self.query_one("#parts")
        parts.set_class(bool(part), "-zoom")
        for child in parts.children:
            child.set_class(bool(part) and child.id == ("past" if part == "history" else part), "-zoomed")

    def action_other(self) -> None:
        """Show the value, or its ``.grad``."""
        bottom = self.query_one(BottomLine)
        if not self._gradient and not self._has_gradient():
            bottom.say(f"{self._subject.name} has no .grad here.")
            return
        bottom.say("")
        self._gradient = not self._gradient
        self._show_value()
        if self._single:
            self.query_one(HistoryPlot).show(
                self._shown_name, self._curve(gradient=self._gradient), self._moment.number
            )

    def _has_gradient(self) -> bool:
        return self._subject.gradient is not None or (self._single and any(p.gradient for p in self._points))

    def action_copy(self) -> None:
        """Copy the value as code that rebuilds it."""
        self.run_worker(self._copy(), exclusive=True, group="copy")

    async def _copy(self) -> None:
        self.query_one(BottomLine).say(await copy_value(self.app, self._moment, self._key))

    def action_leave(self) -> None:
        """Go nowhere, or first leave the zoomed part."""
        if self.query_one("#parts").has_class("-zoom"):
            self._zoom("")
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        """Say what the keys do."""
        own = [binding for binding in self.BINDINGS if isinstance(binding, Binding)]
        panes = [binding for binding in (*ValuePane.BINDINGS, *Pane.BINDINGS) if isinstance(binding, Binding)]
        self.app.push_screen(Help([(key_text(binding), binding.tooltip) for binding in (*own, *panes)], full=False))


def _bars(meta: Meta, content: Value) -> list[Bar]:
    """How often values occur in a tensor."""
    if isinstance(content, dict):
        return summary_bars(content)
    grid = Grid.of(meta, content)
    return bars(grid.flat) if grid is not None else []
