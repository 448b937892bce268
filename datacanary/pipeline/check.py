"""The main job: plan, build both versions in isolation, compare, judge, and keep what a promotion needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datacanary.pipeline.choosing import choose_versions
from datacanary.pipeline.home import Asked, Tell

if TYPE_CHECKING:
    from datacanary.model.run import RunKind
    from datacanary.pipeline.reporting import Checked


def check(asked: Asked, kind: RunKind, tell: Tell) -> Checked:
    """Check head against base and store the result; nothing outside the run's own folder is written.

    Whatever stops it, an interrupt too, leaves nothing behind.
    """
    chosen = choose_versions(asked)
    # Each kind of project imports what it needs: dbt is to start before the rest is there.
    if chosen.is_dbt:
        from datacanary.pipeline.dbt.check import check_dbt  # noqa: PLC0415

        return check_dbt(chosen, asked, kind, tell)
    from datacanary.pipeline.plain_sql import check_plain_sql  # noqa: PLC0415

    return check_plain_sql(chosen, asked, kind, tell)
