"""The one line that says what to do with a verdict."""

from __future__ import annotations

from datacanary.model.run import Report


def next_step(report: Report) -> str:
    """Say what the reader does next."""
    if report.kind == "diff":
        return ""
    failed = [table for table in report.tables if table.diff.failed and not table.diff.because_of]
    match report.verdict.status:
        case "fail":
            step = "mend the change, or declare it under `expect:` in datacanary.yml with a reason"
        case "inconclusive" if failed:
            paths = sorted({path for table in failed for path in table.paths if path})
            step = f"mend {', '.join(paths[:3])}{' …' if len(paths) > 3 else ''}, then check again"  # noqa: PLR2004
        case "inconclusive":
            step = "see below what could not be compared, and why"
        case _ if all(table.diff.comparison == "unaffected" for table in report.tables):
            return "merge: there is no data to look at"
        case _ if report.kind == "deploy":
            return f"undo it with: datacanary rollback {report.run_id}"
        case _:
            return f"merge; or put these tables into production: datacanary promote {report.run_id}"
    return step
