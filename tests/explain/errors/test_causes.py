"""What brought an error about, by the line and the names of the program that raised it; its twin has nothing to say."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.explain.errors.examples import EXAMPLES, Example, program
from tests.explain.told import moments
from tests.recorder.record import Record
from tutor.explain import explain
from tutor.explain.errors import Cause, cause
from tutor.explain.forecast import coming_call, forecast
from tutor.recording.format import Kind
from tutor.recording.moment import Moment
from tutor.recording.recording import Recording

ids = [example.id for example in EXAMPLES]
by_id = pytest.mark.parametrize("example", EXAMPLES, ids=ids)


@pytest.fixture(scope="module")
def recording_of(record: Record) -> Callable[[Example], Recording]:
    """The recording of a program that goes wrong, made once."""
    return cache(lambda example: record(example.source))


def causes(recording: Recording) -> Iterator[tuple[Moment, Cause]]:
    """Every step with something wrong, and why."""
    for moment in moments(recording):
        found = cause(moment)
        if found is not None:
            yield moment, found


def last_cause(recording: Recording) -> tuple[Moment, Cause]:
    """The one that matters: that of the error, or of the last warning, or of what else is wrong."""
    found = list(causes(recording))
    assert found, [moment.step.detail for moment in moments(recording) if moment.step and moment.step.kind > 6]
    return found[-1]


@by_id
def test_the_line_and_the_names_of_what_brought_it_about(
    example: Example, recording_of: Callable[[Example], Recording]
) -> None:
    _, found = last_cause(recording_of(example))
    assert found.line == example.line
    assert found.names[: len(example.names)] == example.names
    assert recording_of(example).site(found.step).line == found.line


@by_id
def test_what_happened_and_what_helps_is_said(example: Example, recording_of: Callable[[Example], Recording]) -> None:
    moment, found = last_cause(recording_of(example))
    what = " ".join(found.what)
    for words in example.says:
        assert words in what
    assert example.helps in found.fix
    assert example.useless in found.wrong_fix
    assert bool(example.useless) == bool(found.wrong_fix)
    told = explain(moment)
    assert what in told
    assert f"What helps: {found.fix}" in told


@by_id
def test_a_call_that_will_fail_is_foretold_right_before_it(
    example: Example, recording_of: Callable[[Example], Recording]
) -> None:
    recording = recording_of(example)
    _, found = last_cause(recording)
    foretold = [
        moment
        for moment in moments(recording)
        if coming_call(moment) is not None and moment.number and forecast(moment)
    ]
    assert bool(foretold) == example.foreseen
    if example.foreseen:
        assert [moment.number for moment in foretold] == [foretold[0].number, foretold[0].number + 1]
        assert "will fail" in explain(foretold[0])[-1]
        assert found.line == recording.site(forecast(foretold[0])[0].step).line


# All twins run one after the other in one program: nothing of one may be held against another.


@pytest.fixture(scope="module")
def twins(record: Record) -> tuple[Recording, dict[int, str]]:
    """The recording of all twins, and for each line whose it is."""
    source, owner = program(""), dict[int, str]()
    for number, example in enumerate(EXAMPLES):
        first = source.count("\n") + 1
        body = textwrap.indent(textwrap.dedent(example.right), "    ") if number % 2 else textwrap.dedent(example.right)
        source += f"def twin_{number}():\n{body}\ntwin_{number}()\n" if number % 2 else body
        owner |= dict.fromkeys(range(first, source.count("\n") + 1), example.id)
    return record(source), owner


def test_the_twin_of_each_has_no_error_and_no_forecast(twins: tuple[Recording, dict[int, str]]) -> None:
    recording, owner = twins
    assert recording.end is not None
    assert recording.end.how == "finished", recording.end.reason
    wrong = [
        (owner[moment.step.site.line], moment.step.site.source)
        for moment in moments(recording)
        if moment.step is not None
        and (
            cause(moment) is not None
            or moment.step.kind in (Kind.WARNING, Kind.ERROR)
            or (coming_call(moment) is not None and forecast(moment))
        )
    ]
    assert wrong == []


FROZEN = """
import torch
from torch import nn

x = torch.ones(1, 2)
model = nn.Linear(2, 1)
for parameter in model.parameters():
    parameter.requires_grad_(False)
model(x).sum().backward()
"""

OWN = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, 2), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(1), requires_grad=False)

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)


model = Net()
model(torch.ones(1, 2)).sum().backward()
"""


@pytest.mark.parametrize("source", [FROZEN, OWN], ids=["frozen", "own"])
def test_of_several_parameters_the_first_of_named_parameters_comes_first(record: Record, source: str) -> None:
    _, found = last_cause(record(source))
    words = " ".join([*found.what, found.fix])
    assert "model.weight" in found.fix
    assert words.find("model.weight") < words.find("model.bias") or "model.bias" not in words


def test_a_part_of_a_model_that_was_switched_off_has_its_later_name(record: Record) -> None:
    source = "model = nn.Sequential(nn.Linear(2, 1)).requires_grad_(False)\nmodel(torch.ones(2)).sum().backward()\n"
    _, found = last_cause(record(f"import torch\nfrom torch import nn\n{source}"))
    assert "since then model[0].weight does not require grad." in found.what[-1]
    assert "model[0].weight.requires_grad_()" in found.fix


def test_there_is_an_example_of_every_kind() -> None:
    assert len(EXAMPLES) >= 40
    assert len(set(ids)) == len(ids)
