"""What was checked is promoted as it was built, and comes back as it was."""

import json

import pytest
from dbt_shop import SMALL, DbtShop

pytest_plugins = ("dbt_environment",)

TRIPLED = {"models/doubled.sql": SMALL["models/doubled.sql"].replace("amount * 2", "amount * 3")}
GENEROUS = """\
version: 1
project: {kind: dbt}
defaults:
  values_changed: {fail: "> 100%"}
  rows_added: {fail: "> 100%"}
  rows_removed: {fail: "> 100%"}
  table_removed: warn
"""


@pytest.mark.thorough
def test_promotion_gives_production_the_tables_of_head_and_rollback_the_former_ones(small: DbtShop) -> None:
    small.commit({"datacanary.yml": GENEROUS})
    old = small.tables()
    small.commit(TRIPLED | {"models/fresh.sql": "select id from {{ ref('doubled') }}\n"}, branch="tripled")
    checked = small.asked("check")
    assert checked.exit_code == 0, checked
    small.forget_starts()
    promoted = small.run("promote", "last")
    assert promoted.exit_code == 0, promoted
    new = small.tables()
    assert new["main.doubled"] == [(id_, amount // 2 * 3) for id_, amount in old["main.doubled"]]
    assert new["main.total"] == [(sum(amount for _, amount in new["main.doubled"]),)]
    assert new["main.fresh"] == [(id_,) for id_, _ in new["main.doubled"]]
    assert {name: new[name] for name in ("main.staged", "main.numbers", "main.grown")} == {
        name: old[name] for name in ("main.staged", "main.numbers", "main.grown")
    }
    rolled = small.run("rollback")
    assert rolled.exit_code == 0, rolled
    assert small.tables() == old
    assert small.starts() == []


def test_deploy_checks_and_promotes(small: DbtShop) -> None:
    small.commit({"datacanary.yml": GENEROUS})
    old = small.tables()
    small.commit(TRIPLED | {"models/total.sql": None}, branch="tripled")
    deployed = small.run("deploy")
    assert deployed.exit_code == 0, deployed
    new = small.tables()
    assert new["main.doubled"] == [(id_, amount // 2 * 3) for id_, amount in old["main.doubled"]]
    assert "main.total" not in new
    (run,) = small.home.rglob("run.json")
    swaps = {one["target"]["name"]: one for one in json.loads(run.read_text())["release"]["swaps"]}
    assert swaps["doubled"]["judged"]["rows"] == len(new["main.doubled"])
    # What dbt builds now is what was promoted.
    assert small.dbt("build").returncode == 0
    built = small.tables()
    assert built == new
