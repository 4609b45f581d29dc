"""Programs recorded and run plainly in forks of one process, which takes milliseconds each."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from tests.recorder.record import Children
from tutor.lesson.changes import CodeCell, code_cells
from tutor.lesson.check.seen import Stop
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.lesson.value import Value
from tutor.quiz.made import all_made, made_at
from tutor.quiz.question import Draft
from tutor.recorder.evaluate import Evaluator, Work
from tutor.recorder.forked import ForkedRun
from tutor.recorder.process import Request
from tutor.recording.recording import Recording

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"

LESSONS = {lesson.path.stem: lesson.path for lesson in Pack.load(built_in()).lessons}

SAMPLES = (
    "adam", "attention", "autograd_grad", "backward_inputs", "batch_norm", "classes_state", "clip_gradients",
    "complex_numbers", "comprehensions", "custom_function", "data_writes", "double_backward", "e01_no_grad_fn",
    "e02_second_time", "e03_leaf_in_place", "e04_modified", "e05_not_scalar", "e06_non_leaf_grad", "e16_broadcast_loss",
    "fan_out", "fit_sine", "functional_builtins", "global_nonlocal", "graph_freed", "integer_dtypes", "loop_else",
    "match_statement", "micro_batches", "module_tree", "multi_results", "multiline", "nested_loops", "no_grad_ways",
    "numpy_shared", "optimizer_in_backward", "parameter_list", "recursion", "retain_grad", "retain_graph",
    "rnn_truncated", "s01_accumulation", "s03_zero_or_none", "semicolons", "sgd_momentum", "star_assign",
    "tensor_hooks", "train_classifier", "train_gan", "train_linear", "train_xor", "try_finally", "views_in_place",
    "walrus", "where_nan",
)  # fmt: skip
"""Programs of ``tests/programs`` that take no arguments and are quick."""


class Recorded:
    """A program and its recording.

    Args:
        program: The program.
        recording: Its recording.
        evaluator: Runs it again.
    """

    def __init__(self, program: Program, recording: Recording, evaluator: Evaluator) -> None:
        self.program = program
        self.recording = recording
        self._evaluator = evaluator

    @cached_property
    def mixture(self) -> list[Draft]:
        """More questions about the whole than anybody is asked at once."""
        return all_made(self.recording, 60)

    @cached_property
    def on_the_way(self) -> dict[int, Draft]:
        """The question before each step that has one."""
        drafts = {number: made_at(self.recording, number) for number in range(self.recording.count + 2)}
        return {number: draft for number, draft in drafts.items() if draft is not None}

    def values(self, stops: Sequence[Stop], cells: list[CodeCell] | None = None) -> dict[str, Value]:
        """What expressions give in a plain run of the program, or of other cells."""
        texts = code_cells(self.program, 10**9) if cells is None else cells
        self._evaluator.send(Work(Request.of(self.program), texts=texts, stops=list(stops)))
        messages = self._evaluator.receive().decoded()
        return {message.key: message.value for message in messages if message.value is not None}


class Recorder:
    """Records programs, each once.

    Args:
        children: Record and run them.
        folder: For programs that are given as texts.
    """

    def __init__(self, children: Children, folder: Path) -> None:
        self._children = children
        self._folder = folder
        self._made: dict[str, Recorded] = {}
        self._runs: list[ForkedRun] = []

    def file(self, path: Path) -> Recorded:
        """A program from a file."""
        if str(path) not in self._made:
            program = read_program(path)
            self._runs.append(self._children.run_request(Request.of(program)))
            self._made[str(path)] = Recorded(program, self._runs[-1].recording, self._children.evaluator)
        return self._made[str(path)]

    def named(self, name: str) -> Recorded:
        """A lesson or a program of ``tests/programs``."""
        return self.file(LESSONS[name] if name in LESSONS else PROGRAMS / f"{name}.py")

    def text(self, source: str) -> Recorded:
        """A program from its text; a text that is indented as a whole is moved to the left."""
        path = self._folder / f"program{len(self._made)}.py"
        path.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        return self.file(path)

    def close(self) -> None:
        """Give every recording back."""
        for run in self._runs:
            run.close()
