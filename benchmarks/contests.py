"""Who runs against whom, on what."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from environments import python_of
from workloads import WORKLOADS, Dataset, Workload

Source = Literal["parquet", "tables"]
Kind = Literal["parquet", "tables", "growth"]

GROWN = 50_000_000
GROWN_LIMIT = 2 * 1024**3
"""Bytes that ours may use on the large table."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to compare two tables: a script in peers/, and what it needs (None: the benchmark's own Python)."""

    name: str
    title: str
    requirements: str | None
    sources: tuple[Source, ...]
    returns: str


CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender(
            "ours",
            "datacanary",
            None,
            ("parquet", "tables"),
            "rows by outcome, changed and forgiven cells per column, health of the key, 5 example rows of each kind; "
            "all added, removed and changed rows as lazy frames; no statistics or causes, which no peer has",
        ),
        Contender("limit", "limit", None, ("parquet",), "nothing: it decodes both sides and drops them"),
        Contender(
            "datacompy",
            "datacompy",
            "datacompy",
            ("parquet",),
            "rows by outcome, unequal cells and largest difference per column, examples; all joined rows as a frame",
        ),
        Contender(
            "diffly",
            "diffly",
            "diffly",
            ("parquet",),
            "rows by outcome, share of equal cells and the 3 most frequent changes per column, 5 keys of either side",
        ),
        Contender(
            "duckdb",
            "DuckDB SQL",
            "duckdb",
            ("parquet", "tables"),
            "rows by outcome, changed cells per column, 5 changed rows; a join for the counts, a join for the rows",
        ),
        Contender(
            "duckdb_single",
            "DuckDB SQL, one join",
            "duckdb",
            ("parquet", "tables"),
            "the same by a single join: the counts bring the rows along",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Entrant:
    """A contender with its tables, and the bytes that it may use if it is told so."""

    contender: Contender
    dataset: Dataset
    source: Source = "parquet"
    memory_limit: int | None = None

    @property
    def title(self) -> str:
        """What the tables call it."""
        limited = "" if self.memory_limit is None else f", {self.memory_limit / 1024**3:g} GiB"
        return self.contender.title + limited

    def files(self) -> list[Path]:
        """List what its process will read."""
        if self.source == "tables":
            return [self.dataset.database]
        sides = [self.dataset.side(side) for side in ("base", "head")]
        return [file for side in sides for file in (side.glob("*.parquet") if side.is_dir() else (side,))]

    def command(self, environments: Path) -> list[str | Path]:
        """How its process is started."""
        script = Path(__file__).with_name("peers") / f"run_{self.contender.name}.py"
        sides = [
            str(self.dataset.side(side))
            if self.source == "parquet"
            else f"duckdb://{self.dataset.database}#main.{side}"
            for side in ("base", "head")
        ]
        keys = [word for column in self.dataset.workload.key for word in ("--key", column)]
        limit = [] if self.memory_limit is None else ["--memory-limit", str(self.memory_limit)]
        return [python_of(self.contender.requirements, environments), script, *sides, *keys, *limit]


@dataclass(frozen=True, slots=True)
class Contest:
    """Entrants that run in turn, so that what disturbs the machine disturbs all of them alike."""

    kind: Kind
    entrants: tuple[Entrant, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line asks for; `rows` None is each workload's own size."""

    workloads: tuple[Workload, ...]
    rows: int | None
    kinds: Collection[Kind]
    contenders: tuple[Contender, ...]
    memory_limit: int | None
    data: Path


def contests(choice: Choice) -> Iterator[Contest]:
    """List the contests, those on Parquet files first."""
    sources: tuple[Source, ...] = ("parquet", "tables")
    for source in sources:
        for workload in choice.workloads if source in choice.kinds else ():
            dataset = Dataset(workload, choice.rows or workload.rows, choice.data)
            entrants = tuple(
                Entrant(contender, dataset, source, choice.memory_limit if contender.name == "ours" else None)
                for contender in choice.contenders
                if source in contender.sources
            )
            if entrants:
                yield Contest(source, entrants)
    if "growth" in choice.kinds:
        yield growth(choice)


def growth(choice: Choice) -> Contest:
    """Let ours and the limit run on W1 and on five times as much of it; ours also in little memory."""
    standard, grown = (Dataset(WORKLOADS["W1"], rows, choice.data) for rows in (WORKLOADS["W1"].rows, GROWN))
    entrants = [
        Entrant(contender, dataset)
        for contender in choice.contenders
        if contender.name in {"ours", "limit"}
        for dataset in (standard, grown)
    ]
    ours = [contender for contender in choice.contenders if contender.name == "ours"]
    return Contest("growth", (*entrants, *(Entrant(contender, grown, "parquet", GROWN_LIMIT) for contender in ours)))
