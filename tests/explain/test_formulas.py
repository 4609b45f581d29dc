"""The formulas of the installed torch, against the nodes that it has."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from tutor.explain import formulas
from tutor.explain.formulas import formulas_of, prefix_of, read_formulas

ENTRIES = """
# a comment: with a colon
- name: pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor
  self: pow_backward(grad, self, exponent)
  result: auto_element_wise

- name: argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor
  output_differentiability: [False]

- name: pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor
  self: pow_backward_self(grad, self, exponent)
  exponent: non_differentiable
  result: auto_element_wise

- name: sum(Tensor self, *, ScalarType? dtype=None) -> Tensor
  dispatch:
    Default:
      # which
      self: grad.expand(self.sizes())
      result: auto_linear
    AutogradNestedTensor:
      self: another(grad)

- name: convolution(Tensor input, Tensor weight, Tensor? bias) -> Tensor
  input, weight, bias: "grad.defined() ? all(grad) : none()"
"""


def test_the_entries_of_a_file() -> None:
    assert read_formulas(ENTRIES.splitlines()) == {
        "PowBackward0": {"self": "pow_backward(grad, self, exponent)"},
        "PowBackward1": {"self": "pow_backward_self(grad, self, exponent)"},
        "SumBackward0": {"self": "grad.expand(self.sizes())"},
        "ConvolutionBackward0": {"input, weight, bias": "grad.defined() ? all(grad) : none()"},
    }


@pytest.mark.parametrize(
    ("name", "prefix"), [("pow", "PowBackward"), ("log_softmax", "LogSoftmaxBackward"), ("log1p", "Log1PBackward")]
)
def test_names_of_nodes(name: str, prefix: str) -> None:
    assert prefix_of(name) == prefix


def test_every_node_that_torch_makes_from_the_file_is_found() -> None:
    functions = getattr(torch._C, "_functions")  # noqa: B009
    real = {name for name in dir(functions) if name[-1].isdigit() and "Autograd" not in name}
    found = {name for name in real if formulas_of(name)}
    # Entries for other dispatch keys, and one whose arguments are all marked as not differentiable.
    assert real - found <= {"NestedViewFromBufferBackward0"}
    assert set(formulas._installed()) <= set(dir(functions))


def test_without_torch_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    formulas._installed.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    try:
        assert formulas_of("PowBackward0") == {}
    finally:
        formulas._installed.cache_clear()


def test_reading_them_imports_neither_torch_nor_torchgen() -> None:
    code = (
        "import sys\nfrom tutor.explain.formulas import formulas_of\n"
        "assert formulas_of('MedianBackward0')\nprint([name for name in ('torch', 'torchgen') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.strip() == "[]"
