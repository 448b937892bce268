"""A model's text with the names of what it reads replaced at their places; the rest stays as it was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Physical
from datacanary.model.project import Model, Reference, Span


@dataclass(frozen=True, slots=True)
class Spliced:
    """The statements of a model, ready to run; `query` makes its rows."""

    preamble: tuple[str, ...]
    query: str


Place = Callable[[Reference], Physical | str]
"""Where a reference is to be read: a relation, or the path of a file."""


def splice(model: Model, place: Place, dialect: str) -> Spliced:
    """Point every reference of a model to its place.

    Raises ProjectError if the spliced text does not mean the same query: that is a mistake of ours, told before
    anything runs.
    """
    spliced = Spliced(
        preamble=tuple(_spliced(model, span, place, dialect) for span in model.preamble),
        query=_spliced(model, model.query, place, dialect),
    )
    spans = (*model.preamble, model.query)
    for span, text in zip(spans, (*spliced.preamble, spliced.query), strict=True):
        if _shape(model.text[span.start : span.end], dialect) != _shape(text, dialect):
            raise ProjectError(
                "Pointing this query to the run's tables would change what it means.",
                where=Where(model.path),
                hint="Give the tables in FROM aliases of their own; please report the query to us.",
            )
    return spliced


def _spliced(model: Model, span: Span, place: Place, dialect: str) -> str:
    edits = [
        (reference.span, _text(reference, place(reference), dialect))
        for reference in model.references
        if span.start <= reference.span.start < span.end
    ]
    edits += [(edit.span, edit.alias) for edit in model.qualifiers if span.start <= edit.span.start < span.end]
    text = model.text
    pieces, position = [], span.start
    for edit, replacement in sorted(edits, key=lambda one: one[0].start):
        pieces += [text[position : edit.start], replacement]
        position = edit.end
    return "".join([*pieces, text[position : span.end]])


def _text(reference: Reference, place: Physical | str, dialect: str) -> str:
    if isinstance(place, str):
        return exp.Literal.string(place).sql(dialect)
    parts = (part for part in (place.catalog, place.schema, place.name) if part)
    name = ".".join(exp.to_identifier(part, quoted=True).sql(dialect) for part in parts)
    return f"{name} AS {reference.alias}" if reference.alias else name


def _shape(text: str, dialect: str) -> str:
    """Describe a query with every table's name, alias and qualifier left out."""
    tree = sqlglot.parse_one(text, dialect=dialect)
    for node in tree.find_all(exp.Table):
        for part in ("db", "catalog", "alias"):
            node.set(part, None)
        if isinstance(node.this, exp.Identifier):
            node.set("this", exp.to_identifier("_"))
    for column in tree.find_all(exp.Column):
        for part in ("table", "db", "catalog"):
            column.set(part, None)
    for literal in tree.find_all(exp.Literal):
        if literal.find_ancestor(exp.Table):
            literal.set("this", "_")
    return tree.sql(dialect=dialect, comments=False)
