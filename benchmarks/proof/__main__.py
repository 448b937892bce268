"""Runs `python -m benchmarks.proof`."""

from __future__ import annotations

import sys
from pathlib import Path

# The benchmarks are scripts beside each other: so they find one another.
sys.path.insert(0, str(Path(__file__).parents[1]))

from proof.command import main

if __name__ == "__main__":
    sys.exit(main())
