"""What kinds of functions stand in an expression: asked of each column of a SELECT."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp

from datacanary.impact.meaning.reading import Reading

_AROUND = (exp.IgnoreNulls, exp.RespectNulls, exp.Filter, exp.WithinGroup)
_WITHOUT = (exp.Column, exp.Literal, exp.Identifier, exp.DataType)
_STEPPED_OVER = (*_WITHOUT, exp.Query)


class Traits(NamedTuple):
    """Whether an expression makes one value of many rows, several rows of one; and its windows.

    Windows are no aggregates, though aggregates can stand in them; queries within count for themselves.
    """

    aggregate: bool = False
    multiplying: bool = False
    windows: tuple[exp.Window, ...] = ()


_NONE = Traits()


def traits_of(node: exp.Expr, reading: Reading) -> Traits:
    """Look through an expression."""
    inner = node.this if type(node) is exp.Alias else node
    if type(inner) in _WITHOUT:
        return _NONE
    aggregate = multiplying = False
    windows: list[exp.Window] = []
    pending: list[exp.Expr] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, _STEPPED_OVER):
            continue
        if type(one) is exp.Window:
            windows.append(one)
            pending += _inside(one)
            continue
        if isinstance(one, exp.Func | exp.UDTF):
            kind = reading.function(one)
            aggregate = aggregate or kind == "aggregate"
            multiplying = multiplying or kind == "rows"
        pending += one.iter_expressions()
    return Traits(aggregate, multiplying, tuple(windows)) if aggregate or multiplying or windows else _NONE


def _inside(window: exp.Window) -> list[exp.Expr]:
    """Return what stands in a window, without the function itself."""
    found: list[exp.Expr] = [part for part in window.iter_expressions() if part is not window.this]
    function: exp.Expr = window.this
    while isinstance(function, _AROUND):
        found += [part for part in function.iter_expressions() if part is not function.this]
        function = function.this
    return [*found, *function.iter_expressions()]
