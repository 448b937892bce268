"""What `datacanary.yml` says, after it was checked; every limit remembers where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

from datacanary.model.dbt import Json
from datacanary.model.location import Warehouse

Unit = Literal["share", "points", "count", "spreads"]
"""`share`: a fraction of 1 (written `0.1%`); `points`: a move of a share (`1pp`); `count`: a number of things (`500`);
`spreads`: a distance in spreads of base's values (`0.25`)."""

Direction = Literal["increase", "decrease"]

MeasuredCheck = Literal[
    "key_problems", "rows_removed", "rows_added", "values_changed", "null_rate", "total", "shape", "distance"
]
"""Checks whose finding is a number."""

SwitchCheck = Literal["column_removed", "column_added", "type_changed", "table_removed", "table_added", "no_data"]
"""Checks whose finding is yes or no."""

CheckName = MeasuredCheck | SwitchCheck

MEASURED_CHECKS: tuple[MeasuredCheck, ...] = get_args(MeasuredCheck)
SWITCH_CHECKS: tuple[SwitchCheck, ...] = get_args(SwitchCheck)

SwitchStatus = Literal["pass", "warn", "inconclusive", "fail"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """`> value`: what is above it breaks the limit. Shares and points are fractions of 1."""

    value: float
    unit: Unit
    text: str


@dataclass(frozen=True, slots=True)
class Limit:
    """How a check judges: above `fail` it fails, above `warn` it warns; or, for yes-no checks, a fixed `status`.

    Both thresholds have one unit and `warn` is never above `fail`. A check of a number with `status` "pass" is
    never judged; it has no other status.
    `origin` is `default` or `file:line`.
    """

    warn: Threshold | None = None
    fail: Threshold | None = None
    status: SwitchStatus | None = None
    origin: str = "default"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """|a-b| <= max(absolute, relative * max(|a|, |b|)) counts as equal.

    Source: the contract's equality rules; the relative part is a fraction of 1.
    """

    absolute: float = 0.0
    relative: float = 0.0


@dataclass(frozen=True, slots=True)
class ColumnPolicy:
    """What the config says of one column of one table, or of all that a pattern names; None where it says nothing.

    `direction`: of `total` and `distance` only a move that way is judged. `dry_run`: checks are shown and do not count.
    `origins` says where `tolerance`, `measure` and `direction` stand, as `file:line`.
    """

    ignore: bool | None = None
    tolerance: Tolerance | None = None
    measure: bool | None = None
    direction: Direction | None = None
    dry_run: bool | None = None
    limits: dict[CheckName, Limit] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TablePolicy:
    """What the config says of one table, or of all that a pattern names; None where it says nothing.

    Without a `key` one is inferred; `()` compares whole rows. `key_origin` is `file:line`, empty without a key.
    `columns` goes by name or pattern. `wider` are the less near entries of the same table, whose `columns` hold where
    these say nothing; only what was gathered for one table has any.
    """

    key: tuple[str, ...] | None = None
    key_origin: str = ""
    materialized: Literal["table", "view"] | None = None
    limits: dict[CheckName, Limit] = field(default_factory=dict)
    columns: dict[str, ColumnPolicy] = field(default_factory=dict)
    dry_run: bool | None = None
    wider: tuple[TablePolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """A change that head declares: it widens the limit up to `maximum` and warns below `minimum`.

    `columns` is empty for checks of rows and tables. `minimum` and `maximum` are fractions of 1 (units `share` and
    `points`), spreads or counts; for yes-no checks (`SWITCH_CHECKS`) both are 1 and the unit is `count`. `text` is the
    range as written, or `true`. `origin` is `file:line`. `direction`: all changed cells must have moved that way.
    """

    table: str
    columns: tuple[str, ...]
    check: CheckName
    minimum: float
    maximum: float
    unit: Unit
    reason: str
    text: str
    origin: str
    owner: str = ""
    direction: Direction | None = None

    @property
    def why(self) -> str:
        """The reason, and who answers for it."""
        return f"{self.reason} ({self.owner})" if self.owner else self.reason


@dataclass(frozen=True, slots=True)
class SamplePolicy:
    """Which values of cells a report may show: none, those of keys, or those of the allowed `table.column`s too."""

    show: Literal["none", "keys", "allowed"] = "keys"
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that judges: the part of the config that is taken from the base version.

    `tables` goes by name or pattern, as the config spells it.
    """

    defaults: dict[CheckName, Limit] = field(default_factory=dict)
    float_tolerance: Tolerance = Tolerance(relative=1e-9)
    max_warnings: int = 20
    tables: dict[str, TablePolicy] = field(default_factory=dict)
    samples: SamplePolicy = SamplePolicy()


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A name that models read and the files (a path or a glob, relative to the config) that hold its rows."""

    name: str
    pattern: str
    line: int


@dataclass(frozen=True, slots=True)
class DbtEntry:
    """How to call the user's own dbt; what is empty dbt finds by itself.

    `executable` is a path or a name on PATH. `timeout` is how long one dbt command may take, in seconds. With
    `incremental` "copy" both versions add to copies of production's incremental tables, else both build them anew.
    `defer` has models that no change reaches read from production, where it has them; else all of them are built.
    """

    executable: str = ""
    profiles_dir: str = ""
    profile: str = ""
    target: str = ""
    vars: Mapping[str, Json] = field(default_factory=dict)
    threads: int | None = None
    timeout: int = 3600
    incremental: Literal["full_refresh", "copy"] = "full_refresh"
    defer: bool = True


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """Where the models are (relative to the config) and how a path becomes a schema and a table.

    Of a dbt project `path` is the folder with dbt_project.yml, and `dbt` how to run it; the rest is for plain SQL.
    `layout` is None for the usual one: folder = schema, file = table, or `schema.table.sql`. Else it is a path under
    `path` with one `{table}`, at most one `{schema}`, and other `{names}` that each stand for any one path part.
    `cut` holds (reader, read): that reference, to itself or into a cycle, reads production's present table.
    """

    kind: Literal["sql", "dbt"] = "sql"
    path: str = "models"
    layout: str | None = None
    cut: tuple[tuple[str, str], ...] = ()
    dbt: DbtEntry = DbtEntry()


@dataclass(frozen=True, slots=True)
class ReleasePolicy:
    """For how long the tables that a promotion replaced are kept for its rollback; None: for ever."""

    keep_replaced: timedelta | None = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Config:
    """One version of `datacanary.yml`; `file` is its path as the user would write it.

    `warehouse` is unfolded only when its `url` is asked for: planning needs no secret. A dbt project's warehouse and
    production come from its profile; until that is read they are empty.
    """

    file: str
    project: ProjectEntry
    warehouse: Warehouse
    production: str
    base: str
    sources: tuple[SourceEntry, ...]
    policy: Policy
    expectations: tuple[Expectation, ...] = ()
    release: ReleasePolicy = ReleasePolicy()
