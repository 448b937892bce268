"""Ours with statistics and causes, as the commands have them."""

from __future__ import annotations

from contender import Counts, Task, answer
from run_ours import VERSION, counts, limit

from datacanary import diff


def compare(task: Task) -> Counts:
    """Call datacanary.diff."""
    return counts(diff(task.base, task.head, key=task.key, statistics=True, **limit(task)))


if __name__ == "__main__":
    answer(compare, VERSION)
