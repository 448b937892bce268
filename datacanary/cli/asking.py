"""What the user asked for, as one value."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datacanary.pipeline.home import Asked, Extent


def asked(
    config: Path | None,
    base: str | None = None,
    head: str | None = None,
    select: Sequence[str] | None = None,
    extent: Extent | None = None,
) -> Asked:
    """Gather the shared options; the environment and the current folder are read here and nowhere else."""
    from datacanary.pipeline.home import Asked, Extent

    return Asked(
        start=Path.cwd(),
        environ=os.environ,
        config=config,
        base=base,
        head=head,
        select=tuple(select or ()),
        extent=extent or Extent(),
    )


def extent(*, noise_check: bool, attribute: bool, no_statistics: bool) -> Extent:
    """Gather how far a check goes."""
    from datacanary.pipeline.home import Extent

    return Extent(noise_check=noise_check, attribute=attribute, statistics=not no_statistics)
