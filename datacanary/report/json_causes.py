"""Rows, what explains how they differ, and what may be noise, in the contract's JSON object."""

from __future__ import annotations

from datacanary.model.cause import Cause
from datacanary.model.noise import NoiseFloor, NoiseMark
from datacanary.model.tablediff import Attribution, RowCounts
from datacanary.report.json_values import Json


def encode_rows(rows: RowCounts) -> dict[str, Json]:
    """Turn numbers of rows into JSON."""
    return {
        "base": rows.base,
        "head": rows.head,
        "added": rows.added,
        "removed": rows.removed,
        "changed": rows.changed,
        "unchanged": rows.unchanged,
    }


def encode_attribution(attribution: Attribution) -> dict[str, Json]:
    """Turn what is a table's own doing, and what it inherits, into JSON."""
    return {
        "own": encode_rows(attribution.own),
        "inherited": encode_rows(attribution.inherited),
        "columns_own": dict(attribution.columns_own),
    }


def encode_cause(cause: Cause) -> dict[str, Json]:
    """Turn a cause into JSON; its sentence is masked already."""
    return {
        "kind": cause.kind,
        "about": cause.about,
        "columns": list(cause.columns),
        "where": list(cause.where),
        "count": cause.count,
        "of": cause.of,
        "share": cause.share,
        "estimated": cause.estimated,
        "message": cause.message,
    }


def encode_mark(mark: NoiseMark) -> dict[str, Json]:
    """Turn a place of the query that may give other values each time into JSON."""
    return {
        "kind": mark.kind,
        "columns": None if mark.columns is None else list(mark.columns),
        "quoted": mark.quoted,
        "path": mark.path,
        "line": mark.line,
        "inherited_from": mark.inherited_from,
    }


def encode_noise(noise: NoiseFloor) -> dict[str, Json]:
    """Turn what two builds of base differ by into JSON."""
    return {
        "rows_added": noise.rows_added,
        "rows_removed": noise.rows_removed,
        "cells": dict(noise.cells.items()),
        "nulls": dict(noise.nulls.items()),
        "totals": dict(noise.totals.items()),
        "shapes": dict(noise.shapes.items()),
        "distances": dict(noise.distances.items()),
    }
