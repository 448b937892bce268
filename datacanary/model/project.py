"""One version of a project: its models, what they read, and the data files it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from datacanary.model.basic import Relation, Version

Materialized = Literal["table", "view"]
ReadKind = Literal["model", "source", "external", "previous", "file"]
"""What a name in FROM means: another model; an entry of `sources:`; a table that is only in the warehouse;
production's present table of a model (an edge that the config cut); or a data file named by its path."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `[start, end)` of a model's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """One place in a model's text that names what it reads.

    `target` is None for files, `path` is empty for everything else. `alias` is the name to add behind a spliced one
    that ends otherwise, so that `orders.id` stays valid; empty where the text has an alias of its own.
    """

    kind: ReadKind
    target: Relation | None
    path: str
    span: Span
    alias: str
    line: int


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A `schema.table` in front of a column whose table is spliced, and where FROM names that table.

    It becomes the table's new name; or `alias`, where the table gets one.
    """

    span: Span
    alias: str
    table: Span


@dataclass(frozen=True, slots=True)
class Unread:
    """Why our parser cannot read a text, as a sentence, and where; the warehouse's own can."""

    why: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Model:
    """What makes one relation: a `.sql` file with statements that prepare and then the query, or whatever dbt runs.

    `path` is relative to the config. `unpinned` are functions and catalogs in FROM whose rows nobody can hold still.
    `fingerprint` is of the text without white space, comments and the case of keywords. `unread` says why only the
    warehouse's own parser reads the query, if that is so: then nobody knows what it means.

    `opaque` says why there is no query to read at all: then `fingerprint` tells apart what makes the rows, and if that
    is all that does, they are `settled`. `beyond` says what decides its rows besides its query. `settings` is how it
    is made, by the names that the user has for it.
    """

    relation: Relation
    path: str
    text: str
    materialized: Materialized
    preamble: tuple[Span, ...]
    query: Span
    references: tuple[Reference, ...]
    qualifiers: tuple[Qualifier, ...]
    unpinned: tuple[str, ...]
    fingerprint: str
    unread: Unread | None = None
    opaque: str = ""
    settled: bool = False
    beyond: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def reads(self, *kinds: ReadKind) -> tuple[Relation, ...]:
        """Return the distinct relations of these kinds that the model reads, sorted."""
        return tuple(sorted({r.target for r in self.references if r.kind in kinds and r.target is not None}))

    def files(self) -> tuple[str, ...]:
        """Return the distinct paths or globs of data files that the text names, sorted."""
        return tuple(sorted({r.path for r in self.references if r.kind == "file"}))


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file with rows: where it can be read, and what tells its content apart.

    `path` is relative to the config (absolute if it lies elsewhere). `tracked` files come from git and `identity`
    is the digest of their content; the others lie on disk for both sides and `identity` is their place.
    """

    path: str
    tracked: bool
    identity: str


@dataclass(frozen=True, slots=True)
class SourceData:
    """A name that models read, and the files that hold its rows; `relation` is None for a path named in a query."""

    relation: Relation | None
    pattern: str
    files: tuple[DataFile, ...]
    line: int | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What must be equal on both sides for the rows to be the same."""
        return tuple(f"{file.path}={file.identity}" for file in self.files)


@dataclass(frozen=True, slots=True)
class Project:
    """One version of a project; every model's reads are resolved and free of cycles.

    `names` is how people call its relations, where that is not by the usual rule.
    """

    version: Version
    models: Mapping[Relation, Model]
    sources: Mapping[Relation, SourceData]
    files: Mapping[str, SourceData]
    names: Mapping[Relation, str] = field(default_factory=dict)
