"""`datacanary plan`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Base, Config, Head, NoColor, Output, Quiet, Select, Verbose

PlanFormat = Literal["terminal", "json", "mermaid"]


def plan(
    base: Base = None,
    head: Head = None,
    select: Select = None,
    format: Annotated[  # noqa: A002 -- the option's name
        PlanFormat, typer.Option("--format", help="How to write the plan; mermaid draws what can differ.")
    ] = "terminal",
    output: Output = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show what would be built, compared and skipped, and why; writes nothing to the warehouse.

    Example: datacanary plan --head my-branch
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.planning import plan_only
        from datacanary.report.plan_json import as_json
        from datacanary.report.plan_mermaid import as_mermaid
        from datacanary.report.plan_text import as_text
        from datacanary.report.style import Style

        versions, planned = plan_only(asked(config, base, head, select))
        if versions.memory.trouble:
            console.detail(versions.memory.trouble)
        match format:
            case "json":
                text = as_json(planned)
            case "mermaid":
                text = as_mermaid(planned, versions.projects)
            case "terminal":
                text = as_text(planned, console.style if output is None else Style())
        if output is None:
            console.result(text)
        else:
            console.save(text, output)
            console.result(f"plan in {output}")
