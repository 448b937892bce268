"""What dbt says of a project: its manifest, without what nobody here needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from datacanary.model.basic import Relation

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value as it stands in an artifact."""

_PLAIN_FILE = re.compile(r"[\w.-]+")

NodeKind = Literal["model", "seed", "snapshot", "test", "unit_test"]

NodeStatus = Literal["success", "error", "skipped", "fail", "warn", "unfinished"]
"""What became of a node: `fail` and `warn` are those of tests, `unfinished` was begun when dbt was stopped."""


@dataclass(frozen=True, slots=True)
class DbtColumn:
    """What a project declares of a column."""

    name: str
    data_type: str = ""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DbtNode:
    """A model, seed, snapshot or test.

    `path` is relative to the folder of its package, `patch_path` to that of the file which describes it. `schema` and
    `identifier` are as dbt will write them; `database` likewise. `reads` and `macros` are the unique ids of what it
    depends on. `compiled` is None for what has no SQL, or could not be compiled. `config` is all of it, as JSON.
    """

    unique_id: str
    kind: NodeKind
    name: str
    package: str
    path: str
    fqn: tuple[str, ...]
    database: str = ""
    schema: str = ""
    identifier: str = ""
    materialized: str = ""
    language: str = "sql"
    raw: str = ""
    compiled: str | None = None
    checksum: str = ""
    reads: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    config: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Json] = field(default_factory=dict)
    columns: Mapping[str, DbtColumn] = field(default_factory=dict)
    constraints: tuple[Mapping[str, Json], ...] = ()
    column_constraints: Mapping[str, tuple[Mapping[str, Json], ...]] = field(default_factory=dict)
    patch_path: str = ""
    attached: str = ""
    """Of a test, the unique id of the one node that it tests; empty for others and for tests of several."""
    test: Mapping[str, Json] = field(default_factory=dict)
    """Of a generic test, `name`, `namespace` and `kwargs`; empty for others."""
    test_column: str = ""
    version: str = ""

    @property
    def relation(self) -> Relation:
        """The relation that dbt makes of it, as the warehouse names it."""
        return Relation(self.schema.lower(), self.identifier.lower())

    @property
    def makes_relation(self) -> bool:
        """Whether dbt writes a table or view for it."""
        return self.kind in {"model", "seed", "snapshot"} and self.materialized != "ephemeral"

    @property
    def selector(self) -> str:
        """What selects this node alone on dbt's command line: the name by itself also selects what lies below it.

        >>> orders = DbtNode("model.shop.orders", "model", "orders", "shop", "models/orders.sql", ("shop", "orders"))
        >>> orders.selector
        'fqn:shop.orders,resource_type:model,file:orders.sql'
        """
        file = self.path.rpartition("/")[2]
        named = f",file:{file}" if self.makes_relation and _PLAIN_FILE.fullmatch(file) else ""
        return f"fqn:{'.'.join(self.fqn)},resource_type:{self.kind}{named}"


@dataclass(frozen=True, slots=True)
class DbtSource:
    """A source: a relation that the project reads and does not make."""

    unique_id: str
    name: str
    database: str
    schema: str
    identifier: str
    meta: Mapping[str, Json] = field(default_factory=dict)

    @property
    def relation(self) -> Relation:
        """The relation, as the warehouse names it."""
        return Relation(self.schema.lower(), self.identifier.lower())


@dataclass(frozen=True, slots=True)
class DbtExposure:
    """Somebody who reads the project's tables: a dashboard, a notebook, an application."""

    name: str
    label: str
    kind: str
    owner: str
    url: str
    reads: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} {self.label or self.name}"


@dataclass(frozen=True, slots=True)
class DbtHook:
    """A statement that dbt runs before or after everything, as written; `macros` are those that it calls."""

    place: str
    text: str
    macros: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class DbtManifest:
    """One version of a project. `macros` has the text of each by its unique id, `macro_reads` what macros it calls.

    `hooks` are those of on-run-start and on-run-end. `warnings` are sentences.
    """

    project: str
    adapter: str
    dbt_version: str
    nodes: Mapping[str, DbtNode]
    sources: Mapping[str, DbtSource]
    exposures: tuple[DbtExposure, ...]
    macros: Mapping[str, str]
    macro_reads: Mapping[str, tuple[str, ...]]
    hooks: tuple[DbtHook, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DbtResult:
    """What became of one node; `message` is one line without cells, `failures` the rows that a test found, if it ran.

    `seconds` is how long it took.
    """

    unique_id: str
    status: NodeStatus
    message: str = ""
    failures: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class TestedBy:
    """A test of the project, and what it tests.

    `table` is the table's name as reports have it; empty for a test of none or of several, and for a test of a table
    that nothing can reach: it is one of the whole run then. `column` is None for a test of rows. `path` is the file
    that the test stands in.
    """

    name: str
    table: str
    column: str | None
    path: str


@dataclass(frozen=True, slots=True)
class DbtTarget:
    """The output of a profile that dbt would use: where production is.

    `path` is the file of a DuckDB database, absolute; `schema` the one that the profile names, rendered.
    """

    profile: str
    target: str
    adapter: str
    schema: str
    database: str = ""
    path: str = ""
