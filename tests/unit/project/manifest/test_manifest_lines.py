"""Compiled SQL gets the lines of its file, and stays the same SQL."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlglot.errors import SqlglotError

from datacanary.project.manifest.lines import laid_out
from datacanary.sql.trees import tokens_of

SQL_LINES = st.sampled_from(
    ["select a", "  , b", "from x", "where a > 1", "", "-- a note", "/* more", "of it */", "and b = 'y'", "  ", ", c"]
)
FILE_LINES = st.one_of(SQL_LINES, st.sampled_from(["{{ config(", "  tags='t') }}", "{% if x %}", "{% endif %}"]))


def texts(lines: list[str]) -> list[str]:
    """Return the tokens of a text, without those that nobody can read."""
    try:
        return [token.text for token in tokens_of("\n".join(lines), "duckdb")]
    except SqlglotError:
        return []


@given(st.lists(SQL_LINES, max_size=12), st.lists(FILE_LINES, max_size=16))
def test_only_empty_lines_are_added_and_every_token_stays(compiled: list[str], raw: list[str]) -> None:
    found = laid_out("\n".join(compiled), "\n".join(raw)).splitlines()
    kept = iter(found)
    # What was there is still there, in its order, and everything between is empty.
    assert all(line in kept for line in "\n".join(compiled).splitlines() if line)
    assert [line for line in found if line.strip()] == [line for line in compiled if line.strip()]
    assert texts(found) == texts(compiled)


def test_a_line_gets_the_number_that_it_has_in_the_file() -> None:
    raw = "{{ config(\n  materialized='table'\n) }}\n\nselect a\n{% if x %}\n  , b\n{% endif %}\nfrom x\nwhere a > 1"
    compiled = "\n\nselect a\n\nfrom x\nwhere a > 1"
    found = laid_out(compiled, raw).splitlines()
    for line in ("select a", "from x", "where a > 1"):
        assert found.index(line) == raw.splitlines().index(line)
    assert tokens_of("\n".join(found), "duckdb")[-1].text == "1"
    assert [one.text for one in tokens_of("\n".join(found), "duckdb")] == texts(compiled.splitlines())


def test_what_loops_have_made_longer_stays_whole() -> None:
    raw = "select\n{% for c in cs %}\n  {{ c }},\n{% endfor %}\n  1\nfrom x"
    compiled = "select\n\n  a,\n\n  b,\n\n  c,\n\n  1\nfrom x"
    assert [line for line in laid_out(compiled, raw).splitlines() if line] == [
        one for one in compiled.split("\n") if one
    ]


def test_a_very_long_text_is_left_as_it_is() -> None:
    long = "\n".join(f"select {number}" for number in range(3000))
    assert laid_out(long, f"\n\n{long}") == long
