"""What a file carries is told to those who laid it there, on pages and in the API, and to nobody else."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import migrations
from portal.adapters import remarks_picture as pictures
from portal.adapters import remarks_workbook as books
from portal.adapters.remarks_package import COMMENTS
from portal.adapters.storage import open_storage
from portal.adapters.tabular_layouts import Told
from portal.config import Settings
from portal.db import db
from portal.http import context
from portal.models.contributions import ContributionFile
from portal.models.reports import Attachment, Report, Version
from portal.models.sources import SourceDocument
from portal.queries import reports
from portal.services import attachments, pending
from portal.services.attachments import Upload
from tests.factories import World, csrf
from tests.portal.callers import Caller
from tests.portal.contributing import HEAD, contribution
from tests.portal.observing import ChannelB
from tests.portal.test_api_files import lay
from tests.portal.test_files_carry import (
    CELL,
    COMMENT,
    UNREAD,
    WHERE,
    chunked,
    document,
    exif,
    run,
    sheet,
    workbook,
)
from tests.portal.test_pages_drafting import counted
from tests.portal.test_sources import REVIEW, upload

COMMENTED = document(run("words"), comments=COMMENT)
SENTENCE = "Comments: 2. Whoever opens the file reads them."
ADVICE = "If that is not meant, save a clean copy and send that instead."
NOT_LOOKED_AT = "What this file carries was not looked at."
SECTION, QUESTION = "F.2", "F.2/summary"


def put(client: FlaskClient, report: Report, given: bytes, name: str) -> None:
    page = client.get(f"/reports/{report.id}/sections/{SECTION}").get_data(as_text=True)
    form = {"csrf_token": csrf(page), "question": QUESTION, "file": (io.BytesIO(given), name)}
    assert client.post(f"/reports/{report.id}/attachments", data=form).status_code == 303


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_the_page_of_a_section_says_it_beside_the_file_and_what_to_do(world: World, session: Session) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    put(client, report, COMMENTED, "review.docx")
    put(client, report, b"a,b\n1,2\n", "table.csv")
    put(client, report, chunked(b"eXIf", exif(">", place=WHERE)), "square.png")
    page = read(client, f"/reports/{report.id}/sections/{SECTION}")
    told = [f"<bdi>{SENTENCE}</bdi> {ADVICE}</p></li>", f"<bdi>{pictures.POSITION}</bdi> {ADVICE}</p></li>"]
    assert [page.count(words) for words in told] == [1, 1]
    assert (page.count('class="carries'), page.count(NOT_LOOKED_AT)) == (2, 0)
    session.rollback()
    assert {one.name: one.remarks for one in session.scalars(select(Attachment))} == {
        "review.docx": [{"words": COMMENTS, "told": {"count": "2"}}],
        "table.csv": [],
        "square.png": [{"words": pictures.POSITION, "told": {}}],
    }


def test_a_file_that_came_with_the_whole_page_is_looked_at_too(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/{SECTION}"
    form = {"csrf_token": csrf(read(client, address)), f"{QUESTION}@file": (io.BytesIO(COMMENTED), "review.docx")}
    assert client.post(address, data=form).status_code == 303
    assert read(client, address).count(SENTENCE) == 1


def test_the_api_gives_sentences(world: World) -> None:
    report = world.report()
    caller = Caller(world, "focal_point", "KAZ")
    laid = lay(caller, report.id, COMMENTED, "review.docx").json
    plain = lay(caller, report.id).json
    assert (laid["remarks"], plain["remarks"]) == ([SENTENCE], [])
    before = update(Attachment).where(Attachment.id == uuid.UUID(plain["id"])).values(remarks=None)
    world.act(None).session.execute(before)
    world.done()
    listed = caller.get(f"/reports/{report.id}/attachments").json["items"]
    assert {one["id"]: one["remarks"] for one in listed} == {laid["id"]: [SENTENCE], plain["id"]: None}


def test_a_name_in_a_place_is_shown_as_text_and_not_as_markup(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    hidden = workbook({"&lt;b&gt;50 %(x)s": sheet(), "B": sheet()}, states={"&lt;b&gt;50 %(x)s": "hidden"})
    put(client, report, hidden, "figures.xlsx")
    page = read(client, f"/reports/{report.id}/sections/{SECTION}")
    assert page.count("Hidden sheets: 1 (&lt;b&gt;50 %(x)s). Whoever opens the file can show them.") == 1
    [one] = Caller(world, "focal_point", "KAZ").get(f"/reports/{report.id}/attachments").json["items"]
    assert one["remarks"] == ["Hidden sheets: 1 (<b>50 %(x)s). Whoever opens the file can show them."]


def test_the_certifier_reads_it_before_signing(world: World) -> None:
    report = world.report()
    put(world.browser("focal_point", "KAZ"), report, COMMENTED, "review.docx")
    put(world.browser("focal_point", "KAZ"), report, b"a,b\n1,2\n", "table.csv")
    page = read(world.browser("certifier", "KAZ"), f"/reports/{report.id}/clearance")
    assert page.count("What files carry (1)") == 1
    assert page.count(f'<bdi>review.docx</bdi><p class="carries small"><bdi>{SENTENCE}</bdi> {ADVICE}</p>') == 1


def test_a_letter_is_looked_at_too(world: World) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/clearance"
    form = {"csrf_token": csrf(read(client, address)), "dated": "2025-06-10", "days": "5"}
    assert client.post(address, data=form | {"letter": (io.BytesIO(COMMENTED), "letter.docx")}).status_code == 303
    page = read(world.browser("certifier", "KAZ"), address)
    assert (page.count(f"<bdi>{SENTENCE}</bdi> {ADVICE}</p></li>"), page.count("What files carry")) == (1, 0)


def test_statements_stay_as_they_were(world: World) -> None:
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    put(client, report, b"a,b\n1,2\n", "table.csv")
    counts = []
    for remarks_kept in ([], [{"words": COMMENTS, "told": {"count": "2"}}]):
        world.act(None).session.execute(update(Attachment).values(remarks=remarks_kept))
        world.done()
        for address in (f"sections/{SECTION}", "clearance", "check"):
            client.get(f"/reports/{report.id}/{address}")
            with counted() as seen:
                client.get(f"/reports/{report.id}/{address}")
            counts.append(len(seen["statements"]))
    assert counts[:3] == counts[3:]
    assert counts[0] == 7


def test_nobody_outside_the_state_is_told(world: World) -> None:
    report = world.report()
    world.fill(world.acting("focal_point", "KAZ"), report)
    world.done()
    put(world.browser("focal_point", "KAZ"), report, COMMENTED, "review.docx")
    world.step(report, "ask")
    world.step(report, "submit")
    address = f"/reports/{report.id}"
    for role, entity in (("reviewer", None), ("lead", None), ("focal_point", "KEN"), ("partner", None)):
        client, caller = world.browser(role, entity), Caller(world, role, entity)
        pages = [client.get(f"{address}{rest}") for rest in ("", "/versions/1", f"/sections/{SECTION}", "/clearance")]
        pages += [client.get(f"/review/{report.id}"), caller.get(f"{address}/attachments")]
        pages += [caller.get(f"{address}{rest}") for rest in ("", "/versions/1", "/versions/1/receipt")]
        assert not any(b"Comments: 2" in answer.data or b"carries" in answer.data for answer in pages), role
    db.session.rollback()
    version = db.session.scalars(select(Version)).one()
    for held in (version.document, version.receipt, json.dumps(version.files).encode()):
        assert (b"review.docx" in held, b"Comments" in held, b"remarks" in held) == (True, False, False)


def laid_beside(world: World, made: uuid.UUID, given: bytes = COMMENTED) -> Any:
    form = {"question": "CC.3/files", "file": (io.BytesIO(given), "review.docx")}
    return Caller(world, "partner")("POST", f"/contributions/{made}/files", data=form)


def test_a_partner_is_told_on_the_form_before_sending_and_in_the_api(world: World) -> None:
    made = contribution(world).id
    assert laid_beside(world, made).json["remarks"] == [SENTENCE]
    [file] = Caller(world, "partner").get(f"/contributions/{made}").json["files"]
    assert file["remarks"] == [SENTENCE]
    client = world.browser("partner")
    for page in ("draft", "sending"):
        assert read(client, f"/contributions/{made}/{page}").count(f"<bdi>{SENTENCE}</bdi> {ADVICE}</p></li>") == 1


def test_a_file_that_came_with_the_whole_form_of_a_contribution_is_looked_at_too(
    world: World, session: Session
) -> None:
    made = contribution(world).id
    client = world.browser("partner")
    token = csrf(read(client, f"/contributions/{made}/draft"))
    form = {"csrf_token": token, "revision": "1", **{key: HEAD[key] for key in ("title", "licence", "credit")}}
    form |= {"areas": "Kazakhstan", "CC.3/files@file": (io.BytesIO(COMMENTED), "review.docx")}
    assert client.post(f"/contributions/{made}/draft", data=form).status_code == 303
    session.rollback()
    assert session.scalars(select(ContributionFile.remarks)).all() == [[{"words": COMMENTS, "told": {"count": "2"}}]]


def test_nobody_but_the_partner_is_told(world: World) -> None:
    made = contribution(world).id
    laid_beside(world, made)
    assert Caller(world, "partner")("POST", f"/contributions/{made}/send").status_code == 200
    for role in ("lead", "reviewer"):
        caller = Caller(world, role)
        answer = caller.get(f"/contributions/{made}")
        assert (answer.status_code, answer.json["files"]) == (200, [])
        for given in (answer, world.browser(role).get(f"/contributions/{made}")):
            assert (b"review.docx" in given.data, b"Comments: 2" in given.data) == (True, False)


def test_a_document_of_the_country_beside_the_form_is_not_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never leaves the state: nothing of it has to be told."""
    looked: list[str] = []
    monkeypatch.setattr("portal.http.uploads.look", lambda _stream, kind: looked.append(kind) or ())
    report = world.report()
    client = world.browser("focal_point", "KAZ")
    assert upload(client, report, REVIEW).status_code == 303
    db.session.rollback()
    assert (len(db.session.scalars(select(SourceDocument)).all()), looked) == (1, [])


def earlier(world: World, report: Report, blob: str | None = None) -> uuid.UUID:
    """A file of the time before files were looked at."""
    held = context.storage().put(io.BytesIO(COMMENTED))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    laid = Upload("earlier.docx", kind, blob or held.key, held.size, held.sha256)
    act = world.acting("focal_point", "KAZ")
    made = attachments.attach(act, reports.get(act.session, report.id, lock=True), QUESTION, laid).id
    world.done()
    return made


def test_a_file_that_was_there_before_says_so_until_it_is_looked_at(world: World, app: Flask) -> None:
    report = world.report()
    file_id = earlier(world, report)
    gone = earlier(world, report, "00/" + "0" * 32)
    client = world.browser("focal_point", "KAZ")
    address = f"/reports/{report.id}/sections/{SECTION}"
    assert read(client, address).count(NOT_LOOKED_AT) == 2
    done = app.test_cli_runner().invoke(args=["files", "look"], catch_exceptions=False)
    assert done.output.splitlines() == [
        "earlier.docx: The file is not in the store any more; tell the administrators.",
        "Files looked at: 1; not to be read now: 1.",
    ]
    db.session.expire_all()
    kept = {one.id: one.remarks for one in db.session.scalars(select(Attachment))}
    assert kept == {file_id: [{"words": COMMENTS, "told": {"count": "2"}}], gone: None}
    page = read(client, address)
    assert (page.count(NOT_LOOKED_AT), page.count(SENTENCE)) == (1, 1)


def test_files_of_contributions_are_looked_at_later_too_and_none_twice(world: World, app: Flask) -> None:
    made = contribution(world).id
    laid_beside(world, made)
    world.act(None).session.execute(update(ContributionFile).values(remarks=None))
    world.done()
    runner = app.test_cli_runner()
    outputs = [runner.invoke(args=["files", "look"]).output for _ in range(2)]
    assert outputs == [f"Files looked at: {count}; not to be read now: 0.\n" for count in (1, 0)]
    db.session.expire_all()
    assert db.session.scalars(select(ContributionFile.remarks)).all() == [[{"words": COMMENTS, "told": {"count": "2"}}]]


def test_the_column_goes_down_and_comes_up_again_with_data(world: World, session: Session) -> None:
    report = world.report()
    lay(Caller(world, "focal_point", "KAZ"), report.id, COMMENTED, "review.docx")
    laid_beside(world, contribution(world).id)
    session.close()
    migrations.downgrade(db.engine, "0015")
    migrations.upgrade(db.engine, "0016")
    kept = [session.execute(select(kind.name, kind.remarks)).all() for kind in (Attachment, ContributionFile)]
    assert kept == [[("review.docx", None)], [("review.docx", None)]]


# Channel b


ROW = "<row>{}</row>"


def inline(*cells: str) -> str:
    return ROW.format("".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells))


FIGURES = sheet(
    inline("Entity", "Year", "Gini") + ROW.format(
        '<c t="inlineStr"><is><t>Kazakhstan</t></is></c>' + CELL.replace('r="A1"', "").format("<v>2020</v>")
        + CELL.replace('r="A1"', "").format("<f>1+1</f><v>2</v>")
    ),
    "<mergeCell/>",
)  # fmt: skip
BOOK = workbook({"Figures": FIGURES, "Notes": sheet()}, states={"Notes": "hidden"})
MET = [
    books.HIDDEN_SHEETS % {"count": "1 (Notes)"},
    books.MERGED % {"count": "1 (Figures)"},
    books.FORMULAS % {"count": "1 (Figures)"},
    UNREAD,
]


@pytest.fixture
def channel(session: Session, settings: Settings) -> ChannelB:
    return ChannelB.build(session, open_storage(settings.storage_url, None))


def test_a_file_of_figures_tells_it_when_it_is_taken_in(channel: ChannelB, tmp_path: Any) -> None:
    path = tmp_path / "gini.xlsx"
    path.write_bytes(BOOK)
    taken = channel.take(path, source="owid")
    assert [str(note) for note in taken.notes][:4] == MET
    assert [row[4] for row in channel.held(area="KAZ")] == ["2"]


def test_a_file_of_figures_tells_it_before_it_is_taken_in(world: World) -> None:
    caller = Caller(world, "data_officer")
    shown = caller("POST", "/datasets/preview", data={"file": (io.BytesIO(BOOK), "gini.xlsx"), "source": "owid"})
    assert (shown.status_code, shown.json["notes"]) == (200, MET)
    blob = context.storage().put(io.BytesIO(BOOK))
    file = pending.lay_aside(world.acting("data_officer"), context.storage(), blob, "gini.xlsx", Told("owid")).id
    world.done()
    page = read(world.browser("data_officer"), f"/channels/b/files/{file}")
    assert [page.count(f"<li><bdi>{words}</bdi></li>") for words in MET] == [1, 1, 1, 1]


def test_a_file_that_cannot_be_taken_in_tells_it_all_the_same(world: World) -> None:
    other = workbook({"Figures": sheet(inline("Town", "How many") + inline("A", "b"), "<mergeCell/>")})
    shown = Caller(world, "data_officer")("POST", "/datasets/preview", data={"file": (io.BytesIO(other), "a.xlsx")})
    assert (shown.status_code, shown.json["notes"]) == (200, [books.MERGED % {"count": "1 (Figures)"}])
    assert shown.json["problems"] != []
