"""`release:`, which says what a promotion keeps and for how long."""

from __future__ import annotations

import re
from datetime import timedelta

from datacanary.config import read
from datacanary.config.nodes import Node
from datacanary.model.config import ReleasePolicy

_SPAN = re.compile(r"([0-9]{1,5})\s*(hour|day|week)s?")
_EXPECTED = "a time, as 7 days or 12 hours, or forever"


def release(node: Node) -> ReleasePolicy:
    """Read `release:`."""
    fields = read.fields(node, ("keep_replaced",))
    keep = fields.get("keep_replaced")
    return ReleasePolicy(_span(keep.value)) if keep else ReleasePolicy()


def _span(node: Node) -> timedelta | None:
    written = read.text(node, _EXPECTED)
    if written == "forever":
        return None
    match = _SPAN.fullmatch(written)
    if not match:
        raise read.wrong(node, _EXPECTED)
    return int(match[1]) * {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[match[2]]
