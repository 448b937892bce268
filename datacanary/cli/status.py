"""`datacanary status`."""

from __future__ import annotations

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, Schema, StateFormat, Verbose


def status(
    format: StateFormat = "terminal",  # noqa: A002 -- the option's name
    schema: Schema = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show what is live in production, and what runs left on this machine.

    Example: datacanary status
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        if schema:
            from datacanary.report.state_json import schema as read_schema

            console.result(read_schema())
            return
        from datacanary.pipeline.housekeeping import look
        from datacanary.report.history import status_text
        from datacanary.report.state_json import status_json

        state = look(asked(config))
        console.result(status_json(state) if format == "json" else status_text(state))
