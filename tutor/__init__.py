"""A terminal step-through tutor for PyTorch autograd."""

__version__ = "0.1.0"
