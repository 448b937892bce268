"""When two names are the same name, by the rules of a dialect."""

from __future__ import annotations

import string
from functools import lru_cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy

_BLIND = frozenset({NormalizationStrategy.CASE_INSENSITIVE, NormalizationStrategy.CASE_INSENSITIVE_UPPERCASE})
# Only A to Z, as DuckDB does it: two names that some engine tells apart must not become one.
_FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# Its tables know upper and lower case, its columns do not; sqlglot's strategy is of the tables.
_BLIND_DIALECTS = frozenset({"bigquery"})


class Names:
    """Folds names; two that are folded alike are one."""

    def __init__(self, dialect: str) -> None:
        """Take the rules of a dialect."""
        self._strategy = Dialect.get_or_raise(dialect).normalization_strategy
        self._blind = self._strategy in _BLIND or dialect in _BLIND_DIALECTS
        self._folded: dict[str, str] = {}

    def stored(self, name: str) -> str:
        """Fold a name as the warehouse has it.

        >>> Names("duckdb").stored("Total"), Names("postgres").stored("Total")
        ('total', 'Total')
        """
        if not self._blind:
            return name
        known = self._folded.get(name)
        if known is None:
            known = self._folded[name] = name.translate(_FOLDED)
        return known

    def written(self, identifier: exp.Expr | None) -> str:
        """Fold a name as a query writes it, quoted or not; empty for what is no name."""
        if not isinstance(identifier, exp.Identifier):
            return ""
        return self.stored(self.spelled(identifier))

    def spelled(self, identifier: exp.Identifier) -> str:
        """Return how the warehouse calls what a query gives this name to.

        >>> names = Names("postgres")
        >>> names.spelled(exp.to_identifier("Total")), names.spelled(exp.to_identifier("Total", quoted=True))
        ('total', 'Total')
        """
        name = str(identifier.this)
        if self._blind or identifier.args.get("quoted"):
            return name
        if self._strategy is NormalizationStrategy.LOWERCASE:
            return name.translate(_FOLDED)
        return name.upper() if self._strategy is NormalizationStrategy.UPPERCASE else name


@lru_cache(maxsize=32)
def names_of(dialect: str) -> Names:
    """Return the rules of a dialect."""
    return Names(dialect)
