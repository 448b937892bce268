"""What stands where in a model's query."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from datacanary.model.project import Model, Reference


def is_ordered(model: Model, dialect: str) -> bool:
    """Tell whether a model's query says in which order its rows come."""
    tree = sqlglot.parse_one(model.text[model.query.start : model.query.end], dialect=dialect)
    return isinstance(tree, exp.Query) and tree.args.get("order") is not None


def stands_in_from(model: Model, reference: Reference, dialect: str) -> bool:
    """Tell whether a data file is named in FROM itself, where a table may stand, and not within a function."""
    for span in (*model.preamble, model.query):
        if span.start <= reference.span.start < span.end:
            tree = sqlglot.parse_one(model.text[span.start : span.end], dialect=dialect)
            starts = {table.this.meta.get("start") for table in tree.find_all(exp.Table)}
            return reference.span.start - span.start in starts
    return False
