"""The one sentence about a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from datacanary.model.verdict import DBT_TEST, Check, Status, Subject, nothing_changed, worst
from datacanary.model.words import count

# A sentence about rows tells more than one about cells.
_FIRST = frozenset({"rows_removed", "rows_added", "values_changed", "table_removed", "compared"})
_WOULD: dict[Status, str] = {"warn": "warn", "inconclusive": "be inconclusive", "fail": "fail"}


def summary(status: Status, checks: Sequence[Check], subjects: Sequence[Subject]) -> str:
    """Say what decided the verdict, and what a dry run would have said."""
    if not checks:
        return nothing_changed(subject.planned for subject in subjects)
    return f"{_decisive(status, checks, subjects)}{_dry(checks)}"


def _decisive(status: Status, checks: Sequence[Check], subjects: Sequence[Subject]) -> str:
    compared = [subject for subject in subjects if subject.diff.comparison in {"keyed", "keyless"}]
    if status == "pass":
        return f"{_unlike(checks)} in {count(len(compared), 'compared table')}"
    worst_checks = [check for check in checks if check.status == status and not check.dry_run]
    changed = {subject.planned.name for subject in subjects if subject.planned.effect != "inherited"}
    first = max(worst_checks, key=lambda check: (check.table in changed, check.check in _FIRST, check.value or 0))
    more = len(worst_checks) - 1
    rest = f"; and {count(more, 'more finding')} like it" if more else ""
    name = f"{first.table}: " if first.table and not first.message.startswith(first.table) else ""
    return f"{name}{first.message}{rest}"


def _unlike(checks: Sequence[Check]) -> str:
    """Say what is different although nothing breaks a limit."""
    if any(check.value for check in checks if check.check != DBT_TEST):
        return "differences within the limits"
    words = {"column_added": "added", "column_removed": "removed", "type_changed": "of another type"}
    found = {word: sum(one.check == check for one in checks) for check, word in words.items()}
    told = ", ".join(f"{count(number, 'column')} {word}" for word, number in found.items() if number)
    return f"no row differs, {told}" if told else "no difference"


def _dry(checks: Sequence[Check]) -> str:
    """Say what the worst of the checks that do not count would have been."""
    status = worst(check.status for check in checks if check.dry_run)
    alike = sum(check.dry_run and check.status == status for check in checks)
    return "" if status == "pass" else f"; {count(alike, 'dry-run check')} would {_WOULD[status]}"
