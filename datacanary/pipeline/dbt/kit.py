"""What it takes to have the user's own dbt at work on both versions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datacanary.cache import Cache
from datacanary.dbt.events import Invocation
from datacanary.model.basic import Side
from datacanary.pipeline.choosing import Chosen
from datacanary.pipeline.dbt.work import Work, work_of
from datacanary.pipeline.engine import Engine
from datacanary.pipeline.home import Asked, Tell, open_warehouse
from datacanary.protocols.contained import Contained
from datacanary.protocols.warehouse import Warehouse
from datacanary.runs import runs_of


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything that preparing needs besides the versions."""

    work: Work
    warehouse: Warehouse
    contained: Contained
    memory: Cache
    engine: Engine
    production: str

    def run(self, side: Side, command: str, *more: str) -> Invocation:
        """Run a command of dbt for one version, in its own place; raises what `Work.run` does."""
        return self.work.run(side, command, more, self.contained.environment(command, self.work.environ))


def kit_of(chosen: Chosen, asked: Asked, folder: Path, tell: Tell) -> Kit:
    """Put together what preparing needs; raises UsageError and ConfigError."""
    config, kept = chosen.configs.head, runs_of(chosen.home.folder, asked.environ).folder
    work = work_of(chosen, asked.environ, folder, tell, kept)
    warehouse = open_warehouse(config, chosen.home, asked.environ)
    return Kit(
        work=work,
        warehouse=warehouse,
        contained=warehouse.contain(work.rooms.map(lambda room: room.folder)),
        memory=Cache(kept),
        engine=Engine.of(warehouse),
        production=config.production,
    )
