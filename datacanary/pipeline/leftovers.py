"""What a run that did not finish has made, here and in the warehouse."""

from __future__ import annotations

from datacanary.errors import CanaryError
from datacanary.protocols.warehouse import Warehouse
from datacanary.runs import RunFolder, Runs


def drop_unfinished(runs: Runs, folder: RunFolder, warehouse: Warehouse) -> None:
    """Leave nothing of a run behind; called while the reason is on its way to the user, it raises none of its own.

    What the warehouse does not drop now stays in its register; then the folder stays, too: by it `clean` knows whose
    that is.
    """
    if not warehouse.capabilities.builds_in_folder:
        try:
            made = [one for one in warehouse.registered() if one.kind == "build" and one.run_id == folder.run_id]
            warehouse.drop(made)
        except CanaryError:
            return
    runs.drop(folder)
