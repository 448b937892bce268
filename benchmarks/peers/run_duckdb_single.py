"""DuckDB SQL at its best: the full outer join that counts brings the examples along, so there is only one join."""

from __future__ import annotations

import duckdb
from contender import Counts, Task, answer
from duckdb_sql import connect, counts_of, pieces


def compare(task: Task) -> Counts:
    """Run the query; its examples are the changed rows with the smallest keys."""
    connection = connect(task)
    sql = pieces(connection, task.key)
    examples = f'arg_min({{b: b, h: h}}, b."{task.key[0]}", 5) FILTER ({sql.paired} AND {sql.differs})'
    query = f"SELECT {sql.counts}, {examples} FROM base b FULL JOIN head h ON {sql.on}"
    *counted, samples = connection.execute(query).fetchone() or ()
    return counts_of(sql, tuple(counted), len(samples or ()))


if __name__ == "__main__":
    answer(compare, f"DuckDB {duckdb.__version__}")
