"""The result as the contract's JSON object."""

from __future__ import annotations

import importlib.resources
import json
import re
from collections.abc import Mapping

from datacanary.model.basic import Pair
from datacanary.model.run import Report, TableReport
from datacanary.model.statistics import Cell
from datacanary.model.tablediff import SampleRow
from datacanary.model.verdict import Check
from datacanary.report.json_causes import encode_attribution, encode_cause, encode_mark, encode_noise, encode_rows
from datacanary.report.json_columns import encode_column
from datacanary.report.json_impact import encode_impact
from datacanary.report.json_values import Json

SCHEMA_VERSION = "1.3"


def render(report: Report) -> str:
    """Write a report as JSON; numbers are numbers, rates are fractions of 1, times are UTC."""
    text = json.dumps(encode(report), ensure_ascii=False, indent=2, allow_nan=False)
    # A file's name need not be UTF-8: what Python makes of it cannot be written.
    return text if text.isascii() else _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_SURROGATE = re.compile("[\ud800-\udfff]")


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
        "dry_run": check.dry_run,
        "expected": check.expected,
        "noise": check.noise,
        "unstable": check.unstable,
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
        "rows": encode_rows(diff.rows),
        "columns": [encode_column(column) for column in diff.columns],
        "column_order_changed": diff.column_order_changed,
        "notes": list(diff.notes),
        "fault": diff.fault,
        "inherited_from": list(table.inherited_from),
        "read_by": list(table.read_by),
        "impact": None if table.impact is None else encode_impact(table.impact),
        "attribution": None if diff.attribution is None else encode_attribution(diff.attribution),
        "causes": [encode_cause(cause) for cause in diff.causes],
        "marks": [encode_mark(mark) for mark in diff.marks],
        "noise": None if diff.noise is None else encode_noise(diff.noise),
        "samples": [_sample(row) for row in diff.samples],
    }


def _sides(pair: Pair[str | None] | Pair[int]) -> dict[str, Json]:
    return {"base": pair.base, "head": pair.head}


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
