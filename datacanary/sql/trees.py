"""The words and the statements of a text: parsed once in a process, whoever asks and wherever the text lies."""

from __future__ import annotations

import functools
import itertools
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from datacanary.model.project import Model, Span

MOST_CHARACTERS = 4_000_000
"""The texts that are remembered have so many characters at most; a character takes some 200 bytes of memory."""

_DEEPEST = 500
"""Where more parentheses stand in one another, the compiled parser can run out of the process's stack."""

_STEPS = {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One parsed statement and its words.

    The tree is everybody's: who wants to change it takes a copy. Its nodes' `meta["start"]` are places in the text.
    """

    tree: exp.Expr
    tokens: tuple[Token, ...]

    @property
    def span(self) -> Span:
        """From the first word to the last, without comments around."""
        return Span(self.tokens[0].start, self.tokens[-1].end + 1)


class MisreadError(Exception):
    """A statement that sqlglot cannot read: its words, the statements before it, and as cause what sqlglot said."""

    def __init__(self, tokens: tuple[Token, ...], before: tuple[Statement, ...] = ()) -> None:
        super().__init__("The statement does not parse.")
        self.tokens = tokens
        self.before = before


@dataclass(slots=True, eq=False)
class _Text:
    """What is known of one text; `queries` are those behind CREATE … AS, by where they begin."""

    tokens: tuple[Token, ...]
    statements: tuple[Statement, ...] | None = None
    queries: dict[int, Statement] = field(default_factory=dict)


class _Remembered:
    """The texts read last. Threads may share it: at worst two of them parse the same text."""

    def __init__(self, most_characters: int) -> None:
        self._most = most_characters
        self._lock = threading.Lock()
        self._texts: OrderedDict[tuple[str, str], _Text] = OrderedDict()
        self._characters = 0

    def find(self, text: str, dialect: str) -> _Text:
        """Return what is known of a text; raises TokenError for one that cannot be split into words."""
        key = (text, dialect)
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
                return self._texts[key]
        found = _Text(tuple(dialect_of(dialect).tokenize(text)))
        with self._lock:
            if key not in self._texts:
                self._characters += len(text)
            self._texts[key] = found
            while self._characters > self._most and len(self._texts) > 1:
                (oldest, _), _ = self._texts.popitem(last=False)
                self._characters -= len(oldest)
        return found


_REMEMBERED = _Remembered(MOST_CHARACTERS)


@functools.cache
def dialect_of(name: str) -> Dialect:
    """Return sqlglot's dialect of that name."""
    return Dialect.get_or_raise(name)


def tokens_of(text: str, dialect: str) -> tuple[Token, ...]:
    """Split a text into words; raises sqlglot's TokenError for a quote or comment that is never closed."""
    return _REMEMBERED.find(text, dialect).tokens


def statements_of(text: str, dialect: str) -> tuple[Statement, ...]:
    """Parse a text's statements, in their order.

    Raises MisreadError for one that does not parse, and what `tokens_of` raises. What went wrong is not remembered.

    >>> [statement.span for statement in statements_of("SET threads = 2; SELECT 1 AS one;", "duckdb")]
    [Span(start=0, end=15), Span(start=17, end=32)]
    >>> statements_of("SELECT 1", "duckdb") is statements_of("SELECT 1", "duckdb")
    True
    """
    found = _REMEMBERED.find(text, dialect)
    if found.statements is None:
        found.statements = _parsed(found.tokens, text, dialect)
    return found.statements


def query_behind(text: str, create: Statement, dialect: str) -> Statement | None:
    """Parse the query of CREATE … AS by itself, so that nothing is around it; None where there is no AS.

    Raises MisreadError if it does not parse.
    """
    after = behind_as(create.tokens)
    if not after:
        return None
    queries = _REMEMBERED.find(text, dialect).queries
    start = create.tokens[after].start
    if start not in queries:
        queries[start] = _statement(create.tokens[after:], text, dialect)
    return queries[start]


def tree_at(text: str, span: Span, dialect: str) -> exp.Expr:
    """Return the tree of the statement, or of the query behind CREATE … AS, that takes a span of a text.

    Raises ParseError if none does, and what `statements_of` raises.
    """
    for statement in statements_of(text, dialect):
        own = statement.span
        if own == span:
            return statement.tree
        if own.start < span.start and own.end == span.end:
            query = query_behind(text, statement, dialect)
            if query is not None and query.span == span:
                return query.tree
    raise ParseError(f"No statement takes the characters {span.start} to {span.end}.")


def model_trees(model: Model, dialect: str) -> tuple[tuple[exp.Expr, ...], exp.Expr]:
    """Return the trees of the statements before a model's query, and that of its query.

    Their nodes' `meta["start"]` are places in the model's text. Raises what `tree_at` raises; a model of a project
    has been read before, so for one of those nothing is.
    """
    return tuple(tree_at(model.text, span, dialect) for span in model.preamble), tree_at(
        model.text, model.query, dialect
    )


def _parsed(tokens: tuple[Token, ...], text: str, dialect: str) -> tuple[Statement, ...]:
    found: list[Statement] = []
    for chunk in _chunks(tokens, text):
        try:
            found.append(_statement(chunk, text, dialect))
        except MisreadError as error:
            raise MisreadError(chunk, tuple(found)) from error.__cause__
    return tuple(found)


def _chunks(tokens: tuple[Token, ...], text: str) -> list[tuple[Token, ...]]:
    if ";" not in text:
        return [tokens] if tokens else []
    ends = [index for index, token in enumerate(tokens) if token.token_type is TokenType.SEMICOLON]
    starts = [0, *(end + 1 for end in ends)]
    chunks = (tuple(tokens[start:end]) for start, end in zip(starts, [*ends, len(tokens)], strict=True))
    return [chunk for chunk in chunks if chunk]


def _statement(tokens: tuple[Token, ...], text: str, dialect: str) -> Statement:
    try:
        tree = _tree(tokens, text, dialect)
    # sqlglot stumbles over some texts that are no SQL instead of refusing them.
    except (SqlglotError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise MisreadError(tokens) from error
    if tree is None:
        raise MisreadError(tokens)
    return Statement(tree, tokens)


def _tree(tokens: tuple[Token, ...], text: str, dialect: str) -> exp.Expr | None:
    if _is_too_deep(tokens):
        raise RecursionError
    parser = dialect_of(dialect).parser()
    tree = parser.parse(list(tokens), text)[0]
    if isinstance(tree, exp.Command) and tokens[0].token_type is TokenType.CREATE and behind_as(tokens):
        # sqlglot cannot read CREATE … AS PIVOT in one go, but it can read both halves.
        after = behind_as(tokens)
        stand_in = dialect_of(dialect).tokenize("SELECT 1")
        tree = parser.parse([*tokens[:after], *stand_in], text)[0]
        if isinstance(tree, exp.Create):
            tree.set("expression", parser.parse(list(tokens[after:]), text)[0])
    return tree


def _is_too_deep(tokens: Sequence[Token]) -> bool:
    if len(tokens) <= _DEEPEST:
        return False
    steps = (_STEPS.get(token.token_type, 0) for token in tokens)
    return max(itertools.accumulate(steps)) > _DEEPEST


def behind_as(tokens: Sequence[Token]) -> int:
    """Return the index of the token behind the AS of `CREATE … AS`, 0 if there is none."""
    depth = 0
    for index, token in enumerate(tokens[:-1]):
        depth += _STEPS.get(token.token_type, 0)
        if token.token_type is TokenType.ALIAS and depth == 0:
            return index + 1
    return 0
