"""What a project itself declares of a table, beside its query: its key, what must not be shown, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DeclaredOrigin = Literal[
    "constraint",
    "tests unique and not_null",
    "unique_key",
    "dbt_utils.unique_combination_of_columns",
    "dbt_expectations.expect_compound_columns_to_be_unique",
]
"""By what a key is declared, as reports say it."""

UNENFORCED: frozenset[str] = frozenset({"unique_key"})
"""What dbt takes for a key and never looks at: rows of it may repeat or be NULL in a project that is in order."""

NULLABLE: frozenset[str] = frozenset(
    {"dbt_utils.unique_combination_of_columns", "dbt_expectations.expect_compound_columns_to_be_unique"}
)
"""What promises that no combination of values repeats, but not that none of them is NULL."""


@dataclass(frozen=True, slots=True)
class DeclaredKey:
    """Columns that the project says identify a row, and by what it says so."""

    columns: tuple[str, ...]
    origin: DeclaredOrigin


@dataclass(frozen=True, slots=True)
class Declared:
    """What a project declares of one table.

    `masked` are names of columns in lower case whose values are never shown; with `all_masked` none of the table is.
    `readers` are the exposures that read it, each with its kind: "dashboard Weekly revenue".
    """

    key: DeclaredKey | None = None
    masked: frozenset[str] = frozenset()
    all_masked: bool = False
    readers: tuple[str, ...] = ()

    def hides(self, column: str) -> bool:
        """Tell whether the values of a column are never shown.

        >>> Declared(masked=frozenset({"email"})).hides("Email"), Declared(all_masked=True).hides("id")
        (True, True)
        """
        return self.all_masked or column.lower() in self.masked
