"""A step in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.recording.moment import Moment
from tutor.recording.recording import Recording
from tutor.tui.source import OpenedRecording
from tutor.tui.words import describe

from .tape import accumulation, clinic


def told(recording: Recording, number: int) -> str:
    return "\n".join(describe(Moment.of(recording, number)))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "Nothing has run yet."),
        (1, "import torch only makes names available."),
        (2, "tensor makes 3.0, now called x. It is a leaf that requires grad."),
        (3, "Turn 1 of the loop in line 14. turn is now 0."),
        (4, "pow of x = 3.0 and 2 gives 9.0, now called y. Its grad_fn is PowBackward0."),
        (5, "backward starts at y = 9.0. Each node of its graph that runs is one of the next steps."),
        (
            6,
            "PowBackward0, made by x**2 in line 15, receives 1.0 and sends 6.0 to x.\n"
            "It used what it had saved: x = 3.0, exponent = 2.",
        ),
        (7, "x.grad was None, so the gradient 6.0 is taken over as it is: x.grad = 6.0."),
        (9, "pow of x = 3.0 and 2 gives 9.0, now called y (another tensor than before). Its grad_fn is PowBackward0."),
        (12, "x.grad already held 6.0, and backward adds: 6.0 + 6.0 = 12.0."),
        (18, "Printed: tensor(18.)"),
    ],
)
def test_gradients_add_up(tmp_path: Path, number: int, text: str) -> None:
    recording = OpenedRecording(accumulation(tmp_path / "log").path).wait()
    assert told(recording, number) == text


def test_an_error_and_text_like_markup(tmp_path: Path) -> None:
    recording = OpenedRecording(clinic(tmp_path / "log").path).wait()
    assert told(recording, 17) == (
        "✗ RuntimeError in line 17\nTrying to backward through the graph a second time [/nope]"
    )
    assert told(recording, 10) == "Printed: [bold]q[/bold] ␛[31m tensor(14., grad_fn=<SumBackward0>)"
    assert "Enters scaled, called in line 13. größe is now 2.0." in told(recording, 7)
