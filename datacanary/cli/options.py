"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="PATH", help="Use this config, instead of the datacanary.yml here or above."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Where the time went; tracebacks of errors.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="Plain text; NO_COLOR does the same.")]
Base = Annotated[
    str | None,
    typer.Option("--base", metavar="REF", help="Compare with the merge base of REF and head. [default: the config's]"),
]
Head = Annotated[
    str | None,
    typer.Option(
        "--head", metavar="REF", help="Judge this commit. [default: the working tree; in CI the pull request's head]"
    ),
]
Select = Annotated[
    list[str] | None, typer.Option("--select", metavar="TABLE", help="Only this table; may be repeated.")
]
NoiseCheck = Annotated[
    bool,
    typer.Option("--noise-check", help="Build base a second time, on shuffled rows, to see what differs by chance."),
]
Attribute = Annotated[
    bool,
    typer.Option("--attribute", help="Tell what a changed table does itself from what it inherits; builds it again."),
]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="PATH", help="Write the report to a file instead of stdout.")
]
StateFormat = Annotated[Literal["terminal", "json"], typer.Option("--format", help="How to write it.")]
ReportFormat = Literal["terminal", "markdown", "html", "json", "junit"]
Format = Annotated[ReportFormat, typer.Option("--format", help="How to write the result.")]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of --format json instead.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or its end; `last` for the newest.")]
NoStatistics = Annotated[
    bool, typer.Option("--no-statistics", help="Only the plain comparison: no statistics, no explanations.")
]
_Mode = Literal["update", "new", "hide-and-new", "delete-and-new"]
_MODES = "Update the comment that is there, or write a new one and leave, fold or take away the old one."
Mode = Annotated[_Mode, typer.Option("--mode", help=_MODES)]
CommentMode = Annotated[_Mode, typer.Option("--comment-mode", help=_MODES)]
ProjectName = Annotated[
    str, typer.Option("--project", metavar="NAME", help="Tells several projects of a repository apart: its folder.")
]
Comment = Annotated[
    bool, typer.Option("--comment", help="Write it to the pull request, too: comment, status, the job's summary.")
]
