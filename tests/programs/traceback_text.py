"""Nested try and except, each traceback printed: the text must name program lines only."""

import traceback

import torch


class StepTooLarge(Exception):
    pass


def update(w, rate):
    if rate > 1: raise StepTooLarge(f"rate {rate} for {tuple(w.shape)}")
    return w - rate * w


def careful(w, rate):
    try:
        return update(w, rate)
    except StepTooLarge as error:
        raise ValueError("choose a smaller rate") from error


w = torch.ones(2, 3)
try:
    careful(w, 0.5)
    careful(w * 1.0, rate=3.0)
except ValueError:
    print(traceback.format_exc())

try:
    try:
        [1, 2][w.numel()]
    except IndexError:
        {"a": 1}["b" + str(int(w.sum()))]
except KeyError as error:
    print(traceback.format_exc())
    print(error.__context__.__class__.__name__, error.__cause__)

try:
    (lambda t: t.item() / 0)(w[0, 0] + 0)
except ZeroDivisionError:
    text = traceback.format_exc()
    print(text)
    print(len(text.splitlines()))
