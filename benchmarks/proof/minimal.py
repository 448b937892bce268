"""Makes what was refuted small: fewer rows, and less of both queries, as long as it stays refuted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from proof.claims import claim, judged, meaning, tables_of
from proof.data import Dataset, Rows, named_in
from proof.draft import parsed, text_of
from proof.execution import Database, NotRunError

ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Refutation:
    """Two queries and rows on which they differ in what was said to be equal."""

    base: str
    head: str
    rows: Dataset

    def stands(self) -> bool:
        """Tell whether the claim about the two is wrong on these rows."""
        database = Database([self.rows])
        tables = tables_of(self.rows.schema)
        try:
            claimed = claim(meaning(self.base, tables, "base"), meaning(self.head, tables, "head"))
            if claimed.rows:
                return False
            results = database.run(self.base), database.run(self.head)
            return judged(claimed, *results, (self.base, self.head)) == "refuted"
        except NotRunError:
            return False
        except Exception:  # noqa: BLE001 -- a query that is cut to pieces may be anything
            return False
        finally:
            database.close()

    def told(self) -> str:
        """Write it down, to be run by hand."""
        return "\n".join(
            [*(f"{line};" for line in self.rows.statements()), f"-- base\n{self.base};", f"-- head\n{self.head};"]
        )


def minimal(found: Refutation) -> Refutation:
    """Return a smaller one."""
    for _ in range(ROUNDS):
        smaller = _fewer_rows(_shorter(found))
        if smaller == found:
            break
        found = smaller
    return _fewer_tables(found)


def _fewer_tables(found: Refutation) -> Refutation:
    names = {table.name for sql in (found.base, found.head) for table in parsed(sql).find_all(exp.Table)}
    kept = named_in(found.rows.schema, sorted(names))
    smaller = replace(found, rows=Dataset(kept, {name: found.rows.rows[name] for name in kept}))
    return smaller if smaller.stands() else found


def _fewer_rows(found: Refutation) -> Refutation:
    for table in found.rows.schema:
        size = max(1, len(found.rows.rows.get(table, ())) // 2)
        while size:
            place = 0
            while place < len(found.rows.rows.get(table, ())):
                rows = found.rows.rows[table]
                smaller = _with_rows(found, table, (*rows[:place], *rows[place + size :]))
                if smaller.stands():
                    found = smaller
                else:
                    place += size
            size //= 2
    return found


def _with_rows(found: Refutation, table: str, rows: Rows) -> Refutation:
    changed: Mapping[str, Rows] = {**found.rows.rows, table: rows}
    return replace(found, rows=replace(found.rows, rows=changed))


def _shorter(found: Refutation) -> Refutation:
    """Leave the same piece out of both queries, or out of the one that has it."""
    moved = True
    while moved:
        moved = False
        for left_out in _pieces(found):
            smaller = replace(found, base=left_out(found.base), head=left_out(found.head))
            if len(smaller.base) + len(smaller.head) < len(found.base) + len(found.head) and smaller.stands():
                found, moved = smaller, True
                break
    return found


def _pieces(found: Refutation) -> Iterator[Callable[[str], str]]:
    seen = set[tuple[str, str]]()
    for sql in (found.base, found.head):
        for node in parsed(sql).walk(bfs=True):
            piece = (type(node).__name__, text_of(node))
            if piece not in seen and isinstance(node.parent, exp.Expr):
                seen.add(piece)
                yield lambda text, piece=piece: _without(text, piece)  # type: ignore[misc]


def _without(sql: str, piece: tuple[str, str]) -> str:
    """Drop the first node of that kind and text: from its list, or for its first operand."""
    tree = parsed(sql)
    for node in tree.find_all(exp.Expr):
        if (type(node).__name__, text_of(node)) != piece or node.parent is None:
            continue
        inner = node.args.get("this")
        if isinstance(node, (exp.Binary, exp.Paren, exp.Func, exp.Not)) and isinstance(inner, exp.Expr):
            node.replace(inner.copy())
        else:
            node.pop()
        break
    try:
        return text_of(tree)
    except (ValueError, AttributeError, TypeError, KeyError):
        return sql
