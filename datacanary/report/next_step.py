"""The one line that says what to do with a verdict."""

from __future__ import annotations

from datacanary.model.run import Report
from datacanary.model.verdict import DBT_TEST


def next_step(report: Report) -> str:
    """Say what the reader does next."""
    if report.kind == "diff":
        return ""
    failed = [table for table in report.tables if table.diff.failed and not table.diff.because_of]
    match report.verdict.status:
        case "fail" if _only_tests(report):
            step = "mend the change, or the tests that it breaks"
        case "fail":
            step = "mend the change, or declare it under `expect:` in datacanary.yml with a reason"
        case "inconclusive" if failed:
            paths = sorted({path for table in failed for path in table.paths if path})
            step = f"mend {', '.join(paths[:3])}{' …' if len(paths) > 3 else ''}, then check again"  # noqa: PLR2004
        case "inconclusive" if _contradicted(report):
            measured = all(table.diff.noise is not None for table in report.tables if table.status == "inconclusive")
            noise = f"find out whether that is noise: datacanary {report.kind} --noise-check"
            step = "see below what differs although this change of the code cannot do it" if measured else noise
        case "inconclusive":
            step = "see below what could not be compared, and why"
        case _ if all(table.diff.comparison == "unaffected" for table in report.tables):
            return "merge: there is no data to look at"
        case _ if report.kind == "deploy":
            # Whether that succeeds is not known when this is written.
            return "nothing: deploy promotes these tables now; `datacanary history` tells what became of it"
        case _ if not report.promotable:
            return "merge"
        case _:
            return f"merge; or put these tables into production: datacanary promote {report.run_id}"
    return step


def _only_tests(report: Report) -> bool:
    """Tell whether all that fails are the project's own tests: no declaration covers those."""
    failed = [check for check in report.verdict.checks if check.status == "fail" and not check.dry_run]
    return bool(failed) and all(check.check == DBT_TEST for check in failed)


def _contradicted(report: Report) -> bool:
    """Tell whether all that is undecided is what differs and was proven equal."""
    undecided = [check for check in report.verdict.checks if check.status == "inconclusive" and not check.dry_run]
    return all(check.check == "proof" for check in undecided)
