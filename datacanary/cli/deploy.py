"""`datacanary deploy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from datacanary.cli.asking import asked, extent
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import (
    Attribute,
    Base,
    Config,
    Format,
    Head,
    NoColor,
    NoiseCheck,
    NoStatistics,
    Output,
    Quiet,
    Select,
    Verbose,
)

if TYPE_CHECKING:
    from datacanary.model.verdict import Status


def deploy(
    base: Base = None,
    head: Head = None,
    select: Select = None,
    noise_check: NoiseCheck = False,
    attribute: Attribute = False,
    no_statistics: NoStatistics = False,
    format: Format = "terminal",  # noqa: A002 -- the option's name
    output: Output = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Check, then promote on pass or warn, and discard head's tables on fail or inconclusive.

    Example: datacanary deploy --base v1.4 --head v1.5
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.cli.reporting import exit_code, show, timing
        from datacanary.pipeline.release import deploy as run
        from datacanary.pipeline.reporting import Checked
        from datacanary.report.release import promoted

        def judged(done: Checked) -> None:
            console.settle()
            show(done.report, format, output, console)

        how_far = extent(noise_check=noise_check, attribute=attribute, no_statistics=no_statistics)
        done, record = run(asked(config, base, head, select, how_far), console.tell, judged)
        console.settle()
        if format == "terminal":
            console.result(f"\n{promoted(record) if record is not None else _not_promoted(done.report.verdict.status)}")
        console.detail(timing(done, console))
        raise typer.Exit(exit_code(done.report.verdict.status))


def _not_promoted(status: Status) -> str:
    if status in {"pass", "warn"}:
        return "Nothing was promoted: no table changed."
    return "Nothing was promoted; head's tables are dropped, the report is kept."
