"""What a written name means in a project: a model, a source, or a table that only the warehouse has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Relation
from datacanary.model.project import Qualifier, ReadKind, Span
from datacanary.project.references import Name, Prefixed


@dataclass(frozen=True, slots=True)
class Names:
    """All that names can mean; `cut` are the (reader, read) pairs that read production's present table.

    `known` are models and sources, `by_name` the same by the name without its schema, sorted.
    """

    models: frozenset[Relation]
    sources: frozenset[Relation]
    production: str
    catalog: str
    cut: frozenset[tuple[Relation, Relation]]
    known: frozenset[Relation] = field(init=False)
    by_name: Mapping[str, tuple[Relation, ...]] = field(init=False)

    def __post_init__(self) -> None:
        known = self.models | self.sources
        by_name: dict[str, tuple[Relation, ...]] = {}
        for relation in sorted(known):
            by_name[relation.name] = (*by_name.get(relation.name, ()), relation)
        object.__setattr__(self, "known", known)
        object.__setattr__(self, "by_name", by_name)


def resolve(name: Name, reader: Relation, path: str, names: Names) -> tuple[ReadKind, Relation]:
    """Return what a name in the file of `reader` means.

    A name without a schema means, in this order: a model of the reader's own schema, a model or source of the
    production schema, the one model or source of that name, and else a table that only the warehouse has: then the
    schema stays empty, for the warehouse to look it up.
    Raises ProjectError for a name that could be several, for another database, and for a self-reference.
    """
    target = _target(name, reader, path, names)
    if target in names.sources:
        return "source", target
    if target not in names.models:
        return "external", target
    if (reader, target) in names.cut:
        return "previous", target
    if target == reader:
        raise ProjectError(
            f"{reader} reads itself, that is, its previous state; a comparison of versions cannot build that yet.",
            where=Where(path, name.line, name.column),
            hint=f"To read production's present table there, add to the config: project: {{cut: [\"{reader} -> "
            f'{reader}"]}}.',
        )
    return "model", target


def _target(name: Name, reader: Relation, path: str, names: Names) -> Relation:
    match name.parts:
        case (table,):
            return _unqualified(table, name, reader, path, names)
        case (schema, table):
            if Relation(schema, table) not in names.known and schema == names.catalog:
                return _unqualified(table, name, reader, path, names)
            return Relation(schema, table)
        case (catalog, schema, table):
            # Without the warehouse's URL its name is not known; `check` needs the URL and looks again.
            if catalog == names.catalog or not names.catalog:
                return Relation(schema, table)
            raise ProjectError(
                f"The query reads {'.'.join(name.parts)}, which is in another database than the warehouse "
                f"({names.catalog}).",
                where=Where(path, name.line, name.column),
                hint="Bring that table into the warehouse, or export it to a file and name it under `sources:`.",
            )
        case _:
            raise ProjectError(
                f"Cannot read the name {'.'.join(name.parts)}.", where=Where(path, name.line, name.column)
            )


def _unqualified(table: str, name: Name, reader: Relation, path: str, names: Names) -> Relation:
    for schema in (reader.schema, names.production):
        if Relation(schema, table) in names.known:
            return Relation(schema, table)
    candidates = names.by_name.get(table, ())
    if len(candidates) > 1:
        raise ProjectError(
            f"The name {table} could be {' or '.join(map(str, candidates))}.",
            where=Where(path, name.line, name.column),
            hint="Write its schema in front.",
        )
    return candidates[0] if candidates else Relation("", table)


def qualifier(column: Prefixed, targets: Mapping[Span, Relation], names: Names) -> Qualifier | None:
    """Return the part of a column's prefix that names a table which is going to be replaced, None if there is none.

    `targets` are what the names in FROM mean, by their places.
    """
    # Longest first: in `a.b.c.d` the last may be a field of a struct.
    for length in (3, 2):
        written = column.parts[:length]
        for name in column.names:
            if len(written) == length and written in _spellings(name, targets[name.span], names):
                span = Span(column.spans[0].start, column.spans[length - 1].end)
                return Qualifier(span, name.alias, name.span)
    return None


def _spellings(name: Name, target: Relation, names: Names) -> Iterator[tuple[str, ...]]:
    """Yield every way to write a table before its column: DuckDB takes them all, however FROM has written it."""
    table = name.parts[-1]
    yield name.parts
    # A table that only the warehouse has is looked up in production's schema, then in the default one.
    for schema in (target.schema,) if target.schema else (names.production, "main"):
        yield schema, table
        yield names.catalog, schema, table
    yield names.catalog, table
