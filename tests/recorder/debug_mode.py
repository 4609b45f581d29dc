"""Runs programs under torch's own ``DebugMode`` and prints what it saw; started as a script, in a plain process.

``python debug_mode.py PROGRAM...`` prints a JSON object: for each program a list of [level, name], in order, where the
level is "function" for calls as the program or torch's Python code writes them and "native" for what runs below.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils._debug_mode import DebugMode


def name_of(function: Any) -> str:
    """The name of a call; of a tensor's attribute: ``get grad``, ``set grad``."""
    attribute = getattr(function, "__self__", None)
    if isinstance(attribute, types.GetSetDescriptorType):
        return ("set " if function.__name__ == "__set__" else "get ") + attribute.__name__
    return getattr(function, "__name__", None) or type(function).__name__


def calls_of(path: Path) -> list[list[str]]:
    """Level and name of each call of a program."""
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    module = types.ModuleType("__main__")
    module.__dict__["__file__"] = str(path)
    sys.modules["__main__"] = module
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)
    with contextlib.redirect_stdout(io.StringIO()), DebugMode(record_torchfunction=True, record_output=False) as mode:
        exec(code, module.__dict__)
    found = []
    for call in mode.operators:
        function = getattr(call, "op", None)
        if isinstance(function, torch._ops.OpOverload):
            found.append(["native", str(function)])
        elif function is not None:
            found.append(["function", name_of(function)])
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps({path: calls_of(Path(path)) for path in sys.argv[1:]}))
