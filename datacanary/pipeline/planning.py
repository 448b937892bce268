"""Both versions become a plan; nothing is built or written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from datacanary.impact.change import changes_between
from datacanary.impact.marking import Reading
from datacanary.impact.meanings import Columns, Meanings
from datacanary.impact.plan import NOTHING_KNOWN, make_plan, outline
from datacanary.impact.upstream import models_to_read
from datacanary.model.basic import Pair
from datacanary.model.plan import Plan
from datacanary.pipeline.leaves import Leaves
from datacanary.pipeline.versions import Asked, Versions, find_home, open_warehouse, read_versions
from datacanary.sql.collector import resting_collector
from datacanary.verdict.fitting import check_tables


@resting_collector()
def plan_only(asked: Asked) -> tuple[Versions, Plan]:
    """Read both versions and plan for people; of the warehouse only the columns of some tables are looked at."""
    versions = read_versions(asked)
    return versions, _outlined(versions, asked, _columns(versions, asked.environ))


@resting_collector()
def plan_check(asked: Asked) -> tuple[Versions, Plan]:
    """Plan with all that a check needs besides."""
    versions = read_versions(asked)
    configs = versions.configs
    policies = configs.map(lambda config: config.policy)
    reading = Reading(dialect=versions.engine.dialect, policies=policies, memory=versions.memory)
    columns = _columns(versions, asked.environ)
    plan = make_plan(versions.projects, configs.head.production, asked.select, reading, columns)
    _fit(versions, asked, plan)
    return versions, plan


@resting_collector()
def validate(asked: Asked) -> tuple[Versions, Plan]:
    """Plan without the warehouse, taking head's config for both versions where base has none yet.

    The hook must let the very commit pass that brings the config.
    """
    asked = replace(asked, config=find_home(asked).config_file)
    versions = read_versions(asked)
    return versions, _outlined(versions, asked, NOTHING_KNOWN)


def _outlined(versions: Versions, asked: Asked, columns: Pair[Columns]) -> Plan:
    meanings = Meanings(versions.projects, versions.engine.dialect, columns, versions.memory)
    plan = outline(meanings, versions.configs.head.production, asked.select)
    meanings.keep()
    _fit(versions, asked, plan)
    return plan


def _fit(versions: Versions, asked: Asked, plan: Plan) -> None:
    if not asked.select:
        check_tables(versions.configs.head.expectations, plan.tables)


def _columns(versions: Versions, environ: Mapping[str, str]) -> Pair[Columns]:
    """Look at the columns of what comes from outside, as far as a change can reach what reads it."""
    needed = models_to_read(versions.projects, changes_between(versions.projects))
    leaves = Leaves(versions, lambda: open_warehouse(versions.configs.head, versions.home.folder, environ))
    return Pair(leaves.columns("base", needed.base), leaves.columns("head", needed.head))
