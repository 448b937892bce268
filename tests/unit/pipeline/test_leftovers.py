"""What a run that came to nothing leaves: nothing, and never another error in place of the one that stopped it."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from datacanary.errors import CanaryError, StatementError, WarehouseError
from datacanary.model.release import Registered
from datacanary.pipeline.leftovers import drop_unfinished
from datacanary.protocols.warehouse import Capabilities, Warehouse
from datacanary.runs import RunFolder, Runs


class Server:
    """As much of a warehouse as dropping asks for."""

    capabilities = Capabilities("", "", parallel_builds=False, builds_in_folder=False)

    def __init__(self, *entries: Registered, lost: bool = False, closed: bool = False) -> None:
        self.entries, self.lost, self.closed = list(entries), lost, closed

    def registered(self) -> tuple[Registered, ...]:
        """List what is there."""
        if self.closed:
            raise StatementError("permission denied for schema datacanary")
        if self.lost:
            raise WarehouseError("Nobody answers.")
        return tuple(self.entries)

    def drop(self, registered: Sequence[Registered]) -> None:
        """Drop some of it."""
        self.entries = [one for one in self.entries if one not in registered]


class StuckRuns(Runs):
    """A folder of runs that cannot be removed."""

    error: Exception

    def drop(self, folder: RunFolder) -> None:
        """Fail."""
        del folder
        raise self.error


def entry(run_id: str, kind: str = "build") -> Registered:
    """Return what a run has registered."""
    return Registered(f"{kind} of {run_id}", run_id, "replaced" if kind == "replaced" else "build", "", "")


def test_the_builds_of_the_run_and_its_folder_go_and_nothing_else(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    folder, other = runs.start(), runs.start()
    others = [entry(other.run_id), entry(folder.run_id, "replaced")]
    server = Server(entry(folder.run_id), *others)
    drop_unfinished(runs, folder, cast(Warehouse, server))
    assert server.entries == others
    assert runs.all() == (other,)


def test_who_may_not_read_the_register_has_made_nothing(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    drop_unfinished(runs, runs.start(), cast(Warehouse, Server(closed=True)))
    assert runs.all() == ()


def test_before_the_warehouse_was_opened_only_the_folder_goes(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    drop_unfinished(runs, runs.start(), None)
    assert runs.all() == ()


def test_a_warehouse_that_is_lost_hides_no_error_and_leaves_the_folder_to_clean(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    folder = runs.start()
    drop_unfinished(runs, folder, cast(Warehouse, Server(lost=True)))
    assert runs.all() == (folder,)


@pytest.mark.parametrize("error", [CanaryError("It cannot be removed."), OSError(39, "Directory not empty")])
def test_a_folder_that_cannot_be_removed_hides_no_error(tmp_path: Path, error: Exception) -> None:
    runs = StuckRuns(tmp_path)
    runs.error = error
    folder = runs.start()
    drop_unfinished(runs, folder, None)
    assert runs.all() == (folder,)
