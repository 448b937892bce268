"""What made the SQL of a model another one although its file is the same: a macro, or a variable."""

from __future__ import annotations

from collections.abc import Mapping
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
    macros = _changed(compiling.base.texts(nodes.base), compiling.head.texts(nodes.head))
    what = f"by {_list(macros)}" if macros else "by a variable, or by what it looks up"
    return replace(table, reason=f"its compiled SQL changed, {what}{table.reason.removeprefix(_QUERY)}")


def _nodes(table: PlannedTable, prepared: Prepared) -> Pair[DbtNode] | None:
    ids = Pair(node_of(table, prepared, "base"), node_of(table, prepared, "head"))
    if ids.base is None or ids.head is None:
        return None
    manifests = prepared.manifests
    return Pair(manifests.base.nodes[ids.base], manifests.head.nodes[ids.head])


def _changed(base: Mapping[str, str], head: Mapping[str, str]) -> list[str]:
    return sorted(name.rpartition(".")[2] for name in base.keys() | head.keys() if base.get(name) != head.get(name))


def _list(macros: list[str]) -> str:
    shown = ", ".join(macros[:_MOST])
    more = f" and {len(macros) - _MOST} more" if len(macros) > _MOST else ""
    return f"the macro{'s' if len(macros) > 1 else ''} {shown}{more}"
