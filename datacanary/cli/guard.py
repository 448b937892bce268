"""The one place where errors and signals become words and exit codes."""

from __future__ import annotations

import errno
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import typer

from datacanary.cli.console import Console
from datacanary.errors import CanaryError, Interrupted

_STOPPED = "Production is untouched and the run is dropped. Should a run be killed: datacanary clean --expired"


@contextmanager
def guarded(console: Console) -> Iterator[None]:
    """Run a command; end with the exit code of the contract, and never with a traceback unless asked for."""
    _take_any_text()
    previous = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    except KeyboardInterrupt:
        _told(console, Interrupted("Interrupted.", signal_number=signal.SIGINT, hint=_STOPPED))
    except CanaryError as error:
        if console.verbose and error.__cause__ is not None:
            traceback.print_exception(error.__cause__)
        _told(console, error)
    except typer.Exit:
        raise
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            _failed(console, error)
        hint = "Free some space; `datacanary clean --all` drops what earlier runs left behind."
        _told(console, CanaryError("The disk is full. Production is untouched.", hint=hint))
    except Exception as error:  # noqa: BLE001 -- the last handler: what comes here is a mistake of ours
        _failed(console, error)
    finally:
        signal.signal(signal.SIGTERM, previous)


def _failed(console: Console, error: Exception) -> NoReturn:
    if console.verbose:
        traceback.print_exception(error)
    kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
    problem = f"datacanary itself failed ({kind}). Production is untouched."
    _told(console, CanaryError(problem, hint="Run it again with --verbose, and send us what it prints."))


def _told(console: Console, error: CanaryError) -> NoReturn:
    console.error(error)
    raise typer.Exit(error.exit_code)


def _terminated(number: int, _frame: FrameType | None) -> None:
    raise Interrupted("Terminated.", signal_number=number, hint=_STOPPED)


def _take_any_text() -> None:
    """Let a stream that cannot write a character write its escape: a report must not die of an em dash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
