"""The unstable places of one model's query, each with the columns of the model that it can reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp
from sqlglot.errors import SqlglotError

from datacanary.impact.nondeterminism.evaluator import Around
from datacanary.impact.nondeterminism.flow import NOWHERE, UNKNOWN, Flow, Places
from datacanary.impact.nondeterminism.nodes import fold
from datacanary.impact.nondeterminism.reader import Reader
from datacanary.impact.nondeterminism.sources import Sources
from datacanary.impact.nondeterminism.wording import Wording
from datacanary.model.basic import Relation
from datacanary.model.noise import NoiseMark
from datacanary.model.project import Model
from datacanary.sql.trees import MisreadError, model_trees, tokens_of

Unique = Mapping[Relation, tuple[tuple[str, ...], ...]]
"""The keys that someone vouches for."""


def marks_of(model: Model, dialect: str, unique: Unique) -> tuple[NoiseMark, ...]:
    """Return the places in a model's own text that may give other rows or values each time, in their order.

    A query that cannot be read has none.
    """
    return marks_in(flow_of(model, dialect, {}, unique))


def flow_of(model: Model, dialect: str, known: Mapping[Relation, Flow], unique: Unique) -> Flow:
    """Work out what becomes of unstable places in a model's text; `known` are the models that it reads."""
    try:
        return read_model(model, dialect, known, unique)
    except (SqlglotError, MisreadError, RecursionError, AttributeError, LookupError, TypeError, ValueError):
        # The parser has gaps, and there is more SQL than anyone thinks of: such a query has no marks.
        return UNKNOWN


def marks_in(flow: Flow) -> tuple[NoiseMark, ...]:
    """Return the marks of a result: those with `columns` reach just these."""
    return tuple(sorted(_with_columns(flow), key=lambda mark: (mark.inherited_from, mark.line, mark.kind, mark.quoted)))


def _with_columns(flow: Flow) -> Iterator[NoiseMark]:
    names = [fold(field.name) for field in flow.fields]
    for place in flow.everywhere:
        reached = [field.name for field in flow.fields if place in field.places]
        # Where a name is not known, or two columns have it, no name says what is meant.
        nameless = any(names.count(fold(name)) > 1 or not name for name in reached)
        anything = nameless or place in flow.rows or place in flow.rest
        yield replace(place, columns=None if anything else tuple(reached))


def read_model(model: Model, dialect: str, known: Mapping[Relation, Flow], unique: Unique) -> Flow:
    """Work out the same; raises whatever comes of a query that cannot be read."""
    tables: dict[int, Flow] = {}
    for reference in model.references:
        if reference.target is not None:
            flow = known.get(reference.target, UNKNOWN) if reference.kind == "model" else UNKNOWN
            keys = {frozenset(map(fold, key)) for key in unique.get(reference.target, ()) if key}
            tables[reference.span.start] = replace(flow, keys=flow.keys | keys)
    reader = Reader(dialect, Wording(model.text, model.path, tokens_of(model.text, dialect)), tables)
    # The reader tells nodes apart by their id, so all trees are there before it begins.
    before, query = model_trees(model, dialect)
    around = Around()
    for tree in before:
        around = _prepared(tree, reader, around)
    return reader.query(query, around)


def _prepared(tree: exp.Expr, reader: Reader, around: Around) -> Around:
    """Take in what a statement before the query makes: a temporary table, a macro, or a variable."""
    if isinstance(tree, exp.Set):
        reader.macros["getvariable"] = UNKNOWN.with_rows(_inside(tree, reader, around) | _variables(reader))
        return around
    if not isinstance(tree, exp.Create) or not isinstance(tree.expression, exp.Expr):
        return around
    made = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    if isinstance(made, exp.UserDefinedFunction):
        query = isinstance(tree.expression, exp.Query)
        body = (
            reader.query(tree.expression, around)
            if query
            else UNKNOWN.with_rows(_inside(tree.expression, reader, around))
        )
        reader.macros[fold(made.this.name).replace("_", "")] = body
        return around
    return around.knowing(fold(made.name), reader.query(tree.expression, around))


def _variables(reader: Reader) -> Places:
    return reader.macros["getvariable"].rows if "getvariable" in reader.macros else NOWHERE


def _inside(tree: exp.Expr, reader: Reader, around: Around) -> Places:
    return reader.places(tree, reader.level(tree, Sources(), around), around)
