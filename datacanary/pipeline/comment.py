"""A report is brought to the pull request: the comment, the status, the job's summary, annotations at the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from datacanary.errors import CanaryError, ForgeError, Interrupted, OwnMistake, RunError, Where
from datacanary.forge.event import Place, find_place
from datacanary.forge.http import Clock, Rejected
from datacanary.forge.posting import Posted, open_forge, post
from datacanary.forge.protocol import CommitStatus, Forge, Level, Note, Shown
from datacanary.forge.sticky import Marker, Mode, Wanted, marked, marker_line, same_commit, slug
from datacanary.model.run import Report
from datacanary.pipeline.home import Asked, find_home
from datacanary.report.annotations import Annotation, annotations_of
from datacanary.report.encoding import for_terminal
from datacanary.report.json_read import MOST_BYTES, read_report
from datacanary.report.markdown import BUDGETS, MarkdownTarget, render

_Found = TypeVar("_Found")
_NONE: tuple[str, ...] = ()
_WHEN_REFUSED = 8_000
_FOREIGN = "*This result was made by a job of the pull request itself: whoever can change the branch can change it.*"
_LEVELS: Mapping[str, Level] = {"error": "failure", "warning": "warning", "notice": "notice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Commenting:
    """How a comment is to be written.

    `project` tells several in one repository apart; without it that is `folder`, the project's place in the repository,
    or the repository's name. A report that another job made is not `own`: nothing that decides is made of it.
    """

    environ: Mapping[str, str]
    mode: Mode = "update"
    project: str = ""
    folder: str = ""
    own: bool = True
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of it: a sentence, or the `trouble` that kept the comment from being written.

    `in_summary` says whether the job's summary has the report. `commands` are annotations for the job's log. `detail`
    is for --verbose.
    """

    told: str
    trouble: CanaryError | None
    in_summary: bool
    commands: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said on the host, and what went wrong with the comment."""

    told: str = ""
    shown: Shown | None = None
    detail: str = ""
    trouble: CanaryError | None = None


def folder_of(asked: Asked) -> str:
    """Return where the project lies in its repository: a posix path, empty at the top."""
    home = find_home(asked)
    return home.repository.relative(home.folder)


def read_result(path: Path) -> Report:
    """Read a result that another job wrote with `--format json`; RunError if it is not there or not to be trusted."""
    hint = "Write one with: datacanary check --format json --output result.json"
    try:
        if path.exists() and not path.is_file():
            raise RunError("This is no file with a result.", where=Where(str(path)), hint=hint)
        with path.open("rb") as file:
            # One byte more than is ever read is enough to be told that it is too large.
            return read_report(file.read(MOST_BYTES + 1), path.name)
    except OSError as error:
        raise RunError(f"The result cannot be read: {error.strerror}.", where=Where(str(path)), hint=hint) from error


def deliver(report: Report, how: Commenting, tell: Callable[[str], None]) -> Delivered:
    """Bring a report wherever the job may; nothing but a signal is raised, and what went wrong is told.

    The job's summary comes first: it needs nobody's leave.
    """
    in_summary, unwritten = _tried(lambda: _summarise(report, how), otherwise=False)
    said, unsaid = _tried(lambda: _say(report, how, tell), otherwise=_Said())
    commands, silent = _tried(lambda: _commands(report, how, said.shown), otherwise=_NONE)
    trouble = said.trouble or unsaid or unwritten or silent
    return Delivered(said.told, trouble, in_summary, commands, said.detail)


def _tried(do: Callable[[], _Found], *, otherwise: _Found) -> tuple[_Found, CanaryError | None]:
    """Do a part of it; what goes wrong is returned, since the verdict's exit code must not depend on it."""
    try:
        return do(), None
    except Interrupted:
        raise
    except CanaryError as error:
        return otherwise, error
    except Exception as error:  # noqa: BLE001 -- a mistake here, which is told as one
        kind = type(error).__name__
        trouble = OwnMistake(f"The comment could not be written: datacanary itself failed ({kind}).")
        trouble.__cause__ = error
        return otherwise, trouble


def _say(report: Report, how: Commenting, tell: Callable[[str], None]) -> _Said:
    """Write the comment, and the check or the status of the commit even where the comment failed."""
    place = find_place(how.environ)
    tell(f"writing the comment on {place.name}")
    _refuse_other_commit(report, place)
    with closing(open_forge(place, how.clock)) as forge:
        told, trouble = _tried(lambda: _post(forge, report, place, how).told, otherwise="")
        nothing: tuple[Shown | None, str] = (None, "")
        (shown, detail), untold = _tried(lambda: _say_status(forge, report, place, how), otherwise=nothing)
    return _Said(told, shown, detail, trouble or untold)


def _refuse_other_commit(report: Report, place: Place) -> None:
    """Refuse a report of another commit than the job's; raises RunError."""
    sha = report.versions.head.sha
    if place.head and not same_commit(place.head, sha):
        raise RunError(
            f"The result is of commit {for_terminal(sha[:7])}, and this job is about {for_terminal(place.head[:7])}.",
            hint="Run `datacanary check` in this job, or take the result of the job before it.",
        )


def _post(forge: Forge, report: Report, place: Place, how: Commenting) -> Posted:
    try:
        return post(forge, _wanted(report, place, how, BUDGETS[place.host]))
    except Rejected:
        # What a host takes is written down nowhere for certain: the worst tables alone are better than nothing.
        return post(forge, _wanted(report, place, how, _WHEN_REFUSED))


def _wanted(report: Report, place: Place, how: Commenting, budget: int) -> Wanted:
    project = slug(how.project or how.folder or place.name)
    marker = Marker(project, report.versions.head.sha, place.run, place.attempt)
    after = "" if how.own else f"\n\n{_FOREIGN}"
    left = budget - len(marker_line(marker, place.host).encode()) - len(after.encode()) - 4
    text = render(report, MarkdownTarget(host=place.host, budget=left, link=place.link, project=project))
    quiet = report.verdict.status == "pass" and all(one.diff.comparison == "unaffected" for one in report.tables)
    return Wanted(marker, marked(f"{text.strip()}{after}", marker, place.host), how.mode, quiet)


def _say_status(forge: Forge, report: Report, place: Place, how: Commenting) -> tuple[Shown | None, str]:
    """Set the check or the status of the commit, where the token may; of another job's result nothing is decided."""
    if not how.own:
        return None, ""
    target = MarkdownTarget.of(place.host, link=place.link)
    line = for_terminal(f"{report.verdict.status.upper()}: {report.verdict.summary}")
    notes = tuple(_note(one) for one in annotations_of(report))
    status = CommitStatus(report.verdict.status, line, render(report, target), place.link, notes)
    try:
        return forge.set_status(report.versions.head.sha, status), ""
    except ForgeError as error:
        return None, f"no status at the commit: {error}"


def _summarise(report: Report, how: Commenting) -> bool:
    path = how.environ.get("GITHUB_STEP_SUMMARY", "")
    if not path:
        return False
    project = slug(how.project or how.folder)
    text = render(report, MarkdownTarget.of("summary", project=project))
    after = "" if how.own else f"\n\n{_FOREIGN}"
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{text}{after}\n")
    except OSError:
        return False
    return True


def _commands(report: Report, how: Commenting, shown: Shown | None) -> tuple[str, ...]:
    """Write annotations for the job's log, where a check does not have them."""
    if how.environ.get("GITHUB_ACTIONS") != "true" or not how.own or shown == "check":
        return ()
    return tuple(one.command() for one in annotations_of(report))


def _note(one: Annotation) -> Note:
    return Note(one.path, one.line, _LEVELS[one.level], one.title, one.message)
