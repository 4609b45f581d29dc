"""No note on a correct program: every program and every lesson, but for those that show a mistake on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explain.notes.examples import program
from tests.explain.notes.patterns import CORRECT
from tests.recorder.programs import Programs
from tests.recorder.record import Record
from tutor.explain.notes import notes

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = sorted((ROOT / "tests" / "programs").glob("*.py"))
LESSONS = sorted((ROOT / "lessons").glob("*.py"))

SHOWN = {
    # Programs that make a mistake so that it is recorded.
    "anomaly": {"not-a-number": "anomaly mode looks for the nan of a root at 0"},
    "data_writes": {"data-write-to-saved": "prints the wrong gradient after a write through .data"},
    "numpy_shared": {"data-write-to-saved": "writes through numpy between forward and backward"},
    "warnings_twice": {"grad-of-non-leaf": "reads the .grad of a result for torch's warning"},
    "where_nan": {"not-a-number": "the nan that torch.where does not hold back, in several ways"},
    "e06_non_leaf_grad": {
        "grad-of-non-leaf": "E6: the .grad of a result",
        "leaf-became-non-leaf": "E6: leaves that .double() and a division make results of",
    },
    "e16_broadcast_loss": {"broadcast-loss": "E16: (3, 1) against (3,)"},
    "e22_data_write": {"data-write-to-saved": "E22: the write through .data"},
    "e30_infinite_gradient": {"not-a-number": "E30: the slope of a root at 0"},
    "s02_optimizer_of_old_tensor": {"optimizer-holds-another": "S2: the name means another tensor"},
    "s04_flag_on_loss": {"cut-loss-requires-grad": "S4: requires_grad on a loss from .data"},
    "s05_total_loss": {"graph-grows": "S5: total += loss"},
    # Lessons that teach it.
    "01_leaf": {"leaf-became-non-leaf": "a leaf times 0.1 is no leaf"},
    "09_zero_grad": {
        "added-to-earlier-turn": "the same loop without zero_grad()",
        "zero-grad-between-backward-and-step": "a question about zero_grad() in the wrong place",
    },
    "14_manual_update": {"added-to-earlier-turn": "a question about a loop that forgets the reset"},
    "16_sgd": {
        "zero-grad-between-backward-and-step": "zero_grad() between backward() and step()",
        "step-before-backward": "a question about step() before backward()",
        "optimizer-holds-another": "a question about a name that means another tensor",
    },
    "17_momentum": {"added-to-earlier-turn": "momentum is not the same as forgetting zero_grad()"},
    "20_broadcasting": {"broadcast-loss": "the trap of the lesson"},
    "22_in_place": {"data-write-to-saved": "what .data hides"},
    "24_retain_grad": {"retain-grad-after-backward": "retain_grad() too late"},
    "28_dead_gradients": {"not-a-number": "the nan that torch.where does not hold back"},
    "29_requires_grad_error": {"cut-loss-requires-grad": "the flag that silences the error"},
    "36_own_script": {"never-got-a-gradient": "a question about a graph that is cut"},
    "37_error_clinic": {
        "data-write-to-saved": "the wrong way round an error",
        "leaf-became-non-leaf": "the wrong way round an error",
    },
    "38_capstone": {
        "added-to-earlier-turn": "its first bug",
        "broadcast-loss": "its third bug, and a question about it",
        "leaf-became-non-leaf": "its fourth bug",
    },
}
"""By program, the kinds of the mistakes that it makes on purpose, and what it makes them for."""


def test_every_program_on_the_list_is_there() -> None:
    assert set(SHOWN) <= {path.stem for path in [*PROGRAMS, *LESSONS]}


@pytest.mark.parametrize("path", [*PROGRAMS, *LESSONS], ids=lambda path: path.stem)
def test_a_correct_program_gets_no_note(programs: Programs, path: Path) -> None:
    recording = programs.lesson(path) if path in LESSONS else programs.recording(path.stem)
    assert recording.count
    assert {note.kind for note in notes(recording)} == set(SHOWN.get(path.stem, ()))


@pytest.mark.parametrize("pattern", CORRECT)
def test_what_only_looks_like_a_mistake_gets_no_note(record: Record, pattern: str) -> None:
    recording = record(program(CORRECT[pattern]))
    assert recording.end is not None
    assert recording.end.how == "finished", recording.end.reason
    assert notes(recording) == []
