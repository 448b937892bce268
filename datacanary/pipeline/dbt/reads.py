"""Whether both versions read the very same rows of what lies in production beside what they built."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from datacanary.model.basic import Relation
from datacanary.model.plan import Build
from datacanary.model.release import Observed
from datacanary.model.run import Inputs
from datacanary.pipeline.dbt.prepare import Prepared
from datacanary.protocols.contained import Contained


def judge_reads(
    inputs: Inputs, contained: Contained, observed: Sequence[Observed], past: Collection[tuple[str, Relation]]
) -> Inputs:
    """Say what of the reads moved, and what was not read as it was built (`past`); else as the other inputs are."""
    if not inputs.pinned:
        return inputs
    moved = contained.moved(observed)
    if moved:
        return Inputs(pinned=False, how=f"{', '.join(map(str, moved))} changed while the run read it")
    if past:
        told = "; ".join(f"{path} reads {relation}" for path, relation in sorted(past))
        return Inputs(pinned=False, how=f"may be read as production has it, since no ref() names it: {told}")
    return inputs


def read_past(prepared: Prepared, builds: Sequence[Build]) -> tuple[tuple[str, Relation], ...]:
    """Return which files read in production what the change makes anew, each with the relation."""
    anew = {build.model.relation for build in builds if build.place != "shared"}
    paths = {build.model.path for build in builds}
    return tuple((path, relation) for path, relation in prepared.outside if relation in anew and path in paths)
