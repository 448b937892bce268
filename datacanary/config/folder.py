"""`project.path`: where a project's files are."""

from __future__ import annotations

from datacanary.config import read
from datacanary.config.nodes import Node


def folder(node: Node) -> str:
    """Read the folder of a project."""
    path = read.text(node, "a folder, relative to this file")
    # A version has the files below its config only: git cannot be asked for those beside it.
    if path.startswith(("/", "~")) or "\\" in path or ".." in path.split("/"):
        raise read.wrong(node, "a folder, relative to this file, with '/' between its parts")
    return path
