"""Why a value or a ``.grad`` is what it is, in short sentences, from nothing but the recording.

Rules of the room: every number that is said can be computed from the recording; where something is not known, less is
said; no step is slow to tell, since one is told at every key press.
"""

from tutor.explain.explain import explain

__all__ = ["explain"]
