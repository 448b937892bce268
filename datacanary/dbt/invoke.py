"""Runs the user's dbt, for a limited time."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, TypeAlias

from datacanary.dbt.environment import environment
from datacanary.dbt.events import Invocation, Listener, NodeEvent, OnEvent
from datacanary.dbt.process import kill, start, stop
from datacanary.errors import ProjectError

_SECONDS_BETWEEN_LOOKS = 0.1
_LAST_LOOKS = 10
_LINE_BYTES = 16 << 20
_SHOWN = 3

_Stream: TypeAlias = Literal["stdout", "stderr"]


@dataclass(frozen=True, slots=True)
class Call:
    """One start of dbt in `folder`; all that it says is added to the file `log`, which only this user can read.

    Whoever sets `stopped`, from another thread, ends it.
    """

    dbt: Path
    arguments: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]
    timeout_seconds: float
    log: Path
    stopped: threading.Event = field(default_factory=threading.Event)


def run(call: Call, on_event: OnEvent) -> Invocation:
    """Run dbt to its end and return what it came to, also if it fails; `on_event` hears of each node as it happens.

    ProjectError names the nodes that were running when the time was over. Then, and whenever anything is raised in the
    meantime (by Ctrl-C, too), dbt and all that it started are stopped first.
    """
    listener = Listener(on_event)
    with _private(call.log) as log:
        process = start([str(call.dbt), *call.arguments], call.folder, environment(call.environ))
        try:
            for stream, line in _heard(process, call):
                log.write(line if stream == "stdout" else b"stderr: " + line)
                text = line.decode(errors="replace").rstrip("\r\n")
                (listener.take if stream == "stdout" else listener.take_stderr)(text)
        except TimeoutError:
            stop(process)
            raise _too_long(call, listener.running.values()) from None
        except BaseException:
            stop(process)
            raise
        finally:
            kill(process)
    return listener.invocation(process.wait())


class StoppedError(Exception):
    """Somebody else failed, or was interrupted, so that this run of dbt is of no use any more."""


def _private(log: Path) -> IO[bytes]:
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _heard(process: subprocess.Popen[bytes], call: Call) -> Iterator[tuple[_Stream, bytes]]:
    """Yield the lines as they come, until the process has ended; TimeoutError if it does not in time."""
    deadline = time.monotonic() + call.timeout_seconds
    lines = queue.SimpleQueue[tuple[_Stream, bytes]]()
    # A thread each: a pipe that nobody reads would stop dbt in the middle of a sentence.
    readers = [
        threading.Thread(target=_read, args=(name, stream, lines), daemon=True)
        for name, stream in (("stdout", process.stdout), ("stderr", process.stderr))
    ]
    for reader in readers:
        reader.start()
    looks_since_end = 0
    # What dbt leaves running may hold a pipe for ever: it is not waited for.
    while looks_since_end < _LAST_LOOKS:
        running = process.poll() is None
        if running and time.monotonic() > deadline:
            raise TimeoutError
        if running and call.stopped.is_set():
            raise StoppedError
        complete = not any(reader.is_alive() for reader in readers)
        try:
            yield lines.get(timeout=_SECONDS_BETWEEN_LOOKS if running or not complete else 0)
        except queue.Empty:
            if complete and not running:
                return
            looks_since_end += not running


def _read(name: _Stream, stream: IO[bytes], lines: queue.SimpleQueue[tuple[_Stream, bytes]]) -> None:
    with stream:
        while line := stream.readline(_LINE_BYTES):
            lines.put((name, line))


def _too_long(call: Call, running: Collection[NodeEvent]) -> ProjectError:
    shown = [_place(event, call.folder) for event in list(running)[:_SHOWN]]
    more = f" and {len(running) - _SHOWN} more" if len(running) > _SHOWN else ""
    at_work = f": {', '.join(shown)}{more} {'was' if len(running) == 1 else 'were'} running" if shown else ""
    return ProjectError(
        f"dbt {call.arguments[0]} took longer than {call.timeout_seconds:g} s{at_work}.",
        hint="Give it more time: project.dbt.timeout in the config.",
    )


def _place(event: NodeEvent, project: Path) -> str:
    # dbt tells the path below models/, seeds/ or whatever these are called here.
    folders = sorted(folder.name for folder in project.iterdir() if (folder / event.path).is_file())
    path = f"{folders[0]}/{event.path}" if event.path and len(folders) == 1 else event.path
    return f"{event.name} ({path})" if path else event.name
