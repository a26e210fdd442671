"""Documents beside the form: what is read of them, who sees them, searching, and taking passages over."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest

from portal.adapters import reading
from portal.adapters.content import recognise
from portal.db import db
from portal.models.reports import Report
from portal.models.sources import SourceDocument, Taking
from portal.queries import events, reports, sources
from portal.rules.refusals import Forbidden, Invalid, Missing, NotNow, Refusal
from portal.services import drafting
from portal.services import sources as service
from portal.services.attachments import Upload
from portal.services.drafting import Given
from portal.web.sources import folded
from tests.factories import World, csrf
from tests.portal.test_pages_drafting import PDF, page, post, value_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
STYLES = (
    f'<?xml version="1.0"?><w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="H1">'
    '<w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="H2">'
    '<w:name w:val="heading 2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="toc 1"/></w:style></w:styles>'
)
NUMBERING = (
    f'<?xml version="1.0"?><w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">'
    '<w:numFmt w:val="bullet"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    "</w:numbering>"
)


def paragraph(words: str, properties: str = "", look: str = "") -> str:
    return (
        f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{look}</w:rPr><w:t xml:space='preserve'>{words}</w:t></w:r></w:p>"
    )


def styled(words: str, style: str) -> str:
    return paragraph(words, f'<w:pStyle w:val="{style}"/>')


def item(words: str, level: int = 0, number: int = 1) -> str:
    return paragraph(words, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def docx(body: str) -> bytes:
    out = io.BytesIO()
    document = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    parts = {
        "[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document,
        "word/styles.xml": STYLES, "word/numbering.xml": NUMBERING,
    }  # fmt: skip
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


REVIEW = docx(
    styled("1 Introduction", "T")
    + styled("Housing", "H1")
    + paragraph("The stock grew by 12 %.")
    + styled("Slums", "H2")
    + paragraph("Upgrading began in 2019.", look="")
    + item("Water")
    + item("Pipes", 1)
    + item("Law", 0, 2)
    + styled("الإسكان", "H1")
    + paragraph("ارتفعت النسبة إلى 17.4 %.")
    + "<w:tbl>" + row("Year", "Share") + row("2019", "17,4") + "</w:tbl>"
    + "<w:p><w:r><w:t>Kept </w:t></w:r><w:ins><w:r><w:t>added</w:t></w:r></w:ins><w:del><w:r>"
    "<w:delText>gone</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
    + styled("住房", "H2") + styled("Last", "H1")
)  # fmt: skip


def passages(data: bytes) -> list[tuple[str, int | None, str]]:
    stream = io.BytesIO(data)
    return [(p.heading, p.page, p.text) for p in reading.read(stream, recognise(stream, "x").media_type).passages]


def test_a_word_document_is_read_into_passages_under_their_headings() -> None:
    arabic = "الإسكان"
    assert passages(REVIEW) == [
        ("Housing", None, "The stock grew by 12 %."),
        ("Housing › Slums", None, "Upgrading began in 2019."),
        ("Housing › Slums", None, "- Water\n  - Pipes\n\n1. Law"),
        (arabic, None, "ارتفعت النسبة إلى 17.4 %."),
        (arabic, None, "| Year | Share |\n| --- | --- |\n| 2019 | 17,4 |"),
        (arabic, None, "Kept added"),
        (arabic, None, "住房"),
        ("", None, "Last"),
    ]


@pytest.mark.parametrize(
    ("name", "count", "words"),
    [
        ("multilingual/ar_un_crc_c_gc_20.docx", 200, "المراهقين"),
        ("multilingual/zh_product_doc_images.docx", 5, "固态硬盘"),
        ("multilingual/ru_municipal_regulation_povenets.docx", 300, "муниципального имущества"),
        ("multilingual/es_chile_cndu_politica_suelo_2014.docx", 140, "Desarrollo Urbano"),
        ("multilingual/ru_action_plan_report_table.docx", 5, "| "),
        ("messy/tracked_changes_on.docx", 1, ""),
    ],
)
def test_real_word_documents_are_read(shared_data: Path, name: str, count: int, words: str) -> None:
    found = passages((shared_data / "uploads" / name).read_bytes())
    assert len(found) >= count
    assert words in "\n".join(text for _heading, _page, text in found)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pdf/ArabicCIDTrueType.pdf", "انواع الخطوط العربية"),
        ("pdf/SimFang-variant.pdf", "全 世 界 无 产 者"),
        ("pdf/pypdf_crazyones-pdfa.pdf", "The misfits. The rebels."),
    ],
)
def test_real_pdfs_are_read_in_the_order_of_their_languages(shared_data: Path, name: str, words: str) -> None:
    found = passages((shared_data / "uploads" / name).read_bytes())
    assert words in " ".join(text for _heading, _page, text in found)
    assert {page for _heading, page, _text in found} == {1}


@pytest.mark.parametrize(
    ("data", "media_type", "sentence"),
    [
        (PDF, "application/pdf", reading.SCANNED),
        (docx(paragraph("")), DOCX, reading.EMPTY),
        (b"%PDF-1.4 no more", "application/pdf", reading.UNREADABLE),
        (b"a;b\n1;2\n", "text/csv", reading.OTHER_KIND),
    ],
)
def test_what_cannot_be_read_is_told_in_words(data: bytes, media_type: str, sentence: str) -> None:
    with pytest.raises(Refusal) as told:
        reading.read(io.BytesIO(data), media_type)
    assert told.value.sentence == sentence


def test_reading_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0.01)
    with pytest.raises(Refusal) as told:
        reading.read(io.BytesIO(REVIEW), DOCX)
    assert told.value.sentence == reading.ENDLESS


def laid_down(world: World, report: Report, role: str = "focal_point") -> uuid.UUID:
    """The review beside the form of a report."""
    found = reading.read(io.BytesIO(REVIEW), DOCX).passages
    act = world.acting(role, report.entity)
    upload = Upload("review.docx", DOCX, f"blob/{uuid.uuid4()}", len(REVIEW), "0" * 64)
    locked = reports.get(act.session, report.id, lock=True)
    made = service.add(act, locked, service.about("VNR of 2022", "vnr", "2022"), upload, found)
    world.done()
    return made.id


def take(
    world: World, report: Report, document: uuid.UUID, ordinal: int, role: str = "focal_point", **said: Any
) -> Any:
    act = world.acting(role, said.pop("entity", report.entity))
    locked = reports.get(act.session, report.id, lock=True)
    saved = service.take(act, locked, (document, ordinal), said.get("question", "F.2/summary"), "en")
    world.done()
    return saved


def test_a_passage_is_appended_as_a_new_revision_with_its_source(world: World) -> None:
    made = world.report()
    document = laid_down(world, made)
    act = world.acting("focal_point", "KAZ")
    drafting.save(act, reports.get(act.session, made.id, lock=True), Given("F.2/summary", "en", "Ours.", 0))
    world.done()
    saved = take(world, made, document, 1)
    assert (saved.revision, saved.value) == (2, "Ours.\n\nThe stock grew by 12 %.")
    taking = db.session.query(Taking).one()
    assert (taking.question, taking.language, taking.revision, taking.ordinal) == ("F.2/summary", "en", 2, 1)
    assert sources.takings(db.session, made.id)["F.2/summary", "en"].entries == [{"title": "VNR of 2022", "page": None}]
    told = events.events(db.session, made.id)[0]
    assert (told.kind, told.data["passage"], told.data["revision"]) == ("source.take", 1, 2)


def test_only_into_narratives_of_the_own_open_report(world: World) -> None:
    made, other = world.report(), world.report("KEN")
    document = laid_down(world, made)
    with pytest.raises(Invalid):
        take(world, made, document, 1, question="F.1/institution")
    with pytest.raises(Missing):
        take(world, made, document, 99)
    with pytest.raises(Missing):
        take(world, other, document, 1)
    with pytest.raises((Missing, Forbidden)):
        take(world, made, document, 1, entity="KEN")
    with pytest.raises(Forbidden):
        take(world, made, document, 1, role="certifier")
    act = world.acting("focal_point", "KAZ")
    service.remove(act, reports.get(act.session, made.id, lock=True), document)
    world.done()
    with pytest.raises(Missing):
        take(world, made, document, 1)


def test_a_closed_draft_takes_no_document(world: World) -> None:
    made = world.report(state="clearing")
    with pytest.raises(NotNow):
        laid_down(world, made)


def test_the_version_names_the_sources(world: World) -> None:
    made = world.report()
    world.fill(world.acting("focal_point", "KAZ"), reports.get(db.session, made.id, lock=True))
    world.done()
    document = laid_down(world, made)
    take(world, made, document, 1)
    take(world, made, document, 2)
    world.step(made, "ask")
    world.step(made, "submit")
    frozen = json.loads(reports.version(db.session, made.id, 1).document)
    named = {answer["question"]: answer["taken_from"] for answer in frozen["answers"] if "taken_from" in answer}
    assert named == {"F.2/summary": [{"title": "VNR of 2022", "page": None}]}
    for client, address in ((world.browser("focal_point", "KAZ"), f"/reports/{made.id}/versions/1"),
                            (world.browser("reviewer"), f"/review/{made.id}")):  # fmt: skip
        text = page(client, address)
        assert (text.count("Taken from"), text.count("Unchanged since it was taken over.")) == (1, 1)


def test_the_reviewer_is_told_whether_what_was_taken_over_was_changed(world: World) -> None:
    made = world.report()
    world.fill(world.acting("focal_point", "KAZ"), reports.get(db.session, made.id, lock=True))
    world.done()
    take(world, made, laid_down(world, made), 1)
    saved = reports.answer(db.session, made.id, "F.2/summary", "en")
    assert saved is not None
    act = world.acting("focal_point", "KAZ")
    given = Given("F.2/summary", "en", f"{saved.value}\n\nAnd more since.", saved.revision)
    drafting.save(act, reports.get(act.session, made.id, lock=True), given)
    world.done()
    world.step(made, "ask")
    world.step(made, "submit")
    text = page(world.browser("reviewer"), f"/review/{made.id}")
    assert (text.count("Taken from"), text.count("Unchanged since it was taken over.")) == (1, 0)


def upload(client: Any, made: Report, data: bytes, name: str = "review.docx", **said: str) -> Any:
    address = f"/reports/{made.id}/sources"
    token = csrf(page(client, address))
    about = {"title": "VNR of 2022", "kind": "vnr", "year": "2022"} | said
    return post(client, address, token, file=(io.BytesIO(data), name), **about)


def carried(text: str) -> list[tuple[str, str]]:
    """The questions that a page tints, and what it says above each."""
    return re.findall(r'data-carried="(.*?)"><span class="carried-words">(.*?)</span>', text)


def test_the_pages_from_upload_to_taking_over(world: World) -> None:
    made = world.report()
    client = world.browser("focal_point", "KAZ")
    answer = upload(client, made, REVIEW)
    assert answer.status_code == 303
    shown = page(client, answer.headers["Location"])
    assert "8 passages were read." in shown
    assert "Housing › Slums" in shown
    document = answer.headers["Location"].rsplit("/", 1)[1]
    section = f"/reports/{made.id}/sections/F.2?beside={document}"
    assert page(client, section).count('class="passage"') == 8
    found = page(client, f"{section}&find=upgrading")
    assert found.count('class="passage"') == 1
    assert page(client, f"{section}&heading=Housing").count('class="passage"') == 3
    assert "No passage holds these words." in page(client, f"{section}&find=nothing of it")
    ordinal = re.search(r'name="take" value="(\d+)"', found)
    assert ordinal is not None
    sent = {
        "F.2/summary": "Typed and not saved.", "F.2/summary@revision": "0", "take": ordinal[1],
        f"into-{ordinal[1]}": "F.2/summary", "beside": document, "beside-find": "upgrading",
    }  # fmt: skip
    answer = post(client, f"/reports/{made.id}/sections/F.2", csrf(found), **sent)
    assert answer.status_code == 303
    assert value_of(made.id, "F.2/summary") == "Typed and not saved.\n\nUpgrading began in 2019."
    after = page(client, answer.headers["Location"])
    assert after.count('class="passage"') == 1
    assert "Taken from <bdi>VNR of 2022</bdi>" in after
    assert carried(after) == [("F.2/summary", "Taken over from a document; not changed since.")]
    here = f"/reports/{made.id}/sections/F.2"
    edited = {"F.2/summary": "Upgrading began in 2019, they say.", "F.2/summary@revision": "2"}
    assert post(client, here, csrf(after), **edited).status_code == 303
    touched = page(client, here)
    assert "Taken from <bdi>VNR of 2022</bdi>" in touched
    assert carried(touched) == []


@pytest.mark.parametrize(
    ("data", "name", "said", "sentence"),
    [
        (PDF, "x.pdf", {}, reading.SCANNED),
        (REVIEW, "x.docx", {"title": " "}, service.NO_TITLE),
        (REVIEW, "x.docx", {"kind": "novel"}, service.NO_KIND),
        (REVIEW, "x.docx", {"year": "22x"}, service.NOT_A_YEAR),
        (REVIEW, "x.docx", {"year": "9" * 21}, service.LONG_YEAR),
        (b"a;b\n1;2\n3;4\n", "x.csv", {}, reading.OTHER_KIND),
        (b"", "", {}, "Please choose a file first."),
    ],
)
def test_what_is_not_taken_is_told_at_its_field(
    world: World, data: bytes, name: str, said: dict[str, str], sentence: str
) -> None:
    made = world.report()
    answer = upload(world.browser("focal_point", "KAZ"), made, data, name, **said)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    db.session.rollback()
    assert db.session.query(SourceDocument).count() == 0


def test_nobody_outside_the_state_sees_a_document(world: World) -> None:
    made = world.report(state="submitted")
    db.session.rollback()
    act = world.acting("focal_point", "KAZ")
    document = SourceDocument(
        report_id=made.id, title="VNR", kind="vnr", name="v.docx", media_type=DOCX, size=1, sha256="0" * 64,
        blob="blob/x", added_at=act.at, added_by=act.actor.id,
    )  # fmt: skip
    act.session.add(document)
    world.done()
    addresses = ("", f"/{document.id}", f"/{document.id}/file")
    for role, entity, status in (("reviewer", None, 403), ("focal_point", "KEN", 404), ("contributor", "KAZ", 403)):
        client = world.browser(role, entity)
        for address in addresses:
            assert client.get(f"/reports/{made.id}/sources{address}").status_code == status, (role, address)
    assert world.browser("certifier", "KAZ").get(f"/reports/{made.id}/sources").status_code == 200


def test_who_takes_a_document_out(world: World) -> None:
    made = world.report()
    document = laid_down(world, made)
    for role in ("contributor", "certifier"):
        act = world.acting(role, "KAZ")
        with pytest.raises(Forbidden):
            service.remove(act, reports.get(act.session, made.id, lock=True), document)
        world.done()
    client = world.browser("focal_point", "KAZ")
    token = csrf(page(client, f"/reports/{made.id}/sources"))
    assert post(client, f"/reports/{made.id}/sources/{document}/remove", token).status_code == 303
    assert page(client, f"/reports/{made.id}/sources/{document}", 404)


@pytest.mark.parametrize(
    ("text", "word"),
    [("МУНИЦИПАЛЬНОГО", "муниципального"), ("Política", "politica"), ("الإِسكان", "الاسكان"), ("ﬁn", "fin")],
)
def test_searching_minds_no_case_accents_or_vowel_signs(text: str, word: str) -> None:
    assert folded(text) == folded(word)
