"""The text, against recordings written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plain.handmade import Saved, two_backward_calls
from tests.recording.build import Builder, bind, closed, grad, opened, unbind
from tutor.plain.follow import follow
from tutor.plain.palette import coloured
from tutor.plain.text import Text
from tutor.recording.format import Kind

TWO_BACKWARD_CALLS = """\
 step  line
    1     3 torch.tensor(3.0)                            x = 3.0 (leaf)
            ↻ turn 1 of the loop in line 4
    2     4 for turn in range(2):                        turn = 0
    3     5 x**2                                         y = 9.0 (PowBackward0)
    4     6 y.backward()
    5     6   PowBackward0: 1.0 → 6.0  saved self=3.0, exponent=2
    6     6   x.grad: 6.0 (taken over)
            ↻ turn 2 of the loop in line 4
    7     4 for turn in range(2):                        turn = 1
    8     5 x**2                                         y = 9.0 (PowBackward0)
    9     6 y.backward()
   10     6   PowBackward0: 1.0 → 6.0  saved self=3.0, exponent=2
   11     6   x.grad: 6.0 + 6.0 = 12.0 (added)
   12     7 │ tensor(12.)
finished after 12 steps
"""


def text(build: Builder, *, state: bool = False, colour: bool = False) -> str:
    written: list[str] = []
    follow(Saved(build.recording()), Text(written.append, state=state, colour=colour))
    return "".join(written)


def body(build: Builder) -> list[str]:
    """The lines of the steps, without their numbers and without blanks at the ends."""
    return [line[12:].rstrip() for line in text(build).splitlines()[1:-1]]


def test_two_backward_calls_read_from_top_to_bottom() -> None:
    assert text(two_backward_calls()) == TWO_BACKWARD_CALLS


def test_colour_changes_nothing_but_colour() -> None:
    painted = text(two_backward_calls(), colour=True)
    assert "\x1b[" in painted
    for code in ("0", "1", "2", "31", "32", "33", "35", "36"):
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == TWO_BACKWARD_CALLS


def test_with_state_each_step_lists_what_is_visible() -> None:
    lines = text(two_backward_calls(), state=True).splitlines()
    assert [line.strip() for line in lines[8:11]] == ["· x = 3.0", "· turn = 0", "· y = 9.0"]


def test_a_change_in_place_is_told_from_a_new_tensor_of_the_same_name() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 1.0, requires_grad=True), bind("w", 1), kind=Kind.STATEMENT)
    build.step(2, "w -= 0.1", build.tensor(1, 0.9, version=1, requires_grad=True), detail=[[1], 1, None])
    build.step(3, "w - 0.1", build.tensor(2, 0.8), bind("w", 2), detail=[[1], 2, None])
    assert body(build)[1:] == [
        "w -= 0.1                                     w: 1.0 → 0.9 in place (leaf)",
        "w - 0.1                                      w = 0.8",
    ]


def test_flags_and_gradients_that_change_are_said() -> None:
    build = Builder()
    build.step(1, "w", build.tensor(1, 1.0), bind("w", 1), kind=Kind.STATEMENT)
    build.step(2, "a", build.tensor(1, 1.0, requires_grad=True), kind=Kind.STATEMENT)
    build.step(3, "b", build.tensor(2, 5.0), grad(1, 2), kind=Kind.STATEMENT)
    build.step(4, "c", grad(1, None), kind=Kind.STATEMENT)
    build.step(5, "del w", unbind("w"), kind=Kind.STATEMENT)
    assert [line[44:].strip() for line in body(build)[1:]] == [
        "w.requires_grad = True",
        "w.grad = 5.0",
        "w.grad = None",
        "w is gone",
    ]


def test_a_result_without_a_name_stands_beside_its_expression() -> None:
    build = Builder()
    build.step(1, "w * x", build.tensor(1, 6.0), detail=[[["int", 2], ["int", 3]], 1, None])
    assert body(build) == ["w * x                                        → 6.0"]


def test_a_tensor_with_two_names_is_told_once() -> None:
    build = Builder()
    build.step(
        1,
        "w",
        build.tensor(1, 1.0, requires_grad=True),
        bind("w", 1),
        bind("all[0]", 1),
        kind=Kind.STATEMENT,
    )
    assert [line[44:].strip() for line in body(build)] == ["w = 1.0 (leaf)"]


def test_many_changes_are_counted_not_listed() -> None:
    build = Builder()
    build.step(1, "many", *(bind(f"n{number}", ["int", number]) for number in range(9)), kind=Kind.STATEMENT)
    assert [line.strip() for line in body(build)][1:] == ["n1 = 1", "n2 = 2", "n3 = 3", "n4 = 4", "… 4 more"]


def test_functions_and_inner_steps_are_indented() -> None:
    build = Builder()
    build.step(2, "a = 1", opened(1, "f", 9), function="f", kind=Kind.STATEMENT)
    build.step(3, "model(x)", function="f", kind=Kind.CALL)
    build.step(3, "model(x)", detail=[[], None, None], name="linear", parent=2, function="f", kind=Kind.INNER)
    build.step(9, "f()", closed(1), kind=Kind.STATEMENT)
    assert body(build) == ["  ▸ f, called in line 9", "  a = 1", "  model(x)", "    linear", "f()"]


def test_what_the_program_prints_cannot_steer_the_terminal() -> None:
    build = Builder()
    build.step(1, "print()", detail=["stdout", "one\x1b[2J\ntwo\r\n"], kind=Kind.OUTPUT)
    build.step(1, "print()", detail=["stderr", "three"], kind=Kind.OUTPUT)
    build.step(1, "\x1b]0;x\x07", bind("s\x9b", ["str", "\x1b[31m"]), kind=Kind.STATEMENT)
    build.step(1, "w", detail=["\x1b[1m", "User\x1bWarning"], kind=Kind.WARNING)
    build.end("raised", "\x1b[5m")
    whole = text(build)
    assert "\x1b" not in whole
    assert "\x9b" not in whole
    assert whole.splitlines()[1:4] == ["    1     1 │ one␛[2J", "            │ two␍", "    2     1 stderr │ three"]


def test_errors_and_warnings_are_marked() -> None:
    build = Builder()
    build.step(1, "w", detail=["careful", "UserWarning"], kind=Kind.WARNING)
    build.step(2, "e", detail=["first\nsecond", "RuntimeError", "Traceback"], kind=Kind.ERROR)
    build.end("raised", "RuntimeError: first")
    assert body(build) == ["! UserWarning: careful", "✗ RuntimeError: first", "second"]
    assert text(build).splitlines()[-1] == "raised after 2 steps: RuntimeError: first"


def test_an_accumulation_over_an_old_gradient_that_was_replaced() -> None:
    build = Builder()
    build.step(1, "y.backward()", detail=[9, None, build.gradient(2), build.gradient(2), False], kind=Kind.ACCUMULATE)
    assert body(build) == ["gradient of a tensor without a name: 2.0 (first)"]


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_only_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, setting in environment.items():
        monkeypatch.setenv(name, setting)
    assert coloured(Terminal()) is expected


def test_no_colour_in_a_pipe() -> None:
    with Path("/dev/null").open("w", encoding="utf-8") as pipe:
        assert not coloured(pipe)
