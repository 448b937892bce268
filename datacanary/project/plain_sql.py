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
from datacanary.project.fingerprint import text_fingerprint
from datacanary.project.lexing import place_in
from datacanary.project.naming import fold, relation_of
from datacanary.project.references import Name, Reads, reads_of
from datacanary.project.resolve import Names, qualifier, resolve
from datacanary.project.scopes import is_macro, made_by
from datacanary.project.statements import Script, read_script


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file, read but not yet resolved."""

    relation: Relation
    path: str
    text: str
    script: Script
    reads: Reads
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
    """Parse one version of a project.

    `texts` maps the path of each `.sql` file, relative to the config, to its text. `catalog` is how the warehouse
    calls its own database, so that `catalog.schema.table` is understood. Files in FROM that are not yet known as
    data are in the models' `files()`. Raises ProjectError, with file and line, for whatever cannot be understood.
    """
    files = {path: relation for path in sorted(texts) if (relation := _relation(path, config)) is not None}
    _refuse_no_file(files, texts, config)
    _refuse_twins(files)
    parsed = [
        _parse_file(relation, path, texts[path], config, dialect=dialect, catalog=fold(catalog))
        for path, relation in files.items()
    ]
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


def _parse_file(relation: Relation, path: str, text: str, config: Config, *, dialect: str, catalog: str) -> Parsed:
    script = read_script(text, path, dialect)
    _check_created_name(script, relation, text, path, catalog)
    trees = [statement.tree for statement in script.preamble]
    all_reads = [
        # The names in a macro are looked up when it is used: then all temporary tables are there.
        reads_of(tree, text, path, dialect, made_by(trees if is_macro(tree) else trees[:index]))
        for index, tree in enumerate(trees)
    ]
    all_reads.append(reads_of(script.query, text, path, dialect, made_by(trees)))
    reads = Reads(
        names=tuple(name for one in all_reads for name in one.names),
        paths=tuple(found for one in all_reads for found in one.paths),
        columns=tuple(column for one in all_reads for column in one.columns),
        unpinned=tuple(what for one in all_reads for what in one.unpinned),
    )
    materialized = _materialized(script, relation, text, path, config)
    return Parsed(relation, path, text, script, reads, materialized)


def _check_created_name(script: Script, relation: Relation, text: str, path: str, catalog: str) -> None:
    if script.created is None:
        return
    written = [part for part in (script.created.args.get(key) for key in ("catalog", "db", "this")) if part]
    names = [fold(part.name) for part in written]
    expected = (catalog or names[0], relation.schema, relation.name)
    if tuple(names) != expected[-len(names) :]:
        raise ProjectError(
            f"The file makes {relation} by its path, but its CREATE names {'.'.join(_shown(names, relation))}.",
            where=place_in(text, path, written[0].meta["start"]),
            hint="Rename the file, or write only the SELECT.",
        )


def _shown(names: list[str], relation: Relation) -> list[str]:
    return names if names[1:] else [relation.schema, *names]


def _materialized(script: Script, relation: Relation, text: str, path: str, config: Config) -> Materialized:
    policies = tables_like(config.policy.tables, (str(relation), relation.name))
    configured = next((policy.materialized for policy in policies if policy.materialized), None)
    materialized: Materialized = script.materialized or configured or "table"
    if materialized == "view" and script.preamble:
        raise ProjectError(
            "A view cannot have statements before its query: they would not be there when it is read.",
            where=place_in(text, path, script.preamble[0].span.start),
            hint="Make it a table, or move them into the query.",
        )
    return materialized


def _resolved(file: Parsed, names: Names) -> Model:
    read = [_reference(name, file, names) for name in file.reads.names]
    targets = {reference.span: reference.target for reference in read if reference.target is not None}
    files = [Reference("file", None, found.text, found.span, "", found.line) for found in file.reads.paths]
    qualifiers = (qualifier(column, targets, names) for column in file.reads.columns)
    return Model(
        relation=file.relation,
        path=file.path,
        text=file.text,
        materialized=file.materialized,
        preamble=tuple(statement.span for statement in file.script.preamble),
        query=file.script.query_span,
        references=tuple(sorted([*read, *files], key=lambda reference: reference.span.start)),
        qualifiers=tuple(found for found in qualifiers if found is not None),
        unpinned=file.reads.unpinned,
        fingerprint=text_fingerprint(file.script.tokens),
    )


def _reference(name: Name, file: Parsed, names: Names) -> Reference:
    kind, target = resolve(name, file.relation, file.path, names)
    return Reference(kind, target, "", name.span, name.alias, name.line)
