"""A connection that is cut before a statement, or after it and before its answer, leaves production whole.

`gone`: after the cut the server cannot be reached at all. Everywhere with DATACANARY_PROOF=whole; else at one statement
of each action, by a fixed rule, and at the commit of a promotion.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import pytest
from cutting_proxy import AtStatement, Choice, CuttingProxy, When, at_commit
from moments import ACTIONS, Action, Aftermath, Ends
from postgres_stall import PostgresStall, reached_by
from program import Completed
from proof_stalls import WHOLE
from stall import environment, told

pytest_plugins = ("postgres_server", "proof_stalls")
pytestmark = pytest.mark.thorough
CUTS = ("before", "after", "gone")
WAYS = [
    (action, cut)
    for place, action in enumerate(ACTIONS)
    for turn, cut in enumerate(CUTS)
    if WHOLE or (place + turn) % 3 == 0
]


@dataclass
class LastCommit:
    """Choose the commit of a number, from 1; `count` is how many there were."""

    wanted: int = 0
    count: int = 0

    def __call__(self, number: int, message: bytes) -> bool:
        """Count the messages that commit."""
        if not at_commit(number, message):
            return False
        self.count += 1
        return self.count == self.wanted


def cut_off(stall: PostgresStall, action: Action, chosen: Choice, cut: str) -> Completed:
    """Do something through a proxy that cuts the connection."""
    stall.put_back(action.start)
    when: When = "before" if cut == "before" else "after"
    proxy = CuttingProxy(stall.server, chosen, when, closed_afterwards=cut == "gone")
    with proxy.running() as server:
        return stall.place.run(*action.arguments, **environment(stall.place), **reached_by(server))


def statements(stall: PostgresStall, action: Action, counted: AtStatement | LastCommit) -> int:
    """Count the statements, or commits, of what nothing cuts."""
    found = cut_off(stall, action, counted, "before")
    assert found.exit_code == 0, told(found)
    assert counted.count > 0
    return counted.count


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_a_cut_at_any_statement_leaves_production_whole_and_a_way_out(
    way: tuple[str, str],
    postgres_stall: tuple[PostgresStall, Ends],
    record_property: Callable[[str, object], None],
) -> None:
    stall, ends = postgres_stall
    name, cut = way
    action, aftermath = ACTIONS[name], Aftermath(stall, ends, name)
    total = statements(stall, action, AtStatement())
    drawn = 1 + int(total * (WAYS.index(way) * (sqrt(5) - 1) / 2 % 1))
    tried = list(range(1, total + 1)) if WHOLE else [drawn]
    for at in tried:
        found = cut_off(stall, action, AtStatement(at), cut)
        aftermath.look(f"{cut} statement {at}", found.exit_code)
    record_property(f"moments of postgres {name} cut {cut}", len(tried))
    assert not aftermath.problems, "\n".join(aftermath.problems)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", ["promote", "rollback"] if WHOLE else ["promote"])
def test_a_cut_at_the_commit_leaves_production_whole_and_says_what_is_true(
    name: str,
    cut: str,
    postgres_stall: tuple[PostgresStall, Ends],
    record_property: Callable[[str, object], None],
) -> None:
    stall, ends = postgres_stall
    action, aftermath = ACTIONS[name], Aftermath(stall, ends, name)
    commits = statements(stall, action, LastCommit())
    for at in range(1, commits + 1):
        found = cut_off(stall, action, LastCommit(at), cut)
        assert "Traceback" not in found.stderr
        changed = ends.called(stall.production()) == ("new" if name == "promote" else "old")
        if "nothing was changed" in found.stderr.lower():
            assert not changed
        if found.exit_code == 0:
            assert changed
        aftermath.look(f"{cut} commit {at}", found.exit_code)
    record_property(f"moments of postgres {name} commit cut {cut}", commits)
    assert not aftermath.problems, "\n".join(aftermath.problems)
