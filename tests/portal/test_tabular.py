"""Tabular files opened by their content, and layouts recognised by their headers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from portal.adapters import no_table, tabular
from portal.adapters.tabular import cell_text, open_book
from portal.adapters.tabular_layouts import Told, plan_for
from portal.adapters.tabular_readers import unit_in_title
from portal.rules.datasets import LeftOut, Reading
from portal.rules.no_figures import NoFigures
from portal.rules.refusals import Invalid, TooLarge, Unacceptable


def read(text: str, name: str = "file.csv", told: Told = Told(), encoding: str = "utf-8") -> list[Reading | LeftOut]:  # noqa: B008
    return list(plan_for(open_book(io.BytesIO(text.encode(encoding)), name), told).readings())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_table_is_read_whatever_its_marks(encoding: str, newline: str, delimiter: str) -> None:
    text = newline.join(["Entity,Year,Части", "Казахстан,2020,1.5", ""]).replace(",", delimiter)
    [found] = read(text, encoding=encoding)
    assert isinstance(found, Reading)
    assert (found.row, found.column, found.place.code, found.period, found.text) == (
        2,
        "Части",
        "Казахстан",
        "2020",
        "1.5",
    )


def test_a_text_that_is_not_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(Unacceptable) as refusal:
        open_book(io.BytesIO("Entity,Year,Value\nЧад,2020,1\n".encode("cp1251")), "file.csv")
    assert [problem.where for problem in refusal.value.problems] == ["line 2"]


@pytest.mark.parametrize("content", [b"\0\1\2\3", b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(Unacceptable):
        open_book(io.BytesIO(content), "figures.xlsx")


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("figures.csv", "Entity,Year,Value\n")
    with pytest.raises(Unacceptable):
        open_book(stream, "figures.xlsx")


def test_a_document_is_refused_as_what_it_is() -> None:
    with pytest.raises(Unacceptable, match=r"^This is a PDF, and figures"):
        open_book(io.BytesIO(b"%PDF-1.7\n%\xe2\xe3"), "report.pdf")
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(Unacceptable, match=r"^This is a Word document, and figures"):
        open_book(word, "report.docx")


DBASE = bytes([3, 24, 5, 24, 3, 0, 0, 0, 65, 0, 26, 0]) + bytes(20) + b"NAME".ljust(32, b"\0") + b"\r row"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!DOCTYPE html>\n<html><table></table></html>", no_table.WEB),
        (b"\xef\xbb\xbf \n<HTML>", no_table.WEB),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>', no_table.WEB),
        (b'<div class="x">\xc7\xe1</div>', no_table.WEB),
        (b'<?xml version="1.0" encoding="cp1251"?><\xf2/>', no_table.XML),
        (DBASE, no_table.DBASE),
        (b'{"name": "x", "resources": [{"path": "x.csv"}]}', no_table.PACKAGE),
        (b'{"name": "x", "resources": 1}', no_table.JSON),
        (b'[\n  {"a": 1}\n]', no_table.JSON),
        (b'{"a": 1,\n "b"', no_table.JSON),
        (b'{"a": 1}\n{"a": 2}\n', no_table.JSON_LINES),
        (b'# head\nmsgid ""\nmsgstr ""\n\nmsgid "a"\nmsgstr "b"\n', no_table.CATALOGUE),
        (b"# Title\n\nText, and more.\n\n## Part\n\nText.\n", no_table.MARKDOWN),
        (OLD + "EncryptedPackage".encode("utf-16-le"), no_table.LOCKED),
        (OLD + "WordDocument".encode("utf-16-le"), no_table.WORD),
    ],
)
def test_what_is_no_table_is_told_by_its_content(content: bytes, sentence: str) -> None:
    with pytest.raises(Unacceptable) as refusal:
        open_book(io.BytesIO(content), "figures.csv")
    assert refusal.value.sentence == sentence


@pytest.mark.parametrize(
    "text",
    [
        "# figures of 2020\nEntity,Year,Value\nChad,2020,1\n",
        "<5,Entity,Year\n",
        "[note],Entity\na,b\n",
        "{x},Entity\na,b\n",
        "msgid,Entity\na,b\n",
        "Town: name,Year\nA: b,2020\n",
    ],
)
def test_a_table_that_begins_strangely_stays_a_table(text: str) -> None:
    assert open_book(io.BytesIO(text.encode()), "figures.csv").kind == "csv"


def test_a_list_of_words_is_told_with_the_marks_of_its_file() -> None:
    with pytest.raises(NoFigures) as refusal:
        open_book(io.BytesIO(b"\xef\xbb\xbfone: Un\r\ntwo: Deux\r\n"), "words.csv")
    assert [str(one.note) for one in refusal.value.findings] == [
        "The file begins with a mark of its encoding (byte order mark, UTF-8); it is no part of the first cell.",
        "The lines end with two signs, CR and LF; they are read as one.",
        "Texts by key: 2.",
        "Texts in Latin letters, written left to right: 2.",
        "The longest text has 4 signs: two.",
    ]


def test_a_list_of_codes_is_told_with_codes_that_have_no_name() -> None:
    text = "\nlocation,name\nURBAN,Urban\nrural,RURAL\nurban,Urban areas\nboth,\n"
    with pytest.raises(NoFigures) as refusal:
        read(text, "ddf--entities--location.csv")
    assert list(refusal.value.lines(1)) == [
        "  Rows above the headings: 1.",
        "  Rows read: 4.",
        "  Codes that an earlier row has: 1.",
        "      row 5, column location: urban Urban areas",
        "  Codes without a name, or with the code in its place: 3.",
        "      row 3, column name: URBAN Urban",
        "      and 2 more",
    ]


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "UNPACKED_LIMIT", 1_000_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_001)
    assert len(stream.getvalue()) < 10_000
    with pytest.raises(TooLarge):
        open_book(stream, "figures.xlsx")


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/{{}}.xml"/></Relationships>',
    "xl/{}.xml": f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="One" sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/{}.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="a" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEETS}"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>Entity</t></is></c><c r="B1"/></row></sheetData></worksheet>',
}


@pytest.mark.parametrize(("name", "bare"), [("workbook", 1), ("Workbook", 0)])
def test_a_workbook_whose_parts_are_named_otherwise_is_read_too(name: str, bare: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, text in PARTS.items():
            archive.writestr(part.replace("{}", name), text.replace("{}", name))
    [sheet] = open_book(stream, "figures.xlsx").sheets
    assert (sheet.head(), sheet.bare(1)) == ([(1, ["Entity"])], bare)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (2022.0, "2022"),
        (2.700000000000273, "2.700000000000273"),
        (0.0, "0"),
        (1e300, "1e+300"),
        ("a", "a"),
        (True, "True"),
        ("no\0 sign", "no sign"),
    ],
)
def test_cells_as_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_an_unknown_layout_is_refused_with_its_header_and_the_known_ones() -> None:
    with pytest.raises(Invalid) as refusal:
        read("Town,When,How many\nA,2020,1\n")
    assert refusal.value.sentence.startswith(
        "The file has no known layout; it begins: Town, When, How many. Known layouts: UN SDG"
    )
    assert [(p.where, p.sentence) for p in refusal.value.problems] == [("row 1", "The row reads: Town, When, How many")]


def test_an_empty_file_says_so() -> None:
    with pytest.raises(Invalid, match=r"^The file is empty\.$"):
        read("")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "Metadata_Country.csv",
            '"Country Code","Region","IncomeGroup","SpecialNotes"',
            "the World Bank's list of countries",
        ),
        ("Metadata_Indicator.csv", '"INDICATOR_CODE","INDICATOR_NAME"', "the World Bank's description of an indicator"),
        ("ddf--concepts--continuous.csv", "concept,concept_type,name", "a list of concepts of the UN SDG database"),
        ("ddf--entities--sex.csv", "sex,name", "a list of codes of the UN SDG database"),
        ("_PROFILE.csv", "indicator,series,rows,geo_areas", "a profile of series"),
    ],
)
def test_metadata_is_refused_by_what_it_is(name: str, text: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(f"{text}\n", name)
    assert refusal.value.sentence == f"This is {words}, not a table of figures; nothing is taken from it."


def test_every_row_gives_a_reading_or_says_why_not() -> None:
    text = "Entity,Year,A,B\nChad,2020,1,\n\nChad,2021\nSource: somebody,,,\nChad,2022,..,3\n"
    found = read(text)
    assert [(item.row, item.reason if isinstance(item, LeftOut) else item.text) for item in found] == [
        (2, "1"),
        (2, "no_figure"),
        (4, "short_row"),
        (5, "note"),
        (6, "3"),
        (6, "no_figure"),
    ]


def test_the_file_can_be_read_again() -> None:
    plan = plan_for(open_book(io.BytesIO(b"Entity,Year,A\nChad,2020,1\n"), "a.csv"), Told())
    assert list(plan.readings()) == list(plan.readings())


@pytest.mark.parametrize(
    ("title", "unit"), [("Urban population (% of total population)", "% of total population"), ("Gini index", "")]
)
def test_a_unit_in_brackets(title: str, unit: str) -> None:
    assert unit_in_title(title) == unit


def test_hostile_files_are_refused_and_never_crash(shared_data: Path) -> None:
    taken = []
    for path in sorted((shared_data / "uploads" / "hostile").iterdir()):
        with path.open("rb") as stream:
            try:
                taken.append((path.name, plan_for(open_book(stream, path.name), Told()).layout))
            except Invalid:
                continue
    assert taken == []
