"""What tells a version's dbt to read production for all that is there and this run does not build."""

from __future__ import annotations

import json
from collections.abc import Collection

from datacanary.model.basic import Relation, Side
from datacanary.pipeline.dbt.kit import Kit
from datacanary.pipeline.dbt.prepare import Prepared

_FOLDER = "state"


def deferring(kit: Kit, prepared: Prepared, side: Side, in_production: Collection[Relation]) -> tuple[str, ...]:
    """Return the options that have refs to these relations mean production's; none where a copy holds them anyway.

    dbt takes their names from a manifest of production, which is what the version's own says without its own schemas.
    """
    fence = kit.contained.fence(side)
    if not fence.is_shared:
        return ()
    target = kit.work.rooms.of(side).target
    file = target / _FOLDER / "manifest.json"
    if not file.exists():
        nodes = prepared.nodes.of(side)
        kept = {nodes[one] for one in in_production if one in nodes}
        manifest = json.loads(fence.logical((target / "manifest.json").read_text("utf-8")))
        manifest["nodes"] = {key: node for key, node in manifest["nodes"].items() if key in kept}
        file.parent.mkdir(mode=0o700)
        file.write_text(json.dumps(manifest), "utf-8")
    return ("--defer", "--favor-state", "--state", str(file.parent))
