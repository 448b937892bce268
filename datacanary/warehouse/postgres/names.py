"""What runs call their schemas and connections in a PostgreSQL database."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from datacanary.model.plan import Place

LONGEST = 63
"""The bytes that a name may have."""

_LONGEST_RUN = 32  # leaves room for a place and for schemas with names of their own
_NOT_A_LETTER = re.compile(r"\W+")
OF_RUNS = r"dc_[0-9]{8}_[0-9]{6}_[0-9a-f]{7}_(?:shared|base|head|own|noise|shuffled|kept)(?:_|\Z)"
"""What the schemas of runs are called; PostgreSQL reads it as Python does.

It has the moment and the number of a run: `dc_sales_base` is somebody else's.
"""
_OWN = re.compile(rf"{OF_RUNS}|datacanary\Z")


def run_prefix(run_id: str) -> str:
    """Return what the names of all schemas of a run begin with.

    >>> run_prefix("20261120-101500-4f1c9e2")
    'dc_20261120_101500_4f1c9e2_'
    """
    return f"dc_{_NOT_A_LETTER.sub('_', run_id).lower()[-_LONGEST_RUN:]}_"


def run_schema(run_id: str, place: Place | Literal["kept"], schema: str) -> str:
    """Return the schema of a run that stands for one of production's in a place.

    >>> run_schema("20261120-101500-4f1c9e2", "head", "analytics")
    'dc_20261120_101500_4f1c9e2_head_analytics'
    """
    return fitting(f"{run_prefix(run_id)}{place}_{schema}")


def connection_name(run_id: str) -> str:
    """Return what the server lists the connections of a run as; who cleans up after it finds them by that.

    >>> connection_name("20261120-101500-4f1c9e2"), connection_name("")
    ('datacanary 20261120-101500-4f1c9e2', 'datacanary')
    """
    return as_kept(f"datacanary {run_id}".rstrip())


def fitting(name: str) -> str:
    """Return a name that PostgreSQL takes whole; a longer one is cut, and ends with a digest of it.

    >>> fitting("x" * 70)[-12:], len(fitting("x" * 70))
    ('xxx_c71bd109', 63)
    """
    if len(name.encode()) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{_cut(name, LONGEST - 1 - len(digest))}_{digest}"


def as_kept(name: str) -> str:
    """Return a name as PostgreSQL keeps it: what is too long is cut there without a word.

    >>> as_kept("é" * 40) == "é" * 31
    True
    """
    return _cut(name, LONGEST)


def _cut(name: str, most: int) -> str:
    return name.encode()[:most].decode(errors="ignore")


def is_own(schema: str) -> bool:
    """Tell whether a schema is one of a run's, or has datacanary's own tables.

    >>> is_own("dc_20261120_101500_4f1c9e2_head_staging"), is_own("datacanary"), is_own("dc_sales_base")
    (True, True, False)
    """
    return _OWN.match(schema) is not None


def is_kept(schema: str) -> bool:
    """Tell whether a schema has what a promotion replaced.

    >>> is_kept("dc_20261120_101500_4f1c9e2_kept_analytics"), is_kept("dc_20261120_101500_4f1c9e2_head_kept_")
    (True, False)
    """
    found = _OWN.match(schema)
    return found is not None and found[0].rstrip("_").endswith("_kept")
