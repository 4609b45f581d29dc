"""All panes together: how they share the screen, which of them is the present one."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from tutor.lesson.program import Program
from tutor.recording.moment import Moment
from tutor.recording.state import Key
from tutor.tui.index import Index
from tutor.tui.widgets.graph_pane import GraphPane
from tutor.tui.widgets.output_pane import OutputPane
from tutor.tui.widgets.pane import Pane
from tutor.tui.widgets.panel_tabs import PanelTabs
from tutor.tui.widgets.program_pane import ProgramPane
from tutor.tui.widgets.tensors_pane import TensorsPane
from tutor.tui.widgets.why_pane import WhyPane

PANELS: Final = {"tensors": "tensors", "graph": "graph", "why": "why", "output": "output"}
"""Titles of the panes that take turns below the program where there is little room, by id."""


class Panes(Container):
    """Program, tensors, graph, output and why: side by side in a wide terminal, else the program and one panel."""

    # The classes that say how much room there is are those of the screen, outside of this widget.
    SCOPED_CSS = False

    DEFAULT_CSS = """
    Panes { height: 1fr; }
    .-wide Panes { layout: grid; grid-size: 2 4; grid-columns: 9fr 11fr; grid-rows: 10fr 6fr 5fr 6; }
    .-wide Panes > #program { row-span: 2; }
    .-wide Panes > #graph { row-span: 2; }
    .-wide Panes > #why { column-span: 2; }
    .-wide Panes > #tabs { display: none; }
    .-narrow Panes > Pane { border: none; display: none; height: 4fr; padding: 0 0 0 1; }
    .-narrow Panes > Pane:focus { background: $boost; }
    .-narrow Panes > #tensors, .-narrow Panes > #graph { padding: 0; }
    .-narrow Panes > #program { display: block; height: 5fr; padding: 0; }
    .-narrow Panes > Pane.-shown { display: block; }
    .-wide Panes.-zoom, .-narrow Panes.-zoom { layout: vertical; }
    .-wide Panes.-zoom > *, .-narrow Panes.-zoom > * { display: none !important; }
    .-wide Panes.-zoom > Pane.-zoomed, .-narrow Panes.-zoom > Pane.-zoomed { display: block !important; height: 1fr; }
    """

    class PaneChosen(Message):
        """Another pane is the present one."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane
            """Its id."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._present = "program"

    def compose(self) -> ComposeResult:
        """The panes, in the order in which a grid is filled."""
        yield ProgramPane(id="program")
        yield PanelTabs(PANELS, id="tabs")
        yield TensorsPane(id="tensors")
        yield GraphPane(id="graph")
        yield OutputPane(id="output")
        yield WhyPane(id="why")

    def on_mount(self) -> None:
        """Begin with the tensors below the program."""
        self.show_panel("tensors")

    @property
    def present(self) -> str:
        """Id of the present pane."""
        return self._present

    @property
    def zoomed(self) -> bool:
        """Whether only the present pane is shown."""
        return self.has_class("-zoom")

    def load(self, program: Program) -> None:
        """Show another program."""
        self.query_one(ProgramPane).load(program)

    def show(self, moment: Moment, index: Index, followed: Key | None, tensor: int | None) -> None:
        """Show a step.

        Args:
            moment: The step, and the states around it.
            index: Lookups of its recording.
            followed: The name that is followed, where it lives now.
            tensor: The tensor that it refers to.

        Raises:
            DamagedError: something of it cannot be read.
        """
        self.query_one(ProgramPane).show(moment, index)
        self.query_one(TensorsPane).show(moment, followed)
        self.query_one(GraphPane).show(moment, tensor)
        self.query_one(OutputPane).show(moment)

    def tell(self, paragraphs: list[str], *, alarm: bool) -> None:
        """Show words about the step."""
        self.query_one(WhyPane).show(paragraphs, alarm=alarm)

    def is_before_prose(self, number: int) -> bool:
        """Whether a step ends a cell below which stands prose that would be passed by unseen."""
        return self.query_one(ProgramPane).is_before_prose(number)

    def read_on(self) -> bool:
        """Scroll on in prose of the program that would be passed by unseen; whether there was any."""
        return self.query_one(ProgramPane).read_on()

    def refresh_marks(self) -> None:
        """More is known of loops and lines."""
        self.query_one(ProgramPane).refresh_marks()

    def on_descendant_focus(self) -> None:
        """A pane that was clicked is the present one."""
        focused = self.screen.focused
        if isinstance(focused, Pane) and focused.id is not None:
            self._present = focused.id
            self.post_message(self.PaneChosen(focused.id))

    def on_panel_tabs_panel_chosen(self, message: PanelTabs.PanelChosen) -> None:
        """Show the pane whose name was clicked."""
        message.stop()
        self.show_panel(message.panel)

    def next_pane(self, direction: int) -> None:
        """Make the next pane the present one, or the one before."""
        order = ["program", *PANELS]
        self.go_to(order[(order.index(self._present) + direction) % len(order)])

    def go_to(self, pane: str) -> None:
        """Make a pane the present one.

        Args:
            pane: Its id.
        """
        self._present = pane
        if self._present in PANELS:
            self.show_panel(self._present)
        self.zoom(self.zoomed)
        self.query_one(f"#{self._present}", Pane).focus()

    def show_panel(self, panel: str) -> None:
        """Of the panes below the program, show this one where there is room for one only."""
        for name in PANELS:
            self.query_one(f"#{name}", Pane).set_class(name == panel, "-shown")
        self.query_one(PanelTabs).show(panel)

    def zoom(self, on: bool) -> None:
        """Give the present pane all the room, or take it back."""
        self.set_class(on, "-zoom")
        for pane in self.query(Pane):
            pane.set_class(on and pane.id == self._present, "-zoomed")
