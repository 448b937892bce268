"""Files, folders and globs as one table, after a look at what they really are."""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from datacanary.errors import DataError, Where
from datacanary.tablediff.columnfiles import IPC_STREAM_START, read_ipc, read_parquet
from datacanary.tablediff.delimited import read_delimited
from datacanary.tablediff.jsonlines import read_json_lines
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table

PATTERN = "*?["
MAGIC = {
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow IPC",
    b"FEA1": "Feather version 1",
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"(\xb5/\xfd": "Zstandard",
    b"SQLite format 3": "SQLite",
}
DUCKDB = b"DUCK"
"""Stands at byte 8 of a DuckDB file."""
ENDS = {"Parquet": b"PAR1", "Arrow IPC": b"ARROW1"}
LONGEST_MAGIC = 16


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: what it is called, how many of them are read as one table."""

    name: str
    read: Callable[[Sequence[Path], Scratch, int], Table]


def table_of_files(path: str | Path, scratch: Scratch, memory: int) -> Table:
    """Read a file, a folder or a glob; DataError names the file that is not as it should be.

    What cannot be read again and again goes through `scratch`, beyond `memory` bytes on disk.
    """
    paths = find_files(str(path))
    kinds = {known_kind(file).name: known_kind(file) for file in paths}
    if len(kinds) > 1:
        raise DataError(f"{str(path)!r} holds files of several kinds: {', '.join(sorted(kinds))}.", hint="Use a glob.")
    kind = next(iter(kinds.values()))
    for file in paths:
        check_content(file, kind.name)
    return kind.read(paths, scratch, memory)


def find_files(path: str) -> list[Path]:
    """List the files that a path means, in the order of their names."""
    place = Path(path).expanduser()
    if place.is_dir():
        files = sorted(file for file in place.rglob("*") if file.is_file() and not hidden(file.relative_to(place)))
        known = [file for file in files if file.suffix.lower() in KINDS]
        if not known:
            raise DataError(f"The folder {path!r} holds no file of a known kind.", hint=f"Known: {', '.join(KINDS)}.")
        return known
    if place.exists():
        return [place]
    if any(letter in path for letter in PATTERN):
        found = sorted(Path(name) for name in glob.glob(str(place), recursive=True))  # noqa: PTH207 -- Path.glob takes no absolute pattern
        files = [file for file in found if file.is_file()]
        if not files:
            raise DataError(f"No file matches {path!r}.")
        return files
    raise missing(place, path)


def hidden(file: Path) -> bool:
    """Tell whether a file is a mark that engines leave in folders (`_SUCCESS`, `.part.crc`)."""
    return any(part.startswith((".", "_")) for part in file.parts)


def missing(place: Path, path: str) -> DataError:
    """Say that a file is missing, and which one is meant perhaps."""
    folder = place.parent
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    near = get_close_matches(place.name, names, n=1)
    hint = f"Did you mean {str(Path(path).with_name(near[0]))!r}?" if near else ""
    return DataError(f"There is no file {path!r}.", hint=hint)


def known_kind(file: Path) -> Kind:
    """Tell a file's kind by its ending."""
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise DataError(f"{str(file)!r} has no ending of a known kind.", hint=f"Known: {', '.join(KINDS)}.")
    return kind


def check_content(file: Path, kind: str) -> None:
    """Refuse a file whose first bytes belong to another kind, or whose end is cut off."""
    try:
        with file.open("rb") as content:
            start = content.read(LONGEST_MAGIC)
            content.seek(max(file.stat().st_size - LONGEST_MAGIC, 0))
            end = content.read()
    except OSError as problem:
        raise DataError(f"{str(file)!r} cannot be read: {problem.strerror}.") from problem
    found = next((name for magic, name in MAGIC.items() if start.startswith(magic)), "")
    found = "DuckDB" if start[8:12] == DUCKDB else found
    if not start:
        raise DataError("The file is empty.", where=Where(str(file)))
    if found and found != kind:
        raise DataError(f"The file is {found}, not {kind} as its ending says.", where=Where(str(file)))
    stream = kind == "Arrow IPC" and start.startswith(IPC_STREAM_START)
    if kind in ENDS and not found and not stream:
        raise DataError(f"The file is not {kind} as its ending says.", where=Where(str(file)))
    if kind in ENDS and not stream and not end.endswith(ENDS[kind]):
        raise DataError(f"The {kind} file is cut off: its end is missing.", where=Where(str(file)))


KINDS = {
    ".parquet": Kind("Parquet", read_parquet),
    ".csv": Kind("CSV", partial(read_delimited, delimiter=",")),
    ".tsv": Kind("TSV", partial(read_delimited, delimiter="\t")),
    ".arrow": Kind("Arrow IPC", read_ipc),
    ".ipc": Kind("Arrow IPC", read_ipc),
    ".feather": Kind("Arrow IPC", read_ipc),
    ".ndjson": Kind("NDJSON", read_json_lines),
    ".jsonl": Kind("NDJSON", read_json_lines),
}
