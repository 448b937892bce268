"""What the comparison must find, from DuckDB alone: nothing here knows the tool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "DOUBLE")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows per outcome; `changed` is None where rows have no key."""

    base: int
    head: int
    added: int
    removed: int
    changed: int | None
    unchanged: int


@dataclass(frozen=True, slots=True)
class Column:
    """What became of one column; `changed` is None where there are no cells to pair."""

    change: str
    changed: int | None


@dataclass(frozen=True, slots=True)
class Expected:
    """How a table of head differs from the one of base; `duplicates` and `nulls` are those of base and head."""

    rows: Rows
    columns: Mapping[str, Column]
    duplicates: tuple[int, int] = (0, 0)
    nulls: tuple[int, int] = (0, 0)
    key: tuple[str, ...] = field(default=())

    @property
    def differs(self) -> bool:
        """Whether anything differs but the order of rows and columns."""
        outcomes = (self.rows.added, self.rows.removed, self.rows.changed or 0)
        return any(outcomes) or any(column.change != "none" for column in self.columns.values())


@dataclass(frozen=True, slots=True)
class Tables:
    """The two tables of a comparison, as names in SQL, and the types of their columns."""

    base: str
    head: str
    base_types: Mapping[str, str]
    head_types: Mapping[str, str]

    @property
    def shared(self) -> tuple[str, ...]:
        """The columns of both whose values can be compared."""
        return tuple(name for name in self.base_types if name in self.head_types and self.comparable(name))

    def comparable(self, column: str) -> bool:
        """Whether both types are the same or numbers."""
        types = (self.base_types[column], self.head_types[column])
        return types[0] == types[1] or all(type_.split("(")[0] in NUMERIC for type_ in types)


def build(connection: duckdb.DuckDBPyConnection, schema: str, models: Mapping[str, str], order: Sequence[str]) -> None:
    """Build `models` into a new `schema`, in `order`; names in `order` that are no models are skipped."""
    missing = set(models) - set(order)
    assert not missing, f"the order lacks {missing}"
    connection.execute(f"drop schema if exists {schema} cascade")
    connection.execute(f"create schema {schema}")
    connection.execute(f"set schema = '{schema}'")
    for table in order:
        if table in models:
            text = models[table]
            connection.execute(
                text if "create or replace" in " ".join(text.split()) else f"create table {table} as {text}"
            )
    connection.execute("set schema = 'main'")


def compare(connection: duckdb.DuckDBPyConnection, base: str, head: str, key: tuple[str, ...] = ()) -> Expected:
    """Compare two tables (`schema.table`): by `key` with a full outer join, without one as multisets of rows."""
    tables = Tables(base, head, _types(connection, base), _types(connection, head))
    return _keyed(connection, tables, key) if key else _keyless(connection, tables)


def _types(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    described = connection.execute(f"select column_name, column_type from (describe {table})").fetchall()
    return {str(name): str(type_) for name, type_ in described}


def _numbers(connection: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return [int(number) for number in row]


def _columns(tables: Tables, changed: Mapping[str, int | None]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, type_ in tables.base_types.items():
        if name not in tables.head_types:
            columns[name] = Column("removed", None)
        else:
            columns[name] = Column("none" if type_ == tables.head_types[name] else "type_changed", changed.get(name))
    columns.update({name: Column("added", None) for name in tables.head_types if name not in tables.base_types})
    return columns


def _keyless(connection: duckdb.DuckDBPyConnection, tables: Tables) -> Expected:
    names = ", ".join(tables.shared)
    base, head, added, removed = _numbers(
        connection, _multiset(f"select {names} from {tables.base}", f"select {names} from {tables.head}")
    )
    return Expected(Rows(base, head, added, removed, None, base - removed), _columns(tables, {}))


def _multiset(base: str, head: str) -> str:
    return f"""
        with base_rows as ({base}), head_rows as ({head})
        select
            (select count(*) from base_rows),
            (select count(*) from head_rows),
            (select count(*) from (from head_rows except all from base_rows)),
            (select count(*) from (from base_rows except all from head_rows))
    """


def _keyed(connection: duckdb.DuckDBPyConnection, tables: Tables, key: tuple[str, ...]) -> Expected:
    names = ", ".join(key)
    repeated = [f"select {names} from {table} group by all having count(*) > 1" for table in (tables.base, tables.head)]
    connection.execute(f"create or replace temp table repeated as ({repeated[0]}) union ({repeated[1]})")
    same_key = " and ".join(f"repeated.{name} is not distinct from side.{name}" for name in key)
    alone = f"side where not exists (from repeated where {same_key})"
    alike = f"side where exists (from repeated where {same_key})"
    columns = tuple(name for name in tables.shared if name not in key)
    removed, added, both, changed, *cells = _numbers(connection, _paired(tables, key, columns, alone))
    every = ", ".join(tables.shared)
    more = _numbers(
        connection,
        _multiset(f"select {every} from {tables.base} as {alike}", f"select {every} from {tables.head} as {alike}"),
    )
    rows = Rows(
        base=removed + both + more[0],
        head=added + both + more[1],
        added=added + more[2],
        removed=removed + more[3],
        changed=changed,
        unchanged=both - changed + more[0] - more[3],
    )
    counted = dict(zip(columns, cells, strict=True)) | dict.fromkeys(key, 0)
    duplicates = [_numbers(connection, f"select count(*) from ({query})")[0] for query in repeated]
    any_null = " or ".join(f"{name} is null" for name in key)
    nulls = [
        _numbers(connection, f"select count(*) from {table} where {any_null}")[0]
        for table in (tables.base, tables.head)
    ]
    return Expected(rows, _columns(tables, counted), (duplicates[0], duplicates[1]), (nulls[0], nulls[1]), key)


def _paired(tables: Tables, key: tuple[str, ...], columns: tuple[str, ...], alone: str) -> str:
    same_key = " and ".join(f"b.{name} is not distinct from h.{name}" for name in key)
    differs = [f"b.{name} is distinct from h.{name}" for name in columns]
    per_column = "".join(f", count(*) filter (in_base and in_head and {condition})" for condition in differs)
    return f"""
        select
            count(*) filter (in_head is null),
            count(*) filter (in_base is null),
            count(*) filter (in_base and in_head),
            count(*) filter (in_base and in_head and ({" or ".join(differs) or "false"}))
            {per_column}
        from (select *, true as in_base from {tables.base} as {alone}) as b
        full join (select *, true as in_head from {tables.head} as {alone}) as h on {same_key}
    """
