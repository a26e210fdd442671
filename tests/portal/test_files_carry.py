"""What an accepted file carries is told: each real file by equality, each remark planted, and nothing silent."""

from __future__ import annotations

import io
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.adapters import content, office, pdf, remarks, remarks_package, remarks_pdf
from portal.adapters import remarks_picture as pictures
from portal.adapters import remarks_text as texts
from portal.adapters import remarks_word as word
from portal.adapters import remarks_workbook as books
from portal.adapters.content import MEDIA_TYPES, recognise
from portal.adapters.reading import read
from portal.adapters.remarks import look
from portal.adapters.remarks_package import AUTHOR, AUTHOR_AND_ORGANISATION, COMMENTS, ORGANISATION
from portal.adapters.tabular import open_book
from portal.rules.datasets import Note
from portal.rules.refusals import Unacceptable
from tests.portal.test_content import PDF, VERDICTS, _corpus, _jpeg, _pdf, _png
from tests.portal.test_tabular import OFFICE, SHEETS

DOCX, XLSX, CSV = "docx", "xlsx", "csv"
UNREAD = "Nothing is read from hidden sheets."


def told(words: str, **facts: Any) -> Note:
    return Note(words, facts)


def of(given: bytes, kind: str) -> list[Note]:
    stream = io.BytesIO(given)
    found = list(look(stream, MEDIA_TYPES[kind]))
    assert stream.tell() == 0
    return found


MERGED_IN_SHEETS = told(books.MERGED, count="18 (Sheet7; Sheet8; Sheet9; …)")
CARRIED: dict[str, list[Note]] = {
    "multilingual/ar_un_crc_c_gc_20.docx": [told(AUTHOR_AND_ORGANISATION)],
    "multilingual/es_chile_cndu_politica_suelo_2014.docx": [told(AUTHOR_AND_ORGANISATION)],
    "multilingual/fr_ar_league_boumerdes.docx": [told(AUTHOR)],
    "multilingual/ja_zh_spreadsheet_50299.xlsx": [MERGED_IN_SHEETS, told(AUTHOR)],
    "multilingual/ru_action_plan_report_table.docx": [told(AUTHOR_AND_ORGANISATION)],
    "multilingual/ru_municipal_regulation_povenets.docx": [told(AUTHOR)],
    "multilingual/zh_product_doc_images.docx": [told(AUTHOR_AND_ORGANISATION)],
    "multilingual/zh_taizhou_bank_statistics_2019_07.xlsx": [
        told(books.LINKS, count="1"),
        told(books.MERGED, count="15 (Sheet1)"),
        told(books.FORMULAS, count="1 (Sheet1)"),
        told(AUTHOR),
    ],
    "messy/data_validation_ranges.xlsx": [
        told(books.CONNECTIONS, count="10"),
        told(books.MERGED, count="6 (County Ranking)"),
        told(books.FORMULAS, count="87 (County Ranking; xdropdown)"),
        told(AUTHOR),
    ],
    "messy/external_link_a.xlsx": [told(AUTHOR)],  # the target of links of other files; it holds none
    "messy/many_merged_cells.xlsx": [told(books.MERGED, count="50000 (Sheet1)"), told(AUTHOR_AND_ORGANISATION)],
    "messy/no_shared_strings.xlsx": [told(AUTHOR_AND_ORGANISATION)],
    "messy/protected_form.docx": [told(word.FORM), told(AUTHOR)],
    "messy/tika_protected_sheets.xlsx": [
        told(books.PROTECTED_SHEETS, count="1 (Лист1)"),
        told(books.FORMULAS, count="1 (Лист1)"),
    ],
    "messy/tracked_changes_on.docx": [told(word.TRACKING), told(AUTHOR)],
    "messy/two_sheets_one_hidden.xlsx": [told(books.HIDDEN_SHEETS, count="1 (Sheet1)"), told(AUTHOR_AND_ORGANISATION)],
    "messy/word_comments.docx": [told(COMMENTS, count="1"), told(AUTHOR)],
    "pdf/ArabicCIDTrueType.pdf": [],
    "pdf/SimFang-variant.pdf": [told(remarks_pdf.UNMAPPED, count=1, all=23)],
    "pdf/form_two_pages.pdf": [told(remarks_pdf.FIELDS, count=6, pages="1, 2")],
    "pdf/issue5874.pdf": [told(remarks_pdf.UNMAPPED, count=112, all=177)],
    "pdf/mixedfonts.pdf": [told(AUTHOR)],
    "pdf/pypdf_crazyones-pdfa.pdf": [],
}


@pytest.mark.parametrize("path", CARRIED)
def test_the_corpus(path: str) -> None:
    assert of(_corpus(path).read_bytes(), VERDICTS[path]) == CARRIED[path]


def test_every_accepted_file_of_the_corpus_has_its_remarks() -> None:
    assert set(CARRIED) == {path for path, verdict in VERDICTS.items() if verdict in MEDIA_TYPES}


BOOKS: dict[str, list[str]] = {
    "uploads/messy/data_validation_ranges.xlsx": [
        books.CONNECTIONS % {"count": "10"},
        books.MERGED % {"count": "6 (County Ranking)"},
        books.FORMULAS % {"count": "87 (County Ranking; xdropdown)"},
    ],
    "uploads/messy/dates_1904.xls": [books.DATES_1904],
    "uploads/messy/external_link_a.xlsx": [],
    "uploads/messy/many_merged_cells.xlsx": [books.MERGED % {"count": "50000 (Sheet1)"}],
    "uploads/messy/no_shared_strings.xlsx": [],
    "uploads/messy/tika_protected_sheets.xlsx": [
        books.PROTECTED_SHEETS % {"count": "1 (Лист1)"},
        books.FORMULAS % {"count": "1 (Лист1)"},
    ],
    "uploads/messy/two_sheets_one_hidden.xlsx": [books.HIDDEN_SHEETS % {"count": "1 (Sheet1)"}, UNREAD],
    "un_habitat/CPI_Database_2016.xls": [
        books.LINKS % {"count": "22"},
        books.MERGED % {"count": "16 (City Prosperity Index)"},
    ],
    "un_habitat/7476ba9ab3fa45ebb683e253a3688997-data.xlsx": [],
    "un_habitat/SDG_11-1-1.xlsx": [],
    "un_habitat/SDG_11-1-1_total_population_in_slums_and_informal_settlements.xlsx": [],
    "un_habitat/SDG_11-2-1.xlsx": [],
}


@pytest.mark.parametrize("path", BOOKS)
def test_a_workbook_for_channel_b_tells_the_same(shared_data: Path, path: str) -> None:
    with (shared_data / path).open("rb") as stream:
        assert [str(note) for note in open_book(stream, path).notes] == BOOKS[path]


def test_every_workbook_that_channel_b_may_get_is_there(shared_data: Path) -> None:
    folders = ("uploads/messy", "un_habitat")
    found = {f"{folder}/{path.name}" for folder in folders for path in (shared_data / folder).glob("*.xls*")}
    assert found == set(BOOKS)


def test_a_workbook_without_shared_texts_and_dates_from_1904_are_read_as_they_are(shared_data: Path) -> None:
    read = {}
    for name in ("no_shared_strings.xlsx", "dates_1904.xls"):
        with (shared_data / "uploads" / "messy" / name).open("rb") as stream:
            read[name] = open_book(stream, name).sheets[0].head()
    assert read == {
        "no_shared_strings.xlsx": [(1, ["2006-04-12", "123"])],
        "dates_1904.xls": [(1, ["2000-01-01", "2000-01-01"])],
    }


ENCODINGS = {
    "tika_russian_cp866.txt": "IBM866",
    "tika_win1252.txt": "windows-1252",
    "tika_multi_language.txt": "windows-1252",
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_table_for_channel_b_in_an_old_encoding_is_refused_by_its_name(shared_data: Path, name: str) -> None:
    with (shared_data / "uploads" / "encodings" / name).open("rb") as stream, pytest.raises(Unacceptable) as refusal:
        open_book(stream, name)
    looks = f"The text is not UTF-8; its letters look like {ENCODINGS[name]}. "
    assert refusal.value.sentence == looks + "Save the table as CSV UTF-8 and send it again."


# Each flaw that the folder's index names, with the file and the sentence by which the portal names it.
REFUSED, TOLD, READ = "refused", "told", "read"
NAMED: dict[str, list[tuple[str, str, str]]] = {
    "merged cells": [("messy/many_merged_cells.xlsx", TOLD, books.MERGED)],
    "hidden sheet": [("messy/two_sheets_one_hidden.xlsx", TOLD, books.HIDDEN_SHEETS)],
    "1904 dates": [("messy/dates_1904.xls", REFUSED, content.OLD_OFFICE)],
    "external links": [
        ("multilingual/zh_taizhou_bank_statistics_2019_07.xlsx", TOLD, books.LINKS),
        ("messy/data_validation_ranges.xlsx", TOLD, books.CONNECTIONS),
    ],
    "tracked changes": [("messy/tracked_changes_on.docx", TOLD, word.TRACKING)],
    "comments": [("messy/word_comments.docx", TOLD, COMMENTS)],
    "protected form": [
        ("messy/protected_form.docx", TOLD, word.FORM),
        ("messy/tika_protected_sheets.xlsx", TOLD, books.PROTECTED_SHEETS),
    ],
    "no shared strings": [("messy/no_shared_strings.xlsx", READ, "")],
    "cp866": [("encodings/tika_russian_cp866.txt", REFUSED, content.PROSE)],
    "windows-1252": [("encodings/tika_win1252.txt", REFUSED, content.PROSE)],
    "mixed languages": [("encodings/tika_multi_language.txt", REFUSED, content.PROSE)],
    "GBK and Shift-JIS names in zip": [
        ("encodings/tika_gbk_names.zip", REFUSED, office.NOT_OFFICE),
        ("encodings/tika_sjis_names.zip", REFUSED, office.NOT_OFFICE),
    ],
    "Arabic page with a false charset": [("encodings/tika_arabic_misleading_charset.html", REFUSED, content.PAGE)],
    "encrypted": [
        ("hostile/encrypted_password_is_pass.docx", REFUSED, office.PROTECTED),
        ("hostile/tika_encrypted.zip", REFUSED, office.PROTECTED),
    ],
    "macros": [
        ("hostile/simple_macro.docm", REFUSED, office.MACROS),
        ("hostile/tika_macro.xlsm", REFUSED, office.MACROS),
    ],
    "external entities": [
        ("hostile/external_entity_in_text.docx", REFUSED, office.ENTITIES),
        ("hostile/tika_xxe.xml", REFUSED, content.PAGE),
    ],
    "truncated": [
        ("hostile/tika_truncated.docx", REFUSED, office.DAMAGED),
        ("hostile/invalid_22_bytes.xlsx", REFUSED, content.UNKNOWN),
    ],
    "fuzzed": [
        ("hostile/poi_clusterfuzz_5089447305609216.xlsx", REFUSED, office.DAMAGED),
        ("hostile/poi_crash_517626e8.docx", REFUSED, office.DAMAGED),
        ("pdf/poppler-395-0-fuzzed.pdf", REFUSED, pdf.DAMAGED),
    ],
    "EICAR base64-encoded": [("hostile/eicar.com.b64", REFUSED, content.PROSE)],
    "Arabic and Chinese fonts": [
        ("pdf/ArabicCIDTrueType.pdf", READ, "انواع الخطوط العربية"),
        ("pdf/SimFang-variant.pdf", TOLD, remarks_pdf.UNMAPPED),
        ("pdf/issue5874.pdf", TOLD, remarks_pdf.UNMAPPED),
    ],
    "passwords": [
        ("pdf/empty_protected.pdf", REFUSED, pdf.PROTECTED),
        ("pdf/pypdf_libreoffice-writer-password.pdf", REFUSED, pdf.PROTECTED),
    ],
    "scripts": [("pdf/evaljs.pdf", REFUSED, pdf.RUNS)],
    "attachments": [
        ("pdf/attachment.pdf", REFUSED, pdf.CARRIES),
        ("pdf/pypdf_with-attachment.pdf", REFUSED, pdf.CARRIES),
    ],
    "forms": [("pdf/form_two_pages.pdf", TOLD, remarks_pdf.FIELDS)],
    "PDF/A": [("pdf/pypdf_crazyones-pdfa.pdf", READ, "The Crazy Ones")],
}


def test_each_word_of_the_index_has_its_place() -> None:
    index = (_corpus().parent / "INDEX.md").read_text("utf-8")
    words = set()
    for folder in ("messy", "encodings", "hostile", "pdf"):
        [cell] = re.findall(rf"^\| `uploads/{folder}/` \| ([^|]+) \|", index, re.MULTILINE)
        words |= {word.strip() for word in re.split("[,;]", cell.split(". ")[0])}
    assert set(NAMED) == words


@pytest.mark.parametrize("flaw", NAMED)
def test_each_flaw_of_the_index_is_named(flaw: str) -> None:
    for path, how, words in NAMED[flaw]:
        if how == REFUSED:
            assert VERDICTS[path] == words
        elif how == TOLD:
            assert words in [note.words for note in CARRIED[path]]
        elif VERDICTS[path] == PDF:
            with _corpus(path).open("rb") as stream:
                passages = read(stream, MEDIA_TYPES["pdf"]).passages
            assert words in " ".join(passage.text for passage in passages)
        else:
            assert VERDICTS[path] == XLSX  # and read as it is: see the test of its cells above


# Planted


def relations(held: str) -> str:
    named = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{named}">{held}</Relationships>'


def package(parts: dict[str, str | bytes], main: str) -> bytes:
    """A package whose main part is named by its relations."""
    named = relations(f'<Relationship Id="m" Type="{OFFICE}/officeDocument" Target="{main}"/>')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"_rels/.rels": named, **parts}.items():
            archive.writestr(name, text)
    return out.getvalue()


TYPES = (
    '<Types><Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/></Types>'
)


def document(body: str, **more: str | bytes) -> bytes:
    parts = {f"word/{name.replace('__', '/')}.xml": text for name, text in more.items()}
    types = TYPES.format("word/document.xml", "wordprocessingml.document")
    whole = {"[Content_Types].xml": types, "word/document.xml": f'<w:document xmlns:w="w">{body}</w:document>'}
    given = package(whole | parts, "word/document.xml")
    assert recognise(io.BytesIO(given), "a").extension == DOCX
    return given


def head(words: str, style: str = "H1") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>'


def run(words: str, look: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{look}</w:rPr><w:t>{words}</w:t></w:r></w:p>"


STYLES = (
    '<w:styles xmlns:w="w"><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Own"><w:name w:val="My own"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:styleId="Body"><w:name w:val="Body"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
    '<w:style w:styleId="Secret"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
)
INSERTED, DELETED = "<w:ins><w:r><w:t>new</w:t></w:r></w:ins>", "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
BOX = "<mc:AlternateContent><mc:Choice>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback></mc:AlternateContent>"


def settings(held: str) -> str:
    return f'<w:settings xmlns:w="w">{held}</w:settings>'


def changes(insertions: str = "0", deletions: str = "0", others: str = "0") -> list[Note]:
    return [told(word.CHANGES, insertions=insertions, deletions=deletions, others=others)]


COMMENT = '<w:comments xmlns:w="w"><w:comment/><w:comment/></w:comments>'
LONG = "A heading that goes on and on until nobody wants to read any more of it"
WORDS = [
    ("nothing", document(run("plain") + "<w:p><w:pPr><w:bidi/></w:pPr></w:p>"), []),
    ("an insertion", document(f"<w:p>{INSERTED}</w:p>"), changes("1")),
    ("a deletion", document(f"<w:p>{DELETED}</w:p>"), changes(deletions="1")),
    ("a move", document("<w:p><w:moveFrom/><w:moveTo/><w:moveTo/></w:p>"), changes("2", "1")),
    ("a change of look", document(run("a", "<w:b/><w:rPrChange/>")), changes(others="1")),
    (
        "in a note at the foot",
        document("", footnotes=f'<w:footnotes xmlns:w="w">{INSERTED}</w:footnotes>'),
        changes("1"),
    ),
    ("in a head", document("", header2=f'<w:hdr xmlns:w="w">{DELETED}</w:hdr>'), changes(deletions="1")),
    ("said twice for older programs", document(f'<w:p xmlns:mc="m">{BOX.format(INSERTED)}</w:p>'), changes("1")),
    (
        "under headings",
        document(
            head("Housing") + INSERTED * 2 + head("Not one", "Body") + INSERTED + head("Law", "Own") + INSERTED,
            styles=STYLES,
        ),
        changes("4 (Housing; Law)"),
    ),
    (
        "under many headings, and long ones",
        document("".join(head(one) + DELETED for one in ("A", LONG, "C", "D")), styles=STYLES),
        changes(deletions=f"4 (A; {LONG[:59]}…; C; …)"),
    ),
    ("tracking", document("", settings=settings("<w:trackRevisions/>")), [told(word.TRACKING)]),
    ("no tracking", document("", settings=settings('<w:trackRevisions w:val="false"/>')), []),
    ("comments", document(run("a"), comments=COMMENT), [told(COMMENTS, count="2")]),
    (
        "comments under a heading",
        document(head("Water") + "<w:p><w:r><w:commentReference/></w:r></w:p>", comments=COMMENT, styles=STYLES),
        [told(COMMENTS, count="2 (Water)")],
    ),
    ("hidden text", document(run("seen") + run("not seen", "<w:vanish/>")), [told(word.HIDDEN, count="8")]),
    ("text that is not hidden", document(run("seen", '<w:vanish w:val="0"/>')), []),
    ("hidden in a browser alone", document(run("seen", "<w:webHidden/>")), []),
    ("a mark of a paragraph that is hidden", document("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr></w:p>"), []),
    (
        "hidden by a style of letters",
        document(head("Cost") + run("12345", '<w:rStyle w:val="Secret"/>'), styles=STYLES),
        [told(word.HIDDEN, count="5 (Cost)")],
    ),
    (
        "hidden by a style of paragraphs",
        document(head("1234", "Secret"), styles=STYLES),
        [told(word.HIDDEN, count="4")],
    ),
    (
        "a form",
        document("", settings=settings('<w:documentProtection w:edit="forms" w:enforcement="1"/>')),
        [told(word.FORM)],
    ),
    (
        "reading alone",
        document("", settings=settings('<w:documentProtection w:edit="readOnly" w:enforcement="true"/>')),
        [told(word.RESTRICTED)],
    ),
    ("a protection that is off", document("", settings=settings('<w:documentProtection w:edit="forms"/>')), []),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_word_documents(given: bytes, expected: list[Note]) -> None:
    assert of(given, DOCX) == expected


def core(**held: str) -> str:
    return f"<cp>{''.join(f'<dc:{name}>{text}</dc:{name}>' for name, text in held.items())}</cp>"


NAMES = [
    ({"docProps/core.xml": core(creator="A. Person")}, [told(AUTHOR)]),
    ({"docProps/core.xml": core(lastModifiedBy="A. Person")}, [told(AUTHOR)]),
    ({"docProps/core.xml": core(creator="  ", title="Housing")}, []),
    ({"docProps/app.xml": "<p><Company>A ministry</Company></p>"}, [told(ORGANISATION)]),
    ({"docProps/app.xml": "<p><Manager>A. Person</Manager><Company/></p>"}, [told(AUTHOR)]),
    (
        {"docProps/core.xml": core(creator="A"), "docProps/app.xml": "<p><Company>B</Company></p>"},
        [told(AUTHOR_AND_ORGANISATION)],
    ),
]


@pytest.mark.parametrize(("parts", "expected"), NAMES)
def test_of_names_only_that_there_are_any_is_told(parts: dict[str, str], expected: list[Note]) -> None:
    main: dict[str, str | bytes] = {"word/document.xml": "<w:document/>"}
    found = of(package(main | dict(parts), "word/document.xml"), DOCX)
    assert found == expected
    assert not any("Person" in str(note.kept()) for note in found)


SHEET = f'<worksheet xmlns="{SHEETS}">' + "<sheetData>{}</sheetData>{}</worksheet>"
CELL = '<c r="A1">{}</c>'


def workbook(sheets: dict[str, str], book: str = "", states: dict[str, str] | None = None, **more: str) -> bytes:
    """A workbook with these sheets by name; `more` are parts in the folder, and `links_1` what the first one uses."""
    listed = "".join(
        f'<sheet name="{name}" r:id="s{at}" state="{(states or {}).get(name, "visible")}"/>'
        for at, name in enumerate(sheets, 1)
    )
    links = "".join(f'<Relationship Id="s{at}" Type="{OFFICE}/worksheet" Target="s/{at}.xml"/>' for at in range(1, 9))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES.format("xl/workbook.xml", "spreadsheetml.sheet"),
        "xl/workbook.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}">{book}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(links + more.pop("links", "")),
        **{f"xl/s/{at}.xml": text for at, text in enumerate(sheets.values(), 1)},
    }
    if used := more.pop("links_1", ""):
        parts["xl/s/_rels/1.xml.rels"] = relations(used)
    given = package(parts | {f"xl/{name}.xml": text for name, text in more.items()}, "xl/workbook.xml")
    assert recognise(io.BytesIO(given), "a").extension == XLSX
    return given


def sheet(rows: str = "", after: str = "") -> str:
    return SHEET.format(rows, after)


THREAD = '<t:c xmlns:t="t"><t:threadedComment/><t:threadedComment parentId="a"/></t:c>'
OWN = {"One": sheet()}
WORKBOOKS = [
    ("nothing", workbook({"One": sheet(f"<row>{CELL.format('<v>1</v>')}</row>")}), []),
    (
        "hidden sheets",
        workbook({"A": sheet(), "B": sheet(), "C": sheet()}, states={"A": "hidden", "C": "veryHidden"}),
        [told(books.HIDDEN_SHEETS, count="2 (A; C)")],
    ),
    ("hidden rows", workbook({"One": sheet('<row hidden="1"/>')}), [told(books.HIDDEN_CELLS, count="1 (One)")]),
    (
        "hidden columns",
        workbook({"One": sheet(), "Two": "<worksheet><cols><col hidden='true'/><col/></cols></worksheet>"}),
        [told(books.HIDDEN_CELLS, count="1 (Two)")],
    ),
    ("rows that are shown", workbook({"One": sheet('<row hidden="0"/>')}), []),
    (
        "merged cells",
        workbook({"One": sheet(after="<mergeCell/><mergeCell/>"), "Two": sheet(after="<mergeCell/>")}),
        [told(books.MERGED, count="3 (One; Two)")],
    ),
    ("dates from 1904", workbook(OWN, '<workbookPr date1904="1"/>'), [told(books.DATES_1904)]),
    ("dates from 1900", workbook(OWN, '<workbookPr date1904="false"/>'), []),
    (
        "formulas",
        workbook({"One": sheet(CELL.format("<f>B1</f><v>2</v>") + CELL.format("<v>1</v>"))}),
        [told(books.FORMULAS, count="1 (One)")],
    ),
    (
        "formulas without a value, the last cell among them",
        workbook({"One": sheet(CELL.format("<f>B1</f>") + CELL.format("<f>B1</f><v>2</v>") + CELL.format("<f/>"))}),
        [told(books.FORMULAS, count="3 (One)"), told(books.NO_VALUE, count="2 (One)")],
    ),
    ("links", workbook(OWN, "<externalReference/><externalReference/>"), [told(books.LINKS, count="2")]),
    (
        "connections",
        workbook(OWN, links='<Relationship Id="c" Type="o/connections" Target="c.xml"/>', c="<a><connection/></a>"),
        [told(books.CONNECTIONS, count="1")],
    ),
    (
        "comments, and an answer to one",
        workbook(
            {"One": sheet(), "Two": sheet()},
            links_1='<Relationship Id="c" Type="o/comments" Target="../c.xml"/>'
            '<Relationship Id="t" Type="o/threadedComment" Target="/xl/t.xml"/>',
            c="<comments><comment/></comments>",
            t=THREAD,
        ),
        [told(COMMENTS, count="2 (One)")],
    ),
    (
        "a protected sheet",
        workbook({"One": sheet(after='<sheetProtection sheet="1"/>'), "Two": sheet(after="<sheetProtection/>")}),
        [told(books.PROTECTED_SHEETS, count="1 (One)")],
    ),
    ("a protected book", workbook(OWN, '<workbookProtection lockStructure="1"/>'), [told(books.PROTECTED_BOOK)]),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in WORKBOOKS], ids=[row[0] for row in WORKBOOKS])
def test_workbooks(given: bytes, expected: list[Note]) -> None:
    assert of(given, XLSX) == expected


def record(kind: int, held: bytes) -> bytes:
    return struct.pack("<HH", kind, len(held)) + held


BEGIN, END = record(0x809, bytes(16)), record(0x0A, b"")


def records(book: bytes, *sheets: tuple[str, int, bytes]) -> bytes:
    """The records of an older workbook: name, state and records of each sheet."""
    size = len(BEGIN) + len(book) + sum(12 + 2 * len(name) for name, *_ in sheets) + len(END)
    listed, bodies = b"", b""
    for name, state, held in sheets:
        place = struct.pack("<IBB", size + len(bodies), state, 0)
        listed += record(0x85, place + bytes((len(name), 1)) + name.encode("utf-16-le"))
        bodies += BEGIN + held + END
    return BEGIN + book + listed + END + bodies


def container(stream: bytes, least: int = 4096) -> bytes:
    """An XLS file: its head, one table of sectors, its folder, and the stream from the third sector on."""
    small = len(stream) < least
    held = stream + bytes(-len(stream) % 512)
    count = len(held) // 512
    chain = [*range(3, 2 + count), 0xFFFFFFFE]
    table = [0xFFFFFFFD, 0xFFFFFFFE, *chain]
    inner: list[int] = []
    if small:
        table.append(0xFFFFFFFE)
        pieces = -(-len(stream) // 64)
        inner = [*range(1, pieces), 0xFFFFFFFE]

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        written = name.encode("utf-16-le") + b"\0\0"
        return written.ljust(64, b"\0") + struct.pack("<HB49xII4x", len(written), kind, start, size)

    root = entry("Root Entry", 5, 2 if small else 0xFFFFFFFE, len(held) if small else 0)
    book = entry("Workbook", 2, 0 if small else 2, len(stream))
    top = content._OLE + bytes(22) + struct.pack("<HH", 9, 6) + bytes(10)
    top += struct.pack("<IIIIIIIII", 1, 1, 0, least, 2 + count if small else 0xFFFFFFFE, int(small), 0xFFFFFFFE, 0, 0)
    whole = top.ljust(512, b"\xff")
    whole += struct.pack("<128I", *(table + [0xFFFFFFFF] * (128 - len(table))))
    whole += (root + book).ljust(512, b"\0") + held
    return whole + (struct.pack("<128I", *(inner + [0xFFFFFFFF] * (128 - len(inner)))) if small else b"")


ROW = bytes(12) + b"\x20\0\0\0"
OLDER = [
    ("nothing", records(b"", ("One", 0, record(0x208, bytes(16)))), []),
    (
        "hidden sheets",
        records(b"", ("One", 0, b""), ("Тайный", 1, b"")),
        [told(books.HIDDEN_SHEETS, count="1 (Тайный)")],
    ),
    ("hidden rows", records(b"", ("One", 0, record(0x208, ROW))), [told(books.HIDDEN_CELLS, count="1 (One)")]),
    (
        "hidden columns",
        records(b"", ("One", 0, record(0x7D, bytes(8) + b"\1\0\0\0"))),
        [told(books.HIDDEN_CELLS, count="1 (One)")],
    ),
    (
        "merged cells",
        records(b"", ("One", 0, record(0xE5, b"\2\0" + bytes(16)) + record(0xE5, b"\1\0" + bytes(8)))),
        [told(books.MERGED, count="3 (One)")],
    ),
    ("dates from 1904", records(record(0x22, b"\1\0"), ("One", 0, b"")), [told(books.DATES_1904)]),
    ("dates from 1900", records(record(0x22, b"\0\0"), ("One", 0, b"")), []),
    ("formulas", records(b"", ("One", 0, record(0x06, bytes(22)))), [told(books.FORMULAS, count="1 (One)")]),
    (
        "links, and the book's own",
        records(record(0x1AE, b"\1\0\1\4") + record(0x1AE, b"\1\0\1\x3a") + record(0x1AE, b"\1\0\5\0\0abcd")),
        [told(books.LINKS, count="1")],
    ),
    ("comments", records(b"", ("One", 0, record(0x1C, bytes(12)))), [told(COMMENTS, count="1 (One)")]),
    (
        "a protected sheet",
        records(record(0x12, b"\0\0"), ("One", 0, record(0x12, b"\1\0"))),
        [told(books.PROTECTED_SHEETS, count="1 (One)")],
    ),
    ("a protected book", records(record(0x12, b"\1\0"), ("One", 0, b"")), [told(books.PROTECTED_BOOK)]),
]


@pytest.mark.parametrize("least", [4096, 64], ids=["in small sectors", "in large ones"])
@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in OLDER], ids=[row[0] for row in OLDER])
def test_older_workbooks(given: bytes, expected: list[Note], least: int) -> None:
    assert list(remarks.of_tables(io.BytesIO(container(given, least)), packed=False)) == expected


def drawn(page: bytes, more: bytes = b"", info: bytes = b"", stream: bytes = b"") -> bytes:
    """A PDF of one page with these entries, the stream of its points, and further objects from 10 on."""
    body = b"%PDF-1.7\n"
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R"
        + (b"/AcroForm<</Fields[10 0 R 11 0 R]>>" if b"/Widget" in more else b"")
        + b">>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R" + page + b">>",
        4: b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        5: b"<<" + info + b">>",
    }
    for number, held in objects.items():
        body += b"%d 0 obj%s\nendobj\n" % (number, held)
    return body + more + b"xref\n0 1\ntrailer<</Size 20/Root 1 0 R/Info 5 0 R>>\nstartxref\n0\n%%EOF\n"


FONT = b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
SAID = b"BT /F 20 Tf 20 100 Td (Housing) Tj ET"
WIDGETS = b"".join(
    b"%d 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(a%d)/Rect[10 10 60 30]>>\nendobj\n" % (at, at) for at in (10, 11)
)
MARKS = (
    b"10 0 obj<</Type/Annot/Subtype/Text/Contents(note)/Rect[10 10 60 30]>>\nendobj\n"
    b"11 0 obj<</Type/Annot/Subtype/Link/Rect[10 10 60 30]>>\nendobj\n"
)
XMP = b"6 0 obj<</Type/Metadata/Length 80>>stream\n<dc:creator> <rdf:Seq><rdf:li>%s</rdf:li>\nendstream endobj\n"
PDFS = [
    ("nothing", drawn(FONT, stream=SAID), []),
    ("a blank page", drawn(b""), []),
    ("a picture of a page", drawn(b"", stream=b"10 10 100 100 re f"), [told(remarks_pdf.NO_TEXT, count=1, all=1)]),
    (
        "fields",
        drawn(FONT + b"/Annots[10 0 R 11 0 R]", WIDGETS, stream=SAID),
        [told(remarks_pdf.FIELDS, count=2, pages="1")],
    ),
    ("a comment and a link", drawn(FONT + b"/Annots[10 0 R 11 0 R]", MARKS, stream=SAID), [told(COMMENTS, count="1")]),
    ("an author", drawn(FONT, info=b"/Author(A. Person)", stream=SAID), [told(AUTHOR)]),
    ("an author of blanks", drawn(FONT, info=b"/Author( )/Title(a)", stream=SAID), []),
    ("an author in the other properties", drawn(FONT, XMP % b"A. Person", stream=SAID), [told(AUTHOR)]),
    ("no author in the other properties", drawn(FONT, XMP % b" ", stream=SAID), []),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in PDFS], ids=[row[0] for row in PDFS])
def test_pdfs(given: bytes, expected: list[Note]) -> None:
    assert recognise(io.BytesIO(given), "a").extension == PDF
    assert of(given, PDF) == expected


def test_of_a_long_pdf_the_first_pages_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remarks_pdf, "MOST_PAGES", 1)
    given = _corpus("pdf/form_two_pages.pdf").read_bytes()
    fields, long = told(remarks_pdf.FIELDS, count=3, pages="1"), told(remarks_pdf.LONG, count=1, all=2)
    assert list(remarks_pdf.look(given)) == [fields, long]


def exif(order: str, *entries: tuple[int, int, bytes], place: tuple[int, ...] = ()) -> bytes:
    """The properties of a picture: entries (tag, count, value), and a directory with the tags of a position."""
    count = len(entries) + bool(place)
    after = 8 + 2 + 12 * count + 4
    made = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}IH", 8, count)
    texts = b""
    for tag, size, value in entries:
        at = struct.pack(f"{order}I", after + len(texts)) if size > 4 else value.ljust(4, b"\0")
        made += struct.pack(f"{order}HHI", tag, 2, size) + at
        texts += value if size > 4 else b""
    if place:
        made += struct.pack(f"{order}HHII", 0x8825, 4, 1, after + len(texts))
    made += bytes(4) + texts
    return (
        made + struct.pack(f"{order}H", len(place)) + b"".join(struct.pack(f"{order}HHII", t, 5, 3, 0) for t in place)
    )


def segment(held: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(held) + 2) + held


def photo(*held: bytes) -> bytes:
    whole = _jpeg()
    return whole[:2] + b"".join(map(segment, held)) + whole[2:]


def chunked(kind: bytes, held: bytes) -> bytes:
    chunk = struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))
    return _png()[:-12] + chunk + _png()[-12:]


WHERE = (1, 2, 3, 4)
PICTURES = [
    ("nothing", _jpeg(), "jpg", []),
    ("a position", photo(b"Exif\0\0" + exif("<", place=WHERE)), "jpg", [told(pictures.POSITION)]),
    ("in the other order of bytes", photo(b"Exif\0\0" + exif(">", place=WHERE)), "jpg", [told(pictures.POSITION)]),
    ("a directory without a position", photo(b"Exif\0\0" + exif("<", place=(0,))), "jpg", []),
    ("a short author", photo(b"Exif\0\0" + exif("<", (0x13B, 3, b"Li\0"))), "jpg", [told(pictures.AUTHOR)]),
    ("a long author", photo(b"Exif\0\0" + exif(">", (0x13B, 10, b"A. Person\0"))), "jpg", [told(pictures.AUTHOR)]),
    ("an author of blanks", photo(b"Exif\0\0" + exif("<", (0x13B, 8, b"       \0"))), "jpg", []),
    (
        "a position in XMP",
        photo(b"http://ns.adobe.com/xap/1.0/\0<a exif:GPSLatitude='51,3N'/>"),
        "jpg",
        [told(pictures.POSITION)],
    ),
    ("properties that lead nowhere", photo(b"Exif\0\0II*\0\xff\xff\xff\xff"), "jpg", []),
    ("a PNG", _png(), "png", []),
    ("a position in a PNG", chunked(b"eXIf", exif(">", place=WHERE)), "png", [told(pictures.POSITION)]),
    ("an author of a PNG", chunked(b"tEXt", b"Author\0A. Person"), "png", [told(pictures.AUTHOR)]),
    (
        "a position in XMP of a PNG",
        chunked(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<exif:GPSLongitude>1</exif:GPSLongitude>"),
        "png",
        [told(pictures.POSITION)],
    ),
]


@pytest.mark.parametrize(("given", "kind", "expected"), [row[1:] for row in PICTURES], ids=[row[0] for row in PICTURES])
def test_pictures(given: bytes, kind: str, expected: list[Note]) -> None:
    assert recognise(io.BytesIO(given), "a").extension == kind
    assert of(given, kind) == expected


def test_pictures_inside_a_document_are_looked_at() -> None:
    held: dict[str, str | bytes] = {
        "word/document.xml": "<w:document/>",
        "word/media/image1.jpeg": photo(b"Exif\0\0" + exif("<", place=WHERE)),
        "word/media/image2.PNG": chunked(b"eXIf", exif(">", place=WHERE)),
        "word/media/image3.jpg": _jpeg(),
    }
    assert of(package(held, "word/document.xml"), DOCX) == [told(pictures.POSITIONS, count=2)]


LINES = "Регион;Год;Доля городского населения\nАлматинская область;2020;5,5\n"
CHINESE, ARABIC = "地区,年份,城市人口比例\n泰州市,2020,5.5\n", "المنطقة,السنة,نسبة سكان الحضر\nالقاهرة,2020,5\n"
TEXTS = [
    ("UTF-8", LINES.encode(), []),
    ("UTF-8 with a mark", LINES.encode("utf-8-sig"), [told(texts.MARKED, encoding="UTF-8")]),
    ("UTF-16", LINES.encode("utf-16"), [told(texts.MARKED, encoding="UTF-16")]),
    ("windows-1251", LINES.encode("windows-1251"), [told(texts.OLD_ENCODING, encoding="windows-1251")]),
    ("cp866", LINES.encode("cp866"), [told(texts.OLD_ENCODING, encoding="IBM866")]),
    ("KOI8-R", LINES.encode("koi8-r"), [told(texts.OLD_ENCODING, encoding="KOI8-R")]),
    (
        "windows-1252",
        "Región;Año\nBogotá;2020\n".encode("windows-1252"),
        [told(texts.OLD_ENCODING, encoding="windows-1252")],
    ),
    ("GBK", CHINESE.encode("gbk"), [told(texts.OLD_ENCODING, encoding="GB18030")]),
    ("windows-1256", ARABIC.encode("windows-1256"), [told(texts.OLD_ENCODING, encoding="windows-1256")]),
    (
        "Shift-JIS",
        "地域,年,都市人口の割合\nとうきょう,2020,タイトル\n".encode("shift_jis"),
        [told(texts.OLD_ENCODING, encoding="Shift_JIS")],
    ),
    (
        "far behind",
        b"a,b\n" * 100_000 + "Bogotá,2020\n".encode("windows-1252"),
        [told(texts.OLD_ENCODING, encoding="windows-1252")],
    ),
    ("at the very end", b"a,b\n1,\xe9", [told(texts.OLD_ENCODING, encoding="windows-1252")]),
]


@pytest.mark.parametrize(("given", "expected"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_texts(given: bytes, expected: list[Note]) -> None:
    assert recognise(io.BytesIO(given), "a").extension == CSV
    assert of(given, CSV) == expected


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf"])
def test_what_cannot_be_looked_at_says_so(kind: str) -> None:
    assert of(b"PK\3\4 nothing that could be followed", kind) == [told(remarks.UNSEEN)]
    named = package({"word/document.xml": "<a>", "xl/workbook.xml": "<a>"}, "nowhere.xml")
    assert of(named, kind) == [told(remarks.UNSEEN)]


def test_a_document_type_stops_the_look() -> None:
    parts: dict[str, str | bytes] = {"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}
    assert of(package(parts, "word/document.xml"), DOCX) == [told(remarks.UNSEEN)]


def test_of_a_very_large_file_the_parts_are_left_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remarks, "LOOKED_AT", 100)
    parts: dict[str, str | bytes] = {"word/document.xml": "<a/>", "docProps/core.xml": core(creator="A" * 100)}
    assert of(package(parts, "word/document.xml"), DOCX) == [told(remarks.TOO_MUCH), told(AUTHOR)]


def test_a_pdf_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remarks, "SECONDS", 0.01)
    assert of(_pdf(), PDF) == [told(remarks.UNSEEN)]


def streams() -> Iterator[Any]:
    yield tempfile.TemporaryFile()  # noqa: SIM115 - closed by the test
    yield tempfile.SpooledTemporaryFile(max_size=1_000_000)  # noqa: SIM115


def test_a_file_on_disk_is_looked_at_where_it_lies() -> None:
    given = drawn(FONT, info=b"/Author(A. Person)", stream=SAID)
    for stream in streams():
        with stream:
            stream.write(given)
            assert [one.text for one in read(stream, MEDIA_TYPES["pdf"]).passages] == ["Housing"]
            stream.read(1)
            assert look(stream, MEDIA_TYPES["pdf"]) == (told(AUTHOR),)
            assert (stream.tell(), stream.read()) == (0, given)


def test_a_workbook_of_before_excel_97_says_that_it_is_not_looked_at() -> None:
    older = container(records(b"", ("One", 1, b""))).replace(
        "Workbook".encode("utf-16-le"), "Book\0\0\0\0".encode("utf-16-le")
    )
    assert remarks.of_tables(io.BytesIO(older), packed=False) == (told(remarks.UNSEEN),)


def test_places_are_few_and_short() -> None:
    assert remarks_package.counted(2, ["", ""]) == "2"
    assert remarks_package.counted(5, ["a", "a", "b"]) == "5 (a; b)"
    assert remarks_package.counted(5, ["a", "b", "c", "d"]) == "5 (a; b; c; …)"
