"""Numbers in the sentences of a verdict."""

from __future__ import annotations

from datacanary.model.config import Threshold


def limit_text(threshold: Threshold) -> str:
    """Write a limit without its `>`, as the config has it.

    >>> limit_text(Threshold(0.001, "share", "> 0.1%"))
    '0.1 %'
    """
    bare = threshold.text.lstrip("> ").strip()
    for unit in ("pp", "%"):
        if bare.endswith(unit):
            return f"{bare.removesuffix(unit).strip()} {unit}"
    return bare
