"""The one place where errors and signals become words and exit codes."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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
    except BrokenPipeError:
        # Whoever read us has read enough; Python must not complain at exit, either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except typer.Exit:
        raise
    except Exception as error:  # noqa: BLE001 -- the last handler: what comes here is a mistake of ours
        if console.verbose:
            traceback.print_exc()
        kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
        problem = f"datacanary itself failed ({kind}). Production is untouched."
        _told(console, CanaryError(problem, hint="Run it again with --verbose, and send us what it prints."))
    finally:
        signal.signal(signal.SIGTERM, previous)


def _told(console: Console, error: CanaryError) -> None:
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
