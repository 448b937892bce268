"""The parts of the HTML report: what is drawn adds up, and nothing is lost on the way."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from full_report import full_report, statistics
from hypothesis import given
from hypothesis import strategies as st

from datacanary.model.basic import Pair
from datacanary.model.run import Report
from datacanary.model.statistics import ValueCount
from datacanary.model.tablediff import RowCounts
from datacanary.report import html
from datacanary.report.distribution import BINS, Quantiles, bars_of, number, shapes_of
from datacanary.report.encoding import for_html
from datacanary.report.html_lineage import drawn
from datacanary.report.html_pictures import balance
from datacanary.report.lineage import Lineage, lineage_of

RANKS = ("p1", "p5", "p25", "p50", "p75", "p95", "p99")
NUMBERS = st.lists(st.floats(-1e9, 1e9), min_size=7, max_size=7).map(sorted)


@given(base=NUMBERS, head=NUMBERS)
def test_the_bins_of_each_side_hold_all_of_its_values(base: list[float], head: list[float]) -> None:
    sides: Pair[Quantiles] = Pair(dict(zip(RANKS, base, strict=True)), dict(zip(RANKS, head, strict=True)))
    found = shapes_of(sides)
    if found is None:
        assert min(base[0], head[0]) == max(base[-1], head[-1])
        return
    for side in found.bins:
        assert len(side) == BINS
        assert min(side) >= 0
        assert sum(side) == pytest.approx(1)


def test_what_has_no_order_is_not_drawn() -> None:
    assert shapes_of(Pair({}, {})) is None
    assert shapes_of(Pair({"p50": "a", "p99": "b"}, {"p50": "a", "p99": "b"})) is None
    assert [number(one) for one in ("NaN", "Infinity", "2026-01-02T03:04:05+02:00")][2] is not None
    assert shapes_of(Pair({"p1": "NaN", "p99": 1}, {"p1": 0, "p99": 1})) is None


def test_frequent_values_are_told_and_rare_ones_not() -> None:
    many = replace(statistics(), top=(ValueCount("a", 60), ValueCount(None, 3)))
    found = bars_of(Pair(many, replace(many, top=(ValueCount("b", 30),))))
    assert [(bar.value, bar.shares) for bar in found] == [
        ("'a'", Pair(60 / 90, None)),
        ("'b'", Pair(None, 30 / 90)),
        ("NULL", Pair(3 / 90, None)),
    ]
    rare = replace(many, top=(ValueCount("a", 2),))
    assert bars_of(Pair(rare, rare)) == ()


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_bar_of_rows_is_as_wide_as_it_may_be(added: int, removed: int, changed: int, same: int) -> None:
    rows = RowCounts(removed + changed + same, added + changed + same, added, removed, changed, same)
    widths = [float(one) for one in re.findall(r'width="([\d.]+)"', balance(rows))]
    assert len(widths) == sum(1 for one in (added, removed, changed, same) if one)
    assert not widths or sum(widths) + len(widths) == pytest.approx(600, abs=0.5)


@given(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda edge: edge[0] < edge[1]), min_size=1))
def test_no_two_tables_are_drawn_over_one_another_and_edges_go_to_the_right(edges: set[tuple[int, int]]) -> None:
    named = tuple((f"t{read}", f"t{reader}") for read, reader in sorted(edges))
    names = dict.fromkeys(name for edge in named for name in edge)
    picture = drawn(Lineage(dict.fromkeys(names, "pass"), named, 0))
    places = re.findall(r'<title>(t\d+): pass</title><rect x="(\d+)" y="(\d+)"', picture)
    assert {name for name, _, _ in places} == set(names)
    boxes = [(int(x), int(y)) for _, x, y in places]
    assert len(set(boxes)) == len(boxes)
    at = {name: int(x) for name, x, _ in places}
    assert [edge for edge in named if at[edge[0]] >= at[edge[1]]] == []


def test_a_circle_does_not_keep_the_picture_from_being_drawn() -> None:
    assert "<svg" in drawn(Lineage({"a": "pass", "b": "fail"}, (("a", "b"), ("b", "a")), 0))


def test_a_lineage_has_the_worst_tables_with_what_leads_to_them() -> None:
    report = full_report()
    table = replace(report.tables[0], effect="changed", inherited_from=())
    found = lineage_of([table], {"orders": "fail"}, 10)
    assert found.edges == (("raw_orders", "stg_orders"), ("stg_orders", "orders"))
    assert found.states == {"raw_orders": "source", "stg_orders": "source", "orders": "fail"}
    assert lineage_of([table], {}, 2).left == 1


class Page(HTMLParser):
    """What a page loads, and the ids that it has and leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.leads: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element."""
        found = dict(attrs)
        self.loads += [str(found[name]) for name in ("src", "srcset", "data") if name in found]
        self.loads += [tag] if tag in {"script", "link", "iframe", "object", "embed", "img"} else []
        self.ids += [str(found["id"])] if "id" in found else []
        self.leads |= {str(found["href"])} if "href" in found else set()


def many(number: int) -> Report:
    report = full_report()
    tables = (replace(report.tables[0], name=f"t{place}", effect="changed") for place in range(number))
    return replace(report, tables=tuple(tables))


@pytest.mark.parametrize("number", [1, 5, 60])
def test_a_page_loads_nothing_and_every_link_leads_somewhere(number: int) -> None:
    page = Page(html.render(many(number)))
    assert page.loads == []
    assert len(page.ids) == len(set(page.ids))
    assert {one.removeprefix("#") for one in page.leads} <= set(page.ids)
    assert len([one for one in page.ids if re.fullmatch(r"t\d+", one)]) == number


def test_the_style_is_the_one_that_the_policy_of_the_page_allows() -> None:
    text = html.render(full_report())
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in text or f"style-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert " style=" not in text
    assert "http" not in re.sub(r"http-equiv", "", text)


def test_piled_marks_and_what_is_not_seen_are_written_out() -> None:
    assert for_html("a" + "\u0301" * 5) == "a" + "\u0301" * 3 + "\\u0301\\u0301"
    assert for_html("a\u202eb\x00") == "a\\u202eb\\x00"


def test_with_little_room_the_last_tables_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_DEPTHS", tuple(replace(one, until=one.until // 200) for one in html._DEPTHS))  # noqa: SLF001
    text = html.render(many(60))
    told = re.search(r"([\d,]+) more tables have no room", text)
    assert told is not None
    assert len(re.findall(r"<details class=\"table", text)) + int(told[1]) == 60
