"""With `incremental: copy` both versions of a dbt project on PostgreSQL add to what production has."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from postgres_database import Database, new_database
from program import Place, make_place

pytest_plugins = ("dbt_environment", "postgres_server")
pytestmark = pytest.mark.thorough

GROWN = """\
{{ config(materialized='incremental', unique_key='id') }}
select id, amount from {{ source('raw', 'events') }}
{% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}
"""
FILES = {
    ".gitignore": "/target/\n/logs/\n/.user.yml\n",
    "datacanary.yml": "version: 1\nproject: {kind: dbt, dbt: {incremental: copy}}\n",
    "dbt_project.yml": "name: shop\nprofile: shop\nconfig-version: 2\nmodels: {+materialized: table}\n",
    "models/shop.yml": "sources: [{name: raw, tables: [{name: events}]}]\n",
    "models/grown.sql": GROWN,
    "models/total.sql": "select count(*) as events, sum(amount) as amount from {{ ref('grown') }}\n",
    "models/still.sql": "{{ config(materialized='incremental') }}\nselect id from {{ source('raw', 'events') }}\n",
}


@pytest.fixture
def shop(postgres: dict[str, str], dbt: Path, tmp_path: Path) -> Iterator[tuple[Place, Database, dict[str, str]]]:
    """Give a project whose production lacks the last five of twenty events."""
    environ = {"PATH": f"{dbt.parent}:/usr/bin:/bin", "VIRTUAL_ENV": str(dbt.parents[1])}
    with new_database(postgres) as database:
        database.execute(
            "create schema raw",
            "create table raw.events as select i as id, i * 10 as amount from generate_series(1, 15) as i",
        )
        place = make_place(tmp_path)
        profiles = yaml.safe_dump({"shop": {"target": "prod", "outputs": {"prod": database.profile()}}})
        place.commit({**FILES, "profiles.yml": profiles})
        subprocess.run([dbt, "build", "--quiet"], cwd=place.folder, env={**place.environment, **environ}, check=True)
        database.execute("insert into raw.events select i, i * 10 from generate_series(16, 20) as i")
        yield place, database, environ


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("select id, amount from", "select id, amount * 2 as amount from", (20, 20, 0, 5)),
        # Only what a later run adds is another.
        ("where id > (select max(id) from {{ this }})", "where id > 17", (20, 18, 2, 0)),
    ],
)
def test_both_versions_add_to_copies_of_production(
    shop: tuple[Place, Database, dict[str, str]], old: str, new: str, changed: tuple[int, ...]
) -> None:
    place, database, environ = shop
    before = database.contents()
    place.branch_off("more", {"models/grown.sql": GROWN.replace(old, new)})
    found = place.run("check", "--format", "json", **environ)
    assert found.exit_code == 1, found
    tables = {table["name"]: table for table in found.json["tables"]}
    rows = tables["grown"]["rows"]
    assert tuple(rows[one] for one in ("base", "head", "removed", "changed")) == changed
    assert tables["still"]["comparison"] == "unaffected"
    assert tables["total"]["rows"]["changed"] or tables["total"]["status"] != "pass"
    after = {name: held for name, held in database.contents().items() if not name.startswith(("dc_", "datacanary"))}
    assert after == before
