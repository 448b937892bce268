"""Production, open for writing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from datacanary.model.basic import Fingerprint, Relation
from datacanary.model.release import JournalEntry, LiveTable, PromotionRecord, Registered, Swap


class Releases(Protocol):
    """Production, open for writing, by the one who holds the lease; all within a `transaction` happens or does not."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit at the end of the block, or undo all of it on an error.

        Raises Refused if somebody else got the lease meanwhile, and UnknownOutcome if the warehouse was lost during the
        commit and cannot be asked what became of it.
        """

    def now(self) -> str:
        """Return the time that all who change this production go by, ISO 8601 in UTC."""

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first: in the order of the promotions, whatever the clocks said."""

    def journal(self) -> tuple[JournalEntry, ...]:
        """Read the journal, oldest first."""

    def note(self, entry: JournalEntry) -> None:
        """Add a line to the journal: at once, or with the transaction that it is in."""

    def hold(self, relations: Sequence[Relation]) -> None:
        """Keep others from writing these until the transaction ends, while they may read on; raises Refused."""

    def fingerprint(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation's rows, None if it does not exist."""

    def identity(self, relation: Relation) -> Fingerprint | None:
        """Return the identity of a production relation that is to be swapped: a table's rows, a view's query."""

    def swap(self, swaps: Sequence[Swap]) -> tuple[LiveTable, ...]:
        """Put judged tables into production, in this order, and keep what they replace.

        They get what belongs to the tables in production: indexes, constraints, comments, privileges. Raises Refused
        for what cannot be carried over, and for rows that break a constraint.
        """

    def restore(self, tables: Sequence[LiveTable]) -> None:
        """Put back what a swap replaced, in this order; raises Refused if it is gone or no longer fits."""

    def readers(self, tables: Sequence[LiveTable]) -> tuple[Relation, ...]:
        """Return the views that read the promoted tables now and did not when they were put in."""

    def record(self, promotion: PromotionRecord) -> None:
        """Write a promotion into the state of record."""

    def mark_rolled_back(self, promotion: PromotionRecord, at: str) -> None:
        """Write that a promotion was undone."""

    def registered(self) -> tuple[Registered, ...]:
        """List what runs have in the warehouse, oldest first."""

    def drop(self, registered: Sequence[Registered]) -> None:
        """Drop what promotions keep of what they replaced; what is gone already is no error."""
