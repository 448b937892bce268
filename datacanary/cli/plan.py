"""`datacanary plan`."""

from __future__ import annotations

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Base, Config, Format, Head, NoColor, Output, Quiet, Select, Verbose


def plan(
    base: Base = None,
    head: Head = None,
    select: Select = None,
    format: Format = "terminal",  # noqa: A002 -- the option's name
    output: Output = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show what would be built, compared and skipped, and why; touches no warehouse.

    Example: datacanary plan --head my-branch
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.check import plan_only
        from datacanary.report import plan as plan_report

        _, planned = plan_only(asked(config, base, head, select))
        text = plan_report.as_json(planned) if format == "json" else plan_report.as_text(planned)
        if output is None:
            console.result(text)
        else:
            console.save(text, output)
            console.result(f"plan in {output}")
