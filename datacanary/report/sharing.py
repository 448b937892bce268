"""A report as it may leave this machine: counts, and values of the columns alone that base's config allows."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace

from datacanary.model.run import TableReport
from datacanary.model.statistics import Cell
from datacanary.report.masking import leave
from datacanary.report.personal import is_personal

HASHED = ""
"""The name under which the hash of a row's key stands among the values of its key."""

_DIGITS = 6


def share_table(table: TableReport, secret: str) -> TableReport:
    """Take out every value of a cell but those of the columns that may be shown, and hash keys.

    What was taken out already stays so. The hash is an HMAC-SHA256 with the run's own secret, cut short: a row has one
    name all over a run, and who has the report alone learns nothing by guessing keys. Without a secret, keys are left
    out.
    """
    # Only what is there is looked at: a table has hundreds of columns, and a report tells of a few.
    there = {column.name for column in table.diff.columns}.union(*(row.key.keys() for row in table.diff.samples))
    there = there.union(*(row.columns for row in table.diff.samples))
    there = there.union(*(one.keys() for row in table.diff.samples for one in (row.base, row.head)))
    there = there.union(*(cause.shows for cause in table.diff.causes))
    allowed = frozenset(name for name in there if name in table.shown and not is_personal(name))
    diff = leave(table.diff, allowed, is_personal)
    samples = tuple(replace(row, key=_key(row.key, allowed, secret)) for row in diff.samples)
    return replace(table, diff=replace(diff, samples=samples))


def _key(key: Mapping[str, Cell], allowed: frozenset[str], secret: str) -> dict[str, Cell]:
    """Keep of a key what may be shown, beside the hash of all of it if that is not all."""
    kept = {name: value for name, value in key.items() if name in allowed}
    if len(kept) == len(key) or not secret or HASHED in key:
        return kept if HASHED not in key else dict(key)
    return {HASHED: _hash(key, secret), **kept}


def _hash(key: Mapping[str, Cell], secret: str) -> str:
    """Name a row by its key.

    >>> _hash({"id": 7}, "a"), _hash({"id": 7}, "a"), _hash({"id": 7}, "b")
    ('k-48ffee', 'k-48ffee', 'k-e35694')
    """
    told = json.dumps(list(key.items()), ensure_ascii=True, sort_keys=True)
    return f"k-{hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()[:_DIGITS]}"
