"""Plans as people meet them, made from the texts of two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from datacanary.config import parse as parse_config
from datacanary.impact.leaves import leaves_of
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Column, Pair, Version
from datacanary.model.leaf import Leaf, LeafColumns
from datacanary.model.plan import Plan
from datacanary.model.project import DataFile, Project, SourceData
from datacanary.project.plain_sql import parse

CONFIG = parse_config("version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n", "datacanary.yml", {})
COLUMNS = {
    "orders": ("id", "cents", "day", "note"),
    "rates.csv": ("country", "rate"),
}

BASE = {
    "stg_orders": "select id, cents, day, note from raw.orders\n",
    "fct_orders": "select id, cents / 100 as amount, day\nfrom stg_orders\nwhere id > 0\n",
    "rates": "select country, rate from 'rates.csv'\n",
    "weekly": "select date_trunc('week', day) as week, sum(amount) as amount, count(*) as orders\n"
    "from fct_orders\ngroup by 1\n",
    "days": "select day, count(*) as orders from stg_orders group by day\n",
    "notes": "select id, note from raw.orders where note is not null and id > 0\n",
    "top_orders": "select id from fct_orders where day > date '2026-01-01'\n",
    "guesses": "select id, guess(note) as guess from stg_orders\n",
    "customers": "select 1 as id\n",
    "countries": "select 'at' as country\n",
    "dim_old": "select 2 as id\n",
    "dim_was": "select 3 as id, 'x' as kind\n",
}
HEAD = {name: text for name, text in BASE.items() if name not in {"dim_old", "dim_was"}} | {
    "stg_orders": "select id, cents * 2 as cents, day, note, 'eur' as currency from raw.orders\n",
    "notes": "with found as (\n  select * from raw.orders where id > 0\n)\n"
    "select id, note from found where note is not null\n",
    "top_orders": "select id\nfrom fct_orders\nwhere day > date '2026-02-01' -- a month later\n",
    "guesses": "select id, guess(cents) as guess from stg_orders\n",
    "dim_new": "select 4 as id\n",
    "dim_is": "select 3 as id, 'x' as kind\n",
}


SHAS = {"main": "1a2b3c4", "half-price": "4f1c9e2"}


def version(texts: Mapping[str, str], ref: str, rates: str = "1") -> Project:
    """Parse models by name; `rates` is the identity of the file that one of them reads."""
    version = Version(ref, f"{SHAS[ref]:0<40}")
    parsed = parse(
        {f"models/{name}.sql": text for name, text in texts.items()}, CONFIG, (), version, dialect="duckdb", catalog="x"
    )
    files = {
        path: SourceData(None, path, (DataFile(path, tracked=True, identity=rates),))
        for model in parsed.models.values()
        for path in model.files()
    }
    return replace(parsed, files=files)


def planned(base: Project, head: Project, *select: str) -> tuple[Plan, Pair[Project]]:
    """Plan with the columns of what is read from outside known."""
    projects = Pair(base, head)
    return make_plan(projects, "analytics", select, columns=projects.map(_columns)), projects


def _columns(project: Project) -> Mapping[Leaf, LeafColumns]:
    leaves = {leaf for model in project.models.values() for leaf in leaves_of(model, "duckdb").values()}
    return {leaf: _of(leaf) for leaf in leaves}


def _of(leaf: Leaf) -> LeafColumns:
    name = leaf.relation.name if leaf.relation is not None else leaf.paths[0]
    return LeafColumns(tuple(Column(column, "bigint") for column in COLUMNS[name]))


def main(*names: str) -> Project:
    """Make base of some models, of all if none is named."""
    return version({name: text for name, text in BASE.items() if name in names or not names}, "main")


CHANGE = planned(main(), version(HEAD, "half-price", rates="2"))
ALIKE = planned(main(), version(BASE | {"notes": HEAD["notes"]}, "half-price"))
NOTHING = planned(main(), version(BASE, "half-price"))
SIX = ("stg_orders", "fct_orders", "weekly", "days", "notes", "customers")
README = planned(main(*SIX), version({name: HEAD[name] for name in SIX}, "half-price"))
