"""Where Enter on a row of the graph leads."""

from __future__ import annotations

from pathlib import Path

from tutor.recording.format import Kind
from tutor.recording.moment import Moment
from tutor.tui.graph.leads import lead_of
from tutor.tui.source import OpenedRecording

from .chains import diamond
from .tape import accumulation


def test_a_node_leads_to_the_step_that_made_it(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    assert lead_of(chain.moment(), ("node", 2)) == chain.steps["x * 4"]


def test_at_the_step_that_made_a_node_it_says_so(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    assert lead_of(chain.moment(chain.steps["x * 4"]), ("node", 2)) == "This is the step that made this node."


def test_a_leaf_leads_from_contribution_to_contribution_and_around(tmp_path: Path) -> None:
    recording = OpenedRecording(accumulation(tmp_path / "log").path).wait()
    seen, number = [], 1
    for _ in range(4):
        lead = lead_of(Moment.of(recording, number), ("leaf", 1))
        assert isinstance(lead, int)
        seen.append(number := lead)
    assert [recording.kind(step) for step in seen] == [Kind.ACCUMULATE] * 4
    assert seen == [7, 12, 17, 7]


def test_the_only_contribution_says_so(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    assert lead_of(chain.moment(), ("leaf", 1)) == "This is the only step that adds to x.grad."


def test_a_leaf_without_a_contribution_says_so(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    assert lead_of(chain.moment(), ("leaf", 2)) == "No backward call adds to y.grad."


def test_a_cut_leads_to_the_step_that_lost_the_graph(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    assert lead_of(chain.moment(), ("cut", 3)) == 3
    assert isinstance(lead_of(chain.moment(3), ("cut", 3)), str)


def test_what_is_no_row_leads_nowhere(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    for key in (None, "x", ("fold", 3), (1, 2, 3)):
        assert isinstance(lead_of(chain.moment(), key), str)
