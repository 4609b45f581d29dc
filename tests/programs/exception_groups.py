"""Chained exceptions, notes and groups with except*."""

import traceback

import torch


def check(name, value):
    if not torch.isfinite(value):
        error = ValueError(f"{name} is {value.item()}")
        error.add_note("look at the learning rate")
        raise error


def check_all(values):
    errors = []
    for name, value in values.items():
        try:
            check(name, value)
        except ValueError as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("bad values", errors)


zero = torch.tensor(0.0)
try:
    check_all({"a": 1 / zero, "b": zero + 1, "c": zero / zero})
except* ValueError as group:
    for error in group.exceptions:
        print(error, error.__notes__, error.__traceback__.tb_lineno)

try:
    try:
        raise KeyError("first")
    except KeyError:
        raise RuntimeError("second") from None
except RuntimeError as error:
    print(repr(error.__context__), error.__cause__, error.__suppress_context__)
    print(traceback.format_exc())
