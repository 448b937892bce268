"""Marks are the same whether they are worked out, shared by both versions, or remembered from another run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from datacanary import config as config_room
from datacanary.impact.nondeterminism import inherited
from datacanary.impact.nondeterminism.flow import Flow
from datacanary.impact.nondeterminism.inherited import ProjectMarks
from datacanary.impact.nondeterminism.known import KnownFlows, decoded, encoded
from datacanary.impact.nondeterminism.marks import Unique, flow_of
from datacanary.model.basic import Relation, Version
from datacanary.model.noise import NoiseMark
from datacanary.model.project import Model
from datacanary.project.plain_sql import parse

CONFIG = "version: 1\nproject: {kind: sql, path: models}\nwarehouse: duckdb:///w.duckdb\nproduction: main\n"
TEXTS = {
    "a": "SELECT id, random() AS r, x::DOUBLE AS x FROM raw.t",
    "b": "SELECT id, r, row_number() OVER (ORDER BY x) AS n FROM a",
    "c": "SELECT sum(x) AS s, now() AS at, first(n) AS f FROM a JOIN b USING (id)",
    "d": "SELECT * FROM c, b LIMIT 3",
    "apart": "SELECT 1 AS one",
}


class Shelf:
    """A memory that can be looked into."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return what is there."""
        del kind
        return {key: self.texts[key] for key in keys if key in self.texts}

    def put_many(self, kind: str, texts: Mapping[str, str]) -> None:
        """Take more."""
        del kind
        self.texts |= texts


def models(texts: Mapping[str, str]) -> dict[Relation, Model]:
    config = config_room.parse(CONFIG, "datacanary.yml", {})
    files = {f"models/{name}.sql": text for name, text in texts.items()}
    return dict(parse(files, config, (), Version("main", "0" * 40), dialect="duckdb", catalog="").models)


def marks(
    texts: Mapping[str, str], shelf: Shelf | None = None, unique: Unique | None = None
) -> dict[str, tuple[NoiseMark, ...]]:
    made = models(texts)
    known = KnownFlows(shelf) if shelf else KnownFlows()
    names = {relation: relation.name for relation in made}
    project = ProjectMarks(made, names, "duckdb", unique or {}, known)
    project.recall(made)
    found = {relation.name: project.of(relation) for relation in made}
    known.keep()
    return found


def test_remembered_marks_are_the_same_and_nothing_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    fresh = marks(TEXTS)
    assert marks(TEXTS, shelf) == fresh
    assert sum(map(len, fresh.values())) > len(TEXTS)
    monkeypatch.setattr(inherited, "flow_of", lambda *_: pytest.fail("it was worked out again"))
    assert marks(TEXTS, shelf) == fresh


@pytest.mark.parametrize(
    ("name", "text", "again"),
    [
        ("a", TEXTS["a"].replace("random()", "2"), {"a", "b", "c", "d"}),
        ("b", f"-- moved by a line\n{TEXTS['b']}", {"b", "c", "d"}),
        ("apart", "SELECT 2 AS one", {"apart"}),
    ],
)
def test_only_what_a_change_can_reach_is_worked_out_again(
    name: str, text: str, again: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()
    marks(TEXTS, shelf)
    worked: set[str] = set()

    def counted(model: Model, dialect: str, known: Mapping[Relation, Flow], unique: Unique) -> Flow:
        worked.add(model.relation.name)
        return flow_of(model, dialect, known, unique)

    monkeypatch.setattr(inherited, "flow_of", counted)
    changed = {**TEXTS, name: text}
    assert marks(changed, shelf) == marks(changed)
    worked.clear()
    later = {**changed, name: f"{text} "}
    remembered = marks(later, shelf)
    assert worked == again
    assert remembered == marks(later)


def test_keys_count() -> None:
    shelf = Shelf()
    without = marks(TEXTS, shelf)
    keys = {Relation("main", "a"): (("id",), ("x",))}
    assert marks(TEXTS, shelf, keys) == marks(TEXTS, unique=keys) != without


def test_every_flow_can_be_written_and_read() -> None:
    made = models(TEXTS)
    for model in made.values():
        flow = flow_of(model, "duckdb", {}, {})
        assert decoded(encoded(flow)) == flow


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[[],[],1,[0],[],[]]", '[[],[["a"]],1,[],[],[]]'])
def test_what_is_damaged_is_nothing(text: str) -> None:
    assert decoded(text) is None
    shelf = Shelf()
    fresh = marks(TEXTS, shelf)
    shelf.texts = dict.fromkeys(shelf.texts, text)
    assert marks(TEXTS, shelf) == fresh
