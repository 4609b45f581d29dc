"""What is foretold of a backward call, against what torch then does."""

from __future__ import annotations

import pytest

from tests.explain.told import moments, told
from tests.recorder.programs import Programs
from tests.recorder.record import Record, id_at, step_of
from tutor.explain.forecast import Stale, call_of, coming_call, forecast, running
from tutor.recording.format import Kind
from tutor.recording.moment import Moment
from tutor.recording.recording import Recording

FAILING = ("modified by an inplace operation", "Trying to backward through the graph a second time")

PROGRAMS = (
    "backward_inputs",
    "backward_inputs_inner",
    "backward_roots",
    "checkpointing",
    "custom_function",
    "data_writes",
    "double_backward",
    "e02_recurrent",
    "e02_second_time",
    "e04_gan",
    "e04_modified",
    "e23_detach_write",
    "graph_freed",
    "lstm",
    "numpy_shared",
    "retain_graph",
    "rnn_truncated",
    "saved_hooks",
    "train_gan",
    "views_in_place",
)


def at(recording: Recording, source: str, nth: int = 0) -> Moment:
    """The moment right before a step."""
    return Moment.of(recording, step_of(recording, source, nth=nth).number - 1)


def names(found: list[Stale]) -> list[str]:
    return [item.name for item in found]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_call_fails_where_that_was_foretold_and_nowhere_else(programs: Programs, name: str) -> None:
    recording = programs.recording(name)
    calls = 0
    for moment in moments(recording):
        call = coming_call(moment)
        if call is None or call.number != moment.number:
            continue
        after = call.number + 1
        while after <= recording.count and recording.index.parents[after] >= call.number:
            after += 1
        error = recording.step(after) if after <= recording.count else None
        failed = error is not None and error.kind is Kind.ERROR and any(part in error.detail[0] for part in FAILING)
        assert bool(forecast(moment)) == failed, call.site.source
        calls += 1
    assert calls


MANY = """
import torch

a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
h = a.exp()
k = b.tanh()
loss = (h * k).sum()
h += 1
k.mul_(2)
loss.backward()
"""


def test_all_of_them_are_known_before_torch_finds_the_first(record: Record) -> None:
    recording = record(MANY)
    found = forecast(at(recording, "loss.backward()"))
    assert [(item.node.name, item.saved, item.name) for item in found] == [
        ("MulBackward0", "other", "k"),
        ("MulBackward0", "self", "h"),
        ("TanhBackward0", "result", "k"),
        ("ExpBackward0", "result", "h"),
    ]
    assert {(item.saved_version, item.version, item.freed) for item in found} == {(0, 1, False)}
    assert [recording.site(item.step).source for item in found] == ["k.mul_(2)", "h += 1", "k.mul_(2)", "h += 1"]


def test_the_words_come_right_before_the_call_and_not_earlier(record: Record) -> None:
    recording = record(MANY)
    call = step_of(recording, "loss.backward()").number
    assert "The next step, loss.backward(), will fail. MulBackward0 of h * k" in told(recording, call - 1)
    assert "h += 1 in line 8 (step 8) changed it since: it is at version 1 now." in told(recording, call - 1)
    assert "This call will fail." in told(recording, call)
    assert "will fail" not in told(recording, call - 2)


def test_without_a_call_the_whole_graph_counts(record: Record) -> None:
    recording = record(MANY)
    changed = Moment.of(recording, step_of(recording, "h += 1").number)
    assert names(forecast(changed, id_at(recording, "loss"))) == ["h", "h"]
    assert names(forecast(changed, id_at(recording, "k"))) == []
    assert forecast(Moment.of(recording, 0)) == []


PARTS = """
import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
u = a.exp()
v = b * 5
both = u + v
u.mul_(2)
torch.autograd.grad(both, b, retain_graph=True)
both.backward(inputs=[b], retain_graph=True)
v.backward(retain_graph=True)
both.backward()
"""


def test_only_nodes_that_will_run_count(record: Record) -> None:
    recording = record(PARTS)
    for source in (
        "torch.autograd.grad(both, b, retain_graph=True)",
        "both.backward(inputs=[b], retain_graph=True)",
        "v.backward(retain_graph=True)",
    ):
        assert forecast(at(recording, source)) == []
        assert "will fail" not in told(recording, at(recording, source).number)
    assert names(forecast(at(recording, "both.backward()"))) == ["u"]


@pytest.mark.parametrize("name", ["backward_inputs", "double_backward", "autograd_grad", "e12_unused"])
def test_the_nodes_that_run_are_those_that_then_ran(programs: Programs, name: str) -> None:
    recording = programs.recording(name)
    calls = 0
    for moment in moments(recording):
        call = coming_call(moment)
        if call is None or call.number != moment.number:
            continue
        inside = [
            step.detail[0]
            for step in recording.steps(call.number, recording.count)
            if step.parent == call.number and step.kind is Kind.NODE
        ]
        following = call.number + len([1 for step in recording.steps(1, recording.count) if step.parent == call.number])
        failed = following < recording.count and recording.kind(following + 1) is Kind.ERROR
        if not failed:
            assert set(inside) == running(moment.after, call_of(call)), call.site.source
            calls += 1
    assert calls
