"""The ledger of a ``.grad``, against what the program itself sees in it after every line."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest

from tests.recorder.programs import Programs
from tests.recorder.record import Record, id_at, printed, step_of
from tutor.explain.ledger import Ledger, UnknownNameError, ledger
from tutor.plain.ledger import ANOTHER, Entry
from tutor.recording.format import Kind
from tutor.recording.queries.gradients import Gradient
from tutor.recording.recording import Recording

TRAINING = """
import torch
from torch import nn

w = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.1)
seen = []


def look():
    now = None if w.grad is None else w.grad.item()
    if not seen or seen[-1] != now:
        seen.append(now)


look()
for epoch in range(2):
    for x in (1.0, 3.0):
        h = w * x
        y = h + b
        loss = y * h
        loss.backward()
        look()
        w.grad *= 0.5
        look()
    optimizer.step()
    optimizer.zero_grad()
    look()
w.grad = torch.tensor(7.0)
look()
w.grad.zero_()
look()
(w * 4).backward()
look()
w.grad = None
look()
print(seen)
"""


def number(gradient: Gradient) -> float | None:
    """The number in a ``.grad`` of one element."""
    if gradient is None:
        return None
    assert isinstance(gradient[1], bytes)
    (value,) = struct.unpack("<f", gradient[1])
    return float(value)


def entries_of(recording: Recording, name: str) -> list[Entry]:
    return ledger(recording, name)


@pytest.fixture(scope="module")
def training(record: Record) -> Recording:
    return record(TRAINING)


def test_the_totals_are_what_the_program_sees(training: Recording) -> None:
    seen = [None, *(number(entry.after) for entry in ledger(training, "w"))]
    assert str(seen) == printed(training).strip()


def test_each_entry_begins_with_what_the_one_before_it_left(training: Recording) -> None:
    for name in ("w", "b"):
        found = ledger(training, name)
        assert found[0].before is None
        for entry, following in pairwise(found):
            assert following.before == entry.after
            assert following.step > entry.step


def test_a_contribution_is_added_and_has_the_number_of_its_call(training: Recording) -> None:
    shares = [entry for entry in ledger(training, "w") if entry.call]
    for entry in shares:
        assert number(entry.after) == pytest.approx((number(entry.before) or 0.0) + (number(entry.contribution) or 0.0))
        assert training.kind(entry.step) is Kind.ACCUMULATE
        assert training.site(entry.call_step).name == "backward"
    assert [entry.call for entry in shares] == [1, 2, 3, 4, 5]


def test_the_ways_go_by_the_names_of_the_program(training: Recording) -> None:
    first, *_, last = (entry for entry in ledger(training, "w") if entry.call)
    assert first.ways == ("loss ← h ← w",)
    assert last.ways == ("w * 4 ← w",)
    assert next(entry for entry in ledger(training, "b") if entry.call).ways == ("loss ← y ← b",)


def test_each_turn_of_each_loop_is_told(training: Recording) -> None:
    found = [entry for entry in ledger(training, "b") if entry.call]
    assert [entry.turn for entry in found] == ["1.1", "1.2", "2.1", "2.2"]
    assert [line for line, _ in found[0].turns] == [17, 18]


def test_resets_and_writes_say_what_did_them(training: Recording) -> None:
    told = [(entry.change, entry.by) for entry in ledger(training, "w") if not entry.call]
    assert told == [
        ("written", "w.grad *= 0.5"),
        ("written", "w.grad *= 0.5"),
        ("set to None", "optimizer.zero_grad()"),
        ("written", "w.grad *= 0.5"),
        ("written", "w.grad *= 0.5"),
        ("set to None", "optimizer.zero_grad()"),
        ("assigned", "w.grad = torch.tensor(7.0)"),
        ("set to zero", "w.grad.zero_()"),
        ("set to None", "w.grad = None"),
    ]


def test_it_can_end_at_any_step_and_be_cut_to_the_newest(training: Recording) -> None:
    whole = ledger(training, "w")
    assert ledger(training, "w", until=whole[3].step) == whole[:4]
    assert ledger(training, "w", until=whole[3].step - 1) == whole[:3]
    newest = Ledger(training, "w", limit=2)
    assert list(newest) == whole[-2:]
    assert newest.total == len(whole)


def test_a_name_and_its_tensor_have_the_same_ledger(training: Recording) -> None:
    assert ledger(training, "w.grad") == ledger(training, "w") == ledger(training, id_at(training, "w"))


SEVERAL = """
import torch
from torch import nn

torch.manual_seed(0)
a = torch.tensor(2.0, requires_grad=True)
u = a * 3
v = a.exp()
s = u * v
s.backward()


def train(model):
    hidden = model(torch.ones(1, 2))
    hidden.retain_grad()
    hidden.sum().backward()
    model.zero_grad()


train(nn.Linear(2, 1))
for turn in range(2):
    w = torch.tensor(float(turn), requires_grad=True)
    (w * 5).backward()
c = torch.tensor(1.0, requires_grad=True)
twice = c * c
twice.backward()
c.backward()
"""


@pytest.fixture(scope="module")
def several(record: Record) -> Recording:
    return record(SEVERAL)


def test_several_ways_are_all_told(several: Recording) -> None:
    (entry,) = ledger(several, "a")
    assert set(entry.ways) == {"s ← u ← a", "s ← v ← a"}
    (first, second) = ledger(several, "c")
    assert first.ways == ("twice ← c",)
    assert first.what == "call 5, 2 ways: twice ← c"
    assert second.ways == ("c",)
    assert second.what == "call 6: c"


def test_many_ways_are_counted(record: Record) -> None:
    program = """
        import torch

        x = torch.tensor(1.0, requires_grad=True)
        parts = [x * 1, x * 2, x * 3, x * 4, x * 5, x * 6, x * 7]
        total = sum(parts)
        total.backward()
    """
    (entry,) = ledger(record(program), "x")
    assert entry.way_count == 7
    assert len(entry.ways) == 3
    assert entry.what.startswith("call 1, 7 ways: total ← parts[")


def test_a_tensor_that_retains_its_gradient_and_names_of_a_function_that_is_over(several: Recording) -> None:
    (entry,) = ledger(several, "hidden")
    assert entry.ways == ("hidden.sum() ← hidden",)
    given, gone = ledger(several, "model.weight")
    assert given.ways == ("hidden.sum() ← hidden ← model.weight",)
    assert (gone.change, gone.by) == ("set to None", "model.zero_grad()")


def test_a_name_that_goes_to_another_tensor_says_so(several: Recording) -> None:
    found = ledger(several, "w")
    assert [entry.change for entry in found] == ["taken over", ANOTHER, "taken over"]
    assert found[1].step == step_of(several, "torch.tensor(float(turn), requires_grad=True)", nth=1).number
    assert found[1].after is None


def test_the_leaf_that_lost_its_name_takes_its_ledger_along(programs: Programs) -> None:
    found = ledger(programs.recording("e10_none_times"), "w")
    assert [(entry.change, entry.by) for entry in found] == [
        ("taken over", "loss.backward()"),
        (ANOTHER, "w = w - 0.1 * w.grad"),
    ]


def test_an_unknown_name_is_told_what_it_may_have_meant(several: Recording) -> None:
    with pytest.raises(UnknownNameError) as told:
        ledger(several, "modle.weight")
    assert "model.weight" in told.value.near
    with pytest.raises(UnknownNameError) as told:
        ledger(several, "weight")
    assert "model.weight" in told.value.near


def test_a_tensor_without_a_gradient_has_no_entries(several: Recording) -> None:
    assert entries_of(several, "u") == []


def test_the_ledger_of_a_tensor_that_inputs_names(programs: Programs) -> None:
    recording = programs.recording("backward_inputs_inner")
    found = ledger(recording, "h")
    assert [(number(entry.before), number(entry.contribution), number(entry.after)) for entry in found] == [
        (None, 17.0, 17.0),
        (17.0, 17.0, 34.0),
        (34.0, 17.0, 51.0),
        (51.0, 17.0, 68.0),
    ]
    assert [entry.call for entry in found] == [1, 2, 3, 4]
    assert set(found[0].ways) == {"loss ← h", "loss ← k ← h"}
    (second,) = ledger(recording, "second")
    assert second.ways == ("first * 3 + second * 7 ← second",)
