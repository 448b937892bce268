"""Aggregates by what makes them unstable, each by its class in sqlglot or by its own name, without underscores."""

from __future__ import annotations

from sqlglot import exp

from datacanary.impact.nondeterminism.nodes import call_name

COLLECTING: frozenset[str] = frozenset(
    {"arrayagg", "arrayuniqueagg", "arrayconcatagg", "arrayunionagg", "groupconcat", "xmlagg", "multimapagg"}
    | {"jsonarrayagg", "jsonobjectagg", "jsonbagg", "jsongrouparray", "jsongroupobject"}
)
"""They put values one behind the other, in the order in which they meet them."""

PICKING: frozenset[str] = frozenset({"first", "last", "anyvalue", "arbitrary", "firstvalue", "lastvalue", "mode"})
"""They take one of the values: the first or last that they meet."""

BY_ANOTHER: frozenset[str] = frozenset({"argmax", "argmin", "argmaxnull", "argminnull", "maxby", "minby"})
"""They take the value where another is greatest or least."""

SKETCHING: frozenset[str] = frozenset(
    {"approxquantile", "approxquantiles", "approxtopk", "approxtopsum", "reservoirquantile", "lttb"}
    | {"percentileapprox", "tdigestagg", "qdigestagg", "approxmostfrequent", "numerichistogram"}
)
"""They estimate, by what they happened to keep."""

ADDING: frozenset[str] = frozenset({"sum", "avg", "mean", "weightedavg", "wavg"})
"""They add: exact unless the values are floats."""

ADDING_FLOATS: frozenset[str] = frozenset(
    {"stddev", "stddevpop", "stddevsamp", "variance", "variancepop", "corr", "covarpop", "covarsamp", "sem"}
    | {"skewness", "kurtosis", "kurtosispop", "entropy", "geomean", "geometricmean", "product"}
    | {"fsum", "favg", "kahansum", "sumkahan"}
    | {f"regr{what}" for what in ("slope", "intercept", "r2", "avgx", "avgy", "sxx", "sxy", "syy")}
)
"""They make floats of whatever they add."""

_OTHERS: frozenset[str] = frozenset({"histogram", "mad", "bitstringagg", "mapagg", "mapunion", "reduceagg", "checksum"})
_EVERY = COLLECTING | PICKING | BY_ANOTHER | SKETCHING | ADDING | ADDING_FLOATS | _OTHERS


def is_aggregate(node: exp.Expr) -> bool:
    """Tell whether a function makes one value of many rows."""
    return isinstance(node, exp.AggFunc) or (isinstance(node, exp.Anonymous) and call_name(node) in _EVERY)
