"""One process, and what it took: CPU, time, memory, and its answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""ru_maxrss counts bytes on macOS, KiB elsewhere."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took, from its start to its end, with all processes that it started and waited for.

    `cpu` is user and system time, `cpu` and `wall` are in seconds, `rss` is in bytes: the largest of the processes.
    `answer` is the JSON that it printed; None if it failed, then `error` has its last words.
    """

    cpu: float
    wall: float
    rss: int
    answer: dict[str, Any] | None
    error: str = ""


def run(command: Sequence[str | Path]) -> Run:
    """Run a program in an empty folder and measure it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=folder)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        taken = (usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * RSS_UNIT)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            last = errors.read().strip().splitlines()[-1:] or ["no message"]
            return Run(*taken, answer=None, error=f"exit code {process.returncode}: {last[0]}")
        return Run(*taken, answer=json.loads(output.read()))


def tell(line: str) -> None:
    """Say how far the benchmark is, on stderr."""
    print(line, file=sys.stderr, flush=True)
