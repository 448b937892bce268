"""The stalls, how much of the proof is done, and what is told of it at the end.

Test modules ask for it by `pytest_plugins`: PYTEST_DONT_REWRITE.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from duckdb_stall import make_duckdb_stall
from moments import STARTS, Ends, prepare
from postgres_stall import make_postgres_stall
from stall import Stall

WHOLE = os.environ.get("DATACANARY_PROOF") == "whole"


@pytest.fixture(scope="session")
def duckdb_stall(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stall, Ends]:
    """Give the stall on DuckDB, with all that an action begins with."""
    stall = make_duckdb_stall(tmp_path_factory.mktemp("duckdb"))
    return stall, prepare(stall)


@pytest.fixture(scope="session")
def postgres_stall(postgres: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stall, Ends]]:
    """Give the stall on PostgreSQL."""
    stall = make_postgres_stall(tmp_path_factory.mktemp("postgres"), postgres)
    try:
        yield stall, prepare(stall)
    finally:
        stall.drop()


@pytest.fixture(params=["duckdb", "postgres"])
def stall(request: pytest.FixtureRequest) -> tuple[Stall, Ends]:
    """Give the stall on each engine."""
    made: tuple[Stall, Ends] = request.getfixturevalue(f"{request.param}_stall")
    made[0].put_back(STARTS[0])
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many moments were tried."""
    tried: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, number in getattr(report, "user_properties", ()):
                if getattr(report, "when", "") == "call" and str(name).startswith("moments of "):
                    tried[str(name).removeprefix("moments of ")] += int(number)
    if tried:
        terminalreporter.section(f"moments tried: {tried.total()}")
        for name, number in sorted(tried.items()):
            terminalreporter.write_line(f"{name}: {number}")
