"""Recording programs through the real recorder, and short ways to ask a recording what is in it."""

from __future__ import annotations

import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from tutor.recorder.evaluate import Evaluator
from tutor.recorder.forked import ForkedRun, record
from tutor.recorder.process import Recorder, Request, Run
from tutor.recording.file import save
from tutor.recording.format import Change, Kind
from tutor.recording.model import NodeRecord, Step
from tutor.recording.recording import Recording
from tutor.recording.values import gradient_value, reference_value, tensor_value

FRESH = 2
"""Fresh processes that are kept ready: while one runs a program, the other imports torch."""

SEEN = (Kind.OPERATION, Kind.CALL, Kind.INNER)
"""Kinds of step that stand for a call of the program or of torch."""


class Record(Protocol):
    """Records a program to its end."""

    def __call__(self, source: str, **options: Any) -> Recording: ...


class Children:
    """Records programs in forks of one warm process, or in fresh processes.

    A fork runs the same code as a fresh process and is there at once; ``test_same_run`` shows that it sees the same.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tutor-tests-")
        self.evaluator = Evaluator()
        self._recorders = [Recorder() for _ in range(FRESH)]
        self._turn = 0
        self._programs = 0
        self._runs: list[Run] = []

    def start(self, source: str, *, timeout: float = 60, **options: Any) -> Run:
        """Start a program in a fresh process; further options as for ``request``."""
        recorder = self._recorders[self._turn]
        self._turn = (self._turn + 1) % len(self._recorders)
        run = recorder.start(self.request(source, **options), timeout=timeout)
        self._runs.append(run)
        recorder.warm()
        return run

    def run(self, source: str, *, timeout: float = 60, **options: Any) -> ForkedRun:
        """Run a program to its end in a fork; the caller closes it. Further options as for ``request``."""
        return self.run_request(self.request(source, **options), timeout)

    def run_request(self, request: Request, timeout: float = 60) -> ForkedRun:
        """As ``run``, for a request that is made already."""
        return record(self.evaluator, request, timeout)

    def save(self, request: Request, path: Path) -> Path:
        """Run a program to its end in a fork and save its recording; the path of that."""
        run = self.run_request(request)
        save(run.recording, path)
        run.close()
        return path

    def request(
        self,
        source: str,
        *,
        path: str | Path | None = None,
        directory: str | Path | None = None,
        arguments: list[str] | None = None,
        cells: list[list[int]] | None = None,
        announces: list[list[Any]] | None = None,
        **options: Any,
    ) -> Request:
        """What to run; a text that is indented as a whole is moved to the left.

        Args:
            source: The program.
            path: Its file, which need not exist; None writes one.
            directory: Where it runs, None for a fresh folder.
            arguments: What follows the program's name in ``sys.argv``.
            cells: First line, last line and number of each cell; one cell if None.
            announces: Cell number and text of each announced error.
            options: Further fields of the request.
        """
        if path is None:
            source = textwrap.dedent(source).lstrip("\n")
            path = self.folder() / "program.py"
            path.write_text(source, encoding="utf-8")
        return Request(
            path=str(path),
            source=source,
            cells=cells or [[1, source.count("\n") + 1, 1]],
            announces=announces or [],
            directory=str(directory or self.folder()),
            arguments=arguments or [],
            **options,
        )

    def folder(self) -> Path:
        """A fresh folder."""
        self._programs += 1
        folder = Path(self._folder.name).resolve() / str(self._programs)
        folder.mkdir()
        return folder

    def close(self) -> None:
        """End every process and give everything back."""
        self.evaluator.close()
        for recorder in self._recorders:
            recorder.close()
        for run in self._runs:
            run.close()
        self._folder.cleanup()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Poll until a condition holds; fail with what was waited for when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.005)


def pump_until(run: Run, condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Take in a run's steps until a condition holds."""

    def pumped() -> bool:
        run.pump(0.05)
        return condition()

    wait_until(pumped, what, seconds)


# Where in the program


def line_of(recording: Recording, text: str) -> int:
    """The number of the only line of the program that contains a text."""
    assert recording.header is not None
    lines = [n for n, line in enumerate(recording.header.source.split("\n"), 1) if text in line]
    assert len(lines) == 1, f"{text!r} stands in the lines {lines}"
    return lines[0]


# Steps


def all_steps(recording: Recording) -> list[Step]:
    """Every step."""
    return list(recording.steps(1, recording.count)) if recording.count else []


def steps_of(recording: Recording, *kinds: Kind, line: int | str | None = None) -> list[Step]:
    """The steps of some kinds (of any, if none is given), on one line (a number, or a text in it) or everywhere."""
    number = line_of(recording, line) if isinstance(line, str) else line
    return [
        step
        for step in all_steps(recording)
        if (not kinds or step.kind in kinds) and (number is None or step.site.line == number)
    ]


def step_of(recording: Recording, source: str, *kinds: Kind, nth: int = 0) -> Step:
    """The nth step whose expression or statement is exactly this; an operation or call if no kind is given."""
    found = [s for s in steps_of(recording, *(kinds or (Kind.OPERATION, Kind.CALL))) if s.site.source == source]
    assert len(found) > nth or (nth < 0 and found), f"no step {nth} of {source!r} among {brief(recording)}"
    return found[nth]


def children(recording: Recording, parent: Step, *kinds: Kind) -> list[Step]:
    """The steps that name a step as their parent."""
    return [step for step in steps_of(recording, *kinds) if step.parent == parent.number]


def inside(recording: Recording, parent: Step, *kinds: Kind) -> list[Step]:
    """The steps below a step, at any depth."""
    above = {parent.number}
    found = []
    for step in recording.steps(parent.number + 1, recording.count):
        if step.parent in above:
            above.add(step.number)
            if not kinds or step.kind in kinds:
                found.append(step)
    return found


def marked(step: Step) -> tuple[str, int, int, int, int]:
    """What a step marks: source, line, last line, column, last column."""
    site = step.site
    return site.source, site.line, site.end_line, site.column, site.end_column


def brief(recording: Recording) -> list[str]:
    """Kind, name and source of each step, for messages."""
    return [f"{s.number} {s.kind.word} {s.site.name} {s.site.source!r} <{s.parent}>" for s in all_steps(recording)]


def bound_by(step: Step) -> list[str]:
    """The paths that a step binds."""
    return [change[2] for change in step.changes if change[0] == Change.BIND]


def unbound_by(step: Step) -> list[str]:
    """The paths that a step unbinds."""
    return [change[2] for change in step.changes if change[0] == Change.UNBIND]


def binding(recording: Recording, path: str, nth: int = 0) -> Step:
    """The nth step that binds a path."""
    found = [step for step in all_steps(recording) if path in bound_by(step)]
    assert len(found) > nth, f"{path} is bound {len(found)} times"
    return found[nth]


# Values


def names_at(recording: Recording, number: int) -> dict[str, Any]:
    """Every visible name and its VALUE after a step."""
    state = recording.state(number)
    return {path: reference_value(state, reference) for path, reference, _ in state.visible()}


def value_at(recording: Recording, name: str, number: int | None = None) -> Any:
    """What a name held after a step (the last one if None), as nested lists and numbers."""
    found = names_at(recording, recording.count if number is None else number)
    assert name in found, f"{name} is not among {list(found)}"
    value = found[name]
    return value.get("value", value.get("text"))


def tensor_at(recording: Recording, name: str, number: int | None = None) -> dict[str, Any]:
    """VALUE of a tensor by its name after a step (the last one if None)."""
    state = recording.state(recording.count if number is None else number)
    reference = state.lookup(name)
    assert isinstance(reference, int), f"{name} is no tensor: {reference}"
    return tensor_value(state, reference)


def id_at(recording: Recording, name: str, number: int | None = None) -> int:
    """The id of a tensor by its name after a step (the last one if None)."""
    reference = recording.state(recording.count if number is None else number).lookup(name)
    assert isinstance(reference, int), f"{name} is no tensor: {reference}"
    return reference


def storage_at(recording: Recording, name: str, number: int | None = None) -> int:
    """The storage of a tensor by its name after a step (the last one if None)."""
    identity = id_at(recording, name, number)
    return recording.state(recording.count if number is None else number).tensors[identity].storage


def gradient(recording: Recording, reference: Any) -> Any:
    """A gradient of a node or accumulate step as nested lists, None where there was none."""
    value = gradient_value(recording.state(0), reference)
    return None if value is None else value["value"]


def result_of(recording: Recording, step: Step) -> Any:
    """The result of an operation right after it, as nested lists."""
    state = recording.state(step.number)
    return reference_value(state, step.detail[1])["value"]


def node_of(recording: Recording, step: Step) -> NodeRecord:
    """The node that a NODE step ran, as it was before the step."""
    return recording.state(step.number - 1).nodes[step.detail[0]]


def gradients_of(recording: Recording, step: Step) -> tuple[list[Any], list[Any]]:
    """Incoming and outgoing gradients of a NODE step, as nested lists."""
    _, incoming, outgoing = step.detail
    return [gradient(recording, item) for item in incoming], [gradient(recording, item) for item in outgoing]


def saved_by(recording: Recording, step: Step) -> dict[str, Any]:
    """What the node of a NODE step had saved, with the values that this had when the node ran."""
    state = recording.state(step.number - 1)
    found = {}
    for saved in state.nodes[step.detail[0]].saved:
        if saved.tensor is None:
            found[saved.name] = reference_value(state, saved.plain).get("value")
        else:
            found[saved.name] = tensor_value(state, saved.tensor).get("value")
    return found


# Output


def printed(recording: Recording, stream: str = "stdout") -> str:
    """Everything printed to a stream."""
    return "".join(step.detail[1] for step in steps_of(recording, Kind.OUTPUT) if step.detail[0] == stream)


def flat(value: Any) -> Iterator[Any]:
    """The numbers in nested lists, in order."""
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    else:
        yield value
