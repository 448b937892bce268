"""Recce's own classifier: breaking, partially breaking with columns, or not breaking."""

from __future__ import annotations

from categoriser import EVERYTHING, NOTHING, Answer, Schema, answer
from recce.util.change_classifier import (  # type: ignore[import-not-found,unused-ignore] # in its own environment
    parse_change_category,
)


def categorise(base: str, head: str, schema: Schema) -> Answer:
    """Ask as its lineage view does of a modified model."""
    found = parse_change_category(base, head, old_schema=schema, new_schema=schema, dialect="duckdb")
    if found.category == "non_breaking":
        return NOTHING
    if found.category == "partial_breaking":
        return {"rows": False, "changed": sorted(found.columns or {})}
    return EVERYTHING


if __name__ == "__main__":
    answer(categorise)
