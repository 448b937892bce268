"""What the runs of a contest amount to: medians, ratios of runs of the same round, and whether they agree."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contests import Contest, Entrant
from processes import Run
from workloads import Dataset

Results = Mapping[Contest, Mapping[Entrant, Sequence[Run]]]
Measure = Callable[[Run], float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Median, smallest and largest of the ratios per round."""

    middle: float
    low: float
    high: float


def cpu(run: Run) -> float:
    """CPU seconds of the whole process."""
    return run.cpu


def cpu_before(run: Run) -> float:
    """CPU seconds before the comparison began: the interpreter's start, and imports."""
    return float(run.answer["before"]) if run.answer else 0.0


def cpu_of_comparison(run: Run) -> float:
    """CPU seconds of the comparison alone."""
    return run.cpu - cpu_before(run)


def median(runs: Sequence[Run], measure: Measure) -> float | None:
    """Take the middle of the runs that did not fail; None if there is none."""
    measured = [measure(run) for run in runs if run.answer is not None]
    return statistics.median(measured) if measured else None


def ratio(over: Sequence[Run], under: Sequence[Run], measure: Measure = cpu) -> Ratio | None:
    """Divide run by run, since runs of the same round saw the same machine; None if no round has both."""
    pairs = zip(over, under, strict=True)
    ratios = [measure(a) / measure(b) for a, b in pairs if a.answer is not None and b.answer is not None]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios)) if ratios else None


def counts_found(results: Results) -> dict[Dataset, dict[str, list[dict[str, Any]]]]:
    """List what each contender counted, run by run, without its examples."""
    found: dict[Dataset, dict[str, list[dict[str, Any]]]] = {}
    for contest, measured in results.items():
        for entrant, runs in measured.items():
            name = f"{entrant.title} ({contest.kind})"
            for run in runs:
                if run.answer and run.answer.get("counts"):
                    counts = {field: told for field, told in run.answer["counts"].items() if field != "samples"}
                    found.setdefault(entrant.dataset, {}).setdefault(name, []).append(counts)
    return found


def disagreements(results: Results) -> list[str]:
    """Say which contenders counted what, wherever two runs over the same tables differ."""
    lines = []
    for dataset, by_name in counts_found(results).items():
        first = next(iter(by_name.values()))[0]
        if any(counts != first for told in by_name.values() for counts in told):
            lines += [f"{dataset.label}: {name} counted {counts}" for name, told in by_name.items() for counts in told]
    return list(dict.fromkeys(lines))


def failures(results: Results) -> list[str]:
    """Name the runs that failed."""
    told = [
        f"{entrant.dataset.label}: {entrant.title} ({contest.kind}) failed: {run.error}"
        for contest, measured in results.items()
        for entrant, runs in measured.items()
        for run in runs
        if run.answer is None
    ]
    return list(dict.fromkeys(told))
