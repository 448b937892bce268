"""Ours on two frames that are in memory already: how long one call takes, for those who call it often."""

from __future__ import annotations

import json
import statistics
import sys
import time

import polars as pl

from datacanary import diff

CALLS = 50


def main() -> None:
    """Print the seconds of the first call, which makes threads and such, and the median of those after it."""
    base, head = (pl.read_parquet(path) for path in sys.argv[1:])
    seconds = []
    for _ in range(1 + CALLS):
        started = time.perf_counter()
        diff(base, head, key=["id"])
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"first": seconds[0], "median": statistics.median(seconds[1:])}))


if __name__ == "__main__":
    main()
