"""What keeps a version's own tool from writing anywhere but into that version's place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fence:
    """Where a version's tool may write: into a whole database of its own, or only into schemas with its own prefix.

    `schema` is what stands in the place of production's schema, `production`; both are empty for a whole database.
    `role` is the database's role that can write nowhere else, as the database itself says; empty if it can.
    """

    schema: str = ""
    production: str = ""
    role: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether production's tables lie beside the version's own: names that are written out lead there."""
        return bool(self.schema)

    def logical(self, text: str) -> str:
        """Put production's names in the place of the version's own.

        >>> Fence("dc_1_head", "shop").logical('select * from "db"."dc_1_head_staging"."orders"')
        'select * from "db"."shop_staging"."orders"'
        """
        return text.replace(self.schema, self.production) if self.schema else text


WHOLE = Fence()
"""Everything that can be written is the version's own."""
