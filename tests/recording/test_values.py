"""Bytes become numbers, numbers become JSON."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.recording import values
from tutor.recording.model import Meta
from tutor.recording.state import State, Tables

from .build import Builder, bind, floats, grad, whole

_INTEGERS = dict(zip("int64 int32 int16 int8 uint64 uint32 uint16 uint8".split(), "qihbQIHB", strict=True))  # noqa: SIM905
_FLOATS = {"float64": ("d", 64), "float32": ("f", 32), "float16": ("e", 16)}


def meta(dtype: str, *shape: int) -> Meta:
    """A plain meta."""
    return Meta("tensor", dtype, shape, "cpu", False, True, False)


def same(one: Any, other: Any) -> bool:
    """Equal, or both not a number."""
    if isinstance(one, complex) and isinstance(other, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    return bool(one == other) or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


def test_every_dtype_is_tried_here() -> None:
    tried = {*_INTEGERS, *_FLOATS, "bool", "bfloat16", "complex64", "complex128"}
    assert set(values.FORMATS) == tried


@pytest.mark.parametrize(("dtype", "code"), _INTEGERS.items())
@given(data=st.data())
def test_integers_come_back(dtype: str, code: str, data: st.DataObject) -> None:
    bits = struct.calcsize("<" + code) * 8
    low, high = (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    plain = data.draw(st.lists(st.integers(low, high)))
    assert values.numbers(dtype, struct.pack(f"<{len(plain)}{code}", *plain)) == plain


@pytest.mark.parametrize(("dtype", "code", "width"), [(name, *rest) for name, rest in _FLOATS.items()])
@given(data=st.data())
def test_floats_come_back_with_nan_and_infinities(dtype: str, code: str, width: Any, data: st.DataObject) -> None:
    plain = data.draw(st.lists(st.floats(width=width)))
    found = values.numbers(dtype, struct.pack(f"<{len(plain)}{code}", *plain))
    assert len(found) == len(plain)
    assert all(map(same, found, plain))


@pytest.mark.parametrize(("dtype", "code", "width"), [("complex64", "f", 64), ("complex128", "d", 128)])
@given(data=st.data())
def test_complex_numbers_come_back(dtype: str, code: str, width: Any, data: st.DataObject) -> None:
    plain = data.draw(st.lists(st.complex_numbers(width=width)))
    parts = [part for number in plain for part in (number.real, number.imag)]
    found = values.numbers(dtype, struct.pack(f"<{len(parts)}{code}", *parts))
    assert len(found) == len(plain)
    assert all(map(same, found, plain))


@given(st.lists(st.floats(width=32)))
def test_bfloat16_is_the_upper_half_of_float32(plain: list[float]) -> None:
    halves = [struct.pack("<f", number)[2:] for number in plain]
    expected = [struct.unpack("<f", b"\0\0" + half)[0] for half in halves]
    found = values.numbers("bfloat16", b"".join(halves))
    assert len(found) == len(plain)
    assert all(map(same, found, expected))


def test_known_bfloat16_numbers() -> None:
    assert values.numbers("bfloat16", bytes.fromhex("803f 00c0 807f")) == [1.0, -2.0, math.inf]


def test_bool_comes_back() -> None:
    assert values.numbers("bool", b"\0\1\1") == [False, True, True]


@pytest.mark.parametrize("dtype", [name for name in values.FORMATS if name not in ("bool", "int8", "uint8")])
def test_a_part_of_an_element_is_an_error(dtype: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        values.numbers(dtype, b"\0")
    assert values.elements(meta(dtype, 1), b"\0") is None


def test_an_unknown_dtype_has_no_value() -> None:
    with pytest.raises(ValueError, match="float4"):
        values.numbers("float4", b"")
    assert values.elements(meta("float4", 1), b"\0") is None


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), 1.0),
        ((3,), [1.0, 2.0, 3.0]),
        ((2, 2), [[1.0, 2.0], [3.0, 4.0]]),
        ((1, 1, 2), [[[1.0, 2.0]]]),
        ((0,), []),
        ((2, 0, 3), [[], []]),
        ((0, 4), []),
        ((3, 2, 0), [[[], []], [[], []], [[], []]]),
    ],
)
def test_shapes(shape: tuple[int, ...], expected: Any) -> None:
    content = floats(*(float(number) for number in range(1, 1 + math.prod(shape))))
    assert values.elements(meta("float32", *shape), content) == expected


def test_a_billion_empty_rows_are_not_listed() -> None:
    assert values.elements(meta("float32", 10**9, 0), b"") is None
    assert values.elements(meta("float32", 0, 10**9), b"") == []


def test_content_of_another_size_than_the_shape_has_no_value() -> None:
    for content in (b"", floats(1.0), floats(1.0, 2.0, 3.0)):
        assert values.elements(meta("float32", 2), content) is None


def test_a_summary_is_no_value() -> None:
    value = values.meta_value(meta("float32", 5000), {"min": -math.inf, "mean": math.nan})
    assert value["value"] is None
    assert value["summary"] == {"min": "-inf", "mean": "nan"}


@given(st.recursive(st.floats() | st.complex_numbers() | st.integers() | st.text(), st.lists))
def test_every_value_is_json(value: Any) -> None:
    json.loads(json.dumps(values.jsonable(value), allow_nan=False))


def test_what_json_has_no_word_for() -> None:
    assert values.jsonable([math.nan, math.inf, -math.inf, 1 - 2j, (True,)]) == ["nan", "inf", "-inf", [1, -2], [True]]


def test_a_tensor_with_its_gradient_and_node() -> None:
    build = Builder()
    build.step(1, "x", build.tensor(1, 3.0, requires_grad=True), bind("x", 1))
    build.step(2, "y", build.node(7, "PowBackward0", [[-1, 1]]), build.tensor(2, 9.0, node=7), bind("y", 2))
    build.step(3, "y.backward()", build.tensor(3, 6.0), grad(1, 3))
    state = build.recording().state(3)
    assert values.tensor_value(state, 2)["grad_fn"] == "PowBackward0"
    leaf = values.tensor_value(state, 1)
    assert leaf["grad"] == {
        "type": "tensor", "shape": [], "dtype": "float32", "device": "cpu", "requires_grad": False, "is_leaf": True,
        "grad_fn": None, "version": 0, "value": 6.0, "summary": None, "grad": None,
    }  # fmt: skip
    assert values.tensor_value(state, 99) == {"type": "tensor", "text": "not known any more"}


def test_gradients_in_a_circle_come_to_an_end() -> None:
    build = Builder()
    build.step(1, "", build.tensor(1, 1.0), build.tensor(2, 2.0), grad(1, 2), grad(2, 1))
    value = values.tensor_value(build.recording().state(1), 1)
    assert value["grad"]["value"] == 2.0
    assert value["grad"]["grad"] is None


def test_references() -> None:
    build = Builder()
    build.step(1, "", build.tensor(1, 1.5), bind("x", 1))
    state = build.recording().state(1)
    assert values.reference_value(state, 1)["value"] == 1.5
    assert values.reference_value(state, None) is None
    assert values.reference_value(state, whole(2)) == {"type": "int", "value": 2}
    assert values.reference_value(state, ["Net", None, "Net()"]) == {"type": "Net", "text": "Net()"}
    listed = values.reference_value(state, ["list", None, "[...]", [1, ["int", 3]]])
    assert [item.get("value") for item in listed["items"]] == [1.5, 3]
    array = values.reference_value(state, ["ndarray", None, "...", ["int16", [2], b"\1\0\2\0"]])
    assert (array["type"], array["value"]) == ("ndarray", [1, 2])


def test_a_gradient_of_a_step() -> None:
    tables = Tables()
    tables.metas[4] = meta("float32", 2)
    state = State(tables)
    assert values.gradient_value(state, None) is None
    found = values.gradient_value(state, [4, floats(1.0, math.nan)])
    assert found is not None
    assert found["value"] == [1.0, "nan"]
