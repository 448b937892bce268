"""`python -m datacanary` and the `datacanary` script."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from contextlib import suppress


def run() -> None:
    """Run the program, and end the process with it.

    What ends is not taken apart: that takes a fifth of a second where large libraries were loaded, and helps nobody.
    """
    ended = _Ended()
    # What is registered first is done last: files are closed, and temporary ones gone, before.
    atexit.register(ended.leave)
    try:
        main()
        ended.code = 0
    except SystemExit as error:
        ended.code = error.code if isinstance(error.code, int) else int(error.code is not None)
        raise


def main() -> None:
    """Run the program."""
    try:
        from datacanary.cli.main import app  # noqa: PLC0415 -- importing this module runs nothing

        app()
    except KeyboardInterrupt:
        # So early that no command had begun: there is nothing to tell.
        sys.exit(128 + signal.SIGINT)


class _Ended:
    """How the program ended; 1 for an exception that nobody caught."""

    code = 1

    def leave(self) -> None:
        """End the process at once."""
        for stream in (sys.stdout, sys.stderr):
            # Whoever read it may have gone.
            with suppress(OSError, ValueError):
                if stream is not None:
                    stream.flush()
        os._exit(self.code)


if __name__ == "__main__":
    run()
