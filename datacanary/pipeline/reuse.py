"""Finds tables that are there already: those of earlier runs, and those that production was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from datacanary.build.needed import Needed
from datacanary.build.places import node_of
from datacanary.model.basic import Physical, Relation
from datacanary.model.built import Built, Outcome
from datacanary.model.plan import Build, Node, Plan
from datacanary.model.release import LiveTable
from datacanary.model.reuse import Content, Found, Kept
from datacanary.model.words import count
from datacanary.protocols.workspace import Workspace
from datacanary.runs import RunFolder, Runs


class Shelf:
    """What can be read instead of being built; the newest run that has a table is asked, and production last.

    Production costs a reading: its table must still be the one that was promoted.
    """

    def __init__(self, contents: Mapping[Node, Content], runs: Runs, workspace: Workspace) -> None:
        self._contents, self._workspace = contents, workspace
        self._kept = _kept(frozenset(contents.values()), runs)
        self._live = _live(workspace) if contents else {}
        self._opened: dict[Path, bool] = {}

    def find(self, build: Build) -> Found | None:
        """Return where the table of a build is already."""
        content = self._contents.get(node_of(build))
        if content is None:
            return None
        return self._in_a_run(content) or self._in_production(content)

    def _in_a_run(self, content: Content) -> Found | None:
        if content not in self._kept:
            return None
        folder, relation = self._kept[content]
        if folder.path not in self._opened:
            self._opened[folder.path] = self._workspace.open_run(folder.path, folder.run_id)
        if not self._opened[folder.path] or self._workspace.columns(relation) is None:
            return None
        return Found(relation, folder.run_id)

    def _in_production(self, content: Content) -> Found | None:
        if content not in self._live:
            return None
        run_id, table = self._live[content]
        relation = self._workspace.production(table.relation)
        still = self._workspace.told_by_fingerprint(relation) and self._workspace.identity(relation) == table.promoted
        return Found(relation, run_id, in_production=True) if still else None


def _kept(wanted: frozenset[Content], runs: Runs) -> dict[Content, tuple[RunFolder, Physical]]:
    """Find contents in runs, the newest first, until all are found."""
    found: dict[Content, tuple[RunFolder, Physical]] = {}
    registered = runs.registered() if wanted else iter(())
    for folder, tables in registered:
        for kept in tables:
            if kept.content in wanted:
                found.setdefault(kept.content, (folder, kept.relation))
        if len(found) == len(wanted):
            break
    return found


def _live(workspace: Workspace) -> dict[Content, tuple[str, LiveTable]]:
    """Return the tables that promotions put into production and nothing undid, with the run of each."""
    last: dict[Relation, tuple[str, LiveTable]] = {}
    for promotion in workspace.promotions():
        if not promotion.rolled_back_at:
            last.update({table.relation: (promotion.run_id, table) for table in promotion.tables})
    return {
        table.content: (run_id, table)
        for run_id, table in last.values()
        if table.content is not None and table.promoted is not None and table.materialized == "table"
    }


def outcomes_of(plan: Plan, found: Mapping[Node, Found]) -> dict[Node, Outcome]:
    """Return what is there already as if it had been built, in no time."""
    return {
        node_of(build): Outcome(found[node_of(build)].relation, build.model.path, found=found[node_of(build)])
        for build in plan.builds
        if node_of(build) in found
    }


def kept_by(built: Built, contents: Mapping[Node, Content]) -> tuple[Kept, ...]:
    """Return what a run made itself and later ones may read."""
    return tuple(
        Kept(contents[node], outcome.physical)
        for node, outcome in built.outcomes.items()
        if node in contents and outcome.succeeded and outcome.found is None
    )


def notes_of(chosen: Needed) -> Iterator[str]:
    """Say for the report what was not built.

    >>> from datacanary.model.basic import Relation
    >>> found = Found(Physical("dc_1", "base_a", "t"), "20261120-101500-4f1c9e2")
    >>> list(notes_of(Needed((), {("base", Relation("a", "t")): found})))
    ['1 table of base taken from the run 20261120-101500-4f1c9e2: same query, same input']
    """
    groups = Counter((node[0], found.origin) for node, found in chosen.found.items())
    for (place, origin), tables in sorted(groups.items()):
        of = "base" if place == "base" else "both versions"
        yield f"{count(tables, 'table')} of {of} taken from {origin}: same query, same input"
