"""Every number that is said, computed again from the recording."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import numpy
import numpy.typing
import pytest

from tests.explain import programs as sources
from tests.explain.told import moments
from tests.recorder.programs import Programs
from tests.recorder.record import Record
from tutor.explain import explain
from tutor.explain.look import gradient
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

OWN = {name: text for name, text in vars(sources).items() if isinstance(text, str) and not name.startswith("__")}

SHARED = (
    "adam",
    "attention",
    "batch_norm",
    "conv2d",
    "custom_function",
    "double_backward",
    "dropout",
    "embedding",
    "fan_out",
    "fit_sine",
    "layer_norm",
    "lstm",
    "retain_grad",
    "s01_accumulation",
    "s03_zero_or_none",
    "sgd_momentum",
    "tensor_hooks",
    "train_classifier",
    "train_linear",
    "train_xor",
    "views_in_place",
    "where_nan",
)

STEPS = 1500
"""Steps of a program that are looked at."""

_NUMBER = r"(?:-?(?:\d+\.\d+(?:e[-+]?\d+)?|\d+(?:e[-+]?\d+)?|inf|nan)|True|False)"
_ARRAY = rf"(?:\[[-\d.e+, \[\]infa]*\]|{_NUMBER})"
_EQUATION = re.compile(
    rf"(?<![\w.·*/)])((?:[-(]*{_ARRAY}\)*(?: times |·|/|\*\*| \+ | - ))+[-(]*{_ARRAY}\)*) = ({_ARRAY})(?![\w(])"
)

Numbers = numpy.typing.NDArray[numpy.float64]


def equations(text: str) -> Iterator[tuple[str, str]]:
    """Both sides of each equation in numbers that a text says."""
    for match in _EQUATION.finditer(text):
        yield match[1], match[2]


def evaluated(side: str, rounding: Callable[[float], float] = float) -> Numbers:
    """One side of an equation, each of its numbers put through a function first."""
    code = side.replace(" times ", "*").replace("·", "*").replace("nan", "NAN").replace("inf", "INF")
    code = re.sub(r"\d+\.\d+(?:e[-+]?\d+)?|\d+e[-+]?\d+|\d+|True|False|NAN|INF", r"number(\g<0>)", code)
    code = re.sub(r"(?<![\[,])(?<![\[,] )\[", "array([", code)
    code = re.sub(r"\](?![\],])", "])", code)
    names = {
        "array": numpy.array,
        "number": lambda value: numpy.float64(rounding(float(value))),
        "INF": numpy.inf,
        "NAN": numpy.nan,
    }
    with numpy.errstate(all="ignore"):
        value: Numbers = numpy.asarray(eval(code, names), dtype=float)
    return value


def holds(left: str, right: str) -> bool:
    """Whether an equation is right, each of its numbers being rounded to four digits."""
    chance = random.Random(0)

    def rounded(value: float) -> float:
        return value if value.is_integer() else value * (1 + chance.uniform(-5e-4, 5e-4))

    exact, wanted = evaluated(left), evaluated(right)
    samples = numpy.stack([evaluated(left, rounded) for _ in range(30)])
    with numpy.errstate(all="ignore"):
        allowed = 2 * (samples.max(0) - samples.min(0)) + 6e-4 * numpy.abs(wanted) + 1e-12
        good = numpy.abs(exact - wanted) <= allowed
    return bool(numpy.all(good | ~numpy.isfinite(exact) & ~numpy.isfinite(wanted)))


def test_the_check_itself() -> None:
    text = "is 2·x = 2·3.0 = 6.0. Incoming 1.0 times (-6.0) = -6.0 goes; [1.0, 2.0] + 0.1·[10.0, 10.0] = [2.0, 3.0]."
    assert list(equations(text)) == [
        ("2·3.0", "6.0"),
        ("1.0 times (-6.0)", "-6.0"),
        ("[1.0, 2.0] + 0.1·[10.0, 10.0]", "[2.0, 3.0]"),
    ]
    assert all(holds(left, right) for left, right in equations(text))
    assert not holds("2·3.0", "6.1")
    assert not holds("[1.0, 2.0] + [1.0, 1.0]", "[2.0, 3.1]")
    assert list(equations("-2.0/(-4.0)**2 = -0.125")) == [("-2.0/(-4.0)**2", "-0.125")]


def check(recording: Recording) -> int:
    """Check what is said of each step; the number of equations."""
    checked = 0
    for moment in moments(recording):
        if moment.step is None or moment.number > STEPS:
            continue
        text = "\n".join(explain(moment))
        if moment.step.kind is Kind.OUTPUT or moment.step.kind is Kind.ERROR:
            continue
        for left, right in equations(text):
            assert holds(left, right), f"step {moment.number}: {left} = {right} in {text!r}"
            checked += 1
        for shown in must_be_said(moment.step.kind, moment.step.detail):
            if shown is not None:
                assert gradient(moment, shown) in text, (
                    f"step {moment.number}: {gradient(moment, shown)} not in {text!r}"
                )
    return checked


def must_be_said(kind: Kind, detail: list[object]) -> list[object]:
    """The gradients of a step that its explanation has to show, just as they were recorded."""
    if kind is Kind.NODE:
        _, incoming, outgoing = detail
        assert isinstance(incoming, list)
        assert isinstance(outgoing, list)
        return [*(incoming if any(item is not None for item in outgoing) else ()), *outgoing]
    if kind is Kind.ACCUMULATE:
        return [detail[3]]
    return []


@pytest.mark.parametrize("name", OWN)
def test_numbers_of_small_programs(record: Record, name: str) -> None:
    assert check(record(OWN[name])) >= (1 if name == "CUSTOM" else 4)


@pytest.mark.parametrize("name", SHARED)
def test_numbers_of_the_test_programs(programs: Programs, name: str) -> None:
    check(programs.recording(name))
