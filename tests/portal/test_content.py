"""Every file of the corpus has its verdict, planted attacks are refused, and names are made safe."""

from __future__ import annotations

import base64
import io
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest

from portal.adapters import content, office, pdf, pictures
from portal.adapters.content import display_name, disposition, recognise
from portal.rules.refusals import Invalid, TooLarge, Unacceptable

UPLOADS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "uploads"

DOCX, XLSX, PDF = "docx", "xlsx", "pdf"
VERDICTS = {
    "multilingual/ar_un_crc_c_gc_20.docx": DOCX,
    "multilingual/es_chile_cndu_politica_suelo_2014.docx": DOCX,
    "multilingual/fr_ar_league_boumerdes.docx": DOCX,
    "multilingual/ja_zh_spreadsheet_50299.xlsx": XLSX,
    "multilingual/ru_action_plan_report_table.docx": DOCX,
    "multilingual/ru_municipal_regulation_povenets.docx": DOCX,
    "multilingual/zh_product_doc_images.docx": DOCX,
    "multilingual/zh_taizhou_bank_statistics_2019_07.xlsx": XLSX,
    "messy/data_validation_ranges.xlsx": XLSX,
    "messy/dates_1904.xls": content.OLD_OFFICE,
    "messy/external_link_a.xlsx": XLSX,
    "messy/many_merged_cells.xlsx": XLSX,
    "messy/no_shared_strings.xlsx": XLSX,
    "messy/protected_form.docx": DOCX,
    "messy/tika_protected_sheets.xlsx": XLSX,
    "messy/tracked_changes_on.docx": DOCX,
    "messy/two_sheets_one_hidden.xlsx": XLSX,
    "messy/word_comments.docx": DOCX,
    "pdf/ArabicCIDTrueType.pdf": PDF,
    "pdf/SimFang-variant.pdf": PDF,
    "pdf/attachment.pdf": pdf.CARRIES,
    "pdf/empty_protected.pdf": pdf.PROTECTED,
    "pdf/evaljs.pdf": pdf.RUNS,
    "pdf/form_two_pages.pdf": PDF,
    "pdf/issue5874.pdf": PDF,
    "pdf/mixedfonts.pdf": PDF,
    "pdf/poppler-395-0-fuzzed.pdf": pdf.DAMAGED,
    "pdf/pypdf_crazyones-pdfa.pdf": PDF,
    "pdf/pypdf_libreoffice-writer-password.pdf": pdf.PROTECTED,
    "pdf/pypdf_with-attachment.pdf": pdf.CARRIES,
    "encodings/tika_arabic_misleading_charset.html": content.PAGE,
    "encodings/tika_gb18030.dbf": content.UNKNOWN,
    "encodings/tika_gbk_names.zip": office.NOT_OFFICE,
    "encodings/tika_multi_language.txt": content.PROSE,
    "encodings/tika_resume_ru.html": content.PAGE,
    "encodings/tika_russian_cp866.txt": content.PROSE,
    "encodings/tika_sjis_names.zip": office.NOT_OFFICE,
    "encodings/tika_win1252.txt": content.PROSE,
    "hostile/eicar.com.b64": content.PROSE,
    "hostile/encrypted_password_is_pass.docx": office.PROTECTED,
    "hostile/external_entity_in_text.docx": office.ENTITIES,
    "hostile/invalid_22_bytes.xlsx": content.UNKNOWN,
    "hostile/poi_clusterfuzz_5089447305609216.xlsx": office.DAMAGED,
    "hostile/poi_crash_517626e8.docx": office.DAMAGED,
    "hostile/simple_macro.docm": office.MACROS,
    "hostile/tika_encrypted.zip": office.PROTECTED,
    "hostile/tika_instr_link.docx": office.HIDDEN_LINK,
    "hostile/tika_macro.xlsm": office.MACROS,
    "hostile/tika_truncated.docx": office.DAMAGED,
    "hostile/tika_xxe.xml": content.PAGE,
}


def _verdict(given: bytes, name: str = "a file") -> str:
    """The extension, or the sentence of the refusal."""
    try:
        return recognise(io.BytesIO(given), name, len(given)).extension
    except Invalid as refusal:
        return refusal.sentence


def _corpus(path: str = "") -> Path:
    if not UPLOADS.is_dir():
        pytest.skip("the folder of real uploads (../shared/data/uploads) is not here")
    return UPLOADS / path


@pytest.mark.parametrize("path", VERDICTS)
def test_the_corpus(path: str) -> None:
    given = _corpus(path).read_bytes()
    assert _verdict(given) == VERDICTS[path]
    assert _verdict(given, "harmless.pdf") == VERDICTS[path]


def test_every_file_of_the_corpus_has_a_verdict() -> None:
    folders = ("multilingual", "messy", "pdf", "encodings", "hostile")
    found = {f"{folder}/{path.name}" for folder in folders for path in _corpus(folder).iterdir()}
    assert found == set(VERDICTS)


def test_the_eicar_test_is_known_in_the_open_and_in_a_package() -> None:
    eicar = base64.b64decode(_corpus("hostile/eicar.com.b64").read_bytes())
    assert _verdict(eicar) == content.MALWARE_TEST
    assert _verdict(b"a,b\n1," + eicar) == content.MALWARE_TEST
    assert _verdict(_package({"word/media/image1.png": eicar})) == office.CARRIES


CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/></Types>'
)
WORD = "wordprocessingml.document"
DOCUMENT = '<w:document xmlns:w="w">{}</w:document>'


def _package(parts: dict[str, bytes | str], kind: str = WORD, level: int = 6) -> bytes:
    """A small Word package with further parts, which may replace its own."""
    whole = {"[Content_Types].xml": CONTENT_TYPES.format(kind), "word/document.xml": DOCUMENT.format("")} | parts
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as package:
        for name, text in whole.items():
            package.writestr(name, text)
    return out.getvalue()


def _field(code: str, shown: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (code[:6], code[6:]))
    return DOCUMENT.format(
        mark.format("begin") + runs + mark.format("separate") + f"<w:t>{shown}</w:t>" + mark.format("end")
    )


def _relationship(kind: str, target: str) -> str:
    return (
        f'<Relationships><Relationship Type="http://x/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    )


RELS = "word/_rels/document.xml.rels"
PACKAGES = [
    ("plain", _package({}), DOCX),
    ("workbook", _package({}, "spreadsheetml.sheet"), XLSX),
    ("presentation", _package({}, "presentationml.presentation"), office.NOT_OFFICE),
    ("template", _package({}, "wordprocessingml.template"), office.TEMPLATE),
    ("macro part under a plain type", _package({"word/vbaProject.bin": b"x"}), office.MACROS),
    ("macro sheet", _package({"xl/macrosheets/sheet1.xml": "<x/>"}), office.MACROS),
    ("doctype", _package({"word/styles.xml": "<!DOCTYPE a><a/>"}), office.ENTITIES),
    ("doctype in UTF-16", _package({"word/styles.xml": "<!DOCTYPE a><a/>".encode("utf-16")}), office.ENTITIES),
    ("broken XML", _package({"word/styles.xml": "<a>"}), office.DAMAGED),
    ("a thousand to one", _package({"word/media/image1.bmp": bytes(20_000_000)}, level=9), office.BOMB),
    ("too many parts", _package({f"word/media/{at}": b"" for at in range(10_001)}), office.BOMB),
    ("program", _package({"word/media/image1.png": b"MZ\x90\0"}), office.CARRIES),
    (
        "a file in an OLE wrapper",
        _package({"word/embeddings/o.bin": "\x01Ole10Native".encode("utf-16-le")}),
        office.CARRIES,
    ),
    ("a workbook inside", _package({"word/embeddings/a.xlsx": _package({}, "spreadsheetml.sheet")}), DOCX),
    (
        "macros inside inside",
        _package({"word/embeddings/a.docx": _package({"word/vbaProject.bin": b"x"})}),
        office.MACROS,
    ),
    ("link", _package({RELS: _relationship("hyperlink", "https://example.org")}), DOCX),
    ("other workbook", _package({RELS: _relationship("externalLinkPath", "file:///c:/a.xlsx")}), DOCX),
    ("linked picture", _package({RELS: _relationship("image", "https://example.org/a.png")}), DOCX),
    ("picture on a share", _package({RELS: _relationship("image", "file://host/a.png")}), office.REACHES),
    (
        "picture on a share, in the other writing",
        _package({RELS: _relationship("image", "\\\\host\\a")}),
        office.REACHES,
    ),
    ("template of the author's disk", _package({RELS: _relationship("attachedTemplate", "file:///C:\\a.dotm")}), DOCX),
    (
        "template from the net",
        _package({RELS: _relationship("attachedTemplate", "https://e.org/a.dotm")}),
        office.REACHES,
    ),
    ("template from a share", _package({RELS: _relationship("attachedTemplate", "file:///\\\\h\\a")}), office.REACHES),
    ("object from the net", _package({RELS: _relationship("oleObject", "https://example.org/a")}), office.REACHES),
    ("DDE", _package({"word/document.xml": _field("DDEAUTO c:\\\\cmd.exe", "")}), office.REACHES),
    (
        "DDE in a simple field",
        _package({"word/document.xml": DOCUMENT.format('<w:fldSimple w:instr=" DDE x y"/>')}),
        office.REACHES,
    ),
    ("DDE of a workbook", _package({"xl/externalLinks/externalLink1.xml": "<ddeLink/>"}), office.REACHES),
    ("contents", _package({"word/document.xml": _field(' HYPERLINK \\l "_Toc1" ', "Chapter")}), DOCX),
    (
        "link that shows itself",
        _package({"word/document.xml": _field(' HYPERLINK "https://stat.gov.kz/a" ', "stat.gov.kz")}),
        DOCX,
    ),
    (
        "link that hides",
        _package({"word/document.xml": _field(' HYPERLINK "https://evil.example" ', "here")}),
        office.HIDDEN_LINK,
    ),
    ("bytes before", b"GIF89a" + _package({}), content.UNKNOWN),
    ("bytes after", _package({}) + b"<script>", office.CARRIES),
    ("a blank after", _package({}) + b"\n", DOCX),
    ("no types", _package({"[Content_Types].xml": "<Types/>"}), office.NOT_OFFICE),
]


@pytest.mark.parametrize(("given", "verdict"), [row[1:] for row in PACKAGES], ids=[row[0] for row in PACKAGES])
def test_packages(given: bytes, verdict: str) -> None:
    assert _verdict(given) == verdict


def test_a_package_cut_anywhere_or_with_a_flipped_bit_is_not_taken() -> None:
    whole = _package({"word/media/image1.png": bytes(range(256)) * 4}, level=0)
    assert {_verdict(whole[:at]) for at in range(30, len(whole), 97)} == {office.DAMAGED}
    at = whole.index(bytes(range(256)))
    assert _verdict(whole[:at] + b"\xff" + whole[at + 1 :]) == office.DAMAGED


def test_parts_that_lie_over_each_other_are_not_taken() -> None:
    """The bomb that is small because its parts share their data."""
    whole = bytearray(_package({"word/a.bin": b"a" * 100, "word/b.bin": b"b" * 100}))
    directory = whole.index(b"PK\1\2")
    places = [at for at in range(directory, len(whole)) if whole[at : at + 4] == b"PK\1\2"]
    whole[places[3] + 42 : places[3] + 46] = whole[places[2] + 42 : places[2] + 46]
    assert _verdict(bytes(whole)) == office.CARRIES


def _pdf(catalogue: bytes = b"", more: bytes = b"", end: bytes = b"%%EOF\n") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + catalogue + b">>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
        + more
        + b"xref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n"
        + end
    )


def _packed(text: bytes, filters: bytes = b"/Filter/FlateDecode") -> bytes:
    return b"9 0 obj\n<</Type/ObjStm/N 1" + filters + b">>\nstream\n" + zlib.compress(text) + b"\nendstream\nendobj\n"


PDFS = [
    ("plain", _pdf(), PDF),
    ("form", _pdf(b"/AcroForm<</Fields[]>>"), PDF),
    ("goes to a page", _pdf(b"/OpenAction[3 0 R /Fit]"), PDF),
    ("script", _pdf(b"/OpenAction<</S/JavaScript/JS(x)>>"), pdf.RUNS),
    ("script in other letters", _pdf(b"/OpenAction<</S/J#61va#53cript>>"), pdf.RUNS),
    ("script, short name only", _pdf(b"/OpenAction<</JS(x)>>"), pdf.RUNS),
    (
        "script between two streams",
        _pdf(
            more=b"7 0 obj<<>>stream\n\nendstream endobj 8 0 obj<</S/#4aavaScript>>endobj 9 0 obj stream\n\nendstream\n"
        ),
        pdf.RUNS,
    ),
    ("launch", _pdf(b"/OpenAction<</S/Launch/F(a.exe)>>"), pdf.RUNS),
    ("script in packed objects", _pdf(more=_packed(b"5 0 <</S/JavaScript>>")), pdf.RUNS),
    ("packed in an unknown way", _pdf(more=_packed(b"", b"/Filter[/LZWDecode/FlateDecode]")), pdf.UNUSUAL),
    ("packed and broken", _pdf(more=_packed(b"5 0 <<>>").replace(b"x\x9c", b"xx")), pdf.DAMAGED),
    ("packed bomb", _pdf(more=_packed(bytes(101_000_000))), pdf.TOO_MUCH),
    ("embedded file", _pdf(b"/Names<</EmbeddedFiles 5 0 R>>"), pdf.CARRIES),
    ("dynamic form", _pdf(b"/AcroForm<</XFA 5 0 R>>"), pdf.DYNAMIC),
    ("password", _pdf(b"/Encrypt 5 0 R"), pdf.PROTECTED),
    ("a word that begins alike", _pdf(b"/EncryptMetadata true/JSON 1/Launched 2"), PDF),
    ("the name in a picture's data", _pdf(more=b"7 0 obj<<>>stream\n/JS /XFA\nendstream endobj\n"), PDF),
    ("no end", _pdf(end=b""), pdf.DAMAGED),
    ("no pages", _pdf().replace(b"2 0 obj", b"3 0 obj"), pdf.DAMAGED),
    ("no root", _pdf().replace(b"/Root", b"/Boot"), pdf.DAMAGED),
    ("bytes before", b"<html>" + _pdf(), content.BEFORE_PDF),
    ("page in a comment", _pdf().replace(b"\n", b"\n%<script>alert(1)</script>\n", 1), content.PAGE),
    ("bytes after", _pdf(end=b"%%EOF\nMZ"), pdf.TRAILING),
    ("archive behind", _pdf() + _package({}), content.DOUBLE),
    ("cut", _pdf()[:100], pdf.DAMAGED),
]


@pytest.mark.parametrize(("given", "verdict"), [row[1:] for row in PDFS], ids=[row[0] for row in PDFS])
def test_pdfs(given: bytes, verdict: str) -> None:
    assert _verdict(given) == verdict


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int = 1, height: int = 1) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return pictures.PNG_START + head + _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")


def _jpeg(width: int = 1, height: int = 1) -> bytes:
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x04ab"
        + frame
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
        + b"a\xff\0b\xff\xd0c\xff\xd9"
    )


PICTURES = [
    ("png", _png(), "png"),
    ("png cut", _png()[:-1], pictures.DAMAGED),
    ("png with a flipped bit", _png().replace(b"IDAT", b"IDAU"), pictures.DAMAGED),
    ("png flood", _png(100_000, 100_000), pictures.TOO_WIDE),
    ("png without points", _png(0, 5), pictures.DAMAGED),
    ("png and more", _png() + b"<?php", pictures.TRAILING),
    ("png and archive", _png() + _package({}), content.DOUBLE),
    ("jpeg", _jpeg(), "jpg"),
    ("jpeg padded", _jpeg() + bytes(100), "jpg"),
    ("jpeg with a second one, as telephones write", _jpeg() + _jpeg(), "jpg"),
    ("jpeg cut", _jpeg()[:-2], pictures.DAMAGED),
    ("jpeg cut in a segment", _jpeg()[:9], pictures.DAMAGED),
    ("jpeg flood", _jpeg(60_000, 60_000), pictures.TOO_WIDE),
    ("jpeg and more", _jpeg() + b"<script>", pictures.TRAILING),
    ("jpeg and archive", _jpeg() + _package({}), content.DOUBLE),
    ("gif", b"GIF89a\1\0\1\0", content.UNKNOWN),
]


@pytest.mark.parametrize(("given", "verdict"), [row[1:] for row in PICTURES], ids=[row[0] for row in PICTURES])
def test_pictures(given: bytes, verdict: str) -> None:
    assert _verdict(given) == verdict


TEXTS = [
    ("comma", b"a,b\n1,2\n", "csv"),
    ("semicolon, windows-1251", "город;число\nАлматы;5\n".encode("cp1251"), "csv"),
    ("tab, UTF-16", "a\tb\n1\t2\n".encode("utf-16"), "csv"),
    ("UTF-8 with its mark", "\ufeffa,b\n1,2\n".encode(), "csv"),
    ("headings only", b"Year,Units,Value\n", "csv"),
    ("a long cell in quotes", b'a,b\n1,"two\nlines, and more"\n', "csv"),
    ("preamble", b"Source,x\n\nTitle\na,b,c\n1,2,3\n4,5,6\n7,8,9\n", "csv"),
    ("longer than the sample", b"name,value\n" + "Алматы,17.4\n".encode() * 40_000, "csv"),
    ("one column", b"a\nb\nc\n", content.PROSE),
    ("a letter", b"Dear Sir, dear Madam,\n", content.PROSE),
    ("NUL", b"a,b\n1,\0\n", content.UNKNOWN),
    ("NUL far behind", b"a,b\n" + b"1,2\n" * 100_000 + b"\0", content.UNKNOWN),
    ("control signs", b"a,b\n1,\x1b[2J\n", content.UNKNOWN),
    ("half of UTF-16", "a,b\n".encode("utf-16")[:-1], content.UNKNOWN),
    ("page", b"<!doctype html><p>a,b", content.PAGE),
    ("page after a mark", "\ufeff <html>a,b".encode(), content.PAGE),
    ("page in UTF-16", "<html>a,b\nc,d\n".encode("utf-16"), content.PAGE),
    ("page in a cell", b"a,<script>alert(1)</script>\n1,2\n", content.PAGE),
    ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', content.PAGE),
    ("script of a shell", b"#!/bin/sh\na,b\nc,d\n", content.PROGRAM),
    ("program", b"MZ\x90\0", content.PROGRAM),
    ("nothing", b"", content.EMPTY),
]


@pytest.mark.parametrize(("given", "verdict"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_texts(given: bytes, verdict: str) -> None:
    assert _verdict(given) == verdict


def test_a_refusal_names_the_file_and_its_kind() -> None:
    with pytest.raises(Unacceptable) as refusal:
        recognise(io.BytesIO(b"MZ"), "C:\\reports\\r\u202efdp.exe")
    assert [(problem.where, problem.sentence) for problem in refusal.value.problems] == [("rfdp.exe", content.PROGRAM)]
    with pytest.raises(TooLarge):
        recognise(io.BytesIO(b"a,b\n1,2"), "a.csv", content.LIMIT + 1)
    with pytest.raises(Invalid):
        recognise(io.BytesIO(b"%PDF-1.7"), "a.pdf")


def test_the_limit_holds_without_a_declared_size_and_on_disk() -> None:
    with tempfile.TemporaryFile() as stream:
        stream.truncate(content.LIMIT + 1)
        with pytest.raises(TooLarge):
            recognise(stream, "long")
        stream.truncate(0)
        stream.seek(0)
        stream.write(_pdf())
        assert recognise(stream, "short").media_type == "application/pdf"
        assert stream.tell() == 0


NAMES = [
    ("Отчёт.pdf", "", "Отчёт.pdf"),
    ("../../etc/passwd", "", "passwd"),
    ("C:\\a\\b.docx", "", "b.docx"),
    ("a\r\nSet-Cookie: x.pdf", "", "aSet-Cookie x.pdf"),
    ("invoice\u202efdp.exe", "", "invoicefdp.exe"),
    ("a\0b.csv", "", "ab.csv"),
    (unicodedata.normalize("NFD", "é.pdf"), "", "é.pdf"),
    ("", "", "file"),
    ("...", "", "file"),
    (".htaccess", "", "htaccess"),
    ("a" * 300 + ".pdf", "", "a" * 146 + ".pdf"),
    ("تقرير.docx", "", "تقرير.docx"),
    ("page.html", "csv", "page.html.csv"),
    ("photo.JPEG", "jpg", "photo.JPEG"),
    ("no suffix", "pdf", "no suffix.pdf"),
    ('a"b<c>.pdf', "pdf", "abc.pdf"),
]


@pytest.mark.parametrize(("name", "extension", "shown"), NAMES)
def test_names(name: str, extension: str, shown: str) -> None:
    assert display_name(name, extension) == shown


HEADERS = [
    ("report.pdf", "attachment; filename=\"report.pdf\"; filename*=UTF-8''report.pdf"),
    ("Отчёт 1.pdf", "attachment; filename=\"1.pdf\"; filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82%201.pdf"),
    ("报告.pdf", "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf"),
    ('a";\r\nx: y.pdf', "attachment; filename=\"ax y.pdf\"; filename*=UTF-8''a%3Bx%20y.pdf"),
]


@pytest.mark.parametrize(("name", "header"), HEADERS)
def test_headers(name: str, header: str) -> None:
    assert disposition(name) == header
