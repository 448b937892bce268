"""What every contender is asked, and how it answers; plain Python, for it runs in the environment of each of them."""

from __future__ import annotations

import argparse
import json
import resource
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Task:
    """Two tables to compare: Parquet files, folders of them, or `duckdb:///file#schema.table`; memory in bytes."""

    base: str
    head: str
    key: tuple[str, ...]
    memory_limit: int | None

    @property
    def files(self) -> tuple[str, str]:
        """The Parquet files of base and head: a path or a glob."""
        return globbed(self.base), globbed(self.head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How the tables differ: rows by outcome, changed cells by column, and how many example rows came with them."""

    removed: int
    added: int
    changed: int
    cells: Mapping[str, int]
    samples: int


def globbed(path: str) -> str:
    """Name the files of a folder."""
    return f"{path}/*.parquet" if Path(path).is_dir() else path


def cpu_seconds() -> float:
    """User and system time of this process and of those it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def answer(compare: Callable[[Task], Counts | None], version: str) -> None:
    """Compare what the command line names, and print the counts, the version, and the CPU seconds before it began."""
    before = cpu_seconds()
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("head")
    parser.add_argument("--key", action="append", required=True)
    parser.add_argument("--memory-limit", type=int)
    asked = parser.parse_args()
    counts = compare(Task(asked.base, asked.head, tuple(asked.key), asked.memory_limit))
    told = None if counts is None else {**asdict(counts), "cells": {k: n for k, n in counts.cells.items() if n}}
    print(json.dumps({"version": version, "before": before, "counts": told}))
