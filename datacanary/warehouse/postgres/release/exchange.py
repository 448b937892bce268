"""What leaves production and what comes into it change places, while nobody may look for a moment.

All that takes time is done before, without keeping anybody from reading. Then the locks are taken in one step, or not
at all; what was looked at before is looked at again; and a single message to the server moves everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import psycopg

from datacanary.errors import Refused
from datacanary.model.basic import Physical, Relation
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Found
from datacanary.warehouse.postgres.errors import in_short
from datacanary.warehouse.postgres.names import is_kept
from datacanary.warehouse.postgres.release.dependents import View, signature, views
from datacanary.warehouse.postgres.release.locks import WAIT_AS_LONG_AS_USUAL, exclusively, patiently
from datacanary.warehouse.postgres.release.obstacles import obstacles, refuse_unowned
from datacanary.warehouse.postgres.release.temporary import refuse_temporary
from datacanary.warehouse.postgres.session import Connection

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Move:
    """A relation that goes into another schema; `statistics` go with it: schema, name and the schema they go to."""

    relation: Found
    schema: str
    statistics: tuple[tuple[str, str, str], ...] = ()

    @property
    def statements(self) -> Iterator[str]:
        """What moves it."""
        yield f"ALTER TABLE {sql.table(self.relation.physical)} SET SCHEMA {sql.identifier(self.schema)}"
        for lies_in, name, goal in self.statistics:
            yield f"ALTER STATISTICS {sql.table(Physical('', lies_in, name))} SET SCHEMA {sql.identifier(goal)}"


@dataclass(frozen=True, slots=True)
class NewView:
    """A view that is made in production; `settings` are its predecessor's, as SQL writes them."""

    physical: Physical
    query: str
    settings: str = ""

    @property
    def statement(self) -> str:
        """What makes it."""
        settings = f" WITH ({self.settings})" if self.settings else ""
        return f"CREATE VIEW {sql.table(self.physical)}{settings} AS\n{self.query}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is to happen at once: `cut` are statements that part what goes out from what stays.

    `seen` is the signature of what goes out, from before anything of it was read.
    """

    out: tuple[Move, ...]
    into: tuple[Move, ...]
    new_views: tuple[NewView, ...]
    cut: tuple[str, ...]
    seen: str

    @property
    def leaving(self) -> list[int]:
        """The numbers of what goes out."""
        return [one.relation.oid for one in self.out]


def refuse_immovable(connection: Connection, leaving: Sequence[Found]) -> tuple[View, ...]:
    """Return the views among what leaves, and those that read it; raises Refused for what cannot be carried over."""
    names = {one.oid: f"{one.schema}.{one.name}" for one in leaving}
    found = obstacles(connection, list(names))
    if found:
        first = found[0][0]
        told = ", ".join(what for oid, what in found if oid == first)
        others = sorted({names[oid] for oid, _ in found if oid != first})
        more = f" So have {', '.join(others)}." if others else ""
        raise Refused(
            f"{names[first]} has, or is needed by, what a promotion cannot carry over: {told}.{more}",
            hint=f"{NOTHING_CHANGED} Drop or change that in production first if it is no longer wanted; other tables "
            "alone are checked with --select.",
        )
    those = views(connection, [one.oid for one in leaving if one.kind == "v"], list(names))
    refuse_temporary(connection, those)
    refuse_unowned(connection, [*names, *(view.oid for view in those if not is_kept(view.physical.schema))])
    return those


def exchange(connection: Connection, plan: Exchange, those: Sequence[View]) -> None:
    """Do it within the transaction; `those` are the views among what goes out, and those that read it.

    Raises Refused, with the reason, if it cannot be done, or if the locks cannot be had.
    """
    leaving = set(plan.leaving)
    readers = [view for view in those if view.oid not in leaving]
    standing = [view for view in readers if not is_kept(view.physical.schema)]
    locks = _locks(plan, [view for view in those if view.oid in leaving] + standing)
    steps = [
        *(("a foreign key", one) for one in plan.cut),
        *(
            (f"the relation {one.relation.schema}.{one.relation.name}", each)
            for one in (*plan.out, *plan.into)
            for each in one.statements
        ),
        *((f"the view {one.physical.schema}.{one.physical.name}", one.statement) for one in plan.new_views),
        *((_reader(one), one.again) for one in standing),
        *(("the views that were replaced before", one) for one in _if_they_can(readers, standing)),
    ]

    def at_once() -> None:
        _lock(connection, locks, plan)
        connection.execute("; ".join([*(each for _, each in steps), WAIT_AS_LONG_AS_USUAL]).encode())

    watched = [*plan.leaving, *(view.oid for view in standing)]
    try:
        patiently(connection, at_once, watched)
    except psycopg.Error as error:
        if not refusable(error):
            raise
        # The server does not say which of many statements it was.
        connection.execute("ROLLBACK TO SAVEPOINT datacanary_lock")
        patiently(connection, partial(_one_by_one, connection, locks, plan, steps), watched)


def _lock(connection: Connection, locks: Sequence[str], plan: Exchange) -> None:
    if locks:
        connection.execute(exclusively(locks).encode())
    if plan.out and signature(connection, plan.leaving) != plan.seen:
        raise Refused(
            "Somebody changed production's tables, or what depends on them, at this moment.",
            hint=f"{NOTHING_CHANGED} Try again.",
        )


def _locks(plan: Exchange, those: Sequence[View]) -> list[str]:
    """Return what takes the locks: those of views first, since who reads a view asks for them in this order.

    LOCK TABLE would lock all that a view reads, too; giving it the owner that it has locks nothing else.
    """
    tables = sorted(sql.table(one.relation.physical) for one in plan.out if one.relation.kind == "r")
    owners = [f"ALTER VIEW {sql.table(one.physical)} OWNER TO {one.owner}" for one in those]
    listed = ", ".join(f"ONLY {one}" for one in tables)
    return [*owners, *([f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE"] if tables else [])]


def _if_they_can(readers: Sequence[View], standing: Sequence[View]) -> Iterator[str]:
    """Have views that earlier promotions replaced follow, where they fit: they may come back before these tables do."""
    kept = [view for view in readers if view not in standing]
    if kept:
        tries = " ".join(
            f"BEGIN EXECUTE {sql.text(view.again)}; EXCEPTION WHEN OTHERS THEN NULL; END;" for view in kept
        )
        yield f"DO {sql.text(f'BEGIN {tries} END')}"


def _one_by_one(connection: Connection, locks: Sequence[str], plan: Exchange, steps: Sequence[tuple[str, str]]) -> None:
    _lock(connection, locks, plan)
    for what, each in steps:
        with refusing(what):
            connection.execute(each.encode())


def _reader(view: View) -> str:
    return f"the view {view.relation}, which reads what is promoted,"


def refusable(error: psycopg.Error) -> bool:
    """Tell whether the catalogue forbids a statement, or rows do; rather than a lock, a disk or a connection."""
    state = error.sqlstate or ""
    return state[:2] in {"0A", "22", "23", "2B", "42"} or state == "55000"


@contextmanager
def refusing(what: str, relation: Relation | None = None) -> Iterator[None]:
    """Refuse what the catalogue or the rows forbid; `what` it is about is for people, cells are not told."""
    of = f" of {relation}" if relation is not None else ""
    try:
        yield
    except psycopg.Error as error:
        if not refusable(error):
            raise
        if error.sqlstate and error.sqlstate.startswith("23"):
            problem = f"The new rows{of} break {what} of production's table."
        else:
            problem = (
                f"{what}{of} cannot be made to fit what is promoted: {in_short(error.diag.message_primary or '')}."
            )
        raise Refused(
            problem[0].upper() + problem[1:],
            hint=f"{NOTHING_CHANGED} Mend the query, or drop it in production first if it is no longer wanted.",
        ) from None
