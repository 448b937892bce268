"""Runs of the program without the second that each start needs to import it: forks of a process that has done so.

A run is a process of its own, with its own environment, folder, standard streams and end, as if it were started anew.
Whatever is about starting, signals or time to import starts the program itself: `Place.start`.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NoReturn, TypeAlias

Ended: TypeAlias = tuple[int, str, str]
"""An exit code, stdout and stderr."""


class Preloaded:
    """One process that waits with everything imported, made when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, commands: Sequence[Sequence[str]], folder: Path, environment: Mapping[str, str], seconds: int
    ) -> list[Ended]:
        """Run the program with each of these arguments, all at the same time; TimeoutExpired after so many seconds.

        Arguments with a `--` are those of `crashing.py`.
        """
        with ExitStack() as opened:
            streams = [[opened.enter_context(tempfile.TemporaryFile("w+")) for _ in range(2)] for _ in commands]
            # The waiting process opens the streams by where they are open here.
            asked = [
                {
                    "arguments": list(arguments),
                    "folder": str(folder),
                    "environ": dict(environment),
                    "streams": [f"/proc/{os.getpid()}/fd/{stream.fileno()}" for stream in pair],
                    "seconds": seconds,
                }
                for arguments, pair in zip(commands, streams, strict=True)
            ]
            codes = self._forked(asked)
            for arguments, code in zip(commands, codes, strict=True):
                if code is None:
                    raise subprocess.TimeoutExpired(list(arguments), seconds)
            ends = [code for code in codes if code is not None]
            return [(code, _whole(out), _whole(error)) for code, (out, error) in zip(ends, streams, strict=True)]

    def _forked(self, asked: list[dict[str, object]]) -> list[int | None]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            self._process = None
            raise RuntimeError("the process that runs are forked from has died")
        codes: list[int | None] = json.loads(answer)
        return codes

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            quiet = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                env=quiet,
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


def _whole(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()


PRELOADED = Preloaded()
"""The one of this test process; it ends with its standard input."""


def _import_everything() -> None:
    package = importlib.import_module("datacanary")
    for found in pkgutil.walk_packages(package.__path__, "datacanary."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def _become(asked: dict[str, object]) -> None:
    """Make this fork what a fresh start would be."""
    streams, environ = asked["streams"], asked["environ"]
    assert isinstance(streams, list)
    assert isinstance(environ, dict)
    for number, place in enumerate((os.devnull, *streams)):
        opened = os.open(place, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(str(asked["folder"]))
    sys.argv = ["datacanary", *map(str, asked["arguments"])]  # type: ignore[call-overload]


def _exit_code(child: int, seconds: float) -> int | None:
    """Wait for a fork; None, and an end to it, if that takes too long."""
    watcher = os.pidfd_open(child)
    ended = select.select([watcher], [], [], seconds)[0]
    os.close(watcher)
    if not ended:
        os.kill(child, 9)
        os.waitpid(child, 0)
        return None
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _wait_for_work() -> None:
    """Fork the runs of each line; only forks return."""
    _import_everything()
    # What is there now is not looked at again in every fork.
    gc.freeze()
    for line in sys.stdin:
        children = []
        for asked in json.loads(line):
            child = os.fork()
            if child == 0:
                _become(asked)
                return
            children.append((child, asked["seconds"]))
        sys.stdout.write(f"{json.dumps([_exit_code(*one) for one in children])}\n")
        sys.stdout.flush()
    os._exit(0)


def _run() -> None:
    """Run what this fork was made for."""
    if "--" in sys.argv:
        import crashing  # noqa: PLC0415 -- few runs are to crash

        crashing.main()
    from datacanary.__main__ import main  # noqa: PLC0415 -- it has been imported before the fork

    main()


def _end(error: SystemExit | None) -> NoReturn:
    """End as an interpreter does, but leave it to the system to take the modules apart: that takes half a second."""
    code = error.code if error is not None else 0
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 -- there is no other name for it
    atexit._run_exitfuncs()  # noqa: SLF001 -- nor for this
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    _wait_for_work()
    try:
        _run()
    except SystemExit as ended:
        _end(ended)
    _end(None)
