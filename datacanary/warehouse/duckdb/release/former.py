"""What a swap finds in production, before anything is done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import duckdb

from datacanary.errors import Refused
from datacanary.model.basic import Physical
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.release.definition import NOTHING, Definition, read_definition

Kind = Literal["table", "view", ""]


@dataclass(frozen=True, slots=True)
class Former:
    """What was in production: `kind` is empty for nothing, `indexes` are statements that make them again."""

    kind: Kind
    name: str
    definition: Definition
    indexes: tuple[str, ...] = ()
    index_names: tuple[str, ...] = ()


def read_former(connection: duckdb.DuckDBPyConnection, physical: Physical, kind: Kind) -> Former:
    """Look at a relation; raises Refused if it has what a promotion cannot carry over."""
    if not kind:
        return Former("", physical.name, NOTHING)
    definition = read_definition(connection, physical)
    if definition.immovable:
        raise Refused(
            f"{physical.schema}.{physical.name} has what a promotion cannot carry over: "
            f"{', '.join(definition.immovable)}.",
            hint="Nothing was changed. Drop it in production first if it is no longer wanted.",
        )
    indexes = connection.execute(
        f"SELECT index_name, sql, comment FROM duckdb_indexes() WHERE {sql.OF_THE_TABLE} "  # noqa: S608 -- our own words
        "AND sql IS NOT NULL ORDER BY ALL",
        sql.place(physical),
    ).fetchall()
    ((name,),) = connection.execute(
        f"SELECT table_name FROM duckdb_columns() WHERE {sql.OF_THE_TABLE} LIMIT 1",  # noqa: S608 -- our own words
        sql.place(physical),
    ).fetchall()
    place = sql.schema(physical.catalog, physical.schema)
    made = [(f"{place}.{sql.identifier(index)}", statement, comment) for index, statement, comment in indexes]
    comments = [f"COMMENT ON INDEX {index} IS {sql.text(comment)}" for index, _, comment in made if comment]
    return Former(
        kind, str(name), definition, (*(one for _, one, _ in made), *comments), tuple(index for index, _, _ in made)
    )
