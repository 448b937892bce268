"""Printing: results on stdout, progress and errors on stderr."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from datacanary.errors import CanaryError, UsageError, Where
from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Where a command prints, and how."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    started: float = field(default_factory=time.perf_counter)

    @property
    def style(self) -> Style:
        """Colour and width for stdout: none in a pipe or in CI, where nothing is cut either."""
        return self._style(sys.stdout)

    def _style(self, stream: TextIO) -> Style:
        terminal = stream.isatty() and not self._in_ci
        plain = self.no_color or bool(self.environ.get("NO_COLOR")) or self.environ.get("TERM") == "dumb"
        width = shutil.get_terminal_size().columns if terminal else None
        return Style(colour=terminal and not plain, width=width)

    @property
    def _in_ci(self) -> bool:
        return self.environ.get("CI", "").lower() in {"1", "true", "yes"}

    def result(self, text: str) -> None:
        """Print a result; whoever reads us may have read enough."""
        try:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # What is still buffered must not make Python complain at exit, nor change the exit code.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def save(self, text: str, path: Path) -> None:
        """Write a result to a file, whole or not at all; UsageError if it cannot be written."""
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            temporary.write_text(f"{text}\n", "utf-8")
            temporary.replace(path)
        except OSError as error:
            problem = f"The report cannot be written: {error.strerror}."
            raise UsageError(problem, where=Where(str(path)), hint="Name a file in a folder that exists.") from error

    def tell(self, text: str) -> None:
        """Show progress with the time since the start: one line that is replaced, or plain lines where none can be."""
        if self.quiet:
            return
        line = f"{time.perf_counter() - self.started:6.1f} s  {for_terminal(text)}"
        style = self._style(sys.stderr)
        if self.replaces_lines and style.width is not None:
            sys.stderr.write(f"\r\x1b[2K{style.paint(line[: style.width - 1], 'dim')}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    @property
    def replaces_lines(self) -> bool:
        """Tell whether progress is one line that is replaced: on a terminal, unless --verbose keeps all of it."""
        return self._style(sys.stderr).width is not None and not self.verbose

    def settle(self) -> None:
        """Take the progress line away."""
        if not self.quiet and not self.verbose and self._style(sys.stderr).width is not None:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()

    def note(self, text: str) -> None:
        """Say on stderr what is worth knowing and keeps nothing from working."""
        if not self.quiet:
            self.settle()
            sys.stderr.write(f"note: {for_terminal(text)}\n")

    def detail(self, text: str) -> None:
        """Say what only --verbose wants to know."""
        if self.verbose:
            sys.stderr.write(f"{for_terminal(text)}\n")

    def error(self, error: CanaryError) -> None:
        """Say what is wrong, where, and what to do."""
        self.settle()
        style = self._style(sys.stderr)
        place = f"{for_terminal(str(error.where))}: " if error.where else ""
        sys.stderr.write(f"{style.paint('error', 'red', 'bold')}: {place}{for_terminal(error.problem)}\n")
        if error.hint:
            sys.stderr.write(f"{style.paint('hint', 'bold')}:  {for_terminal(error.hint)}\n")
