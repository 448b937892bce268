"""A production in PostgreSQL for tests of promotions, and the tables that a run judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from postgres_database import Database

from datacanary.model.basic import Physical, Relation
from datacanary.model.release import LiveTable, PromotionRecord, Swap
from datacanary.protocols.releases import Releases
from datacanary.warehouse.postgres.names import run_schema
from datacanary.warehouse.postgres.release.releases import open_releases

RUN = "20261120-101500-4f1c9e2"
NEXT = "20261121-101500-4f1c9e2"
MOMENTS = (f"2026-11-20T10:15:00.{number:06}Z" for number in count())
ORDERS = Relation("analytics", "orders")
WORDS = Relation("analytics", "words")


def quoted(*parts: str) -> str:
    """Write a name as SQL has it."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


@contextmanager
def shop_with_roles(database: Database) -> Iterator[Database]:
    """Make a production with two tables, a view and three roles, which are gone at the end."""
    owner, bi, other = (role(database, name) for name in ("owner", "bi", "other"))
    database.execute(
        *(f"create role {name}" for name in (owner, bi, other)),
        "create schema analytics",
        "create schema raw",
        "create table analytics.orders (id int, word text)",
        "insert into analytics.orders values (1, 'a'), (2, 'b')",
        f"alter table analytics.orders owner to {owner}",
        "create view analytics.words as select word from analytics.orders",
        "create table raw.clicks as select i as id from generate_series(1, 5) i",
    )
    yield database
    database.execute(*(f"drop owned by {name} cascade; drop role {name}" for name in (owner, bi, other)))


def role(shop: Database, name: str) -> str:
    """Name a role of that production: the server has those of all tests."""
    return f"{name}_{shop.parameters['dbname']}"


def schema_of(swap: Swap) -> str:
    """Name the schema where a judged table lies."""
    assert swap.built is not None
    return swap.built.schema


def build(database: Database, relation: Relation, query: str, run: str = RUN) -> Swap:
    """Make a table of a run's head, and plan to promote it."""
    schema = run_schema(run, "head", relation.schema)
    database.execute(
        f"create schema if not exists {quoted(schema)}", f"create table {quoted(schema, relation.name)} as {query}"
    )
    return Swap(relation, Physical("", schema, relation.name), "table", "", f"__dc_prev__{relation.name}")


def view_of(relation: Relation, query: str) -> Swap:
    """Plan to make a view."""
    return Swap(relation, None, "view", query, f"__dc_prev__{relation.name}")


def removal_of(relation: Relation) -> Swap:
    """Plan to take a relation out of production."""
    return Swap(relation, None, "table", "", f"__dc_prev__{relation.name}")


def kept(relation: Relation, run: str = RUN) -> str:
    """Name what a promotion has replaced, as SQL has it."""
    return quoted(run_schema(run, "kept", relation.schema), relation.name)


@contextmanager
def releases(database: Database, run: str = RUN) -> Iterator[Releases]:
    """Open production for writing."""
    with open_releases(database.login(), run, "ada@here") as opened:
        yield opened


def promote(database: Database, *swaps: Swap, run: str = RUN) -> tuple[LiveTable, ...]:
    """Do swaps as a promotion does: with all tables held and the record written."""
    with releases(database, run) as release, release.transaction():
        release.hold([one.target for one in swaps])
        live = release.swap(swaps)
        release.record(PromotionRecord(run, next(MOMENTS), "ada", "b" * 40, "h" * 40, "pass", live))
    return live


def roll_back(database: Database, live: tuple[LiveTable, ...]) -> None:
    """Undo swaps as a rollback does."""
    with releases(database, "") as release, release.transaction():
        release.hold([one.relation for one in live])
        release.restore(live[::-1])


def definitions(database: Database) -> set[tuple[object, ...]]:
    """Describe all that production has besides rows, by name: what a rollback must bring back as it was."""
    return set(
        database.execute(
            """
            with mine as (select c.*, n.nspname,
              (select string_agg(one::text, ' ' order by one::text) from unnest(relacl) one) as acl
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname in ('analytics', 'raw', 'marts'))
            select 'relation', nspname, relname, relkind::text, acl, reloptions::text, relowner::text from mine
            union all select 'constraint', nspname, relname, conname, pg_get_constraintdef(k.oid),
              obj_description(k.oid, 'pg_constraint'), '' from mine join pg_constraint k on conrelid = mine.oid
            union all select 'index', nspname, relname, pg_get_indexdef(mine.oid),
              obj_description(mine.oid, 'pg_class'), indisclustered::text,
              (select string_agg(attstattarget::text, ' ' order by attnum) from pg_attribute where attrelid = mine.oid)
              from mine join pg_index i on i.indexrelid = mine.oid
            union all select 'column', nspname, relname, attname, pg_get_expr(adbin, adrelid), attacl::text,
              concat_ws(',', attstattarget, attoptions, attstorage, col_description(mine.oid, attnum), attnotnull,
              attcollation::regcollation)
              from mine join pg_attribute a on attrelid = mine.oid and attnum > 0 and not attisdropped
              left join pg_attrdef on adrelid = mine.oid and adnum = attnum where relkind in ('r', 'v')
            union all select 'comment', nspname, relname, obj_description(mine.oid, 'pg_class'), '', '', '' from mine
            union all select 'view', nspname, relname, pg_get_viewdef(mine.oid), '', '', ''
              from mine where relkind = 'v'
            union all select 'statistics', nspname, relname, pg_get_statisticsobjdef(s.oid),
              stxowner::regrole::text, stxstattarget::text, obj_description(s.oid, 'pg_statistic_ext')
              from mine join pg_statistic_ext s on stxrelid = mine.oid
            """
        )
    )
