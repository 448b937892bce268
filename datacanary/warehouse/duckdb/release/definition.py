"""What a production table has besides its rows, so that its successor has it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from datacanary.errors import Refused
from datacanary.model.basic import Physical
from datacanary.warehouse.duckdb import sql


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint: its kind and text in DuckDB's words, and the columns that it names."""

    kind: str
    text: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """Constraints, the defaults of columns by their lower-case names, and comments; () and {} where there are none.

    `comments` are pairs of a column, or "" for the table itself, and its comment. `immovable` says what neither
    survives a swap nor can be made again.
    """

    constraints: tuple[Constraint, ...]
    defaults: dict[str, str]
    comments: tuple[tuple[str, str], ...]
    immovable: tuple[str, ...]

    @property
    def text(self) -> str:
        """All constraints in one line."""
        return ", ".join(constraint.text for constraint in self.constraints)


NOTHING = Definition((), {}, (), ())


def read_definition(connection: duckdb.DuckDBPyConnection, relation: Physical) -> Definition:
    """Look at a table or view as it is in production."""

    def ask(query: str) -> Sequence[tuple[str, ...]]:
        return connection.execute(f"{query} WHERE {sql.OF_THE_TABLE} ORDER BY ALL", sql.place(relation)).fetchall()

    constraints = tuple(
        Constraint(kind, text, tuple(columns))
        for kind, text, columns in ask(
            "SELECT constraint_type, constraint_text, constraint_column_names FROM duckdb_constraints()"
        )
    )
    columns = ask("SELECT column_name, column_default, comment, is_generated FROM duckdb_columns()")
    own = ask("SELECT comment FROM duckdb_tables()") or ask(
        "SELECT comment FROM (SELECT *, view_name AS table_name FROM duckdb_views())"
    )
    triggers = ask("SELECT trigger_name FROM duckdb_triggers()")
    return Definition(
        constraints=tuple(one for one in constraints if one.kind != "FOREIGN KEY"),
        defaults={name.lower(): default for name, default, _, generated in columns if default and not generated},
        comments=tuple(
            (name, comment)
            for name, comment in [*(("", *row) for row in own), *((c[0], c[2]) for c in columns)]
            if comment
        ),
        immovable=(
            *(one.text for one in constraints if one.kind == "FOREIGN KEY"),
            *(f"the generated column {name}" for name, _, _, generated in columns if generated),
            *(f"the trigger {name}" for (name,) in triggers),
        ),
    )


def create_like(definition: Definition, target: Physical, columns: Sequence[tuple[str, str]]) -> str:
    """Write CREATE TABLE for columns (name, type) with a former table's constraints and defaults.

    Raises Refused if a constraint names a column that is gone.
    """
    have = {name.lower() for name, _ in columns}
    not_null = {one.columns[0].lower() for one in definition.constraints if one.kind == "NOT NULL"}
    parts = []
    for name, kind in columns:
        default = definition.defaults.get(name.lower())
        parts.append(f"{sql.identifier(name)} {kind}{f' DEFAULT ({default})' if default else ''}")
        parts[-1] += " NOT NULL" if name.lower() in not_null else ""
    for one in definition.constraints:
        if one.kind == "NOT NULL":
            continue
        gone = [name for name in one.columns if name.lower() not in have]
        if gone:
            raise Refused(
                f"Production's {target.schema}.{target.name} has {one.text}, but the new one has no column {gone[0]}.",
                hint="Nothing was changed. Drop the constraint in production first if it is no longer wanted.",
            )
        parts.append(one.text)
    return f"CREATE TABLE {sql.table(target)} ({', '.join(parts)})"


def comment_statements(
    definition: Definition, kind: str, target: Physical, columns: Sequence[tuple[str, str]]
) -> Iterator[str]:
    """Write the statements that give the new relation the comments of the former one, where it has the columns."""
    have = {name.lower(): name for name, _ in columns}
    for column, comment in definition.comments:
        if not column:
            yield f"COMMENT ON {kind.upper()} {sql.table(target)} IS {sql.text(comment)}"
        elif column.lower() in have:
            yield f"COMMENT ON COLUMN {sql.table(target)}.{sql.identifier(have[column.lower()])} IS {sql.text(comment)}"
