"""What holds for every test."""

import os
import sys

# An installed program has its modules compiled. Where a machine forbids to keep them, each of the hundreds of starts
# below would compile all of them again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
