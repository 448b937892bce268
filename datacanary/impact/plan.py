"""Two versions of a project become a plan: what to build where, what to compare, and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from datacanary.errors import UsageError
from datacanary.impact.change import Changes, changes_between
from datacanary.impact.marking import Reading, marked
from datacanary.impact.roots import roots_of
from datacanary.model.basic import Pair, Relation
from datacanary.model.plan import Build, Place, PlacedSource, Plan, PlannedTable
from datacanary.model.project import Model, Project


def make_plan(
    projects: Pair[Project], production: str, select: Sequence[str] = (), reading: Reading | None = None
) -> Plan:
    """Plan a check of head against base.

    `select` limits it to tables by name or `schema.name`; raises UsageError for a name that neither version has.
    `reading` says how to read queries for what is unstable in them.
    """
    changes = changes_between(projects)
    every = tuple(_rooted(_tables(projects, changes, production), projects, changes, production))
    tables = _selected(every, select)
    wanted = Pair(
        {table.relations.base for table in tables if table.compared and table.relations.base},
        {table.relations.head for table in tables if table.effect != "unaffected" and table.relations.head},
    )
    shared = _shared(projects, changes)
    builds = tuple(_builds(projects, wanted, shared))
    unchanged_files = frozenset(projects.base.files.keys() & projects.head.files.keys() - changes.files)
    left_out = tuple(table.name for table in every if table.effect != "unaffected" and table not in tables)
    return Plan(
        versions=Pair(projects.base.version, projects.head.version),
        builds=builds,
        sources=placed_sources(projects, builds, shared),
        files=placed_files(projects, builds, unchanged_files),
        tables=tuple(marked(tables, projects, lambda one: display_name(one, production), reading or Reading())),
        externals=tuple(sorted({read for build in builds for read in build.model.reads("external", "previous")})),
        shared=shared,
        shared_files=unchanged_files,
        unselected=left_out,
        unpinned=tuple(
            sorted({f"{build.model.path} reads {unheld}" for build in builds for unheld in build.model.unpinned})
        ),
    )


def display_name(relation: Relation, production: str) -> str:
    """Return how people call a relation: without its schema where that is production's.

    >>> display_name(Relation("analytics", "orders"), "analytics"), display_name(Relation("raw", "x"), "analytics")
    ('orders', 'raw.x')
    """
    return relation.name if relation.schema.lower() == production.lower() else str(relation)


def _tables(projects: Pair[Project], changes: Changes, production: str) -> Iterator[PlannedTable]:
    renamed = _renames(projects)
    for relation in sorted(projects.base.models.keys() | projects.head.models.keys()):
        base, head = projects.base.models.get(relation), projects.head.models.get(relation)
        name = display_name(relation, production)
        paths = Pair(base.path if base else None, head.path if head else None)
        relations = Pair(relation if base else None, relation if head else None)
        if relation in renamed.values():
            continue
        if relation in renamed:
            old = renamed[relation]
            reason = f"renamed from {display_name(old, production)}; its query is the same"
            old_path = projects.base.models[old].path
            yield PlannedTable(name, "renamed", reason, Pair(old, relation), Pair(old_path, paths.head))
        elif base is None or head is None:
            yield PlannedTable(name, "added" if head else "removed", changes.own[relation], relations, paths)
        elif relation in changes.own:
            reason = changes.own[relation]
            # A table that became a view may hold the same rows: nothing else would tell of it.
            notes = (reason,) if base.materialized != head.materialized else ()
            yield PlannedTable(name, "changed", reason, relations, paths, notes)
        elif relation in changes.inherited:
            through = " and ".join(display_name(read, production) for read in changes.inherited[relation])
            yield PlannedTable(name, "inherited", f"it reads {through}, which can differ", relations, paths)
        else:
            reason = "neither its query nor anything that it reads changed"
            yield PlannedTable(name, "unaffected", reason, relations, paths)


def _rooted(
    tables: Iterator[PlannedTable], projects: Pair[Project], changes: Changes, production: str
) -> Iterator[PlannedTable]:
    """Say of each table which changed models it reads, directly or through others."""
    roots = roots_of(projects, changes)
    for table in tables:
        relation = table.relations.head or table.relations.base
        found = roots.get(relation, ()) if relation is not None else ()
        yield replace(table, roots=tuple(display_name(root, production) for root in found))


def _renames(projects: Pair[Project]) -> dict[Relation, Relation]:
    """Pair each new name with the one old name that had the very same query."""
    gone = [model for name, model in projects.base.models.items() if name not in projects.head.models]
    new = [model for name, model in projects.head.models.items() if name not in projects.base.models]
    pairs: dict[Relation, Relation] = {}
    for model in new:
        same = [old for old in gone if _same_query(old, model)]
        twins = [other for other in new if _same_query(other, model)]
        if len(same) == 1 and len(twins) == 1:
            pairs[model.relation] = same[0].relation
    return pairs


def _same_query(one: Model, other: Model) -> bool:
    return one.fingerprint == other.fingerprint and one.materialized == other.materialized


def _selected(tables: tuple[PlannedTable, ...], select: Sequence[str]) -> tuple[PlannedTable, ...]:
    if not select:
        return tables
    chosen: list[PlannedTable] = []
    for wanted in select:
        found = [table for table in tables if wanted.lower() in _names(table)]
        if not found:
            close = difflib.get_close_matches(wanted, [table.name for table in tables], n=1)
            raise UsageError(
                f"No model makes a table {wanted!r}.",
                hint=f"Did you mean {close[0]}?" if close else "`datacanary plan` lists all.",
            )
        chosen += found
    return tuple(table for table in tables if table in chosen)


def _names(table: PlannedTable) -> set[str]:
    relations = [relation for relation in table.relations if relation is not None]
    named = {table.name, *map(str, relations), *(relation.name for relation in relations)}
    return {name.lower() for name in named}


def _shared(projects: Pair[Project], changes: Changes) -> frozenset[Relation]:
    models = projects.base.models.keys() & projects.head.models.keys()
    sources = projects.base.sources.keys() & projects.head.sources.keys()
    return frozenset(name for name in models | sources if not changes.touches(name))


def _builds(projects: Pair[Project], wanted: Pair[set[Relation]], shared: frozenset[Relation]) -> Iterator[Build]:
    sides: tuple[tuple[Place, Project, set[Relation], Project], ...] = (
        ("base", projects.base, wanted.base, projects.head),
        ("head", projects.head, wanted.head, projects.base),
    )
    done: set[tuple[Place, Relation]] = set()
    for side, project, roots, other in sides:
        pending = sorted(roots)
        while pending:
            relation = pending.pop()
            place: Place = "shared" if relation in shared else side
            if (place, relation) in done:
                continue
            done.add((place, relation))
            model = project.models[relation]
            yield Build(place, model, _missing_model(model, project, other) if side == "head" else "")
            pending.extend(model.reads("model"))


def _missing_model(model: Model, project: Project, before: Project) -> str:
    """Say which model this one still reads although this version deletes it.

    Production still has that table, so the query would run here, and break after the promotion.
    """
    gone = before.models.keys() - project.models.keys()
    for reference in model.references:
        for relation in gone:
            if reference.kind == "external" and reference.target in {relation, Relation("", relation.name)}:
                deleted = before.models[relation].path
                return f"{model.path}:{reference.line} reads {relation}, but this version deletes its model ({deleted})"
    return ""


def placed_sources(
    projects: Pair[Project], builds: Sequence[Build], shared: frozenset[Relation]
) -> tuple[PlacedSource, ...]:
    """Return the data files under `sources:` that builds read, each with the place that needs it."""
    needed: dict[tuple[Place, Relation], PlacedSource] = {}
    for build in builds:
        project = projects.base if build.place == "base" else projects.head
        for name in build.model.reads("source"):
            place: Place = "shared" if name in shared else build.place
            needed[place, name] = PlacedSource(place, project.sources[name])
    return tuple(needed[key] for key in sorted(needed))


def placed_files(
    projects: Pair[Project], builds: Sequence[Build], unchanged: frozenset[str]
) -> tuple[PlacedSource, ...]:
    """Return the data files that builds name themselves, each with the place that needs it."""
    needed: dict[tuple[Place, str], PlacedSource] = {}
    for build in builds:
        project = projects.base if build.place == "base" else projects.head
        for path in build.model.files():
            place: Place = "shared" if path in unchanged else build.place
            needed[place, path] = PlacedSource(place, project.files[path])
    return tuple(needed[key] for key in sorted(needed))
