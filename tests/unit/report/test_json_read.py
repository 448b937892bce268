"""A result is read again as it was written, and only so."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from full_report import full_report

from datacanary.errors import RunError
from datacanary.model.run import Report
from datacanary.report import json as json_report
from datacanary.report.json_read import read_report
from datacanary.version import __version__

FULL = replace(full_report(), tool_version=__version__)
TEXT = json_report.render(FULL)


def read(document: Any) -> Report:
    """Read a document as another job's file."""
    return read_report(json.dumps(document).encode(), "result.json")


def outcome(document: Any) -> Report | str:
    """Return the report, or why there is none."""
    try:
        return read(document)
    except RunError as error:
        return str(error)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every member and element of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def holder(document: Any, path: tuple[Any, ...]) -> Any:
    """Return what a member is in."""
    for name in path[:-1]:
        document = document[name]
    return document


PLACES = [path for path in places(json.loads(TEXT)) if path != ("tool", "version")]
OF_CELLS = ("samples", "top", "shapes", "quantiles", "min", "max", "total", "largest_move")
"""There any value may stand."""


def test_what_was_written_is_read_and_written_the_same() -> None:
    found = read_report(TEXT.encode(), "result.json")
    assert json_report.encode(found) == json.loads(TEXT)
    assert found.tables[0].shown == frozenset(), "a stranger allows nothing"
    assert found.secret == ""


def test_a_member_more_or_less_is_refused() -> None:
    refused = 0
    for path in PLACES:
        for edit in ("leave out", "add"):
            document = json.loads(TEXT)
            within = holder(document, path)
            if edit == "leave out":
                del within[path[-1]]
            elif isinstance(within[path[-1]], dict) and not set(OF_CELLS) & set(path):
                within[path[-1]]["<img src=x onerror=alert(1)>"] = 1
            else:
                continue
            found = outcome(document)
            if isinstance(found, Report):
                # One statistic less, or one note, is a result as well: but then it is read as it stands.
                assert json_report.encode(found) == document
                continue
            refused += 1
            assert "result.json is damaged or was edited" in found or "another version" in found
            assert "<img" not in found
    assert refused > len(PLACES) / 2


def test_another_type_is_refused() -> None:
    for path in PLACES:
        if set(OF_CELLS) & set(path):
            continue
        document = json.loads(TEXT)
        holder(document, path)[path[-1]] = {"x": ["y"]}
        with pytest.raises(RunError):
            read(document)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"", b"{}", b'{"tool": {"version": Infinity}}', b'{"a":' * 50_000, b"[" * 50_000]
)
def test_what_is_no_result_is_refused(content: bytes) -> None:
    with pytest.raises(RunError) as caught:
        read_report(content, "result.json")
    assert caught.value.hint


def test_what_is_nested_without_end_is_refused() -> None:
    document = json.loads(TEXT)
    for _ in range(500):
        document["tables"][0]["samples"][0]["base"] = {"amount": document["tables"][0]["samples"][0]["base"]}
    with pytest.raises(RunError, match="edited"):
        read(document)


def test_another_version_is_told() -> None:
    document = json.loads(TEXT)
    document["tool"]["version"] = "0.0.1"
    with pytest.raises(RunError, match=r"another version of datacanary \(0\.0\.1\)"):
        read(document)
