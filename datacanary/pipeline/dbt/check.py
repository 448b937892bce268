"""The main job for a dbt project: the user's own dbt builds both versions in copies, and the rest is as always."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING

from datacanary.errors import UsageError
from datacanary.pipeline.choosing import Chosen
from datacanary.pipeline.dbt.beginning import Beginning
from datacanary.pipeline.dbt.compiling import compiled
from datacanary.pipeline.dbt.kit import Kit, kit_of
from datacanary.pipeline.home import Asked, Extent, Tell
from datacanary.pipeline.leftovers import drop_unfinished
from datacanary.runs import runs_of

if TYPE_CHECKING:
    from datacanary.model.run import RunKind
    from datacanary.pipeline.reporting import Checked


def check_dbt(chosen: Chosen, asked: Asked, kind: RunKind, tell: Tell) -> Checked:
    """Check head against base and store the result; production and the repository are only read.

    Whatever stops it, an interrupt too, leaves nothing behind.
    """
    started = time.perf_counter()
    _refuse_extent(asked.extent)
    runs = runs_of(chosen.home.folder, asked.environ)
    runs.expire()
    folder = runs.start()
    kit: Kit | None = None
    try:
        kit = kit_of(chosen, asked, folder.path.resolve(), tell)
        kit.contained.prepare()
        tell(kit.contained.how)
        done = compiled(chosen, kit, meanwhile=_import_the_rest)
        from datacanary.pipeline.dbt.run import checked  # noqa: PLC0415 -- dbt was to start before

        return checked(done, Beginning(asked, kind, tell, runs, folder, started))
    except BaseException:
        drop_unfinished(runs, folder, kit.warehouse if kit is not None else None)
        raise


def _import_the_rest() -> None:
    importlib.import_module("datacanary.pipeline.dbt.run")


def _refuse_extent(extent: Extent) -> None:
    for asked, option in ((extent.noise_check, "--noise-check"), (extent.attribute, "--attribute")):
        if asked:
            raise UsageError(
                f"{option} is not there for dbt projects yet.",
                hint="Leave it out; `datacanary check` by itself says which columns may hold noise.",
            )
