"""`datacanary history`."""

from __future__ import annotations

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, Schema, StateFormat, Verbose


def history(
    format: StateFormat = "terminal",  # noqa: A002 -- the option's name
    schema: Schema = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show the runs of this machine and the promotions of the warehouse.

    Example: datacanary history
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        if schema:
            from datacanary.report.state_json import schema as read_schema

            console.result(read_schema())
            return
        from datacanary.pipeline.housekeeping import look
        from datacanary.report.history import as_text
        from datacanary.report.state_json import history_json

        state = look(asked(config))
        console.result(history_json(state) if format == "json" else as_text(state))
