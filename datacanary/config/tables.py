"""`tables:`: keys, columns and limits of single tables."""

from __future__ import annotations

from typing import Literal

from datacanary.config import read
from datacanary.config.checks import CHECKS, COLUMN_CHECKS
from datacanary.config.limits import limits, refuse_later
from datacanary.config.nodes import Field, Node, Scalar, shown
from datacanary.config.tolerances import tolerance
from datacanary.errors import ConfigError
from datacanary.model.config import ColumnPolicy, TablePolicy

_TABLE_KEYS = ("key", "materialized", "columns", *CHECKS)
_COLUMN_KEYS = ("ignore", "tolerance", "measure", *COLUMN_CHECKS)


def tables(node: Node) -> dict[str, TablePolicy]:
    """Read `tables:`, by name as the config spells it."""
    named = read.named_fields(node, "a mapping from tables to what holds for them")
    return {read.table_name(field.key, field.key, field.where): _table(field.value) for field in named.fields}


def _table(node: Node) -> TablePolicy:
    refuse_later(node)
    fields = read.fields(node, _TABLE_KEYS)
    key, materialized, columns = fields.get("key"), fields.get("materialized"), fields.get("columns")
    policies = _columns(columns.value) if columns else {}
    names = _key(key, policies) if key else None
    return TablePolicy(
        key=names,
        key_origin=key.origin if key else "",
        materialized=_materialized(materialized.value) if materialized else None,
        limits=limits(fields),
        columns=policies,
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
        read.choice(node, ("ignore",), f"Or a mapping with some of: {', '.join(_COLUMN_KEYS)}.")
        return ColumnPolicy(ignore=True)
    refuse_later(node)
    fields = read.fields(node, _COLUMN_KEYS)
    ignore, tolerated, measure = fields.get("ignore"), fields.get("tolerance"), fields.get("measure")
    return ColumnPolicy(
        ignore=read.true_or_false(ignore.value) if ignore else False,
        tolerance=tolerance(tolerated.value) if tolerated else None,
        measure=read.true_or_false(measure.value) if measure else False,
        limits=limits(fields),
    )
