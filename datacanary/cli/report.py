"""`datacanary report`."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, Format, NoColor, Output, Quiet, RunId, Verbose


def report(
    run: RunId = "last",
    format: Format = "terminal",  # noqa: A002 -- the option's name
    output: Output = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the result instead.")] = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Render a stored run again.

    Example: datacanary report last --format json
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        if schema:
            from datacanary.report.json import schema as read_schema

            console.result(read_schema())
            return
        from datacanary.cli.reporting import show
        from datacanary.pipeline.housekeeping import stored_report

        show(stored_report(asked(config), run), format, output, console)
