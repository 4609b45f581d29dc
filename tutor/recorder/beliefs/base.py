"""What every changed rule needs: whose call it is, and a function mode for calls that go to torch."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

from torch.overrides import TorchFunctionMode

from tutor.recorder.calls import THIN

_MODULES = "/torch/nn/modules/"
_STEPS = ("/torch/optim/optimizer.py", "/torch/optim/lr_scheduler.py", "/torch/utils/_contextlib.py")
_RECORDER = "/recorder/operations.py"


class Believed(NamedTuple):
    """The modes of a belief. ``over`` comes before the recorder, so what it calls is seen; ``under`` after it."""

    over: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
    under: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
    undo: Callable[[], object] = bool
    """Puts back what was changed in torch."""


class Frames:
    """Tells whose call it is, and keeps what was changed in torch so that it can be put back.

    Args:
        path: The program's file.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._thin: dict[tuple[str, bool], bool] = {}
        self._undoing: list[Callable[[], object]] = []

    def patch(self, owner: Any, name: str, value: Any) -> None:
        """Put something in the place of an attribute of a class of torch."""
        inherited = name not in vars(owner)
        original = getattr(owner, name)
        setattr(owner, name, value)
        self.undoing(lambda: delattr(owner, name) if inherited else setattr(owner, name, original))

    def undoing(self, undo: Callable[[], object]) -> None:
        """Remember how to put something back."""
        self._undoing.append(undo)

    def undo(self) -> None:
        """Put back everything that was changed."""
        while self._undoing:
            self._undoing.pop()()

    def written(self, frame: FrameType | None) -> bool:
        """Whether a frame is one of the program's own code."""
        return frame is not None and frame.f_code.co_filename == self.path

    def called(self, frame: FrameType | None, *, by_modules: bool = False) -> bool:
        """Whether a call comes from the program, with nothing but torch's thin wrappers between.

        Args:
            frame: The frame that called.
            by_modules: Let the layers of ``torch.nn`` count as thin: what they call, the program calls.
        """
        return self.program(frame, by_modules=by_modules) is not None

    def program(self, frame: FrameType | None, *, by_modules: bool = False) -> FrameType | None:
        """The frame of the program from which a call comes, None if it is torch's own."""
        while frame is not None and not self.written(frame):
            if not self._is_thin(frame.f_code.co_filename, by_modules):
                return None
            frame = frame.f_back
        return frame

    def stepped(self, frame: FrameType | None) -> bool:
        """Whether ``step()`` of an optimiser was called by the program, and not inside torch."""
        while frame is not None and frame.f_code.co_filename.replace("\\", "/").endswith(_STEPS):
            frame = frame.f_back
        return self.written(frame)

    def _is_thin(self, filename: str, by_modules: bool) -> bool:
        known = self._thin.get((filename, by_modules))
        if known is None:
            name = filename.replace("\\", "/")
            known = name.endswith((*THIN, _RECORDER)) or (by_modules and _MODULES in name)
            self._thin[filename, by_modules] = known
        return known


class ChangedCalls(TorchFunctionMode):
    """A function mode that lets some torch calls of the program do something else.

    Args:
        frames: Tells whose call it is.
        names: Names of the calls; none for all.
        by_modules: Whether what a layer of ``torch.nn`` calls for the program counts as called by it.
    """

    def __init__(self, frames: Frames, names: frozenset[str] = frozenset(), *, by_modules: bool = False) -> None:
        super().__init__()
        self.frames = frames
        self._names = names
        self._by_modules = by_modules

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Hand the program's own calls to ``call``, and all others on."""
        name = getattr(func, "__name__", "")
        if (not self._names or name in self._names) and name != "__get__" and name != "__set__":
            frame = sys._getframe(1)
            if self.frames.called(frame, by_modules=self._by_modules):
                return self.call(func, name, args, kwargs or {})
        return func(*args, **(kwargs or {}))

    def call(self, func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Do what is believed of a call, and give back its result."""
        raise NotImplementedError
