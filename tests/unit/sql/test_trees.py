"""Every text is parsed once, what cannot be parsed is told each time, and nobody changes what all share."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from datacanary import config as config_room
from datacanary.build.splice import splice
from datacanary.impact.nondeterminism.marks import read_model
from datacanary.model.basic import Physical, Relation, Version
from datacanary.model.project import Model, Reference, Span
from datacanary.project.plain_sql import parse
from datacanary.sql import trees
from datacanary.sql.trees import MisreadError, Statement, model_trees, query_behind, statements_of, tokens_of, tree_at

CONFIG = "version: 1\nproject: {kind: sql, path: models}\nwarehouse: duckdb:///w.duckdb\nproduction: analytics\n"
DENSE = """
SET threads = 2;
CREATE TEMP TABLE early AS SELECT * FROM raw.orders WHERE day < DATE '2024-01-01';
CREATE TABLE analytics.dense AS
WITH totals AS (SELECT customer, sum(amount) AS amount FROM raw.orders GROUP BY ALL)
SELECT o.id, raw.orders.amount / 2 AS half, t.amount, row_number() OVER w AS place, count(*) OVER () AS n
FROM raw.orders AS o JOIN (raw.orders JOIN totals AS t USING (customer)) ON o.id = t.customer
LEFT JOIN early USING (id) WHERE o.id IN (SELECT id FROM early) AND random() < 2
WINDOW w AS (PARTITION BY o.customer ORDER BY o.day) LIMIT 10
"""


def dump(tree: exp.Expr) -> list[object]:
    """Write down a tree and how its nodes hang on one another."""
    return [(type(node), node.arg_key, id(node.parent), dict(node.meta), node.sql("duckdb")) for node in tree.walk()]


def dense() -> Model:
    config = config_room.parse(CONFIG, "datacanary.yml", {})
    project = parse({"models/dense.sql": DENSE}, config, (), Version("main", "0" * 40), dialect="duckdb", catalog="")
    return project.models[Relation("analytics", "dense")]


def _elsewhere(reference: Reference) -> Physical:
    return Physical("run", "base", reference.target.name if reference.target else "")


def test_a_text_is_parsed_once() -> None:
    text = "SELECT 1 AS once; SELECT 2 AS twice"
    assert statements_of(text, "duckdb") is statements_of(text, "duckdb")
    assert tokens_of(text, "duckdb") is tokens_of(text, "duckdb")


def test_dialects_are_read_apart() -> None:
    text = 'SELECT "a" FROM t'
    found = {dialect: type(statements_of(text, dialect)[0].tree.expressions[0]) for dialect in ("duckdb", "bigquery")}
    assert found == {"duckdb": exp.Column, "bigquery": exp.Literal}


def test_all_who_read_a_model_leave_its_trees_as_they_are() -> None:
    model = dense()
    before, query = model_trees(model, "duckdb")
    dumped = [dump(tree) for tree in (*before, query)]
    # The reader of projects has been there before; here are the others.
    read_model(model, "duckdb", {}, {})
    splice(model, _elsewhere, "duckdb")
    dense()
    again, same = model_trees(model, "duckdb")
    assert (again, same) == (before, query)
    assert all(one is other for one, other in zip(again, before, strict=True))
    assert same is query
    assert [dump(tree) for tree in (*again, same)] == dumped


def test_nodes_know_their_place_in_the_text() -> None:
    model = dense()
    before, query = model_trees(model, "duckdb")
    assert [type(tree) for tree in before] == [exp.Set, exp.Create]
    assert isinstance(query, exp.Select)
    assert query.parent is None
    for tree in (*before, query):
        for node in tree.find_all(exp.Identifier):
            start, end = node.meta["start"], node.meta["end"]
            assert model.text[start : end + 1].strip('"') == node.name


@pytest.mark.parametrize("text", ["SELECT 1 +", "SELECT 1; SELECT FROM FROM", "CREATE TABLE"])
def test_what_does_not_parse_is_told_each_time(text: str) -> None:
    messages = []
    for _ in range(2):
        with pytest.raises(MisreadError) as raised:
            statements_of(text, "duckdb")
        messages.append(str(raised.value.__cause__))
        assert raised.value.tokens
        assert len(raised.value.before) == text.count(";")
    assert messages[0] == messages[1]


def test_an_open_quote_is_told_each_time() -> None:
    for _ in range(2):
        with pytest.raises(TokenError):
            statements_of("SELECT 'open", "duckdb")


NESTED: dict[str, Callable[[int], str]] = {
    "subqueries": lambda depth: f"SELECT * FROM {'(SELECT * FROM ' * depth}t{')' * depth}",
    "parentheses": lambda depth: f"SELECT {'(' * depth}1{')' * depth}",
    "functions": lambda depth: f"SELECT {'abs(' * depth}1{')' * depth}",
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_is_nested_too_deeply_is_refused_and_does_not_end_the_process(kind: str) -> None:
    with pytest.raises(MisreadError) as raised:
        statements_of(NESTED[kind](20_000), "duckdb")
    assert isinstance(raised.value.__cause__, RecursionError)


def test_what_is_nested_a_little_is_read() -> None:
    assert statements_of(NESTED["subqueries"](60), "duckdb")


def test_a_query_behind_create_is_a_tree_of_its_own() -> None:
    text = "CREATE VIEW v AS\nSELECT 1 AS one"
    (create,) = statements_of(text, "duckdb")
    query = query_behind(text, create, "duckdb")
    assert query is not None
    assert query.tree.parent is None
    assert text[query.span.start : query.span.end] == "SELECT 1 AS one"
    assert query_behind(text, create, "duckdb") is query
    assert tree_at(text, query.span, "duckdb") is query.tree
    assert tree_at(text, create.span, "duckdb") is create.tree
    assert query_behind("SELECT 1", statements_of("SELECT 1", "duckdb")[0], "duckdb") is None


def test_a_span_that_is_no_statement_is_refused() -> None:
    with pytest.raises(ParseError):
        tree_at("SELECT 1; SELECT 2", Span(0, 3), "duckdb")


def test_old_texts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "_REMEMBERED", trees._Remembered(100))  # noqa: SLF001 -- its bound is what is tested
    first = statements_of(f"SELECT 1 AS {'a' * 50}", "duckdb")
    second = statements_of(f"SELECT 1 AS {'b' * 50}", "duckdb")
    assert statements_of(f"SELECT 1 AS {'b' * 50}", "duckdb") is second
    assert statements_of(f"SELECT 1 AS {'a' * 50}", "duckdb") is not first
    long = statements_of(f"SELECT 1 AS {'c' * 500}", "duckdb")
    assert statements_of(f"SELECT 1 AS {'c' * 500}", "duckdb") is long


def test_threads_read_the_same() -> None:
    texts = [f"SELECT {number} AS n FROM t{number % 7}" for number in range(50)] * 4
    found: list[list[tuple[Statement, ...]]] = []
    threads = [
        threading.Thread(target=lambda: found.append([statements_of(text, "duckdb") for text in texts]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [[one[0].tree.sql("duckdb") for one in each] for each in found]
    assert len(said) == len(threads)
    assert all(each == texts for each in said)
