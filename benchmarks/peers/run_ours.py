"""Ours, as a Python user calls it."""

from __future__ import annotations

from typing import Any

from contender import Counts, Task, answer

from datacanary import __version__, diff


def compare(task: Task) -> Counts:
    """Call datacanary.diff."""
    limit: dict[str, Any] = {} if task.memory_limit is None else {"memory_limit": task.memory_limit}
    result = diff(task.base, task.head, key=task.key, **limit)
    rows = result.rows
    return Counts(
        removed=rows.removed or 0,
        added=rows.added or 0,
        changed=rows.changed or 0,
        cells={name: column.changed or 0 for name, column in result.columns.items()},
        samples=len(result.samples),
    )


if __name__ == "__main__":
    answer(compare, f"datacanary {__version__}")
