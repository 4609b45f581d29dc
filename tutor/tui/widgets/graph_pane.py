"""The graph behind the present result: one row per node, from the result down to the leaves."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content

from tutor.plain.format import harmless
from tutor.recording.moment import Moment
from tutor.recording.queries import Lost
from tutor.tui.cells import fit, pad
from tutor.tui.graph.cuts import Cuts, cut_words
from tutor.tui.graph.draw import Columns, columns_of, draw_place, fitted, sign
from tutor.tui.graph.fold import Fold, FoldedRows, find_folds
from tutor.tui.graph.lanes import COUNT_LIMIT, ChainRow, Layout, lay_out
from tutor.tui.graph.roots import Place, Root, find_root, label_of
from tutor.tui.graph.text import ChainText
from tutor.tui.looks import LANE, MUTED
from tutor.tui.widgets.pane import Pane

FOLDED_FROM: Final = 60
"""A graph of more rows is folded whatever the height of the pane."""

_MEASURED: Final = 60
"""Rows whose texts decide how wide the columns are while it is not known which are seen."""

_GRAPHS_KEPT: Final = 8
"""Graphs that are not laid out again when they come back."""


class _Graph(NamedTuple):
    layout: Layout
    folds: list[Fold]


class GraphPane(Pane):
    """The grad_fn chain at the moment. Enter on a row that stands for many opens it, and folds it again."""

    GUTTER = 1

    DEFAULT_CSS = "GraphPane { padding: 0; }"

    def __init__(self, *, id: str) -> None:
        super().__init__("graph", id=id)
        self._moment: Moment | None = None
        self._cuts: Cuts | None = None
        self._root: Root | None = None
        self._lost: Lost | None = None
        self._graphs: dict[tuple[int, ...], _Graph] = {}
        self._graph: _Graph | None = None
        self._rows: list[ChainRow] = []
        self._shown: FoldedRows | None = None
        self._shown_for: Hashable = None
        self._open: dict[Place, bool] = {}
        """What the learner wants of a fold; what is not there is open only while a node in it runs."""
        self._running_in: Place | None = None
        self._text: ChainText | None = None
        self._columns = Columns(2, 0, 0, 0, 0)
        self._fitted = (0, 0)
        self._was_seen = False

    def show(self, moment: Moment, tensor: int | None = None) -> None:
        """Show the graph of the step's result, with what of it has run.

        Args:
            moment: The step now.
            tensor: One that is followed: its graph is shown instead, but inside backward and where it has none.
        """
        if self._cuts is None or self._cuts.recording is not moment.recording:
            self._cuts, self._graphs, self._open = Cuts(moment.recording), {}, {}
        self._moment = moment
        self._root = root = find_root(moment, self._cuts, tensor)
        self._lost = None
        if root is not None and not root.nodes:
            self._lost = self._cuts.of(root.tensors[0], moment.number)
        self._graph = self._find_graph(moment, self._cuts, root.nodes) if root is not None and root.nodes else None
        self._text = ChainText(moment, self._cuts, self._graph.layout if self._graph is not None else None)
        self._arrange()
        self._reveal_running()
        self.redraw()

    def _reveal_running(self) -> None:
        running = self._running_row()
        self.reveal(running, running)

    def _find_graph(self, moment: Moment, cuts: Cuts, nodes: tuple[int, ...]) -> _Graph:
        graph = self._graphs.pop(nodes, None)
        if graph is None:
            layout = lay_out(moment, nodes, cuts)
            graph = _Graph(layout, find_folds(moment.recording, layout))
        self._graphs[nodes] = graph
        while len(self._graphs) > _GRAPHS_KEPT:
            del self._graphs[next(iter(self._graphs))]
        return graph

    def _arrange(self) -> None:
        """Say which rows are shown: all, or some of them folded."""
        self._fitted = (0, 0)
        graph, height = self._graph, self.size.height
        if graph is None:
            self._rows, self._shown, self._shown_for = [], None, None
        else:
            count = len(graph.layout.rows)
            folds = graph.folds if count > FOLDED_FROM or count > 2 * height > 0 else []
            opened = self._opened(graph, folds)
            wanted = graph.layout, bool(folds), opened
            if self._shown is None or self._shown_for != wanted:
                self._shown, self._shown_for = FoldedRows(graph.layout, folds, opened), wanted
            self._rows = self._shown.rows
        self.set_title(self._title(), self._note(height))
        self.set_rows(max(len(self._rows) + (self._left_out > 0), 2))

    def _opened(self, graph: _Graph, folds: list[Fold]) -> frozenset[Place]:
        """The folds that are open: those that the learner opened, and the one in which a node runs."""
        running = self._text.running if self._text is not None else None
        row = graph.layout.positions.get(running, -1) if running is not None else -1
        inside = next((fold.place for fold in folds if fold.first <= row < fold.last), None)
        if inside is not None and inside != self._running_in and not self._open.get(inside):
            self._open.pop(inside, None)
        self._running_in = inside
        return frozenset(fold.place for fold in folds if self._open.get(fold.place, fold.place == inside))

    def on_resize(self, event: events.Resize) -> None:
        """There is room for more or fewer rows; the frame of all panes draws them."""
        self._arrange()
        if not self._was_seen and self.size.height:
            # While it was hidden there was no place to scroll to.
            self._was_seen = True
            self._reveal_running()

    def toggle(self, fold: Place) -> None:
        """Open a fold, or fold it again."""
        if self._shown is not None and fold in self._shown.folds:
            self._open[fold] = not self._is_open(fold)
            self._arrange()
            row = self._shown.positions.get(fold, 0)
            self.reveal(row, row)
            self.redraw()

    def _is_open(self, fold: Place) -> bool:
        return self._open.get(fold, fold == self._running_in)

    def action_open(self) -> None:
        """Open or fold what the chosen row stands for, else ask to open what it is about."""
        chosen = self.chosen
        if self._shown is not None and chosen in self._shown.folds:
            assert isinstance(chosen, tuple)
            self.toggle(chosen)
        else:
            super().action_open()

    def on_click(self, event: events.Click) -> None:
        """Open or fold a row that stands for others; any other is chosen."""
        offset = event.get_content_offset(self)
        row = self.row_at(offset.y) if offset is not None else -1
        if 0 <= row < len(self._rows) and self._rows[row].place[0] == "fold":
            event.prevent_default()
            self.choose(row)
            self.toggle(self._rows[row].place)

    # Rows

    def draw_row(self, row: int, width: int) -> Content:
        """A node, a leaf, a cut, a fold, or the sentence that says why there is no graph."""
        if self._text is None:
            return Content("")
        if not self._rows:
            return self._draw_empty(row, width)
        if row >= len(self._rows):
            least = "more than " if self._left_out >= COUNT_LIMIT else ""
            return Content.styled(
                fit(f"  … {least}{self._left_out:,} nodes and leaves below are not shown", width), MUTED
            )
        self._fit(width)
        item = self._rows[row]
        kind = item.place[0]
        if kind in ("node", "leaf"):
            return draw_place(kind, item.lanes, self._text.describe(item.place), self._columns, width)
        lanes = pad(item.lanes, max(self._columns.lanes, cell_len(item.lanes)))
        if kind == "fold":
            return self._draw_fold(item.place, lanes).truncate(width, ellipsis=True)
        head = Content.assemble("  ", (lanes, LANE), " ")
        return head + self._draw_cut(self._lost_at(item.place[1]), width - head.cell_length)

    def _fit(self, width: int) -> None:
        """Make the columns fit to the rows that are seen."""
        top, height = self.scroll_offset.y, self.size.height
        if self._text is not None and self._fitted != (width, top):
            self._fitted = width, top
            seen = self._rows[top : top + height] if height else self._rows[:_MEASURED]
            self._columns = fitted(columns_of(seen, self._text), self._text, width)

    def _draw_fold(self, place: Place, lanes: str) -> Content:
        assert self._shown is not None
        assert self._text is not None
        is_open = self._is_open(place)
        # The node that the fold is named for is the last of it that runs.
        mark = sign(running=not is_open and place == self._running_in, ran=self._text.has_run(place))
        words = self._shown.folds[place].words(is_open=is_open)
        return Content.assemble(mark, (lanes, LANE), " ", (words, MUTED))

    def _draw_cut(self, lost: Lost | None, width: int) -> Content:
        if lost is None or self._moment is None:
            return Content("")
        label, words = cut_words(self._moment, lost)
        label = fit(label, min(max(width - cell_len(words) - 2, 8), 30))
        return Content.styled(fit(f"{label}  {words}", width), MUTED)

    def _draw_empty(self, row: int, width: int) -> Content:
        if self._lost is not None and row == 1:
            return Content.styled("✂ ", LANE) + self._draw_cut(self._lost, width - 2)
        lines = Content.styled(self._why_empty(), MUTED).wrap(width)
        return lines[row] if row < len(lines) else Content("")

    def _lost_at(self, step: int) -> Lost | None:
        return self._graph.layout.lost.get(step) if self._graph is not None else None

    def key_of(self, row: int) -> Hashable:
        """The node, leaf, cut or fold of a row."""
        if self._lost is not None and not self._rows:
            return ("cut", self._lost.step) if row == 1 else None
        return self._rows[row].place if row < len(self._rows) else None

    def first_choice(self) -> int:
        """The node that runs, else the result."""
        if self._lost is not None and not self._rows:
            return 1
        return self._running_row()

    def _running_row(self) -> int:
        running = self._text.running if self._text is not None else None
        if self._shown is None or running is None:
            return 0
        return self._shown.positions.get(running, self._shown.positions.get(self._running_in or running, 0))

    # Words

    @property
    def _left_out(self) -> int:
        return self._graph.layout.left_out if self._graph is not None else 0

    def _called(self, tensor: int, width: int) -> str:
        assert self._moment is not None
        return fit(harmless(" ".join(label_of(self._moment, tensor).split())), width)

    def _title(self) -> str:
        if self._moment is None or self._root is None:
            return "graph"
        tensors = self._root.tensors
        names = fit(", ".join(self._called(tensor, 30) for tensor in tensors), 30)
        return f"graph of {names}" if len(tensors) == 1 else f"graph of {len(tensors)} results: {names}"

    def _note(self, height: int) -> str:
        if self._graph is None or not 0 < height < len(self._graph.layout.rows):
            return ""
        count = len(self._graph.layout.nodes)
        return f"{count:,} node{'' if count == 1 else 's'}"

    def _why_empty(self) -> str:
        moment, root = self._moment, self._root
        if moment is None or root is None:
            return "No result with a grad_fn is alive."
        record = moment.tensor(root.tensors[0])
        name = self._called(root.tensors[0], 20)
        if self._lost is not None:
            return f"{name} has no graph. It was lost here:"
        if record is not None and record.meta.requires_grad:
            return f"{name} is a leaf: made by you, not by an operation."
        return f"{name} has no graph: it does not require grad."
