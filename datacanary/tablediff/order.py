"""Proof that no key value occurs twice, for the price of a look at each: keys that only ever grow."""

from __future__ import annotations

import polars as pl


class Growth:
    """Whether the keys that passed by were ever larger, or ever smaller, than the ones before; NULLs end it."""

    def __init__(self) -> None:
        self.proven = True
        self.last: pl.DataFrame | None = None
        self.falling: bool | None = None

    def see(self, keys: pl.DataFrame) -> None:
        """Look at the next written keys."""
        if not self.proven or keys.height == 0:
            return
        self.proven = have_order(keys)
        if not self.proven:
            return
        # Border and inside are looked at apart: shifted slices of several chunks would have to be copied.
        neighbours = [(keys.head(-1), keys.slice(1))]
        if self.last is not None:
            neighbours.append((self.last, keys.head(1)))
        for before, after in neighbours:
            if self.proven and before.height:
                if self.falling is None:
                    self.falling = not below(before.head(1), after.head(1))
                self.proven = below(after, before) if self.falling else below(before, after)
        self.last = keys.tail(1)

    def see_same(self, keys: pl.DataFrame, other: Growth) -> None:
        """Look at the next keys, which are those that the other side has just seen, and take over what it found."""
        self.see(keys.head(1))
        if other.falling is not None and self.falling not in {None, other.falling}:
            self.proven = False
        self.proven = self.proven and other.proven
        self.falling = other.falling if self.falling is None else self.falling
        self.last = other.last


def have_order(keys: pl.DataFrame) -> bool:
    """Tell whether any two of these rows can be told smaller and larger."""
    return all(has_order(dtype) for dtype in keys.dtypes) and not any(key.null_count() for key in keys)


def has_order(dtype: pl.DataType) -> bool:
    """Tell whether values of this type have an order in which equal ones are equal: floats have NaN."""
    return dtype.is_integer() or isinstance(dtype, pl.String | pl.Binary | pl.Decimal) or dtype.is_temporal()


def below(small: pl.DataFrame, large: pl.DataFrame) -> bool:
    """Tell whether each row of one frame is smaller than that of the other, column by column from the first.

    >>> below(pl.DataFrame({"c0": [1, 1], "c1": ["a", "b"]}), pl.DataFrame({"c0": [1, 2], "c1": ["b", "a"]}))
    True
    """
    larger: pl.Series | None = None
    for low, high in zip(reversed(small.get_columns()), reversed(large.get_columns()), strict=True):
        more = low < high
        larger = more if larger is None else more | ((low == high) & larger)
    return larger is None or bool(larger.all())
