"""A report again, from the contract's JSON object, which may come from anybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from datacanary.errors import RunError
from datacanary.model.run import Report
from datacanary.model.verdict import severity, worst
from datacanary.report.json import encode
from datacanary.version import __version__

MOST_BYTES = 64 * 1024 * 1024
"""Nothing larger is read."""
_DEEPEST = 60

_REPORT = TypeAdapter(Report)
_AGAIN = "Run `datacanary check --format json` again, with the version that reads it."

Object = dict[str, object]
T = TypeVar("T")


def read_report(content: bytes, name: str) -> Report:
    """Read what `render` wrote, and refuse everything else: the report must come out again as the very same object.

    `name` is what the file is called in messages. Values of cells are read, but none of them counts as allowed.
    Raises RunError for a result that is too large, is not JSON, is of another version or was edited.
    """
    if len(content) > MOST_BYTES:
        limit = MOST_BYTES // 2**20
        raise RunError(f"The result {name} is larger than {limit} MiB.", hint="Check fewer tables at once: --select.")
    document = _parsed(content, name)
    version = _member(_member(document, "tool"), "version")
    if version != __version__:
        theirs = version if isinstance(version, str) and version.replace(".", "").isalnum() else "unknown"
        raise RunError(
            f"The result {name} is from another version of datacanary ({theirs[:20]}).",
            hint=f"This is {__version__}: use one version in both jobs.",
        )
    try:
        report = _REPORT.validate_json(json.dumps(_report(document)), strict=True)
        same = encode(report) == document
    except (ValidationError, KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise _edited(name) from error
    if not (same and _adds_up(report)):
        raise _edited(name)
    return report


def _parsed(content: bytes, name: str) -> Object:
    try:
        document: object = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise RunError(f"The result {name} cannot be read as JSON.", hint=_AGAIN) from error
    if not isinstance(document, dict) or _depth(document) > _DEEPEST:
        raise _edited(name)
    return document


def _refuse(word: str) -> object:
    raise ValueError(word)


def _depth(value: object) -> int:
    """Return how deep a value is nested, without going deeper than there is sense in."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        inner = [list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))]
        level = [one for many in inner for one in many]
        depth += 1
    return depth


def _edited(name: str) -> RunError:
    return RunError(f"The result {name} is damaged or was edited.", hint=_AGAIN)


def _adds_up(report: Report) -> bool:
    """Tell whether statuses follow from checks and rows add up: what an editing hand forgets."""
    judged = worst(check.status for check in report.verdict.checks if not check.dry_run)
    if severity(report.verdict.status) < severity(judged):
        return False
    checks = report.verdict.by_table
    for table in report.tables:
        if table.status != worst(check.status for check in checks.get(table.name, ()) if not check.dry_run):
            return False
        rows, changed = table.diff.rows, table.diff.rows.changed or 0
        if rows.unchanged is None or rows.added is None or rows.removed is None:
            continue
        if (rows.base, rows.head) != (rows.removed + changed + rows.unchanged, rows.added + changed + rows.unchanged):
            return False
    return True


def _report(found: Object) -> Object:
    run, verdict = _object(found["run"]), _object(found["verdict"])
    return {
        "run_id": run["id"],
        "kind": run["kind"],
        "versions": {"base": run["base"], "head": run["head"]},
        "started_at": run["started_at"],
        "seconds": run["seconds"],
        "inputs": run["inputs"],
        "notes": run["notes"],
        "verdict": {**verdict, "checks": found["checks"]},
        "tables": _each(found["tables"], _table),
        "tool_version": _object(found["tool"])["version"],
    }


def _table(found: Object) -> Object:
    shared = ("name", "status", "effect", "paths", "inherited_from", "impact", "read_by")
    return {name: found[name] for name in shared} | {"diff": _diff(found)}


def _diff(found: Object) -> Object:
    shared = ("comparison", "reason", "key", "rows", "samples", "column_order_changed", "notes", "failed", "marks")
    attribution = found["attribution"]
    return {name: found[name] for name in (*shared, "noise", "fault")} | {
        "columns": _each(found["columns"], _column),
        "causes": _each(found["causes"], lambda one: {k: v for k, v in one.items() if k != "share"}),
        "attribution": None if attribution is None else _attribution(_object(attribution)),
    }


def _attribution(found: Object) -> Object:
    return {**found, "columns_own": list(_object(found["columns_own"]).items())}


def _column(found: Object) -> Object:
    told = _object(found["statistics"])
    base, head, distance = _object(told["base"]), _object(told["head"]), _object(told["distance"])
    return {name: value for name, value in found.items() if name != "statistics"} | {
        "nulls": {"base": base.get("nulls"), "head": head.get("nulls")},
        "statistics": {"base": _statistics(base), "head": _statistics(head)},
        # What is reckoned from the others is not kept.
        "distances": {k: v for k, v in distance.items() if k != "shape"} or None,
    }


_OTHER_NAMES: Mapping[str, str] = {"min": "minimum", "max": "maximum"}


def _statistics(found: Object) -> Object | None:
    if "rows" not in found:
        return None
    named: Object = {_OTHER_NAMES.get(name, name): value for name, value in found.items()}
    if "lengths" in found:
        lengths = _object(found["lengths"])
        named["lengths"] = {_OTHER_NAMES.get(name, name): value for name, value in lengths.items()}
    if "shapes" in found:
        named["shapes"] = _each(found["shapes"], lambda one: {"value": one["shape"], "count": one["count"]})
    return named


def _each(found: object, read: Callable[[Object], T]) -> list[T]:
    if not isinstance(found, list):
        raise TypeError
    return [read(_object(one)) for one in found]


def _object(found: object) -> Object:
    if not isinstance(found, dict):
        raise TypeError
    return found


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None
