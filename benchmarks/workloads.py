"""What is compared: five workloads, and where their files are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from processes import tell

GENERATION = 1
"""Raised whenever generate.py makes other data: files of an older generation are made anew."""

PART = 10_000_000
"""Rows per Parquet file; a table with more is a folder of files, so that making it needs no more memory."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A pair of tables; `rows` is the size at which the goals hold."""

    name: str
    key: tuple[str, ...]
    rows: int
    about: str


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("W1", ("id",), 10_000_000, "same order, 0.1 % of the rows changed, 0.01 % added, 0.01 % removed"),
        Workload("W2", ("id",), 10_000_000, "W1, but head is shuffled"),
        Workload("W3", ("k1", "k2"), 5_000_000, "30 columns, key of two texts, 5 % of the rows changed in one column"),
        Workload("W4", ("id",), 10_000_000, "equal"),
        Workload("W5", ("id",), 10_000_000, "equal, but head is shuffled"),
    )
}


@dataclass(frozen=True, slots=True)
class Dataset:
    """The files of a workload in one size; they are made when they are first asked for."""

    workload: Workload
    rows: int
    data: Path

    @property
    def label(self) -> str:
        """What the tables call it: `W1 10M`."""
        return f"{self.workload.name} {rows_text(self.rows)}"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.data / f"{self.workload.name}-{rows_text(self.rows)}"

    def side(self, side: str) -> Path:
        """Name the Parquet file of base or head, or the folder of its parts."""
        return self.folder / (f"{side}.parquet" if self.rows <= PART else side)

    @property
    def database(self) -> Path:
        """The DuckDB file with the tables base and head."""
        return self.folder / "tables.duckdb"

    def decoded_bytes(self) -> int:
        """Tell how large both sides are in memory, as Polars frames."""
        return int(json.loads((self.folder / "about.json").read_text("utf-8"))["decoded_bytes"])

    def prepare(self, *, tables: bool) -> None:
        """Make what is missing, by generate.py in a process of its own: this one stays small."""
        about = self.folder / "about.json"
        if not about.exists() or json.loads(about.read_text("utf-8"))["generation"] != GENERATION:
            tell(f"making {self.label}")
            shutil.rmtree(self.folder, ignore_errors=True)
            in_one_step(self.folder, partial(generate, self, "parquet"))
        if tables and not self.database.exists():
            tell(f"making {self.label} as DuckDB tables")
            in_one_step(self.database, partial(generate, self, "tables"))


def in_one_step(target: Path, make: Callable[[Path], None]) -> None:
    """Let `make` fill a neighbour and rename it: what stops halfway leaves nothing that looks finished."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="unfinished-") as unfinished:
        made = Path(unfinished) / target.name
        make(made)
        made.rename(target)


def generate(dataset: Dataset, what: str, made: Path) -> None:
    """Run generate.py."""
    script = Path(__file__).with_name("generate.py")
    subprocess.run(
        [sys.executable, script, what, dataset.workload.name, str(dataset.rows), dataset.data, made], check=True
    )


def rows_text(rows: int) -> str:
    """Write a number of rows shortly.

    >>> rows_text(10_000_000), rows_text(200_000), rows_text(1_234)
    ('10M', '200k', '1234')
    """
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if rows % size == 0:
            return f"{rows // size}{letter}"
    return str(rows)
