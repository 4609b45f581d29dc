"""Where the graph is cut, and why; plain data is no cut."""

from __future__ import annotations

from pathlib import Path

from tutor.recording.model import Step
from tutor.recording.queries import where_lost
from tutor.recording.recording import Recording
from tutor.tui.graph.cuts import Cuts, cut_words
from tutor.tui.graph.lanes import lay_out

from .chains import OFF, Chain


def cut_rows(chain: Chain, root: int) -> list[str]:
    """The rows of the graph of a tensor that say where it is cut."""
    moment, cuts = chain.moment(), Cuts(chain.recording())
    layout = lay_out(moment, (chain.node_of(root),), cuts)
    return [
        " ".join((row.lanes.rstrip(), *cut_words(moment, layout.lost[row.place[1]])))
        for row in layout.rows
        if row.place[0] == "cut"
    ]


def test_detach(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    y = chain.operate(2, "x * 3", [x], 6.0, bound="y")
    c = chain.operate(3, "y.detach()", [y], 6.0, name="detach", bound="c", cut=True)
    z = chain.operate(4, "y * c", [y, c], 36.0)
    assert cut_rows(chain, z) == ["│ ╰✂ y.detach() line 3: detach() takes it out of the graph"]


def test_no_grad_is_told_at_the_operation_that_lost_it(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    h = chain.operate(2, "x * 3", [x], 6.0, bound="h", flags=OFF)
    k = chain.operate(3, "h + 1", [h], 7.0, bound="k")
    z = chain.operate(4, "k * x", [k, x], 14.0)
    assert cut_rows(chain, z) == ["╰✂ h line 2: made while grad was off"]


def test_integers_and_booleans(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    index = chain.operate(2, "x.argmax()", [x], 0.0, name="argmax", bound="index", cut=True, dtype="int64")
    mask = chain.operate(3, "x > 1", [x], 1.0, name="gt", bound="mask", cut=True, dtype="bool")
    z = chain.operate(4, "f(x, index, mask)", [x, index, mask], 1.0)
    texts = [row.rpartition("✂ ")[2] for row in cut_rows(chain, z)]
    assert texts == ["index line 2: integers carry no gradient", "mask line 3: booleans carry no gradient"]


def test_the_gradient_of_an_earlier_backward(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    y = chain.operate(2, "x * 3", [x], 6.0, [3.0], bound="y")
    chain.backward(3, y)
    z = chain.operate(4, "x * x.grad", [x, chain.gradient_of(x)], 6.0)
    assert cut_rows(chain, z) == ["╰✂ x.grad line 3: a gradient without create_graph"]


def test_plain_data_is_no_cut(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    data = chain.leaf("data", 5.0, requires_grad=False)
    scaled = chain.operate(2, "data / 5", [data], 1.0)
    z = chain.operate(3, "x * data", [x, scaled], 2.0)
    assert cut_rows(chain, z) == []


def test_what_was_lost_once_is_one_row_for_all_who_use_it(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    c = chain.operate(2, "x.detach()", [x], 2.0, name="detach", cut=True)
    h = chain.operate(3, "x * c", [x, c], 4.0)
    for line in (4, 5, 6):
        h = chain.operate(line, f"h * c {line}", [h, c], 8.0)
    assert len(cut_rows(chain, h)) == 1


def test_without_a_cut_there_is_no_reason(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    data = chain.leaf("data", 2.0, requires_grad=False)
    y = chain.operate(2, "x * data", [x, data], 4.0)
    cuts = Cuts(chain.recording())
    assert [cuts.of(tensor, chain.recording().count) for tensor in (x, data, y)] == [None, None, None]


def test_of_two_losses_the_later_is_told(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    first, second = (chain.operate(line, f"x.detach() {line}", [x], 2.0, name="detach", cut=True) for line in (2, 3))
    for line, inputs in ((4, [first, second]), (5, [second, first])):
        both = chain.operate(line, f"sum {line}", inputs, 4.0)
    recording = chain.recording()
    for tensor in (both - 1, both):
        lost = Cuts(recording).of(tensor, recording.count)
        assert lost == where_lost(recording, tensor, recording.count)
        assert lost is not None
        assert recording.site(lost.step).line == 3


def longer_and_longer(path: Path, turns: int) -> tuple[Chain, int]:
    """A plain tensor and one that lost its graph, each computed from itself turn after turn, and used in the graph."""
    chain = Chain(path)
    x = chain.leaf("x", 1.0)
    plain = chain.leaf("t", 0.0, requires_grad=False)
    cut = chain.operate(2, "x.detach()", [x], 1.0, name="detach", cut=True)
    h = x
    for _ in range(turns):
        plain = chain.operate(3, "t + 1", [plain], 1.0)
        cut = chain.operate(4, "c + 1", [cut], 1.0)
        h = chain.operate(5, "h * t * c", [h, plain, cut], 1.0)
    return chain, h


def test_it_finds_what_the_recording_answers_when_asked_for_each_tensor(tmp_path: Path) -> None:
    chain, _ = longer_and_longer(tmp_path / "log", 12)
    recording = chain.recording()
    cuts = Cuts(recording)
    for tensor in range(1, 3 + 3 * 12):
        lost = where_lost(recording, tensor, recording.count)
        assert cuts.of(tensor, recording.count) == (lost if lost is not None and lost.source is not None else None)


def test_each_step_is_read_once_however_long_the_way_back_is(tmp_path: Path) -> None:
    chain, h = longer_and_longer(tmp_path / "log", 200)
    read: list[int] = []

    class Counting(Recording):
        def step(self, number: int) -> Step:
            read.append(number)
            return super().step(number)

    recording = chain.recording()
    recording.__class__ = Counting
    layout = lay_out(chain.moment(), (chain.node_of(h),), Cuts(recording))
    assert len(layout.lost) == 1
    assert len(read) < 2 * recording.count
