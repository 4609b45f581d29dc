"""``python -m tutor`` and the ``tutor`` command: the commands, and silence on Ctrl+C from the first moment on."""

import os
import signal
import sys

INTERRUPTED = 130
"""Exit code after Ctrl+C."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Nothing needs putting away before a command has begun, and an exception could get lost in an import.
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(INTERRUPTED))
    from tutor.cli import run_command_line

    sys.exit(run_command_line())


if __name__ == "__main__":
    main()
