"""Text gets the same type and the same values however it is cut."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise, permutations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.errors import DataError
from datacanary.tablediff import delimited
from datacanary.tablediff.inputs import table_of
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.textvalues import TextColumn, typed_values

KINDS = (
    ("true", "false"),
    ("True", "False", "TRUE"),
    ("0", "1", "-5", "123", "-0", "007", "999999999999999999", "9223372036854775807", "9223372036854775808"),
    (
        "123456789012345",
        "1234567890123456",
        "9007199254740993",
        "-9223372036854775809",
        str(2**127),
        "9" * 38,
        "9" * 40,
    ),
    ("1.5", ".25", "-.5", "1e3", "-0.0", "0.30000000000000004", "1234567.1234567890", "9007199254740993.5"),
    ("0." + "1" * 37, "0." + "1" * 38, "12." + "0" * 36, "9" * 37 + ".5"),
    ("NaN", "inf", "-Infinity", "1e400", "1e-400", "5e-324", "0e0"),
    ("2024-02-29", "2023-02-29", "9999-12-31"),
    ("2024-01-01 00:00:00", "2024-01-01T00:00:00.5", "2024-01-01 00:00:00.123456789", "2500-01-01 00:00:00"),
    ("1678-01-01 00:00:00", "1677-12-31 23:59:59", "2261-12-31 23:59:59.9999999", "2262-01-01 00:00:00"),
    ("2024-01-01T00:00:00Z", "2024-01-01 02:00:00.1234567-05:30", "2262-01-01 00:30:00+01", "2024-01-01 00:00:00+25"),
    ("", "x", "+5", " 1"),
)


@st.composite
def columns(draw: st.DrawFn) -> tuple[list[str | None], list[int]]:
    """Draw values of one or two kinds, and where to cut."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2))
    some = draw(st.lists(st.sampled_from([value for kind in kinds for value in kind]), min_size=1, max_size=4))
    values = draw(st.lists(st.none() | st.sampled_from(some), max_size=8))
    return values, draw(st.lists(st.integers(0, len(values)), max_size=4))


@settings(max_examples=80)
@given(columns())
def test_a_column_that_is_cut_is_the_column_as_a_whole(drawn: tuple[list[str | None], list[int]]) -> None:
    values, cuts = drawn
    whole = pl.Series("^a$", values, dtype=pl.String)
    expected = typed_values(whole)
    parts = [whole[start:end] for start, end in pairwise([0, *sorted(cuts), len(values)])]
    forwards, backwards = TextColumn(), TextColumn()
    for part in parts:
        forwards.add(part)
    for part in reversed(parts):
        backwards.add(part)
    assert forwards.dtype == backwards.dtype == expected.dtype
    for column in (forwards, backwards):
        found = pl.concat([column.read(part) for part in parts])
        assert found.dtype == expected.dtype
        assert found.equals(expected, null_equal=True, check_names=True)


@pytest.mark.parametrize(
    ("parts", "dtype"),
    [
        (["NaN", "1.5", "inf"], pl.Float64()),
        (["NaN", "inf"], pl.String()),
        (["1", "12345678901234567890", "2"], pl.Int128()),
        (["1", "0.5", "9007199254740993"], pl.Decimal(17, 1)),
        (["1", "1.25", "3"], pl.Float64()),
        (["12." + "1" * 36, "1" * 3], pl.String()),
        (["2024-01-01 00:00:00", "2024-01-01 00:00:00.1234567", "2024-01-01 00:00:00"], pl.Datetime("ns")),
        (["1677-12-31 23:59:59", "2024-01-01 00:00:00.1234567", "2024-01-01 00:00:00"], pl.String()),
        (["1677-12-31 23:59:59", "2024-01-01 00:00:00.123456"], pl.Datetime("us")),
        (["2024-01-01 00:00:00", "2024-01-01T00:00:00Z"], pl.String()),
        (["true", "True"], pl.String()),
        (["2024-01-01", "2024-01-32"], pl.String()),
    ],
)
def test_every_part_counts(parts: list[str], dtype: pl.DataType) -> None:
    for order in permutations(parts):
        column = TextColumn()
        for part in order:
            column.add(pl.Series([part, None]))
        assert column.dtype == typed_values(pl.Series(parts)).dtype == dtype


@pytest.mark.parametrize(
    ("usual", "late", "dtype"),
    [
        ("true", "True", pl.String()),
        ("1", "007", pl.String()),
        ("0.30000000000000004", "9007199254740993.5", pl.Decimal(33, 17)),
        ("9007199254740993.5", "1e5", pl.String()),
        ("2024-01-01", "2024-02-30", pl.String()),
        ("2024-01-01 00:00:00", "2024-01-01 24:00:00", pl.String()),
    ],
)
def test_a_late_value_counts(usual: str, late: str, dtype: pl.DataType) -> None:
    assert typed_values(pl.Series([usual] * 3_000 + [late])).dtype == dtype


@settings(max_examples=40)
@given(columns())
def test_numbers_that_differ_stay_different(drawn: tuple[list[str | None], list[int]]) -> None:
    found = typed_values(pl.Series(drawn[0], dtype=pl.String))
    if found.dtype.is_numeric():
        written = {value for value in drawn[0] if value is not None}
        assert found.drop_nulls().n_unique() == len({number(value) for value in written})


def number(value: str) -> object:
    return (
        float(value) if value.strip("-").isalpha() and value != "NaN" else "NaN" if value == "NaN" else Decimal(value)
    )


CSV = (
    "id,text,late\n"
    + "".join(f'{row},"line {row}\n, ""quoted"" {"x" * (row % 50)}",{row}\n' for row in range(400))
    + '400,,4.5\n401,"",007\n'
)


@pytest.mark.parametrize("block", [400, 5_000, 1 << 24])
def test_a_csv_is_the_same_whatever_is_read_at_a_time(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", block)
    (tmp_path / "t.csv").write_text(CSV)
    table = table_of(tmp_path / "t.csv", Scratch(), 1 << 10)
    assert table.types == {"id": "int64", "text": "string", "late": "string"}
    rows = table.frame.collect().rows()
    assert len(rows) == table.rows == 402
    assert rows[:2] == [(0, 'line 0\n, "quoted" ', "0"), (1, 'line 1\n, "quoted" x', "1")]
    assert rows[-2:] == [(400, None, "4.5"), (401, "", "007")]


BROKEN: dict[str, tuple[Callable[[str], bytes], str]] = {
    "short row": (lambda text: f"{text}1,2\n5,6,7\n".encode(), ":804: The row has 2 fields, but there are 3 columns."),
    "open quote": (lambda text: f'{text}1,"2,3\n4,5,6\n'.encode(), ":804: A quote is never closed."),
    "open quote at the end": (lambda text: f'{text}1,2,"3'.encode(), ":804: A quote is never closed."),
    "not UTF-8": (lambda text: text.encode() + b"1,\xe9,3\n", ": The file is not UTF-8 text."),
    "row too long": (
        lambda text: f"{text}1,{'x' * 5_000},3\n".encode(),
        ":804: The row is too long, or it is no CSV.",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_breaks_late_in_a_csv_is_told_as_if_it_were_read_at_once(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 1_000)
    write, words = BROKEN[kind]
    file = tmp_path / "t.csv"
    file.write_bytes(write(CSV))
    with pytest.raises(DataError) as caught:
        table_of(file, Scratch(), 1 << 10)
    assert str(caught.value).startswith(f"{file}{words}")


def test_a_csv_may_hold_single_quotes_within_unquoted_text(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text('a,b\n5" pipe,1\nx,2\n')
    assert table_of(file, Scratch(), 1 << 30).frame.collect().rows() == [('5" pipe', 1), ("x", 2)]


def test_types_of_json_are_those_of_all_lines(tmp_path: Path) -> None:
    lines = ['{"a": 1, "n": null, "o": {"x": 1, "y": null}}'] * 30_000
    lines += ['{"a": 2.5, "b": 12345678901234567890123, "o": {"x": null, "y": "z"}}', '{"n": "late"}', ""]
    (tmp_path / "1.jsonl").write_text("\n".join(lines))
    (tmp_path / "2.jsonl").write_text('{"b": 0.5, "a": 9007199254740993}\n')
    table = table_of(tmp_path, Scratch(), 1 << 10)
    assert table.types == {
        "a": "decimal(17,1)", "n": "string", "o": "struct[x: int64, y: string]", "b": "decimal(24,1)",
    }  # fmt: skip
    frame = table.frame.collect(engine="streaming")
    assert frame.height == table.rows == 30_003
    assert [[str(cell) for cell in row] for row in frame.tail(3).rows()] == [
        ["2.5", "None", "{'x': None, 'y': 'z'}", "12345678901234567890123.0"],
        ["None", "late", "None", "None"],
        ["9007199254740993.0", "None", "None", "0.5"],
    ]


def test_json_of_which_one_line_differs_late_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"a": {"x": 1}}\n' * 30_000 + '{"a": [1]}\n')
    with pytest.raises(DataError, match="not all JSON objects of the same shape"):
        table_of(file, Scratch(), 1 << 10)
