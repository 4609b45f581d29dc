"""The JSON lines, against recordings written by hand."""

from __future__ import annotations

import json
import math
from typing import Any

from tests.plain.handmade import Saved, two_backward_calls
from tests.recording.build import Builder, bind, closed, freed, opened, unbind
from tutor.plain.follow import follow
from tutor.plain.jsonlines import JsonLines
from tutor.recording.format import Kind


def lines(build: Builder, *, state: bool = False) -> list[dict[str, Any]]:
    written: list[str] = []
    follow(Saved(build.recording()), JsonLines(written.append, state=state))
    return [json.loads(line, parse_constant=refuse) for line in written]


def refuse(literal: str) -> None:
    raise AssertionError(f"{literal} is not JSON")


def value(
    number: float | str,
    *,
    leaf: bool = True,
    grad: Any = None,
    grad_fn: str | None = None,
    requires: bool = False,
    version: int = 0,
) -> dict[str, Any]:
    return {
        "type": "tensor", "shape": [], "dtype": "float32", "device": "cpu", "requires_grad": requires,
        "is_leaf": leaf, "grad_fn": grad_fn, "version": version, "value": number, "summary": None, "grad": grad,
    }  # fmt: skip


def test_the_first_line_says_what_follows() -> None:
    first = lines(two_backward_calls())[0]
    assert list(first.items()) == [
        ("format", "tutor-recording"), ("version", 1), ("torch", "2.13.0"), ("python", "3.11.7"),
        ("program", "hand.py"),
    ]  # fmt: skip


def test_the_last_line_says_how_it_ended() -> None:
    assert lines(two_backward_calls())[-1] == {"end": "finished", "steps": 12, "reason": ""}


def test_an_operation_has_the_keys_of_the_contract_in_their_order() -> None:
    step = lines(two_backward_calls())[3]
    assert list(step.items()) == [
        ("step", 3), ("kind", "operation"), ("line", 5), ("end_line", 5), ("column", 0), ("end_column", 4),
        ("source", "x**2"), ("name", "pow"), ("function", None), ("depth", 0), ("turns", [{"line": 4, "turn": 1}]),
        ("grad_enabled", True), ("parent", None),
        ("inputs", [value(3.0, requires=True), {"type": "int", "value": 2}]),
        ("result", value(9.0, leaf=False, grad_fn="PowBackward0", requires=True)),
        ("changed", {"y": value(9.0, leaf=False, grad_fn="PowBackward0", requires=True)}),
    ]  # fmt: skip


def test_keyword_arguments_are_options_and_there_is_no_such_key_without_them() -> None:
    written = lines(two_backward_calls())
    assert written[1]["options"] == {"requires_grad": {"type": "bool", "value": True}}
    assert "options" not in written[3]


def test_a_node_has_gradients_and_what_it_had_saved() -> None:
    step = lines(two_backward_calls())[5]
    assert (step["incoming"], step["outgoing"], step["parent"]) == ([value(1.0)], [value(6.0)], 4)
    assert step["saved"] == {"self": value(3.0, requires=True), "exponent": {"type": "int", "value": 2}}


def test_a_gradient_that_does_not_exist_is_null() -> None:
    build = Builder()
    build.step(1, "y.backward()", detail=[9, [None], [build.gradient(1.0), None]], kind=Kind.NODE)
    step = lines(build)[1]
    assert (step["incoming"], step["outgoing"], step["saved"]) == ([None], [value(1.0), None], {})


def test_an_accumulation_says_before_contribution_and_after() -> None:
    written = lines(two_backward_calls())
    first, second = (
        {key: step[key] for key in ("leaf", "before", "contribution", "after", "taken_over")}
        for step in (written[6], written[11])
    )
    assert first == {"leaf": "x", "before": None, "contribution": value(6.0), "after": value(6.0), "taken_over": True}
    assert second == {
        "leaf": "x", "before": value(6.0), "contribution": value(6.0), "after": value(12.0), "taken_over": False,
    }  # fmt: skip


def test_a_leaf_without_a_name_is_null() -> None:
    build = Builder()
    build.step(1, "y.backward()", detail=[5, None, build.gradient(1), build.gradient(1), True], kind=Kind.ACCUMULATE)
    assert lines(build)[1]["leaf"] is None


def test_a_name_has_changed_when_its_grad_has() -> None:
    step = lines(two_backward_calls())[11]
    assert step["changed"] == {"x": value(3.0, requires=True, grad=value(12.0, version=1))}


def test_inputs_are_as_they_were_before_the_step() -> None:
    build = Builder()
    build.step(1, "x", build.tensor(1, 1.0), bind("x", 1), kind=Kind.STATEMENT)
    build.step(2, "x.add_(1)", build.tensor(1, 2.0, version=1), detail=[[1, ["int", 1]], 1, None])
    step = lines(build)[2]
    assert step["inputs"][0] == value(1.0)
    assert step["result"] == value(2.0, version=1)


def test_an_input_first_seen_in_its_step_is_as_it_was_seen_first() -> None:
    build = Builder()
    build.step(2, "f()", build.tensor(1, 1.0), build.tensor(1, 2.0, version=1),
               detail=[[1, ["list", None, "[...]", [1, ["int", 5]]]], 1, None], kind=Kind.INNER)  # fmt: skip
    step = lines(build)[1]
    assert step["inputs"] == [value(1.0), {"type": "list", "items": [value(1.0), {"type": "int", "value": 5}]}]


def test_not_a_number_and_infinities_are_strings() -> None:
    build = Builder()
    for id, number in enumerate((math.nan, math.inf, -math.inf), 1):
        build.step(id, "x", build.tensor(id, number), bind("x", id),
                   bind("f", ["float", number]), kind=Kind.STATEMENT)  # fmt: skip
    steps = lines(build)[1:-1]
    assert [step["changed"]["x"]["value"] for step in steps] == ["nan", "inf", "-inf"]
    assert [step["changed"]["f"]["value"] for step in steps] == ["nan", "inf", "-inf"]


def test_output_warnings_and_errors_have_their_text() -> None:
    build = Builder()
    build.step(1, "print()", detail=["stderr", "\x1b[1m größer\n"], kind=Kind.OUTPUT)
    build.step(2, "warn()", detail=["careful", "UserWarning"], kind=Kind.WARNING)
    build.step(3, "raise", detail=["no", "RuntimeError", "Traceback ..."], kind=Kind.ERROR)
    build.end("raised", "RuntimeError: no")
    output, warning, error, end = lines(build)[1:]
    assert (output["text"], output["stream"]) == ("\x1b[1m größer\n", "stderr")
    assert (warning["text"], error["text"]) == ("careful", "no")
    assert end == {"end": "raised", "steps": 3, "reason": "RuntimeError: no"}


def test_the_lines_are_plain_ascii_whatever_the_program_says() -> None:
    build = Builder()
    build.step(1, "print('größer')", detail=["stdout", "\x9b31m ü 中\n"], kind=Kind.OUTPUT)
    written: list[str] = []
    follow(Saved(build.recording()), JsonLines(written.append))
    assert all(line.isascii() and line.count("\n") == 1 for line in written)


def test_with_state_each_step_says_every_visible_name() -> None:
    written = lines(two_backward_calls(), state=True)
    assert list(written[3]["names"]) == ["x", "turn", "y"]
    assert written[3]["names"]["turn"] == {"type": "int", "value": 0}
    assert list(written[3])[-1] == "names"


def test_changes_tell_the_names_of_each_step_from_those_before_it() -> None:
    build = Builder()
    weight = build.tensor(2, 2.0, requires_grad=True)
    module = [weight, bind("m", ["Linear", None, "m"]), bind("m.weight", 2)]
    build.step(1, "x, m", build.tensor(1, 1.0), bind("x", 1), *module, kind=Kind.STATEMENT)
    build.step(2, "m", opened(1, "f", 9), bind("m", ["int", 1], scope=1), function="f", kind=Kind.STATEMENT)
    build.step(3, "x", bind("x", ["int", 2], scope=1), function="f", kind=Kind.STATEMENT)
    build.step(
        4, "x", bind("x", ["int", 3]), build.tensor(2, 4.0, requires_grad=True), function="f", kind=Kind.STATEMENT
    )
    build.step(5, "del x", unbind("x", scope=1), bind("z", ["int", 5], scope=1), function="f", kind=Kind.STATEMENT)
    build.step(6, "return", closed(1), function="f", kind=Kind.STATEMENT)
    build.step(7, "del m", unbind("m"), freed(1), kind=Kind.STATEMENT)
    names: dict[str, Any] = {}
    seen = []
    for step in lines(build, state=True)[1:-1]:
        names |= step["changed"]
        names = {name: now for name, now in names.items() if now is not None}
        assert names == step["names"]
        seen.append(sorted(step["changed"]))
    assert seen == [
        ["m", "m.weight", "x"],
        ["m", "m.weight"],
        ["x"],
        [],
        ["x", "z"],
        ["m", "m.weight", "z"],
        ["m", "m.weight"],
    ]
