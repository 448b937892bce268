"""Values that every stage uses: the two sides, versions, relations, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
U = TypeVar("U")

Side = Literal["base", "head"]


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """The same thing on both sides.

    >>> Pair(3, 4).map(str)
    Pair(base='3', head='4')
    """

    base: T
    head: T

    def __iter__(self) -> Iterator[T]:
        yield self.base
        yield self.head

    def map(self, function: Callable[[T], U]) -> Pair[U]:
        """Apply `function` to each side."""
        return Pair(function(self.base), function(self.head))

    def of(self, side: Side) -> T:
        """Return the value of one side."""
        return self.base if side == "base" else self.head


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a repository: the ref as the user knows it, its commit, and whether files differ from it.

    `sha` is the full commit id. `dirty` is true only for a working tree with changes that are not committed.
    """

    ref: str
    sha: str
    dirty: bool = False

    def __str__(self) -> str:
        return f"{self.ref} ({self.sha[:7]}{' + uncommitted changes' if self.dirty else ''})"


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A table or view by its schema and name, both as the warehouse folds them.

    >>> str(Relation("analytics", "orders"))
    'analytics.orders'
    """

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its type, in the lower-case words of the warehouse or of Polars."""

    name: str
    type: str


@dataclass(frozen=True, slots=True, order=True)
class Physical:
    """A relation where it really lies: in a database of the warehouse, or in the run's own."""

    catalog: str
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.catalog}.{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The identity of a relation's rows: columns with types, count, and a hash of all rows in any order.

    Views of production are told apart by their `definition`, and their rows are not read.
    """

    columns: tuple[Column, ...]
    rows: int | None
    digest: str
    definition: str = ""
