"""What every categoriser of changes is asked, and how it answers; plain Python, for it runs in their environments.

Read are lines of JSON: first the tables by corpus, then pairs of queries. Written is a line for each pair: whether
nothing that both versions have can differ, everything can, or which columns can.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Mapping[str, str]]
Answer = Mapping[str, object]
"""`rows`: everything can differ; `changed`: else these columns can."""
NOTHING: Answer = {"rows": False, "changed": []}
EVERYTHING: Answer = {"rows": True, "changed": []}


def answer(categorise: Callable[[str, str, Schema], Answer]) -> None:
    """Answer for each pair; what the categoriser raises means that everything can differ."""
    lines = iter(sys.stdin)
    schemas: dict[str, Any] = json.loads(next(lines))
    for line in lines:
        pair = json.loads(line)
        try:
            told = categorise(pair["base"], pair["head"], schemas[pair["corpus"]])
        except Exception:  # noqa: BLE001 -- a peer that gives up claims nothing
            told = EVERYTHING
        sys.stdout.write(json.dumps(told) + "\n")
