"""What goes wrong with dbt is told in a sentence, with the file and the next step, and leaves nothing behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dbt_shop import SMALL, DbtShop, processes_of, seen
from holding import held_open

pytest_plugins = ("dbt_environment",)

HANGING = (
    "{{ config(materialized='table') }}\n"
    "select count(*) as id, 1 as amount from {{ ref('staged') }} as s, range(3000000000) as a, range(1000) as b "
    "where (a.range + b.range) % 7 = s.id\n"
)


def config(dbt: str) -> str:
    """Return a config that says something of dbt."""
    return f"version: 1\nproject: {{kind: dbt, dbt: {{{dbt}}}}}\n"


def refused(shop: DbtShop, *arguments: str, **environment: str) -> str:
    """Check what must be refused, and return what is said; nothing stays."""
    found = shop.asked("check", *arguments, **environment)
    assert found.exit_code in {2, 4}, found
    assert found.stdout == ""
    assert "Traceback" not in found.stderr
    assert shop.runs() == []
    return found.stderr


@pytest.mark.thorough
def test_a_model_that_fails_to_run_is_told_with_its_file_and_its_readers_name_it(small: DbtShop) -> None:
    # The message of DuckDB quotes the cell, ours may not.
    small.commit(
        {
            "models/doubled.sql": "{{ config(materialized='table') }}\n"
            "select id, cast('sec' || 'ret' || amount as integer) as amount from {{ ref('staged') }}\n"
        },
        branch="broken",
    )
    outputs = seen(small)
    assert outputs["code"] in {1, 3}
    found = {table["name"]: table for table in outputs["json"]["tables"]}
    assert found["doubled"]["failed"]
    assert found["total"]["failed"]
    assert "doubled (models/doubled.sql), which could not be built" in found["total"]["reason"]
    assert "models/doubled.sql" in outputs["text"]
    assert "secret" not in outputs["all"]
    [note] = [one for one in outputs["json"]["run"]["notes"] if "dbt's log of head" in one]
    log = Path(note.partition(": ")[2])
    assert "doubled" in log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_what_cannot_be_compiled_is_told_with_its_version_and_file(small: DbtShop) -> None:
    small.commit({"models/total.sql": "select * from {{ ref('nowhere') }}\n"}, branch="broken")
    of_head = refused(small)
    assert "Head, broken" in of_head
    assert "models/total.sql" in of_head
    assert "'nowhere'" in of_head
    small.commit({"models/total.sql": SMALL["models/total.sql"]}, branch="mended")
    of_base = refused(small, "--base", "broken")
    assert "Base, broken" in of_base
    assert "models/total.sql" in of_base
    assert set(small.commands()) == {"compile"}


def test_a_missing_profile_target_or_dbt_is_told_before_anything_starts(small: DbtShop) -> None:
    small.write({"datacanary.yml": config("target: prod")})
    assert "There is no target 'prod'" in (told := refused(small))
    assert "dev" in told
    small.write({"datacanary.yml": config("profile: shopp")})
    assert "Did you mean 'shop'?" in refused(small)
    small.write({"datacanary.yml": config("executable: bin/no-dbt")})
    assert "does not exist" in refused(small)
    small.write({"datacanary.yml": None, "profiles.yml": None})
    assert "There is no profiles.yml" in refused(small, HOME=str(small.home))
    assert small.starts() == []


def test_without_dbt_the_way_to_install_it_is_told(small: DbtShop) -> None:
    if (Path(sys.executable).parent / "dbt").exists():
        pytest.fail("these tests need an environment without dbt: it is the first that is found")
    git = subprocess.run(["/bin/sh", "-c", "command -v git"], check=True, capture_output=True, text=True).stdout
    small.home.mkdir(exist_ok=True)
    only_git = small.home / "bin"
    only_git.mkdir()
    (only_git / "git").symlink_to(git.strip())
    told = refused(small, VIRTUAL_ENV="", PATH=str(only_git))
    assert "dbt is not installed in this environment" in told
    assert "pip install dbt-core dbt-duckdb" in told


def test_a_dbt_that_is_too_old_is_told(small: DbtShop) -> None:
    manifest = (
        '{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v9.json", '
        '"dbt_version": "1.5.2", "project_name": "shop", "adapter_type": "duckdb"}, "nodes": {}}'
    )
    (small.environ / "bin" / "dbt").write_text(
        "#!/bin/sh\n"
        'while [ $# -gt 0 ]; do [ "$1" = --target-path ] && target=$2; shift; done\n'
        f'mkdir -p "$target"; echo \'{manifest}\' > "$target/manifest.json"\n',
        "utf-8",
    )
    told = refused(small)
    assert "dbt 1.5.2 is too old: 1.8 or newer" in told
    assert "pip install --upgrade dbt-core" in told


@pytest.mark.thorough
def test_packages_that_nobody_has_are_named(small: DbtShop) -> None:
    small.commit(
        {"packages.yml": 'packages:\n  - {package: dbt-labs/dbt_utils, version: "1.3.0"}\n'}, branch="with-package"
    )
    nowhere = dict.fromkeys(("DBT_PACKAGE_HUB_URL", "HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9/")
    told = refused(small, **nowhere)
    assert "dbt-labs/dbt_utils" in told
    assert "packages.yml" in told
    assert "package-lock.yml" in told


def test_a_database_that_somebody_writes_is_not_read(small: DbtShop) -> None:
    with held_open(small.warehouse) as pid:
        told = refused(small)
    assert "The DuckDB file is in use" in told
    assert f"process {pid}" in told
    assert small.starts() == []


@pytest.mark.thorough
def test_what_takes_too_long_is_stopped_and_named(small: DbtShop) -> None:
    small.commit({"models/doubled.sql": HANGING, "datacanary.yml": config("timeout: 25")}, branch="hanging")
    told = refused(small)
    assert "dbt build took longer than 25 s: doubled (models/doubled.sql) was running" in told
    assert "project.dbt.timeout" in told
    assert processes_of(small.home) == []


@pytest.mark.thorough
def test_an_interrupt_leaves_no_process_and_no_run(small: DbtShop) -> None:
    small.commit({"models/doubled.sql": HANGING}, branch="hanging")
    with small.untouched():
        process = small.start("check")
        assert process.stderr is not None
        while "base doubled done" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(1)
        assert processes_of(small.home)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert processes_of(small.home) == []
    assert small.runs() == []


@pytest.mark.thorough
def test_a_hook_that_writes_files_is_refused_before_anything_is_built(small: DbtShop) -> None:
    hook = "on-run-end: \"copy (select 1) to 'out.csv'\"\n"
    small.commit({"dbt_project.yml": SMALL["dbt_project.yml"] + hook}, branch="hooked")
    told = refused(small)
    assert "A hook writes files or opens databases" in told
    assert "env_var('DATACANARY', '') == ''" in told
    assert set(small.commands()) == {"compile"}
