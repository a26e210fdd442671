"""The evidence matrix upon a real database: what its cells hold, that it adds up, and that its cost does not grow."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
import uuid
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, func, or_, select, update

from portal.db import db
from portal.http.context import EXTENSION
from portal.models.contradictions import Case
from portal.models.contributions import Partner
from portal.models.datasets import ObservationTotal
from portal.models.entities import Entity
from portal.models.observations import Observation
from portal.models.passages import Coding, FileToRead, Passage
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report
from portal.rules import crosswalk
from portal.rules.cases import OUTCOMES
from portal.services.observations import take_in
from portal.services.passages import keep_file
from reviewer.queries.matrix import Evidence, covered, evidence
from reviewer.rules.matrix import NOTHING, Place, Tally
from reviewer.views.matrix import age_words, states_words
from tests.factories import BLOCKERS, DAY, PATH, World
from tests.portal import test_reported_figures as answering
from tests.portal.callers import Caller
from tests.portal.contributing import contribution, decide, send
from tests.portal.test_passages import again
from tests.reviewer.synthesising import LATE, passage, stated, submitted

YEAR = dt.timedelta(days=365.2425)
ASIA, AFRICA = "Asia and the Pacific", "Africa"
ACTIONS = "1.1.2.4/actions"
TABLE = "Year,UNIT_MEASURE,Value\n2010,PERCENT,1\n2018,PERCENT,10\n2020,PERCENT,12\n"


def found(world: World, at: dt.datetime = DAY + YEAR, *, whole: bool = True) -> Evidence:
    db.session.rollback()
    return evidence(db.session, "2026", at, whole=whole)


def reported(world: World, entity: str, text: str, state: str = "submitted") -> uuid.UUID:
    """A report with this text on commitment 1.1, in this state."""
    report = world.report(entity, "preparing")
    world.fill(world.acting("focal_point", entity), report, BLOCKERS | {ACTIONS: text})
    world.done()
    for step in PATH[state]:
        world.step(report, step)
    return report.id


SLUMS, POLICY = answering.SLUMS, answering.POLICY


def answered(world: World, entity: str, state: str = "submitted", **answers: list[tuple[str, str]]) -> uuid.UUID:
    """A report that says nothing on a commitment but in figures: (year, value) of the slums and of the policy."""
    told = {{"slums": SLUMS, "policy": POLICY}[name]: answering.series(*rows) for name, rows in answers.items()}
    return answering.reported(world, entity, told, state).id


def figures(world: World, entity: str) -> None:
    """Three figures of an indicator of channel b, two of them from 2016 on."""
    name, told = "data_indicator_1-1-1.csv", {"source": "demonstration", "edition": "1", "entity": entity}
    storage = world.app.extensions[EXTENSION].storage
    take_in(world.acting("data_officer"), storage, io.BytesIO(TABLE.encode()), name, **told)
    world.done()


def raise_case(
    world: World,
    *channels: str,
    state: str = "raised",
    entity: str | None = "KAZ",
    commitment: str = "1.1",
    outcome: str | None = None,
    gone: bool = False,
) -> None:
    act = world.act(None)
    sides = [{"kind": "passage", "ref": "", "channel": channel} for channel in channels]
    about = {"cycle": "2026", "rule": "numbers", "entity": entity, "commitment": commitment, "state": state}
    about |= {"outcome": outcome, "gone_at": act.at if gone else None}
    act.session.add(Case(key=uuid.uuid4().hex, sides=sides, question="?", raised_at=act.at, **about))
    world.done()


def code(world: World, text: str, commitment: str) -> None:
    act = world.acting("reviewer")
    passage = act.session.scalars(select(Passage.id).where(Passage.text == text, Passage.current)).one()
    coding = {"coder": act.actor.id, "code": f"commitment:{commitment}", "at": act.at}
    act.session.add(Coding(passage_id=passage, **coding))
    world.done()


def test_a_cell_holds_what_was_submitted_of_how_many_states_and_how_old_it_is(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    world.report("KEN", "preparing")
    matrix = found(world).matrix
    cell = matrix.only("1.1", "a", ASIA)
    assert (cell.passages, cell.figures, cell.entities, cell.at_least) == (2, 0, {"KAZ"}, False)
    assert cell.mean_age == 2026 - 2024
    assert matrix.only("1.1", "a", AFRICA) == NOTHING
    assert (matrix.of(ASIA), matrix.of(AFRICA), matrix.of()) == (44, 48, 195)


def test_the_cells_and_the_coverage_count_the_same_states_and_no_invented_one(world: World) -> None:
    reported(world, "KAZ", "Homes were built.")
    reported(world, "KEN", "Streets were lit.")
    figures(world, "KAZ")
    figures(world, "KEN")
    act = world.act(None)
    act.session.get_one(Entity, "KEN").status = "demonstration"
    world.done()
    seen = found(world)
    assert {one.region: seen.matrix.of(one.region) for one in seen.coverage} == {
        one.region: one.of for one in seen.coverage
    }
    assert (seen.matrix.of(), seen.matrix.of(AFRICA)) == (194, 47)
    told = [(cell.passages, cell.states) for cell in (seen.matrix.cell("1.1", "a", one) for one in ("", ASIA, AFRICA))]
    assert told == [(2, 1), (1, 1), (1, 0)]
    told = [(cell.figures, cell.states) for cell in (seen.matrix.cell("1.1", "b", one) for one in ("", ASIA, AFRICA))]
    assert told == [(4, 1), (2, 1), (2, 0)]


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(2, entities=frozenset({"KAZ", "KEN"})), "2 of 195 states"),
        (Tally(2, entities=frozenset({"KAZ"}), invented=frozenset({"XAA", "XAB"})), "1 of 195 states and 2 invented"),
        (Tally(2, invented=frozenset({"XAA"})), "1 invented state alone"),
        (Tally(2, invented=frozenset({"XAA", "XAB"})), "2 invented states alone"),
        (Tally(2), "names no state"),
        (Tally(figures=4, counted=3), "at least 3 of 195 states"),
        (Tally(figures=4), "of invented states, as far as is known"),
    ],
)
def test_a_cell_says_of_whom_it_is_and_why_it_counts_no_state(app: Flask, tally: Tally, words: str) -> None:
    with app.test_request_context():
        assert states_words(tally, 195) == words


def test_the_page_names_invented_states_apart_and_never_none_of_the_states(world: World) -> None:
    reported(world, "KAZ", "Homes were built.")
    reported(world, "KEN", "Streets were lit.")
    figures(world, "KEN")
    contribution(world, "e", "accepted", areas=["World"], values={"CE.1/practices": PRACTICE})
    act = world.act(None)
    act.session.get_one(Entity, "KEN").status = "demonstration"
    world.done()
    assert found(world).matrix.cell("1.1", "a").invented == {"KEN"}
    page = world.browser("reviewer").get("/evidence/matrix").get_data(as_text=True)
    rows = page.split('id="q-1-1"')[1].split("</table>")[0].split("<tr")[2:]
    told = {
        re.findall(r'<th scope="row"><bdi>(.*?)</bdi>', row)[0]: re.findall(
            r'<div class="matrix-line"><bdi>([^<]*(?:state|invented)[^<]*)</bdi>', row
        )
        for row in rows
    }
    assert {region: words for region, words in told.items() if words} == {
        "All regions": ["1 of 194 states and 1 invented", "of invented states, as far as is known", "names no state"],
        AFRICA: ["1 invented state alone", "of invented states, as far as is known"],
        ASIA: ["1 of 44 states"],
    }
    assert re.findall(r"\b0 of \d+ states", page) == []


def test_a_code_puts_a_passage_under_a_second_commitment_and_twice_coded_counts_once(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    code(world, "Homes were built.", "2.1")
    code(world, "Homes were built.", "1.1")
    matrix = found(world).matrix
    assert matrix.only("2.1", "a", ASIA).passages == 1
    assert matrix.only("1.1", "a", ASIA).passages == 2


def test_a_code_taken_back_counts_no_more(world: World) -> None:
    reported(world, "KAZ", "Homes were built.")
    code(world, "Homes were built.", "2.1")
    act = world.act(None)
    for coding in act.session.scalars(select(Coding)):
        coding.removed_at = act.at
    world.done()
    assert found(world).matrix.only("2.1", "a", ASIA) == NOTHING


def test_who_is_not_of_the_team_counts_what_everybody_may_know_alone(world: World) -> None:
    reported(world, "KAZ", "Homes were built.")
    reported(world, "KEN", "Streets were lit.", "published")
    assert found(world).matrix.cell("1.1", "a").entities == {"KAZ", "KEN"}
    assert found(world, whole=False).matrix.cell("1.1", "a").entities == {"KEN"}


def test_a_contribution_counts_in_its_channel_once_it_is_accepted(world: World) -> None:
    made = contribution(world, "d", "sent", areas=["Kazakhstan"], values={"CD.1/commitment": ["commitment_2_2"]})
    assert found(world).matrix.only("2.2", "d", ASIA) == NOTHING
    decide(world, made.id, "accepted")
    for whole in (True, False):
        cell = found(world, whole=whole).matrix.only("2.2", "d", ASIA)
        assert (cell.passages, cell.entities) == (1, {"KAZ"})


OF_1_1 = {"d": "CD.1/commitment", "f": "CF.1/commitment"}


@pytest.mark.parametrize(
    ("channel", "told", "age"),
    [
        ("d", {}, 2026 - 2024),
        ("d", {"CD.1/period": {"from": "1990", "to": "1999"}}, 2026 - 1999),
        ("d", {"CD.1/period": {"from": "2020", "to": "2030"}}, 0),
        ("f", {"CF.1/date": "2019-03-20"}, 2026 - 2019),
        ("f", {}, pytest.approx(1.0, abs=0.01)),
    ],
)
def test_what_a_partner_says_is_as_old_as_the_years_it_speaks_of(
    world: World, channel: str, told: dict[str, Any], age: float
) -> None:
    values = {OF_1_1[channel]: ["commitment_1_1"]} | told
    contribution(world, channel, "accepted", areas=["Kazakhstan"], values=values)
    assert found(world).matrix.only("1.1", channel, ASIA).mean_age == age


PRACTICE = [{"id": "homes", "title": "Homes by the canal", "place": "Almaty", "commitments": ["1.1"]}]


def several(world: World) -> None:
    """A contribution of two passages on two commitments, three states and two regions."""
    areas = ["Kazakhstan", "Uzbekistan", "city: Nairobi, Kenya", "Asia and the Pacific"]
    ticked = {"CC.1/commitment": ["commitment_1_1", "commitment_2_2"]}
    contribution(world, "c", "accepted", areas=areas, values=ticked)


def test_a_contribution_counts_for_each_commitment_and_region_and_once_in_all_regions(world: World) -> None:
    several(world)
    text = db.session.scalars(select(Passage.text).order_by(Passage.id)).first()
    assert text is not None
    code(world, text, "2.2")
    code(world, text, "1.3")
    matrix = found(world).matrix
    told = {
        (place.commitment, place.region): (tally.passages, sorted(tally.entities))
        for place, tally in matrix.cells.items()
    }
    assert told == {
        ("1.1", ASIA): (2, ["KAZ", "UZB"]),
        ("1.1", AFRICA): (2, ["KEN"]),
        ("2.2", ASIA): (2, ["KAZ", "UZB"]),
        ("2.2", AFRICA): (2, ["KEN"]),
        ("1.3", ASIA): (1, ["KAZ", "UZB"]),
        ("1.3", AFRICA): (1, ["KEN"]),
    }
    whole = matrix.cell("2.2", "c")
    assert (whole.passages, whole.entities, whole.mean_age) == (2, {"KAZ", "UZB", "KEN"}, 2026 - 2023)
    assert (matrix.cell("1.3", "c").passages, matrix.cell("1.2", "c")) == (1, NOTHING)


def attach(world: World, source: uuid.UUID, texts: int) -> None:
    """A file of this report or contribution that says so many paragraphs, read into passages."""
    act = world.act(None)
    told = {"version_of": source, "version": 1, "name": "regulation.docx", "language": "en", "laid_at": act.at}
    of_it = or_(Passage.report_id == source, Passage.contribution_id == source)
    made = db.session.scalars(select(Passage).where(of_it, Passage.commitment == "1.1").limit(1)).one()
    where = {"file": uuid.uuid4(), "source": made.source, "question": made.question, "media_type": "", "blob": ""}
    waiting = FileToRead(**told, **where)
    act.session.add(waiting)
    act.session.flush()
    keep_file(act, waiting, [(None, "\n\n".join(f"Paragraph {number}." for number in range(texts)))])
    world.done()


def test_what_stands_in_attached_files_is_told_apart_and_makes_no_cell_darker(world: World) -> None:
    made = contribution(world, "d", "accepted", areas=["Kazakhstan"], values={"CD.1/commitment": ["commitment_1_1"]})
    attach(world, made.id, 60)
    report = reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    attach(world, report, 3)
    matrix = found(world).matrix
    cells = [matrix.only("1.1", channel, ASIA) for channel in "da"]
    assert [(one.passages, one.of_files, one.states, len(one.sources), one.heat) for one in cells] == [
        (1, 60, 1, 1, 1),
        (2, 3, 1, 1, 1),
    ]
    assert matrix.cell("1.1", "d") == cells[0]
    reviewer = world.browser("reviewer")
    table = csv.DictReader(io.StringIO(reviewer.get("/evidence/matrix.csv").get_data(as_text=True)))
    names = ("channel", "passages", "passages_of_files", "sources", "states")
    rows = [tuple(row[name] for name in names) for row in table if row["passages"] != "0"]
    assert rows == [("a", "2", "3", "1", "1"), ("d", "1", "60", "1", "1")]
    asked = Caller(world, "reviewer").get(f"/matrix?commitment=1.1&region={ASIA}").json["items"]
    assert [tuple(str(one[name]) for name in names) for one in asked if one["passages"]] == rows
    page = reviewer.get("/evidence/matrix?channel=d").get_data(as_text=True)
    links = dict.fromkeys(re.findall(r'href="(/evidence\?[^"]*)"><bdi>(\d+ [a-z ]+)</bdi>', page))
    assert [words for address, words in links if "region" in address] == ["1 passage", "60 of attached files"]
    for address, words in links:
        listed = reviewer.get(html.unescape(address)).get_data(as_text=True)
        assert f"<b>{words.split()[0]} passage" in listed


def test_sources_are_told_where_no_state_is_named(world: World) -> None:
    contribution(world, "e", "accepted", areas=["World"], values={"CE.1/practices": PRACTICE})
    page = world.browser("reviewer").get("/evidence/matrix").get_data(as_text=True)
    assert page.count("<bdi>from 1 source</bdi>") == 2
    assert page.count('<td class="heat-1"') == 2


def test_each_number_of_a_cell_is_that_of_the_list_that_it_opens(world: World) -> None:
    several(world)
    contribution(world, "e", "accepted", areas=["World"], values={"CE.1/practices": PRACTICE})
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    late_report(world)
    raise_case(world, "a", "b")
    raise_case(world, "a", "c", state="asked", entity="KEN")
    raise_case(world, "a", "b", state="settled", entity="KEN", outcome="corrected")
    raise_case(world, "a", "b", state="settled", entity="KEN", outcome="both_stand")
    raise_case(world, "b", "c", commitment="2.2", entity=None)
    raise_case(world, "b", "c", commitment="2.2")
    reviewer = world.browser("reviewer")
    page = reviewer.get("/evidence/matrix").get_data(as_text=True)
    links = re.findall(
        r'href="(/evidence[^"]*)"[^>]*>(?:<bdi>)?(\d+) (passage|figure|open contradiction|contradiction that)', page
    )
    kinds = Counter(kind for _address, _number, kind in links)
    assert kinds == {"passage": 12, "figure": 2, "open contradiction": 13, "contradiction that": 4}
    said = {
        "passage": r"<b>(\d+) passage",
        "figure": r"figures-caption\">(\d+) figure",
        "open contradiction": r"(\d+) cases? of ",
        "contradiction that": r"(\d+) cases? of ",
    }
    for address, number, kind in links:
        listed = reviewer.get(html.unescape(address)).get_data(as_text=True)
        assert re.findall(said[kind], listed)[:1] == [number], address
    elsewhere = world.browser("data_officer").get("/evidence/matrix").get_data(as_text=True)
    assert ("open contradiction" in elsewhere, "/evidence/contradictions?" in elsewhere) == (False, False)


def late_report(world: World) -> Report:
    """After the cut-off Kenya tells three passages and a figure of 1.1."""
    told = {ACTIONS: "Slums shrank.\n\nStreets were lit.\n\nIt rained.", SLUMS: answering.series(("2022", "9"))}
    return submitted(world, "KEN", BLOCKERS | told, at=LATE)


def test_what_came_after_the_cut_off_is_in_no_cell_and_stands_apart(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    late = late_report(world)
    seen = found(world)
    told = {place: (tally.passages, tally.figures, tally.entities) for place, tally in seen.matrix.cells.items()}
    assert told == {Place("1.1", "a", ASIA): (2, 0, {"KAZ"})}
    assert {place: (tally.passages, tally.figures) for place, tally in seen.late.items()} == {
        Place("1.1", "a", AFRICA): (3, 1)
    }
    assert {one.region: (one.reported, one.late) for one in seen.coverage if one.reported or one.late} == {
        "": (1, 1),
        ASIA: (1, 0),
        AFRICA: (0, 1),
    }
    assert covered(db.session, "2026") == seen.coverage
    world.step(late, "withdraw", at=LATE)
    seen = found(world)
    assert (seen.late, seen.coverage[0].late) == ({}, 0)


def test_what_came_after_the_cut_off_is_told_wherever_the_matrix_leaves(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    late_report(world)
    reviewer = world.browser("reviewer")
    page = reviewer.get("/evidence/matrix").get_data(as_text=True)
    said = "1 of 195 states reported; received after the cut-off: 1, counted in none of these numbers."
    assert (said in page, page.count("<bdi>2 passages</bdi>"), page.count("<bdi>3 passages</bdi>")) == (True, 2, 2)
    assert said in reviewer.get("/synthesis").get_data(as_text=True)
    assert said.rstrip(".") in reviewer.get("/synthesis/report.html").get_data(as_text=True)
    table = csv.DictReader(io.StringIO(reviewer.get("/evidence/matrix.csv").get_data(as_text=True)))
    names = ("region", "passages", "figures", "states", "late_passages", "late_figures")
    rows = [tuple(row[name] for name in names) for row in table if int(row["late_figures"])]
    assert rows == [(AFRICA, "0", "0", "0", "3", "1")]
    whole = Caller(world, "reviewer").get("/matrix?commitment=1.1&channel=a").json
    assert [tuple(str(one[name]) for name in names) for one in whole["items"] if one["late_figures"]] == rows
    reach = whole["coverage"][0]
    assert (reach["reported"], reach["late"], reach["invented_late"], reach["sentence"] + ".") == (1, 1, 0, said)
    for region, late, yet in ((ASIA, 0, 5), (AFRICA, 1, 5)):
        asked = {"region": region, "voice": "governments"}
        holes = reviewer.get("/evidence/holes", query_string=asked).get_data(as_text=True)
        said_so = ("received after the cut-off:", f"in {region} by the cut-off</bdi>", f"in {region} yet</bdi>")
        assert [holes.count(one) for one in said_so] == [late, late, yet]


def test_what_can_be_cited_is_not_offered_from_a_report_after_the_cut_off(world: World) -> None:
    early = submitted(world, "KAZ", BLOCKERS | {ACTIONS: "Homes were built.\n\nRents are capped."})
    late_report(world)
    made = stated(world, passage(early, ACTIONS), heading="1.1.2.4")
    page = world.browser("reviewer").get(f"/synthesis/statements/{made}?section=").get_data(as_text=True)
    assert ("Rents are capped." in page, "Slums shrank." in page) == (True, False)
    assert page.count('name="reported" value=') == 0


@pytest.mark.parametrize(("role", "count", "parts"), [("lead", 1, "three"), ("data_officer", None, "two")])
def test_who_may_read_no_contradiction_learns_of_none(world: World, role: str, count: int | None, parts: str) -> None:
    raise_case(world, "a", "b")
    raise_case(world, "a", "b", state="settled", outcome="unresolved")
    asked = {"commitment": "1.1", "channel": "a", "region": ASIA}
    (cell,) = Caller(world, role).get("/matrix", query_string=asked).json["items"]
    assert (cell["open_contradictions"], cell["standing_contradictions"]) == (count, count)
    client = world.browser(role)
    table = csv.DictReader(
        io.StringIO(client.get("/evidence/matrix.csv").get_data(as_text=True).removeprefix("\ufeff"))
    )
    (row,) = [row for row in table if {name: row[name] for name in asked} == asked]
    told = "" if count is None else str(count)
    assert (row["open_contradictions"], row["standing_contradictions"]) == (told, told)
    holes = client.get("/evidence/holes").get_data(as_text=True)
    assert (f"the sum of {parts} parts" in holes, "for each contradiction" in holes) == (True, bool(count))
    page = client.get("/evidence/matrix").get_data(as_text=True)
    said = ("how many contradictions are open", "1 open contradiction", "1 contradiction that stands")
    assert [one in page for one in said] == [bool(count)] * 3


def test_figures_come_from_the_totals_since_2016_and_states_are_at_least_so_many(world: World) -> None:
    figures(world, "KAZ")
    figures(world, "KEN")
    matrix = found(world).matrix
    cell = matrix.only("1.1", "b", ASIA)
    assert (cell.figures, cell.states, cell.at_least) == (2, 1, True)
    assert cell.mean_age == pytest.approx(2026 - 2019)
    both = matrix.cell("1.1", "b")
    assert (both.figures, both.states) == (4, 2)
    act = world.act(None)
    held = act.session.scalar(select(func.count()).select_from(Observation).where(Observation.year >= 2016))
    assert both.figures == held
    act.session.execute(delete(ObservationTotal))
    world.done()
    assert found(world).matrix.cell("1.1", "b") == NOTHING


def test_the_figures_of_reports_count_by_the_commitment_of_their_indicator(world: World) -> None:
    answered(world, "KAZ", slums=[("2024", "9"), ("2014", "11"), ("then", "many")], policy=[("2023", "yes")])
    answered(world, "KEN", slums=[("2020", "50")])
    matrix = found(world).matrix
    cell = matrix.only("1.1", "a", ASIA)
    assert (cell.passages, cell.figures, cell.entities, cell.at_least, cell.undated) == (0, 3, {"KAZ"}, False, 1)
    assert cell.mean_age == pytest.approx((2 + 12) / 2)
    told = {place: (tally.figures, tally.mean_age) for place, tally in matrix.cells.items()}
    assert told == {
        Place("1.1", "a", ASIA): (3, 7.0),
        Place("2.1", "a", ASIA): (1, 3.0),
        Place("1.1", "a", AFRICA): (1, 6.0),
    }
    assert (matrix.cell("1.1", "a").figures, matrix.cell("1.1", "a").entities) == (4, {"KAZ", "KEN"})


def test_a_cell_of_reports_holds_passages_and_figures_and_a_state_counts_once(world: World) -> None:
    answering.reported(world, "KAZ", {ACTIONS: "Homes were built.", SLUMS: answering.series(("2022", "9"))})
    cell = found(world).matrix.only("1.1", "a", ASIA)
    assert (cell.passages, cell.figures, cell.states) == (1, 1, 1)
    assert cell.mean_age == pytest.approx((2 + 4) / 2)
    caller = Caller(world, "reviewer")
    (told,) = caller.get("/matrix?commitment=1.1&channel=a&region=Asia and the Pacific").json["items"]
    assert (told["passages"], told["figures"], told["states"]) == (1, 1, 1)
    body = world.browser("reviewer").get("/evidence/matrix.csv").get_data(as_text=True)
    rows = [(row["passages"], row["figures"]) for row in csv.DictReader(io.StringIO(body)) if row["figures"] != "0"]
    assert rows == [("1", "1")]


def test_a_cell_of_figures_without_a_year_says_no_age(world: World) -> None:
    answered(world, "KAZ", slums=[("then", "9")])
    page = world.browser("reviewer").get("/evidence/matrix?channel=a").get_data(as_text=True)
    assert page.count("<bdi>1 figure</bdi>") == 2
    assert "years old" not in page


def test_a_figure_of_a_year_to_come_is_not_younger_than_new(world: World) -> None:
    answered(world, "KAZ", slums=[("2030", "5"), ("2026", "6"), ("2022", "7")])
    assert found(world).matrix.only("1.1", "a", ASIA).age == 4


def test_a_figure_whose_indicator_belongs_to_no_commitment_counts_nowhere(world: World) -> None:
    answered(world, "KAZ", slums=[("2024", "9")])
    act = world.act(None)
    act.session.execute(update(ReportedFigure).values(indicator="NUA-99"))
    world.done()
    assert found(world).matrix.cells == {}


def test_figures_of_an_earlier_version_and_of_a_withdrawn_report_count_nowhere(world: World) -> None:
    report = answering.reported(world, "KAZ", {SLUMS: answering.series(("2020", "9"), ("2021", "8"))})
    again(world, report, {SLUMS: answering.series(("2021", "7"))})
    assert found(world).matrix.only("1.1", "a", ASIA).figures == 1
    world.step(report, "withdraw")
    assert found(world).matrix.cells == {}


def test_who_is_not_of_the_team_counts_the_figures_of_published_reports_alone(world: World) -> None:
    answered(world, "KAZ", "accepted", slums=[("2020", "9")])
    answered(world, "KEN", "published", slums=[("2020", "50")])
    assert found(world).matrix.cell("1.1", "a").entities == {"KAZ", "KEN"}
    assert found(world, whole=False).matrix.cell("1.1", "a").entities == {"KEN"}
    page = world.browser("data_officer").get("/evidence/matrix?channel=a").get_data(as_text=True)
    assert 'commitment=1.1&amp;late=without"><bdi>1 figure<' in page
    assert "2 figures" not in page


def test_a_government_that_answers_in_figures_alone_leaves_no_hole(world: World) -> None:
    address = "/evidence/holes?region=Africa&voice=governments"
    words = "No report of a government on commitment 1.1 ("
    reviewer = world.browser("reviewer")
    assert words in reviewer.get(address).get_data(as_text=True)
    answered(world, "KEN", slums=[("2020", "50")])
    assert words not in reviewer.get(address).get_data(as_text=True)


@pytest.mark.parametrize("commitment", [one.key for one in crosswalk.commitments()])
def test_the_list_behind_a_cell_asks_for_the_indicators_that_count_in_it(commitment: str) -> None:
    counted = [one for one in crosswalk.measures() if crosswalk.commitment_of_indicator(one) == commitment]
    assert sorted(crosswalk.indicators_of(commitment)) == sorted(counted)


def test_the_list_behind_a_cell_holds_as_many_figures_of_reports(world: World) -> None:
    answered(world, "KAZ", slums=[("2024", "9"), ("2014", "11")], policy=[("2023", "yes")])
    answered(world, "KEN", slums=[("2020", "50")])
    reviewer = world.browser("reviewer")
    page = reviewer.get("/evidence/matrix").get_data(as_text=True)
    address = "/evidence/figures?cycle=2026&amp;region=Asia+and+the+Pacific&amp;commitment=1.1&amp;late=without"
    assert f'<a href="{address}"><bdi>2 figures</bdi><span class="visually-hidden">, 1.1, {ASIA}</span></a>' in page
    everywhere = "/evidence/figures?cycle=2026&amp;commitment=1.1&amp;late=without"
    hidden = '<span class="visually-hidden">, 1.1, All regions</span>'
    assert f'<a href="{everywhere}"><bdi>3 figures</bdi>{hidden}</a>' in page
    for asked, number in ((address, 2), (everywhere, 3)):
        listed = reviewer.get(asked.replace("&amp;", "&")).get_data(as_text=True)
        assert listed.count('<tr><th scope="row">') == number


def test_the_list_behind_a_cell_of_figures_holds_as_many(world: World) -> None:
    figures(world, "KAZ")
    figures(world, "KEN")
    page = world.browser("reviewer").get("/evidence/matrix").get_data(as_text=True)
    address = "/data?commitment=1.1&amp;region=Africa&amp;from=2016&amp;kind=country"
    assert f'<a href="{address}"><bdi>2 figures</bdi>' in page
    table = world.app.test_client().get(address.replace("&amp;", "&").replace("/data?", "/data.csv?"))
    rows = list(csv.DictReader(io.StringIO(table.get_data(as_text=True))))
    assert [(row["area"], row["year"]) for row in rows] == [("KEN", "2018"), ("KEN", "2020")]


def test_a_contradiction_counts_once_in_each_channel_while_it_is_open_or_stands(world: World) -> None:
    raise_case(world, "a", "b")
    raise_case(world, "a", "b", "", state="asked")
    for outcome in OUTCOMES:
        raise_case(world, "a", "f", state="settled", outcome=outcome)
    raise_case(world, "a", "f", state="settled", outcome="unresolved", gone=True)
    matrix = found(world).matrix
    counts = {place: (tally.cases, tally.standing) for place, tally in matrix.cells.items()}
    assert counts == {
        Place("1.1", "a", ASIA): (2, 2),
        Place("1.1", "b", ASIA): (2, 0),
        Place("1.1", "f", ASIA): (0, 2),
    }
    assert matrix.cases == {("1.1", ASIA): 4}
    holes = world.browser("reviewer").get(f"/evidence/holes?region={ASIA}&voice=governments").get_data(as_text=True)
    assert '<td class="number" data-label="Contradictions">4</td>' in holes


def test_the_regions_add_up_to_the_whole(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    reported(world, "KEN", "Streets were lit.")
    figures(world, "KAZ")
    figures(world, "KEN")
    matrix = found(world).matrix
    for channel in "ab":
        parts = [matrix.only("1.1", channel, region) for region in ["", *matrix.regions]]
        whole = matrix.cell("1.1", channel)
        assert sum(part.pieces for part in parts) == whole.pieces > 0
        assert sum(part.states for part in parts) == whole.states == 2


def test_the_coverage_is_of_the_reports_that_stand(world: World) -> None:
    reported(world, "KAZ", "Homes were built.")
    reported(world, "KEN", "Streets were lit.", "withdrawn")
    told = {one.region: (one.reported, one.of) for one in found(world).coverage}
    assert (told[""], told[ASIA], told[AFRICA]) == ((1, 195), (1, 44), (0, 48))


def test_the_matrix_costs_the_same_statements_for_nothing_and_for_much(world: World) -> None:
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _x, statement, *_rest: seen.append(statement))

    def cost() -> int:
        db.session.rollback()
        seen.clear()
        evidence(db.session, "2026", DAY, whole=True)
        return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])

    empty = cost()
    reported(world, "KAZ", "\n\n".join(f"Passage number {number}." for number in range(30)))
    answered(world, "KEN", slums=[(str(year), "9") for year in range(1990, 2025)], policy=[("2023", "yes")])
    figures(world, "KAZ")
    raise_case(world, "a", "b")
    contribution(world, "c", "accepted")
    assert cost() == empty == 9
    assert not any("FROM observations" in statement for statement in seen)


def test_the_page_opens_the_lists_and_says_it_in_words(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    page = world.browser("reviewer").get("/evidence/matrix").get_data(as_text=True)
    place = "cycle=2026&amp;channel=a&amp;region=Asia+and+the+Pacific&amp;commitment=1.1"
    address = f"/evidence?{place}&amp;late=without&amp;files=without"
    assert f'<a href="{address}"><bdi>2 passages</bdi>' in page
    assert "1 of 44 states" in page
    assert len(re.findall(r'<div class="matrix-line"><bdi>[^<]* old</bdi>', page)) == 2
    assert "1 of 195 states reported" in page
    narrow = world.browser("reviewer").get("/evidence/matrix?region=Africa&channel=b").get_data(as_text=True)
    assert (narrow.count("<table"), narrow.count("<tbody>"), "All regions" in narrow) == (6, 6, False)


def test_what_a_partner_of_a_region_says_of_the_world_stands_in_no_region_and_the_cells_add_up(world: World) -> None:
    reported(world, "KEN", "Streets were lit.")
    made = contribution(world, "e", areas=["World"], values={"CE.1/practices": PRACTICE})
    world.act(None).session.execute(update(Partner).values(region=AFRICA, entity="KEN"))
    world.done()
    send(world, made.id)
    decide(world, made.id, "accepted")
    matrix = found(world).matrix
    counts = {(place.channel, place.region): tally.passages for place, tally in matrix.cells.items() if tally.pieces}
    assert counts == {("a", AFRICA): 1, ("e", ""): 1}
    assert [matrix.only("1.1", "e", region).states for region in ("", AFRICA)] == [0, 0]
    for channel in "ae":
        parts = [matrix.only("1.1", channel, region) for region in ["", *matrix.regions]]
        assert sum(part.pieces for part in parts) == matrix.cell("1.1", channel).pieces == 1


def test_the_page_shows_what_is_of_no_single_region_so_that_the_rows_add_up(world: World) -> None:
    reviewer = world.browser("reviewer")
    assert "Of no single region" not in reviewer.get("/evidence/matrix").get_data(as_text=True)
    contribution(world, "e", "accepted", areas=["World"], values={"CE.1/practices": PRACTICE})
    page = reviewer.get("/evidence/matrix").get_data(as_text=True)
    assert page.count('<th scope="row"><bdi>Of no single region</bdi></th>') == 1
    address = "/evidence?cycle=2026&amp;channel=e&amp;region=no_region&amp;commitment=1.1&amp;files=without"
    assert page.count(f'<a href="{address}"><bdi>1 passage</bdi>') == 1
    assert "of 0 states" not in page
    elsewhere = reviewer.get(html.unescape(address)).get_data(as_text=True)
    assert '<option value="no_region" selected>no single region</option>' in elsewhere


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (0, "less than a month old"),
        (0.083, "less than a month old"),
        (0.09, "1 month old"),
        (0.7, "8 months old"),
        (1.999, "23 months old"),
        (2, "2.0 years old"),
        (5.54, "5.5 years old"),
    ],
)
def test_an_age_is_said_as_people_say_it(world: World, years: float, words: str) -> None:
    with world.app.test_request_context():
        assert age_words(years) == words


def test_the_table_has_every_cell(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    body = world.browser("reviewer").get("/evidence/matrix.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(body)))
    assert len(rows) == 6 * 6 * 6
    (row,) = [one for one in rows if (one["commitment"], one["channel"], one["region"]) == ("1.1", "a", ASIA)]
    assert (row["passages"], row["figures"], row["states"], row["of_states"]) == ("2", "0", "1", "44")


def test_the_api_gives_the_cells_and_the_coverage(world: World) -> None:
    reported(world, "KAZ", "Homes were built.\n\nRents are capped.")
    client, headers = world.app.test_client(), {"Authorization": f"Bearer {world.token('reviewer')}"}
    whole = client.get("/api/v1/matrix?cycle=2026", headers=headers).get_json()
    assert (len(whole["items"]), whole["next"], whole["cycle"]) == (216, None, "2026")
    one = client.get("/api/v1/matrix?commitment=1.1&channel=a&region=Asia and the Pacific", headers=headers).get_json()
    (cell,) = one["items"]
    assert cell == {
        "commitment": "1.1",
        "title": "Sustainable urban development for social inclusion and ending poverty",
        "channel": "a",
        "region": ASIA,
        "passages": 2,
        "passages_of_files": 0,
        "figures": 0,
        "sources": 1,
        "states": 1,
        "states_at_least": False,
        "of_states": 44,
        "mean_age": 1.0,
        "open_contradictions": 0,
        "standing_contradictions": 0,
        "late_passages": 0,
        "late_passages_of_files": 0,
        "late_figures": 0,
    }
    assert one["coverage"][0]["sentence"] == "1 of 195 states reported"
    assert client.get("/api/v1/matrix?cycle=1900", headers=headers).status_code == 404
    assert client.get("/api/v1/matrix?colour=red", headers=headers).status_code == 422


def test_the_holes_stand_in_plain_words_and_lead_to_a_request(world: World) -> None:
    page = world.browser("lead").get("/evidence/holes?region=Arab States&voice=non_state").get_data(as_text=True)
    assert "No non-state evidence on commitment 1.3 (" in page
    assert page.count('<tr><th scope="row">') == 6
    assert "/evidence/requests?cycle=2026&amp;commitment=1.3&amp;channel=f&amp;region=Arab+States#ask" in page
    officer = world.browser("data_officer").get("/evidence/holes?voice=non_state").get_data(as_text=True)
    assert "/evidence/requests?cycle=2026&amp;commitment" not in officer
