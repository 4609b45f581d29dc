"""Run the cells of lessons as Python would, and say what each line printed and what each cell raised.

Run as a script with ``[file, code cells]`` of each lesson as JSON on standard input, where a code cell is ``[number,
first line, last line]``. It knows nothing of the project, so that it can bear witness to what the lessons claim.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import torch


class Lines(io.TextIOBase):
    """Takes what is printed, by the line of the lesson that printed it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.printed: list[tuple[int, str]] = []

    def write(self, text: str) -> int:
        """Keep a text under the innermost line of the lesson."""
        frame = sys._getframe(1)
        while frame.f_code.co_filename != self.path and frame.f_back is not None:
            frame = frame.f_back
        self.printed.append((frame.f_lineno, text))
        return len(text)


def main() -> None:
    """Run each lesson in a fork of a process that has imported torch, and print what was seen of all."""
    seen = {}
    for path, cells in json.load(sys.stdin):
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            with os.fdopen(writing, "w", encoding="utf-8") as pipe:
                json.dump(run(path, cells), pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            seen[path] = json.load(pipe)
        os.waitpid(process, 0)
    json.dump(seen, sys.stdout)


def run(path: str, cells: list[list[int]]) -> dict[str, object]:
    """Run the cells one after the other in one namespace; an error ends its cell only."""
    torch.manual_seed(0)
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    namespace: dict[str, object] = {"__name__": "__main__", "__file__": path}
    raised: list[tuple[int, int, str]] = []
    sys.stdout = taken = Lines(path)
    for number, first, last in cells:
        code = compile("\n" * (first - 1) + "\n".join(lines[first - 1 : last]), path, "exec")
        try:
            exec(code, namespace)
        except Exception as error:
            traceback = error.__traceback__
            line = 0
            while traceback is not None:
                if traceback.tb_frame.f_code.co_filename == path:
                    line = traceback.tb_lineno
                traceback = traceback.tb_next
            raised.append((number, line, f"{type(error).__name__}: {error}"))
    return {"printed": taken.printed, "raised": raised}


if __name__ == "__main__":
    main()
