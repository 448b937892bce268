"""`python -m datacanary` and the `datacanary` script."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the program."""
    try:
        from datacanary.cli.main import app  # noqa: PLC0415 -- importing this module runs nothing

        app()
    except KeyboardInterrupt:
        # So early that no command had begun: there is nothing to tell.
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
