"""The roles of the README: one reads, one checks and cannot write production, one promotes."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from postgres_database import Database, new_database
from postgres_store import PostgresStore
from program import Completed, Place, make_place, plain_sql_config

from datacanary.warehouse.connect import connect
from datacanary.warehouse.postgres.release.releases import open_releases
from datacanary.warehouse.postgres.session import connected
from datacanary.warehouse.postgres.state.registry import ensure_registry

pytest_plugins = ("postgres_server",)

README = Path(__file__).parents[2] / "README.md"


def roles_of_the_readme(database: str, suffix: str) -> list[str]:
    """Take the SQL out of the README, with roles of the test's own: they are the whole server's."""
    (text,) = re.findall(r"```sql\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    text = re.sub(r"--.*", "", text).replace("shop", database)
    text = re.sub(r"\b(dc_read|dc_build|dc_promote|etl)\b", rf"\1_{suffix}", text)
    return [one.strip() for one in text.split(";") if one.strip()]


@pytest.fixture
def place(postgres: dict[str, str], tmp_path: Path) -> Iterator[tuple[Place, Database, str]]:
    """Give a repository, its database with the roles, and what their names end with."""
    with new_database(postgres) as database:
        suffix = database.parameters["dbname"].removeprefix("test_")
        names = [f"{name}_{suffix}" for name in ("dc_read", "dc_build", "dc_promote", "etl")]
        database.execute(
            f"create role {names[3]}",
            f"grant create on database {database.parameters['dbname']} to {names[3]}",
            f"create schema raw authorization {names[3]}",
            f"create schema analytics authorization {names[3]}",
            "create table raw.orders as select i as id, i % 3 as kind from generate_series(1, 100) i",
            "create table analytics.orders as select * from raw.orders",
            f"alter table raw.orders owner to {names[3]}",
            f"alter table analytics.orders owner to {names[3]}",
        )
        try:
            database.execute(*roles_of_the_readme(database.parameters["dbname"], suffix))
            superuser = f"user={quote(database.parameters['user'], safe='')}"
            url = PostgresStore(tmp_path, database).url.replace(superuser, "user=${ROLE}")
            made, config = make_place(tmp_path), plain_sql_config(url, "tables: {orders: {key: [id]}}\n")
            made.commit({"datacanary.yml": config, "models/orders.sql": "select id, kind from raw.orders\n"})
            made.branch_off("more", {"models/orders.sql": "select id, kind, id * 2 as twice from raw.orders\n"})
            yield made, database, suffix
        finally:
            database.execute(
                *(f"drop owned by {name} cascade" for name in names), *(f"drop role {name}" for name in names)
            )


_REGISTER = """
select array_agg((attname, format_type(atttypid, atttypmod), attnotnull)::text order by attnum),
  (select array_agg((conname, pg_get_constraintdef(oid))::text order by conname) from pg_constraint
    where conrelid = 'datacanary.registry'::regclass),
  (select relkind from pg_class where oid = 'datacanary.registry'::regclass)
from pg_attribute where attrelid = 'datacanary.registry'::regclass and attnum > 0
"""


def test_the_register_of_the_readme_is_the_one_that_is_made(
    place: tuple[Place, Database, str], postgres: dict[str, str]
) -> None:
    _, database, _ = place
    with new_database(postgres) as other:
        with connected(other.login(), "test", writable=True) as connection:
            ensure_registry(connection)
        assert database.execute(_REGISTER) == other.execute(_REGISTER)


def test_the_role_that_checks_has_no_hold_on_what_the_promotion_writes(place: tuple[Place, Database, str]) -> None:
    _, database, suffix = place
    promoter, builder = (
        Database({**database.parameters, "user": f"{name}_{suffix}"}) for name in ("dc_promote", "dc_build")
    )
    with open_releases(promoter.login(), "", "ada"):
        pass
    for tried in (
        "create table datacanary.other ()",
        "create trigger robs before insert on datacanary.registry for each row execute function now()",
        "alter table datacanary.registry add more text",
        "insert into datacanary.journal default values",
        "update datacanary.lease set id = ''",
        "delete from datacanary.promotions",
        "drop schema datacanary cascade",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            builder.execute(tried)
    assert connect(PostgresStore(Path(), builder).url, Path()).lease() is None


def test_each_role_can_do_its_part_and_no_more(place: tuple[Place, Database, str]) -> None:
    repository, database, suffix = place

    def run(role: str, *arguments: str) -> Completed:
        return repository.run(*arguments, ROLE=f"{role}_{suffix}")

    before = database.contents()
    doctor = run("dc_build", "doctor")
    assert f"the role dc_build_{suffix} cannot write production" in doctor.stdout, doctor.stdout
    assert "promote will be refused" in doctor.stdout
    assert database.execute(f"select has_schema_privilege('dc_build_{suffix}', 'public', 'create')") == [(False,)]
    warned = run("dc_promote", "doctor").stdout
    assert "can write production (analytics.orders, raw.orders)" in warned
    assert "README, Roles" in warned
    read = run("dc_read", "check")
    assert read.exit_code == 2
    assert "An administrator may allow it: GRANT" in read.stderr
    checked = run("dc_build", "check", "--format", "json")
    assert checked.exit_code == 0, checked.stdout + checked.stderr
    assert database.contents()["analytics.orders"] == before["analytics.orders"]
    refused = run("dc_build", "promote", "last")
    assert refused.exit_code in {2, 4}, refused.stderr
    assert database.contents()["analytics.orders"] == before["analytics.orders"]
    promoted = run("dc_promote", "promote", "last")
    assert promoted.exit_code == 0, promoted.stderr
    assert database.execute("select count(twice) from analytics.orders") == [(100,)]
    assert run("dc_build", "status").exit_code == 0
    rolled_back = run("dc_promote", "rollback")
    assert rolled_back.exit_code == 0, rolled_back.stderr
    assert database.contents()["analytics.orders"] == before["analytics.orders"]


def test_a_table_of_which_a_role_sees_a_part_is_never_taken_for_the_whole(place: tuple[Place, Database, str]) -> None:
    repository, database, suffix = place
    database.execute(
        "alter table raw.orders enable row level security", "create policy p on raw.orders for select using (kind = 1)"
    )
    checked = repository.run("check", ROLE=f"dc_build_{suffix}")
    assert checked.exit_code == 2, checked.stdout
    assert "row-level security" in checked.stderr
    assert "BYPASSRLS" in checked.stderr
    found = repository.run("status", ROLE=f"dc_build_{suffix}")
    assert "Killed" not in found.stdout, found.stdout
