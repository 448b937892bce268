"""The one place where errors and signals become words and exit codes."""

from __future__ import annotations

import errno
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

import typer

from datacanary.cli.console import Console
from datacanary.errors import CanaryError, Interrupted

_STOPPED = "Production is untouched, and a check leaves nothing behind. If one was killed: datacanary clean --expired"


@contextmanager
def guarded(console: Console) -> Iterator[None]:
    """Run a command; end with the exit code of the contract, and never with a traceback unless asked for."""
    _take_any_text()
    signals = _Signals()
    signals.watch()
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
        if signals.received is not None:
            # DuckDB, when it is stopped by a signal in the main thread, raises an error of its own instead.
            _told(console, signals.received)
        _failed(console, error)
    finally:
        signals.forget()


def _failed(console: Console, error: Exception) -> NoReturn:
    if console.verbose:
        traceback.print_exception(error)
    kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
    problem = f"datacanary itself failed ({kind}). Production is untouched."
    _told(console, CanaryError(problem, hint="Run it again with --verbose, and send us what it prints."))


def _told(console: Console, error: CanaryError) -> NoReturn:
    console.error(error)
    raise typer.Exit(error.exit_code)


class _Signals:
    """Turns signals into exceptions, and remembers them: not everybody lets an exception pass."""

    def __init__(self) -> None:
        self.received: Interrupted | None = None
        self._previous: dict[int, Any] = {}

    def watch(self) -> None:
        for number, handler in ((signal.SIGTERM, self._terminated), (signal.SIGINT, self._interrupted)):
            # Who starts a program in the background has it ignore Ctrl-C.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._previous[number] = signal.signal(number, handler)

    def forget(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _terminated(self, number: int, _frame: FrameType | None) -> None:
        self.received = Interrupted("Terminated.", signal_number=number, hint=_STOPPED)
        raise self.received

    def _interrupted(self, number: int, _frame: FrameType | None) -> None:
        self.received = Interrupted("Interrupted.", signal_number=number, hint=_STOPPED)
        raise KeyboardInterrupt


def _take_any_text() -> None:
    """Let a stream that cannot write a character write its escape: a report must not die of an em dash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
