"""A plan in words, however large it is and whatever the names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.impact import ColumnImpact, Impact
from datacanary.model.plan import Build, Effect, Place, Plan, PlannedTable
from datacanary.model.project import Model, Span
from datacanary.report.impact_words import can_differ, from_where, reached
from datacanary.report.plan_text import as_text
from datacanary.report.style import Style

ROWS = Impact(("none",), ("rows",), rows=True, through=("a",), paths=(("a", "b"),))
SPARED = Impact(("none",), ("none",), rows=False)


def table(name: str, effect: Effect = "inherited", impact: Impact | None = None, reason: str = "why") -> PlannedTable:
    relation = Relation("analytics", name)
    return PlannedTable(name, effect, reason, Pair(relation, relation), Pair("m.sql", "m.sql"), impact=impact)


def build(name: str, place: Place, broken: str = "") -> Build:
    model = Model(Relation("analytics", name), f"{name}.sql", "", "table", (), Span(0, 0), (), (), (), "")
    return Build(place, model, broken)


EMPTY = Plan(
    versions=Pair(Version("main", "1" * 40), Version("work", "2" * 40)),
    builds=(),
    sources=(),
    files=(),
    tables=(),
    externals=(),
    shared=frozenset(),
    shared_files=frozenset(),
)


def text(*tables: PlannedTable, builds: tuple[Build, ...] = (), plan: Plan = EMPTY, width: int | None = 80) -> str:
    return as_text(replace(plan, tables=tables, builds=builds), Style(width=width))


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, "1 more table is unaffected: neither its query nor anything that it reads changed"),
        (994, "994 more tables are unaffected: neither their queries nor anything that they read changed"),
    ],
)
def test_what_nothing_touched_is_one_line(number: int, told: str) -> None:
    quiet = [table(f"t{one}", "unaffected") for one in range(number)]
    found = text(table("x", impact=ROWS), *quiet, width=None)
    assert found.splitlines()[-1] == told
    assert "t0" not in found


def test_what_the_proof_spared_is_listed_each_with_its_sentence() -> None:
    spared = [table(f"s{one}", "unaffected", SPARED, f"because of {one}") for one in range(12)]
    lines = text(*spared, table("quiet", "unaffected")).splitlines()
    assert lines[0] == "nothing can have changed: 12 tables that the change touches are proven equal"
    assert [f"  s{one}: because of {one}" for one in range(12)] == lines[
        lines.index("proven equal, so not compared") + 1 :
    ][:12]


def test_long_lists_end() -> None:
    names = [f"a_rather_long_name_of_a_model_{number}" for number in range(300)]
    builds = (*(build(name, "shared") for name in names), build("x", "base"), build("x", "head"))
    plan = replace(EMPTY, unselected=tuple(names), unpinned=tuple(names), unknown_columns=tuple(names))
    found = text(table("x", "changed", ROWS), builds=builds, plan=plan, width=None)
    assert "build 302 models: 1 of base, 1 of head, 300 once for both versions (analytics.a_rather" in found
    assert "model_4 and 295 more)" in found
    assert "unpinned" not in found
    assert "not pinned: and 295 more, all with --format json" in found
    assert found.count("columns not known: ") == 6
    assert "not selected: a_rather_long_name_of_a_model_0, " in found
    assert max(map(len, found.splitlines())) < 300


def test_what_cannot_be_built_is_said() -> None:
    found = text(table("x", "changed", ROWS), builds=(build("x", "head", "m.sql:3 reads y, which is gone"),))
    assert "broken: m.sql:3 reads y, which is gone" in found.splitlines()


def test_near_comes_before_far_and_changed_before_what_reads_it() -> None:
    far = table("a_far", impact=replace(ROWS, paths=(("m", "n", "o", "a_far"),)))
    near = table("b_near", impact=replace(ROWS, paths=(("m", "b_near"),)))
    changed = table("z_changed", "changed", ROWS)
    added, removed = table("c_new", "added", reason="new model"), table("d_old", "removed", reason="deleted")
    lines = [line.split(":")[0] for line in text(far, added, near, removed, changed).splitlines()]
    told = [line.strip() for line in lines if line.startswith("  ") and not line.startswith("   ")]
    assert told == ["z_changed", "b_near", "a_far", "c_new", "d_old"]


def test_each_table_says_what_and_why_and_how() -> None:
    impact = Impact(
        ("none",),
        ("expression",),
        rows=False,
        columns=(ColumnImpact("euros", "changed", through=("rates.rate", "orders.cents")),),
        equal=("id",),
        through=("orders.cents", "rates.rate"),
        paths=(("raw", "rates", "x"), ("far", "raw", "rates", "x"), ("other", "orders", "x")),
        unknown=("m.sql:3: nobody knows what f() does",),
    )
    found = text(table("x", "inherited", impact, "it reads a, which can differ"), width=None).splitlines()
    start = found.index("  x: only euros can differ; the rows and 1 other column cannot")
    assert found[start + 1 :] == [
        "    why   it reads a, which can differ",
        "    from  euros from rates.rate and orders.cents",
        "    path  raw -> rates -> x",
        "    path  far -> raw -> rates -> x",
        "    path  and 1 more",
        "    doubt m.sql:3: nobody knows what f() does",
    ]


def test_a_doubt_is_not_told_twice() -> None:
    impact = Impact(("unknown",), ("unknown",), rows=True, unknown=("m.sql:3: f()",))
    found = text(table("x", "changed", impact, "its query changed, nobody knows (m.sql:3: f())"))
    assert found.count("m.sql:3: f()") == 1
    assert "x: what can differ is not known, so all of it may" in found


def named(name: str) -> str:
    """Put a name wherever a plan has one."""
    changed = (ColumnImpact(name, "changed", through=(name, name)),)
    impact = Impact(
        ("none",), ("expression",), False, changed, through=(name, name), paths=((name,) * 3,), unknown=(name,)
    )
    plan = replace(EMPTY, unselected=(name,), unpinned=(name,), unknown_columns=(name,))
    tables = (table(name, impact=impact, reason="why"), table(name, "unaffected", SPARED, name))
    return text(*tables, plan=plan, builds=(build(name, "shared", name),), width=None)


def test_names_cannot_steer_the_terminal() -> None:
    found = named("\x1b[31mred\n")
    assert "\x1b" not in found
    assert len(found.splitlines()) == len(named("red").splitlines())


@pytest.mark.parametrize(
    ("impact", "told"),
    [
        (SPARED, "nothing can differ"),
        (Impact(("rows",), ("rows",), rows=True), "other rows can come out, so every column can differ"),
        (
            Impact(("unknown",), ("unknown", "columns_removed"), True, (ColumnImpact("a", "removed"),)),
            "what can differ is not known, so all of it may; a is gone",
        ),
        (
            Impact(("unknown",), ("unknown",), False, (ColumnImpact("a", "changed"),), ("b", "c")),
            "what can differ is not known; the rows and 2 columns cannot",
        ),
        (
            Impact(("columns_renamed",), ("columns_renamed",), False, (ColumnImpact("b", "renamed", "a"),), ("c",)),
            "a is now called b; nothing else can differ",
        ),
        (
            Impact(("columns_reordered",), ("columns_reordered",), rows=False, equal=("c",)),
            "its columns stand in another order; nothing else can differ",
        ),
        (
            Impact(("expression",), ("expression",), False, tuple(ColumnImpact(one, "changed") for one in "abcdef")),
            "only a, b, c, d and 2 more can differ; the rows cannot",
        ),
    ],
)
def test_every_kind_of_change_has_its_words(impact: Impact, told: str) -> None:
    assert can_differ(impact) == told


def test_only_what_the_reason_does_not_say_is_told_of_the_way() -> None:
    assert reached(replace(ROWS, paths=(("a", "b"),))) == []
    assert from_where(ROWS) == ""
