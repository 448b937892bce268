"""Ours, as a Python user calls it."""

from __future__ import annotations

from typing import Any

from contender import Counts, Task, answer

from datacanary import __version__, diff
from datacanary.tablediff.result import DiffResult

VERSION = f"datacanary {__version__}"


def compare(task: Task) -> Counts:
    """Call datacanary.diff."""
    return counts(diff(task.base, task.head, key=task.key, **limit(task)))


def limit(task: Task) -> dict[str, Any]:
    """Pass the memory on that the task allows, if it says so."""
    return {} if task.memory_limit is None else {"memory_limit": task.memory_limit}


def counts(result: DiffResult) -> Counts:
    """Put the result into the benchmark's words."""
    rows = result.rows
    return Counts(
        removed=rows.removed or 0,
        added=rows.added or 0,
        changed=rows.changed or 0,
        cells={name: column.changed or 0 for name, column in result.columns.items()},
        samples=len(result.samples),
    )


if __name__ == "__main__":
    answer(compare, VERSION)
