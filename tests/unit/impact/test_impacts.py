"""What is told of a change: its kinds, the clauses that do it with their lines, the columns, and the way it comes."""

import pytest
from planned import effects, impact_of, impacts, plan, version

from datacanary.model.impact import ChangeKind, ClauseKind

KINDS: list[tuple[str, str, tuple[ChangeKind, ...]]] = [
    ("SELECT id FROM src", "SELECT src.id FROM src ORDER BY id", ("none",)),
    ("SELECT id FROM src", "SELECT id, v FROM src", ("columns_added",)),
    ("SELECT id, v FROM src", "SELECT id FROM src", ("columns_removed",)),
    ("SELECT id, v FROM src", "SELECT id, v AS w FROM src", ("columns_renamed",)),
    ("SELECT id, v FROM src", "SELECT v, id FROM src", ("columns_reordered",)),
    ("SELECT id, v FROM src", "SELECT id, v + 1 AS v FROM src", ("expression",)),
    ("SELECT id, v FROM src", "SELECT id, v FROM src WHERE v > 1", ("rows",)),
    ("SELECT id, v FROM src", "SELECT k, id, v + 1 AS v FROM src", ("expression", "columns_added")),
    ("SELECT id, v FROM src", "SELECT k, v, id FROM src", ("columns_added", "columns_reordered")),
    ("SELECT id, v FROM src", "SELECT id, k FROM src WHERE v > 1", ("rows", "columns_added", "columns_removed")),
    ("SELECT id, v FROM src", "SELECT id, my_function(v) AS v FROM src", ("unknown",)),
    ("SELECT id FROM src", "SELECT id, nope FROM src", ("unknown", "columns_added")),
]


@pytest.mark.parametrize(("base", "head", "kinds"), KINDS)
def test_the_kinds_of_a_change(base: str, head: str, kinds: tuple[ChangeKind, ...]) -> None:
    found = impact_of(base, head)
    assert found.own == found.kinds == kinds
    assert found.nothing == (kinds == ("none",))


Clauses = list[tuple[ClauseKind, str, str, int]]

CLAUSES: list[tuple[str, str, Clauses]] = [
    (
        "SELECT id\nFROM src",
        "SELECT id\nFROM src\nWHERE v > 1\n  AND k = 2",
        [("filter", "head", "v > 1", 3), ("filter", "head", "k = 2", 4)],
    ),
    ("SELECT id FROM src\nWHERE v > 1", "SELECT id FROM src", [("filter", "base", "v > 1", 2)]),
    (
        "SELECT id FROM src WHERE k = 2\nAND v > 1",
        "SELECT id FROM src WHERE\n v > 2 AND k = 2",
        [("filter", "base", "v > 1", 2), ("filter", "head", "v > 2", 2)],
    ),
    (
        "SELECT k, sum(v) AS v FROM src GROUP BY k",
        "SELECT k, sum(v) AS v FROM src GROUP BY k\nHAVING sum(v) > 1",
        [("filter", "head", "sum(v) > 1", 2)],
    ),
    (
        "SELECT id FROM src",
        "SELECT id FROM src\nQUALIFY row_number() OVER (PARTITION BY k ORDER BY id) = 1",
        [("filter", "head", "row_number() OVER (PARTITION BY k ORDER BY id) = 1", 2)],
    ),
    (
        "SELECT src.id FROM src",
        "SELECT src.id FROM src\nJOIN src AS o ON o.id = src.k",
        [("join", "head", "JOIN src AS o ON o.id = src.k", 2), ("table", "head", "src AS o", 2)],
    ),
    (
        "SELECT src.id FROM src JOIN src AS o ON o.id = src.k",
        "SELECT src.id FROM src\nLEFT JOIN src AS o ON o.id = src.k",
        [
            ("join", "base", "JOIN src AS o ON o.id = src.k", 1),
            ("join", "head", "LEFT JOIN src AS o ON o.id = src.k", 2),
        ],
    ),
    ("SELECT k FROM src GROUP BY k", "SELECT k FROM src GROUP BY k,\n s", [("grouping", "head", "s", 2)]),
    ("SELECT k FROM src", "SELECT DISTINCT k FROM src", [("distinct", "head", "DISTINCT", 1)]),
    (
        "SELECT k FROM src LIMIT 1",
        "SELECT k FROM src\nLIMIT 2",
        [("limit", "base", "LIMIT 1", 1), ("limit", "head", "LIMIT 2", 2)],
    ),
    (
        "SELECT k FROM src\nUNION\nSELECT id FROM src",
        "SELECT k FROM src\nUNION ALL\nSELECT id FROM src",
        [("union", "base", "UNION", 2), ("union", "head", "UNION ALL", 2)],
    ),
    ("SELECT id, 1 AS e FROM src", "SELECT id,\n unnest(l) AS e FROM src", [("unnest", "head", "unnest(l) AS e", 2)]),
    (
        "SELECT id, v FROM src",
        "SELECT id,\n v + 1 AS v FROM src",
        [("column", "base", "v", 1), ("column", "head", "v + 1 AS v", 2)],
    ),
    (
        "WITH w AS (SELECT id, v FROM src)\nSELECT id FROM w",
        "WITH w AS (SELECT id, v FROM src\n WHERE v > 7)\nSELECT id FROM w",
        [("filter", "head", "v > 7", 2)],
    ),
    (
        "SELECT id FROM src",
        "SELECT id FROM src WHERE id IN (\nSELECT k FROM src)",
        [("filter", "head", "id IN ( SELECT k FROM src)", 1)],
    ),
]


@pytest.mark.parametrize(("base", "head", "clauses"), CLAUSES)
def test_the_clauses_that_differ_are_quoted_with_their_lines(base: str, head: str, clauses: Clauses) -> None:
    kinds = {one[0] for one in clauses}
    found = [(one.kind, one.side, one.text, one.line) for one in impact_of(base, head).clauses]
    assert [one for one in found if one[0] in kinds] == clauses
    assert {one.path for one in impact_of(base, head).clauses} == {"models/m.sql"}


def test_clauses_that_mean_the_same_are_not_told() -> None:
    base = "SELECT id, v FROM src WHERE v > 1 AND k = 2"
    head = "SELECT o.id, o.v + 1 AS v FROM src AS o WHERE 2 = o.k AND 1 < o.v"
    assert {one.kind for one in impact_of(base, head).clauses} == {"column"}


SHOP = {
    "stg": "SELECT 1 AS id, 2 AS v, 3 AS w",
    "fct": "SELECT id, v, w + 1 AS w FROM stg",
    "rep": "SELECT w, count(*) AS n FROM fct GROUP BY w",
    "all": "SELECT * FROM stg",
    "ids": "SELECT id FROM fct",
}


def test_a_column_goes_its_way() -> None:
    made = plan(version(SHOP), version(SHOP | {"stg": "SELECT 1 AS id, 2 AS v, 4 AS w"}))
    assert effects(made) == {
        "stg": "changed",
        "fct": "inherited",
        "rep": "inherited",
        "all": "inherited",
        "ids": "unaffected",
    }
    found = impacts(made)
    assert {name: impact.kinds for name, impact in found.items()} == {
        "stg": ("expression",),
        "fct": ("expression",),
        "rep": ("rows",),
        "all": ("expression",),
        "ids": ("none",),
    }
    assert {name: impact.own for name, impact in found.items() if name != "stg"} == dict.fromkeys(
        ("fct", "rep", "all", "ids"), ("none",)
    )
    assert [(one.name, one.change, one.through) for one in found["fct"].columns] == [("w", "changed", ("stg.w",))]
    assert found["fct"].equal == ("id", "v")
    assert found["rep"].equal == ()
    assert {name: impact.through for name, impact in found.items()} == {
        "stg": (),
        "fct": ("stg.w",),
        "rep": ("fct.w",),
        "all": ("stg.w",),
        "ids": (),
    }
    assert found["rep"].paths == (("stg", "fct", "rep"),)
    assert found["ids"].paths == found["stg"].paths == ()


def test_rows_go_everywhere() -> None:
    made = plan(version(SHOP), version(SHOP | {"stg": SHOP["stg"] + " WHERE 1 = 2"}))
    for name, impact in impacts(made).items():
        assert impact.rows, name
        assert impact.kinds == ("rows",)
        assert impact.equal == ()
        assert impact.columns == ()
    assert impacts(made)["rep"].through == ("fct",)
    assert impacts(made)["rep"].paths == (("stg", "fct", "rep"),)


def test_a_new_column_goes_only_where_a_star_takes_it() -> None:
    made = plan(version(SHOP), version(SHOP | {"stg": SHOP["stg"] + ", 9 AS z"}))
    assert {name for name, effect in effects(made).items() if effect != "unaffected"} == {"stg", "all"}
    (column,) = impacts(made)["all"].columns
    assert (column.name, column.change) == ("z", "added")
    assert impacts(made)["all"].through == ("stg.z",)
    assert impacts(made)["all"].paths == (("stg", "all"),)


def test_another_order_of_columns_goes_only_where_a_star_takes_it() -> None:
    made = plan(version(SHOP), version(SHOP | {"stg": "SELECT 3 AS w, 1 AS id, 2 AS v"}))
    assert {name for name, effect in effects(made).items() if effect != "unaffected"} == {"stg", "all"}
    assert impacts(made)["all"].kinds == ("columns_reordered",)
    assert impacts(made)["all"].paths == (("stg", "all"),)


def test_a_new_name_is_told_with_the_old_one() -> None:
    made = plan(version(SHOP), version(SHOP | {"stg": "SELECT 1 AS id, 2 AS v, 3 AS W"}))
    (column,) = impacts(made)["stg"].columns
    assert (column.name, column.change, column.was) == ("W", "renamed", "w")


def test_two_changes_are_two_paths() -> None:
    head = SHOP | {"stg": "SELECT 1 AS id, 2 AS v, 4 AS w", "fct": "SELECT id, v, w + 2 AS w FROM stg"}
    found = impacts(plan(version(SHOP), version(head)))
    assert found["rep"].paths == (("fct", "rep"), ("stg", "fct", "rep"))
    assert found["fct"].own == ("expression",)


def test_what_is_not_known_names_file_and_line() -> None:
    found = impact_of("SELECT id FROM src", "SELECT id,\n  my_function(v) AS q,\n  nope\nFROM src")
    assert found.unknown == (
        "models/m.sql:2: nobody knows what my_function() does",
        "models/m.sql:3: there is no column nope",
    )
    assert found.rows
    assert found.equal == ()


def test_what_reads_something_unknown_is_affected_and_not_unknown_itself() -> None:
    base = {"a": "SELECT 1 AS id", "b": "SELECT id FROM a"}
    found = impacts(plan(version(base), version(base | {"a": "SELECT my_function(1) AS id"})))
    assert (found["a"].kinds, found["b"].kinds) == (("unknown",), ("rows",))
    assert found["b"].unknown == ()
    assert found["b"].paths == (("a", "b"),)


def test_equal_fingerprints_say_that_nothing_differs() -> None:
    made = plan(version(SHOP), version(SHOP | {"stg": "SELECT 1 AS id, 2 AS v, 4 AS w"}))
    for impact in impacts(made).values():
        assert (impact.fingerprints.base == impact.fingerprints.head) == impact.nothing
