"""The conditions that DuckDB works under in a noise check, and after it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from datacanary.warehouse.duckdb.perturb import perturbed
from datacanary.warehouse.duckdb.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with duckdb.connect(str(tmp_path / "run.duckdb")) as connection:
        yield Session(connection, "run.main")


def threads(session: Session) -> int:
    with session.cursor() as cursor:
        ((found,),) = cursor.execute("select current_setting('threads')").fetchall()
    return int(found)


@pytest.mark.parametrize("usual", [1, 3])
def test_there_are_other_threads_meanwhile(usual: int, session: Session, tmp_path: Path) -> None:
    with session.cursor() as cursor:
        cursor.execute(f"set threads = {usual}")
    with perturbed(session, tmp_path / "noise.duckdb"):
        assert threads(session) == usual + 1
        assert (tmp_path / "noise.duckdb").stat().st_mode & 0o777 == 0o600
    assert threads(session) == usual
    with pytest.raises(ZeroDivisionError), perturbed(session, tmp_path / "noise.duckdb"):
        raise ZeroDivisionError
    assert threads(session) == usual
