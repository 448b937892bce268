"""Holds a DuckDB file open in another process, as somebody else at work would."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

_SCRIPT = """\
import duckdb, sys
held = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print("open", flush=True)
input()
"""


@contextmanager
def held_open(file: Path, how: Literal["write", "read"] = "write") -> Iterator[int]:
    """Hold a file open, to "write" or to "read", and give the id of the process that does."""
    with subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(file), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process.pid
        process.communicate("\n")
