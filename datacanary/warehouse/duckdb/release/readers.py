"""Which views of production read which of its tables, as the texts of the views say, and whether they still can."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datacanary.errors import Refused
from datacanary.model.basic import Physical, Relation
from datacanary.sql.trees import MisreadError, statements_of
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import in_short
from datacanary.warehouse.interruptible import interruptible

_DEFAULT_SCHEMA = "main"


@dataclass(frozen=True, slots=True)
class _View:
    """A view by its name, with its text and all places that it may read; None where the text is not understood."""

    relation: Relation
    text: str
    names: frozenset[tuple[str, str]] | None

    def reads(self, one: Relation) -> bool:
        """Tell whether it does, or has at least the name."""
        if _key(one) == _key(self.relation):
            return False
        return one.name.lower() in self.text.lower() if self.names is None else _key(one) in self.names


def readers_of(
    connection: duckdb.DuckDBPyConnection, catalog: str, relations: Collection[Relation]
) -> Mapping[Relation, tuple[Relation, ...]]:
    """Return the views that read each of these; one whose text is not understood counts if it has the name at all."""
    views = _views(connection, catalog)
    return {one: tuple(view.relation for view in views if view.reads(one)) for one in relations}


def refuse_broken(connection: duckdb.DuckDBPyConnection, catalog: str, relations: Collection[Relation]) -> None:
    """Raise Refused for a view that could be read before this transaction and no longer, since these are others now."""
    with closing(connection.cursor()) as before:
        before.execute(f"USE {sql.identifier(catalog)}")
        for view, read in _that_stay(_views(connection, catalog), relations):
            physical = Physical(catalog, view.schema, view.name)
            # In the transaction, a failure that is nobody's fault would be the end of it.
            if not _could_be_read(before, physical):
                continue
            try:
                _bind(connection, physical)
            except (duckdb.BinderException, duckdb.CatalogException) as error:
                raise Refused(
                    f"The view {view}, which reads {read}, could not be read any more: {in_short(str(error))}",
                    hint="Nothing was changed. Change the view in production first, or drop it if it is no longer "
                    "wanted.",
                ) from error


def _that_stay(views: Sequence[_View], relations: Collection[Relation]) -> Iterator[tuple[Relation, Relation]]:
    """Yield the views beside these that read them at first or second hand, each with one of these."""
    known = {_key(one) for one in relations}
    latest = [(one, one) for one in relations]
    while latest:
        found = []
        for view in views:
            origin = next((origin for one, origin in latest if view.reads(one)), None)
            if origin is not None and _key(view.relation) not in known:
                known.add(_key(view.relation))
                found.append((view.relation, origin))
        yield from found
        latest = found


def _could_be_read(before: duckdb.DuckDBPyConnection, view: Physical) -> bool:
    try:
        _bind(before, view)
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        return False
    return True


def _bind(connection: duckdb.DuckDBPyConnection, view: Physical) -> None:
    """Have DuckDB find all that a view reads; no row is read."""
    interruptible(connection, lambda: connection.execute(f"DESCRIBE FROM {sql.table(view)}").fetchall())


def _views(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[_View]:
    rows = connection.execute(
        "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE database_name = ? AND NOT internal "
        "AND NOT starts_with(view_name, '__dc_prev_') ORDER BY ALL",
        [catalog],
    ).fetchall()
    return [_View(Relation(schema, name), str(text), _names(schema, str(text))) for schema, name, text in rows]


def _names(schema: str, text: str) -> frozenset[tuple[str, str]] | None:
    try:
        tree = statements_of(text, sql.DIALECT)[0].tree
    except (MisreadError, SqlglotError):
        return None
    return frozenset(name for table in tree.find_all(exp.Table) for name in _may_mean(table, schema))


def _key(relation: Relation) -> tuple[str, str]:
    return relation.schema.lower(), relation.name.lower()


def _may_mean(table: exp.Table, view_schema: str) -> set[tuple[str, str]]:
    """Return the places that a name may stand for: without a schema the view's own, or `main`."""
    schemas = (table.db,) if table.db else (view_schema, _DEFAULT_SCHEMA)
    return {(schema.lower(), table.name.lower()) for schema in schemas}
