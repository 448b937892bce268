"""A dbt project's plan, for people and for a check; folders that only planning needs are gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from datacanary.impact.plan import NOTHING_KNOWN
from datacanary.model.basic import Pair
from datacanary.model.config import Config, Policy, TablePolicy
from datacanary.model.dbt import DbtManifest
from datacanary.model.plan import Plan
from datacanary.pipeline.choosing import Chosen
from datacanary.pipeline.dbt.compiling import Compiled, compiled
from datacanary.pipeline.dbt.declared import declared_tables, own_policies
from datacanary.pipeline.dbt.deferral import as_built, to_build
from datacanary.pipeline.dbt.kit import Kit, kit_of
from datacanary.pipeline.dbt.makers import with_makers
from datacanary.pipeline.dbt.prepare import Prepared, prepare
from datacanary.pipeline.home import Asked, Tell
from datacanary.pipeline.outlining import columns_outside, outlined, planned
from datacanary.pipeline.versions import Versions


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made from."""

    versions: Versions
    plan: Plan
    prepared: Prepared
    kit: Kit


def plan_dbt(chosen: Chosen, asked: Asked, tell: Tell) -> tuple[Versions, Plan]:
    """Plan for people."""
    with _folder() as folder:
        kit = kit_of(chosen, asked, folder, tell)
        kit.contained.prepare()
        prepared = prepare(compiled(chosen, kit))
        versions = versions_of(chosen, kit, prepared)
        plan = outlined(versions, asked, columns_outside(versions, asked.environ))
        built = as_built(plan, to_build(plan, kit, kit.contained.relations()), prepared, kit)
        return versions, told(built, prepared)


def validate_dbt(chosen: Chosen, asked: Asked, tell: Tell) -> tuple[Versions, Plan]:
    """Let dbt parse both versions, which needs no warehouse, and check that the config fits."""
    with _folder() as folder:
        kit = kit_of(chosen, asked, folder, tell)
        prepared = prepare(compiled(chosen, kit, command="parse"))
        versions = versions_of(chosen, kit, prepared)
        return versions, told(outlined(versions, asked, NOTHING_KNOWN), prepared)


def plan_dbt_check(done: Compiled, asked: Asked) -> Planned:
    """Plan with all that a check needs; both versions stay prepared in their folders."""
    prepared = prepare(done)
    versions = versions_of(done.chosen, done.kit, prepared)
    return Planned(versions, told(planned(versions, asked), prepared), prepared, done.kit)


def told(plan: Plan, prepared: Prepared) -> Plan:
    """Add what the project itself says of its tables, and what made the SQL of a model another one."""
    return with_makers(declared_tables(plan, prepared), prepared)


def versions_of(chosen: Chosen, kit: Kit, prepared: Prepared) -> Versions:
    """Return both versions as every kind of project has them; the project's own `meta` judges, too."""
    configs = Pair(
        _with_meta(chosen.configs.base, prepared.manifests.base),
        _with_meta(chosen.configs.head, prepared.manifests.head),
    )
    return Versions(
        home=chosen.home,
        versions=chosen.versions,
        configs=configs,
        snapshots=prepared.snapshots,
        projects=prepared.projects,
        engine=kit.engine,
        memory=kit.memory,
        notes=(*chosen.notes, *dict.fromkeys(warning for one in prepared.manifests for warning in one.warnings)),
    )


def _with_meta(config: Config, manifest: DbtManifest) -> Config:
    tables: Mapping[str, TablePolicy] = {**own_policies(manifest), **config.policy.tables}
    policy: Policy = replace(config.policy, tables=dict(tables))
    return replace(config, policy=policy)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="datacanary-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()
