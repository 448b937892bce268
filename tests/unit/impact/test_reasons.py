"""Why a table can differ, in one sentence that is short whatever the query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.impact.reasons import inherited_reason, own_reason, spared_reason
from datacanary.model.basic import Side
from datacanary.model.impact import ChangeKind, Clause, ClauseKind, ColumnImpact, Impact

KINDS: tuple[ClauseKind, ...] = ("filter", "join", "table", "grouping", "union", "column")


def clause(kind: ClauseKind, side: Side, text: str, line: int = 3, path: str = "models/a.sql") -> Clause:
    return Clause(kind, side, text, path, line)


def reason(own: ChangeKind, *clauses: Clause, columns: tuple[ColumnImpact, ...] = (), unknown: str = "") -> str:
    kinds: tuple[ChangeKind, ...] = (own, "columns_added") if columns else (own,)
    told = own_reason(Impact(kinds, kinds, own == "rows", columns, (), clauses, unknown=(unknown,) if unknown else ()))
    assert told.startswith("its query changed")
    return told.removeprefix("its query changed").removeprefix(": ")


@pytest.mark.parametrize(
    ("clauses", "told"),
    [
        ((clause("filter", "head", "id > 0"),), "filter added: `id > 0` (models/a.sql:3)"),
        ((clause("filter", "base", "id > 0"),), "filter removed: `id > 0` (models/a.sql:3 of base)"),
        (
            (clause("limit", "base", "limit 5"), clause("limit", "head", "limit 6", 9)),
            "the limit `limit 5` became `limit 6` (models/a.sql:9)",
        ),
        (
            (clause("filter", "head", "id > 0"), clause("filter", "head", "day > 1", 8)),
            "filter added: `id > 0` (models/a.sql:3); filter added: `day > 1` (line 8)",
        ),
        (
            tuple(clause("grouping", "head", name, 4) for name in "abcdef"),
            "grouping key added: `a` (models/a.sql:4); grouping key added: `b` (line 4); and 4 more clauses",
        ),
        # Of many, those that are alike are one that changed; the join says more than the table in it, and than columns.
        (
            (
                clause("join", "base", "b on b.id = a.id and b.day = 1"),
                clause("join", "base", "c on c.id = a.id", 4),
                clause("join", "head", "b on b.id = a.id and b.day = 2", 5),
                clause("table", "base", "c"),
                clause("column", "head", "b.x", 1),
            ),
            (
                "the join `b on b.id = a.id and b.day = 1` became `b on b.id = a.id and b.day = 2` (models/a.sql:5); "
                "join removed: `c on c.id = a.id` (line 4 of base)"
            ),
        ),
    ],
)
def test_the_clauses_that_do_it_are_quoted(clauses: tuple[Clause, ...], told: str) -> None:
    assert reason("rows", *clauses) == told


def test_expressions_pair_by_the_column_that_they_make() -> None:
    clauses = (
        clause("column", "base", "cents"),
        clause("column", "base", "lower(name) as name"),
        clause("column", "head", "upper(trim(n.names)) as Name", 7),
        clause("column", "head", "o.cents * 2 as cents", 8),
    )
    assert reason("expression", *clauses) == (
        "the expression `cents` became `o.cents * 2 as cents` (models/a.sql:8); "
        "the expression `lower(name) as name` became `upper(trim(n.names)) as Name` (line 7)"
    )


def test_a_join_is_called_one_once() -> None:
    old, new = "join b on b.id = a.id", "Join b on b.id = a.key"
    assert reason("rows", clause("join", "base", old), clause("join", "head", new)) == (
        "the join `b on b.id = a.id` became `b on b.id = a.key` (models/a.sql:3)"
    )
    assert reason("rows", clause("join", "base", f"left {old}"), clause("join", "head", new)) == (
        "the join `left join b on b.id = a.id` became `Join b on b.id = a.key` (models/a.sql:3)"
    )
    assert reason("rows", clause("join", "head", new)) == "join added: `b on b.id = a.key` (models/a.sql:3)"


def test_clauses_that_part_behind_what_is_quoted_have_changed() -> None:
    cut = "a = 1 and " * 12 + "…"
    told = reason("rows", clause("filter", "base", cut), clause("filter", "head", cut, 9))
    assert told == f"the filter `{cut[:69]}…` changed (models/a.sql:9)"


def test_a_new_column_is_not_told_twice() -> None:
    clauses = (clause("column", "head", "a * 2 as fee"), clause("column", "head", "'eur' as Currency"))
    added = (ColumnImpact("currency", "added"), ColumnImpact("fee", "changed"))
    assert reason("expression", *clauses, columns=added) == (
        "currency is new (`'eur' as Currency`, models/a.sql:3); expression added: `a * 2 as fee` (line 3)"
    )
    alone = reason("columns_added", *clauses[1:], columns=added[:1])
    assert alone == "currency is new (`'eur' as Currency`, models/a.sql:3)"
    assert reason("columns_added", columns=added[:1]) == "currency is new"
    # With it, two pieces are quoted.
    more = (*clauses, clause("column", "head", "b as day", 8))
    assert reason("expression", *more, columns=added).endswith(" (line 3); and 1 more clause")


def test_columns_of_every_kind_are_told() -> None:
    columns = (
        ColumnImpact("a", "added"),
        ColumnImpact("b", "added"),
        ColumnImpact("c", "removed"),
        ColumnImpact("e", "renamed", was="d"),
    )
    own: tuple[ChangeKind, ...] = ("columns_added", "columns_removed", "columns_renamed", "columns_reordered")
    assert own_reason(Impact(own, own, rows=False, columns=columns)) == (
        "its query changed: a and b are new, c is gone, d is now called e, its columns stand in another order"
    )


def test_what_is_not_known_is_said_with_its_place() -> None:
    assert reason("unknown", unknown="models/a.sql:4: nobody knows what f() does") == (
        ", and what that does is not known (models/a.sql:4: nobody knows what f() does)"
    )
    assert len(reason("unknown", unknown="models/a.sql:4: nobody knows what " + "f" * 999)) < 250


def test_long_clauses_are_quoted_where_they_part() -> None:
    conditions = " and ".join(f"a.c{number} = b.c{number}" for number in range(20))
    told = reason(
        "rows",
        clause("join", "base", f"b on {conditions} and b.day > 1 and b.note is null"),
        clause("join", "head", f"b on {conditions} and b.day > 2 and b.note is null"),
    )
    assert "b.day > 1" in told
    assert "b.day > 2" in told
    assert told.startswith("the join `b on a.c0")
    grown = reason("rows", clause("filter", "base", conditions), clause("filter", "head", f"{conditions} and d > 1"))
    assert "and d > 1`" in grown


texts = st.text("ab =.'()", min_size=1, max_size=9) | st.text("ab =.'()", min_size=90, max_size=200)
clauses = st.lists(
    st.builds(clause, st.sampled_from(KINDS), st.sampled_from(("base", "head")), texts, st.integers(1, 999)),
    max_size=30,
)


@given(clauses=clauses, own=st.sampled_from(["rows", "expression"]))
def test_it_is_short_whatever_the_query(clauses: list[Clause], own: ChangeKind) -> None:
    told = reason(own, *sorted(clauses, key=lambda one: KINDS.index(one.kind)))
    quoted = told.split("`")[1::2]
    assert len(quoted) <= 4
    assert max(map(len, quoted), default=0) <= 70
    assert told.count("models/a.sql") == bool(clauses)
    assert len(told) <= 450


def test_what_is_read_is_named_the_first_few() -> None:
    impact = Impact(("none",), ("rows",), rows=True, through=tuple("abcde"))
    assert inherited_reason(impact, ("x",)) == "it reads a, b, c and 2 more, which can differ"
    assert inherited_reason(Impact(("none",), ("rows",), rows=True), ("x",)) == "it reads x, which can differ"


@pytest.mark.parametrize(
    ("own", "reads", "told"),
    [
        ("own", (), "its query is written otherwise, and means the same"),
        ("own", ("a",), "its query is written otherwise, and with what changed in a it means the same"),
        ("", ("a", "b"), "it reads a and b, but nothing there that can differ"),
    ],
)
def test_what_is_spared_has_a_proof_in_words(own: str, reads: tuple[str, ...], told: str) -> None:
    assert spared_reason(bool(own), reads) == told
