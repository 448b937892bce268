"""`tables:`: keys, columns and limits of single tables."""

from __future__ import annotations

from typing import Literal

from datacanary.config import read
from datacanary.config.checks import CHECKS, COLUMN_CHECKS
from datacanary.config.limits import limits
from datacanary.config.nodes import Field, Fields, Node, Scalar, shown
from datacanary.config.tolerances import tolerance
from datacanary.errors import ConfigError
from datacanary.model.config import ColumnPolicy, Direction, TablePolicy

TABLE_KEYS = ("key", "materialized", "dry_run", "columns", *CHECKS)
COLUMN_KEYS = ("ignore", "tolerance", "measure", "direction", "dry_run", *COLUMN_CHECKS)
_PLACED = ("tolerance", "measure", "direction")


def tables(node: Node) -> dict[str, TablePolicy]:
    """Read `tables:`, by name or pattern as the config spells it."""
    named = read.named_fields(node, "a mapping from tables to what holds for them")
    return {read.table_name(field.key, field.key, field.where): table(field.value) for field in named.fields}


def table(node: Node) -> TablePolicy:
    """Read an entry of `tables:`: what holds for one table."""
    fields = read.fields(node, TABLE_KEYS)
    key, materialized, columns = fields.get("key"), fields.get("materialized"), fields.get("columns")
    policies = _columns(columns.value) if columns else {}
    names = _key(key, policies) if key else None
    return TablePolicy(
        key=names,
        key_origin=key.origin if key else "",
        materialized=_materialized(materialized.value) if materialized else None,
        limits=limits(fields),
        columns=policies,
        dry_run=_yes(fields, "dry_run"),
    )


def _key(field: Field, columns: dict[str, ColumnPolicy]) -> tuple[str, ...]:
    key = read.texts(field.value, "a column's name or a list of them", "a column's name")
    for name in key:
        if name in columns and columns[name].ignore:
            raise ConfigError(
                f"Column '{shown(name)}' is ignored, but {field.value.path} pairs rows by it.",
                hint="Ignore it, or keep it in the key.",
                where=field.where,
            )
    return key


def _materialized(node: Node) -> Literal["table", "view"]:
    return "table" if read.choice(node, ("table", "view")) == "table" else "view"


def _columns(node: Node) -> dict[str, ColumnPolicy]:
    named = read.named_fields(node, "a mapping from columns to what holds for them")
    return {field.key: _column(field.value) for field in named.fields}


def _column(node: Node) -> ColumnPolicy:
    if isinstance(node, Scalar):
        read.choice(node, ("ignore",), f"Or a mapping with some of: {', '.join(COLUMN_KEYS)}.")
        return ColumnPolicy(ignore=True)
    fields = read.fields(node, COLUMN_KEYS)
    tolerated, one_way = fields.get("tolerance"), fields.get("direction")
    return ColumnPolicy(
        ignore=_yes(fields, "ignore"),
        tolerance=tolerance(tolerated.value) if tolerated else None,
        measure=_yes(fields, "measure"),
        direction=direction(one_way.value) if one_way else None,
        dry_run=_yes(fields, "dry_run"),
        limits=limits(fields),
        origins={field.key: field.origin for field in fields.fields if field.key in _PLACED},
    )


def direction(node: Node) -> Direction:
    """Read `increase` or `decrease`."""
    return "increase" if read.choice(node, ("increase", "decrease")) == "increase" else "decrease"


def _yes(fields: Fields, key: str) -> bool | None:
    """Return a yes or no, None if it is not said."""
    field = fields.get(key)
    return read.true_or_false(field.value) if field else None
