"""DuckDB SQL as people write it: one full outer join that counts, one join that fetches examples."""

from __future__ import annotations

import duckdb
from contender import Counts, Task, answer
from duckdb_sql import connect, counts_of, pieces


def compare(task: Task) -> Counts:
    """Run both queries."""
    connection = connect(task)
    sql = pieces(connection, task.key)
    counting = f"SELECT {sql.counts} FROM base b FULL JOIN head h ON {sql.on}"
    examples = f"SELECT * FROM base b JOIN head h ON {sql.on} WHERE {sql.differs} LIMIT 5"
    counted = connection.execute(counting).fetchone()
    return counts_of(sql, counted or (), len(connection.execute(examples).fetchall()))


if __name__ == "__main__":
    answer(compare, f"DuckDB {duckdb.__version__}")
