"""Proof, before anything runs, that all which dbt will write lies where it may: in a version's own place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from datacanary.errors import ProjectError, Where
from datacanary.model.dbt import DbtManifest, DbtNode, Json

_LEAVES = re.compile(
    r"\bcopy\b[^;]*\bto\b|\bexport\s+database\b|\battach\b|\binstall\b|\bcreate\s+(?:or\s+replace\s+)?(?:persistent\s+)?secret\b",
    re.IGNORECASE | re.DOTALL,
)
_ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|/|~|\\)|(?:^|/)\.\.(?:/|$)", re.IGNORECASE)


def refuse_escapes(manifest: DbtManifest, catalog: str) -> None:
    """Raise ProjectError for the first thing that a copy of the database, called `catalog`, would not contain.

    That is a relation in another database, a file that a model writes outside its folder, and a hook that writes files
    or opens databases. Custom schemas, aliases, hooks that write tables and names that are written out are contained.
    """
    for node in manifest.nodes.values():
        if node.makes_relation:
            _refuse_other_database(node, catalog)
            _refuse_files(node)
    for node, key, text in _hooks_of(manifest.nodes.values()):
        if _LEAVES.search(text):
            raise _refused(f"The {key} of {node.name} writes files or opens databases.", node)
    for hook in manifest.hooks:
        if _LEAVES.search(hook):
            raise ProjectError(
                f"A hook writes files or opens databases, which no copy of the warehouse contains: {shown(hook)}",
                hint=_GUARD,
            )


def hooks_told(manifest: DbtManifest) -> Iterator[str]:
    """Say which hooks run beside the models, in the version's own place too."""
    yield from (shown(hook) for hook in manifest.hooks)
    by_package: dict[str, list[str]] = {}
    for node, key, _ in _hooks_of(manifest.nodes.values()):
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


def _hooks_of(nodes: Iterable[DbtNode]) -> Iterator[tuple[DbtNode, str, str]]:
    for node in nodes:
        for key in ("pre-hook", "post-hook"):
            for text in _texts(node.config.get(key)):
                yield node, key, text


def _texts(hooks: Json) -> Iterator[str]:
    for hook in hooks if isinstance(hooks, list) else [hooks]:
        text: Json = hook.get("sql") if isinstance(hook, Mapping) else hook
        if isinstance(text, str) and text.strip():
            yield text
