"""Compiled SQL laid out so that a line of it has the number that the same line has in the model's file."""

from __future__ import annotations

import difflib

_LONGEST = 2_000
"""Files with more lines are left as they are: to pair lines takes their square at worst."""


def laid_out(compiled: str, raw: str) -> str:
    r"""Put empty lines into compiled SQL where Jinja stood in the file; nothing else is changed.

    >>> laid_out("\n\nselect 1 as a\nfrom x", "{{ config(\n  tags='t'\n) }}\n\nselect 1 as a\nfrom x").count("\n")
    5
    """
    lines, wanted = compiled.splitlines(), raw.splitlines()
    if len(lines) > _LONGEST or len(wanted) > _LONGEST:
        return compiled
    matcher = difflib.SequenceMatcher(
        None, [one.strip() for one in wanted], [one.strip() for one in lines], autojunk=False
    )
    placed: list[str] = []
    done = 0
    for block in matcher.get_matching_blocks():
        placed += lines[done : block.b]
        if block.size and any(one.strip() for one in lines[block.b : block.b + block.size]):
            placed += [""] * (block.a - len(placed))
        placed += lines[block.b : block.b + block.size]
        done = block.b + block.size
    return "\n".join(placed)
