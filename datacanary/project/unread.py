"""A query that only the warehouse's own parser reads: its names, found and proven by that parser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot.tokenizer_core import Token, TokenType

from datacanary.errors import ProjectError, Where
from datacanary.model.outline import NamedTable, Outline, OutlineOf
from datacanary.model.project import Span, Unread
from datacanary.project.functions import BY_A_COMPUTED_NAME, DATA_FILE, FILE_READERS, PURE
from datacanary.project.lexing import place_in
from datacanary.project.naming import fold, quoted
from datacanary.project.references import Name
from datacanary.project.scopes import Temporary, made_by
from datacanary.project.statements import NotReadError, read_script
from datacanary.sql.trees import behind_as, tokens_of

_SYSTEM = frozenset({"information_schema", "pg_catalog"})
_STAND_IN = "SELECT 1"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What the warehouse's parser says of a query; `stand_in` is the text with another query in its place."""

    stand_in: str
    query: Span
    names: tuple[Name, ...]
    unpinned: tuple[str, ...]
    why: Unread


def read_otherwise(text: str, path: str, dialect: str, error: NotReadError, outline: OutlineOf) -> Otherwise:
    """Find what a query reads that our parser cannot read.

    Each name must be replaceable: with others in their places, the warehouse's parser must read these and otherwise the
    same query. Raises the error again if it does not read the query, and ProjectError for what cannot be shown.
    """
    tokens = tokens_of(text, dialect)
    query = _query(tokens, error)
    outlined = outline(text[query.start : query.end]) if query is not None else None
    if query is None or outlined is None or error.where is None:
        raise error
    stand_in = text[: query.start] + _STAND_IN
    temporary = made_by(statement.tree for statement in read_script(stand_in, path, dialect).preamble)
    reading = _Reading(text, path, dialect, query, outlined, temporary, error)
    names = reading.shown(reading.names(tokens), outline)
    why = Unread(error.problem, error.where.line or 1, error.where.column or 1)
    return Otherwise(stand_in, query, names, reading.unpinned(), why)


def _query(tokens: Sequence[Token], error: NotReadError) -> Span | None:
    """Return where the query stands that is not read: the last statement, or what is behind AS in it."""
    last = [token for token in tokens if token.token_type is not TokenType.SEMICOLON][-1]
    if error.tokens[-1].end != last.end:
        return None
    first = error.tokens[0]
    if first.token_type is TokenType.CREATE:
        after = behind_as(error.tokens)
        if not after:
            return None
        first = error.tokens[after]
    return Span(first.start, last.end + 1)


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    path: str
    dialect: str
    query: Span
    outlined: Outline
    temporary: Temporary
    error: NotReadError

    def names(self, tokens: Sequence[Token]) -> tuple[Name, ...]:
        """Return the names that are to be replaced; raises ProjectError for what cannot be."""
        self._refuse_the_rest()
        by_start = {token.start: index for index, token in enumerate(tokens)}
        found = []
        for table in self.outlined.tables:
            start = self.query.start + table.start
            if not self._is_plain(table, start):
                continue
            words = tokens[by_start[start] :][: 2 * len(table.parts) - 1] if start in by_start else ()
            if tuple(word.text for word in words[::2]) != table.parts:
                raise self._refused("one of its names is not found in the text")
            where = place_in(self.text, self.path, start)
            alias = "" if table.alias else quoted(table.parts[-1], self.dialect)
            parts = tuple(map(fold, table.parts))
            found.append(Name(parts, Span(start, words[-1].end + 1), alias, where.line or 1, where.column or 1))
        return tuple(found)

    def unpinned(self) -> tuple[str, ...]:
        """Return the functions and catalogs in FROM whose rows nobody can hold still."""
        functions = [fold(name) for name in self.outlined.functions]
        catalogs = [".".join(map(fold, one.parts[-2:])) for one in self.outlined.tables if self._is_of_the_system(one)]
        known = PURE | self.temporary.macros
        return (*(f"{name}()" for name in functions if name not in known), *catalogs)

    def _is_plain(self, table: NamedTable, start: int) -> bool:
        if self.text[start] == "'" or (self.text[start] == '"' and DATA_FILE.fullmatch(table.parts[-1])):
            raise self._refused("it names a data file", "Name the file under `sources:`, and read that name.", start)
        *before, name = map(fold, table.parts)
        own = before in ([], ["temp"], ["main"], ["temp", "main"]) and name in self.temporary.relations
        return not own and not self._is_of_the_system(table)

    @staticmethod
    def _is_of_the_system(table: NamedTable) -> bool:
        return any(fold(part) in _SYSTEM for part in table.parts[:-1])

    def _refuse_the_rest(self) -> None:
        functions = {fold(name) for name in self.outlined.functions}
        if functions & (BY_A_COMPUTED_NAME | FILE_READERS) or any(name.endswith("_scan") for name in functions):
            raise self._refused("it reads files, or tables by a computed name", "Read them in a model of their own.")
        called = {fold(table.parts[-1]) for table in self.outlined.tables}
        if any(fold(column[1]) in called for column in self.outlined.columns):
            raise self._refused("a column has its table's schema in front", "Write only the table before it.")
        if self.outlined.nameless:
            raise self._refused("a column that reads a table has no name", "Write AS and a name behind it.")

    def _refused(self, why: str, hint: str = "", start: int | None = None) -> ProjectError:
        where: Where | None = self.error.where if start is None else place_in(self.text, self.path, start)
        problem = f"{self.error.problem}; the warehouse reads it, but {why}, so that datacanary cannot build it apart."
        return ProjectError(problem, where=where, hint=hint or "Write that part otherwise.")

    def shown(self, names: tuple[Name, ...], outline: OutlineOf) -> tuple[Name, ...]:
        """Prove that names can be replaced; an alias is added only where the query takes one."""
        found = tuple(name if not name.alias or self._holds((name,), outline) else _bare(name) for name in names)
        if not self._holds(found, outline):
            raise self._refused("putting other tables into it would change it")
        return found

    def _holds(self, names: tuple[Name, ...], outline: OutlineOf) -> bool:
        """Tell whether the query with these names replaced is the same query over those other tables."""
        trial = outline(_spliced(self.text, self.query, names, self.dialect))
        if trial is None or trial.rest != self.outlined.rest or len(trial.tables) != len(self.outlined.tables):
            return False
        replaced = {name.span.start: (number, name) for number, name in enumerate(names)}
        for before, after in zip(self.outlined.tables, trial.tables, strict=True):
            expected = (before.parts, before.alias)
            if self.query.start + before.start in replaced:
                number, name = replaced[self.query.start + before.start]
                expected = (_trial(number), before.parts[-1] if name.alias else before.alias)
            if (after.parts, after.alias) != expected:
                return False
        return True


def _bare(name: Name) -> Name:
    return Name(name.parts, name.span, "", name.line, name.column)


def _trial(number: int) -> tuple[str, ...]:
    return "datacanary", "trial", f"table {number}"


def _spliced(text: str, query: Span, names: Sequence[Name], dialect: str) -> str:
    """Put other tables into a query, as the build does."""
    pieces, position = [], query.start
    for number, name in sorted(enumerate(names), key=lambda one: one[1].span.start):
        other = ".".join(quoted(part, dialect) for part in _trial(number))
        pieces += [text[position : name.span.start], other, f" AS {name.alias} " if name.alias else " "]
        position = name.span.end
    return "".join([*pieces, text[position : query.end]])
