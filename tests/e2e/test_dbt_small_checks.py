"""Checks of a small dbt project: what needs no build, what is not there yet, where projects lie."""

import duckdb
import pytest
from dbt_shop import SMALL, DbtShop, counts, dbt_tests, effects, seen

pytest_plugins = ("dbt_environment",)

DOUBLED = "{{ config(materialized='table') }}\nselect id, amount * 3 as amount from {{ ref('staged') }} where id <> 7\n"


@pytest.mark.thorough
def test_what_is_only_laid_out_differently_passes_without_a_build(small: DbtShop) -> None:
    small.commit(
        {
            "models/doubled.sql": "{{ config(materialized='table') }}\n-- twice\nSELECT\n  id,\n"
            "  amount * 2 AS amount\nFROM {{ ref('staged') }}\n",
            "models/staged.sql": "{# as it comes #}select id, amount\nfrom {{ ref('numbers') }}\n",
        },
        branch="laid-out",
    )
    outputs = seen(small)
    assert (outputs["code"], outputs["json"]["verdict"]["status"]) == (0, "pass")
    assert outputs["commands"] == ["compile", "compile"]
    assert set(effects(outputs).values()) == {"unaffected"}


@pytest.mark.thorough
def test_a_commit_is_checked_and_then_uncommitted_work_and_neither_it_nor_the_index_changes(small: DbtShop) -> None:
    guarded = "on-run-end: \"{% if env_var('DATACANARY', '') == '' %}copy (select 1) to 'out.csv'{% endif %}\"\n"
    project = SMALL["dbt_project.yml"] + guarded
    small.commit({"models/doubled.sql": DOUBLED, "dbt_project.yml": project}, branch="tripled")
    first = seen(small)
    assert (first["code"], first["commands"]) == (1, ["build", "build", "compile", "compile"])
    assert not any("hook" in note for note in first["json"]["run"]["notes"])
    # Without a key a changed row is one that went and one that came.
    assert counts(first) == {"doubled": (20, 19, 0, 1, 19), "total": (1, 1, 1, 1, None)}
    assert first["json"]["run"]["head"]["dirty"] is False
    small.write({"models/doubled.sql": DOUBLED.replace("<> 7", "> 7")})
    small.git("add", "models/doubled.sql")
    small.write({"models/fresh.sql": "select 1 as id\n"})
    second = seen(small)
    assert counts(second)["doubled"] == (20, 13, 0, 7, 13)
    assert effects(second)["fresh"] == "added"
    assert second["json"]["run"]["head"]["dirty"] is True
    # What was parsed once is not parsed again.
    assert any("--partial-parse-file-path" in start for start in small.starts())


@pytest.mark.thorough
def test_without_a_production_file_both_versions_are_built_in_full(small: DbtShop) -> None:
    small.warehouse.unlink()
    small.commit({"models/doubled.sql": DOUBLED}, branch="tripled")
    outputs = seen(small)
    assert counts(outputs)["doubled"] == (20, 19, 0, 1, 19)
    assert effects(outputs)["grown"] == effects(outputs)["staged"] == "unaffected"
    assert "shop.duckdb is not there yet" in outputs["json"]["run"]["inputs"]["how"]
    assert not small.warehouse.exists()


@pytest.mark.thorough
def test_incremental_models_can_add_to_copies_of_what_production_has(small: DbtShop) -> None:
    small.commit({"datacanary.yml": "version: 1\nproject: {kind: dbt, dbt: {incremental: copy}}\n"})
    with duckdb.connect(str(small.warehouse)) as connection:
        connection.execute("delete from grown where id > 15")
    small.commit(
        {"models/grown.sql": SMALL["models/grown.sql"].replace("id, amount", "id, amount * 2 as amount")}, "more"
    )
    outputs = seen(small)
    # 15 rows are production's own in both versions; each adds the last 5.
    added = {table["name"]: table["rows"] for table in outputs["json"]["tables"]}["grown"]
    assert (added["base"], added["head"]) == (20, 20)
    assert outputs["code"] == 1
    assert all("--full-refresh" not in start for start in small.starts())


@pytest.fixture
def below(small: DbtShop) -> DbtShop:
    """Give a repository with the project in a folder of it."""
    small.git("switch", "--quiet", "--create", "moved")
    for name in ("models", "seeds", "dbt_project.yml", "profiles.yml"):
        (small.folder / "work" / "dbt").mkdir(parents=True, exist_ok=True)
        small.git("mv", name, f"work/dbt/{name}")
    moved = DbtShop(small.folder, small.home, small.environ, "work/dbt")
    small.warehouse.rename(moved.warehouse)
    moved.commit({})
    return moved


def test_of_two_projects_one_must_be_chosen(below: DbtShop) -> None:
    below.commit({"other/dbt_project.yml": "name: other\nprofile: other\n"})
    found = below.asked("check", "--base", "moved")
    assert found.exit_code == 2
    assert "Here are 2 dbt projects: other, work/dbt" in found.stderr
    assert below.starts() == []


@pytest.mark.thorough
def test_a_project_in_a_folder_is_found_from_above_with_the_packages_beside_it_of_each_version(below: DbtShop) -> None:
    model = "{{ config(materialized='table') }}\nselect id from range(10) as numbers(id)\n"
    below.commit(
        {
            "work/lent/dbt_project.yml": "name: lent\nversion: '1.0'\n",
            "work/lent/models/lent.sql": model,
            "work/dbt/packages.yml": "packages:\n  - local: ../lent\n",
            "datacanary.yml": "version: 1\nproject: {kind: dbt, path: work/dbt}\n",
        }
    )
    # As `dbt deps` has it: what is installed is the working tree's, whatever is compared.
    installed = below.project / "dbt_packages"
    installed.mkdir()
    (installed / "lent").symlink_to("../../lent")
    below.commit(
        {
            "work/lent/models/lent.sql": model.replace("range(10)", "range(12)"),
            "work/dbt/models/doubled.sql": DOUBLED,
        },
        branch="more",
    )
    outputs = seen(below, "--base", "moved")
    assert counts(outputs)["lent"] == (10, 12, 2, 0, 0)
    assert counts(outputs)["doubled"] == (20, 19, 0, 1, 19)
    assert outputs["commands"] == ["build", "build", "compile", "compile"]
    # Beside a change, files have the names that the repository knows them by.
    assert 'file="work/dbt/models/doubled.sql"' in below.asked("report", "last", "--format", "junit").stdout


@pytest.mark.thorough
def test_a_test_that_head_brings_runs_though_no_table_can_differ(small: DbtShop) -> None:
    with_test = (
        "  - name: grown\n    columns: [{name: amount, data_tests: [{accepted_values: {arguments: {values: [10]}}}]}]\n"
    )
    small.commit({"models/small.yml": SMALL["models/small.yml"] + with_test}, branch="tested")
    outputs = seen(small)
    assert outputs["code"] == 1
    assert dbt_tests(outputs) == {"test accepted_values_grown_amount__10 fails on head: 19 rows, it is new": "fail"}
    assert outputs["commands"] == ["build", "compile", "compile"]
