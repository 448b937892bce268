"""By what a table is compared: the config's key, else the project's if it is one, else one that is found."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from datacanary.config import default_policy
from datacanary.model.basic import Pair, Relation
from datacanary.model.config import ColumnPolicy, Policy, TablePolicy
from datacanary.model.declared import Declared, DeclaredKey, DeclaredOrigin
from datacanary.model.plan import PlannedTable
from datacanary.model.tablediff import TableDiff
from datacanary.pipeline.keys import compare_by_key
from datacanary.pipeline.options import Rules, options_of
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table

BASE = pl.DataFrame({"id": [1, 2, 3, 4], "code": ["a", "b", "c", "d"], "Day": [1, 1, 2, 2], "line": [1, 2, 1, 2]})
BY_CODE = DeclaredKey(("CODE",), "tests unique and not_null")
ORIGINS: tuple[DeclaredOrigin, ...] = (
    "constraint",
    "tests unique and not_null",
    "dbt_utils.unique_combination_of_columns",
    "dbt_expectations.expect_compound_columns_to_be_unique",
)


def compared(
    key: DeclaredKey | None,
    sides: Pair[pl.DataFrame] | None = None,
    *,
    base: TablePolicy | None = None,
    head: TablePolicy | None = None,
) -> TableDiff:
    relation = Relation("shop", "orders")
    planned = PlannedTable(
        "orders", "changed", "", Pair(relation, relation), Pair(None, None), declared=Declared(key=key)
    )
    tables = (sides or Pair(BASE, BASE)).map(Table.of)
    rules = Rules(Pair(policy(base), policy(head)), (), statistics=False)
    options, notes = options_of(planned, tables, rules)
    found = compare_by_key(options, lambda chosen: compare(tables, chosen, Means()).summary)
    return replace(found, notes=(*notes, *found.notes))


def policy(table: TablePolicy | None) -> Policy:
    return replace(default_policy(), tables={} if table is None else {"orders": table})


def test_a_declared_key_is_better_than_one_that_is_found() -> None:
    found = compared(BY_CODE)
    assert (found.key.columns, found.key.origin, found.notes) == (("code",), "tests unique and not_null", ())
    assert (compared(None).key.columns, compared(None).key.origin) == (("id",), "inferred")


def test_what_the_config_says_is_better_than_what_the_project_declares() -> None:
    for base, head in ((TablePolicy(key=("id",)), None), (None, TablePolicy(key=("id",)))):
        found = compared(BY_CODE, base=base, head=head)
        assert (found.key.columns, found.key.origin) == (("id",), "config")
    assert compared(BY_CODE, base=TablePolicy(key=())).comparison == "keyless"


def test_where_a_key_of_the_config_is_missing_whole_rows_are_compared() -> None:
    found = compared(BY_CODE, base=TablePolicy(key=("ID", "gone")))
    assert found.comparison == "keyless"
    assert found.notes == ("the key column gone of the config is not on both sides: whole rows are compared",)


@pytest.mark.parametrize(
    ("columns", "head", "table", "why"),
    [
        (("code", "gone"), BASE, None, "gone is not on both sides"),
        (("code",), BASE.rename({"code": "CODE"}), None, "code is not on both sides"),
        (("code",), BASE.with_columns(code=pl.lit(1)), None, "cannot be compared, since string and int32"),
        (("code",), BASE, TablePolicy(columns={"c*": ColumnPolicy(ignore=True)}), "code is ignored in the config"),
    ],
)
def test_a_declared_key_that_cannot_pair_rows_is_told_and_another_found(
    columns: tuple[str, ...], head: pl.DataFrame, table: TablePolicy | None, why: str
) -> None:
    found = compared(DeclaredKey(columns, "constraint"), Pair(BASE, head), base=table)
    assert (found.key.columns, found.key.origin) == (("id",), "inferred")
    assert found.notes[0].startswith(f"constraint ({', '.join(columns)}) is not used as the key: ")
    assert why in found.notes[0]


def test_a_column_that_is_named_twice_counts_once() -> None:
    found = compared(DeclaredKey(("Day", "line", "day"), "dbt_utils.unique_combination_of_columns"))
    assert found.key.columns == ("Day", "line")


TWICE = BASE.with_columns(code=pl.Series(["a", "a", "b", "b"]))
HOLES = BASE.with_columns(code=pl.Series(["a", "b", "c", None]))


@pytest.mark.parametrize(
    ("sides", "why"),
    [
        (Pair(BASE, TWICE), "2 values occur more than once in head"),
        (Pair(TWICE, BASE), "2 values occur more than once in base"),
        (Pair(BASE, HOLES), "1 row has a NULL in it in head"),
        (Pair(TWICE, HOLES), "2 values occur more than once in base and 1 row has a NULL in it in head"),
    ],
)
def test_a_unique_key_that_is_none_is_told_and_another_found(sides: Pair[pl.DataFrame], why: str) -> None:
    found = compared(DeclaredKey(("code",), "unique_key"), sides)
    assert (found.comparison, found.key.columns, found.key.origin) == ("keyed", ("id",), "inferred")
    assert found.notes == (f"unique_key (code) is no key here: {why}; another key was looked for",)


def test_where_no_other_key_is_found_whole_rows_are_compared() -> None:
    found = compared(DeclaredKey(("code",), "unique_key"), Pair(TWICE, TWICE).map(lambda one: one.select("code")))
    assert (found.comparison, found.key.origin) == ("keyless", "none")
    assert [note[:10] for note in found.notes] == ["unique_key", "No key was"]


def test_a_unique_key_that_is_one_is_taken() -> None:
    found = compared(DeclaredKey(("code",), "unique_key"))
    assert (found.key.columns, found.key.origin, found.notes) == (("code",), "unique_key", ())


@pytest.mark.parametrize("origin", ORIGINS)
def test_what_is_enforced_stays_the_key_and_its_problems_are_told(origin: DeclaredOrigin) -> None:
    found = compared(DeclaredKey(("code",), origin), Pair(BASE, TWICE))
    assert (found.key.columns, found.key.origin, found.key.duplicates) == (("code",), origin, Pair(0, 2))
