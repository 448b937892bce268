"""The profile that dbt would take, and the one that is written for a private folder."""

import stat
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from datacanary.dbt.private_profile import write_profile
from datacanary.dbt.profiles import Choice, Places, Profile, find_profiles, resolve
from datacanary.errors import CanaryError, ConfigError
from datacanary.model.dbt import DbtTarget

SHOP = "shop: {target: dev, outputs: {dev: {type: duckdb, path: data/shop.duckdb}}}"


def _places(folder: Path, profiles: str, environ: Mapping[str, str] | None = None, name: str = "shop") -> Places:
    project = folder / "project"
    project.mkdir(exist_ok=True)
    (project / "dbt_project.yml").write_text(f"name: shop\nprofile: {name}\n")
    (project / "profiles.yml").write_text(dedent(profiles))
    return Places(project, folder, environ or {})


def _refused(places: Places, choice: Choice | None = None) -> str:
    with pytest.raises(CanaryError) as raised:
        resolve(choice or Choice(), places)
    return str(raised.value).replace(str(places.project), "").removeprefix("/profiles.yml: ")


def test_a_file_of_duckdb_is_found_from_the_projects_folder(tmp_path: Path) -> None:
    found = resolve(Choice(), _places(tmp_path, SHOP))
    path = tmp_path / "project" / "data" / "shop.duckdb"
    assert found.target == DbtTarget("shop", "dev", "duckdb", "main", "shop", str(path))
    assert found.file == tmp_path / "project" / "profiles.yml"


@pytest.mark.parametrize(
    ("environ", "choice", "place"),
    [
        ({}, Choice(), "project"),
        ({"DBT_PROFILES_DIR": "b"}, Choice(), "b"),
        ({"DBT_PROFILES_DIR": "b", "DBT_ENGINE_PROFILES_DIR": "c"}, Choice(), "c"),
        ({"DBT_PROFILES_DIR": "b"}, Choice(profiles_dir="../d"), "d"),
    ],
)
def test_the_nearest_profiles_win(tmp_path: Path, environ: dict[str, str], choice: Choice, place: str) -> None:
    places = _places(tmp_path, SHOP, environ)
    for folder in (tmp_path, *(tmp_path / name for name in "bcd")):
        folder.mkdir(exist_ok=True)
        (folder / "profiles.yml").write_text(SHOP)
    assert find_profiles(choice, places).resolve() == tmp_path / place / "profiles.yml"


def test_where_the_user_stands_comes_before_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    places = _places(tmp_path, SHOP)
    (places.project / "profiles.yml").unlink()
    with pytest.raises(ConfigError, match=r"There is no profiles.yml in .*/project nor in .* nor in .*/home/\.dbt\."):
        find_profiles(Choice(), places)
    (tmp_path / "home" / ".dbt").mkdir(parents=True)
    (tmp_path / "home" / ".dbt" / "profiles.yml").write_text(SHOP)
    assert find_profiles(Choice(), places) == tmp_path / "home" / ".dbt" / "profiles.yml"
    (tmp_path / "profiles.yml").write_text(SHOP)
    assert find_profiles(Choice(), places) == tmp_path / "profiles.yml"


def test_a_named_folder_without_profiles_is_told_not_passed_over(tmp_path: Path) -> None:
    places = _places(tmp_path, SHOP, {"DBT_PROFILES_DIR": "empty"})
    assert _refused(places) == f"There is no profiles.yml in {tmp_path}/empty. Correct DBT_PROFILES_DIR."


@pytest.mark.parametrize(
    ("environ", "choice", "schema"),
    [
        ({}, Choice(), "of_dev"),
        ({"STAGE": "prod"}, Choice(), "of_prod"),
        ({"STAGE": "prod", "DBT_TARGET": "dev"}, Choice(), "of_dev"),
        ({"DBT_TARGET": "dev"}, Choice(target="prod"), "of_prod"),
        ({"DBT_PROFILE": "other"}, Choice(), "of_other"),
        ({"DBT_PROFILE": "nowhere"}, Choice(profile="other"), "of_other"),
    ],
)
def test_profile_and_target_are_chosen_as_dbt_does(
    tmp_path: Path, environ: dict[str, str], choice: Choice, schema: str
) -> None:
    places = _places(
        tmp_path,
        """
        shop:
          target: "{{ env_var('STAGE', 'dev') }}"
          outputs:
            dev: {type: duckdb, path: a.duckdb, schema: of_dev}
            prod: {type: duckdb, path: a.duckdb, schema: of_prod}
        other: {outputs: {default: {type: duckdb, path: a.duckdb, schema: of_other}}}
        """,
        environ,
    )
    assert resolve(choice, places).target.schema == schema


def test_the_projects_profile_may_be_a_template(tmp_path: Path) -> None:
    places = _places(tmp_path, SHOP, {"WHICH": "shop"}, "\"{{ env_var('WHICH') }}\"")
    assert resolve(Choice(), places).target.profile == "shop"


def test_postgres_keeps_no_password(tmp_path: Path) -> None:
    places = _places(
        tmp_path,
        """
        shop:
          target: dev
          outputs:
            dev: {type: postgres, host: h, port: "{{ env_var('PORT') | as_number }}", user: u, schema: s,
                  password: hunter2, dbname: "{{ env_var('DB') }}", threads: "{{ var('n') }}"}
        """,
        {"DB": "shop", "PORT": "5433"},
    )
    found = resolve(Choice(), places)
    assert found.target == DbtTarget("shop", "dev", "postgres", "s", "shop")
    assert found.login is not None
    assert found.login.parameters == {
        "host": "h",
        "port": "5433",
        "user": "u",
        "dbname": "shop",
        "password": "hunter2",
    }
    assert found.login.shown == "postgresql://h/shop"
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("{type: snowflake}", "The dbt adapter 'snowflake' is not supported yet: DuckDB and PostgreSQL are."),
        ("{path: x}", "The target 'dev' has no `type:`."),
        ("{type: postgres, dbname: x}", "The target 'dev' has no `schema:`."),
        ("{type: duckdb}", "The target 'dev' keeps its database in memory, so there is no production"),
        ("{type: duckdb, path: ':memory:'}", "The target 'dev' keeps its database in memory"),
        ("{type: duckdb, path: 'md:shop?motherduck_token=hunter2'}", "paths with 'md:' are not supported yet."),
        ("{type: duckdb, path: 'ducklake:hunter2.db'}", "paths with 'ducklake:' are not supported yet."),
        ("{type: duckdb, path: 's3://hunter2/x.duckdb'}", "paths with 's3:' are not supported yet."),
        ("{type: duckdb, path: x.db, is_ducklake: true}", "DuckLakes are not supported yet."),
        ("{type: duckdb, path: x.db, remote: {host: hunter2}}", "remote servers are not supported yet."),
        ("{type: duckdb, path: x.db, database: lake}", "writes into the attached database 'lake'"),
        ("{type: duckdb, path: \"{{ env_var('DIR') }}/x\"}", "The environment variable DIR is not set. Set it"),
        ("{type: duckdb, path: \"{{ var('dir') }}\"}", "The dbt variable dir is not set. Set it under"),
        ('{type: duckdb, path: "{{ target.name }}"}', "This Jinja cannot be rendered: 'target' is undefined."),
        ("{type: duckdb, path: \"{{ env_var('SECRET') + 1 }}\"}", "This Jinja cannot be rendered (TypeError)."),
        ("{type: duckdb, path: \"{{ env_var('SECRET') | int('x') / 0 }}\"}", "cannot be rendered (TypeError)."),
        ("{type: duckdb, path: \"{{ ''.__class__.__mro__ }}\"}", "This Jinja cannot be rendered: access to attribute"),
    ],
)
def test_what_cannot_be_compared_is_refused_without_secrets(tmp_path: Path, output: str, problem: str) -> None:
    places = _places(tmp_path, f"shop: {{target: dev, outputs: {{dev: {output}}}}}", {"SECRET": "hunter2"})
    told = _refused(places)
    assert problem in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("profiles", "problem"),
    [
        ("shops: {x: 1}", "There is no profile 'shop'. Did you mean 'shops'?"),
        ("{config: {}, zoo: {x: 1}, bar: {x: 1}}", "There is no profile 'shop'. There are: bar, zoo."),
        ("", "There is no profile 'shop'. There are none."),
        ("shop:", "The profile 'shop' is empty."),
        ("shop: {target: prd, outputs: {prod: {type: duckdb}}}", "There is no target 'prd'. Did you mean 'prod'?"),
        ("shop: {outputs: {prod: {type: duckdb}}}", "There is no target 'default'. There are: prod."),
        ("- shop", "This file must hold `key: value` lines."),
    ],
)
def test_what_is_not_there_is_told_with_what_is(tmp_path: Path, profiles: str, problem: str) -> None:
    assert _refused(_places(tmp_path, profiles)) == problem


def test_a_profile_that_is_no_yaml_shows_its_line_and_no_text(tmp_path: Path) -> None:
    told = _refused(_places(tmp_path, "shop:\n  password: hunter2: x\n"))
    assert told == "/profiles.yml:2:20: This is not valid YAML. dbt cannot read it either: try dbt debug."


def test_a_private_profile_stays_a_template_and_only_the_given_keys_change(tmp_path: Path) -> None:
    profiles = """
        shop:
          target: dev
          outputs:
            dev:
              type: duckdb
              path: "{{ env_var('DIR') }}/shop.duckdb"
              schema: "{{ env_var('USER') }}_x"
              threads: 4
              settings: {s3_secret: "{{ env_var('DBT_ENV_SECRET_S3') }}"}
            prod: {type: duckdb, path: other.duckdb}
        other: {outputs: {}}
        """
    places = _places(tmp_path, profiles, {"DIR": "/data", "USER": "me", "DBT_ENV_SECRET_S3": "hunter2"})
    found = resolve(Choice(), places)
    file = write_profile(found, tmp_path / "private", {"path": "../database/shop.duckdb"})
    before = yaml.safe_load(dedent(profiles))["shop"]["outputs"]["dev"]
    assert yaml.safe_load(file.read_text()) == {
        "shop": {"target": "dev", "outputs": {"dev": {**before, "path": "../database/shop.duckdb"}}}
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert found.target.schema == "me_x"


def _attached(folder: Path, entry: str, environ: dict[str, str] | None = None) -> object:
    output = f"{{type: duckdb, path: x.db, attach: [{entry}]}}"
    places = _places(folder, f"shop: {{target: dev, outputs: {{dev: {output}}}}}", environ)
    found: Profile = resolve(Choice(), places)
    [one] = yaml.safe_load(write_profile(found, folder / "private", {}).read_text())["shop"]["outputs"]["dev"]["attach"]
    return one


def test_attached_databases_are_read_only_and_found_from_anywhere(tmp_path: Path) -> None:
    project = tmp_path / "project"
    entries: dict[str, object] = {
        "{path: ../raw.duckdb, alias: raw}": {"path": f"{project}/../raw.duckdb", "alias": "raw", "read_only": True},
        "{path: /raw.duckdb, read_only: false}": {"path": "/raw.duckdb", "read_only": True},
        "{path: a.sqlite, type: sqlite}": {"path": f"{project}/a.sqlite", "type": "sqlite", "read_only": True},
        "{path: dbname=x, type: postgres}": {"path": "dbname=x", "type": "postgres", "read_only": True},
        "{path: 'md:x'}": {"path": "md:x", "read_only": True},
        "{path: ':memory:', alias: m}": {"path": ":memory:", "alias": "m"},
        "{path: /a, options: {read_only: false, b: 1}}": {"path": "/a", "options": {"b": 1}, "read_only": True},
    }
    for entry, expected in entries.items():
        assert _attached(tmp_path, entry) == expected
    template = "{path: \"{{ env_var('RAW') }}\"}"
    assert _attached(tmp_path, template, {"RAW": "/r"}) == {"path": "{{ env_var('RAW') }}", "read_only": True}
    relative = {"path": f"{project}/{{{{ env_var('RAW') }}}}", "read_only": True}
    assert _attached(tmp_path, template, {"RAW": "r"}) == relative
