"""Of two promotions at the same time exactly one wins, the other is refused, and production is the winner's."""

from collections.abc import Callable

import pytest
from moments import CHECK, Ends
from proof_stalls import WHOLE
from stall import CHANGED, Stall, environment, ran, told

pytest_plugins = ("postgres_server", "proof_stalls")
pytestmark = pytest.mark.thorough
TIMES = 50 if WHOLE else 2


def judged(stall: Stall, sha: str) -> str:
    """Check a commit, and return the run."""
    found = ran(stall, *CHECK, "--head", sha, "--format", "json")
    assert found.exit_code == 0, told(found)
    return str(found.json["run"]["id"])


def test_of_two_promotions_exactly_one_wins(
    stall: tuple[Stall, Ends], record_property: Callable[[str, object], None]
) -> None:
    place, kept = stall[0].place, stall[0]
    kept.put_back("fresh")
    first = place.git("rev-parse", "HEAD")
    other = place.commit({"models/orders.sql": CHANGED["models/orders.sql"].replace("+ 1", "+ 2")}, branch="other")
    place.git("switch", "--quiet", "change")
    place.git("branch", "--quiet", "-D", "other")
    runs = judged(kept, first), judged(kept, other)
    if "raced" not in getattr(kept, "kept", set()):
        kept.keep("raced")
    wins = {}
    for run in runs:
        assert ran(kept, "promote", run).exit_code == 0
        wins[run] = kept.production()
        kept.put_back("raced")
    problems = []
    for turn in range(2 * TIMES):
        raced = runs if turn % 2 else (runs[0], runs[0])
        order = raced if turn % 4 < 2 else raced[::-1]
        ends = place.run_at_once([("promote", run) for run in order], **environment(place))
        if sorted(one.exit_code for one in ends) != [0, 4]:
            problems.append(f"{turn}: {told(ends[0])} {told(ends[1])}")
        elif kept.production() != wins[order[[one.exit_code for one in ends].index(0)]]:
            problems.append(f"{turn}: production is not the winner's")
        kept.put_back("raced")
    record_property(f"moments of {type(kept).__name__} races", 2 * TIMES)
    assert not problems, "\n".join(problems)
