"""A folder of `.sql` files becomes a project: every file one relation, every name resolved."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Relation, Version
from datacanary.model.config import Config
from datacanary.model.patterns import tables_like
from datacanary.model.project import Materialized, Model, Project, Reference, SourceData
from datacanary.project.cycles import refuse_cycles
from datacanary.project.facts import Facts, TextReader
from datacanary.project.lexing import place_in
from datacanary.project.naming import fold, relation_of
from datacanary.project.references import Name
from datacanary.project.resolve import Names, qualifier, resolve


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file, read but not yet resolved."""

    relation: Relation
    path: str
    text: str
    facts: Facts
    materialized: Materialized


def parse(
    texts: Mapping[str, str],
    config: Config,
    sources: tuple[SourceData, ...],
    version: Version,
    *,
    dialect: str,
    catalog: str,
) -> Project:
    """Parse one version of a project by itself; everything else is as with `project_of`."""
    return project_of(texts, config, sources, version, TextReader(dialect), catalog=catalog)


def project_of(
    texts: Mapping[str, str],
    config: Config,
    sources: tuple[SourceData, ...],
    version: Version,
    reader: TextReader,
    *,
    catalog: str,
) -> Project:
    """Make a project of one version's files.

    `texts` maps the path of each `.sql` file, relative to the config, to its text; `reader` knows those that were
    read before. `catalog` is how the warehouse calls its own database, so that `catalog.schema.table` is understood.
    Files in FROM that are not yet known as data are in the models' `files()`. Raises ProjectError, with file and line,
    for whatever cannot be understood.
    """
    files = {path: relation for path in sorted(texts) if (relation := _relation(path, config)) is not None}
    _refuse_no_file(files, texts, config)
    _refuse_twins(files)
    parsed = []
    for path, relation in files.items():
        facts = reader.facts(texts[path], path)
        _check_created_name(facts, relation, texts[path], path, fold(catalog))
        materialized = _materialized(facts, relation, texts[path], path, config)
        parsed.append(Parsed(relation, path, texts[path], facts, materialized))
    by_name = {source.relation: source for source in sources if source.relation is not None}
    names = Names(
        models=frozenset(files.values()),
        sources=frozenset(by_name),
        production=fold(config.production),
        catalog=fold(catalog),
        cut=frozenset((_cut_relation(a, config), _cut_relation(b, config)) for a, b in config.project.cut),
    )
    _refuse_shadowing(names, files, by_name, config)
    models = {file.relation: _resolved(file, names) for file in parsed}
    refuse_cycles(models)
    return Project(version, models, by_name, {})


def _relation(path: str, config: Config) -> Relation | None:
    folder = posixpath.normpath(config.project.path)
    below = path if folder == "." else path.removeprefix(f"{folder}/")
    return relation_of(below, config.project.layout, config.production, path)


def _cut_relation(name: str, config: Config) -> Relation:
    schema, _, table = name.rpartition(".")
    return Relation(fold(schema or config.production), fold(table))


def _refuse_no_file(files: Mapping[str, Relation], texts: Mapping[str, str], config: Config) -> None:
    if texts and not files:
        raise ProjectError(
            f"project.layout {config.project.layout!r} fits none of the {len(texts)} .sql files below "
            f"{config.project.path!r}, as {min(texts)}.",
            where=Where(config.file),
            hint="It describes the whole path below project.path.",
        )


def _refuse_twins(files: Mapping[str, Relation]) -> None:
    seen: dict[Relation, str] = {}
    for path, relation in files.items():
        if relation in seen:
            raise ProjectError(
                f"{seen[relation]} and {path} both make {relation}.",
                where=Where(path),
                hint="Rename one of them; names are told apart without regard to case.",
            )
        seen[relation] = path


def _refuse_shadowing(
    names: Names, files: Mapping[str, Relation], sources: Mapping[Relation, SourceData], config: Config
) -> None:
    for relation in sorted(names.models & names.sources):
        path = next(path for path, made in files.items() if made == relation)
        raise ProjectError(
            f"{relation} is made by {path} and is also a source.",
            where=Where(config.file, sources[relation].line),
            hint="Rename one of them.",
        )
    for reader, read in sorted(names.cut):
        for relation in (reader, read):
            if relation not in names.models:
                close = difflib.get_close_matches(str(relation), map(str, names.models), n=1)
                raise ProjectError(
                    f"project.cut names {relation}, which no model makes.",
                    where=Where(config.file),
                    hint=f"Did you mean {close[0]}?" if close else "",
                )


def _check_created_name(facts: Facts, relation: Relation, text: str, path: str, catalog: str) -> None:
    if facts.created is None:
        return
    names = list(facts.created.parts)
    expected = (catalog or names[0], relation.schema, relation.name)
    if tuple(names) != expected[-len(names) :]:
        raise ProjectError(
            f"The file makes {relation} by its path, but its CREATE names {'.'.join(_shown(names, relation))}.",
            where=place_in(text, path, facts.created.start),
            hint="Rename the file, or write only the SELECT.",
        )


def _shown(names: list[str], relation: Relation) -> list[str]:
    return names if names[1:] else [relation.schema, *names]


def _materialized(facts: Facts, relation: Relation, text: str, path: str, config: Config) -> Materialized:
    policies = tables_like(config.policy.tables, (str(relation), relation.name))
    configured = next((policy.materialized for policy in policies if policy.materialized), None)
    materialized: Materialized = facts.materialized or configured or "table"
    if materialized == "view" and facts.preamble:
        raise ProjectError(
            "A view cannot have statements before its query: they would not be there when it is read.",
            where=place_in(text, path, facts.preamble[0].start),
            hint="Make it a table, or move them into the query.",
        )
    return materialized


def _resolved(file: Parsed, names: Names) -> Model:
    read = [_reference(name, file, names) for name in file.facts.reads.names]
    targets = {reference.span: reference.target for reference in read if reference.target is not None}
    files = [Reference("file", None, found.text, found.span, "", found.line) for found in file.facts.reads.paths]
    qualifiers = (qualifier(column, targets, names) for column in file.facts.reads.columns)
    return Model(
        relation=file.relation,
        path=file.path,
        text=file.text,
        materialized=file.materialized,
        preamble=file.facts.preamble,
        query=file.facts.query,
        references=tuple(sorted([*read, *files], key=lambda reference: reference.span.start)),
        qualifiers=tuple(found for found in qualifiers if found is not None),
        unpinned=file.facts.reads.unpinned,
        fingerprint=file.facts.fingerprint,
        unread=file.facts.unread,
    )


def _reference(name: Name, file: Parsed, names: Names) -> Reference:
    kind, target = resolve(name, file.relation, file.path, names)
    return Reference(kind, target, "", name.span, name.alias, name.line)
