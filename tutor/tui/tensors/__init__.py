"""Tensors on the screen: their rows, one opened as a whole, copied as code."""
