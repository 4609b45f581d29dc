"""A gradient beside the slope that is found by nudging: the program runs again, and this page says what came of it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tutor.explain.nudge import plan_of
from tutor.lesson.program import Program
from tutor.plain.format import number
from tutor.recorder.evaluate import EvaluatorError
from tutor.recording.format import Kind
from tutor.recording.index import NameKey
from tutor.recording.moment import Moment
from tutor.recording.nudge import NudgePlan, Slope, Slopes, Verdict
from tutor.recording.state import Key
from tutor.tui.looks import MUTED
from tutor.tui.screens.sheet import Sheet
from tutor.tui.source import OpenedRecording, Source

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp

GLANCE: Final = 0.1
"""Seconds between two looks at how far it is."""

LONGEST: Final = 8
"""Cells of the longest name of a leaf that is written before each of its elements."""

_HEADINGS: Final = ("element", "value", "nudged by", "slope", "gradient", "difference")


class NudgeScreen(Sheet):
    """Checks a gradient while somebody waits.

    Args:
        tutor: Has the process that runs the program.
        program: What is run.
        plan: What is checked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,g,enter", "leave", "Back", id="nudge.leave", tooltip="Close this page, or stop checking"),
    ]

    def __init__(self, tutor: TutorApp, program: Program, plan: NudgePlan) -> None:
        super().__init__(f"the gradient of {plan.name} as a slope", Content(opening(plan)))
        self._tutor = tutor
        self._program = program
        self._plan = plan
        self._done = 0, 0
        self._wanted = True
        self.slopes: Slopes | None = None
        """What came of it, None while it runs."""

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._check())
        self._timer = self.set_interval(GLANCE, self._show_progress)

    def on_unmount(self) -> None:
        """Nobody wants to know any more."""
        self._wanted = False

    async def _check(self) -> None:
        try:
            self.slopes = await self._tutor.desk.slopes(self._program, self._plan, self._told)
        except EvaluatorError as error:
            self.slopes = Slopes(self._done[0], 0.0, problem=str(error))
        self._timer.stop()
        self._say(found(self._plan, self.slopes))

    def _told(self, done: int, total: int) -> bool:
        """Another run begins. Called in another thread."""
        self._done = done, total
        return self._wanted

    def _show_progress(self) -> None:
        done, total = self._done
        self._say(Content.styled(f"Run {done + 1} of {total} …" if total else "Starting …", MUTED))

    def _say(self, content: Content) -> None:
        if self._wanted:
            self.query_one(Static).update(Content(f"{opening(self._plan)}\n\n") + content)


def checking(
    tutor: TutorApp,
    source: Source,
    program: Program | None,
    moment: Moment,
    chosen: Hashable,
    followed: NameKey | None,
) -> NudgeScreen | str:
    """The page that checks a gradient, or in a sentence why there is none.

    Args:
        tutor: Has the process that runs the program.
        source: Where the recording comes from.
        program: What was recorded.
        moment: The step now.
        chosen: The row of tensors that is chosen.
        followed: The name that is followed.

    Raises:
        DamagedError: the recording cannot be read.
    """
    if program is None or isinstance(source, OpenedRecording):
        return "This is a saved recording: opening it runs no code, so nothing can be nudged."
    path = chosen.path if isinstance(chosen, Key) else followed.path if followed is not None else _arriving(moment)
    if not path:
        return "Choose a leaf in tensors first (press 2), then g checks its gradient."
    plan = plan_of(moment.recording, moment.number, path)
    return plan if isinstance(plan, str) else NudgeScreen(tutor, program, plan)


def _arriving(moment: Moment) -> str:
    """The leaf whose gradient arrives in the step."""
    step = moment.step
    if step is None or step.kind is not Kind.ACCUMULATE:
        return ""
    names = moment.after.names_of(step.detail[0])
    return names[0] if names else ""


def opening(plan: NudgePlan) -> str:
    """What is done, in words."""
    if len(plan.values) == 1:
        each = plan.name
    elif len(plan.elements) == len(plan.values):
        each = f"Each element of {plan.name}"
    else:
        each = f"Each of the {len(plan.elements)} elements of {plan.name} with the largest gradients"
    return (
        f"{each} is made a little larger, then a little smaller, just before line {plan.use_line} uses it. The program "
        f"runs again each time, up to the backward call in line {plan.call_line}. How much the result moved, divided "
        f"by how far the element was moved, is the slope."
    )


def found(plan: NudgePlan, slopes: Slopes) -> Content:
    """What came of it: the table, what it means, what it cost."""
    if slopes.problem:
        return Content(slopes.problem)
    dtype = slopes.dtype
    cost = f"{slopes.runs} runs, {slopes.seconds:.1f} s, computed in {dtype}."
    return Content("\n").join([_table(plan, slopes.rows), Content(""), Content(meaning(plan, slopes)), Content(cost)])


def meaning(plan: NudgePlan, slopes: Slopes) -> str:
    """What the two columns say together, and what ``.grad`` has to do with it."""
    verdict = slopes.verdict
    if verdict is Verdict.AGREE:
        own = slopes.dtype == plan.dtype
        left = f"how coarse nudging is in {slopes.dtype}" if own else f"the program's rounding in {plan.dtype}"
        said = f"They agree. The gradient comes from the rules of calculus; what is left of a difference is {left}."
    elif verdict is Verdict.UNCLEAR:
        said = (
            f"{plan.dtype} is too coarse here to tell. Rounding alone can put the two apart by {slopes.noise:.0e}, and "
            f"the largest gradient is {number(slopes.size)}."
        )
    else:
        said = (
            f"They do not agree. Something between {plan.name} and the result moves it without being part of the "
            f"graph, as detach() does, or the other way round; or the slope jumps at this very point."
        )
    if not _holds_more(plan):
        return said
    return (
        f"{said}\n\nThe gradient is what this call brought. {plan.name}.grad holds more, because it was added to what "
        f"earlier calls had brought: the slope of this result is not what {plan.name}.grad says now."
    )


def _holds_more(plan: NudgePlan) -> bool:
    return plan.held != plan.gradient


def _table(plan: NudgePlan, rows: list[Slope]) -> Content:
    headings = (*_HEADINGS, ".grad") if _holds_more(plan) else _HEADINGS
    lines = [headings, *(_cells(plan, row) for row in rows)]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(headings))]
    texts = [
        "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(line, widths, strict=True)) for line in lines)
    ]
    return Content("\n").join([Content.styled(texts[0], MUTED), *map(Content, texts[1:])])


def _cells(plan: NudgePlan, row: Slope) -> tuple[str, ...]:
    index = _index(row.element, plan.shape)
    # A long name stands in the frame already.
    name = index if index and cell_len(plan.name) > LONGEST else f"{plan.name}{index}"
    numbers = (row.value, row.nudge, row.slope, row.gradient)
    held = (number(plan.held[row.element]),) if _holds_more(plan) else ()
    return (name, *map(number, numbers), f"{row.difference:.1e}", *held)


def _index(element: int, shape: list[int]) -> str:
    """``[1, 0]``: an element counted row by row."""
    places: list[int] = []
    for size in reversed(shape):
        element, place = divmod(element, size)
        places.append(place)
    return f"[{', '.join(map(str, reversed(places)))}]" if places else ""
