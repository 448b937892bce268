"""The stall with a DuckDB file."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from program import Place
from stall import AGED, PRODUCTION, Marks, Stall, copy_home, make_place, put_home_back

from datacanary.release.journal import unfinished
from datacanary.warehouse.duckdb.release.journal import read_journal
from datacanary.warehouse.duckdb.release.kept import read_kept
from datacanary.warehouse.duckdb.release.ledger import read_promotions

_OURS = "(schema_name = 'datacanary' or starts_with({name}, '__dc_'))"


@dataclass
class DuckDBStall:
    """`warehouse` may lie elsewhere than in the repository."""

    place: Place
    warehouse: Path
    copies: Path
    kept: set[str] = field(default_factory=set)

    def production(self) -> object:
        """Describe all of production."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name, sql, comment from duckdb_tables() where not "
                f"{_OURS.format(name='table_name')} order by all"
            ).fetchall()
            views = connection.execute(
                "select schema_name, view_name, sql, comment from duckdb_views() where not internal and not "
                f"{_OURS.format(name='view_name')} order by all"
            ).fetchall()
            rest: list[Any] = connection.execute(
                "select schema_name, table_name, sql, comment from duckdb_indexes() order by all"
            ).fetchall()
            rest += connection.execute(
                "select schema_name, table_name, column_name, data_type, comment, column_default, is_nullable "
                f"from duckdb_columns() where not internal and not {_OURS.format(name='table_name')} order by all"
            ).fetchall()
            rows = {
                (schema, name): connection.execute(f'select * from "{schema}"."{name}" order by all').fetchall()
                for schema, name, *_ in (*tables, *views)
            }
        return tables, views, rest, rows

    def marks(self) -> Marks:
        """Look for what is ours."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            catalog = self.warehouse.stem
            names = connection.execute(
                "select table_name from duckdb_tables() where starts_with(table_name, '__dc_') union all "
                "select view_name from duckdb_views() where starts_with(view_name, '__dc_')"
            ).fetchall()
            schemas = connection.execute(
                "select schema_name from duckdb_schemas() where starts_with(schema_name, 'dc_')"
            ).fetchall()
            journal = read_journal(connection, catalog)
            return Marks(
                kept=tuple(sorted(name.rpartition("__")[2] for (name,) in (*names, *schemas))),
                registered=tuple(sorted(one.kind for one in read_kept(connection, catalog))),
                promotions=tuple(
                    "rolled back" if one.rolled_back_at else "live" for one in read_promotions(connection, catalog)
                ),
                unfinished=tuple((one.action, one.run_id) for one in unfinished(journal)),
                lease="",
            )

    def end_lease(self) -> None:
        """Do nothing: the file's own lock went with the process."""

    def age(self) -> None:
        """Let promotions be old."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(AGED)

    def runs(self) -> set[str]:
        """List the runs whose promotions keep something."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return {one.run_id for one in read_kept(connection, self.warehouse.stem)}

    def keep(self, name: str) -> None:
        """Copy the file and the runs' folders."""
        copy = self.copies / name
        copy_home(self.place, copy)
        for file in self._files():
            shutil.copy(file, copy / file.name)
        self.kept.add(name)

    def put_back(self, name: str) -> None:
        """Copy them back."""
        for file in self._files():
            file.unlink()
        for file in (self.copies / name).glob("*.duckdb*"):
            shutil.copy(file, self.warehouse.parent / file.name)
        put_home_back(self.place, self.copies / name)

    def _files(self) -> list[Path]:
        return [file for file in self.warehouse.parent.glob(f"{self.warehouse.name}*") if file.is_file()]


def make_duckdb_stall(folder: Path, beside: Path | None = None) -> Stall:
    """Make the stall below a folder; the warehouse lies in the repository, or in `beside`."""
    warehouse = (beside or folder / "stall") / "warehouse.duckdb"
    place = make_place(folder, f"duckdb:///{warehouse if beside else warehouse.name}")
    with duckdb.connect(str(warehouse)) as connection:
        for statement in PRODUCTION:
            connection.execute(statement)
    return DuckDBStall(place, warehouse, folder / "copies")
