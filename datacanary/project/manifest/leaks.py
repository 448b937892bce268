"""Proof, before anything runs, that dbt will write into a version's own schemas only, beside production's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Relation
from datacanary.model.dbt import DbtManifest, DbtNode
from datacanary.model.fence import Fence
from datacanary.project.manifest.compiling import Compiling
from datacanary.project.manifest.hooks import hooks_of, is_left_out, of_this_alone
from datacanary.project.manifest.isolation import shown

_LONGEST = 63  # bytes: PostgreSQL cuts longer names, and then two may be one
_OF_DBT = frozenset({"table", "view", "incremental", "seed", "snapshot", "materialized_view"})
_PART = r'(?:"(?:[^"]|"")+"|[\w$]+)'
# Each two parts that follow one another, within a longer name too.
_NAME = re.compile(rf'(?<![\w$"])({_PART})\s*\.\s*(?=({_PART}))')
_COMMAND = re.compile(r"\bflags\s*\.|\binvocation_args_dict\b")
_WRITES = re.compile(
    r"\b(?:insert\s+into|update\s+\S+\s+set|delete\s+from|truncate|merge\s+into|(?:create|drop|alter)\s+\w"
    r"|grant\s|revoke\s|call\s+[\w.\"]+\s*\(|copy\s|refresh\s+materialized|set\s+(?:session\s+|local\s+)?role"
    r"|(?:drop|create|rename|truncate|alter)_(?:relation|schema|table|view|column)\w*)",
    re.IGNORECASE,
)
_GUARD = "Let it run in production only: {% if env_var('DATACANARY', '') == '' %} … {% endif %} around it."


def refuse_leaks(manifest: DbtManifest, fence: Fence, database: str) -> None:
    """Raise ProjectError for the first thing that would be written outside of a version's own schemas.

    The manifest is as dbt wrote it, with the version's schema for production's. Relations that go elsewhere are refused
    always; hooks, materializations of the project's own and statements before a query are not, if the database itself
    keeps the profile's role from writing elsewhere.
    """
    for node in manifest.nodes.values():
        if node.makes_relation or _stores_failures(node):
            _refuse_elsewhere(node, fence, database)
    if fence.role:
        return
    compiling = Compiling(manifest)
    for hook in manifest.hooks:
        if not is_left_out(hook.text, compiling.called(hook.text, hook.macros).values()):
            raise ProjectError(f"A hook may write to production's tables: {shown(str(hook))}", hint=_GUARD)
    for node in manifest.nodes.values():
        if node.makes_relation:
            _refuse_statements(node, manifest, compiling)
        if node.raw:
            _refuse_unproven(node, compiling, manifest.adapter)


def names_outside(manifest: DbtManifest, fence: Fence) -> Iterator[tuple[str, Relation]]:
    """Yield where a query names a table that the project makes as production has it: there it will be read.

    The manifest is as dbt wrote it; relations are told with production's names.
    """
    made = {
        Relation(fence.logical(node.schema).lower(), node.identifier.lower())
        for node in manifest.nodes.values()
        if node.makes_relation
    }
    for node in manifest.nodes.values():
        if not node.makes_relation or not node.compiled:
            continue
        found = {Relation(_plain(one[1]), _plain(one[2])) for one in _NAME.finditer(node.compiled)}
        yield from ((node.path, relation) for relation in sorted(found & made))


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"').lower() if name.startswith('"') else name.lower()


def _stores_failures(node: DbtNode) -> bool:
    stored = node.config.get("store_failures"), node.config.get("store_failures_as")
    return node.kind == "test" and (stored[0] is True or stored[1] in {"table", "view"})


def _refuse_elsewhere(node: DbtNode, fence: Fence, database: str) -> None:
    where = Where(node.patch_path if node.kind == "test" and node.patch_path else node.path)
    if node.database and node.database.lower() != database.lower():
        raise ProjectError(
            f"{node.name} is written to the database {node.database!r}, and the profile's is {database!r}.",
            where=where,
            hint="Remove `database:` from its config, or set it by the target: project: {dbt: {target: NAME}}.",
        )
    if not node.schema.startswith(fence.schema):
        raise ProjectError(
            f"{node.name} would be written to the schema {node.schema!r}, which does not follow the target's: "
            f"{_why(node)}. Nothing was built.",
            where=where,
            hint="Let it begin with target.schema, at least for this target, or choose another one: "
            "project: {kind: dbt, dbt: {target: NAME}}.",
        )
    if len(node.schema.encode()) > _LONGEST:
        custom = node.schema.removeprefix(fence.schema)
        raise ProjectError(
            f"The schema of {node.name} is too long for a run's own: {custom!r} has more than "
            f"{_LONGEST - len(fence.schema.encode())} bytes.",
            where=where,
            hint="Give it a shorter custom schema.",
        )


def _why(node: DbtNode) -> str:
    if node.kind == "snapshot" and node.config.get("target_schema"):
        return "the snapshot names its `target_schema`"
    return "the project's generate_schema_name leaves target.schema out"


def _refuse_statements(node: DbtNode, manifest: DbtManifest, compiling: Compiling) -> None:
    where = Where(node.path)
    if node.materialized not in _OF_DBT or _is_overridden(node.materialized, manifest):
        raise ProjectError(
            f"{node.name} is made by the project's own materialization {node.materialized}, which may write anywhere.",
            where=where,
            hint="Give the profile a `role:` that may write to no table of production, nor make any there.",
        )
    for key, text in hooks_of(node):
        if not of_this_alone(text) and not is_left_out(text, compiling.called(text, node.macros).values()):
            raise ProjectError(
                f"The {key} of {node.name} may write to production's tables: {shown(text)}",
                where=where,
                hint=_GUARD,
            )


def _refuse_unproven(node: DbtNode, compiling: Compiling, adapter: str) -> None:
    """Refuse statements that run while a query is compiled, if that was not done yet: by then nothing may be written.

    What asks for dbt's command may do something else then.
    """
    of_dbt = ("macro.dbt.", f"macro.dbt_{adapter}.")
    texts = [node.raw, *(text for name, text in compiling.texts(node).items() if not name.startswith(of_dbt))]
    proven = node.compiled is not None and not any(_COMMAND.search(text) for text in texts)
    if proven or not any(_WRITES.search(text) for text in texts) or any("DATACANARY" in text for text in texts):
        return
    asks = compiling.looks(node)
    if asks:
        raise ProjectError(
            f"{node.name} may write to production's tables while dbt compiles it ({asks}), and nothing proves that it "
            "does not.",
            where=Where(node.path),
            hint=_GUARD,
        )


def _is_overridden(materialized: str, manifest: DbtManifest) -> bool:
    of_dbt = {"dbt", f"dbt_{manifest.adapter}"}
    named = f"materialization_{materialized}_"
    return any(key.split(".")[1] not in of_dbt and key.split(".")[-1].startswith(named) for key in manifest.macros)
