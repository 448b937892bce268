"""Whatever fails before any statement or change of a file, production is wholly old or new, and all can be set right.

Everywhere with DATACANARY_PROOF=whole; else at one moment, by a fixed rule, of one way to fail of each action, on one
of the engines.
"""

from collections.abc import Callable
from math import sqrt
from pathlib import Path

import pytest
from crashing import HOWS
from moments import ACTIONS, Aftermath, Ends, listed
from proof_stalls import WHOLE
from stall import Stall, crashed

pytest_plugins = ("postgres_server", "proof_stalls")
ENGINES = ("duckdb", "postgres")
WAYS = [
    (engine, action, how)
    for number, engine in enumerate(ENGINES)
    for place, action in enumerate(ACTIONS)
    for turn, how in enumerate(HOWS)
    if WHOLE or ((number + place) % 2 == 0 and place % len(HOWS) == turn)
]


def chosen(way: tuple[str, str, str], count: int) -> list[int]:
    """Return the moments to try; the golden ratio spreads those of few ways over all."""
    if WHOLE:
        return list(range(1, count + 1))
    return [1 + int(count * (WAYS.index(way) * (sqrt(5) - 1) / 2 % 1))]


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_a_failure_at_any_moment_leaves_production_whole_and_a_way_out(
    way: tuple[str, str, str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    engine, name, how = way
    stall, ends = _given(request, engine)
    action = ACTIONS[name]
    stall.put_back(action.start)
    moments = listed(stall, action.arguments, tmp_path / "log")
    aftermath = Aftermath(stall, ends, name)
    tried = chosen(way, len(moments))
    for at in tried:
        stall.put_back(action.start)
        found = crashed(stall, action.arguments, at=at, how=how)
        aftermath.look(f"{how} at {at}, {moments[at - 1]}", found.exit_code)
    record_property(f"moments of {engine} {name} {how}", len(tried))
    assert not aftermath.problems, "\n".join(aftermath.problems)


def _given(request: pytest.FixtureRequest, engine: str) -> tuple[Stall, Ends]:
    made: tuple[Stall, Ends] = request.getfixturevalue(f"{engine}_stall")
    return made
