"""What differing rows have in common, in words."""

from __future__ import annotations

from dataclasses import dataclass

from datacanary.tablediff.causes.axes import Axis
from datacanary.tablediff.causes.bounds import span_told
from datacanary.tablediff.causes.descriptions import Description
from datacanary.tablediff.causes.limits import Limits
from datacanary.tablediff.causes.wording import called, listed, values_told
from datacanary.tablediff.statistics.bins import ValueBins

SPECIAL = ("NULL", "NaN", "Infinity", "-Infinity")
"""What the last bins of numbers and times hold."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What rows have in common: `told` follows a noun in the plural.

    It may show values of the column, `discreet` never does; that is empty if `told` does not either.
    """

    told: str
    discreet: str = ""

    @property
    def masked(self) -> str:
        """The words without values."""
        return self.discreet or self.told


def condition_of(found: Description) -> Condition:
    """Write a description.

    A column's name stands in it as it is, quoted if it could be misread.
    """
    if found.limits is not None:
        return limits_condition(found.axis, found.limits)
    name = called(found.axis.name)
    if found.form == "other_than":
        (missing,) = set(range(found.axis.bins.size)) - set(found.bins)
        if missing == found.axis.null:
            return Condition(f"have a value of {name} (not NULL)")
        return Condition(
            f"have {name} other than {bins_told(found.axis, (missing,))[0]}", f"have any value of {name} but one"
        )
    if found.null:
        return Condition(f"have no {name} (NULL)")
    values = bins_told(found.axis, found.bins)
    if found.form == "values":
        return Condition(f"have {name} {listed(values, 'or')}", f"share {len(values)} values of {name}")
    secret = isinstance(found.axis.bins, ValueBins)
    return Condition(f"have {name} = {values[0]}", f"share one value of {name}" if secret else "")


def limits_condition(axis: Axis, limits: Limits) -> Condition:
    """Write a range, or the one value that it has come down to."""
    name, dtype = called(axis.name), axis.cells.dtype
    if limits.first == limits.last:
        value = values_told(axis.cells.filter(axis.in_order == limits.first).head(1))
        return Condition(f"have {name} = {value[0]}", f"share one value of {name}")
    return Condition(f"have {span_told(name, limits.span(), dtype)}", f"lie in one range of {name}")


def bins_told(axis: Axis, bins: tuple[int, ...]) -> list[str]:
    """Write the values of bins of one value each."""
    if not isinstance(axis.bins, ValueBins):
        return [SPECIAL[place - axis.ordered] for place in bins]
    values = values_told(axis.bins.values)
    return [values[place] if place < len(values) else SPECIAL[0] for place in bins]
