"""One process of the benchmark of plans: `plan FOLDER`, `meanings FILE DIALECT` or `lineage FILE MODELS`; prints JSON.

`before` are the CPU seconds until it began: the interpreter's start, and imports. A FILE is a JSON object of texts by
names, in an order in which each reads only those before it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path


def plan(folder: str) -> Callable[[], dict[str, object]]:
    """Plan a project as `datacanary plan` does."""
    from datacanary.pipeline.home import Asked  # noqa: PLC0415
    from datacanary.pipeline.planning import plan_only  # noqa: PLC0415 -- what is measured apart

    def run() -> dict[str, object]:
        versions, made = plan_only(Asked(start=Path(folder), environ=dict(os.environ)))
        affected = sum(table.effect != "unaffected" for table in made.tables)
        return {"models": len(made.tables), "affected": affected, "remembers": not versions.memory.trouble}

    return run


def meanings(file: str, dialect: str) -> Callable[[], dict[str, object]]:
    """Work out rows and columns of all models, as if each had changed."""
    from plan_models import DATES, KEYS, NUMBERS, TEXTS  # noqa: PLC0415

    from datacanary.impact.meaning.query import read_sql  # noqa: PLC0415
    from datacanary.impact.meaning.table import Table, as_read, source_table  # noqa: PLC0415
    from datacanary.sql.collector import resting_collector  # noqa: PLC0415

    texts = json.loads(Path(file).read_text("utf-8"))
    kinds = {**dict.fromkeys(KEYS, "integer"), **dict.fromkeys(TEXTS, "varchar"), **dict.fromkeys(DATES, "date")}
    # So it has names that a query writes without quotes.
    stored = str.upper if dialect == "snowflake" else str.lower
    columns = [(stored(name), kind) for name, kind in (*kinds.items(), *((name, "double") for name in NUMBERS))]

    def run() -> dict[str, object]:
        tables: dict[str, Table] = {
            stored(f"raw.source_{number}"): source_table(f"raw.source_{number}", columns, "", dialect)
            for number in range(len(texts))
        }
        doubts = found = 0
        with resting_collector():
            for name, text in texts.items():
                result = read_sql(text, tables, dialect, salt="base")
                tables[stored(name)] = as_read(result.table, name, dialect)
                doubts += bool(result.doubts)
                found += len(result.table.columns)
        return {"columns": found, "doubts": doubts}

    return run


def lineage(file: str, count: str) -> Callable[[], dict[str, object]]:
    """Ask sqlglot.lineage for each column of some models, spread over all layers, by itself."""
    from plan_models import DATES, KEYS, NUMBERS, TEXTS  # noqa: PLC0415
    from sqlglot.lineage import lineage as column_lineage  # noqa: PLC0415
    from sqlglot.schema import MappingSchema  # noqa: PLC0415

    texts = json.loads(Path(file).read_text("utf-8"))
    names = (*KEYS, *TEXTS, *DATES, *NUMBERS)
    columns = dict.fromkeys(names, "varchar")
    raw = {f"source_{number}": columns for number in range(len(texts))}
    # Made once: for each column anew, it would be most of the work.
    schema = MappingSchema({"raw": raw, "main": dict.fromkeys(texts, columns)}, dialect="duckdb")
    chosen = list(texts)[:: max(len(texts) // int(count), 1)][: int(count)]

    def run() -> dict[str, object]:
        for name in chosen:
            for column in names:
                column_lineage(column, texts[name], schema=schema, dialect="duckdb", db="main")
        return {"columns": len(chosen) * len(names)}

    return run


def main() -> None:
    """Run what is asked for."""
    what, *arguments = sys.argv[1:]
    made = plan(*arguments) if what == "plan" else meanings(*arguments) if what == "meanings" else lineage(*arguments)
    before = _taken()
    answer = made()
    sys.stdout.write(json.dumps({"before": before, "inside": _taken() - before, **answer}))


def _taken() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


if __name__ == "__main__":
    main()
