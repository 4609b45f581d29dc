"""Run a lesson's cells as Python would, and say what each line printed and what each cell raised.

Run as a script: ``python run_cells.py FILE`` with the code cells, ``[number, first line, last line]``, as JSON on
standard input. It knows nothing of the project, so that it can bear witness to what the lessons claim.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path


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
    """Run the cells one after the other in one namespace; an error ends its cell only."""
    path = sys.argv[1]
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    namespace: dict[str, object] = {"__name__": "__main__", "__file__": path}
    raised: list[tuple[int, int, str]] = []
    output, sys.stdout = sys.stdout, Lines(path)
    for number, first, last in json.load(sys.stdin):
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
    printed, sys.stdout = sys.stdout.printed, output
    json.dump({"printed": printed, "raised": raised}, sys.stdout)


if __name__ == "__main__":
    main()
