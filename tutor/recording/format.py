"""The words of the recording's language: frames, kinds of step, kinds of change.

A recording is a log of frames. A frame is a length (unsigned, 32 bits, little-endian) and that many bytes of
MessagePack: an array whose first item says which frame it is. Each table below says what follows that first item.
The child process writes frames, everybody else reads them; ``VERSION`` goes up when an old reader could not.

Ids. Tensors and storages are numbered from 1 in order of appearance; storage 0 is memory that is not known. Nodes
have higher numbers the later they were made. The changes of a step stand in the order in which they happened: a
function that opened or closed before the step's own work comes first, one that closed after it comes last.

References. Wherever a value stands (an input, a result, what a name is bound to), an integer is the id of a
tensor and an array is a plain value: ``[type name, value]`` or, for what has no plain value, ``[type name,
null, text]``. What a name is bound to is, for an optimiser, ``[type name, ids, text]``: for each of its groups the
ids of the tensors that it updates. A numpy array is ``["ndarray", null, text, [dtype, shape, content]]``; a list or
tuple with tensors in it, as an argument or a result, is ``["list", null, text, [reference, ...]]``. The content of
a tensor or array is its bytes (row by row, little-endian) up to ``WHOLE_LIMIT`` elements, a map (the summary)
above, or null where it cannot be read.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

MAGIC: Final = b"tutor-recording\n"
"""The first bytes of every recording file."""

VERSION: Final = 1
"""Version of the format that this code writes, and the newest that it reads."""

WHOLE_LIMIT: Final = 1000
"""Tensors and arrays of at most this many elements are recorded whole; larger ones as a summary."""


class Frame(IntEnum):
    """What a frame holds, and (below each) the items that follow."""

    HEADER = 0
    """version, map: torch, python, program, title, source, cells, seed, started."""

    SITE = 1
    """id, line, end_line, column, end_column, source, function or null, name."""

    META = 2
    """id, type name, dtype, shape, device, requires_grad, is_leaf, retains_grad."""

    NODE_KIND = 3
    """id, name of the node (``MulBackward0``), names of what it saved."""

    STEP = 4
    """kind, site id, parent step or 0, flags, detail or null, changes."""

    END = 5
    """how ("finished", "raised", "stopped"), reason."""

    BLOCK = 6
    """Compressed bytes of many frames; only in saved files."""

    AMEND = 7
    """more changes of the last step, and true when it has no others (may be left out). Definitions may stand between
    the step and this. A step that another follows has no others either."""


class Kind(IntEnum):
    """What a step is, and (below each) its detail."""

    STATEMENT = 0
    """null"""

    OPERATION = 1
    """inputs, result reference or null, options map or null; what is null at the end may be left out"""

    CALL = 2
    """null"""

    INNER = 3
    """as for an operation"""

    NODE = 4
    """node id, incoming gradients, outgoing gradients; a gradient is [meta id, content] or null"""

    ACCUMULATE = 5
    """tensor id, before or null, contribution, after, taken over (each a gradient as in a node)"""

    OUTPUT = 6
    """stream ("stdout" or "stderr"), text"""

    WARNING = 7
    """text, category"""

    ERROR = 8
    """text, type of the exception, whole traceback as text"""

    @property
    def word(self) -> str:
        """The kind as the commands print it: ``operation``."""
        return self.name.lower()


class Flag(IntEnum):
    """Bits of a step's flags."""

    GRAD_ENABLED = 1
    INFERENCE = 2
    OPAQUE = 4
    """Something here was not understood by the recorder; what is shown may be incomplete."""


class Change(IntEnum):
    """What a step changed, and (below each) the items that follow."""

    TENSOR = 0
    """id, meta id, version, storage id, node id or null, id of ``.grad`` or null, content"""

    BIND = 1
    """scope id, path, reference"""

    UNBIND = 2
    """scope id, path; paths below it (``model.weight`` below ``model``) go with it"""

    FREED = 3
    """tensor ids whose Python objects are gone"""

    NODE = 4
    """id, kind id, edges, saved references. An edge is null, [node id, input number] or [-1, id of a leaf].
    A saved tensor is [-1, tensor id, version when saved]; a saved plain value is a reference."""

    RELEASED = 5
    """node ids whose saved tensors were freed"""

    OPEN = 6
    """scope id, function name, line of the call"""

    CLOSE = 7
    """scope id"""

    TURN = 8
    """scope id, line of the loop, turn from 1; 0 when the loop is left"""

    GRAD = 9
    """tensor id, id of its ``.grad`` or null"""
