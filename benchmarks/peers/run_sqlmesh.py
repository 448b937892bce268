"""SQLMesh's own categorisation: equal data hashes, a change of metadata only, or only added projections."""

from __future__ import annotations

from categoriser import EVERYTHING, NOTHING, Answer, Schema, answer
from sqlglot import parse_one
from sqlmesh.core.model import (  # type: ignore[import-not-found,unused-ignore] # it lives in an environment of its own
    Model,
    create_sql_model,
)


def categorise(base: str, head: str, schema: Schema) -> Answer:
    """Ask as `sqlmesh plan` does of a model that was modified directly."""
    old, new = model(base, schema), model(head, schema)
    same = new.data_hash == old.data_hash or new.is_metadata_only_change(old)
    return NOTHING if same or new.is_breaking_change(old) is False else EVERYTHING


def model(sql: str, schema: Schema) -> Model:
    """Make a model of a query."""
    tables = {f'"{table}"': dict(columns) for table, columns in schema.items()}
    return create_sql_model("model", parse_one(sql, dialect="duckdb"), dialect="duckdb", mapping_schema=tables)


if __name__ == "__main__":
    answer(categorise)
