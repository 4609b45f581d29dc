"""The times a run comes to a line, told by a counter that the program itself keeps."""

from __future__ import annotations

import pytest

from tests.recorder.record import Record, line_of, value_at
from tutor.recording.queries.visits import last_visit
from tutor.recording.recording import Recording

PROGRAM = """
    import torch

    w = torch.tensor(3.0, requires_grad=True)
    count = 0


    def doubled(x):
        global count
        count += 1
        return x * 2


    for turn in range(3):
        for inner in range(2):
            y = doubled(doubled(w))  # twice
        y.backward()
    for turn in range(4): count += 10
    print(count)
    if False:
        count = -1
    z = [
        w * 2,
        w * 3,
    ]
"""


@pytest.fixture(scope="module")
def recording(record: Record) -> Recording:
    return record(PROGRAM)


def lines_of(recording: Recording, text: str, more: int = 0) -> range:
    """The lines of the statement that begins on the only line with a text."""
    line = line_of(recording, text)
    return range(line, line + more + 1)


@pytest.mark.parametrize(("turn", "before"), [(1, 8), (2, 10), (None, 10)])
def test_a_visit_begins_before_the_line_and_ends_after_all_that_it_calls(
    recording: Recording, turn: int | None, before: int
) -> None:
    # Turns are those of the inner loop; its last run is in the third turn of the outer one.
    visit = last_visit(recording, lines_of(recording, "# twice"), turn)
    assert visit is not None
    assert value_at(recording, "count", visit.first - 1) == before
    assert value_at(recording, "count", visit.last) == before + 2


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_backward_is_one_visit_with_everything_inside_it(recording: Recording, turn: int) -> None:
    line = line_of(recording, "y.backward()")
    visit = last_visit(recording, range(line, line + 1), turn)
    assert visit is not None
    assert {recording.site(step).line for step in range(visit.first, visit.last + 1)} == {line}
    assert recording.site(visit.last + 1).line != line
    assert value_at(recording, "count", visit.first) == 4 * turn


@pytest.mark.parametrize(("turn", "before"), [(1, 12), (3, 32), (None, 42)])
def test_turns_of_a_loop_on_one_line_are_visits_of_their_own(
    recording: Recording, turn: int | None, before: int
) -> None:
    visit = last_visit(recording, lines_of(recording, "count += 10"), turn)
    assert visit is not None
    assert value_at(recording, "count", visit.first - 1) == before


def test_a_line_that_does_not_run_and_a_turn_that_never_comes(recording: Recording) -> None:
    assert last_visit(recording, lines_of(recording, "count = -1")) is None
    assert last_visit(recording, lines_of(recording, "y.backward()"), 4) is None
    assert last_visit(recording, lines_of(recording, "print(count)"), 1) is None


def test_a_statement_of_several_lines_is_one_visit(recording: Recording) -> None:
    visit = last_visit(recording, lines_of(recording, "z = [", 3))
    assert visit is not None
    assert recording.site(visit.first).source == "w * 2"
    assert visit.last == recording.count
