"""Two versions of a project become a plan: what to build where, what to compare, and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from datacanary.errors import UsageError
from datacanary.impact.affected import Affected, NameOf, affected_by
from datacanary.impact.change import changes_between
from datacanary.impact.marking import Reading, marked
from datacanary.impact.meaning.value import ALGORITHM, digest
from datacanary.impact.meanings import Columns, Meanings
from datacanary.impact.roots import roots_of
from datacanary.model.basic import Pair, Relation
from datacanary.model.plan import Build, Node, Place, PlacedSource, Plan, PlannedTable, place_for
from datacanary.model.project import Model, Project

NOTHING_KNOWN: Pair[Columns] = Pair({}, {})
"""Of no table from outside are the columns known."""


def make_plan(
    projects: Pair[Project],
    production: str,
    select: Sequence[str] = (),
    reading: Reading | None = None,
    columns: Pair[Columns] = NOTHING_KNOWN,
) -> Plan:
    """Plan a check of head against base: what `outline` says, what is unstable, and what the builds will make.

    `select` limits it to tables by name or `schema.name`; raises UsageError for a name that neither version has.
    `reading` says how to read queries for what is unstable in them. `columns` are of what is read from outside: the
    more of them are known, the less has to be built.
    """
    reading = reading or Reading()
    meanings = Meanings(projects, reading.dialect, columns, reading.memory)
    plan = outline(meanings, production, select)
    tables = marked(plan.tables, projects, names_in(projects, production), reading)
    builds = tuple(identified(plan.builds, meanings))
    meanings.keep()
    return replace(plan, builds=builds, tables=tuple(tables))


def outline(meanings: Meanings, production: str, select: Sequence[str] = ()) -> Plan:
    """Say what is to be built and compared, and why; without what only the builds and the verdict need to know.

    Raises UsageError for a name in `select` that neither version has.
    """
    projects, columns = meanings.projects, meanings.columns
    name_of = names_in(projects, production)
    changes = affected_by(changes_between(projects), meanings, name_of)
    every = tuple(_rooted(_tables(projects, changes, name_of), projects, changes, name_of))
    tables = _selected(every, select)
    wanted = Pair(
        {table.relations.base for table in tables if table.compared and table.relations.base},
        {table.relations.head for table in tables if table.effect != "unaffected" and table.relations.head},
    )
    shared = _shared(projects, changes)
    builds = tuple(_builds(projects, wanted, shared))
    unchanged_files = frozenset(projects.base.files.keys() & projects.head.files.keys() - changes.files)
    chosen = {table.name for table in tables}
    left_out = tuple(table.name for table in every if table.effect != "unaffected" and table.name not in chosen)
    return Plan(
        versions=Pair(projects.base.version, projects.head.version),
        builds=builds,
        sources=placed_sources(projects, builds, shared),
        files=placed_files(projects, builds, unchanged_files),
        tables=tables,
        externals=tuple(sorted({read for build in builds for read in build.model.reads("external", "previous")})),
        shared=shared,
        shared_files=unchanged_files,
        unselected=left_out,
        unknown_columns=tuple(sorted({one.problem for side in columns for one in side.values() if one.problem})),
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


def names_in(projects: Pair[Project], production: str) -> NameOf:
    """Return how people call the relations of two versions: by head's own names, by base's, or by the usual rule."""
    own = {**projects.base.names, **projects.head.names}
    return lambda relation: own.get(relation) or display_name(relation, production)


def _tables(projects: Pair[Project], changes: Affected, name_of: NameOf) -> Iterator[PlannedTable]:
    renamed = _renames(projects)
    for relation in sorted(projects.base.models.keys() | projects.head.models.keys()):
        base, head = projects.base.models.get(relation), projects.head.models.get(relation)
        name, impact = name_of(relation), changes.impacts.get(relation)
        paths = Pair(base.path if base else None, head.path if head else None)
        relations = Pair(relation if base else None, relation if head else None)
        if relation in renamed.values():
            continue
        if relation in renamed:
            old = renamed[relation]
            reason = f"renamed from {name_of(old)}; its query is the same"
            old_path = projects.base.models[old].path
            yield PlannedTable(name, "renamed", reason, Pair(old, relation), Pair(old_path, paths.head))
        elif base is None or head is None:
            yield PlannedTable(name, "added" if head else "removed", changes.own[relation], relations, paths)
        elif relation in changes.own:
            reason = changes.own[relation]
            # A table that became a view may hold the same rows: nothing else would tell of it.
            notes = (reason,) if base.materialized != head.materialized else ()
            yield PlannedTable(name, "changed", reason, relations, paths, notes, impact=impact)
        elif relation in changes.inherited:
            yield PlannedTable(name, "inherited", changes.inherited[relation], relations, paths, impact=impact)
        else:
            reason = changes.spared.get(relation, "neither its query nor anything that it reads changed")
            yield PlannedTable(name, "unaffected", reason, relations, paths, impact=impact)


def _rooted(
    tables: Iterator[PlannedTable], projects: Pair[Project], changes: Affected, name_of: NameOf
) -> Iterator[PlannedTable]:
    """Say of each table which changed models it reads, directly or through others."""
    roots = roots_of(projects, changes)
    for table in tables:
        relation = table.relations.head or table.relations.base
        found = roots.get(relation, ()) if relation is not None else ()
        yield replace(table, roots=tuple(name_of(root) for root in found))


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
    made = (one.materialized, one.settings)
    return one.fingerprint == other.fingerprint and made == (other.materialized, other.settings)


def _selected(tables: tuple[PlannedTable, ...], select: Sequence[str]) -> tuple[PlannedTable, ...]:
    if not select:
        return tables
    chosen: set[str] = set()
    for wanted in select:
        found = [table for table in tables if wanted.lower() in _names(table)]
        if not found:
            close = difflib.get_close_matches(wanted, [table.name for table in tables], n=1)
            raise UsageError(
                f"No model makes a table {wanted!r}.",
                hint=f"Did you mean {close[0]}?" if close else "`datacanary plan` lists all.",
            )
        chosen |= {table.name for table in found}
    return tuple(table for table in tables if table.name in chosen)


def _names(table: PlannedTable) -> set[str]:
    relations = [relation for relation in table.relations if relation is not None]
    named = {table.name, *map(str, relations), *(relation.name for relation in relations)}
    return {name.lower() for name in named}


def _shared(projects: Pair[Project], changes: Affected) -> frozenset[Relation]:
    models = projects.base.models.keys() & projects.head.models.keys()
    sources = projects.base.sources.keys() & projects.head.sources.keys()
    # What else comes in another order is the same table, but not for those who depend on the order.
    return frozenset(name for name in models | sources if not changes.touches(name) and name not in changes.sorted)


def _builds(projects: Pair[Project], wanted: Pair[set[Relation]], shared: frozenset[Relation]) -> Iterator[Build]:
    pending: list[Node] = [(place_for(one, "base", shared), one) for one in sorted(wanted.base)]
    pending += [(place_for(one, "head", shared), one) for one in sorted(wanted.head)]
    done: set[Node] = set()
    gone = {one: model.path for one, model in projects.base.models.items() if one not in projects.head.models}
    while pending:
        place, relation = pending.pop()
        if (place, relation) in done:
            continue
        done.add((place, relation))
        model = (projects.head if place == "head" else projects.base).models[relation]
        yield Build(place, model, _missing_model(model, gone) if place == "head" else "")
        pending += [(place_for(read, place, shared), read) for read in model.reads("model")]


def identified(builds: Iterable[Build], meanings: Meanings) -> Iterator[Build]:
    """Add what queries make, so that the same table of another run can be used in place of a build."""
    for build in builds:
        yield replace(build, identity=_identity(build, meanings))


def _identity(build: Build, meanings: Meanings) -> str:
    result = meanings.of("head" if build.place == "head" else "base", build.model.relation)
    if result.doubts or not result.table.settled:
        return ""
    return digest("table", ALGORITHM, build.model.materialized, result.table.identity, result.table.order)


def _missing_model(model: Model, gone: Mapping[Relation, str]) -> str:
    """Say which model this one still reads although its version deletes it; `gone` are these, with their paths.

    Production still has that table, so the query would run here, and break after the promotion.
    """
    for reference in model.references if gone else ():
        for relation, path in gone.items():
            if reference.kind == "external" and reference.target in {relation, Relation("", relation.name)}:
                return f"{model.path}:{reference.line} reads {relation}, but this version deletes its model ({path})"
    return ""


def placed_sources(
    projects: Pair[Project], builds: Sequence[Build], shared: frozenset[Relation]
) -> tuple[PlacedSource, ...]:
    """Return the data files under `sources:` that builds read, each with the place that needs it."""
    needed: dict[tuple[Place, Relation], PlacedSource] = {}
    for build in builds:
        project = projects.head if build.data_place == "head" else projects.base
        for name in build.model.reads("source"):
            place = place_for(name, build.data_place, shared)
            needed[place, name] = PlacedSource(place, project.sources[name])
    return tuple(needed[key] for key in sorted(needed))


def placed_files(
    projects: Pair[Project], builds: Sequence[Build], unchanged: frozenset[str]
) -> tuple[PlacedSource, ...]:
    """Return the data files that builds name themselves, each with the place that needs it."""
    needed: dict[tuple[Place, str], PlacedSource] = {}
    for build in builds:
        project = projects.head if build.data_place == "head" else projects.base
        for path in build.model.files():
            place = "shared" if path in unchanged else build.data_place
            needed[place, path] = PlacedSource(place, project.files[path])
    return tuple(needed[key] for key in sorted(needed))
