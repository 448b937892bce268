"""What one model of a project means, given what those mean that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.names import names_of
from datacanary.impact.meaning.opaque import structure_of
from datacanary.impact.meaning.query import Doubt, Reader, Result, under
from datacanary.impact.meaning.reading import Around
from datacanary.impact.meaning.table import Table, source_table
from datacanary.impact.meaning.value import Value, combine, digest
from datacanary.impact.nondeterminism.wording import Wording
from datacanary.model.project import Model, Reference
from datacanary.sql.trees import MisreadError, model_trees, tokens_of

_NOT_IN_MACROS = (exp.Query, exp.Window, exp.Unnest, exp.Explode)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a model reads: tables by the reference that names them."""

    tables: Mapping[Reference, Table]

    @property
    def fingerprint(self) -> str:
        """What is equal where all that is read is."""
        found = sorted({table.whole().fingerprint for table in self.tables.values()})
        return digest("inputs", found)


def read_model(model: Model, dialect: str, inputs: Inputs) -> Result:
    """Return what a model means; one that cannot be read is in doubt.

    What is never equal stays the same only for one model, and where neither its text nor what it reads differs: two
    models of the same words draw other random numbers.
    """
    salt = digest(str(model.relation), model.fingerprint, inputs.fingerprint)
    reader = _reader(model, dialect, inputs, salt)
    if model.opaque and model.settled:
        return Result(source_table(str(model.relation), None, digest(model.fingerprint), dialect))
    if model.opaque:
        return _not_read(reader, model.opaque, 1)
    try:
        before, query = model_trees(model, dialect)
    except MisreadError as error:
        if model.unread is not None:
            return _not_read(reader, f"only the warehouse reads it. {model.unread.why}", model.unread.line)
        return _not_read(reader, "the parser cannot read it", model.text.count("\n", 0, error.tokens[0].start) + 1)
    for what in model.unpinned:
        reader.doubt(f"it reads {what}, which nobody can hold still", query)
    for what in model.beyond:
        reader.doubt(what, query)
    try:
        around, prepared = _prepared(before, reader)
        return reader.result(under(reader.query(query, around), prepared))
    except (RecursionError, AttributeError, LookupError, TypeError, ValueError) as error:
        # There is more SQL than anyone thinks of. What is not understood is different from everything, and told.
        return _not_read(reader, f"it is not understood ({type(error).__name__})", 1)


def _not_read(reader: Reader, why: str, line: int) -> Result:
    doubt = reader.never(why)
    return Result(Table(doubt, rest=doubt), (), (Doubt(why, line),))


def _reader(model: Model, dialect: str, inputs: Inputs, salt: str) -> Reader:
    by_place = {reference.span.start: reference for reference in inputs.tables}

    def lookup(table: exp.Table) -> Table | None:
        starts = [part.meta["start"] for part in table.find_all(exp.Identifier) if "start" in part.meta]
        reference = by_place.get(min(starts)) if starts else None
        return inputs.tables[reference] if reference is not None else None

    def files(function: exp.Expr) -> Table | None:
        found = [
            inputs.tables[by_place[one.meta["start"]]]
            for one in function.find_all(exp.Literal)
            if one.meta.get("start") in by_place
        ]
        if not found:
            return None
        rows = Value(digest("files", [one.rows.fingerprint for one in found]), found[0].rows.reads)
        return Table(rows, rest=rows)

    def line_of(node: exp.Expr) -> int:
        return Wording(model.text, model.path, tokens_of(model.text, dialect)).place(node)[1]

    return Reader(dialect, lookup, salt, files, line_of, model.text)


def _prepared(statements: tuple[exp.Expr, ...], reader: Reader) -> tuple[Around, list[Value]]:
    """Take in what stands before the query: temporary tables, macros, settings."""
    around = Around()
    prepared: list[Value] = []
    names = names_of(reader.dialect)
    for tree in statements:
        level = Level(reader, around, None)
        made = tree.this if isinstance(tree, exp.Create) else None
        body = tree.expression if isinstance(tree, exp.Create) else None
        if isinstance(made, exp.Table) and isinstance(body, exp.Query):
            around = around.knowing(names.written(made.this), reader.query(body, around))
        elif (
            isinstance(made, exp.UserDefinedFunction) and isinstance(body, exp.Expr) and _is_simple(made, body, reader)
        ):
            named = [parameter.name for parameter in made.expressions]
            reader.macros[names.written(made.this.this)] = combine(
                ("macro", *named), [structure_of(body, reader, level)]
            )
        else:
            prepared.append(structure_of(tree, reader, level))
            reader.note("other", prepared[-1], tree)
            if isinstance(made, exp.UserDefinedFunction):
                reader.doubt("nobody follows what its macro does", tree)
    return around, prepared


def _is_simple(made: exp.UserDefinedFunction, body: exp.Expr, reader: Reader) -> bool:
    """Tell whether a macro makes one value of one row, or is a table: it has no say in which rows there are."""
    if not isinstance(made.this, exp.Table) or not isinstance(made.this.this, exp.Identifier):
        return False
    if isinstance(body, exp.Query):
        return True
    inside = list(body.walk())
    several = any(isinstance(one, _NOT_IN_MACROS) for one in inside)
    kinds = {reader.function(one) for one in inside if isinstance(one, exp.Func)}
    return not several and kinds <= {"scalar"}
