"""The results as Markdown, and their place in README.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from contests import GROWN, Entrant
from figures import (
    Measure,
    Ratio,
    Results,
    counts_found,
    cpu,
    cpu_before,
    cpu_of_comparison,
    disagreements,
    failures,
    median,
    ratio,
)
from goals import GROWTH, MEMORY, SMALL, VERSUS, Goal, Versus
from processes import Run
from tabulate import tabulate
from workloads import Dataset

MARKS = ("<!-- figures -->", "<!-- end of figures -->")
NOTHING = "-"
MIB = 1024**2

Measured = Mapping[Entrant, Sequence[Run]]


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured: `small` is the run with the calls on 1,000 rows, `load` the load before the first run."""

    machine: str
    load: float
    rounds: int
    results: Results
    small: Run | None


def write(markdown: str, file: Path, marks: tuple[str, str] = MARKS) -> None:
    """Put the figures between their marks in a file."""
    before, begin, rest = file.read_text("utf-8").partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise SystemExit(f"{file}: the lines {' and '.join(marks)} are gone")
    file.write_text(f"{before}{begin}\n\n{markdown}\n\n{end}{after}", "utf-8")


def markdown(report: Report) -> str:
    """Write all sections that have something to say."""
    sections = [
        opening(report),
        goals_section(report.results),
        details_section(report.results, "parquet", "Parquet files"),
        details_section(report.results, "tables", "DuckDB tables"),
        growth_section(report.results),
        small_section(report.small),
        found_section(report.results),
        contenders_section(report.results),
    ]
    return "\n\n".join(section for section in sections if section)


def opening(report: Report) -> str:
    """Say where and how it was measured, and loudly what went wrong."""
    line = f"{report.machine}; rounds: {report.rounds}; load before the first: {report.load:.1f}."
    wrong = [f"- **{told}**" for told in failures(report.results)]
    wrong += [f"- **They disagree:** {told}" for told in disagreements(report.results)]
    return "\n\n".join([line, "\n".join(wrong)]) if wrong else line


def goals_section(results: Results) -> str:
    """Set the ratios against the goals: a row per workload."""
    rows: dict[Dataset, dict[str, str]] = {}
    for contest, measured in results.items():
        for versus in VERSUS:
            if versus.kind == contest.kind and (cell := versus_cell(versus, measured)):
                dataset = next(iter(measured)).dataset
                rows.setdefault(dataset, {})[versus.heading] = cell
        if contest.kind == "parquet" and (ours := by_contender(measured, "ours")):
            peak = median(measured[ours], lambda run: run.rss / ours.dataset.decoded_bytes())
            rows.setdefault(ours.dataset, {})["peak memory / decoded"] = judged(ours.dataset, peak, MEMORY)
    if not rows:
        return ""
    headings = [*(versus.heading for versus in VERSUS), "peak memory / decoded"]
    shown = [heading for heading in headings if any(heading in cells for cells in rows.values())]
    body = [[dataset.label, *(cells.get(heading, NOTHING) for heading in shown)] for dataset, cells in rows.items()]
    return section("Against the goals", table(["CPU time", *shown], body))


def versus_cell(versus: Versus, measured: Measured) -> str:
    """Write one ratio of CPU times, and its goal; nothing if one of the two did not run."""
    over, under = by_contender(measured, versus.over), by_contender(measured, versus.under)
    if over is None or under is None:
        return ""
    found = ratio(measured[over], measured[under])
    goal = versus.goals.get(over.dataset.workload.name)
    return judged(over.dataset, found.middle if found else None, goal)


def judged(dataset: Dataset, number: float | None, goal: Goal | None) -> str:
    """Write a ratio with its goal, which is meant for the workload's own size."""
    if number is None:
        return "failed"
    at_size = goal is not None and dataset.rows == dataset.workload.rows
    return judged_number(f"{number:.2f}", number, goal if at_size else None)


def judged_number(text: str, number: float, goal: Goal | None) -> str:
    """Set the goal beside a number; in bold if it is missed."""
    if goal is None:
        return text
    return f"{text} ({goal.text})" if goal.holds(number) else f"**{text}** ({goal.text})"


def details_section(results: Results, kind: str, title: str) -> str:
    """List what each contender took on each workload."""
    headings = ["", "", "CPU s", "of it start", "wall s", "peak MiB", "CPU / ours", "least to most"]
    rows = []
    for contest, measured in results.items():
        ours = by_contender(measured, "ours")
        for entrant, runs in measured.items() if contest.kind == kind else ():
            against = ratio(runs, measured[ours]) if ours else None
            rows.append([entrant.dataset.label, entrant.title, *took(runs), *spread(against)])
    return section(title, table(headings, rows)) if rows else ""


def took(runs: Sequence[Run]) -> Iterator[str]:
    """Write the medians of CPU seconds, those before the comparison, wall seconds, and MiB."""
    measures: list[tuple[Measure, int]] = [
        (cpu, 2),
        (cpu_before, 2),
        (lambda run: run.wall, 2),
        (lambda run: run.rss / MIB, 0),
    ]
    for measure, digits in measures:
        middle = median(runs, measure)
        yield "failed" if middle is None else f"{middle:,.{digits}f}"


def spread(found: Ratio | None) -> tuple[str, str]:
    """Write a ratio, and the smallest and largest of the rounds."""
    return (f"{found.middle:.2f}", f"{found.low:.2f} to {found.high:.2f}") if found else (NOTHING, NOTHING)


def growth_section(results: Results) -> str:
    """Show what a row costs as the table grows, and that little memory is enough."""
    headings = ["", "", "CPU s", "of it start", "wall s", "peak MiB", "CPU µs per row", "against 10M"]
    rows = []
    for contest, measured in results.items():
        for entrant, runs in measured.items() if contest.kind == "growth" else ():
            seconds = median(runs, cpu_of_comparison)
            cost = NOTHING if seconds is None else f"{seconds / entrant.dataset.rows * 1e6:.2f}"
            rows.append([entrant.dataset.label, entrant.title, *took(runs), cost, grown(entrant, measured)])
    return section("Growth", table(headings, rows)) if rows else ""


def grown(entrant: Entrant, measured: Measured) -> str:
    """Divide what a row costs by what it costs the same contender at 10M rows; the goal is for ours as it is."""
    if entrant.dataset.rows != GROWN:
        return NOTHING
    standard = next(other for other in measured if other.contender == entrant.contender)
    found = ratio(measured[entrant], measured[standard], cpu_of_comparison)
    if found is None:
        return "failed"
    number = found.middle * standard.dataset.rows / GROWN
    if entrant.contender.name != "ours" or entrant.memory_limit is not None:
        return f"{number:.2f}"
    return judged_number(f"{number:.2f}", number, GROWTH)


def small_section(small: Run | None) -> str:
    """Tell how long one call on 1,000 rows takes."""
    if small is None:
        return ""
    if small.answer is None:
        return section("1,000 rows", f"**Failed:** {small.error}")
    first, middle = (small.answer[which] * 1000 for which in ("first", "median"))
    told = judged_number(f"{middle:.1f} ms", middle, SMALL)
    return section("1,000 rows", f"One call on frames in memory: {told}; the first call of a process: {first:.1f} ms.")


def found_section(results: Results) -> str:
    """List what was counted in each pair of tables; `disagreements` tells if not all said the same."""
    rows = []
    for dataset, by_name in counts_found(results).items():
        told = next(iter(by_name.values()))[0]
        numbers = (told["removed"], told["added"], told["changed"], sum(told["cells"].values()))
        rows.append([dataset.label, dataset.workload.about, *(f"{number:,}" for number in numbers), str(len(by_name))])
    headings = ["", "", "removed rows", "added rows", "changed rows", "changed cells", "contenders"]
    return section("What they counted", table(headings, rows)) if rows else ""


def contenders_section(results: Results) -> str:
    """List versions, and what each contender returns."""
    rows = {
        entrant.contender.name: [entrant.contender.title, run.answer["version"], entrant.contender.returns]
        for measured in results.values()
        for entrant, runs in measured.items()
        for run in runs
        if run.answer
    }
    if not rows:
        return ""
    aligned = tabulate(rows.values(), ["", "version", "returns"], tablefmt="pipe", disable_numparse=True)
    return section("What each returns", aligned)


def by_contender(measured: Measured, name: str) -> Entrant | None:
    """Find the entrant of a contender."""
    return next((entrant for entrant in measured if entrant.contender.name == name), None)


def section(title: str, text: str) -> str:
    """Put a heading above a text."""
    return f"### {title}\n\n{text}"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table: names to the left, numbers to the right."""
    names = sum(heading in {"", "CPU time"} for heading in headings)
    sides = ["left"] * names + ["right"] * (len(headings) - names)
    return tabulate(rows, headings, tablefmt="pipe", colalign=sides, disable_numparse=True)
