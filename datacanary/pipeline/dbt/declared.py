"""What a dbt project declares of its tables, put beside them in the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from datacanary.config.meta import table_policy
from datacanary.model.basic import Pair, Relation, Side
from datacanary.model.config import TablePolicy
from datacanary.model.dbt import DbtManifest
from datacanary.model.declared import Declared, DeclaredKey
from datacanary.model.plan import Plan, PlannedTable
from datacanary.pipeline.dbt.prepare import Prepared
from datacanary.project.manifest.declared import masked_columns, own_meta
from datacanary.project.manifest.keys import declared_keys


def own_policies(manifest: DbtManifest) -> dict[str, TablePolicy]:
    """Return what `meta.datacanary` says of tables, by their names; raises ConfigError for what is wrong there."""
    found = {}
    for node in manifest.nodes.values():
        said = own_meta(node) if node.makes_relation else None
        if said:
            found[str(node.relation)] = table_policy(said.table, said.columns, said.where, node.name)
    return found


def declared_tables(plan: Plan, prepared: Prepared) -> Plan:
    """Add to each planned table its key, what must not be shown of it, and who reads it.

    Keys are base's where it has one: a change cannot choose how it is looked at. Masked is what either version masks.
    """
    keys = prepared.manifests.map(declared_keys)
    readers = _readers(prepared)
    return replace(
        plan, tables=tuple(replace(one, declared=_declared(one, prepared, keys, readers)) for one in plan.tables)
    )


def _declared(
    table: PlannedTable,
    prepared: Prepared,
    keys: Pair[Mapping[str, DeclaredKey]],
    readers: Mapping[str, tuple[str, ...]],
) -> Declared:
    found = Declared()
    for side in _HEAD_LAST:
        node_id = node_of(table, prepared, side)
        if node_id is None:
            continue
        masked = masked_columns(prepared.manifests.of(side).nodes[node_id])
        found = Declared(
            key=found.key or keys.of(side).get(node_id),
            masked=found.masked | masked.columns,
            all_masked=found.all_masked or masked.all,
            readers=readers.get(node_id, ()),
        )
    return found


_HEAD_LAST: tuple[Side, ...] = ("base", "head")


def node_of(table: PlannedTable, prepared: Prepared, side: Side) -> str | None:
    """Return the unique id of the node that makes a table, None where that version has none."""
    relation: Relation | None = table.relations.of(side)
    return prepared.nodes.of(side).get(relation) if relation is not None else None


def _readers(prepared: Prepared) -> Mapping[str, tuple[str, ...]]:
    """Return by the unique id of a node which exposures read it, directly or through ephemeral models."""
    found: dict[str, list[str]] = {}
    manifest = prepared.manifests.head
    for exposure in manifest.exposures:
        pending, seen = list(exposure.reads), set(exposure.reads)
        while pending:
            node = manifest.nodes.get(pending.pop())
            if node is None:
                continue
            if node.makes_relation:
                found.setdefault(node.unique_id, []).append(str(exposure))
            else:
                pending += [read for read in node.reads if read not in seen]
                seen.update(node.reads)
    return {unique_id: tuple(sorted(set(named))) for unique_id, named in found.items()}
