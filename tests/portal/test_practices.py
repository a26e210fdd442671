"""Good practices: kept as records from the form to the public page, with pictures only where the state opened them."""

from __future__ import annotations

import csv
import io
import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.db import db
from portal.http.context import EXTENSION
from portal.models.reports import Report
from portal.queries import practices, reports
from portal.services import attachments, drafting
from portal.services.attachments import Upload
from portal.services.steps import Order
from tests.factories import PATH, World, csrf
from tests.portal.callers import Caller
from tests.portal.contributing import contribution

QUESTION = "A.2/practices"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40
HOMES = {
    "id": "homes",
    "title": "Homes by the canal",
    "place": "Harbour town",
    "scale": "city",
    "from": "2018",
    "to": "2022",
    "commitments": ["1.1", "2.2"],
    "goals": ["11"],
    "results": "412 homes.",
}
TRAMS = {"id": "trams", "title": "A tram to the hill", "scale": "metropolitan", "goals": ["11", "13"], "results": "=1"}


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, buffered=True)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def titles(text: str) -> list[str]:
    return re.findall(r'<h2 class="question-title"><a [^>]*><bdi>(.*?)</bdi>', text)


def pictures(text: str) -> list[tuple[str, str]]:
    return re.findall(r'<img src="[^"]*/([^"/]+)" alt="([^"]*)"', text)


def attached(world: World, report: Report, count: int) -> list[str]:
    """So many pictures beside the practices of a draft."""
    act = world.acting("focal_point", report.entity)
    mine = reports.get(act.session, report.id, lock=True)
    storage = world.app.extensions[EXTENSION].storage
    blobs = [storage.put(io.BytesIO(PICTURE)) for _ in range(count)]
    made = [
        attachments.attach(act, mine, QUESTION, Upload(f"{n}.png", "image/png", blob.key, blob.size, blob.sha256))
        for n, blob in enumerate(blobs)
    ]
    found = [str(one.id) for one in made]
    world.done()
    return found


def published(
    world: World, entity: str, *rows: dict[str, Any], opened: int = 0, shown: int = 0
) -> tuple[Report, list[str]]:
    """A published report with these practices, the first of which shows so many pictures; the state opened so many."""
    report = world.report(entity)
    files = attached(world, report, shown)
    told = [{"attachment": file, "alt": f"Yard {n}", "credit": "City archive"} for n, file in enumerate(files)]
    act = world.acting("focal_point", entity)
    world.fill(act, report)
    world.fill(act, report, {QUESTION: [rows[0] | {"pictures": told}, *rows[1:]]})
    world.done()
    for step in PATH["published"]:
        order = Order(attachments=tuple(map(uuid.UUID, files[:opened]))) if step == "consent" else None
        world.step(report, step, order)
    return report, files


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["A tram to the hill", "Homes by the canal"]),
        ("commitment=2.2", ["Homes by the canal"]),
        ("goal=13", ["A tram to the hill"]),
        ("goal=11&scale=city", ["Homes by the canal"]),
        ("entity=ken", ["A tram to the hill"]),
        ("goal=14", []),
        ("goal=%ff&entity=%27", []),
    ],
)
def test_the_list_of_practices_is_filtered_by_its_address(
    world: World, client: FlaskClient, asked: str, found: list[str]
) -> None:
    published(world, "KAZ", HOMES)
    published(world, "KEN", TRAMS)
    assert sorted(titles(page(client, f"/practices?{asked}"))) == found
    told = list(csv.DictReader(io.StringIO(page(client, f"/practices.csv?{asked}"))))
    assert sorted(row["title"] for row in told) == found


def test_a_practice_has_a_page_of_its_own(world: World, client: FlaskClient) -> None:
    report, _files = published(world, "KAZ", HOMES, TRAMS)
    text = page(client, f"/published/{report.id}/practices/homes")
    words = [
        re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)).strip() for row in re.findall("<dd>(.*?)</dd>", text, re.S)
    ]
    assert words == [
        "Harbour town",
        "City",
        "2018 – 2022",
        "Sustainable urban development for social inclusion and ending poverty "
        "Planning and managing urban spatial development",
        "Goal 11: Sustainable cities and communities",
        "412 homes.",
    ]
    page(client, f"/published/{report.id}/practices/none", 404)


def test_a_practice_is_as_public_as_its_report(world: World, client: FlaskClient) -> None:
    report, _files = published(world, "KAZ", HOMES)
    act = world.acting("focal_point", "KEN")
    draft = drafting.start(act, drafting.Draft("KEN", "2026", "full", ["en"]))
    world.fill(act, draft, {QUESTION: [TRAMS]})
    world.done()
    assert titles(page(client, "/practices")) == ["Homes by the canal"]
    page(client, f"/published/{draft.id}/practices/trams", 404)
    world.step(report, "withdraw", Order(reason="A figure is wrong."))
    assert titles(page(client, "/practices")) == []
    page(client, f"/published/{report.id}/practices/homes", 404)


def test_a_picture_is_shown_with_its_words_where_the_state_opened_it(world: World, client: FlaskClient) -> None:
    report, files = published(world, "KAZ", HOMES, shown=2, opened=1)
    shown = [(files[0], "Yard 0")]
    for address in (f"/published/{report.id}/practices/homes", f"/published/{report.id}"):
        text = page(client, address)
        assert pictures(text) == shown
        assert ("Yard 1" in text, "picture not published" in text, files[1] in text) == (True, True, False)
    (told,) = Caller(world, "").get("/public/practices").json["items"]
    assert [(picture["attachment"], picture["alt"]) for picture in told["pictures"]] == shown
    [row] = csv.DictReader(io.StringIO(page(client, "/practices.csv")))
    assert row["pictures"] == "Yard 0"


def test_the_list_costs_the_same_for_one_and_for_many(world: World, client: FlaskClient) -> None:
    published(world, "KAZ", HOMES)
    costs = []
    for more in (lambda: None, lambda: published(world, "KEN", TRAMS, {"title": "Another", "results": "r"})):
        more()
        for _time in range(2):
            practices._kept.clear()
            seen: list[str] = []
            listen = lambda *told, seen=seen: seen.append(told[2])  # noqa: E731
            event.listen(db.engine, "before_cursor_execute", listen)
            page(client, "/practices")
            event.remove(db.engine, "before_cursor_execute", listen)
            costs.append(len([sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA"))]))
    assert costs == [2, 2, 2, 2]


def test_everyone_gets_practices_by_the_api(world: World) -> None:
    report, _files = published(world, "KAZ", HOMES, TRAMS)
    nobody = Caller(world, "")
    told = nobody.get("/public/practices?goal=13").json
    assert (told["next"], [item["title"] for item in told["items"]]) == (None, ["A tram to the hill"])
    [item] = told["items"]
    assert (item["report"], item["id"], item["entity"], item["version"]) == (str(report.id), "trams", "KAZ", 1)
    assert nobody.get("/public/practices?goal=18").status_code == 422
    first = nobody.get("/public/practices?limit=1").json
    second = nobody.get(f"/public/practices?limit=1&cursor={first['next']}").json
    assert [item["id"] for page in (first, second) for item in page["items"]] == ["homes", "trams"]


def test_a_practice_is_added_and_changed_without_script(world: World) -> None:
    report = world.report()
    [file] = attached(world, report, 1)
    browser = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/A.2"
    text = page(browser, address)
    [first, second] = re.findall(rf'name="{QUESTION}-\d-id" value="([0-9a-f]+)"', text)
    sent = {"csrf_token": csrf(text), f"{QUESTION}@revision": "0"}
    sent |= {f"{QUESTION}-0-id": first, f"{QUESTION}-0-title": "Homes", f"{QUESTION}-1-id": second}
    sent |= {f"{QUESTION}-0-goals": ["", "11", "3"], f"{QUESTION}-0-pictures-offered": file}
    sent |= {f"{QUESTION}-0-pictures-{file}-alt": "A yard with trees"}
    assert browser.post(address, data=sent).status_code == 303
    [row] = value(report)
    assert (row["id"], row["title"], row["goals"]) == (first, "Homes", ["3", "11"])
    assert [(one["attachment"], one["alt"]) for one in row["pictures"]] == [(file, "A yard with trees")]
    changed = {f"{QUESTION}@revision": "1", f"{QUESTION}-0-title": "Homes by the canal", f"{QUESTION}-1-title": "Trams"}
    changed |= {f"{QUESTION}-0-pictures-was": file}
    assert browser.post(address, data=sent | changed).status_code == 303
    assert [(row["id"], row["title"], row["pictures"]) for row in value(report)] == [
        (first, "Homes by the canal", []),
        (second, "Trams", []),
    ]


def test_two_people_add_a_practice_each(world: World) -> None:
    report = world.report()
    for title, identifier in (("Homes", "homes"), ("Trams", "trams")):
        act = world.acting("focal_point", "KAZ")
        mine = reports.get(act.session, report.id, lock=True)
        drafting.save(act, mine, drafting.Given(QUESTION, "en", [{"id": identifier, "title": title}], 0))
        world.done()
    assert sorted((row["id"], row["title"]) for row in value(report)) == [("homes", "Homes"), ("trams", "Trams")]


def test_a_picture_taken_out_leaves_the_practice(world: World) -> None:
    report = world.report()
    files = attached(world, report, 2)
    act = world.acting("focal_point", "KAZ")
    world.fill(act, report, {QUESTION: [HOMES | {"pictures": [{"attachment": file, "alt": file} for file in files]}]})
    world.done()
    act = world.acting("focal_point", "KAZ")
    attachments.remove_and_forget(act, reports.get(act.session, report.id, lock=True), uuid.UUID(files[0]))
    world.done()
    assert [picture["alt"] for picture in value(report)[0]["pictures"]] == files[1:]


def test_practices_of_an_older_version_are_read_in_the_shape_of_today() -> None:
    document = {
        "files": [{"id": "f", "name": "yard.png"}],
        "answers": [
            {"question": "1.1.1.1/practices", "kind": "practices", "language": "fr",
             "value": [{"title": "Homes", "period": "2018-2022", "commitments": "Housing", "pictures": ["f"]}]},
            {"question": "F.2/summary", "kind": "narrative", "language": "fr", "value": "Text"},
        ],
    }  # fmt: skip
    [told] = practices.told(document)
    again = [one.row["id"] for one in practices.told(document)]
    assert (told.row["from"], told.row["to"], told.row["commitments"]) == ("2018", "2022", ["Housing"])
    assert (again, dict(told.files), told.language) == ([told.row["id"]], {"f": "yard.png"}, "fr")


def value(report: Report) -> list[dict[str, Any]]:
    db.session.rollback()
    row = reports.answer(db.session, report.id, QUESTION, "en")
    assert row is not None
    found: list[dict[str, Any]] = row.value
    return found


def test_who_names_a_contact_of_a_practice_is_told_that_everybody_reads_it(world: World) -> None:
    report, made = world.report("KAZ"), contribution(world, "e")
    forms = (
        page(world.browser("focal_point", "KAZ"), f"/reports/{report.id}/sections/A.2"),
        page(world.browser("partner"), f"/contributions/{made.id}/draft"),
    )
    fields = [len(re.findall(r'name="[^"]*-contact"', text)) for text in forms]
    assert [text.count("Contact, public with the practice") for text in forms] == fields
    assert 0 not in fields
