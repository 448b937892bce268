"""How a check of a dbt project began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datacanary.pipeline.home import Asked, Tell
from datacanary.runs import RunFolder, Runs

if TYPE_CHECKING:
    from datacanary.model.run import RunKind


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was asked and who is told, the run's folder, and when it `started`, by the performance counter."""

    asked: Asked
    kind: RunKind
    tell: Tell
    runs: Runs
    folder: RunFolder
    started: float
