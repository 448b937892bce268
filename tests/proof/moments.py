"""What holds after any moment at which something went wrong: production is whole, and all else can be set right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from stall import Marks, Stall, crashed, files, ran, runs_here, stray, told

CHECK = ("check", "--no-statistics")
PROMOTE = ("promote", "last")
SETTLED = ((0, "nothing was left half done"),)
DROPPED = ((0, "nothing of it is left"), (2, "is not known"))
"""What `resume` says of a check that was killed and dropped; where its folder was gone before, nobody knows of it."""


@dataclass(frozen=True)
class Action:
    """What somebody does, from what state of the stall."""

    start: str
    arguments: tuple[str, ...]


STARTS = ("fresh", "checked", "promoted", "littered")
ACTIONS = {
    "check": Action("fresh", CHECK),
    "deploy": Action("fresh", ("deploy", "--no-statistics")),
    "promote": Action("checked", PROMOTE),
    "rollback": Action("promoted", ("rollback",)),
    "clean": Action("littered", ("clean", "--all")),
}


@dataclass(frozen=True)
class Ends:
    """Production as it was, and as it is once head is promoted."""

    old: object
    new: object

    def called(self, found: object) -> str:
        """Return which it is."""
        return "old" if found == self.old else "new" if found == self.new else "MIXED"


def prepare(stall: Stall) -> Ends:
    """Make and keep the states that actions begin with."""
    old = stall.production()
    stall.keep("fresh")
    _succeeds(stall, *CHECK)
    stall.keep("checked")
    _succeeds(stall, *PROMOTE)
    new = stall.production()
    stall.keep("promoted")
    stall.age()
    moments = len(listed(stall, CHECK, stall.place.home.parent / "moments.txt"))
    assert crashed(stall, CHECK, at=moments - 10).exit_code == -9
    stall.keep("littered")
    assert old != new
    return Ends(old, new)


def _succeeds(stall: Stall, *arguments: str) -> None:
    found = ran(stall, *arguments)
    assert found.exit_code == 0, told(found)


def listed(stall: Stall, arguments: tuple[str, ...], log: Path) -> list[str]:
    """Return the moments of a run that nothing stops."""
    log.unlink(missing_ok=True)
    found = crashed(stall, arguments, log=log)
    assert found.exit_code == 0, told(found)
    return log.read_text("utf-8").splitlines()


@dataclass
class Aftermath:
    """Looks at the stall after something went wrong; of what looks alike, the way out is gone once."""

    stall: Stall
    ends: Ends
    action: str
    problems: list[str] = field(default_factory=list)
    _seen: set[object] = field(default_factory=set)

    def look(self, moment: str, exit_code: int) -> None:
        """Look whether production is whole, and go the way out."""
        state, marks = self.ends.called(self.stall.production()), self.stall.marks()
        allowed = {"check": {"old"}, "clean": {"new"}}.get(self.action, {"old", "new"})
        after = {"check": "old", "rollback": "old"}.get(self.action, "new")
        found = [] if state in allowed else [f"production is {state}"]
        found += [f"it ended well and production is {state}"] if exit_code == 0 and state != after else []
        alike = replace(marks, unfinished=tuple((one, "") for one, _ in marks.unfinished), lease=str(bool(marks.lease)))
        if (state, alike, files(self.stall.place)) not in self._seen:
            self._seen.add((state, alike, files(self.stall.place)))
            found += self._way_out(state, marks)
        self.problems += [f"{self.action}, {moment}: {one}" for one in found]

    def _way_out(self, state: str, marks: Marks) -> Iterator[str]:
        if marks.lease:
            yield from self._free(marks.lease)
        yield from self._resumed(state, marks)
        if self.action != "clean" and "live" in self.stall.marks().promotions:
            yield from self._ends("rollback", "old", "rollback")
            yield from self._ends("a second rollback", "old", "rollback", exit_code=4)
        yield from self._cleaned("new" if self.action == "clean" else "old")
        yield from self._ends("check", "", *CHECK)
        # After a clean-up the promotion still stands, which base lacks.
        yield from self._ends("promote", "new", *PROMOTE, "--approve", "the proof")

    def _free(self, lease: str) -> Iterator[str]:
        """Wait for the lease, or take it, by turns."""
        if len(self._seen) % 2:
            self.stall.end_lease()
        else:
            yield from self._ends("unlock", "", "unlock", lease)

    def _resumed(self, state: str, marks: Marks) -> Iterator[str]:
        runs = sorted({*runs_here(self.stall.place), *self.stall.runs(), *(run for _, run in marks.unfinished)})
        for run in runs:
            yield from self._ends("resume", state, "resume", run)
        after = self.stall.marks()
        yield from (f"{one} is unfinished after resume" for one in after.unfinished)
        seen = files(self.stall.place)
        for run in runs:
            found = ran(self.stall, "resume", run)
            expected = SETTLED if self._known(run) else DROPPED
            if not any(found.exit_code == code and words in found.stdout + found.stderr for code, words in expected):
                yield f"a second resume: {told(found)}"
        if (self.stall.marks(), files(self.stall.place)) != (after, seen):
            yield "a second resume did something"

    def _known(self, run: str) -> bool:
        return run in {*runs_here(self.stall.place), *self.stall.runs()} or run in ran(self.stall, "history").stdout

    def _cleaned(self, state: str) -> Iterator[str]:
        yield from self._ends("clean", state, "clean", "--all")
        again = ran(self.stall, "clean", "--all")
        if (again.exit_code, again.stdout) != (0, "Nothing to drop.\n"):
            yield f"a second clean: {told(again)}"
        marks = self.stall.marks()
        left = [
            *marks.kept,
            *marks.registered,
            *marks.unfinished,
            *runs_here(self.stall.place),
            *stray(self.stall.place),
        ]
        if left or marks.lease:
            yield f"clean leaves {left} {marks.lease}"

    def _ends(self, what: str, state: str, *arguments: str, exit_code: int = 0) -> Iterator[str]:
        """Run something, and tell if it does not end so; `state` is what production must be then, if given."""
        found = ran(self.stall, *arguments)
        if found.exit_code != exit_code:
            yield f"{what}: {told(found)}"
        if state and self.ends.called(self.stall.production()) != state:
            yield f"production is {self.ends.called(self.stall.production())} after {what}, and was to be {state}"
