"""Adds up what became of the mutants, and writes it down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tabulate import tabulate

from proof.sitting import Trial

GOAL = 0.97
"""Of the mutants that keep the meaning, so many are to be recognised."""

HEADINGS = (
    "",
    "mutants",
    "executed",
    "non-empty",
    "really differed",
    "proven in part",
    "proven equal",
    "against earlier ones",
    "unsound",
    "noise",
    "float sums",
    "meaning kept",
    "of it recognised",
    "columns called affected",
    "of it differed",
)


@dataclass(slots=True)
class Tally:
    """The counts of one corpus, what was refuted, and what would have been but for the lint.

    `mutators` counts kept and recognised by mutator; `missed` has the shortest that was not recognised of each.
    """

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    mutators: dict[str, Counter[str]] = field(default_factory=dict)
    refuted: list[Trial] = field(default_factory=list)
    raised: list[Trial] = field(default_factory=list)
    excused: list[Trial] = field(default_factory=list)
    missed: dict[str, Trial] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, trials: Iterable[Trial], *, recognised: bool) -> None:
        """Take in the mutants of a query; `recognised` says whether it is known as equal to itself."""
        for trial in trials:
            self.counts["mutants"] += bool(trial.steps)
            if trial.outcome == "unread":
                self.raised.append(trial)
            elif trial.outcome == "executed":
                self._executed(trial, recognised=recognised)

    def _executed(self, trial: Trial, *, recognised: bool) -> None:
        claim, truth = trial.claim, trial.truth
        if claim is None or truth is None:
            raise ValueError(trial)
        proven = claim.proven(truth.common)
        affected = truth.common - proven
        self.counts.update(
            {
                "executed": 1,
                "non-empty": truth.non_empty,
                "differed": truth.differs,
                "in part": not claim.rows and not claim.nothing,
                "equal": claim.nothing,
                "earlier": trial.remembered,
                "unsound": trial.judgement == "refuted",
                "noise": trial.judgement == "noise",
                "forgiven": trial.judgement == "forgiven",
            }
        )
        if truth.non_empty and trial.kind == "changing":
            self.counts.update({"affected": len(affected), "affected differed": len(affected & truth.differing)})
        if trial.judgement == "refuted":
            self.refuted.append(trial)
        if trial.judgement == "noise":
            self.excused.append(trial)
        if trial.kind == "keeping" and recognised and not truth.differs:
            kept = {"kept": 1, "recognised": int(claim.nothing)}
            self.counts.update(kept)
            for step in trial.steps:
                self.mutators.setdefault(step, Counter()).update(kept)
                if not claim.nothing:
                    self.missed[step] = min(self.missed.get(step, trial), trial, key=lambda one: len(one.texts[0]))

    def row(self) -> list[object]:
        """Return the figures under HEADINGS."""
        names = ("mutants", "executed", "non-empty", "differed", "in part", "equal", "earlier", "unsound", "noise")
        counts = self.counts
        return [
            self.name,
            *(f"{counts[name]:,}" for name in (*names, "forgiven", "kept")),
            share(counts["recognised"], counts["kept"]),
            f"{counts['affected']:,}",
            share(counts["affected differed"], counts["affected"]),
        ]


def share(part: int, whole: int) -> str:
    """Write a share in per cent."""
    return f"{part / whole:.1%}" if whole else "-"


def total(tallies: Sequence[Tally]) -> Tally:
    """Add several up."""
    found = Tally("all")
    for tally in tallies:
        found.counts.update(tally.counts)
        for step, counts in tally.mutators.items():
            found.mutators.setdefault(step, Counter()).update(counts)
    return found


def figures(tallies: Sequence[Tally]) -> str:
    """Write a column for each corpus."""
    rows = [tally.row() for tally in [*tallies, *([total(tallies)] if len(tallies) > 1 else [])]]
    turned = [list(line) for line in zip(HEADINGS, *rows, strict=True)]
    return tabulate(turned[1:], headers=turned[0], tablefmt="pipe", colalign=("left", *["right"] * len(rows)))


def unrecognised(tallies: Sequence[Tally]) -> str:
    """List the mutators of which not all were recognised, the worst first, each with a short example."""
    counted = sorted(total(tallies).mutators.items(), key=lambda one: one[1]["recognised"] / one[1]["kept"])
    lines = list[str]()
    for step, counts in counted:
        if counts["recognised"] < counts["kept"]:
            missed = [tally.missed[step] for tally in tallies if step in tally.missed]
            shortest = min(missed, key=lambda one: len(one.texts[0]))
            lines.append(f"{step}: {counts['recognised']} of {counts['kept']}")
            lines += (f"    {' '.join(text.split())}" for text in shortest.texts)
    return "\n".join(lines)
