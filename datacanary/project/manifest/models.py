"""A manifest becomes a project: every node that makes a relation is a model, every name in its SQL is resolved."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot.errors import SqlglotError

from datacanary.errors import ProjectError
from datacanary.model.basic import Relation, Version
from datacanary.model.dbt import DbtManifest, DbtNode
from datacanary.model.project import Materialized, Model, Project, Reference, Span
from datacanary.project.cycles import refuse_cycles
from datacanary.project.facts import Facts, TextReader
from datacanary.project.manifest.compiling import Compiling
from datacanary.project.manifest.lines import laid_out
from datacanary.project.manifest.settings import adds_to_what_is_there, beyond_query, settings_of
from datacanary.project.references import Name
from datacanary.sql.trees import tokens_of

_MATERIALIZATION = "materialization_"
_READ_AS_SQL = frozenset({"table", "view", "incremental"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a manifest's nodes.

    `catalog` is what the warehouse calls its own database, `production` the schema of the profile. `content` returns
    what tells a seed's rows apart, `variables` is a digest of the files that set variables. `copies` says that
    incremental models add to copies of production's tables.
    """

    texts: TextReader
    dialect: str
    catalog: str
    production: str
    content: Callable[[DbtNode], str]
    variables: str = ""
    copies: bool = False


@dataclass(frozen=True, slots=True)
class ByName:
    """A place where a model reads another one without ref(): dbt does not know that it must be built first."""

    path: str
    line: int
    relation: Relation

    def __str__(self) -> str:
        return f"{self.path}:{self.line} reads {self.relation} by its name, without ref(): dbt may build it later"


@dataclass(frozen=True, slots=True)
class ReadProject:
    """A project, with the unique id of each relation's node.

    `made_of` is the digest of the Jinja, macros and variables that make a relation's SQL, `holding_time` are those
    whose SQL can be another one each time. `by_name` says where models are read by a name that is written out.
    """

    project: Project
    nodes: Mapping[Relation, str]
    made_of: Mapping[Relation, str]
    holding_time: frozenset[Relation]
    by_name: tuple[ByName, ...]


def read_project(manifest: DbtManifest, version: Version, reading: Reading) -> ReadProject:
    """Make a project of one version's manifest; raises ProjectError for models that read one another in a circle."""
    return _Nodes(manifest, reading).project(version)


@dataclass
class _Nodes:
    manifest: DbtManifest
    reading: Reading
    hard_coded: list[ByName] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.compiling = Compiling(self.manifest)
        self.made = {one.unique_id: one for one in self.manifest.nodes.values() if one.makes_relation}
        self.by_relation = {one.relation: one for one in self.made.values()}
        self.upstream: dict[str, frozenset[str]] = {}
        self.own_materializations = frozenset(self._own_materializations())

    def project(self, version: Version) -> ReadProject:
        models = {node.relation: self.model(node) for node in self.made.values()}
        refuse_cycles(models)
        return ReadProject(
            Project(version, models, {}, {}, self._names()),
            {node.relation: node.unique_id for node in self.made.values()},
            {
                node.relation: _digest(self.compiling.digest(node), self.reading.variables)
                for node in self.made.values()
            },
            frozenset(node.relation for node in self.made.values() if self._holds_time_alone(node)),
            tuple(self.hard_coded),
        )

    def _holds_time_alone(self, node: DbtNode) -> bool:
        return self.compiling.holds_time(node) and not self.compiling.looks(node)

    def _names(self) -> dict[Relation, str]:
        """Call each relation as dbt's users do, without its schema, unless another one is called so, too."""
        times = Counter(relation.name for relation in self.by_relation)
        return {one: one.name if times[one.name] == 1 else str(one) for one in self.by_relation}

    def model(self, node: DbtNode) -> Model:
        opaque = self._why_opaque(node)
        if opaque:
            return self._opaque(node, opaque)
        text = self._text(node)
        try:
            facts = self.reading.texts.facts(text, node.path)
        except ProjectError as error:
            return self._opaque(node, f"its SQL is not understood: {error.problem}")
        return self._of_query(node, text, facts)

    def _text(self, node: DbtNode) -> str:
        compiled = node.compiled or ""
        text = laid_out(compiled, node.raw)
        try:
            tokens = tokens_of(text, self.reading.dialect)
        except SqlglotError:
            return compiled
        # An empty line within a quoted text would be part of it.
        return compiled if any("\n" in token.text for token in tokens) else text

    def _why_opaque(self, node: DbtNode) -> str:
        if node.kind == "seed":
            return "it is a seed"
        if node.kind == "snapshot":
            return "a snapshot keeps what it had before"
        if node.language != "sql":
            return f"it is a {node.language.capitalize()} model"
        if node.materialized not in _READ_AS_SQL or node.materialized in self.own_materializations:
            return f"its materialization, {node.materialized}, is not one of dbt's own"
        return "" if node.compiled else "it could not be compiled before what it reads is there"

    def _own_materializations(self) -> Iterator[str]:
        """Name the materializations that the project, or a package, puts in the place of dbt's."""
        of_dbt = {"dbt", f"dbt_{self.manifest.adapter}"}
        for key in self.manifest.macros:
            _, package, name = key.split(".", 2)
            if package not in of_dbt and name.startswith(_MATERIALIZATION):
                yield name.removeprefix(_MATERIALIZATION).rpartition("_")[0]

    def _opaque(self, node: DbtNode, why: str) -> Model:
        adds = adds_to_what_is_there(node, copies=self.reading.copies)
        settings = settings_of(node)
        return Model(
            relation=node.relation,
            path=self._path(node),
            text="",
            materialized=_materialized(node),
            preamble=(),
            query=Span(0, 0),
            references=tuple(_behind(0, self._declared(node))),
            qualifiers=(),
            unpinned=(),
            fingerprint=_digest(self._content(node), settings),
            opaque=why,
            settled=node.kind == "seed" and not any(beyond_query(node, adds=adds)),
            settings=settings,
        )

    def _content(self, node: DbtNode) -> str:
        if node.kind == "seed":
            return self.reading.content(node)
        # A custom materialization is macros, and any of them may matter.
        return node.compiled or self.compiling.digest(node)

    def _of_query(self, node: DbtNode, text: str, facts: Facts) -> Model:
        adds = adds_to_what_is_there(node, copies=self.reading.copies)
        settings = settings_of(node)
        named = [one for name in facts.reads.names if (one := self._reference(node, name)) is not None]
        files = [Reference("file", None, found.text, found.span, "", found.line) for found in facts.reads.paths]
        unnamed = self._declared(node) - {one.target for one in named if one.target is not None}
        beyond = [*beyond_query(node, adds=adds), *self._looks(node, unnamed)]
        elsewhere = tuple(self._elsewhere(facts.reads.names))
        return Model(
            relation=node.relation,
            path=self._path(node),
            text=text,
            materialized=_materialized(node),
            preamble=facts.preamble,
            query=facts.query,
            references=(*sorted([*named, *files], key=lambda one: one.span.start), *_behind(len(text), unnamed)),
            qualifiers=(),
            unpinned=(*facts.reads.unpinned, *elsewhere),
            fingerprint=_digest(facts.fingerprint, settings),
            unread=facts.unread,
            beyond=tuple(beyond),
            settings=settings,
        )

    def _looks(self, node: DbtNode, unnamed: frozenset[Relation]) -> Iterator[str]:
        looks = self.compiling.looks(node)
        if looks:
            yield f"its SQL depends on what the warehouse holds when it is compiled ({looks})"
        elif unnamed:
            yield f"it depends on {', '.join(map(str, sorted(unnamed)))}, which its SQL does not name"

    def _declared(self, node: DbtNode) -> frozenset[Relation]:
        """Return the models that a node depends on, through ephemeral ones."""
        found: set[Relation] = set()
        pending, seen = list(node.reads), set(node.reads)
        while pending:
            one = self.manifest.nodes.get(pending.pop())
            if one is None:
                continue
            if one.makes_relation:
                found.add(one.relation)
            elif one.kind == "model":
                pending += [read for read in one.reads if read not in seen]
                seen.update(one.reads)
        return frozenset(found)

    def _reference(self, node: DbtNode, name: Name) -> Reference | None:
        target = self._target(node, name)
        if target is None or target == node.relation:
            # What reads itself adds to what it has: `beyond` tells of it.
            return None
        kind = "model" if target in self.by_relation else "external"
        if kind == "model" and target not in self._declared(node):
            kind = self._hard_coded(node, target, name.line)
        return Reference("model" if kind == "model" else "external", target, "", name.span, name.alias, name.line)

    def _target(self, node: DbtNode, name: Name) -> Relation | None:
        match name.parts:
            case (table,):
                spelt = (Relation(schema, table) for schema in (node.schema.lower(), self.reading.production, "main"))
                return next((one for one in spelt if one in self.by_relation), Relation("", table))
            case (schema, table):
                return Relation(schema, table)
            case (catalog, schema, table) if catalog == self.reading.catalog:
                return Relation(schema, table)
        return None

    def _elsewhere(self, names: Iterable[Name]) -> Iterator[str]:
        for name in names:
            if len(name.parts) > 2 and name.parts[0] != self.reading.catalog:  # noqa: PLR2004 -- with a database
                yield f"{'.'.join(name.parts)} in another database"

    def _hard_coded(self, node: DbtNode, target: Relation, line: int) -> str:
        """Say what a model means that is read without ref(): dbt may build it before or after its reader."""
        self.hard_coded.append(ByName(self._path(node), line, target))
        reads_this = node.unique_id in self._all_upstream(self.by_relation[target].unique_id)
        return "external" if reads_this else "model"

    def _all_upstream(self, unique_id: str) -> frozenset[str]:
        if unique_id not in self.upstream:
            found: set[str] = set()
            pending = [unique_id]
            while pending:
                node = self.manifest.nodes.get(pending.pop())
                new = set(node.reads) - found if node is not None else set()
                found |= new
                pending += new
            self.upstream[unique_id] = frozenset(found)
        return self.upstream[unique_id]

    def _path(self, node: DbtNode) -> str:
        return node.path if node.package == self.manifest.project else f"dbt_packages/{node.package}/{node.path}"


def _behind(length: int, relations: Iterable[Relation]) -> Iterator[Reference]:
    """Name what is read at no place of the text, at places of their own behind it."""
    for number, relation in enumerate(sorted(relations)):
        place = length + number
        yield Reference("model", relation, "", Span(place, place), "", 1)


def _materialized(node: DbtNode) -> Materialized:
    return "view" if node.materialized == "view" else "table"


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
