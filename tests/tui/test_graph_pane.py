"""The graph pane: what its rows say, how they fold, where they lead."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tutor.recording.format import Kind
from tutor.tui.graph.cuts import Cuts
from tutor.tui.graph.lanes import NODE_LIMIT, Layout, lay_out
from tutor.tui.graph.parts import Parts
from tutor.tui.widgets import graph_pane
from tutor.tui.widgets.graph_pane import GraphPane
from tutor.tui.widgets.pane import Pane

from .chains import OFF, Chain, diamond, loop


class PaneApp(App[None]):
    """The pane and nothing else; keeps what it asks to open."""

    AUTO_FOCUS = None

    def __init__(self, *, hidden: bool = False) -> None:
        super().__init__()
        self.asked: list[Hashable] = []
        self._hidden = hidden

    def compose(self) -> ComposeResult:
        pane = GraphPane(id="graph")
        pane.display = not self._hidden
        yield pane

    def on_pane_row_opened(self, message: Pane.RowOpened) -> None:
        self.asked.append(message.key)

    def on_pane_row_chosen(self, message: Pane.RowChosen) -> None:
        self.asked.append(message.key)


@asynccontextmanager
async def shown(
    chain: Chain, number: int | None = None, size: tuple[int, int] = (68, 20), tensor: int | None = None
) -> AsyncIterator[tuple[GraphPane, Pilot[None]]]:
    """The pane at a step, the last if none is given."""
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        pane = app.query_one(GraphPane)
        pane.show(chain.moment(number), tensor)
        pane.focus()
        await pilot.pause()
        yield pane, pilot


def seen(pane: GraphPane) -> list[str]:
    """The lines of the pane, blanks at their ends left out."""
    lines = ("".join(segment.text for segment in pane.render_line(y)).rstrip() for y in range(pane.size.height))
    return [line for line in lines if line]


def asked(pilot: Pilot[Any]) -> list[Hashable]:
    assert isinstance(pilot.app, PaneApp)
    return pilot.app.asked


async def test_before_backward(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    async with shown(chain, chain.steps["y + z"]) as (pane, _):
        assert seen(pane) == [
            "›  ●─╮  s       AddBackward0  7.0",
            "   │ ●  z       MulBackward0  4.0",
            "   ●─┤  y       MulBackward0  3.0",
            "     ╰▶ x.grad  None",
        ]
        assert pane.border_title == "graph of s"


async def test_while_backward_runs(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    async with shown(chain, chain.steps["y + z"] + 3) as (pane, _):
        assert seen(pane)[:3] == [
            " ✓ ●─╮  s       AddBackward0  7.0  ← 1.0",
            "›▶ │ ●  z       MulBackward0  4.0  ← 1.0",
            "   ●─┤  y       MulBackward0  3.0",
        ]


async def test_a_leaf_that_two_paths_reach_shows_both_parts(tmp_path: Path) -> None:
    async with shown(diamond(tmp_path / "log")) as (pane, _):
        assert seen(pane)[-1] == "›▶   ╰▶ x.grad  None → 7.0 (4.0 + 3.0)"


async def test_the_parts_of_what_is_added_to_an_earlier_gradient(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    x = 1
    again = chain.operate(7, "x * x", [x, x], 1.0, [1.0, 1.0])
    chain.backward(8, again)
    async with shown(chain) as (pane, _):
        assert seen(pane)[-1] == "›▶ ╰▶ x.grad  7.0 + 2.0 = 9.0 (2.0 = 1.0 + 1.0)"


def residual(path: Path, factor: float = 1.0) -> Chain:
    """``z = y + relu(y)``; what arrives at y is recorded as that many times the sum, as after a hook."""
    chain = Chain(path)
    x = chain.leaf("x", 1.0)
    y = chain.operate(2, "x * 3", [x], 3.0, [3.0], bound="y")
    r = chain.operate(3, "relu(y)", [y], 3.0, [2.0], name="relu")
    z = chain.operate(4, "y + r", [y, r], 6.0, name="add", bound="z")
    step, changed = chain.tape.step, (chain.node_of(y), factor)

    def record(kind: Kind, *rest: Any, **options: Any) -> int:
        if kind is Kind.NODE and options["detail"][0] == changed[0]:
            options["detail"][1] = [chain.tape.gradient(3.0 * changed[1])]
        return step(kind, *rest, **options)

    chain.tape.step = record  # type: ignore[method-assign]
    chain.backward(5, z)
    return chain


async def test_a_node_that_two_paths_reach_shows_the_sum(tmp_path: Path) -> None:
    async with shown(residual(tmp_path / "log")) as (pane, _):
        assert "← 1.0 + 2.0 = 3.0" in seen(pane)[2]


async def test_without_room_the_parts_are_counted_or_left_out(tmp_path: Path) -> None:
    async with shown(residual(tmp_path / "log"), size=(50, 10)) as (pane, _):
        assert seen(pane)[2].rstrip().endswith("← 3.0")


async def test_what_a_hook_changed_is_not_told_as_a_sum(tmp_path: Path) -> None:
    async with shown(residual(tmp_path / "log", factor=10)) as (pane, _):
        row = seen(pane)[2]
        assert row.endswith("← 30.0")


async def test_a_part_of_another_backward_call_is_not_counted(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 1.0)
    y = chain.operate(2, "x * 3", [x], 3.0, [3.0], bound="y")
    u = chain.operate(3, "y * 0", [y], 0.0, [0.0], bound="u")
    v = chain.operate(4, "y * 5", [y], 15.0, [5.0], bound="v")
    both = chain.operate(5, "u + v", [u, v], 15.0, name="add", bound="both")
    chain.backward(6, u)
    chain.backward(7, v)
    chain.tape.step(Kind.STATEMENT, 8, "pass")
    async with shown(chain, tensor=both) as (pane, _):
        row = next(line for line in seen(pane) if " y " in line)
        assert row.endswith("← 5.0")


def test_parts_are_told_in_the_order_in_which_they_were_sent(tmp_path: Path) -> None:
    chain = diamond(tmp_path / "log")
    moment, cuts = chain.moment(), Cuts(chain.recording())
    ways = lay_out(moment, (3,), cuts).arrivals["leaf", 1]
    call = chain.steps["y + z"] + 1
    sent = Parts(moment, cuts).of(ways, call)
    assert len(sent[0]) == 2
    assert Parts(moment, cuts).of(ways[::-1], call) == sent


async def test_the_graph_of_several_results(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 1.0)
    u, v = (chain.operate(2, f"x * {slope}", [x], slope, [slope], bound=name) for name, slope in (("u", 3), ("v", 4)))
    call = chain.backward(3, u, v)
    async with shown(chain, call) as (pane, _):
        assert pane.border_title == "graph of 2 results: u, v"
        assert seen(pane) == [
            "›  ●    v       MulBackward0  4.0",
            "   ├─●  u       MulBackward0  3.0",
            "   ╰▶   x.grad  None",
        ]


async def test_autograd_grad_returns_and_does_not_add(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 1.0)
    y = chain.operate(2, "x * 3", [x], 3.0, [3.0], bound="y")
    detail = [[["tuple", None, "", [y]], ["tuple", None, "", [x]]], None, None]
    call = chain.tape.step(Kind.OPERATION, 3, "grad(y, x)", name="torch.autograd.grad", detail=detail)
    gradients = [[chain.tape.gradient(1.0)], [chain.tape.gradient(3.0)]]
    chain.tape.step(Kind.NODE, 3, "grad(y, x)", parent=call, flags=0, detail=[chain.node_of(y), *gradients])
    async with shown(chain) as (pane, _):
        assert seen(pane)[-1] == " ✓ ╰▶ x.grad  None  returned: 3.0"


async def test_a_cut_is_told_in_its_row_and_leads_to_its_step(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    c = chain.operate(2, "x.detach()", [x], 2.0, name="detach", bound="c", cut=True)
    chain.operate(3, "x * c", [x, c], 4.0, bound="z")
    async with shown(chain) as (pane, pilot):
        assert seen(pane)[-1] == "   ╰✂   x.detach()  line 2: detach() takes it out of the graph"
        await pilot.press("down", "down", "enter")
        assert asked(pilot) == [("cut", chain.steps["x.detach()"])]


async def test_a_result_without_a_graph_says_where_it_was_lost(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    h = chain.operate(2, "x * 3", [x], 6.0, bound="h", flags=OFF)
    chain.operate(3, "h + 1", [h], 7.0, bound="k")
    async with shown(chain) as (pane, pilot):
        assert seen(pane) == [" k has no graph. It was lost here:", "›✂ h  line 2: made while grad was off"]
        await pilot.press("enter")
        assert asked(pilot) == [("cut", chain.steps["x * 3"])]


async def test_plain_data_and_a_leaf_have_no_graph(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    chain.leaf("x", 2.0)
    chain.leaf("data", 2.0, requires_grad=False)
    for number, sentence in ((1, "x is a leaf: made by you"), (2, "data has no graph: it does not require grad.")):
        async with shown(chain, number) as (pane, _):
            assert sentence in seen(pane)[0]


async def test_saved_tensors_kept_changed_and_freed(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    y = chain.operate(2, "x**2", [x], 4.0, [4.0], name="pow", bound="y", saved={"self": [-1, x, 0]})
    chain.write_in_place(3, "x += 1", x, 3.0)
    chain.backward(4, y)
    chain.tape.step(Kind.STATEMENT, 5, "pass", [5, [chain.node_of(y)]])
    for number, words in ((2, "saved x=2.0"), (3, "✗ changed since: x=3.0"), (7, "freed")):
        async with shown(chain, number, tensor=y) as (pane, _):
            assert seen(pane)[0].endswith(words)


async def test_a_change_that_breaks_backward_is_told_in_a_narrow_pane_too(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    x = chain.leaf("x", 2.0)
    y = chain.operate(2, "x**2", [x], 4.0, [4.0], name="pow", bound="y", saved={"self": [-1, x, 0]})
    chain.write_in_place(3, "x += 1", x, 3.0)
    async with shown(chain, size=(48, 10), tensor=y) as (pane, _):
        assert "✗ changed since" in seen(pane)[0]


async def test_a_long_name_of_a_leaf_goes_on_into_empty_columns(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    w = chain.leaf("model[2].weight", 2.0)
    chain.operate(2, "w * 1", [w], 2.0, bound="y")
    async with shown(chain) as (pane, _):
        assert "model[2].weight.grad  None" in seen(pane)[-1]


# Folding


async def test_many_turns_are_one_row(tmp_path: Path) -> None:
    chain, _ = loop(tmp_path / "log", 12)
    async with shown(chain, size=(68, 12)) as (pane, _):
        assert seen(pane) == [
            "›  ●    h        TanhBackward0  1.0",
            "   ●─╮  w * h    MulBackward0   1.0",
            "   ⋮ ⋮  10 more turns of lines 5-6 (20 nodes)",
            "   ● │  tanh(h)  TanhBackward0  1.0",
            "   ●─┤  w * h    MulBackward0   1.0",
            "     ╰▶ w.grad   None",
        ]


async def test_a_graph_with_room_for_half_of_it_is_not_folded(tmp_path: Path) -> None:
    chain, _ = loop(tmp_path / "log", 12)
    async with shown(chain, size=(68, 16)) as (pane, _):
        assert not any("⋮" in line for line in seen(pane))


async def test_enter_opens_a_fold_and_enter_on_its_heading_folds_it_again(tmp_path: Path) -> None:
    chain, _ = loop(tmp_path / "log", 12)
    async with shown(chain, size=(68, 12)) as (pane, pilot):
        folded = seen(pane)
        await pilot.press("down", "down")
        await pilot.press("enter")
        assert "⋮ ⋮  10 turns of lines 5-6; Enter folds them" in seen(pane)[2]
        assert "tanh(h)" in seen(pane)[3]
        await pilot.press("enter")
        assert [line[1:] for line in seen(pane)] == [line[1:] for line in folded]
        assert asked(pilot) == []


async def test_a_click_opens_a_fold(tmp_path: Path) -> None:
    chain, _ = loop(tmp_path / "log", 12)
    async with shown(chain, size=(68, 12)) as (pane, pilot):
        await pilot.click(pane, offset=(12, 3))
        assert "Enter folds them" in seen(pane)[2]
        assert asked(pilot) == []


async def test_a_fold_is_open_while_a_node_in_it_runs(tmp_path: Path) -> None:
    chain, h = loop(tmp_path / "log", 12)
    call = chain.backward(9, h)
    async with shown(chain, call + 2, size=(68, 12)) as (pane, pilot):
        assert "10 more turns" in "\n".join(seen(pane))
        pane.show(chain.moment(call + 11))
        text = "\n".join(seen(pane))
        assert "▶ ● │  tanh(h)" in text
        assert "more turns" not in text
        pane.show(chain.moment(call + 24))
        await pilot.pause()
        assert " ✓ ⋮ ⋮  10 more turns" in "\n".join(seen(pane))


async def test_who_folds_what_runs_still_sees_that_it_runs(tmp_path: Path) -> None:
    chain, h = loop(tmp_path / "log", 12)
    call = chain.backward(9, h)
    async with shown(chain, call + 11, size=(68, 12)) as (pane, pilot):
        heading = next(row for row in range(40) if pane.key_of(row) == ("fold", 3))
        pane.choose(heading)
        await pilot.press("enter")
        assert "›▶ ⋮ ⋮  10 more turns" in "\n".join(seen(pane))


async def test_what_was_folded_while_it_ran_opens_when_it_runs_again(tmp_path: Path) -> None:
    chain, h = loop(tmp_path / "log", 12)
    call = chain.backward(9, h)
    async with shown(chain, call + 11, size=(68, 12)) as (pane, _):
        pane.toggle(("fold", 3))
        assert "more turns" in "\n".join(seen(pane))
        pane.show(chain.moment(call + 12))
        assert "more turns" in "\n".join(seen(pane))
        for number in (call + 1, call + 11):
            pane.show(chain.moment(number))
        assert "more turns" not in "\n".join(seen(pane))


async def test_a_long_graph_is_folded_in_a_high_pane_too(tmp_path: Path) -> None:
    chain, _ = loop(tmp_path / "log", 40)
    async with shown(chain, size=(68, 100)) as (pane, _):
        assert "38 more turns of lines 5-6 (76 nodes)" in "\n".join(seen(pane))


async def test_what_is_opened_stays_open_at_the_next_step(tmp_path: Path) -> None:
    chain, h = loop(tmp_path / "log", 12)
    call = chain.backward(9, h)
    async with shown(chain, call, size=(68, 12)) as (pane, pilot):
        await pilot.press("down", "down", "enter")
        pane.show(chain.moment(call + 1))
        assert "Enter folds them" in "\n".join(seen(pane))


async def test_more_room_unfolds(tmp_path: Path) -> None:
    chain, _ = loop(tmp_path / "log", 12)
    async with shown(chain, size=(68, 12)) as (pane, pilot):
        assert "⋮" in "\n".join(seen(pane))
        await pilot.resize_terminal(68, 30)
        await pilot.pause()
        assert "⋮" not in "\n".join(seen(pane))


# Long graphs


async def test_a_graph_is_laid_out_once_for_all_steps_of_its_backward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, h = loop(tmp_path / "log", 12)
    call = chain.backward(9, h)
    laid_out: list[tuple[int, ...]] = []

    def counted(moment: Any, roots: tuple[int, ...], cuts: Any) -> Layout:
        laid_out.append(roots)
        return lay_out(moment, roots, cuts)

    monkeypatch.setattr(graph_pane, "lay_out", counted)
    async with shown(chain, call) as (pane, _):
        for number in range(call, chain.recording().count + 1):
            pane.show(chain.moment(number))
        assert laid_out == [(chain.node_of(h),)]


async def test_what_is_left_out_is_said_in_the_last_row(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log", 4)
    h = chain.leaf("h", 1.0)
    for number in range(NODE_LIMIT + 200):
        h = chain.operate(2 + number * number % 3, "h", [h], 1.0, name=f"op{number % 101}")
    async with shown(chain) as (pane, pilot):
        pane.scroll_end(animate=False, force=True, immediate=True)
        await pilot.pause()
        assert seen(pane)[-1].strip() == "… 201 nodes and leaves below are not shown"


async def test_the_node_that_runs_is_in_view_when_the_pane_appears(tmp_path: Path) -> None:
    chain, h = loop(tmp_path / "log", 40)
    call = chain.backward(9, h)
    app = PaneApp(hidden=True)
    async with app.run_test(size=(68, 12)) as pilot:
        pane = app.query_one(GraphPane)
        pane.show(chain.moment(call + 30))
        pane.display = True
        await pilot.pause()
        assert any(line.startswith(" ▶") for line in seen(pane)[1:-1])
