"""Statements cite figures of reports, and what becomes of them when the report is corrected or withdrawn."""

from __future__ import annotations

import csv
import io
import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.db import db
from portal.models.cycles import Cycle
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report
from portal.models.synthesis import Citation
from portal.queries import words
from portal.rules.refusals import Invalid
from reviewer.queries import statements as queries
from reviewer.rules.matrix import CHANNELS
from reviewer.rules.statements import behind, touching
from reviewer.services import statements, synthesis
from reviewer.services.statements import Draft, Ground
from reviewer.services.synthesis import Settlement
from tests.factories import BLOCKERS, World, csrf
from tests.house.test_pages import faults
from tests.portal.test_passages import again, rewrite
from tests.portal.test_reported_figures import POLICY, SLUMS, reported, series
from tests.reviewer.synthesising import LATE, case, statement, waiting

ROWS = (("2019/20", "> 9.5"), ("2021", "8"))
MORE = {"source": "Census <2020>", "disaggregation": "women", "place": "Astana"}


def figures(report: Report) -> list[ReportedFigure]:
    """The figures of the newest version of a report."""
    query = select(ReportedFigure).where(ReportedFigure.report_id == report.id)
    newest = query.where(ReportedFigure.version == report.versions)
    return list(db.session.scalars(newest.order_by(ReportedFigure.question, ReportedFigure.ordinal)))


def stated(world: World, *cited: ReportedFigure, stance: str = "for") -> uuid.UUID:
    """A supported statement that the first of these figures speaks for, the others as said."""
    act = world.acting("reviewer")
    grounds = [Ground("reported", str(one.id), "for" if one is cited[0] else stance) for one in cited]
    made = statements.write(act, Draft("2026", "1.1.2.4", "Slums shrink."), grounds).id
    statements.support(act, made, 1)
    world.done()
    return made


def cited(of: uuid.UUID) -> list[tuple[str, str, int, int]]:
    """The figures that a statement cites now: value, period, version, row."""
    db.session.rollback()
    rows = queries.citations(db.session, [of])[of]
    return [(row.value_text, row.period, row.version, row.ReportedFigure.ordinal) for row in rows]


def told(of: uuid.UUID) -> list[tuple[str, str | None, str | None]]:
    """What waits of a statement: why, the value that was cited and the one that stands there now."""
    values = {one.id: one.value_text for one in db.session.scalars(select(ReportedFigure))}
    return [
        (row.reason, values.get(row.old_reported_figure_id or 0), values.get(row.new_reported_figure_id or 0))
        for row in waiting(of)
    ]


# citing


def test_a_figure_of_a_report_counts_as_its_state_in_its_own_report(world: World) -> None:
    kaz = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    ken = reported(world, "KEN", {SLUMS: series(("2020", "50"), unit="households")})
    made = stated(world, figures(kaz)[0], figures(ken)[0], stance="against")
    rows = queries.citations(db.session, [made])[made]
    assert {row.entity: row.unit for row in rows} == {"KAZ": "percent", "KEN": "households"}
    found = behind(rows)
    assert (found.states, found.spoken_of, found.regions, found.channels, found.languages) == (
        *(("KAZ",), ()),
        *(("Asia and the Pacific",), ("a",), ()),
    )
    assert (found.speaking_for, found.against) == (1, 1)
    (first, _second) = db.session.scalars(select(Citation).order_by(Citation.stance.desc())).all()
    number = figures(kaz)[0].id
    assert (first.kind, first.reported_figure_id, first.cited_reported_figure_id) == ("reported", number, number)
    assert (first.passage_id, first.observation_id, first.value_text) == (None, None, "")


def test_what_does_not_stand_is_not_cited_and_each_is_named(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    old = figures(report)[1].id
    again(world, report, {SLUMS: series(("2021", "7"))})
    late = world.report("KEN", "preparing")
    world.fill(world.acting("focal_point", "KEN"), late, BLOCKERS | {SLUMS: series(("2020", "40"))})
    world.done()
    for step in ("ask", "submit"):
        world.step(late, step, at=LATE)
    now, of_late = (figures(one)[0].id for one in (report, late))
    act = world.acting("reviewer")
    made = statements.write(act, Draft("2026", "1.1.2.4", "Slums shrink.")).id
    references = (str(now), "77777", "x", "9" * 30, str(old), str(of_late), str(now))
    with pytest.raises(Invalid) as refused:
        statements.cite(act, made, [Ground("reported", one, "for") for one in references])
    assert [(one.where, one.sentence[:44]) for one in refused.value.problems] == [
        ("citations[1]", "There is no figure with this number."),
        ("citations[2]", "There is no figure with this number."),
        ("citations[3]", "There is no figure with this number."),
        ("citations[4]", "This is of an earlier version, was withdrawn"),
        ("citations[5]", "This report was received after the synthesis"),
        ("citations[6]", "The statement cites this already."),
    ]
    assert db.session.scalars(select(Citation)).all() == []


def test_what_another_cycle_reported_is_not_cited(world: World) -> None:
    number = figures(reported(world, "KAZ", {SLUMS: series(*ROWS)}))[0].id
    now = db.session.get_one(Cycle, "2026")
    db.session.add(Cycle(key="2030", label="2030", edition=now.edition, opened_at=now.opened_at))
    db.session.flush()
    db.session.execute(update(ReportedFigure).values(cycle="2030"))
    db.session.commit()
    act = world.acting("reviewer")
    made = statements.write(act, Draft("2026", "1.1.2.4", "Slums shrink.")).id
    with pytest.raises(Invalid, match="This belongs to another cycle"):
        statements.cite(act, made, [Ground("reported", str(number), "for")])


def test_a_contradiction_on_its_section_touches_a_figure_of_a_report(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    made = stated(world, figures(report)[0])
    rows = queries.citations(db.session, [made])[made]
    touch = {
        "its indicator": case(indicator="NUA-14"),
        "a passage of its answer": case({"ref": f"{report.id}:v9:{SLUMS}:en:7"}, entity=None),
    }
    not_touch = {"another state": case(indicator="NUA-14", entity="KEN"), "another section": case(indicator="NUA-01")}
    assert [name for name, one in (touch | not_touch).items() if touching(rows, [one])] == list(touch)


# a corrected version


def test_what_was_taken_away_asks_nothing(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    made = stated(world, *figures(report))
    first = db.session.scalars(select(Citation.id).where(Citation.reported_figure_id == figures(report)[0].id)).one()
    statements.uncite(world.acting("reviewer"), made, first)
    world.done()
    again(world, report, {SLUMS: series(("2019/20", "9"), ROWS[1])})
    assert (statement(made).state, told(made)) == ("supported", [])


def test_a_citation_follows_the_row_that_says_the_same(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    made = stated(world, *figures(report))
    first = [one.id for one in figures(report)]
    again(world, report, {SLUMS: series(("2023", "7"), ("2021", "8"), ("2019/20", "> 9.5"), source="CENSUS.", unit="")})
    assert (statement(made).state, told(made)) == ("supported", [])
    assert sorted(cited(made)) == [("8", "2021", 2, 2), ("> 9.5", "2019/20", 2, 3)]
    assert [row.unit for row in queries.citations(db.session, [made])[made]] == ["percent", "percent"]
    held = db.session.scalars(select(Citation.cited_reported_figure_id).order_by(Citation.cited_reported_figure_id))
    assert list(held) == first


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        (series(("2019/20", "> 9"), ("2021", "8")), [("edited", "> 9.5", "> 9")]),
        (series(("2021", "8"), ("2019/20", "> 9")), [("edited", "> 9.5", "> 9")]),
        (series(("2019", "> 9.5"), ("2021", "8")), [("edited", "> 9.5", "> 9.5")]),
        (series(("2019/20", "> 9.5"), source="A survey"), [("edited", "> 9.5", "> 9.5")]),
        (series(("2019/20", "> 9.5"), place="Almaty"), [("edited", "> 9.5", "> 9.5")]),
        (series(("2019/20", "> 9.5"), unit="households"), [("edited", "> 9.5", "> 9.5")]),
        (series(("2021", "8")), [("gone", "> 9.5", None)]),
        (series(("2021", "7")), [("gone", "> 9.5", None)]),
        ({"status": "no_data", "reason": "Not collected.", "rows": []}, [("gone", "> 9.5", None)]),
    ],
    ids=["value", "value and row", "period", "source", "place", "unit", "gone", "gone and another", "no answer"],
)
def test_what_says_something_else_waits_with_both_figures(
    world: World, answer: dict[str, Any], waits: list[tuple[str, str | None, str | None]]
) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    made = stated(world, figures(report)[0])
    again(world, report, {SLUMS: answer})
    assert (statement(made).state, told(made)) == ("check_again", waits)
    assert cited(made) == [("> 9.5", "2019/20", 1, 1)]


def test_a_row_that_stands_on_is_not_taken_for_the_one_that_went(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(("2020", "9"), ("2020", "10"))})
    made = stated(world, figures(report)[0])
    again(world, report, {SLUMS: series(("2020", "10"))})
    assert told(made) == [("gone", "9", None)]


def test_a_figure_that_is_said_again_leaves_the_list_and_one_that_holds_goes_over(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    made = stated(world, figures(report)[0])
    again(world, report, {SLUMS: series(("2019/20", "9"))})
    again(world, report, {SLUMS: series(*ROWS)})
    assert (statement(made).state, told(made), cited(made)) == ("supported", [], [("> 9.5", "2019/20", 3, 1)])
    again(world, report, {SLUMS: series(("2019/20", "9"))})
    (row,) = waiting(made)
    synthesis.settle(world.acting("reviewer"), row.id, Settlement("holds", "Nine is below ten too."))
    world.done()
    assert (statement(made).state, cited(made)) == ("supported", [("9", "2019/20", 4, 1)])
    first = db.session.scalars(select(Citation.cited_reported_figure_id)).one()
    assert db.session.get_one(ReportedFigure, first).value_text == "> 9.5"


def test_a_withdrawn_report_takes_its_figures_along_until_it_is_submitted_anew(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    made = stated(world, figures(report)[0])
    world.step(report, "withdraw")
    assert (statement(made).state, told(made)) == ("check_again", [("withdrawn", "> 9.5", None)])
    world.step(report, "reopen")
    rewrite(world, report, {POLICY: series(("2023", "yes"))})
    for step in ("ask", "submit"):
        world.step(report, step)
    assert (statement(made).state, told(made), cited(made)) == ("supported", [], [("> 9.5", "2019/20", 2, 1)])


# the pages


def page(world: World, address: str, role: str = "reviewer", entity: str | None = None) -> str:
    answer = world.browser(role, entity).get(address)
    assert answer.status_code == 200, answer.text
    html = answer.get_data(as_text=True)
    assert faults(html) == []
    return html


def offered(html: str) -> list[str]:
    """The figures of reports that a page offers, as text."""
    found = re.findall(r'<input type="checkbox" id="r-.*?<label[^>]*>(.*?)</label>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in found]


def test_the_page_finds_the_figures_of_the_state_and_section_asked_for(world: World) -> None:
    reported(world, "KAZ", {SLUMS: series(ROWS[0], **MORE), POLICY: series(("2023", "yes"), unit="")})
    reported(world, "KEN", {SLUMS: series(("2020", "50"), unit="PERCENT")})
    made = statements.write(world.acting("reviewer"), Draft("2026", "1.1.2.4", "Slums shrink.")).id
    world.done()
    there = f"/synthesis/statements/{made}"
    title = world.edition().questions[SLUMS].title["en"]
    kaz = (
        f"Kazakhstan &gt; 9.5 percent · 2019/20 · NUA-14 {title}"
        " its report, version 1 · women · Astana · Census &lt;2020&gt;"
    )
    ken = f"Kenya 50 percent · 2020 · NUA-14 {title} its report, version 1 · Census"
    assert offered(page(world, there)) == [kaz, ken]
    assert offered(page(world, f"{there}?entity=ken")) == [ken]
    assert [one[:14] for one in offered(page(world, f"{there}?section=2.1&entity=KAZ"))] == ["Kazakhstan yes"]
    assert offered(page(world, f"{there}?section=1.1.1.1")) == []
    assert len(offered(page(world, f"{there}?section="))) == 3
    of_africa = statements.write(world.acting("reviewer"), Draft("2026", "S.3.1", "Slums shrink in Africa.")).id
    world.done()
    assert offered(page(world, f"/synthesis/statements/{of_africa}")) == [ken]


def test_a_figure_is_ticked_and_a_refused_choice_comes_back(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(ROWS[0], **MORE)})
    number = figures(report)[0].id
    made = statements.write(world.acting("reviewer"), Draft("2026", "1.1.2.4", "Slums shrink.")).id
    world.done()
    client, there = world.browser("reviewer"), f"/synthesis/statements/{made}"
    sent = {"csrf_token": csrf(client.get(there).text), "stance": "against", "reported": str(number)}
    refused = client.post(f"{there}/citations", data=sent | {"reference": "no such key"})
    ticked = re.findall(r'<input type="(?:radio|checkbox)"[^>]* value="([^"]*)" checked>', refused.text)
    assert (refused.status_code, ticked) == (422, ["against", str(number)])
    assert client.post(f"{there}/citations", data=sent).status_code == 303
    twice = client.post(f"{there}/citations", data=sent)
    assert (twice.status_code, "The statement cites this already." in twice.text) == (422, True)
    html = page(world, there)
    assert offered(html) == []
    beside = html.partition('<article class="thread thread-against">')[2].partition("<form")[0]
    title = world.edition().questions[SLUMS].title["en"]
    assert " ".join(re.sub(r"<[^>]*>", " ", beside).split()) == (
        f"Speaks against it Kazakhstan · {CHANNELS['a']} · {SLUMS} &gt; 9.5 percent · 2019/20 · NUA-14 {title}"
        " its report, version 1 · women · Astana · Census &lt;2020&gt;"
    )
    assert "not of the newest version" not in html
    again(world, report, {SLUMS: series(("2019/20", "9"), **MORE)})
    assert page(world, there).count("not of the newest version") == 1


def test_the_list_to_check_again_shows_both_figures(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(*ROWS)})
    stated(world, figures(report)[0])
    again(world, report, {SLUMS: series(("2019/20", "9"))})
    html = page(world, "/synthesis/check-again")
    sides = re.findall(r"<section><h3>(.*?)</section>", html, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in sides]
    title = world.edition().questions[SLUMS].title["en"]
    assert texts == [
        f"As it was cited &gt; 9.5 percent · 2019/20 · NUA-14 {title} its report, version 1 · Census",
        f"As it stands now 9 percent · 2019/20 · NUA-14 {title} its report, version 2 · Census",
    ]
    assert ("It was changed in a newer version." in html, "Kazakhstan" in html) == (True, True)
    world.step(report, "withdraw")
    assert page(world, "/synthesis/check-again").count("Nothing stands there any more.") == 1


# the release, what is taken along, programs


def test_the_state_alone_sees_its_figure_as_it_was_released(world: World) -> None:
    kaz = reported(world, "KAZ", {SLUMS: series(ROWS[0], **MORE)})
    ken = reported(world, "KEN", {SLUMS: series(("2020", "50"))})
    stated(world, figures(kaz)[0], figures(ken)[0])
    number = figures(kaz)[0].id
    synthesis.release(world.acting("lead"), "2026")
    world.done()
    again(world, kaz, {SLUMS: series(("2019/20", "9"))})
    found = words.released(db.session, "2026", words.of_state(db.session, "KAZ"))
    assert found is not None
    assert [used.own for used in found.used] == [
        [
            {
                "kind": "reported",
                "stance": "for",
                "reference": f"reported:{number}",
                "channel": "a",
                "entity": "KAZ",
                "region": "Asia and the Pacific",
                "report": str(kaz.id),
                "version": 1,
                "question": SLUMS,
                "indicator": "NUA-14",
                "value": "> 9.5",
                "unit": "percent",
                "period": "2019/20",
                **MORE,
            }
        ]
    ]
    html = page(world, "/entities/KAZ/words", "focal_point", "KAZ")
    for shown in ("&gt; 9.5", "NUA-14", "2019/20", "women", "Astana", "Census &lt;2020&gt;", "version 1"):
        assert shown in html, shown
    assert ">50<" not in html
    assert world.browser("focal_point", "KEN").get("/entities/KAZ/words").status_code == 403


def test_the_footnote_and_its_row_name_the_figure(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(ROWS[0], **MORE)})
    stated(world, figures(report)[0])
    lead = world.browser("lead")
    html = lead.get("/synthesis/report.html").get_data(as_text=True)
    note = re.sub(r"<[^>]*>", "", html.partition('<li id="note-1" value="1">')[2].partition("</li>")[0])
    title = "Urban population living in slums, informal settlements or inadequate housing"
    assert note == (
        f"Kazakhstan: &gt; 9.5 percent, {title}, 2019/20, women, Astana, Census &lt;2020&gt; "
        "(Progress reports of governments) back to the text"
    )
    (row,) = csv.DictReader(io.StringIO(lead.get("/synthesis/evidence.csv").get_data(as_text=True)))
    names = ("kind", "channel", "entity", "question", "version", "value", "unit", "period", "indicator", *MORE)
    assert [row[name].lstrip("'") for name in names] == [
        *("reported", "a", "KAZ", SLUMS, "1", "> 9.5", "percent", "2019/20", "NUA-14"),
        *MORE.values(),
    ]


def test_a_program_cites_a_figure_of_a_report(world: World) -> None:
    report = reported(world, "KAZ", {SLUMS: series(ROWS[0], **MORE)})
    client, token = world.app.test_client(), {"Authorization": f"Bearer {world.token('reviewer')}"}
    listed = client.get("/api/v1/reported-figures", headers=token).get_json()["items"]
    ground = {"kind": "reported", "reference": str(listed[0]["id"]), "stance": "for"}
    draft = {"cycle": "2026", "heading": "1.1.2.4", "text": "Slums shrink.", "citations": [ground]}
    made = client.post("/api/v1/statements", json=draft, headers=token)
    assert made.status_code == 201, made.text
    (one,) = made.get_json()["citations"]
    assert uuid.UUID(one.pop("id")) in set(db.session.scalars(select(Citation.id)))
    assert {name: value for name, value in one.items() if value is not None} == {
        "kind": "reported",
        "stance": "for",
        "reference": f"reported:{figures(report)[0].id}",
        "channel": "a",
        "entity": "KAZ",
        "region": "Asia and the Pacific",
        "question": SLUMS,
        "version": 1,
        "value": "> 9.5",
        "unit": "percent",
        "period": "2019/20",
        "indicator": "NUA-14",
        **MORE,
    }
    wrong = client.post("/api/v1/statements", json=draft | {"citations": [ground | {"kind": "figure"}]}, headers=token)
    assert wrong.status_code == 422
