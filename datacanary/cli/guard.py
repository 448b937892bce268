"""The one place where errors and signals become words and exit codes."""

from __future__ import annotations

import errno
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import typer

from datacanary.cli.console import Console
from datacanary.errors import CanaryError, Interrupted, OwnMistake

_STOPPED = "Production is untouched, and a check leaves nothing behind. If one was killed: datacanary clean --expired"


@contextmanager
def guarded(console: Console) -> Iterator[None]:
    """Run a command; end with the exit code of the contract, and never with a traceback unless asked for."""
    _take_any_text()
    signals = _Signals()
    signals.watch()
    try:
        yield
    except typer.Exit:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- the last handler: all that ends a command is told
        cause = error.__cause__ if isinstance(error, CanaryError) else error
        if console.verbose and isinstance(cause, Exception):
            traceback.print_exception(cause)
        told = _in_words(error, signals.received)
        console.error(told)
        raise typer.Exit(told.exit_code) from None
    finally:
        signals.forget()


def _in_words(error: Exception | KeyboardInterrupt, received: Interrupted | None) -> CanaryError:
    """Say what ended a command; `received` is the signal that came, if one did."""
    if isinstance(error, KeyboardInterrupt):
        return Interrupted("Interrupted.", signal_number=signal.SIGINT, hint=_STOPPED)
    if isinstance(error, CanaryError) and not isinstance(error, OwnMistake):
        return error
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        hint = "Free some space; `datacanary clean --all` drops what earlier runs left behind."
        return CanaryError("The disk is full. Production is untouched.", hint=hint)
    if received is not None:
        # DuckDB, when it is stopped by a signal in the main thread, raises an error of its own instead.
        hint = error.hint if isinstance(error, OwnMistake) else _STOPPED
        return Interrupted(received.problem, signal_number=received.exit_code - 128, hint=hint)
    return error if isinstance(error, OwnMistake) else _mistake(error)


def _mistake(error: Exception) -> OwnMistake:
    kind = f"{type(error).__module__}.{type(error).__name__}".removeprefix("builtins.")
    problem = f"datacanary itself failed ({kind}). Production is untouched."
    return OwnMistake(problem, hint="Run it again with --verbose, and send us what it prints.")


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
