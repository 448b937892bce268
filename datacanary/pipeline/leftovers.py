"""What a run that came to nothing has made, here and in the warehouse."""

from __future__ import annotations

from datacanary.errors import CanaryError, StatementError
from datacanary.protocols.warehouse import Warehouse
from datacanary.runs import RunFolder, Runs


def drop_unfinished(runs: Runs, folder: RunFolder, warehouse: Warehouse | None) -> None:
    """Leave nothing of a run behind; `warehouse` is None if nothing was done there yet.

    What the warehouse does not drop now stays in its register; then the folder stays, too: by it `clean` knows whose
    that is.
    """
    try:
        if warehouse is not None and not warehouse.capabilities.builds_in_folder:
            drop_builds(warehouse, folder.run_id)
        runs.drop(folder)
    except (CanaryError, OSError):
        # Why the run came to nothing is on its way to the user, and must not be hidden; `status` lists what is left.
        return


def drop_builds(warehouse: Warehouse, run_id: str) -> None:
    """Drop the tables of both versions that a run has in the warehouse; raises what `Warehouse.drop` raises."""
    try:
        registered = warehouse.registered()
    except StatementError:
        # Who may not read the register has written nothing there, and so has made nothing.
        return
    warehouse.drop([one for one in registered if one.kind == "build" and one.run_id == run_id])
