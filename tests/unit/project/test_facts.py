"""What a text says is the same whoever asks: read now, read for the other version, or remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from datacanary.errors import ProjectError
from datacanary.project import facts as facts_module
from datacanary.project.facts import Facts, TextReader, facts_of

TEXTS = [
    "SELECT raw.orders.id, c.x FROM raw.orders JOIN catalog.raw.customers AS c USING (id), 'data/*.csv', now_rows()",
    "CREATE VIEW Analytics.V AS SELECT * FROM a PIVOT (sum(x) FOR y IN (1, 2))",
    "SET threads = 2; CREATE TEMP TABLE t AS FROM raw.x; SELECT * FROM t, information_schema.tables",
    "SELECT o.id FROM orders o WHERE s.orders.x > 1 OR orders.y IS NULL",
    "select ê.größe as Größe from ê -- 🦆",
]


class Shelf:
    """A memory that can be looked into."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], str] = {}
        self.asked = 0

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return what is there."""
        self.asked += 1
        return {key: self.texts[kind, key] for key in keys if (kind, key) in self.texts}

    def put_many(self, kind: str, texts: Mapping[str, str]) -> None:
        """Take more."""
        self.texts |= {(kind, key): text for key, text in texts.items()}


def read(shelf: Shelf, dialect: str = "duckdb") -> list[Facts]:
    reader = TextReader(dialect, shelf)
    reader.recall(TEXTS)
    found = [reader.facts(text, "m.sql") for text in TEXTS]
    reader.keep()
    return found


def test_what_is_remembered_is_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    first = read(shelf)
    assert first == [facts_of(text, "elsewhere.sql", "duckdb") for text in TEXTS]
    assert len(shelf.texts) == len(TEXTS)
    monkeypatch.setattr(facts_module, "facts_of", lambda *_: pytest.fail("it was read again"))
    assert read(shelf) == first
    assert shelf.asked == 2


def test_another_version_reads_every_text_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    read(shelf)
    for name, value in (("__version__", "0"), ("sqlglot_version", "0"), ("_ALGORITHM", 0)):
        monkeypatch.setattr(facts_module, name, value)
        before = len(shelf.texts)
        read(shelf)
        assert len(shelf.texts) == before + len(TEXTS), name


def test_another_dialect_reads_a_text_anew() -> None:
    shelf = Shelf()
    for dialect in ("duckdb", "postgres"):
        reader = TextReader(dialect, shelf)
        reader.recall(["SELECT 1"])
        reader.facts("SELECT 1", "m.sql")
        reader.keep()
    assert len(shelf.texts) == len(("duckdb", "postgres"))


@pytest.mark.parametrize("damage", ["", "null", "{}", '{"preamble": []}', "[1, 2]", "not json"])
def test_what_is_damaged_is_read_again(damage: str) -> None:
    shelf = Shelf()
    first = read(shelf)
    shelf.texts = dict.fromkeys(shelf.texts, damage)
    assert read(shelf) == first
    assert damage not in shelf.texts.values()


def test_a_text_is_read_once_for_both_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    read_texts: list[str] = []

    def counted(text: str, path: str, dialect: str) -> Facts:
        read_texts.append(text)
        return facts_of(text, path, dialect)

    monkeypatch.setattr(facts_module, "facts_of", counted)
    reader = TextReader("duckdb")
    one, other = (reader.facts(TEXTS[0], path) for path in ("base.sql", "head.sql"))
    assert one is other
    assert read_texts == TEXTS[:1]


def test_a_mistake_is_told_for_each_file_and_not_kept() -> None:
    shelf = Shelf()
    reader = TextReader("duckdb", shelf)
    for path in ("one.sql", "two.sql"):
        with pytest.raises(ProjectError) as raised:
            reader.facts("SELECT 1;\nSELECT FROM", path)
        assert str(raised.value.where).startswith(f"{path}:2:")
    reader.keep()
    assert not shelf.texts
