"""A model's text with the names of what it reads replaced at their places; the rest stays as it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from datacanary.build.headings import nameless_column
from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Physical
from datacanary.model.project import Model, Reference, Span
from datacanary.sql.trees import MisreadError, dialect_of, tokens_of, tree_at


@dataclass(frozen=True, slots=True)
class Spliced:
    """The statements of a model, ready to run; `query` makes its rows."""

    preamble: tuple[str, ...]
    query: str


Place = Callable[[Reference], Physical | str]
"""Where a reference is to be read: a relation, or the path of a file."""


def splice(model: Model, place: Place, dialect: str) -> Spliced:
    """Point every reference of a model to its place.

    Raises ProjectError for a column that would be called after its table's place, and if anything but the names
    changed: that is a mistake of ours, told before anything runs.
    """
    edits = _edits(model, place, dialect)
    spans = (*model.preamble, model.query)
    texts = [_spliced(model.text, span, edits) for span in spans]
    for span, text in zip(spans, texts, strict=True):
        if model.unread is None:
            _refuse_nameless(model, span, edits, dialect)
        if _words(text, dialect) != _expected_words(model.text, span, edits, dialect):
            raise _changed(model)
    return Spliced(preamble=tuple(texts[:-1]), query=texts[-1])


def _edits(model: Model, place: Place, dialect: str) -> dict[Span, str]:
    edits: dict[Span, str] = {}
    prefixes: dict[Span, str] = {}
    for reference in model.references:
        target = place(reference)
        if isinstance(target, str):
            edits[reference.span] = exp.Literal.string(target).sql(dialect)
            continue
        parts = (part for part in (target.catalog, target.schema, target.name) if part)
        name = ".".join(exp.to_identifier(part, quoted=True).sql(dialect) for part in parts)
        # Without an alias two tables of one name stay apart, as `a.orders.id` and `b.orders.id`.
        same = reference.target is not None and target.name == reference.target.name
        renamed = reference.alias and not same
        edits[reference.span] = f"{name} AS {reference.alias}" if renamed else name
        prefixes[reference.span] = reference.alias if renamed else name
    edits.update((qualifier.span, prefixes.get(qualifier.table, qualifier.alias)) for qualifier in model.qualifiers)
    return edits


def _spliced(text: str, span: Span, edits: Mapping[Span, str]) -> str:
    pieces, position = [], span.start
    for edit in sorted((edit for edit in edits if _within(edit, span)), key=lambda one: one.start):
        # Two quotes side by side would be one within a name: `FROM orders"o"` is allowed.
        gap = " " if text[edit.end : edit.end + 1] in {'"', "'"} else ""
        pieces += [text[position : edit.start], edits[edit], gap]
        position = edit.end
    return "".join([*pieces, text[position : span.end]])


def _within(edit: Span, span: Span) -> bool:
    return span.start <= edit.start < span.end


def _words(text: str, dialect: str) -> list[tuple[TokenType, str]]:
    return [(token.token_type, token.text) for token in dialect_of(dialect).tokenize(text)]


def _expected_words(text: str, span: Span, edits: Mapping[Span, str], dialect: str) -> list[tuple[TokenType, str]]:
    """Replace the words of the edited places by those of the edits; every other word must stay."""
    begins = {edit.start: edit for edit in edits if _within(edit, span)}
    words, behind = [], 0
    for token in tokens_of(text, dialect):
        if not span.start <= token.start < span.end:
            continue
        edit = begins.get(token.start)
        if edit is not None:
            words += _words(edits[edit], dialect)
            behind = edit.end
        elif token.start >= behind:
            words.append((token.token_type, token.text))
    return words


def _refuse_nameless(model: Model, span: Span, edits: Mapping[Span, str], dialect: str) -> None:
    starts = frozenset(edit.start for edit in edits if _within(edit, span))
    try:
        tree = tree_at(model.text, span, dialect)
    except (SqlglotError, MisreadError) as error:
        raise _changed(model) from error
    start = nameless_column(tree, starts)
    if start is not None:
        line = model.text.count("\n", 0, start) + 1
        raise ProjectError(
            "This column has no name of its own; it would be called after the place of the table in it.",
            where=Where(model.path, line, start - model.text.rfind("\n", 0, start)),
            hint="Write AS and a name behind its expression.",
        )


def _changed(model: Model) -> ProjectError:
    return ProjectError(
        "Pointing this query to the run's tables would change what it means.",
        where=Where(model.path),
        hint="That is a mistake of datacanary: please report the query.",
    )
