"""What people read beside a change, word for word; DATACANARY_GOLDEN=write pytest tests/golden writes it anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from explained import EXPLAINED
from of_dbt import OF_DBT
from reports import REPORTS as JUDGED

from datacanary.forge.protocol import HostKind
from datacanary.forge.sticky import Marker, marked
from datacanary.report import junit, markdown
from datacanary.report.markdown import MarkdownTarget

FOLDER = Path(__file__).parent / "shared"
REPORTS = JUDGED | EXPLAINED | OF_DBT
MARKER = Marker("shop", "4f1c9e2", "98213", "1")
LINK = "https://ci.example/98213"


def beside(name: str, host: HostKind) -> str:
    """Write a report for a host as a job does."""
    return marked(markdown.render(REPORTS[name], MarkdownTarget.of(host, link=LINK, project="shop")), MARKER, host)


TEXTS: dict[str, Callable[[], str]] = {
    "github.md": lambda: beside("fail", "github"),
    "github_not_compared.md": lambda: beside("build_failed", "github"),
    "gitlab.md": lambda: beside("explained", "gitlab"),
    "bitbucket.md": lambda: beside("dbt", "bitbucket"),
    "azure.md": lambda: beside("new_and_gone", "azure"),
    "junit.xml": lambda: junit.render(REPORTS["dbt"]).replace("><", ">\n<"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_report_reads_as_agreed(name: str) -> None:
    file = FOLDER / name
    text = TEXTS[name]() + "\n"
    if os.environ.get("DATACANARY_GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")
