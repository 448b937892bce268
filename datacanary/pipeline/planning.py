"""Both versions become a plan; nothing is built or written."""

from __future__ import annotations

from dataclasses import replace

from datacanary.impact.plan import NOTHING_KNOWN
from datacanary.model.plan import Plan
from datacanary.pipeline.choosing import Chosen, choose_versions
from datacanary.pipeline.home import Asked, Tell, find_home
from datacanary.pipeline.outlining import columns_outside, outlined, planned
from datacanary.pipeline.versions import Versions, read_plain_sql
from datacanary.sql.collector import resting_collector


def silent(said: str) -> None:
    """Tell nobody."""
    del said


@resting_collector()
def plan_only(asked: Asked, tell: Tell = silent) -> tuple[Versions, Plan]:
    """Read both versions and plan for people; of the warehouse only the columns of some tables are looked at."""
    chosen = choose_versions(asked)
    if chosen.is_dbt:
        # Who has plain SQL need not wait for what only dbt needs.
        from datacanary.pipeline.dbt.planning import plan_dbt  # noqa: PLC0415

        return plan_dbt(chosen, asked, tell)
    versions = read_plain_sql(chosen, asked)
    return versions, outlined(versions, asked, columns_outside(versions, asked.environ))


@resting_collector()
def plan_check(chosen: Chosen, asked: Asked) -> tuple[Versions, Plan]:
    """Plan with all that a check of plain SQL needs besides."""
    versions = read_plain_sql(chosen, asked)
    return versions, planned(versions, asked)


@resting_collector()
def validate(asked: Asked, tell: Tell = silent) -> tuple[Versions, Plan]:
    """Plan without the warehouse, taking head's config for both versions where base has none yet.

    The hook must let the very commit pass that brings the config.
    """
    home = find_home(asked)
    if home.config_file.exists():
        asked = replace(asked, config=home.config_file)
    chosen = choose_versions(asked)
    if chosen.is_dbt:
        from datacanary.pipeline.dbt.planning import validate_dbt  # noqa: PLC0415 -- as above

        return validate_dbt(chosen, asked, tell)
    versions = read_plain_sql(chosen, asked)
    return versions, outlined(versions, asked, NOTHING_KNOWN)
