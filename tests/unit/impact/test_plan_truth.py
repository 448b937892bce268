"""What really differs is never held to be unaffected: both versions of random projects are executed and compared."""

from collections import Counter

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from planned import plan, version

from datacanary.model.plan import PlannedTable

NAMES = ("a", "b", "c", "d", "e", "f")
STARTS = (
    "SELECT i AS id, (i * 7) % 5 AS v FROM range({n} + 4) AS r (i)",
    "SELECT i AS id, i % ({n} + 2) AS v FROM range(6) AS r (i)",
    "SELECT * FROM (VALUES (1, {n}), (2, 2), (3, NULL), (3, 3)) AS r (id, v)",
)
STEPS = (
    "SELECT id, v + {n} AS v FROM {one}",
    "SELECT id, v FROM {one} WHERE v > {n}",
    "SELECT id, v FROM {one} WHERE id <> {n} AND v IS NOT NULL",
    "SELECT *, id * {n} AS w FROM {one}",
    "SELECT id, v, id AS more FROM {one}",
    "SELECT v AS id, id AS v FROM {one}",
    "SELECT v AS id, count(*) AS v FROM {one} GROUP BY v",
    "SELECT id, sum(v) AS v FROM {one} GROUP BY ALL HAVING count(*) > {n}",
    "SELECT DISTINCT v AS id, {n} AS v FROM {one}",
    "SELECT count(*) AS id, max(v) AS v FROM {one}",
    "SELECT id, row_number() OVER (PARTITION BY v ORDER BY id) AS v FROM {one}",
    "SELECT id, v FROM {one} QUALIFY row_number() OVER (PARTITION BY id ORDER BY v DESC) = 1",
    "SELECT id, v FROM {one} ORDER BY id, v LIMIT {n}",
    "FROM {one}",
    "WITH w AS (SELECT id AS i, v AS j, {n} AS k FROM {one}) SELECT i AS id, j AS v FROM w",
    "SELECT x.id, y.v FROM {one} AS x JOIN {two} AS y ON x.id = y.id",
    "SELECT x.id, x.v FROM {one} AS x LEFT JOIN {two} AS y ON x.id = y.v",
    "SELECT x.id, x.v, y.m FROM {one} x LEFT JOIN (SELECT id, max(v) AS m FROM {two} GROUP BY id) y ON x.id = y.id",
    "SELECT x.id, x.v FROM {one} AS x LEFT JOIN (SELECT id, max(v) AS m FROM {two} GROUP BY id) AS y ON x.id = y.id",
    "SELECT id, v FROM {one} UNION ALL SELECT id, v + {n} FROM {two}",
    "SELECT id, v FROM {one} EXCEPT SELECT v, id FROM {two}",
    "SELECT id, v FROM {one} WHERE id IN (SELECT v FROM {two} WHERE v >= {n})",
    "SELECT id, (SELECT max(y.v) FROM {two} AS y WHERE y.id <= x.id) AS v FROM {one} AS x",
)

Texts = dict[str, str]


@st.composite
def texts(draw: st.DrawFn, name: str) -> str:
    """Draw the query of a model; it reads some of the names before it."""
    before = NAMES[: NAMES.index(name)]
    step = draw(st.sampled_from(STEPS if before else STARTS))
    one, two = (draw(st.sampled_from(before)) if before else "" for _ in range(2))
    return step.format(n=draw(st.integers(1, 3)), one=one, two=two)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Texts, Texts]:
    """Draw a project, and the same with one or two queries drawn anew."""
    base = {name: draw(texts(name)) for name in NAMES}
    edited = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    return base, base | {name: draw(texts(name)) for name in edited}


Made = tuple[tuple[str, ...], list[tuple[object, ...]]]


def executed(models: Texts) -> dict[str, Made]:
    """Make all tables, each from those before it."""
    with duckdb.connect(config={"threads": 1}) as database:
        for name, text in models.items():
            database.execute(f"CREATE TABLE {name} AS {text}")
        cursors = {name: database.cursor().execute(f"FROM {name}") for name in models}
        return {
            name: (tuple(str(column[0]) for column in cursor.description or ()), cursor.fetchall())
            for name, cursor in cursors.items()
        }


def bag(made: Made, columns: tuple[str, ...]) -> Counter[tuple[object, ...]]:
    places = [made[0].index(name) for name in columns]
    return Counter(tuple(row[place] for place in places) for row in made[1])


@settings(max_examples=40)
@given(versions())
def test_what_differs_is_never_held_to_be_the_same(drawn: tuple[Texts, Texts]) -> None:
    base, head = drawn
    made = plan(version(base), version(head))
    there = {(build.place, build.model.relation.name) for build in made.builds}
    tables = executed(base), executed(head)
    for table in made.tables:
        one, other = (side[table.name] for side in tables)
        if table.effect == "unaffected":
            assert (one[0], bag(one, one[0])) == (other[0], bag(other, other[0])), table.reason
            assert {("base", table.name), ("head", table.name)}.isdisjoint(there)
        check(table, one, other)


def check(table: PlannedTable, one: Made, other: Made) -> None:
    """Compare what is proven of a table with what it holds in both versions."""
    impact = table.impact
    if impact is None:
        return
    assert impact.unknown == ()
    assert not (impact.equal and impact.rows)
    if not impact.rows:
        assert bag(one, impact.equal) == bag(other, impact.equal)
        # Every column is told of: it is equal, or listed.
        listed = {column.name for column in impact.columns} | {column.was for column in impact.columns}
        assert {*one[0], *other[0]} <= {*impact.equal, *listed}
