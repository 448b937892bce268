"""`${NAME}` in values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.config import parse
from datacanary.errors import ConfigError, Where
from datacanary.model.config import Config, SourceEntry
from datacanary.model.variables import expand

HEAD = "version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: shop\n"
HERE = Where("datacanary.yml", 1)


def read(rest: str, **environ: str) -> Config:
    return parse(HEAD + rest, "datacanary.yml", environ)


def test_a_default_stands_in_for_what_is_unset_or_empty() -> None:
    assert read("base: ${BRANCH:-dev}").base == "dev"
    assert read("base: ${BRANCH:-dev}", BRANCH="").base == "dev"
    assert read("base: ${BRANCH:-dev}", BRANCH="next").base == "next"


def test_variables_stand_anywhere_in_a_value_and_are_taken_as_they_are() -> None:
    assert read("sources:\n  a: ${DIR}/${NAME:-x}.csv", DIR="${NAME}").sources == (
        SourceEntry("a", "${NAME}/x.csv", 5),
    )


def test_numbers_and_limits_may_come_from_variables() -> None:
    policy = read(
        "defaults: {max_warnings: '${MANY}', rows_added: {fail: '> ${PERCENT}%'}}", MANY="7", PERCENT="3"
    ).policy
    assert policy.max_warnings == 7
    assert policy.defaults["rows_added"].fail is not None
    assert policy.defaults["rows_added"].fail.value == 0.03


def test_what_a_variable_holds_for_a_text_is_text() -> None:
    assert read("base: ${BRANCH}", BRANCH="1.5").base == "1.5"
    assert read("base: ${BRANCH}", BRANCH="null").base == "null"


def test_a_yes_or_no_may_come_from_a_variable() -> None:
    table = read("tables: {t: {columns: {a: {ignore: '${DROP:-true}'}}}}").policy.tables["t"]
    assert table.columns["a"].ignore


def test_keys_hold_no_variables() -> None:
    assert list(read("tables: {t: {columns: {'${A}': ignore}}}").policy.tables["t"].columns) == ["${A}"]


def test_comments_hold_no_variables() -> None:
    assert read("base: dev # ${NOT_SET}").base == "dev"


def test_doubled_dollars_before_a_brace_stand_for_one() -> None:
    assert expand("$${A} $A $$ ${A}", {"A": "1"}, HERE) == "${A} $A $$ 1"


@given(st.text(), st.text())
def test_escaping_undoes_expanding(text: str, value: str) -> None:
    escaped = text.replace("${", "$${")
    if "$$${" not in escaped:
        assert expand(escaped, {}, HERE) == text
    assert expand("${A}", {"A": value}, HERE) == value


@given(st.text(alphabet="${}:-AB "), st.dictionaries(st.sampled_from(["A", "B", "AB"]), st.text(max_size=3)))
def test_any_text_is_expanded_or_refused_with_its_place(text: str, environ: dict[str, str]) -> None:
    try:
        assert isinstance(expand(text, environ, HERE), str)
    except ConfigError as error:
        assert error.where == HERE  # noqa: PT017 -- either outcome is right


def test_a_missing_variable_in_an_expectation_has_its_line() -> None:
    with pytest.raises(ConfigError, match=r"^datacanary.yml:6:13: The environment variable TICKET is not set\."):
        read("expect:\n  - table: t\n    reason: ${TICKET}\n    rows_added: '<= 1%'")
