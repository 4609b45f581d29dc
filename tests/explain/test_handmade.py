"""Explanations of recordings written by hand: no torch, text that could steer a terminal, no state loaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.explain.told import moments, told
from tests.tui.tape import Tape, accumulation, bind, clinic, whole
from tutor.explain import explain
from tutor.recording.format import Kind
from tutor.recording.log import LogReader
from tutor.recording.recording import Recording
from tutor.recording.state import State


def read(tape: Tape) -> Recording:
    recording = Recording(LogReader(os.open(tape.path, os.O_RDONLY)), writer_gone=True)
    recording.read_more()
    return recording


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "Nothing has run yet."),
        (1, "import torch only makes names available."),
        (3, "Turn 1 of the loop in line 14. turn is now 0."),
        (4, "pow of x = 3.0 and 2 gives 9.0, now called y."),
        (5, "backward starts at y = 9.0. Each node of its graph that runs is one of the next steps."),
        (6, "The slope of x**2 is 2·x = 2·3.0 = 6.0. Incoming 1.0 times 6.0 = 6.0 goes to x."),
        (7, "x.grad was None, so the gradient 6.0 is taken over as it is: x.grad = 6.0."),
        (9, "now called y (another tensor than before)."),
        (12, "x.grad already held 6.0, and backward adds: 6.0 + 6.0 = 12.0."),
        (18, "Printed: tensor(18.)"),
    ],
)
def test_gradients_add_up(tmp_path: Path, number: int, text: str) -> None:
    assert text in told(read(accumulation(tmp_path / "log")), number)


def test_an_error_is_told_in_its_own_words(tmp_path: Path) -> None:
    recording = read(clinic(tmp_path / "log"))
    assert (
        told(recording, 17) == "✗ RuntimeError in line 17\nTrying to backward through the graph a second time [/nope]"
    )


def test_nothing_can_steer_a_terminal(tmp_path: Path) -> None:
    recording = read(clinic(tmp_path / "log"))
    texts = [text for moment in moments(recording) for text in explain(moment)]
    assert all(character.isprintable() for text in texts for character in text)
    assert "Printed: [bold]q[/bold] ␛[31m tensor(14., grad_fn=<SumBackward0>)" in texts


def test_values_of_the_program_cannot_steer_a_terminal_either(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "a = b\n")
    hostile = [bind("a", ["Thing", None, "\x1b[31m"]), bind("b", whole("\x1b[32m"))]
    tape.step(Kind.STATEMENT, 1, "a = b", *hostile, name="assign")
    tape.end()
    assert told(read(tape), 1) == "a is now ␛[31m. b is now '\\x1b[32m'."


def test_a_number_that_does_not_fit_the_rule_is_not_explained(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "y = x**2\ny.backward()\n")
    leaf = [tape.tensor(1, 3.0, requires_grad=True), bind("x", 1)]
    node = tape.node(1, "PowBackward0", [[-1, 1]], self=[-1, 1, 0], exponent=whole(2))
    made = [*leaf, node, tape.tensor(2, 9.0, node=1), bind("y", 2)]
    tape.step(Kind.OPERATION, 1, "x**2", *made, name="pow", detail=[[1, whole(2)], 2, None])
    parent = tape.step(Kind.OPERATION, 2, "y.backward()", name="backward", detail=[[2], None, None])
    detail = [1, [tape.gradient(1.0)], [tape.gradient(7.0)]]
    tape.step(Kind.NODE, 2, "y.backward()", name="PowBackward0", parent=parent, flags=0, detail=detail)
    tape.end()
    text = told(read(tape), 3)
    assert "The slope of x**2 is 2·x. Incoming 1.0; 7.0 goes to x." in text
    assert "6.0" not in text


def test_no_state_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = list(moments(read(accumulation(tmp_path / "log"))))

    def refuse(recording: Recording, number: int) -> State:
        raise AssertionError("a state was loaded")

    monkeypatch.setattr(Recording, "state", refuse)
    assert all(explain(moment) for moment in everything)
