"""A process and all that it starts, which end together."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from datacanary.errors import ProjectError

_NEW_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)

SECONDS_TO_END = 5.0
"""How long dbt has to cancel its queries before it is killed."""


def start(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, with nothing to read; ProjectError if it cannot be started."""
    try:
        # A Ctrl-C in the terminal is ours to pass on; of these two ways each system heeds its own.
        return subprocess.Popen(  # noqa: S603 -- the user's own program
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=_NEW_GROUP,
            start_new_session=True,
        )
    except OSError as error:
        raise ProjectError(
            f"{command[0]} could not be started: {error.strerror}.", hint="Try it: dbt --version."
        ) from error


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and all of its group: asked first, killed after `SECONDS_TO_END`."""
    try:
        _interrupt(process)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_END)
    finally:
        kill(process)
        process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a group."""
    if sys.platform == "win32":
        process.kill()
        return
    import os  # noqa: PLC0415 -- killpg is not everywhere

    # macOS denies it for a group whose processes have all ended.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
        return
    import os  # noqa: PLC0415 -- see kill

    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGINT)
