"""Planted personal data: no output, log or error holds any of it; a browser sees no element that comes from data."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from shop import CONFIG, Shop, make_shop

MASKS = "samples: {show: allowed, allow: [people.handle, people.phone, people.country, people.email, ages.age]}\n"
KEYS = "  people: {key: [handle]}\n  ages: {key: [customer_id]}\n"
PEOPLE = "select customer_id, email, lower(email) as handle, phone, country, 1 as visits from raw.people\n"
AGES = "select customer_id, length(email) as age from raw.people\n"
PLANTED = ("pii.example", "555-000", "Planted")
BROKEN = "select customer_id, email::int as number from raw.people\n"
FORMATS = ("terminal", "markdown", "html", "junit", "json")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    place = make_shop(tmp_path_factory.mktemp("masking"))
    place.execute(
        "create table raw.people as select range as customer_id, 'Planted-' || range || '@pii.example' as email, "
        "'+43 555-000' || range as phone, ['at', 'de'][1 + range % 2] as country from range(200)"
    )
    place.commit(
        {
            "datacanary.yml": CONFIG + KEYS + MASKS,
            "models/people.sql": PEOPLE,
            "models/ages.sql": AGES,
            "models/numbers.sql": BROKEN.replace("::int", ""),
        }
    )
    place.write(
        {
            "models/people.sql": PEOPLE.replace("1 as visits", "customer_id % 3 as visits").replace(
                " country,", " upper(country) as country,"
            ),
            "models/ages.sql": AGES.replace("length(email)", "length(email) + 1"),
            "models/numbers.sql": BROKEN,
        }
    )
    done = place.run("check", "--verbose")
    assert done.exit_code in {1, 3}, done.stderr
    assert found_in(done.stdout + done.stderr) == []
    return place


def found_in(text: str) -> list[str]:
    """Return what was planted and is there, as it is or as entities of Markdown."""
    plain = re.sub(r"&#(\d+);(?:<wbr>)?", lambda found: chr(int(found[1])), text)
    return [one for one in PLANTED if one.lower() in plain.lower()]


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_that_was_planted_comes_out(shop: Shop, format: str) -> None:  # noqa: A002 -- the option's name
    done = shop.run("report", "last", "--format", format)
    assert done.exit_code == 0, done.stderr
    assert "people" in done.stdout
    assert found_in(done.stdout + done.stderr) == []


def test_what_base_allows_is_shown_but_what_is_made_of_something_hidden(shop: Shop) -> None:
    tables = {table["name"]: table for table in shop.run("report", "last", "--format", "json").json["tables"]}
    country = next(one for one in tables["people"]["columns"] if one["name"] == "country")
    assert {one["value"] for one in country["statistics"]["base"]["top"]} == {"at", "de"}
    age = next(one for one in tables["ages"]["columns"] if one["name"] == "age")
    assert "min" not in age["statistics"]["base"]
    assert all(not row["key"] for row in tables["people"]["samples"])
    assert all(row["key"] for row in tables["ages"]["samples"])
    page = shop.run("report", "last", "--format", "html").stdout
    assert re.search(r"k-[0-9a-f]{6}", page)


def test_the_secret_of_a_run_stays_in_its_folder_which_is_the_users_alone(shop: Shop) -> None:
    (folder,) = shop.runs()
    stored = (folder / "run.json").read_text("utf-8")
    (secret,) = re.findall(r'"secret": "([0-9a-f]{32})"', stored)
    assert (folder / "run.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in FORMATS:
        assert secret not in shop.run("report", "last", "--format", name).stdout


def test_a_report_goes_to_a_file(shop: Shop) -> None:
    file = shop.home / "page.html"
    done = shop.run("report", "last", "--format", "html", "--output", str(file))
    assert f"report in {file}" in done.stdout
    assert file.read_text("utf-8").startswith("<!doctype html>")


class Elements(HTMLParser):
    """Which elements a page has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element."""
        del attrs
        self.found[tag] += 1


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium on this machine")
def test_a_browser_sees_what_the_file_says(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    shop.write({"models/<img src=x onerror=alert(1)>.sql": "select 1 as \"<script>document.title='x'</script>\"\n"})
    page = tmp_path / "page.html"
    done = shop.run("check", "--format", "html")
    page.write_text(done.stdout, "utf-8")
    browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    seen = subprocess.run(
        [*browser, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    ).stdout
    assert "&lt;img src=x onerror=alert(1)&gt;" in seen
    elements = Elements(seen).found
    assert elements == Elements(done.stdout).found
    assert {"script", "img", "iframe", "link"}.isdisjoint(elements)
