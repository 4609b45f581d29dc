"""Warnings turned into errors, for all and for one category; once-only warnings; stacklevel."""

import warnings

import torch


def helper():
    warnings.warn("from the caller's line", UserWarning, stacklevel=2)


x = torch.ones(2, requires_grad=True)
y = x * 2
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        y.grad
    except UserWarning as error:
        print(type(error).__name__, str(error)[:45], error.__traceback__.tb_lineno)
    try:
        torch.tensor(x)
    except UserWarning as error:
        print(str(error)[:45], error.__traceback__.tb_lineno)
    z = (x * x).sum()
    z.backward()
    print(x.grad, len(warnings.filters) > 0)
with warnings.catch_warnings(record=True) as caught:
    warnings.resetwarnings()
    warnings.filterwarnings("ignore", message=".*copy construct.*")
    warnings.filterwarnings("error", category=RuntimeWarning)
    torch.tensor(x)
    helper()
    try:
        warnings.warn("now an error", RuntimeWarning)
    except RuntimeWarning as error:
        print("raised", error)
print([(str(w.message), w.lineno) for w in caught])
