"""When two answers are the same answer."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.lesson.value import Value, same, scalar


def tensor(content: Any, *shape: int, dtype: str = "float32") -> Value:
    return Value("tensor", list(shape), dtype, content)


def listed(*items: Value) -> Value:
    return Value("list", items=list(items))


SIX, TRUE, NONE = Value("float", content=6.0), Value("bool", content=True), Value("NoneType")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SIX, Value("int", content=6)),
        (SIX, tensor(6.0)),
        (SIX, tensor(6, dtype="int64")),
        (Value("float", content=1.4), Value("float", content=1.399999976158142)),
        (Value("float", content=1000.4), Value("float", content=1001.0)),
        (Value("float", content=0.0), Value("float", content=1e-6)),
        (Value("float", content=float("nan")), tensor(float("nan"))),
        (Value("float", content=float("inf")), tensor(float("inf"))),
        (tensor([6.0], 1), listed(SIX)),
        (tensor([[6.0], [6.0]], 2, 1), listed(listed(SIX), tensor([6.0], 1))),
        (TRUE, tensor(True, dtype="bool")),
        (NONE, NONE),
        (listed(), tensor([], 0)),
        (listed(TRUE, NONE), Value("tuple", items=[TRUE, NONE])),
        (Value("str", content="a"), Value("str", content="a")),
        (Value("error", error="E"), Value("error", error="E: text")),
        (Value("error", error="E: a  b"), Value("error", error="E: a b")),
    ],
)
def test_these_are_the_same(one: Value, other: Value) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SIX, Value("float", content=6.02)),
        (SIX, NONE),
        (SIX, Value("str", content="6.0")),
        (SIX, tensor([6.0], 1)),
        (SIX, Value("error", error="E")),
        (SIX, Value("float", content=float("nan"))),
        (Value("float", content=float("inf")), Value("float", content=float("-inf"))),
        (TRUE, Value("int", content=1)),
        (tensor([[6.0], [6.0]], 2, 1), tensor([6.0, 6.0], 2)),
        (listed(SIX), listed(SIX, SIX)),
        (listed(SIX, NONE), listed(SIX, TRUE)),
        (Value("error", error="E: a"), Value("error", error="E: b")),
        (Value("error", error="E"), Value("error", error="F")),
    ],
)
def test_these_are_not(one: Value, other: Value) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_only_floats_without_dimensions_are_scalars() -> None:
    assert scalar(SIX) == scalar(tensor(6.0)) == 6.0
    assert [scalar(value) for value in (TRUE, NONE, tensor([6.0], 1), Value("int", content=6))] == [None] * 4
