"""Two versions that are read become a plan, whatever kind of project they are."""

from __future__ import annotations

from collections.abc import Mapping

from datacanary.impact.change import changes_between
from datacanary.impact.marking import Reading
from datacanary.impact.meanings import Columns, Meanings
from datacanary.impact.plan import make_plan, outline
from datacanary.impact.upstream import models_to_read
from datacanary.model.basic import Pair
from datacanary.model.plan import Plan
from datacanary.pipeline.home import Asked, open_warehouse
from datacanary.pipeline.leaves import Leaves
from datacanary.pipeline.versions import Versions
from datacanary.verdict.fitting import check_tables


def outlined(versions: Versions, asked: Asked, columns: Pair[Columns]) -> Plan:
    """Plan for people; raises UsageError and ConfigError for tables that no version has."""
    meanings = Meanings(versions.projects, versions.engine.dialect, columns, versions.memory)
    plan = outline(meanings, versions.configs.head.production, asked.select)
    meanings.keep()
    _fit(versions, asked, plan)
    return plan


def planned(versions: Versions, asked: Asked) -> Plan:
    """Plan with all that a check needs besides; raises as `outlined` does."""
    policies = versions.configs.map(lambda config: config.policy)
    reading = Reading(dialect=versions.engine.dialect, policies=policies, memory=versions.memory)
    columns = columns_outside(versions, asked.environ)
    plan = make_plan(versions.projects, versions.configs.head.production, asked.select, reading, columns)
    _fit(versions, asked, plan)
    return plan


def columns_outside(versions: Versions, environ: Mapping[str, str]) -> Pair[Columns]:
    """Look at the columns of what comes from outside, as far as a change can reach what reads it."""
    needed = models_to_read(versions.projects, changes_between(versions.projects))
    leaves = Leaves(versions, lambda: open_warehouse(versions.configs.head, versions.home, environ))
    return Pair(leaves.columns("base", needed.base), leaves.columns("head", needed.head))


def _fit(versions: Versions, asked: Asked, plan: Plan) -> None:
    if not asked.select:
        check_tables(versions.configs.head.expectations, plan.tables)
