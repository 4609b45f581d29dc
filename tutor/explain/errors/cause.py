"""What an explained error is made of."""

from __future__ import annotations

from typing import NamedTuple

from tutor.recording.recording import Recording


class Cause(NamedTuple):
    """Why something was raised, in the learner's names and lines."""

    step: int
    """The step that brought it about. The error itself where the statement that raised is what has to change."""
    line: int
    """Its line."""
    names: tuple[str, ...]
    """The names that the error is about, the one to look at first."""
    what: list[str]
    """What happened, in sentences."""
    fix: str
    """What is right here."""
    wrong_fix: str = ""
    """What is often tried and does not help; empty where there is no such thing."""

    @staticmethod
    def at(
        recording: Recording, step: int, names: tuple[str, ...], what: list[str], fix: str, wrong_fix: str = ""
    ) -> Cause:
        """A cause with the line of its step."""
        kept = tuple(dict.fromkeys(name for name in names if name))
        return Cause(step, recording.site(step).line, kept, [text for text in what if text], fix, wrong_fix)

    def paragraphs(self) -> list[str]:
        """It as the screens show it."""
        told = [" ".join(self.what), f"What helps: {self.fix}"]
        return [*told, f"What does not help: {self.wrong_fix}"] if self.wrong_fix else told
