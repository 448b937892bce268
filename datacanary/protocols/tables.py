"""What can be read of a warehouse's relations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from datacanary.model.basic import Column, Pair, Physical, Side
from datacanary.model.prints import FoundPrints, PrintRequest

if TYPE_CHECKING:
    # It takes a while to import, and here it only names types.
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the user, as the engine has understood it: exactly one SELECT, and its columns."""

    text: str
    columns: tuple[Column, ...]

    def __str__(self) -> str:
        return "the query"


@dataclass(frozen=True, slots=True)
class Prints:
    """What the checksums of two relations say, and what `Tables.reading` gives of the rows that may differ.

    `ends` gives two rows: the least and the greatest finite cell of some columns of base, of numbers and times.
    """

    found: FoundPrints
    reading: Callable[[Side, Sequence[Column]], AbstractContextManager[pa.RecordBatchReader]]
    ends: Callable[[Sequence[Column]], AbstractContextManager[pa.RecordBatchReader]]


class Tables(Protocol):
    """Relations that can be read."""

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if it does not exist."""

    def rows(self, relation: Physical) -> int:
        """Count a relation's rows."""

    def reading(
        self, relation: Physical | Query, columns: Sequence[Column] | None = None
    ) -> AbstractContextManager[pa.RecordBatchReader]:
        """Stream a relation or query, or these columns of it, as Arrow while the block runs.

        Types that Arrow would lose come as text. Several may be read at once, by any thread.
        """

    def in_order(self, relation: Physical) -> bool:
        """Tell whether a relation gives the same rows in the same order each time, at no more cost.

        A table does, unless it is so small that it is cheaper to keep its rows than to ask for them again.
        """

    def prints(self, sides: Pair[Physical], request: PrintRequest) -> Prints | None:
        """Compare the checksums of two relations where they lie; None where engine or columns do not allow it.

        Raises StatementError.
        """

    def identifies(self, sides: Pair[Physical], columns: Sequence[str]) -> bool | None:
        """Prove where they lie that columns are never NULL and unique in two relations, and that they pair rows.

        They pair at least half of the smaller side's rows, as far as a sample tells. None where engine or columns do
        not allow it. Raises StatementError.
        """
