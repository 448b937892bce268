"""Shows and judges what a git branch does to the data, before it ships."""

from datacanary.version import __version__

__all__ = ["__version__"]
