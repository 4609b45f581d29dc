"""Where everything seen in the child is written down: definitions once, then steps with their changes.

Changes are collected as they happen and leave with the next step, or join the last one (``amend``) when they belong
to it: the name that a result is bound to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import torch

from tutor.recording.format import VERSION, Flag, Frame, Kind
from tutor.recording.log import LogWriter

_is_grad_enabled = torch.is_grad_enabled
_is_inference = torch.is_inference_mode_enabled
_STEP = int(Frame.STEP)


class Journal:
    """Numbers and writes the steps of one run.

    Args:
        writer: The log.
        max_steps: After this many, ``on_limit`` is called with the reason; it must not return.
    """

    def __init__(self, writer: LogWriter, max_steps: int) -> None:
        self.count = 0
        """Number of the last step."""
        self.pending: list[Any] = []
        """Changes that no step holds yet."""
        self.freed: list[int] = []
        """Tensors gone since the last step."""
        self.opaque = False
        """Whether the next step is to say that something was not understood."""
        self.on_limit: Callable[[str], None] = _exit
        self._writer = writer
        self._max_steps = max_steps
        self._definitions: list[Any] = []
        self._last: list[Any] = []
        self._settled = 0
        self._ids: dict[Hashable, int] = {}

    def begin(self, header: dict[str, Any]) -> None:
        """Write the header."""
        self._writer.append([int(Frame.HEADER), VERSION, header])

    def define(self, frame: Frame, key: Hashable, items: list[Any]) -> int:
        """The id of a definition, written when it is new.

        Args:
            frame: SITE, META or NODE_KIND.
            key: What makes two definitions the same; unlike any other kind of frame's keys.
            items: What follows the id in the frame.
        """
        id = self._ids[key] = len(self._ids) + 1
        self._definitions.append([int(frame), id, *items])
        return id

    def known(self, key: Hashable) -> int | None:
        """The id of a definition made earlier under this key."""
        return self._ids.get(key)

    def step(self, kind: Kind, site: int, parent: int, detail: Any = None) -> int:
        """Write a step with all pending changes; its number."""
        changes = self.pending
        if self.freed:
            changes.append([3, self.freed])
            self.freed = []
        flags = 1 if _is_grad_enabled() else Flag.INFERENCE if _is_inference() else 0
        if self.opaque:
            flags |= Flag.OPAQUE
            self.opaque = False
        self._last = frame = [_STEP, int(kind), site, parent, flags, detail, changes]
        self.pending = []
        definitions = self._definitions
        if definitions:
            definitions.append(frame)
            self._writer.append(*definitions)
            self._definitions = []
        else:
            self._writer.append(frame)
        self.count += 1
        if self.count >= self._max_steps:
            self.on_limit(f"stopped after {self.count:,} steps (--max-steps)")
        return self.count

    def amend(self) -> None:
        """Let the last step hold the pending changes, unless it was settled: then the next one will."""
        if not self.pending or not self._last or self._settled == self.count:
            return
        if self.freed:
            self.pending.append([3, self.freed])
            self.freed = []
        self._last[6].extend(self.pending)
        self.pending = []
        self._definitions.append(self._last)
        self._writer.amend(*self._definitions)
        self._definitions = []

    def settle(self) -> None:
        """The last step is final: whoever reads along may have it at once."""
        if self._settled != self.count:
            self._settled = self.count
            self._writer.settle()

    def end(self, how: str, reason: str) -> None:
        """Write how it ended; nothing may follow.

        The last step keeps the state in which the program ended: what taking it down changes belongs to no step.
        """
        self._writer.append([int(Frame.END), how, reason])


def _exit(reason: str) -> None:
    raise SystemExit(reason)
