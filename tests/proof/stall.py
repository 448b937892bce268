"""The smallest project that has each kind of change, in a warehouse of either engine that is put back in no time."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from program import Completed, Place, plain_sql_config

LIMITS = """\
defaults:
  rows_added: {fail: "> 90%"}
  rows_removed: {fail: "> 90%"}
  values_changed: {fail: "> 100%"}
tables:
  orders: {key: [order_id]}
  totals: {key: [status]}
"""
MODELS = {
    "orders": "select order_id, amount, status from raw.orders\n",
    "totals": "select status, sum(amount) as amount from orders group by status\n",
    "paid": "create view paid as select order_id, amount from orders where status = 'paid'\n",
}
"""The queries by table, each after those that it reads."""

CHANGED = {
    "models/orders.sql": "select order_id, amount + 1 as amount, status from raw.orders where order_id >= 10\n",
    "models/paid.sql": "create view paid as select order_id, amount, 1 as one from orders where status = 'paid'\n",
    "models/dear.sql": "select order_id from orders where amount > 50\n",
}
"""Head replaces two tables (one of them only for what it reads) and a view, and brings a table."""

PRODUCTION = (
    "create schema raw",
    "create schema analytics",
    "create table analytics.unrelated as select 1 as id",
    "create table raw.orders (order_id int, amount int, status varchar)",
    """insert into raw.orders select i, i * 7 % 100, case when i % 3 = 0 then 'paid' else 'open' end
    from generate_series(0, 39) as n(i)""",
    "create table analytics.orders as select order_id, amount, status from raw.orders",
    "create table analytics.totals as select status, sum(amount) as amount from analytics.orders group by status",
    "create view analytics.paid as select order_id, amount from analytics.orders where status = 'paid'",
    # Of nobody's project, and yet it reads what is replaced.
    "create view analytics.watch as select count(*) as orders from analytics.orders",
    "create unique index orders_id on analytics.orders (order_id)",
    "comment on table analytics.orders is 'Who bought what'",
    "comment on column analytics.orders.amount is 'in EUR'",
)


@dataclass(frozen=True)
class Marks:
    """What is in a warehouse of ours, with names of runs left out, so that it is alike for like ends."""

    kept: tuple[str, ...]
    """Schemas and tables with names of ours."""
    registered: tuple[str, ...]
    promotions: tuple[str, ...]
    unfinished: tuple[tuple[str, str], ...]
    """Acts that were begun only, with their runs."""
    lease: str
    """The id of the lease, if somebody has it."""


class Stall(Protocol):
    """A repository, and its warehouse with production."""

    @property
    def place(self) -> Place:
        """The repository, and where runs are kept."""

    def production(self) -> object:
        """Describe all of production: rows, queries of views, comments, indexes and privileges."""

    def marks(self) -> Marks:
        """Look for what is ours."""

    def end_lease(self) -> None:
        """Do what time does to the lease of somebody who died."""

    def age(self) -> None:
        """Do what time does to what promotions keep."""

    def runs(self) -> set[str]:
        """List the runs that are registered in the warehouse."""

    def keep(self, name: str) -> None:
        """Remember how all of it is now."""

    def put_back(self, name: str) -> None:
        """Have it as it was."""


AGED = "update datacanary.promotions set promoted_at = '2026-01-01T00:00:00.000000Z'"


def environment(place: Place) -> dict[str, str]:
    """Give what runs need, with a folder for temporary files of their own."""
    folder = temporary(place)
    folder.mkdir(exist_ok=True)
    return {"TMPDIR": str(folder)}


def temporary(place: Place) -> Path:
    """Return the folder that runs have for temporary files."""
    return place.home.parent / "tmp"


def crashed(
    stall: Stall, arguments: tuple[str, ...], *, at: int | None = None, how: str = "kill", log: Path | None = None
) -> Completed:
    """Run the program so that it fails at the moment number `at`; `log` gets the moments."""
    return stall.place.crash(*arguments, at=at, how=how, log=log, **environment(stall.place))


def ran(stall: Stall, *arguments: str) -> Completed:
    """Run the program as it is."""
    return stall.place.run(*arguments, **environment(stall.place))


def make_place(folder: Path, url: str) -> Place:
    """Make the repository, with a branch `change` of which head is."""
    place = Place(folder / "stall", folder / "home")
    place.folder.mkdir(parents=True)
    place.write({"datacanary.yml": plain_sql_config(url, LIMITS), ".gitignore": "/warehouse.duckdb*\n"})
    place.write({f"models/{name}.sql": text for name, text in MODELS.items()})
    place.git("init", "--quiet", "--initial-branch=main")
    place.git("add", "--all")
    place.git("commit", "--quiet", "--message", "The stall")
    place.commit(CHANGED, branch="change")
    return place


def copy_home(place: Place, copy: Path) -> None:
    """Keep the folders of the runs, and the config."""
    place.home.mkdir(exist_ok=True)
    shutil.copytree(place.home, copy / "home")
    shutil.copy(place.folder / "datacanary.yml", copy)


def put_home_back(place: Place, copy: Path) -> None:
    """Put the folders of the runs and the config back, and drop temporary files."""
    for folder in (place.home, temporary(place)):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(copy / "home", place.home)
    shutil.copy(copy / "datacanary.yml", place.folder)


def files(place: Place) -> tuple[str, ...]:
    """List what there is of runs on this machine, by kind of name; what is remembered of queries is no run's."""
    left = (path for path in place.home.glob("*/*/") if path.is_dir())
    found = [f"{_state(path)} {name}" for path in left for name in sorted(one.name for one in path.rglob("*"))]
    found += [f"{_state(path)} run" for path in place.home.glob("*/*/")]
    return tuple(sorted(_nameless(one) for one in found)) + tuple(
        sorted(_nameless(str(path.relative_to(temporary(place)))) for path in temporary(place).rglob("*"))
    )


def runs_here(place: Place) -> list[str]:
    """List the runs that have a folder; one that is being dropped is none any more."""
    return sorted(path.name for path in place.home.glob("*/*/") if not path.name.endswith(".dropped"))


def _state(path: Path) -> str:
    return "finished" if (path / "run.json").exists() else "unfinished"


def _nameless(name: str) -> str:
    return "".join("0" if letter in "0123456789abcdef" else letter for letter in name)


def stray(place: Place) -> list[str]:
    """List the files of the repository that git neither has nor ignores, and temporary ones."""
    changed = [one for one in place.git("status", "--porcelain").splitlines() if not one.endswith("datacanary.yml")]
    beside = [path.name for path in place.folder.glob("warehouse.duckdb?*")]
    dropped = [path.name for path in place.home.glob("*/*.dropped")]
    return changed + beside + dropped + [str(path) for path in temporary(place).rglob("*")]


def told(found: Completed) -> str:
    """Write how a run ended, for a message."""
    return json.dumps({"exit": found.exit_code, "stdout": found.stdout[-300:], "stderr": found.stderr[-500:]})
