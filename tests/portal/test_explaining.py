"""Explanations of findings: what counts and for how long, what others read of them; and the list of checks."""

from __future__ import annotations

import csv
import html
import io
import json
from typing import Any

import pytest

from forms.findings import Finding
from portal.db import db
from portal.models.keeping import Explanation
from portal.models.reports import Report
from portal.queries import events, reports
from portal.rules import plausible
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow
from portal.services import explaining
from portal.services.drafting import Given, save
from portal.services.explaining import Judged, Said
from portal.services.steps import content_digest
from tests.factories import World, csrf
from tests.portal.test_pages_drafting import notices, page, post

WORDS = "The ministry counts the years of its own budget."


def listed(report: Report) -> list[Judged]:
    db.session.rollback()
    return explaining.judged_draft(db.session, reports.get(db.session, report.id))


def one_of(report: Report, severity: str, nth: int = 0) -> Judged:
    return [one for one in listed(report) if one.finding.severity == severity][nth]


def said(one: Judged, words: str = WORDS, **more: Any) -> Said:
    found = one.finding
    return Said(found.question, found.language, found.rule, one.about, words, **more)


def explain(world: World, report: Report, one: Judged, words: str = WORDS, **more: Any) -> None:
    act = world.acting("focal_point", report.entity)
    explaining.explain(act, reports.get(act.session, report.id, lock=True), said(one, words, **more))
    world.done()


def again(report: Report, one: Judged) -> Judged:
    return next(other for other in listed(report) if other.mark == one.mark)


def test_two_rows_of_one_series_are_told_apart() -> None:
    first = Finding("warning", "1/x", "jump", "Row %(row)s of %(share)s.", {"row": 1, "share": 0.5})
    second = Finding("warning", "1/x", "jump", "Row %(row)s of %(share)s.", {"row": 2, "share": 0.5})
    assert explaining.about(first) != explaining.about(second)
    values = {("1/x", "en"): [{"year": "2019"}, {"year": "2020"}]}
    other = {("1/x", "en"): [{"year": "2019"}, {"year": "2021"}]}
    before, after = (explaining.said_of(first, ["en"], held) for held in (values, other))
    assert before == after
    before, after = (explaining.said_of(second, ["en"], held) for held in (values, other))
    assert before != after


def test_an_explained_finding_counts_until_its_answer_changes(world: World) -> None:
    report = world.report("KAZ")
    contacts = [{"name": "Office of the focal point", "email": "no address"}]
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True), {"F.1/contacts": contacts})
    world.done()
    one = next(one for one in listed(report) if one.finding.question == "F.1/contacts" and one.explainable)
    explain(world, report, one)
    kept = again(report, one)
    assert (kept.explained, kept.words) == (True, WORDS)
    changed = [{"name": "Another office", "email": "no address"}]
    act = world.acting("focal_point", "KAZ")
    save(act, reports.get(act.session, report.id, lock=True), Given("F.1/contacts", "en", changed, 1))
    world.done()
    kept = again(report, one)
    assert (kept.explained, kept.words) == (False, WORDS)
    text = page(world.browser("focal_point", "KAZ"), f"/reports/{report.id}/check?section=F.1")
    assert "Given for an earlier answer: look again" in text
    explain(world, report, one)
    assert again(report, one).explained
    told = [row for row in events.events(db.session, report.id) if row.kind == "explanation.give"]
    assert [row.data["words"] for row in told] == [WORDS, WORDS]


def test_who_explains_what(world: World) -> None:
    report = world.report("KAZ")
    blocker, warning, note = (one_of(report, severity) for severity in ("blocker", "warning", "note"))
    for one in (blocker, note):
        with pytest.raises(Invalid):
            explain(world, report, one)
    act = world.acting("certifier", "KAZ")
    with pytest.raises(Forbidden):
        explaining.explain(act, reports.get(act.session, report.id, lock=True), said(warning))
    act = world.acting("focal_point", "KEN")
    with pytest.raises((Forbidden, Missing)):
        explaining.explain(act, reports.get(act.session, report.id, lock=True), said(warning))
    gone = Said(warning.finding.question, "", warning.finding.rule, "0" * 64, WORDS)
    act = world.acting("focal_point", "KAZ")
    with pytest.raises(NotNow):
        explaining.explain(act, reports.get(act.session, report.id, lock=True), gone)
    with pytest.raises(Invalid):
        explaining.explain(act, reports.get(act.session, report.id, lock=True), said(warning, "x" * 4001))
    assert [one for one in listed(report) if one.words] == []
    closed = world.report("KEN", "clearing")
    with pytest.raises(NotNow):
        explain(world, closed, one_of(closed, "warning"))


def test_empty_words_take_it_back_and_two_explain_at_once(world: World) -> None:
    report = world.report("KAZ")
    one = one_of(report, "warning")
    explain(world, report, one, "Mine.", began="")
    explain(world, report, one, "Theirs.", began="")
    assert again(report, one).words == "Mine.\n\nTheirs."
    explain(world, report, one, "Both.", began="Mine.\n\nTheirs.")
    assert again(report, one).words == "Both."
    explain(world, report, one, "")
    assert again(report, one).words == ""
    kinds = [row.kind for row in events.events(db.session, report.id) if row.kind.startswith("explanation.")]
    assert kinds == ["explanation.remove", "explanation.give", "explanation.give", "explanation.give"]


def test_the_version_holds_what_counts_and_the_reviewer_reads_it(world: World) -> None:
    report = world.report("KAZ")
    act = world.acting("focal_point", "KAZ")
    world.fill(act, reports.get(act.session, report.id, lock=True))
    world.done()
    warning, other = one_of(report, "warning", 0), one_of(report, "warning", 1)
    explain(world, report, warning)
    explain(world, report, other, "It was for an earlier answer.")
    act = world.acting("focal_point", "KAZ")
    act.session.get(Explanation, (report.id, *said(other).key)).said_of = "0" * 64
    world.done()
    for step in ("ask", "submit", "claim"):
        world.step(report, step)
    version = reports.version(db.session, report.id, 1)
    told = {f["question"]: f["explanation"] for f in json.loads(version.document)["findings"] if f["explanation"]}
    assert told == {warning.finding.question: WORDS}
    assert {f["question"]: f["explanation"] for f in version.findings if f["explanation"]} == told
    text = page(world.browser("reviewer"), f"/review/{report.id}")
    assert text.count(html.escape(WORDS)) == 1
    assert "It was for an earlier answer." not in text


def test_an_explanation_alone_can_be_submitted_again(world: World) -> None:
    report = world.report("KAZ", "clarifying")
    before = content_digest(db.session, report)
    assert before == reports.version(db.session, report.id, 1).content_digest
    explain(world, report, one_of(report, "warning"))
    assert content_digest(db.session, reports.get(db.session, report.id)) != before


def test_the_check_page_explains_and_narrows(world: World) -> None:
    report = world.report("KAZ")
    client, one = world.browser("focal_point", "KAZ"), one_of(report, "warning")
    address = f"/reports/{report.id}/check"
    text = page(client, f"{address}?severity=warning&explain={one.mark}")
    assert 'id="blocker"' not in text
    assert text.count("<textarea") == 1
    found = one.finding
    sent = {"question": found.question, "language": found.language, "rule": found.rule, "about": one.about}
    answer = post(client, f"/reports/{report.id}/explanations?severity=warning", csrf(text), **sent, words=WORDS)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"?severity=warning#f-{one.mark}")
    text = page(client, f"{address}?severity=explained")
    assert WORDS in text
    assert text.count('<li id="f-') == 1
    text = page(client, f"{address}?section={world.edition().questions[found.question].section}")
    sections = {row.split("</bdi>")[0] for row in text.split('<h3><bdi dir="ltr">')[1:]}
    assert sections == {world.edition().questions[found.question].section}
    empty = post(client, f"/reports/{report.id}/explanations?explain={one.mark}", csrf(text), **sent, words=" ")
    assert empty.status_code == 422
    assert 'href="#q-explain-words"' in empty.get_data(as_text=True)
    taken = post(client, f"/reports/{report.id}/explanations", csrf(text), **sent, words=WORDS, act="remove")
    assert taken.status_code == 303
    assert again(report, one).words == ""


def test_each_finding_leads_to_a_field_that_is_there(world: World) -> None:
    report = world.report("KAZ")
    client = world.browser("focal_point", "KAZ")
    text = page(client, f"/reports/{report.id}/check?severity=blocker")
    links = [part.split('"', 1)[0] for part in text.split(f'href="/reports/{report.id}/sections/')[1:]]
    assert links
    for link in links:
        address, anchor = html.unescape(link).split("#")
        assert f'id="{anchor}"' in page(client, f"/reports/{report.id}/sections/{address}"), link


def test_the_section_page_saves_explanations_with_the_answers(world: World) -> None:
    report = world.report("KAZ")
    one = one_of(report, "warning")
    section = world.edition().questions[one.finding.question].section
    client, address = world.browser("focal_point", "KAZ"), f"/reports/{report.id}/sections/{section}"
    token = csrf(page(client, address))
    name = f"{one.finding.question}@explain-{one.mark}"
    sent = {name: WORDS, f"{name}-began": "", f"{name}-of": f"{one.finding.language}|{one.finding.rule}|{one.about}"}
    post(client, address, token, **sent)
    assert again(report, one).explained
    text = page(client, address)
    assert "1 explanation is kept." in notices(text)[0]
    assert f">{WORDS}</textarea>" in text
    post(client, address, token, **(sent | {name: "", f"{name}-began": ""}))
    assert again(report, one).words == WORDS, "an older page took back what was said since"
    stale = {f"{name}-of": f"{one.finding.language}|{one.finding.rule}|{'0' * 64}"}
    post(client, address, token, **(sent | stale))
    assert any(WORDS in notice for notice in notices(page(client, address))), "words that are not kept are shown again"


def test_explaining_by_api(world: World) -> None:
    report = world.report("KAZ")
    one = one_of(report, "warning")
    token = {"Authorization": f"Bearer {world.token('focal_point', 'KAZ')}"}
    client = world.app.test_client()
    address = f"/api/v1/reports/{report.id}/problems"
    listing = client.get(f"{address}?limit=500", headers=token).json["items"]
    told = next(row for row in listing if row["about"] == one.about and row["question"] == one.finding.question)
    assert told["explanation"] is None
    sent = {key: told[key] for key in ("question", "language", "rule", "about")}
    answer = client.put(f"{address}/explanations", json=sent | {"words": WORDS}, headers=token)
    assert (answer.status_code, answer.json["explanation"]["words"]) == (200, WORDS)
    again_ = client.get(f"{address}?limit=500", headers=token).json["items"]
    assert [row["explanation"]["current"] for row in again_ if row["explanation"]] == [True]
    blocker = next(row for row in listing if row["severity"] == "blocker")
    sent = {key: blocker[key] for key in ("question", "language", "rule", "about")}
    assert client.put(f"{address}/explanations", json=sent | {"words": WORDS}, headers=token).status_code == 422
    other = {"Authorization": f"Bearer {world.token('focal_point', 'KEN')}"}
    assert client.put(f"{address}/explanations", json=sent | {"words": WORDS}, headers=other).status_code == 404


def test_the_list_of_checks_is_the_same_on_page_table_and_api(world: World) -> None:
    edition = world.edition()
    expected = [(rule.key, rule.severity, rule.says, list(rule.questions)) for rule in plausible.rules(edition)]
    client = world.browser("partner")
    text = page(client, f"/guidelines/{edition.key}/rules")
    assert [says for _, _, says, _ in expected if says not in html.unescape(text)] == []
    table = page(client, f"/guidelines/{edition.key}/rules.csv").removeprefix("\ufeff")
    rows = [
        (row["rule"], row["severity"], row["says"], row["questions"].split())
        for row in csv.DictReader(io.StringIO(table))
    ]
    assert rows == expected
    token = {"Authorization": f"Bearer {world.token('partner')}"}
    items = (
        world.app.test_client().get(f"/api/v1/guidelines/{edition.key}/rules?limit=500", headers=token).json["items"]
    )
    assert [(row["rule"], row["severity"], row["says"], row["questions"]) for row in items] == expected
    assert client.get("/guidelines/no-such/rules").status_code == 404
    assert world.app.test_client().get(f"/guidelines/{edition.key}/rules").status_code == 302
