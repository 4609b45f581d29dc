"""The program: where it is, what of it has run, which turn each loop is in."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from tutor.lesson.program import Program
from tutor.recording.format import Kind
from tutor.recording.model import Step
from tutor.recording.moment import Moment
from tutor.tui.cells import fit
from tutor.tui.index import Index
from tutor.tui.looks import EXPRESSION, FOUND, GRADIENT, HERE, LANE, MUTED
from tutor.tui.page import Page
from tutor.tui.text import display_column
from tutor.tui.widgets.pane import SCROLLING, Pane

GRAD_OFF: Final = "╎"
"""Stands between number and code where grad was off."""

LOOKS_KEPT: Final = 2000
"""Lines as they were drawn that are kept."""

READ_AGAIN: Final = 1
"""Rows that stay in view when prose is scrolled on."""


class ProgramPane(Pane, inherit_bindings=False):
    """The lines of the program with the present step marked in them."""

    # Up and down go from line to line as the program runs; that is the screen's to do.
    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLING]

    class LineChosen(Message):
        """A line was clicked."""

        def __init__(self, line: int) -> None:
            super().__init__()
            self.line = line
            """From 1."""

    def __init__(self, *, id: str) -> None:
        super().__init__("program", id=id)
        self._program: Program | None = None
        self._page: Page | None = None
        self._page_width = 0
        self._moment: Moment | None = None
        self._index: Index | None = None
        self._marked: dict[int, tuple[int, int]] = {}
        self._turns: dict[int, str] = {}
        self._shift = 0
        self._reached = 0
        self._callers: frozenset[int] = frozenset()
        self._wanted = ""
        self._code_drawn: dict[Hashable, Content] = {}
        self._read: set[int] = set()
        """The last row of each prose that was read to its end."""

    def load(self, program: Program) -> None:
        """Show another program, from its beginning."""
        self._program = program
        self._page = None
        self._moment = None
        self._marked, self._turns = {}, {}
        self._lay_out()

    def show(self, moment: Moment, index: Index) -> None:
        """Show where the program is."""
        self._moment = moment
        self._index = index
        page = self._page
        if page is None or moment.step is None:
            self.redraw()
            return
        self._marked = marked_columns(moment.step, page)
        self._turns = turn_texts(moment, index)
        self._reached = reached_cell(moment, index, page)
        self._shift = self._shift_for()
        self._callers = frozenset(scope.call_line for scope in moment.after.scopes.values() if scope.function)
        self.set_title("program", call_chain(moment))
        rows = [page.row_of[line] for line in self._marked if line in page.row_of]
        if moment.number == 1 and page.rows and not page.rows[0].line:
            # A lesson begins with its prose, which is to be read before anything runs.
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        elif rows:
            self.reveal(*self._rows_to_see(moment.number, rows[0], rows[-1]))
        self.redraw()

    @property
    def code_lines(self) -> dict[int, str]:
        """The lines of code as far as they can be read now, by number."""
        page = self._page
        return {line: page.code(line, self._is_revealed(line)).plain for line in page.row_of} if page else {}

    def seek(self, text: str) -> None:
        """Mark a text wherever it stands in the program; none for an empty one."""
        self._wanted = text
        self.redraw()

    def reveal_line(self, line: int) -> None:
        """Bring a line into view."""
        row = self._page.row_of.get(line) if self._page is not None else None
        if row is not None:
            self.reveal(row, row)
            self.redraw()

    def _rows_to_see(self, number: int, first: int, last: int) -> tuple[int, int]:
        """The first and the last row to be seen at a step, whose line lies in these rows of the page."""
        below = self._last_of_interest(number, last)
        return first, max(min(below + 1, first + self.size.height - 2), first)

    def _last_of_interest(self, number: int, row: int) -> int:
        """The last row to be seen together with that of a step: with a cell over, the prose that follows it."""
        page, moment = self._page, self._moment
        assert page is not None
        assert moment is not None
        recording = moment.recording
        if number < recording.count:
            following = page.row_of.get(recording.site(number + 1).line)
            over = following is not None and page.rows[following].cell > page.rows[row].cell
        else:
            over = recording.end is not None
        return page.prose_after(row) if over else row

    def read_on(self) -> bool:
        """Scroll on in prose that would be passed by unseen, unless it was read before; whether there was any."""
        last = self._last_of_prose()
        if self._page is None or last is None or last in self._read or not self.is_on_screen:
            return False
        height, below = self.size.height, self.scroll_offset.y + self.size.height
        # The ruler lies above this prose now, and below it at the next step.
        ruler = self._ruler_row() is not None
        unseen = range(below - ruler, min(last + 1 - ruler, self._next_top()))
        if not any(self._page.rows[row].content for row in unseen):
            self._read.add(last)
            return False
        top = self.scroll_offset.y + max(height - READ_AGAIN, 1)
        self.scroll_to(y=min(top, last - height + 1), animate=False, force=True, immediate=True)
        return True

    def _next_top(self) -> int:
        """The first row that is seen at the step after this one; past all rows if there is none."""
        assert self._page is not None
        assert self._moment is not None
        number, recording = self._moment.number + 1, self._moment.recording
        row = self._page.row_of.get(recording.site(number).line) if number <= recording.count else None
        return self.top_to_see(*self._rows_to_see(number, row, row)) if row is not None else self._row_count

    def is_before_prose(self, number: int) -> bool:
        """Whether a step ends a cell below which stands prose that is not read yet and has no room above the next line.

        Args:
            number: The step, which has a next one.
        """
        page = self._page
        if page is None or self._moment is None or not self.is_on_screen:
            return False
        recording = self._moment.recording
        row, following = (page.row_of.get(recording.site(each).line) for each in (number, number + 1))
        if row is None or following is None or page.rows[row].cell >= page.rows[following].cell:
            return False
        last = page.prose_after(row)
        return last - row >= self.size.height - 2 and not {last, last + 1} & self._read

    def _last_of_prose(self) -> int | None:
        """The last row of the prose to be read at this step, None where there is none."""
        page = self._page
        if page is None or self._moment is None or not self._marked:
            return None
        rows = [page.row_of[line] for line in self._marked if line in page.row_of]
        if not rows:
            return None
        if self._moment.number == 1 and not page.rows[0].line:
            return rows[0] - 1
        last = self._last_of_interest(self._moment.number, rows[-1])
        # The ruler lies between the line and its prose.
        return last + (self._ruler_row() is not None) if last > rows[-1] else None

    def refresh_marks(self) -> None:
        """Draw again, since the index knows more about loops and lines."""
        if self._moment is None or self._index is None or self._page is None:
            return
        known = turn_texts(self._moment, self._index), reached_cell(self._moment, self._index, self._page)
        if known != (self._turns, self._reached):
            self._turns, self._reached = known
            self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """Prose is wrapped to the width, so it is laid out anew."""
        if event.size.width != self._page_width:
            self._lay_out()
        if self._moment is not None and self._index is not None:
            # What is in view depends on the present size alone, not on those that the pane had on the way to it.
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
            self.show(self._moment, self._index)

    def on_click(self, event: events.Click) -> None:
        """Ask to go where the clicked line runs."""
        offset = event.get_content_offset(self)
        if offset is None or self._page is None:
            return
        row = self._page_row(self.row_at(offset.y))
        line = self._page.rows[row].line if row is not None and row < len(self._page.rows) else 0
        if line:
            self.post_message(self.LineChosen(line))

    def draw_row(self, row: int, width: int) -> Content:
        """A line of code, of prose, or the ruler below the present expression."""
        page = self._page
        if page is None:
            return Content("")
        index = self._page_row(row)
        if index is None:
            return self._draw_ruler()
        if index >= len(page.rows):
            return Content("")
        line, content, cell = page.rows[index]
        if not line:
            if page.is_open(index, self._reached):
                return Content(" ") + content
            # The first row of a cell is the gap above it.
            begins = index > 1 and page.rows[index - 2].cell != cell == page.rows[index - 1].cell
            return Content.styled(" …" if begins else "", MUTED)
        return self._draw_code(line, width)

    def _draw_code(self, line: int, width: int) -> Content:
        """A line of code; drawn once for each way in which it can look."""
        ran, revealed = self._has_run(line), self._is_revealed(line)
        here = line in self._marked and tuple(self._marked.items())
        quiet, calls = self._is_quiet(line), line in self._callers
        look = line, width, ran, revealed, here, self._shift, self._turns.get(line), quiet, calls, self._wanted
        drawn = self._code_drawn.get(look)
        if drawn is None:
            if len(self._code_drawn) >= LOOKS_KEPT:
                self._code_drawn.clear()
            drawn = self._code_drawn[look] = self._code_of(
                line, width, ran=ran, revealed=revealed, quiet=quiet, calls=calls
            )
        return drawn

    def _code_of(self, line: int, width: int, *, ran: bool, revealed: bool, quiet: bool, calls: bool) -> Content:
        page = self._page
        assert page is not None
        code = page.code(line, revealed)
        if not ran:
            code = code.without_spans.stylize(MUTED)
        marked = self._marked.get(line)
        here = marked is not None and line == next(iter(self._marked))
        if marked is not None:
            code = code.stylize(EXPRESSION if len(self._marked) == 1 else EXPRESSION + " underline", *marked)
        for start in places_of(self._wanted, code.plain):
            code = code.stylize(FOUND, start, start + len(self._wanted))
        room = width - self._gutter
        if self._shift and marked is not None:
            code = Content("…") + code[self._shift + 1 :]
        turn = self._turns.get(line, "")
        code = code.truncate(max(room - (cell_len(turn) + 1 if turn else 0), 1), ellipsis=True)
        sign = "▶" if here else "┃" if marked is not None else "▷" if calls else " "
        number = f"{line:>{self._gutter - 3}}"
        gutter = Content.assemble(
            (sign, HERE), " ", (number, HERE if here else MUTED), (GRAD_OFF if quiet else " ", GRADIENT)
        )
        if not turn:
            return gutter + code
        return gutter + code.pad_right(room - code.cell_length - cell_len(turn)) + Content.styled(turn, LANE)

    def _draw_ruler(self) -> Content:
        assert self._page is not None
        line, (start, end) = next(iter(self._marked.items()))
        text = self._page.code(line, revealed=True).plain
        shift = self._shift
        left = 1 + cell_len(text[shift + 1 : start]) if shift else cell_len(text[:start])
        length = min(max(cell_len(text[start:end]), 1), max(self.row_width - self._gutter - left, 1))
        return Content.styled(" " * (self._gutter + left) + "‾" * length, HERE)

    @property
    def _gutter(self) -> int:
        """Cells before the code: mark, blank, number, blank."""
        return len(str(len(self._page.lines) if self._page else 1)) + 3

    def _ruler_row(self) -> int | None:
        """The row of the ruler; several marked lines need none, their text is underlined instead."""
        if self._page is None or len(self._marked) != 1:
            return None
        row = self._page.row_of.get(next(iter(self._marked)))
        return row + 1 if row is not None else None

    def _page_row(self, row: int) -> int | None:
        """The row of the page that is drawn in a row of the pane, None for the ruler."""
        ruler = self._ruler_row()
        if ruler is None or row < ruler:
            return row
        return None if row == ruler else row - 1

    def _shift_for(self) -> int:
        """How far the marked lines are moved to the left so that the expression is seen."""
        assert self._page is not None
        room = self.row_width - self._gutter
        if room <= 0 or not self._marked:
            return 0
        line, (start, end) = next(iter(self._marked.items()))
        text = self._page.code(line, revealed=True).plain
        # A little of a long expression is enough, as long as it can be seen where it begins.
        wanted = min(end, start + room // 2)
        shift = 0
        while shift < start - 1 and cell_len(text[shift:wanted]) > room:
            shift += 1
        return shift

    def _has_run(self, line: int) -> bool:
        if self._index is None or self._page is None or self._moment is None:
            return False
        first = self._first_run(line)
        return first is not None and first <= self._moment.number

    def _is_quiet(self, line: int) -> bool:
        """Whether grad was off when the statement of a line ran last."""
        if self._index is None or self._page is None or self._moment is None:
            return False
        owner = self._page.owner(line)
        return self._index.grad_was_off(owner, self._moment.number)

    def _first_run(self, line: int) -> int | None:
        """The first step of the statement of a line; blank lines, comments and ``else`` go with what follows."""
        assert self._page is not None
        assert self._index is not None
        runs = self._index.first_run
        if line not in self._page.owners:
            line = next((other for other in range(line, min(line + 12, len(self._page.lines))) if other in runs), line)
        lines = self._page.statements.get(self._page.owner(line), [line])
        return min((runs[other] for other in lines if other in runs), default=None)

    def _is_revealed(self, line: int) -> bool:
        """Whether what a mark on a line announces has happened."""
        assert self._page is not None
        mark = self._page.marks.get(line)
        if mark is None or self._index is None or self._moment is None:
            return mark is None
        first = self._first_run(mark.owner)
        if first is None:
            return False
        return self._index.happened(Kind.OUTPUT if mark.sign == ">" else Kind.ERROR, first, self._moment.number)

    def _lay_out(self) -> None:
        self._page_width = self.size.width
        self._code_drawn = {}
        if self._program is not None and self._page_width:
            self._page = Page(self._program, self.row_width - 4)
            self._read = set()
            # One more for the ruler, whether there is one now or not: the layout need not change at every step.
            self.set_rows(len(self._page.rows) + 1)
            self.redraw()


def marked_columns(step: Step, page: Page) -> dict[int, tuple[int, int]]:
    """For each line of the step's expression where it begins and ends, once tabs are spaces."""
    site = step.site
    last = min(site.end_line, len(page.lines))
    if step.kind is Kind.STATEMENT:
        # Of a compound statement only the head is meant: the lines of its body are statements of their own.
        head = page.owner(site.line)
        last = next((line - 1 for line in range(site.line + 1, last + 1) if page.owner(line) != head), last)
    marked: dict[int, tuple[int, int]] = {}
    for line in range(max(site.line, 1), last + 1):
        text = page.lines[line - 1]
        start = site.column if line == site.line else len(text) - len(text.lstrip())
        end = site.end_column if line == site.end_line else len(text.rstrip())
        if end > start:
            marked[line] = (display_column(text, start), display_column(text, end))
    return marked


def call_chain(moment: Moment) -> str:
    """``in square, called in line 12 of loss, called in line 20``; empty at the top level of the program."""
    chain = ""
    for scope in moment.after.scopes.values():
        if scope.function:
            outer = chain.removeprefix("in ")
            chain = f"in {scope.function}, called in line {scope.call_line}" + (f" of {outer}" if outer else "")
    return chain


def places_of(wanted: str, text: str) -> list[int]:
    """Where a text stands in another, upper and lower case alike."""
    if not wanted:
        return []
    lowered, places = text.lower(), []
    start = lowered.find(wanted.lower())
    while start >= 0:
        places.append(start)
        start = lowered.find(wanted.lower(), start + len(wanted))
    return places


def reached_cell(moment: Moment, index: Index, page: Page) -> int:
    """The last code cell that has begun, or is to begin with the next step; past all cells when the program is over."""
    recording = moment.recording
    if recording.end is not None and moment.number == recording.count:
        return max(page.code_cells, default=0) + len(page.rows)
    begun = (
        number
        for number, lines in page.code_cells.items()
        if any(index.first_run.get(line, recording.count + 2) <= moment.number + 1 for line in lines)
    )
    return max(begun, default=0)


def turn_texts(moment: Moment, index: Index) -> dict[int, str]:
    """``↻ 2/3`` for the line of each running loop; of a recursive function the innermost call counts."""
    texts: dict[int, str] = {}
    for scope in moment.after.scopes.values():
        for line, turn in scope.turns.items():
            total = index.turns(scope.id, line, moment.number)
            texts[line] = fit(f"↻ {turn}/{total}" if total else f"↻ {turn}", 24)
    return texts
