"""Channel b in earnest on pages and by the API: a file shown first, put right, given to the worker, verified."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.db import db
from portal.models.datasets import PendingFile
from portal.models.observations import Import
from portal.worker import work_once
from tests.factories import World, csrf
from tests.portal.callers import Caller
from tests.portal.test_tabular import OFFICE, SHEETS

NATIONAL = "Land;Jahr;Wert\nKenya;2020;12,5\nThe hill country;2020;14\n"
DDF = "age,geo_area,nature,observation_status,sex,units,year,sl_tlf_uem\n15,404,n,a,bothsex,percent,2020,7\n"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DDF_NAME = "ddf--datapoints--sl_tlf_uem--by--x.csv"


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def send(client: FlaskClient, address: str, **fields: Any) -> TestResponse:
    token = csrf(page(client, "/channels/b"))
    return client.post(address, data={"csrf_token": token, **fields}, content_type="multipart/form-data")


def laid(client: FlaskClient, content: str, name: str, **fields: str) -> str:
    """Sends a file to be shown; the address of its page."""
    answer = send(client, "/channels/b/files", file=(io.BytesIO(content.encode()), name), **fields)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def form(html: str) -> dict[str, str]:
    """What the form of a file sends, where nothing is changed in it."""
    inside = html[html.index('name="seen"') - 200 : html.index("Take the file in")]
    inputs = (
        dict(re.findall(r'(\w+)="([^"]*)"', one)) | {"on": " checked" in one}
        for one in re.findall(r"<input[^>]*>", inside)
    )
    given = {
        one["name"]: one.get("value", "")
        for one in inputs
        if one["type" if "type" in one else "name"] != "checkbox" or one["on"]
    }
    for name, options in re.findall(r'<select[^>]* name="([^"]*)">(.*?)</select>', inside, re.S):
        given[name] = "".join(re.findall(r'value="([^"]*)" selected', options))
    return {name: unescape(value) for name, value in given.items() if name != "csrf_token"}


def take(client: FlaskClient, address: str, **changed: str) -> TestResponse:
    """Presses *Take the file in* on the page as it stands, after what is changed in its form."""
    return send(client, f"{address}/confirm", **form(page(client, address)) | changed)


def imports() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Import)) or 0


def worked() -> bool:
    """Whether the worker found something to do."""
    db.session.rollback()
    return work_once()


def test_a_file_is_shown_put_right_taken_in_and_verified(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, NATIONAL, "national.csv", source="yearbook")
    shown = page(officer, address)
    assert "Please say what the figures are" in shown
    assert re.findall(r'<option value="(\w+)" selected>', shown)[:3] == ["area", "period", "figure"]
    lacking = send(officer, f"{address}/confirm", source="yearbook")
    assert (lacking.status_code, imports()) == (422, 0)
    told = {"source": "yearbook", "series": "Urban growth", "unit": "%", "save": "yes"}
    assert send(officer, f"{address}/columns", **told).status_code == 303
    shown = page(officer, address)
    assert ("Kenya (KEN)" in shown, 'name="area-The hill country"' in shown) == (True, True)
    wrong = send(officer, f"{address}/areas", **{"area-The hill country": "Neverland"})
    assert (wrong.status_code, "Neverland" in wrong.get_data(as_text=True)) == (422, True)
    assert send(officer, f"{address}/areas", **{"area-The hill country": "Nepal"}).status_code == 303
    assert "Nepal (NPL)" in page(officer, address)
    assert (take(officer, address).status_code, imports()) == (303, 0)
    assert "http-equiv" in page(officer, address)
    assert (worked(), worked(), imports()) == (True, False, 1)
    done = page(officer, address)
    [report] = re.findall(r'href="(/channels/b/[0-9a-f-]{36})"', done)
    assert "http-equiv" not in done
    assert "somebody else verifies it" in page(officer, report)
    assert send(officer, f"{report}/verdict", verdict="verified").status_code == 403
    lead = world.browser("lead")
    assert send(lead, f"{report}/verdict", verdict="doubtful").status_code == 422
    assert send(lead, f"{report}/verdict", verdict="doubtful", reason="Look at row 3.").status_code == 303
    assert "Look at row 3." in page(officer, report)
    rules = page(officer, "/channels/b/rules")
    assert ("national.csv" in rules, "the hill country" in rules, "U1" in rules) == (True, True, True)


def test_what_a_name_and_columns_mean_is_kept_no_longer_where_it_was_wrong(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, NATIONAL, "national.csv", source="yearbook")
    told = {"source": "yearbook", "series": "Urban growth", "save": "yes"}
    send(officer, f"{address}/columns", **told)
    send(officer, f"{address}/areas", **{"area-The hill country": "Nepal"})
    take(officer, address)
    assert worked()
    forget = r'action="(/channels/b/rules/\w+/[^/]+/forget)"'
    columns, area = re.findall(forget, page(officer, "/channels/b/rules"))
    assert re.findall(forget, page(world.browser("lead"), "/channels/b/rules")) == []
    assert [send(officer, one).status_code for one in (area, area, columns)] == [303, 404, 303]
    assert re.findall(forget, page(officer, "/channels/b/rules")) == []
    again = laid(officer, NATIONAL.replace("2020", "2021"), "next.csv", source="yearbook")
    assert "Please say what the figures are" in page(officer, again)
    send(officer, f"{again}/columns", **told)
    assert 'name="area-The hill country"' in page(officer, again)
    assert imports() == 1


@pytest.mark.parametrize(
    ("state", "done", "parts", "bar", "words"),
    [
        ("waiting", 0, 0, ' value="0" max="1"', "The file waits for the worker."),
        ("reading", 0, 0, ' value="0" max="1"', "The file is read."),
        (
            "reading",
            20_000,
            50_000,
            ' value="20000" max="50000"',
            "The file is read. 20,000 of about 50,000 rows are read.",
        ),
        (
            "writing",
            50_000,
            50_000,
            "",
            "The file is written down. 50,000 rows were read; their figures are stored together.",
        ),
    ],
)
def test_the_page_shows_how_far_a_file_is(
    world: World, state: str, done: int, parts: int, bar: str, words: str
) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, DDF, DDF_NAME)
    db.session.rollback()
    db.session.execute(update(PendingFile).values(state=state, done=done, parts=parts))
    db.session.commit()
    shown = page(officer, address)
    assert re.findall(r"<progress([^>]*) aria-label", shown) == [bar]
    [said] = re.findall(r'<p role="status">(.*?)</p>', shown)
    assert " ".join(said.split()) == words


def test_a_second_verifier_finds_every_file_that_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.web.channels.PER_PAGE", 2)
    officer = world.browser("data_officer")
    for number in range(3):
        text = DDF.replace("2020", str(2020 + number))
        named = DDF_NAME.replace("by--x", f"by--{number}")
        assert send(officer, "/channels/b", file=(io.BytesIO(text.encode()), named)).status_code == 303
    named = r'<th scope="row"><a href="/channels/b/[0-9a-f-]+"><bdi>[^<]*by--(\d)'
    assert re.findall(named, page(officer, "/channels/b")) == ["2", "1"]
    assert re.findall(named, page(officer, "/channels/b?page=2")) == ["0"]
    assert re.findall(named, page(officer, "/channels/b?by=others")) == []
    lead = world.browser("lead")
    waiting = "/channels/b?standing=unverified&by=others"
    task = re.search(r'href="(/channels/b[^"]+)"[^>]*>\s*Verify 3 files', page(lead, "/desk"))
    assert task is not None
    assert task[1].replace("&amp;", "&") == waiting
    assert "Verify" not in page(officer, "/desk")
    [address] = re.findall(r'href="(/channels/b/[0-9a-f-]+)"', page(lead, f"{waiting}&page=2"))
    assert send(lead, f"{address}/verdict", verdict="verified").status_code == 303
    assert re.findall(named, page(lead, waiting)) == ["2", "1"]
    assert "Verify 2 files" in page(lead, "/desk")
    told = Caller(world, "lead")
    first = told.get("/datasets?standing=unverified&by=others&limit=1").json
    second = told.get(f"/datasets?standing=unverified&by=others&limit=1&cursor={first['next']}").json
    names = [one["file_name"][-5] for answer in (first, second) for one in answer["items"]]
    assert (names, second["next"]) == (["2", "1"], None)


def test_a_file_of_an_unknown_kind_is_shown_instead_of_refused(world: World) -> None:
    officer = world.browser("data_officer")
    answer = send(officer, "/channels/b", file=(io.BytesIO(NATIONAL.encode()), "national.csv"))
    assert (answer.status_code, imports()) == (303, 0)
    assert "does not know this kind of file" in page(officer, answer.headers["Location"])


def test_the_page_shows_the_indicator_of_the_figures_and_takes_another(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, NATIONAL, "national.csv", source="yearbook")
    said = {"source": "yearbook", "series": "11.1.1"}
    send(officer, f"{address}/columns", **said)
    value = r'name="indicator-11.1.1"[^>]* value="([^"]*)"'
    assert re.findall(value, page(officer, address)) == ["NUA-14"]
    wrong = send(officer, f"{address}/confirm", **said, **{"indicator-11.1.1": "99.9.9"})
    text = wrong.get_data(as_text=True)
    assert (wrong.status_code, re.findall(value, text)) == (422, ["99.9.9"])
    assert text.count("This is no indicator that is asked for.") == 2
    assert send(officer, f"{address}/columns", **said, **{"indicator-11.1.1": "11.2.1"}).status_code == 303
    assert re.findall(value, page(officer, address)) == ["NUA-15"]
    assert take(officer, address).status_code == 303
    assert worked()
    [report] = re.findall(r'href="(/channels/b/[0-9a-f-]{36})"', page(officer, address))
    assert '<td data-label="Indicator">NUA-15</td>' in page(officer, report)


def test_no_figure_is_taken_in_that_was_not_shown_so(world: World) -> None:
    officer, told = world.browser("data_officer"), "The file was not shown as you now say it is."
    content = "Land;Jahr;Wert\nKenya;2020;12,5\nAtlantis;2020;1234.5\n"
    address = laid(officer, content, "national.csv", source="yearbook")
    asked = page(officer, address)
    [first] = re.findall(r"<form[^>]*/columns.*?<button([^>]*)>([^<]*)<", asked, re.S)
    assert ("formaction" in first[0], first[1], "Take the file in" in asked) == (False, "Show it anew", False)
    unseen = {"source": "yearbook", "series": "NUA-14"}
    answer = send(officer, f"{address}/confirm", **unseen)
    assert (answer.status_code, worked(), imports()) == (303, False, 0)
    shown = page(officer, answer.headers["Location"])
    assert (told in shown, 'name="area-Atlantis"' in shown, 'value="NUA-14"' in shown) == (True, True, True)
    assert re.findall(r'id="save"[^>]*>', shown) == ['id="save" name="save" value="yes">']
    buttons = re.findall(r"<button([^>]*)>([^<]*)<", shown[shown.index('name="seen"') :])
    assert [("confirm" in where, words) for where, words in buttons[:2]] == [
        (False, "Show it anew"),
        (True, "Take the file in"),
    ]
    for changed in ({"role-1": "leave", "period": "2021"}, {"unit": "%"}, {"indicator-NUA-14": ""}, {"seen": ""}):
        answer = take(officer, address, **changed)
        assert (answer.status_code, told in page(officer, address), worked()) == (303, True, False)
    old = form(page(officer, address))
    assert send(officer, f"{address}/areas", **{"area-Atlantis": "Nepal"}).status_code == 303
    assert (send(officer, f"{address}/confirm", **old).status_code, worked(), imports()) == (303, False, 0)
    assert "Nepal (NPL)" in page(officer, address)
    assert take(officer, address, save="yes").status_code == 303
    assert (worked(), imports()) == (True, 1)


def test_what_was_emptied_or_unticked_stays_so_when_the_page_comes_back(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, NATIONAL, "national.csv", source="yearbook", edition="May")
    said = {"source": "", "edition": "", "series": "11.1.1", "unit": "", "indicator-11.1.1": "99.9.9"}
    text = send(officer, f"{address}/confirm", **said).get_data(as_text=True)
    assert re.findall(r'name="(?:source|edition)"[^>]* value="([^"]*)"', text) == ["", ""]
    assert re.findall(r'id="save"[^>]*>', text) == ['id="save" name="save" value="yes">']
    send(officer, f"{address}/columns", source="yearbook", series="11.1.1")
    wrong = send(officer, f"{address}/areas", **{"area-The hill country": "nowhere"}).get_data(as_text=True)
    assert re.findall(r'class="field-error" id="([^"]*)"', wrong) == ["area-The-hill-country-error"]
    assert re.findall(r'name="source"[^>]* value="([^"]*)"', wrong) == ["yearbook"]
    assert re.findall(r'id="save"[^>]*>', wrong) == ['id="save" name="save" value="yes" checked>']


def test_page_and_import_count_the_figures_of_a_file_alike(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, NATIONAL, "national.csv", source="yearbook")
    told = {"source": "yearbook", "series": "Urban growth"}
    send(officer, f"{address}/columns", **told)
    count = r"Figures read <b class=\"number\">(\d+)</b>"
    before = re.findall(count, page(officer, address))
    take(officer, address)
    assert worked()
    [report] = re.findall(r'href="(/channels/b/[0-9a-f-]{36})"', page(officer, address))
    assert re.findall(count, page(officer, report)) == before == ["2"]


AREAS = "code,name\nKAZ,Kazakh <b>land\nKEN,Kenya\nNPL,\nNER,Niger (the)\n"
A_LIST = "This is a list of countries and areas, no table of figures; nothing is taken from it."


@pytest.mark.parametrize("address", ["/channels/b", "/channels/b/files"])
def test_a_list_of_areas_has_a_page_that_tells_what_was_found(world: World, address: str) -> None:
    officer = world.browser("data_officer")
    answer = send(officer, address, file=(io.BytesIO(AREAS.encode()), "areas.csv"))
    text = answer.get_data(as_text=True)
    assert (answer.status_code, imports(), A_LIST in text) == (422, 0, True)
    found = re.findall(r'<tr><th scope="row"><bdi>(.*?)</bdi></th><td[^>]*>(.*?)</td></tr>', text)
    assert [(sentence, re.sub(r"<[^>]+>", "", where)) for sentence, where in found] == [
        ("Rows read: 4.", "the whole file"),
        ("Rows that name an area the portal knows: 4 (country 4).", "the whole file"),
        ("Empty names of states: 1 (NPL 1).", "1 placerow 4, column name NPL"),
        (
            "Names that the portal would not recognise in a file of figures, English: 1.",
            "1 placerow 2, column name KAZ Kazakh &lt;b&gt;land",
        ),
        (
            "Names with an article in brackets, such as “Niger (the)”, read without it: 1.",
            "1 placerow 5, column name NER Niger (the)",
        ),
    ]
    later = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    assert world.app.extensions["portal"].storage.sweep((), later) == []
    assert db.session.scalar(select(func.count()).select_from(PendingFile)) == 0


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """A workbook of these sheets with texts in their cells."""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{at}" r:id="s{at}"/>' for at, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        + "".join(
            f'<Relationship Id="s{at}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
            for at in range(1, len(sheets) + 1)
        )
        + "</Relationships>",
    }
    for at, rows in enumerate(sheets.values(), 1):
        lines = ["".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells) for cells in rows]
        body = "".join(f'<row r="{row}">{cells}</row>' for row, cells in enumerate(lines, 1))
        parts[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{SHEETS}"><sheetData>{body}</sheetData></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def test_a_list_in_a_workbook_tells_its_sheet_and_those_not_looked_at(world: World) -> None:
    rows = [["States of the list"], ["code", "name"], ["KAZ", "Kazakhstan"], ["KEN", "Kenya"], ["NPL", "Nepal"]]
    content = workbook({"Notes": [["A note"]], "Areas": rows, "More": rows})
    answer = Caller(world, "data_officer")(
        "POST",
        "/datasets",
        data={"file": (io.BytesIO(content), "areas.xlsx")},
        content_type="multipart/form-data",
    )
    assert [one["sentence"] for one in answer.get_json()["findings"]] == [
        "The list stands on the sheet “Areas”.",
        "Other sheets, not looked at: Notes, More.",
        "Rows above the headings: 1.",
        "Rows read: 3.",
        "Rows that name an area the portal knows: 3 (country 3).",
    ]


def test_of_many_places_the_page_shows_the_first_and_how_many_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.channels.MOST_SHOWN", 2)
    text = "".join(f"key-{number}:\n" for number in range(5))
    shown = send(world.browser("data_officer"), "/channels/b", file=(io.BytesIO(text.encode()), "words.yml"))
    text = shown.get_data(as_text=True)
    assert re.findall(r"<summary>(.* place.*?)</summary>", text) == ["The first 2 of 5 places"]
    assert re.findall(r"<bdi>(key-\d)</bdi>", text) == ["key-0", "key-1"]


def test_a_columns_meaning_that_a_person_said_counts_before_the_list(world: World) -> None:
    officer = Caller(world, "data_officer")
    roles = ["area", "figure"]
    columns = {"header": ["code", "name"], "roles": roles, "period": "2020", "series": "Names"}
    given = {"source": "yearbook", "mapping": json.dumps(columns), "dry_run": "true"}
    assert sent(officer, "/datasets", AREAS, "areas.csv", **given).get_json()["left_out"] == 4


def test_columns_that_are_kept_for_these_headings_count_before_the_list(world: World) -> None:
    officer = world.browser("data_officer")
    text = "code,name,share\nKAZ,Kazakhstan,1\nKEN,Kenya,2\nNPL,Nepal,3\n"
    address = laid(officer, text, "shares.csv", source="yearbook")
    told = {"source": "yearbook", "series": "Share", "period": "2020", "save": "yes"}
    assert send(officer, f"{address}/columns", **told).status_code == 303
    assert take(officer, address, save="yes").status_code == 303
    blank = "code,name,share\nKAZ,Kazakhstan,\nKEN,Kenya,\nNPL,Nepal,\n"
    answer = sent(Caller(world, "data_officer"), "/datasets", blank, "blank.csv", source="yearbook", dry_run="true")
    assert (answer.status_code, answer.get_json()["left_out"]) == (200, 3)


@pytest.mark.parametrize("path", ["/datasets", "/datasets/preview"])
def test_the_api_tells_what_was_found_in_a_list(world: World, path: str) -> None:
    answer = sent(Caller(world, "data_officer"), path, AREAS, "areas.csv")
    told = answer.get_json()
    assert (answer.status_code, told["type"], told["detail"], imports()) == (422, "invalid", A_LIST, 0)
    assert told["problems"] == [{"where": one["where"], "sentence": one["sentence"]} for one in told["findings"]]
    assert [one["count"] for one in told["findings"]] == [4, 4, 1, 1, 1]
    assert told["findings"][2] == {
        "where": "row 4, column name",
        "sentence": "Empty names of states: 1 (NPL 1).",
        "count": 1,
        "places": [{"where": "row 4, column name", "code": "NPL", "text": ""}],
    }


def test_a_place_in_a_file_that_is_not_read_stands_at_the_field_of_the_file(world: World) -> None:
    answer = send(world.browser("data_officer"), "/channels/b", file=(io.BytesIO(b"a,b\n\xc7,1\n"), "x.csv"))
    text = answer.get_data(as_text=True)
    sentence = (
        "line 2: The text is not UTF-8; its letters look like windows-1252. "
        "Save the table as CSV UTF-8 and send it again."
    )
    assert re.findall(r'<a href="#([^"]*)">(line [^<]*)</a>', text) == [("q-file", sentence)]
    assert re.findall(r'id="(file-error)"', text) == ["file-error"]


def test_a_cell_with_a_long_text_is_shown_in_a_wide_column(world: World) -> None:
    officer, note = world.browser("data_officer"), "x" * 81
    shown = page(officer, laid(officer, f"Entity,Year,Share\nKenya,2020,12\nNepal,2020,{note}\n", "shares.csv"))
    assert re.findall(r'<td class="long"><bdi>(x+)</bdi>', shown) == []
    shown = page(officer, laid(officer, f"Land,Jahr,Wert,Wort\nKenya,2020,12,{note}\nNepal,2020,1,y\n", "word.csv"))
    assert re.findall(r'<td class="long"><bdi>([xy]+)</bdi>', shown) == [note]


def test_a_dropped_file_is_gone(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, DDF, DDF_NAME)
    assert send(officer, f"{address}/drop").status_code == 303
    assert (send(officer, f"{address}/confirm").status_code, worked(), imports()) == (409, False, 0)


def test_a_file_that_cannot_be_read_is_refused_at_once(world: World) -> None:
    officer = world.browser("data_officer")
    answer = send(officer, "/channels/b/files", file=(io.BytesIO(b"\0\0"), "x.csv"))
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(PendingFile)) == 0


def test_the_worker_says_why_a_file_could_not_be_taken_in(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, DDF, DDF_NAME)
    assert take(officer, address).status_code == 303
    row = db.session.scalars(select(PendingFile)).one()
    blob = row.blob
    world.app.extensions["portal"].storage.delete(blob)
    db.session.rollback()
    assert (worked(), imports()) == (True, 0)
    assert "could not be taken in" in page(officer, address)


def test_totals_by_region_on_a_page_and_by_the_api(world: World) -> None:
    officer = world.browser("data_officer")
    address = laid(officer, DDF.replace("sl_tlf_uem\n", "en_atm_pm25\n"), DDF_NAME)
    assert take(officer, address).status_code == 303
    assert worked()
    shown = page(officer, "/channels/b/totals")
    told = "Shown is 1 of 1 breakdown, each with its newest 10 years."
    assert ("Africa" in shown, re.findall(r"Shown [^.]*\.", shown)) == (True, [told])
    found = Caller(world, "partner").get("/observations/totals?indicator=en_atm_pm25").get_json()["items"]
    assert [(one["region"], one["year"], one["count"], one["sum"], one["states"]) for one in found] == [
        ("Africa", 2020, 1, 7.0, 1)
    ]


def test_a_tile_asks_for_the_figure_of_the_whole_and_no_breakdown(world: World) -> None:
    officer, partner = world.browser("data_officer"), Caller(world, "partner")
    header = DDF.splitlines()[0].replace("sl_tlf_uem", "en_atm_pm25")
    lines = [
        "15,404,n,a,female,percent,2020,7",
        "total,404,n,a,bothsex,percent,2019,6",
        "total,156,n,a,bothsex,percent,2020,5",
    ]
    address = laid(officer, "\n".join([header, *lines, ""]), DDF_NAME)
    assert take(officer, address).status_code == 303
    assert worked()

    def told(query: str) -> list[tuple[str, str, int]]:
        found = partner.get(f"/observations/totals?indicator=en_atm_pm25{query}").get_json()["items"]
        return [(one["dimensions"]["sex"], one["region"], one["year"]) for one in found]

    whole = [("bothsex", "Africa", 2019), ("bothsex", "Asia and the Pacific", 2020)]
    part = [("female", "Africa", 2020)]
    assert (told(""), told("&cuts=1")) == (whole + part, whole)
    assert told("&cuts=1&region=Africa&year=2020") == part
    assert partner.get("/observations/totals?indicator=en_atm_pm25&cuts=0").status_code == 422
    every = partner.get("/observations/totals?indicator=en_atm_pm25").get_json()
    first = partner.get("/observations/totals?indicator=en_atm_pm25&limit=1").get_json()
    rest = partner.get(f"/observations/totals?indicator=en_atm_pm25&cursor={first['next']}").get_json()
    assert (len(first["items"]), first["items"] + rest["items"]) == (1, every["items"])
    assert (every["next"], rest["next"]) == (None, None)


@pytest.mark.parametrize(("role", "status"), [("data_officer", 200), ("lead", 403), ("partner", 403)])
def test_who_sees_a_file_that_is_not_taken_in(world: World, role: str, status: int) -> None:
    address = laid(world.browser("data_officer"), DDF, DDF_NAME)
    assert world.browser(role).get(address).status_code == status


# by the API


def sent(caller: Caller, path: str, content: str, name: str, **fields: str) -> Any:
    file = (io.BytesIO(content.encode()), name)
    return caller("POST", path, data={"file": file, **fields}, content_type="multipart/form-data")


def test_a_preview_by_the_api_proposes_the_mapping_that_takes_the_file_in(world: World) -> None:
    officer = Caller(world, "data_officer")
    shown = sent(officer, "/datasets/preview", NATIONAL, "national.csv", source="yearbook").get_json()
    assert shown["mapping"]["roles"] == ["area", "period", "figure"]
    assert [problem["where"] for problem in shown["problems"]] == ["series"]
    mapping = json.dumps(shown["mapping"] | {"series": "Urban growth"})
    shown = sent(officer, "/datasets/preview", NATIONAL, "n.csv", source="yearbook", mapping=mapping).get_json()
    assert (shown["figures"], shown["left_out"], shown["problems"]) == (1, {"unknown_area": 1}, [])
    assert [one["wording"] for one in shown["unmatched"]] == ["The hill country"]
    assert imports() == 0
    taken = sent(officer, "/datasets", NATIONAL, "national.csv", source="yearbook", mapping=mapping)
    assert (taken.status_code, taken.get_json()["new"], taken.get_json()["standing"]) == (201, 1, "unverified")


def test_the_api_ties_a_series_to_an_indicator_and_names_a_word_that_is_none(world: World) -> None:
    officer = Caller(world, "data_officer")
    national = {
        "entity": "KEN",
        "content": "Year,UNIT_MEASURE,Value\n2020,PT,44\n",
        "name": "data_indicator_11-1-1.csv",
    }
    shown = sent(officer, "/datasets/preview", **national).get_json()
    assert [(one["series"], one["indicator"]) for one in shown["ties"]] == [("11-1-1", "NUA-14")]
    for wrong, where in (('{"11-1-1": "slums"}', "indicator-11-1-1"), ("[]", "indicators"), ("{", "indicators")):
        answer = sent(officer, "/datasets", **national, indicators=wrong)
        assert (answer.status_code, answer.get_json()["problems"][0]["where"]) == (422, where)
    for odd in ("[1]", "null", '{"11-1-1": 1}', '{"\\ud800": "NUA-14"}', '{"a\\u0000": "NUA-14"}', '{"a": "\\u0000"}'):
        answer = sent(officer, "/datasets", **national, indicators=odd)
        assert (answer.status_code, answer.get_json()["problems"][0]["where"]) == (422, "indicators")
    assert sent(officer, "/datasets", **national, indicators='{"11-1-1": "11.2.1"}').status_code == 201
    [figure] = officer.get("/observations").get_json()["items"]
    assert (figure["indicator"], figure["area"]) == ("NUA-15", "KEN")


def test_what_was_met_in_a_file_stands_on_its_page_and_in_the_api(world: World) -> None:
    officer = Caller(world, "data_officer")
    made = sent(officer, "/datasets", "\ufeff" + DDF.replace("\n", "\r\n"), DDF_NAME).get_json()
    told = [
        "The file begins with a mark of its encoding (byte order mark, UTF-8); it is no part of the first cell.",
        "The lines end with two signs, CR and LF; they are read as one.",
    ]
    assert made["notes"][:2] == told
    read = officer.get(f"/datasets/{made['id']}").get_json()
    assert (read["notes"], "notes" in read["mapping"]) == (made["notes"], False)
    shown = page(world.browser("data_officer"), f"/channels/b/{made['id']}").partition('<section id="notes">')[2]
    assert re.findall(r"<li><bdi>([^<]+)</bdi></li>", shown) == made["notes"]


def test_a_mapping_that_is_none_is_refused_with_its_place(world: World) -> None:
    officer = Caller(world, "data_officer")
    for wrong in ("{", "[]", '{"header": 1}'):
        answer = sent(officer, "/datasets", NATIONAL, "national.csv", source="x", mapping=wrong)
        assert (answer.status_code, answer.get_json()["problems"][0]["where"]) == (422, "mapping")


def test_a_verdict_by_the_api_and_a_figure_in_another_unit(world: World) -> None:
    officer = Caller(world, "data_officer")
    milligrams = DDF.replace("percent", "mg/m3").replace(",7\n", ",0.035\n")
    made = sent(officer, "/datasets", milligrams, DDF_NAME).get_json()
    address = f"/datasets/{made['id']}/verdicts"
    figure = officer.get("/observations").get_json()["items"][0]
    assert (figure["value_text"], figure["unit"], figure["standing"]) == ("0.035", "mg/m3", "unverified")
    assert figure["converted"] == {"value": "35", "unit": "µg/m3", "rule": "U1"}
    assert officer.post(address, {"verdict": "verified"}).status_code == 403
    lead = Caller(world, "lead")
    assert lead.post(address, {"verdict": "withdrawn"}).status_code == 422
    said = lead.post(address, {"verdict": "withdrawn", "reason": "The wrong table."})
    assert (said.status_code, said.get_json()["standing"]) == (201, "withdrawn")
    assert officer.get("/observations").get_json()["items"] == []
