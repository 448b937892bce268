"""`datacanary diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, Format, NoColor, NoStatistics, Output, Quiet, Verbose

_Side = typer.Argument(help="A file (Parquet, CSV, Arrow IPC, NDJSON), a folder or glob, or URL#schema.table.")


def diff(
    base: Annotated[str, _Side],
    head: Annotated[str, _Side],
    key: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="COL", help="Pairs the rows; may be repeated. [default: found by the tool]"),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="COL", help="Leave a column out; may be repeated.")
    ] = None,
    tolerance: Annotated[
        list[str] | None,
        typer.Option("--tolerance", metavar="COL=ABS[,REL]", help="Differences that count as equal; may be repeated."),
    ] = None,
    samples: Annotated[int, typer.Option("--samples", metavar="N", min=0, help="Example rows of each kind.")] = 5,
    memory_limit: Annotated[
        str | None,
        typer.Option(
            "--memory-limit", metavar="SIZE", help="Memory to work in, as 4GiB. [default: half of what is free]"
        ),
    ] = None,
    no_statistics: NoStatistics = False,
    format: Format = "terminal",  # noqa: A002 -- the option's name
    output: Output = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Compare two tables or files exactly, row by row and column by column.

    Judged by the default limits; --config is not used. Exit code: 0 pass or warn, 1 fail, 3 inconclusive.

    Example: datacanary diff old.parquet new.parquet --key order_id
    """
    del config
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.cli.progress import Ticker
        from datacanary.cli.reporting import exit_code, show
        from datacanary.model.basic import Pair
        from datacanary.model.tablediff import DiffOptions
        from datacanary.pipeline.adhoc import diff as run
        from datacanary.pipeline.adhoc import parse_tolerances
        from datacanary.tablediff.means import Means
        from datacanary.tablediff.memory import parse_limit, usual_limit

        options = DiffOptions(
            key=tuple(key) if key else None,
            ignore=tuple(ignore or ()),
            tolerances=parse_tolerances(tuple(tolerance or ())),
            samples=samples,
            statistics=not no_statistics,
        )
        limit = usual_limit() if memory_limit is None else parse_limit(memory_limit)
        done = run(Pair(base, head), options, Means(limit, tell=Ticker(console).tell))
        console.settle()
        show(done.report, format, output, console)
        raise typer.Exit(exit_code(done.report.verdict.status))
