"""The page and the call of figures of reports: filters, who reads what, pages, a constant number of statements."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.reported_figures import ReportedFigure
from tests.factories import World
from tests.portal.callers import Caller
from tests.portal.test_reported_figures import POLICY, SLUMS, reported, series
from tests.reviewer.test_pages import page, statements

FEW = {
    SLUMS: series(
        ("2020", "9"),
        (
            "2021",
            ">8",
        ),
    ),
    POLICY: series(("2023", "yes"), unit=""),
}


def rows(html: str) -> list[list[str]]:
    """The rows that the list shows, cell by cell, as text."""
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr>")[1:]]
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def values(html: str) -> list[str]:
    return [row[3] for row in rows(html)]


def test_a_row_says_what_the_state_typed_and_leads_to_its_answer(world: World) -> None:
    more = {"unit": "per cent", "source": "Census <2020>", "disaggregation": "women", "place": "Astana"}
    report = reported(
        world, "KAZ", {SLUMS: series(("2019/20", "< 9.5"), **more), POLICY: series(("2023", "yes"), unit="")}
    )
    html = page(world.browser("reviewer"), "/evidence/figures")
    numbers = {one.question: one.id for one in db.session.scalars(select(ReportedFigure))}
    title = world.edition().questions[SLUMS].title["en"]
    other = world.edition().questions[POLICY]
    assert rows(html) == [
        [
            *("Kazakhstan", f"NUA-14 {title}", "2019/20", "&lt; 9.5", "per cent", "women, Astana"),
            *("Census &lt;2020&gt;", f"section 1.1.2.4, version 1, number {numbers[SLUMS]}"),
        ],
        [
            *("Kazakhstan", f"NUA-56 {other.title['en']}", "2023", "yes", other.options["unit"], ""),
            *("Census", f"section 2.1.2, version 1, number {numbers[POLICY]}"),
        ],
    ]
    assert '<caption id="figures-caption">2 figures</caption>' in html
    assert f'<a href="/review/{report.id}#q-1-1-2-4-NUA-14">' in html
    assert 'id="q-1-1-2-4-NUA-14"' in page(world.browser("reviewer"), f"/review/{report.id}")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["9", "&gt;8", "yes", "50"]),
        ("cycle=2026", ["9", "&gt;8", "yes", "50"]),
        ("cycle=2022", []),
        ("region=Africa", ["50"]),
        ("entity=KAZ", ["9", "&gt;8", "yes"]),
        ("commitment=1.1", ["9", "&gt;8", "50"]),
        ("commitment=2.1&entity=KAZ", ["yes"]),
        ("commitment=9.9", []),
        ("indicator=NUA-14&region=Asia and the Pacific", ["9", "&gt;8"]),
        ("indicator=NUA-01", []),
    ],
)
def test_a_person_and_a_program_find_the_same_by_the_filters(world: World, query: str, expected: list[str]) -> None:
    reported(world, "KAZ", FEW)
    reported(world, "KEN", {SLUMS: series(("2020", "50"))})
    html = page(world.browser("reviewer"), f"/evidence/figures?{query}")
    assert values(html) == expected
    answer = Caller(world, "reviewer").get(f"/reported-figures?{query}")
    if query == "commitment=9.9":
        assert answer.status_code == 422
    else:
        assert [one["value_text"].replace(">", "&gt;") for one in answer.json["items"]] == expected


def test_what_stands_no_more_is_not_listed(world: World) -> None:
    report = reported(world, "KAZ", FEW)
    world.step(report, "withdraw")
    html = page(world.browser("reviewer"), "/evidence/figures")
    assert "There are no figures yet" in html
    assert Caller(world, "reviewer").get("/reported-figures").json["items"] == []


def test_only_the_team_reads_figures_of_what_is_not_published(world: World) -> None:
    reported(world, "KAZ", FEW, "accepted")
    published = reported(world, "KEN", {SLUMS: series(("2020", "50"))}, "published")
    assert values(page(world.browser("lead"), "/evidence/figures")) == ["9", "&gt;8", "yes", "50"]
    for role in ("data_officer", "regional_officer"):
        html = page(world.browser(role), "/evidence/figures")
        assert values(html) == ["50"]
        assert '<caption id="figures-caption">1 figure</caption>' in html
        assert values(page(world.browser(role), "/evidence/figures?entity=KAZ")) == []
        assert [one["value_text"] for one in Caller(world, role).get("/reported-figures").json["items"]] == ["50"]
        address = f"/published/{published.id}"
        assert f'<a href="{address}#q-1-1-2-4-NUA-14">' in html
        assert 'id="q-1-1-2-4-NUA-14"' in page(world.browser(role), address)
    for role, entity in (("focal_point", "KAZ"), ("partner", None), ("administrator", None)):
        assert world.browser(role, entity).get("/evidence/figures").status_code == 403
        assert Caller(world, role, entity).get("/reported-figures").status_code == 403


def test_the_list_goes_on_behind_its_last_figure(world: World) -> None:
    typed = [str(number) for number in range(120)]
    reported(world, "KAZ", {SLUMS: series(*(("2020", one) for one in typed))})
    client, address = world.browser("reviewer"), "/evidence/figures?entity=KAZ"
    sizes: list[int] = []
    seen: list[str] = []
    while address and len(sizes) < 4:
        html = page(client, address)
        sizes.append(len(values(html)))
        seen += values(html)
        following = re.search(r'<a rel="next"[^>]*href="([^"]*)"', html)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert (sizes, seen) == ([50, 50, 20], typed)
    assert 'href="/evidence/figures?entity=KAZ">From the beginning' in html
    for after in ("-1", "x", "9" * 30):
        page(client, f"/evidence/figures?after={after}")


def test_a_program_reads_a_figure_whole_and_goes_on_by_cursor(world: World) -> None:
    report = reported(world, "KAZ", FEW)
    caller = Caller(world, "reviewer")
    first = caller.get("/reported-figures?limit=2").json
    assert {name: value for name, value in first["items"][1].items() if name != "id"} == {
        "report": str(report.id),
        "version": 1,
        "cycle": "2026",
        "entity": "KAZ",
        "region": "Asia and the Pacific",
        "commitment": "1.1",
        "indicator": "NUA-14",
        "question": SLUMS,
        "ordinal": 2,
        "period": "2021",
        "year": 2021,
        "value_text": ">8",
        "value": 8.0,
        "bound": ">",
        "unit": "percent",
        "unit_asked": "percent",
        "source": "Census",
        "disaggregation": "",
        "place": "",
    }
    rest = caller.get(f"/reported-figures?limit=2&cursor={first['next']}").json
    assert ([(one["value_text"], one["value"]) for one in rest["items"]], rest["next"]) == ([("yes", None)], None)
    foreign = caller.get("/passages?limit=1").json["next"]
    for query in (f"cursor={foreign}", "indicator=NUA-99", "entity=kaz", "colour=red"):
        assert caller.get(f"/reported-figures?{query}").status_code == 422


def test_the_list_costs_the_same_for_few_and_for_many(world: World) -> None:
    reported(world, "KAZ", {SLUMS: series(("2020", "9"))})
    client = world.browser("reviewer")

    def cost() -> int:
        with statements() as seen:
            page(client, "/evidence/figures")
        return len(seen)

    few = cost()
    reported(world, "KEN", {SLUMS: series(*((str(year), "9") for year in range(1990, 2025))), POLICY: FEW[POLICY]})
    assert cost() == few < 12


def test_the_list_of_passages_leads_to_the_figures_of_the_same_reports(world: World) -> None:
    reported(world, "KAZ", FEW)
    client = world.browser("reviewer")
    html = page(client, "/evidence?cycle=2026&channel=a&entity=KAZ&commitment=1.1&q=homes")
    address = "/evidence/figures?cycle=2026&amp;entity=KAZ&amp;commitment=1.1"
    assert f'<a href="{address}">' in html
    assert values(page(client, address.replace("&amp;", "&"))) == ["9", "&gt;8"]
    assert "Figures of reports of the same" not in page(client, "/evidence?channel=c")
