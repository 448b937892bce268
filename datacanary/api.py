"""The program for Python: the same comparisons and checks, as values."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.run import Report
from datacanary.model.tablediff import DiffOptions
from datacanary.pipeline.sides import difference_of
from datacanary.tablediff.inputs import TableLike
from datacanary.tablediff.means import Means
from datacanary.tablediff.memory import checked_limit, parse_limit, usual_limit
from datacanary.tablediff.result import DiffResult


def diff(  # noqa: PLR0913 -- the options of the command, by name
    base: TableLike,
    head: TableLike,
    *,
    key: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    tolerance: Mapping[str, float | tuple[float, float]] | None = None,
    samples: int = 5,
    memory_limit: int | str | None = None,
    statistics: bool = False,
) -> DiffResult:
    """Compare two tables exactly: Polars frames (lazy or eager), PyArrow tables, files, or `URL#schema.table`.

    `key` names the columns that pair the rows; None infers them, `[]` compares whole rows. `tolerance` gives per
    column what may differ: absolute, or (absolute, relative as a fraction of 1). `memory_limit` is in bytes or as
    "4GiB"; None is half of what is free. With `statistics` it also tells what each column is like on both sides
    (`result.columns[...].statistics` and `.distances`) and what explains the difference (`result.causes`). The rows of
    the result are read again when they are asked for. Raises DataError, with the side and the column, for whatever
    cannot be compared.

    >>> import polars as pl
    >>> base, head = pl.DataFrame({"id": [1, 2], "n": [5, 6]}), pl.DataFrame({"id": [2, 3], "n": [7, 8]})
    >>> result = diff(base, head, key=["id"])
    >>> result.rows.changed, result.columns["n"].changed, result.added().collect().rows()
    (1, 1, [(3, 8)])
    """
    tolerances = {
        name: Tolerance(*given) if isinstance(given, tuple) else Tolerance(given)
        for name, given in (tolerance or {}).items()
    }
    options = DiffOptions(
        key=None if key is None else tuple(key),
        ignore=tuple(ignore),
        tolerances=tolerances,
        samples=samples,
        statistics=statistics,
    )
    return DiffResult(difference_of(Pair(base, head), options, Means(_bytes(memory_limit))))


def _bytes(limit: int | str | None) -> int:
    if limit is None:
        return usual_limit()
    return parse_limit(limit) if isinstance(limit, str) else checked_limit(limit)


def check(  # noqa: PLR0913 -- the options of the command, by name
    path: str | Path = ".",
    *,
    base: str | None = None,
    head: str | None = None,
    select: Sequence[str] = (),
    config: str | Path | None = None,
    noise_check: bool = False,
    attribute: bool = False,
    statistics: bool = True,
) -> Report:
    """Build both versions of the project at `path` in isolation, compare them, and judge, as `datacanary check` does.

    `base` and `head` are git refs; head is the working tree if it is None. `noise_check` builds base a second time, on
    shuffled rows, to see what differs by chance; `attribute` tells what a changed table does itself from what it
    inherits; without `statistics` differences are only counted. Raises CanaryError, as the command does.
    """
    # Who only compares tables need not wait until everything is imported that builds them.
    from datacanary.pipeline.check import check as run_check  # noqa: PLC0415
    from datacanary.pipeline.home import Asked, Extent  # noqa: PLC0415

    asked = Asked(
        start=Path(path),
        environ=os.environ,
        config=None if config is None else Path(config),
        base=base,
        head=head,
        select=tuple(select),
        extent=Extent(noise_check=noise_check, attribute=attribute, statistics=statistics),
    )
    return run_check(asked, "check", lambda _: None).report
