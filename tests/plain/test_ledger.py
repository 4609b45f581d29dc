"""The ledger as a table and as JSON lines, from entries made by hand."""

from __future__ import annotations

import json
import struct

import pytest

from tutor.plain.ledger import ANOTHER, Entry, LedgerLines, LedgerTable
from tutor.recording.model import Content, Meta
from tutor.recording.queries.gradients import Gradient


def gradient(*numbers: float) -> Gradient:
    shape = () if len(numbers) == 1 else (len(numbers),)
    content = struct.pack(f"<{len(numbers)}f", *numbers)
    return Meta("tensor", "float32", shape, "cpu", False, True, False), content


def large(content: Content) -> Gradient:
    return Meta("tensor", "float32", (64, 64), "cpu", False, True, False), content


def entry(
    change: str = "added",
    by: str = "loss.backward()",
    call: int = 2,
    ways: tuple[str, ...] = ("loss ← w",),
    values: tuple[Gradient, Gradient, Gradient] | None = None,
    turns: tuple[tuple[int, int], ...] = ((4, 2),),
) -> Entry:
    before, share, after = values or (gradient(6.0), gradient(1.5), gradient(7.5))
    return Entry(12, 6, turns, change, by, call, call and 11, ways, before, share if call else None, after)


def table(*entries: Entry, name: str = "w") -> list[str]:
    written: list[str] = []
    writer = LedgerTable(written.append, name)
    writer.begin()
    for item in entries:
        writer.entry(item)
    writer.end()
    return "".join(written).split("\n")


def test_numbers_stand_in_columns() -> None:
    lines = table(entry())
    assert lines[1].index("before") + len("before") == lines[2].index("6.0") + len("6.0")
    assert lines[1].endswith("total")
    assert lines[2] == "    12    6     2  call 2: loss ← w                      6.0       1.5       7.5"


@pytest.mark.parametrize(
    ("change", "by", "told"),
    [
        ("set to None", "optimizer.zero_grad()", "optimizer.zero_grad(): to None"),
        ("set to None", "w.grad = None", "w.grad = None"),
        ("set to zero", "w.grad.zero_()", "w.grad.zero_()"),
        ("written", "w.grad *= 0.5", "w.grad *= 0.5: written"),
    ],
)
def test_what_did_it_is_told_in_the_program_s_own_words(change: str, by: str, told: str) -> None:
    line = table(entry(change, by, call=0, ways=()))[2]
    assert line[19:].startswith(told + " ")


def test_values_that_are_too_wide_get_a_line_of_their_own() -> None:
    vectors = gradient(1.0, 2.0, 3.0), gradient(0.5, 0.5, 0.5), gradient(1.5, 2.5, 3.5)
    assert table(entry(values=vectors))[2:4] == [
        "    12    6     2  call 2: loss ← w",
        "                   [1.0, 2.0, 3.0] + [0.5, 0.5, 0.5] = [1.5, 2.5, 3.5]",
    ]


def test_nothing_is_wider_than_80_columns() -> None:
    many = tuple(f"loss ← a_rather_long_name_{number} ← another_long_name ← w" for number in range(3))
    summary: Content = {"min": -123456.7, "max": 4.0, "mean": 0.125, "std": 1.0, "nan": 3, "inf": 2}
    wide = (large(summary), large(summary), large(summary))
    turns = tuple((line, 1000) for line in range(9))
    lines = table(
        entry(ways=many, values=wide, turns=turns),
        entry(ANOTHER, "w = " + "w - lr * " * 20 + "w.grad", 0, (), (None, None, large(summary))),
        name="model.encoder.layers[0].attention.projection.weight",
    )
    assert max(map(len, lines)) <= 80


def test_without_entries_it_says_that_nothing_came() -> None:
    assert table()[-2] == "Nothing ever came into w.grad."


def test_each_line_for_machines_is_plain_json() -> None:
    written: list[str] = []
    writer = LedgerLines(written.append)
    writer.begin()
    writer.entry(entry(values=(None, gradient(float("nan")), gradient(float("inf")))))
    writer.end()
    (line,) = written
    assert line.isascii()
    item = json.loads(line)
    assert (item["before"], item["contribution"]["value"], item["after"]["value"]) == (None, "nan", "inf")
    assert (item["step"], item["call"], item["call_step"], item["ways"]) == (12, 2, 11, ["loss ← w"])
