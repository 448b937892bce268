"""A report is brought to the pull request: the comment, the status, the job's summary, annotations at the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from datacanary.errors import CanaryError, ForgeError, Interrupted, RunError, Where
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
    in_summary = _summarise(report, how)
    shown: Shown | None = None
    told, detail, trouble = "", "", None
    try:
        place = find_place(how.environ)
        tell(f"writing the comment on {place.name}")
        _refuse_other_commit(report, place)
        with closing(open_forge(place, how.clock)) as forge:
            try:
                told = _post(forge, report, place, how).told
            except Interrupted:
                raise
            except CanaryError as error:
                trouble = error
            shown, detail = _say_status(forge, report, place, how)
    except Interrupted:
        raise
    except CanaryError as error:
        trouble = trouble or error
    except Exception as error:  # noqa: BLE001 -- the verdict's exit code must not depend on a mistake here
        kind = type(error).__name__
        trouble = CanaryError(f"The comment could not be written: datacanary itself failed ({kind}).")
        trouble.__cause__ = error
    commands = () if shown == "check" else _commands(report, how)
    return Delivered(told, trouble, in_summary, commands, detail)


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


def _commands(report: Report, how: Commenting) -> tuple[str, ...]:
    if how.environ.get("GITHUB_ACTIONS") != "true" or not how.own:
        return ()
    return tuple(one.command() for one in annotations_of(report))


def _note(one: Annotation) -> Note:
    return Note(one.path, one.line, _LEVELS[one.level], one.title, one.message)
