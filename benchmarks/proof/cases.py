"""Small cases that are kept: what once was said wrongly, and what must be recognised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from proof.claims import Claim, Judgement, Truth, claim, judged, meaning, tables_of, truth
from proof.corpus import schema_of
from proof.draft import Schema
from proof.execution import Database

Expected = Literal["equal", "differs"]
SECTIONS = ("rows", "base", "head")


@dataclass(frozen=True, slots=True)
class Case:
    """Two queries over some tables: `equal` ones are to be recognised, others differ on the rows, as they must here."""

    name: str
    why: str
    expected: Expected
    script: str
    base: str
    head: str

    @property
    def schema(self) -> Schema:
        """The tables, with their types as they are written."""
        return schema_of(";".join(line for line in self.script.split(";") if line.strip().startswith("CREATE")))

    def statements(self) -> Iterator[str]:
        """Return what makes the tables."""
        yield from (line for line in self.script.split(";") if line.strip())

    def tried(self) -> tuple[Claim, Truth, Judgement]:
        """Run both, and hold what is claimed against it; what the lint says is no excuse."""
        database, tables = Database([self]), tables_of(self.schema)
        results = database.run(self.base), database.run(self.head)
        database.close()
        claimed = claim(meaning(self.base, tables, "base"), meaning(self.head, tables, "head"))
        return claimed, truth(*results), judged(claimed, *results)


def read_case(path: Path) -> Case:
    """Read a file: first `-- equal` or `-- differs`, then why, then `-- rows`, `-- base` and `-- head`."""
    expected, _, rest = path.read_text("utf-8").partition("\n")
    parts = dict[str, list[str]]({"why": []})
    section = "why"
    for line in rest.splitlines():
        if line.removeprefix("-- ") in SECTIONS and line.startswith("-- "):
            section = line.removeprefix("-- ")
            parts[section] = []
        else:
            parts[section].append(line.removeprefix("-- ") if section == "why" else line)
    texts = {name: "\n".join(lines).strip() for name, lines in parts.items()}
    kind: Expected = "equal" if expected == "-- equal" else "differs"
    return Case(path.stem, texts["why"], kind, texts["rows"], texts["base"].rstrip(";"), texts["head"].rstrip(";"))
