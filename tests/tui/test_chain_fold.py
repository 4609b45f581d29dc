"""Turns of a loop that repeat each other are one row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tutor.recording.format import Kind
from tutor.tui.graph.cuts import Cuts
from tutor.tui.graph.fold import HIDDEN_LEAST, TURNS_LEAST, Fold, FoldedRows, find_folds, repeats
from tutor.tui.graph.lanes import Layout, lay_out

from .chains import Chain, loop


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abababababab", [(0, 2, 6)]),
        ("xabcabcabcabcy", [(1, 3, 4)]),
        ("aaabaaabaaabaaab", [(0, 4, 4)]),
        ("xaaaaaaaaaabcdbcdbcdbcd", [(1, 1, 10), (11, 3, 4)]),
        ("abcdefabcdef", []),
        ("aaaa", []),
        ("", []),
    ],
)
def test_repeats(text: str, found: list[tuple[int, int, int]]) -> None:
    assert repeats(text) == found


@given(some.text("abc", max_size=80))
def test_what_is_found_does_repeat(text: str) -> None:
    done = 0
    for start, period, turns in repeats(text):
        assert start >= done
        assert turns >= TURNS_LEAST
        assert (turns - 2) * period >= HIDDEN_LEAST
        assert text[start : start + turns * period] == text[start : start + period] * turns
        done = start + turns * period


@given(some.text("ab", min_size=1, max_size=6), some.integers(9, 20))
def test_a_text_said_again_and_again_is_found(block: str, turns: int) -> None:
    assert repeats("x" + block * turns + "y")


def test_the_work_grows_with_the_length_only() -> None:
    class Look:
        compared = 0

        def __init__(self, name: int) -> None:
            self.name = name

        def __hash__(self) -> int:
            return self.name

        def __eq__(self, other: object) -> bool:
            Look.compared += 1
            return isinstance(other, Look) and self.name == other.name

    for count in (500, 1000):
        # Two turns are too few to fold, whichever row of the first is looked at.
        looks = [Look(number) for _ in range(2) for number in range(count)]
        Look.compared = 0
        assert repeats(looks) == []
        assert Look.compared < 8 * count


def folded(chain: Chain, root: int) -> tuple[Layout, list[Fold]]:
    recording = chain.recording()
    layout = lay_out(chain.moment(), (chain.node_of(root),), Cuts(recording))
    return layout, find_folds(recording, layout)


def test_the_first_and_the_last_turn_stay(tmp_path: Path) -> None:
    chain, h = loop(tmp_path / "log", 10)
    layout, (fold,) = folded(chain, h)
    assert fold.words(is_open=False) == "8 more turns of lines 5-6 (16 nodes)"
    shown = FoldedRows(layout, [fold], frozenset())
    kinds = [row.place[0] for row in shown.rows]
    assert kinds == ["node", "node", "fold", "node", "node", "leaf"]
    assert len(layout.rows) == 21


def test_a_last_turn_with_leaves_in_between_is_a_turn(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    w, b = chain.leaf("w", 1.0), chain.leaf("b", 1.0)
    h = chain.leaf("h", 1.0, requires_grad=False)
    for _ in range(10):
        h = chain.operate(6, "h + b", [chain.operate(5, "w * h", [w, h], 1.0), b], 1.0, name="add")
    layout, (fold,) = folded(chain, h)
    assert fold.words(is_open=False) == "8 more turns of lines 5-6 (16 nodes)"
    kinds = [row.place[0] for row in FoldedRows(layout, [fold], frozenset()).rows]
    assert kinds == ["node", "node", "fold", "node", "leaf", "node", "leaf"]


def test_layers_of_one_call_are_blocks_and_not_turns(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    call = chain.tape.step(Kind.CALL, 5, "model(x)", name="model")
    h = chain.leaf("h", 1.0)
    for _ in range(12):
        h = chain.operate(5, "model(x)", [h], 1.0, name="relu", parent=call)
    _, (fold,) = folded(chain, h)
    assert fold.words(is_open=False) == "10 more blocks of line 5 (10 nodes)"


def test_a_deep_graph_stays_at_the_left(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    h = chain.leaf("h", 1.0, requires_grad=False)
    for layer in range(20):
        bias, weight = chain.leaf(f"b{layer}", 1.0), chain.leaf(f"w{layer}", 1.0)
        h = chain.operate(5, "layer(h)", [bias, h, weight], 1.0, name="addmm")
    layout, folds = folded(chain, h)
    assert max(len(row.lanes) for row in layout.rows) == 6
    assert len(folds) == 1


def test_an_open_fold_keeps_its_heading(tmp_path: Path) -> None:
    chain, h = loop(tmp_path / "log", 10)
    layout, (fold,) = folded(chain, h)
    shown = FoldedRows(layout, [fold], frozenset([fold.place]))
    assert len(shown.rows) == 22
    assert shown.rows[fold.first].place == fold.place
    assert [row for row in shown.rows if row.place != fold.place] == layout.rows
    assert fold.words(is_open=True) == "8 turns of lines 5-6; Enter folds them"


def test_a_fold_is_the_same_one_turn_later(tmp_path: Path) -> None:
    chains = [loop(tmp_path / f"log{turns}", turns) for turns in (10, 11)]
    places = {folded(chain, h)[1][0].place for chain, h in chains}
    assert len(places) == 1


def test_turns_that_differ_are_not_folded(tmp_path: Path) -> None:
    chain = Chain(tmp_path / "log")
    h = chain.leaf("h", 1.0)
    for turn in range(20):
        h = chain.operate(3 + turn % 7 % 5 % 3 + turn % 2, f"h {turn}", [h], 1.0, name=f"op{turn * turn % 11}")
    assert folded(chain, h)[1] == []
