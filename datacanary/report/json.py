"""The result as the contract's JSON object."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping, Sequence

from datacanary.model.basic import Pair
from datacanary.model.run import Report, TableReport
from datacanary.model.statistics import Cell
from datacanary.model.tablediff import ColumnDiff, SampleRow
from datacanary.model.verdict import Check

SCHEMA_VERSION = "1.0"

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def render(report: Report) -> str:
    """Write a report as JSON; numbers are numbers, rates are fractions of 1, times are UTC."""
    return json.dumps(encode(report), ensure_ascii=False, indent=2, allow_nan=False)


def schema() -> str:
    """Return the JSON Schema of the result."""
    return importlib.resources.files("datacanary.report").joinpath("result.schema.json").read_text("utf-8")


def encode(report: Report) -> dict[str, Json]:
    """Turn a report into the contract's object."""
    versions = report.versions
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "datacanary", "version": report.tool_version},
        "run": {
            "id": report.run_id,
            "kind": report.kind,
            "base": {"ref": versions.base.ref, "sha": versions.base.sha},
            "head": {"ref": versions.head.ref, "sha": versions.head.sha, "dirty": versions.head.dirty},
            "started_at": report.started_at,
            "seconds": round(report.seconds, 3),
            "inputs": {"pinned": report.inputs.pinned, "how": report.inputs.how},
            "notes": list(report.notes),
        },
        "verdict": {"status": report.verdict.status, "summary": report.verdict.summary},
        "checks": [_check(check) for check in report.verdict.checks],
        "tables": [_table(table) for table in report.tables],
    }


def _check(check: Check) -> dict[str, Json]:
    return {
        "table": check.table,
        "column": check.column,
        "check": check.check,
        "status": check.status,
        "value": check.value,
        "limit": check.limit,
        "limit_origin": check.limit_origin,
        "estimated": check.estimated,
        "message": check.message,
    }


def _table(table: TableReport) -> dict[str, Json]:
    diff = table.diff
    return {
        "name": table.name,
        "status": table.status,
        "effect": table.effect,
        "paths": _sides(table.paths),
        "comparison": diff.comparison,
        "reason": diff.reason,
        "failed": diff.failed,
        "key": {
            "columns": list(diff.key.columns),
            "origin": diff.key.origin,
            "duplicates": _sides(diff.key.duplicates),
            "nulls": _sides(diff.key.nulls),
        },
        "rows": {
            "base": diff.rows.base,
            "head": diff.rows.head,
            "added": diff.rows.added,
            "removed": diff.rows.removed,
            "changed": diff.rows.changed,
            "unchanged": diff.rows.unchanged,
        },
        "columns": [_column(column) for column in diff.columns],
        "column_order_changed": diff.column_order_changed,
        "notes": list(diff.notes),
        "causes": [],
        "samples": [_sample(row) for row in diff.samples],
    }


def _sides(pair: Pair[str | None] | Pair[int]) -> dict[str, Json]:
    return {"base": pair.base, "head": pair.head}


def _column(column: ColumnDiff) -> dict[str, Json]:
    def side(nulls: int | None) -> dict[str, Json]:
        return {} if nulls is None else {"nulls": nulls}

    return {
        "name": column.name,
        "change": column.change,
        "type": _sides(column.type),
        "changed": column.changed,
        "forgiven": column.forgiven,
        "incomparable": column.incomparable,
        "statistics": {"base": side(column.nulls.base), "head": side(column.nulls.head), "distance": {}},
    }


def _sample(row: SampleRow) -> dict[str, Json]:
    return {
        "kind": row.kind,
        "key": _cells(row.key),
        "columns": list(row.columns),
        "base": _cells(row.base),
        "head": _cells(row.head),
    }


def _cells(cells: Mapping[str, Cell]) -> dict[str, Json]:
    return dict(cells.items())
