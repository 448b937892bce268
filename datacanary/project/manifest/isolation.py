"""Proof, before anything runs, that all which dbt will write lies where it may: in a version's own place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from datacanary.errors import ProjectError, Where
from datacanary.model.dbt import DbtManifest, DbtNode
from datacanary.project.manifest.compiling import Compiling
from datacanary.project.manifest.hooks import ASKS, hooks_of, is_left_out

_LEAVES = re.compile(
    r"\bcopy\b[^;]*\bto\b|\bexport\s+database\b|\battach\b|\binstall\b|\bcreate\s+(?:or\s+replace\s+)?(?:persistent\s+)?secret\b",
    re.IGNORECASE | re.DOTALL,
)
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|/|~|\\)|(?:^|/)\.\.(?:/|$)", re.IGNORECASE)


def refuse_escapes(manifest: DbtManifest, catalog: str) -> None:
    """Raise ProjectError for the first thing that a copy of the database, called `catalog`, would not contain.

    That is a relation in another database, a file that a model writes outside its folder, and a hook or header that
    writes files or opens databases, by itself or by a macro that it calls. Custom schemas, aliases, hooks that write
    tables and names that are written out are contained. What asks for DATACANARY is taken to know what it does.
    """
    compiling = Compiling(manifest)
    for node in manifest.nodes.values():
        if node.makes_relation:
            _refuse_other_database(node, catalog)
            _refuse_files(node)
            _refuse_statements(node, compiling)
    for hook in manifest.hooks:
        if _leaves(hook.text, compiling.called(hook.text, hook.macros)):
            raise ProjectError(
                f"A hook writes files or opens databases, which no copy of the warehouse contains: {shown(str(hook))}",
                hint=_GUARD,
            )


def hooks_told(manifest: DbtManifest) -> Iterator[str]:
    """Say which hooks run beside the models, in the version's own place too; not what is guarded from us."""
    yield from (shown(str(hook)) for hook in manifest.hooks if not is_left_out(hook.text))
    by_package: dict[str, list[str]] = {}
    for node, key in _hooks_of(manifest.nodes.values()):
        by_package.setdefault(key, []).append(node.name)
    yield from (f"{key} of {', '.join(sorted(set(names)))}" for key, names in sorted(by_package.items()))


def shown(hook: str, most: int = 80) -> str:
    """Return the beginning of a hook's text in one line."""
    line = " ".join(hook.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


_GUARD = "Let it run in production only, for example behind {% if env_var('DATACANARY', '') == '' %}."


def _refused(problem: str, node: DbtNode) -> ProjectError:
    return ProjectError(
        f"{problem} A copy of the warehouse does not contain that.", where=Where(node.path), hint=_GUARD
    )


def _refuse_other_database(node: DbtNode, catalog: str) -> None:
    if node.database.lower() != catalog.lower():
        raise ProjectError(
            f"{node.name} is written to the database {node.database!r}, and the warehouse is {catalog!r}.",
            where=Where(node.path),
            hint="datacanary works in copies of one database; remove `database:` from the model's config, or set it "
            "by the target.",
        )


def _refuse_files(node: DbtNode) -> None:
    location = node.config.get("location")
    if isinstance(location, str) and _ELSEWHERE.search(location.strip()):
        raise _refused(f"{node.name} is written to a file outside the project's folder (config location).", node)


def _refuse_statements(node: DbtNode, compiling: Compiling) -> None:
    for key, text in hooks_of(node):
        if _leaves(text, compiling.called(text, node.macros)):
            raise _refused(f"The {key} of {node.name} writes files or opens databases.", node)


def _leaves(text: str, macros: Mapping[str, str]) -> bool:
    if is_left_out(text):
        return False
    return any(_LEAVES.search(one) and ASKS not in one for one in (text, *macros.values()))


def _hooks_of(nodes: Iterable[DbtNode]) -> Iterator[tuple[DbtNode, str]]:
    for node in nodes:
        yield from ((node, key) for key, _ in hooks_of(node) if key != "sql_header")
