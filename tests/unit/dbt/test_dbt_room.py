"""The private folder of a version."""

from pathlib import Path

from datacanary.dbt.room import Room
from datacanary.model.dbt import DbtTarget


def test_every_place_of_dbt_lies_in_the_room() -> None:
    room = Room(Path("/run/base"))
    assert room.arguments("build", DbtTarget("shop", "prod", "duckdb", "main"), "--select", "x") == (
        *("build", "--project-dir", "/run/base/project", "--profiles-dir", "/run/base/profiles"),
        *("--log-path", "/run/base/logs", "--no-version-check", "--no-use-colors", "--log-format", "json"),
        *("--target-path", "/run/base/target", "--profile", "shop", "--target", "prod", "--select", "x"),
    )
    # dbt deps knows no --target-path.
    assert "--target-path" not in room.deps()
