"""A program in a terminal of its own: keys go in, what it draws comes out, with the time of each piece."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tutor.progress.store import Store

COLUMNS, ROWS = 120, 36

_ESCAPES = re.compile(
    r"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_].*?\x1b\\|\x1b.", re.DOTALL
)


class Terminal:
    """Starts a command in a new terminal; used as a context manager, which ends it.

    Args:
        command: What to start.
        folder: Where.
        settings: What somebody has set; nothing if not given.
    """

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, object] | None = None) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {
            name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")
        }
        environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(folder)}
        # Somebody who has set and done nothing, whoever measures.
        self._nobody = tempfile.TemporaryDirectory()
        environment |= {name: str(Path(self._nobody.name) / name) for name in ("TUTOR_DATA", "TUTOR_CONFIG")}
        if settings:
            with contextlib.closing(Store.open(Path(environment["TUTOR_DATA"]))) as store:
                for key, value in settings.items():
                    store.keep_setting(key, value)
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self._drawn = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)
        self._nobody.cleanup()

    def wait_for(self, pattern: str, timeout: float = 30.0) -> float:
        """When text that fits the pattern was drawn since the last key, in seconds of ``perf_counter``.

        Raises:
            TimeoutError: it was not; the text says what was.
        """
        end = time.perf_counter() + timeout
        while not re.search(pattern, self.text):
            if self._read(end - time.perf_counter()) is None:
                raise TimeoutError(f"{pattern!r} was not drawn, but: {' '.join(self.text.split())[-300:]!r}")
        return time.perf_counter()

    def wait_until_quiet(self, seconds: float, timeout: float = 30.0) -> float:
        """When the last piece was drawn, after which nothing was for so long."""
        last = time.perf_counter()
        end = last + timeout
        while time.perf_counter() < end:
            if self._read(seconds) is None:
                return last
            last = time.perf_counter()
        raise TimeoutError("it never stopped drawing")

    def press(self, key: str) -> float:
        """Press a key and forget what was drawn before; when that was."""
        self._drawn = ""
        os.write(self._master, key.encode())
        return time.perf_counter()

    def wait_for_drawing(self, timeout: float = 5.0) -> None:
        """Wait until something is drawn.

        Raises:
            TimeoutError: nothing was.
        """
        if self._read(timeout) is None:
            raise TimeoutError("nothing was drawn after a key")

    @property
    def text(self) -> str:
        """What was drawn since the last key, without escape sequences."""
        return _ESCAPES.sub("", self._drawn)

    def _read(self, seconds: float) -> str | None:
        ready, _, _ = select.select([self._master], [], [], max(0.0, seconds))
        if not ready:
            return None
        try:
            piece = os.read(self._master, 1 << 16).decode("utf-8", "replace")
        except OSError:
            return None
        self._drawn += piece
        return piece
