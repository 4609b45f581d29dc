"""Editing a program's text at the places of its syntax tree, so that every line keeps its number."""

from __future__ import annotations

import ast


class Edits:
    """Replacements in a text.

    Args:
        text: The text that the positions of the tree speak of.
    """

    def __init__(self, text: str) -> None:
        self._lines = [line.encode() for line in text.split("\n")]
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._whole = b"\n".join(self._lines)
        self._found: list[tuple[int, int, bytes]] = []

    def start(self, node: ast.stmt | ast.expr) -> int:
        """Offset in bytes at which a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr) -> int:
        """Offset in bytes at which a node ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def between(self, start: int, end: int) -> str:
        """The text between two offsets."""
        return self._whole[start:end].decode()

    def source(self, node: ast.stmt | ast.expr) -> str:
        """The text of a node."""
        return self.between(self.start(node), self.end(node))

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of what stands between two offsets. It has as many lines as that."""
        assert self._whole[start:end].count(b"\n") == text.count("\n")
        self._found.append((start, end, text.encode()))

    def drop(self, node: ast.stmt) -> None:
        """Put a statement that does nothing in the place of a simple one."""
        lines = (node.end_lineno or node.lineno) - node.lineno
        self.replace(self.start(node), self.end(node), f"({chr(10) * lines})" if lines else "pass")

    @property
    def text(self) -> str | None:
        """The edited text, None if nothing was replaced."""
        if not self._found:
            return None
        whole = self._whole
        for start, end, text in sorted(self._found, reverse=True):
            whole = whole[:start] + text + whole[end:]
        return whole.decode()
