"""What made the SQL of a model another one although its file is the same: a macro, or a variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from datacanary.model.basic import Pair
from datacanary.model.dbt import DbtNode
from datacanary.model.plan import Plan, PlannedTable
from datacanary.pipeline.dbt.declared import node_of
from datacanary.pipeline.dbt.prepare import Prepared
from datacanary.project.manifest.compiling import Compiling

_QUERY = "its query changed"
_MOST = 3


def with_makers(plan: Plan, prepared: Prepared) -> Plan:
    """Say of each changed table whose model's file is the same in both versions what brought the change."""
    compiling = prepared.manifests.map(Compiling)
    return replace(plan, tables=tuple(_with_maker(table, prepared, compiling) for table in plan.tables))


def _with_maker(table: PlannedTable, prepared: Prepared, compiling: Pair[Compiling]) -> PlannedTable:
    nodes = _nodes(table, prepared)
    if table.effect != "changed" or nodes is None or nodes.base.raw != nodes.head.raw:
        return table
    if not table.reason.startswith(_QUERY):
        return table
    ephemeral = _ephemeral_changed(nodes, prepared)
    if ephemeral:
        return replace(table, reason=f"its compiled SQL changed, by {', '.join(ephemeral)}")
    macros = _changed(compiling.base.texts(nodes.base), compiling.head.texts(nodes.head))
    what = f"by {_list(macros)}" if macros else "by a variable, or by what it looks up"
    return replace(table, reason=f"its compiled SQL changed, {what}{table.reason.removeprefix(_QUERY)}")


def _nodes(table: PlannedTable, prepared: Prepared) -> Pair[DbtNode] | None:
    ids = Pair(node_of(table, prepared, "base"), node_of(table, prepared, "head"))
    if ids.base is None or ids.head is None:
        return None
    manifests = prepared.manifests
    return Pair(manifests.base.nodes[ids.base], manifests.head.nodes[ids.head])


def _ephemeral_changed(nodes: Pair[DbtNode], prepared: Prepared) -> list[str]:
    """Name the ephemeral models, with their files, that are part of a model's SQL and are not the same."""
    base, head = (
        {one.name: one for one in _ephemeral(node, manifest.nodes)}
        for node, manifest in zip(nodes, prepared.manifests, strict=True)
    )
    changed = (name for name in head if name not in base or base[name].raw != head[name].raw)
    return [f"the ephemeral model {name} ({head[name].path})" for name in sorted(changed)]


def _ephemeral(node: DbtNode, nodes: Mapping[str, DbtNode]) -> Iterator[DbtNode]:
    pending, seen = list(node.reads), set(node.reads)
    while pending:
        one = nodes.get(pending.pop())
        if one is not None and one.kind == "model" and not one.makes_relation:
            yield one
            pending += [read for read in one.reads if read not in seen]
            seen.update(one.reads)


def _changed(base: Mapping[str, str], head: Mapping[str, str]) -> list[str]:
    return sorted(name.rpartition(".")[2] for name in base.keys() | head.keys() if base.get(name) != head.get(name))


def _list(macros: list[str]) -> str:
    shown = ", ".join(macros[:_MOST])
    more = f" and {len(macros) - _MOST} more" if len(macros) > _MOST else ""
    return f"the macro{'s' if len(macros) > 1 else ''} {shown}{more}"
