"""CSV and TSV files: every value is read as text first, so that nothing is lost before its type is known."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from datacanary.errors import DataError, Where
from datacanary.tablediff.arrowdata import polars_of
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table
from datacanary.tablediff.texttables import typed_table
from datacanary.tablediff.watch import watch

BLOCK_BYTES = 1 << 24
"""Read at a time; the longest row that can be read."""


def read_delimited(files: Sequence[Path], scratch: Scratch, memory: int, *, delimiter: str) -> Table:
    """Read files with a header each as one table; an empty field is NULL, a quoted empty field is empty text.

    A column is a number, a boolean, a date or a timestamp only if that keeps every value of it: `007` stays text.
    """
    unchanged = watch(files)
    names = header(files[0], delimiter)
    rows = (frame for file in files for frame in parts(file, delimiter, names))
    table = typed_table(rows, pl.Schema(dict.fromkeys(names, pl.String())), names, scratch, memory)
    unchanged()
    return table


def parts(file: Path, delimiter: str, expected: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Read one of the files, with its columns in the order of the first file."""
    names = header(file, delimiter)
    odd = sorted(set(names) ^ set(expected))
    if odd:
        raise DataError(
            f"The files are not one table: the column {odd[0]!r} is not in all of them.", where=Where(str(file), 1)
        )
    for frame in read_text(file, delimiter, names):
        yield frame if names == expected else pl.DataFrame({name: frame[name] for name in expected})


def header(file: Path, delimiter: str) -> list[str]:
    """Read the names of the columns."""
    where = Where(str(file), 1)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            names = next(csv.reader(lines, delimiter=delimiter), [])
    except UnicodeDecodeError as problem:
        raise not_utf8(file) from problem
    except csv.Error as problem:
        raise DataError("The line of column names cannot be read.", where=where) from problem
    if not names:
        raise DataError("The first line is empty: it should name the columns.", where=where)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(f"The column name {twice[0]!r} is given twice.", where=where)
    return names


def not_utf8(file: Path) -> DataError:
    """Say that the text of a file cannot be read."""
    return DataError("The file is not UTF-8 text.", where=Where(str(file)), hint="Convert it first.")


class QuoteCounter:
    """A file that counts the quotes in what is read of it, so that they cost no reading of their own."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self.quotes = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        block = self._content.read(size)
        self.quotes += block.count(b'"')
        return block

    @property
    def closed(self) -> bool:
        """Whether there is nothing to read any more."""
        return self._content.closed

    def close(self) -> None:
        """Leave closing to whoever has opened the file."""


def read_text(file: Path, delimiter: str, names: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Read all values as text, block by block."""
    with file.open("rb") as content:
        counter = QuoteCounter(content)
        try:
            with opened(counter, delimiter, names) as reader:
                yield from map(polars_of, reader)
        except pa.ArrowInvalid as problem:
            check_quotes(file, delimiter)
            raise explained(file, delimiter, len(names)) from problem
    if counter.quotes % 2:
        check_quotes(file, delimiter)


def opened(content: QuoteCounter, delimiter: str, names: Sequence[str]) -> arrow_csv.CSVStreamingReader:
    """Begin to read."""
    return arrow_csv.open_csv(
        pa.PythonFile(content, mode="r"),
        read_options=arrow_csv.ReadOptions(block_size=BLOCK_BYTES),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            # With one column an empty line is a row: its value is NULL.
            ignore_empty_lines=len(names) > 1,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )


def explained(file: Path, delimiter: str, width: int) -> DataError:
    """Find out why a file could not be read; only ever asked after it failed, so it may read row by row."""
    line = 0
    try:
        for line, fields in rows(file, delimiter):
            if len(fields) != width and (fields or width == 1):
                return DataError(
                    f"The row has {len(fields)} fields, but there are {width} columns.", where=Where(str(file), line)
                )
    except UnicodeDecodeError:
        return not_utf8(file)
    except csv.Error:
        return DataError("The row is too long, or it is no CSV.", where=Where(str(file), line + 1))
    return DataError("The file cannot be read: a row is too long, or it is no CSV.", where=Where(str(file)))


def rows(file: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Read rows with the line that each ends on."""
    csv.field_size_limit(BLOCK_BYTES)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for fields in reader:
            yield reader.line_num, fields


def check_quotes(file: Path, delimiter: str) -> None:
    """Raise DataError for a quote that is never closed: it would swallow all rows behind it without a word.

    Only ever asked where there is reason to, so it may read row by row.
    """
    with file.open("rb") as content:
        if sum(block.count(b'"') for block in iter(lambda: content.read(BLOCK_BYTES), b"")) % 2 == 0:
            return
    line = 0
    try:
        for end, _ in rows(file, delimiter):
            line = end
    except csv.Error as problem:
        raise DataError(
            "A quote is never closed.", where=Where(str(file), line + 1), hint='Inside quotes a quote is written as "".'
        ) from problem
    except UnicodeDecodeError as problem:
        raise not_utf8(file) from problem
