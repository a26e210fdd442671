"""Owns what a file is: recognised by content, not by name; refused with a reason; its name made safe to show."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import mmap
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from forms.words import N_
from portal.adapters.office import EICAR, PROTECTED, check_office
from portal.adapters.pdf import check_pdf
from portal.adapters.pictures import JPEG_START, PNG_START, check_jpeg, check_png
from portal.adapters.remarks_text import BOMS
from portal.rules.refusals import Invalid, Problem, TooLarge, Unacceptable

LIMIT = 50_000_000
NAME_LIMIT = 150
SAMPLE = 1 << 18
SAMPLE_ROWS = 200
HEADING_LIMIT = 60
DELIMITERS = ",;\t|"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "png": "image/png",
    "jpg": "image/jpeg",
}

TOO_LARGE = N_("The file is larger than 50 MB. Send a smaller one, or split it.")
EMPTY = N_("The file is empty. Send it again.")
UNKNOWN = N_("This is not a file of a kind that the portal takes. Send it as PDF, DOCX, XLSX, CSV, PNG or JPEG.")
PAGE = N_(
    "This is a web page, a drawing (SVG) or XML, which can run in a browser. Export it as PDF or PNG and send that."
)
OLD_OFFICE = N_("This is a file of an older Word, Excel or PowerPoint. Save it as DOCX, XLSX or PDF and send that.")
PROGRAM = N_("This is a program. The portal takes PDF, DOCX, XLSX, CSV, PNG and JPEG.")
MALWARE_TEST = N_("This file holds the EICAR test for virus scanners, so it is not taken.")
BEFORE_PDF = N_("This PDF has other data before its beginning. Export it as PDF once more and send the new file.")
DOUBLE = N_("This file is of two kinds at once: an archive hangs behind it. Open it, save a copy and send the copy.")
PROSE = N_("This is plain text without columns. Send a text as PDF or DOCX, and a table as CSV with a separator.")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"(?i)\s*<[!?a-z]")
_ACTIVE = re.compile(rb"(?i)<(?:script|html|svg|iframe)\b")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x19\x1b-\x1f\x7f]")
_UNSAFE = re.compile('[\\x00-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff<>:"|?*]')
_SAME_SUFFIX = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}


@dataclass(frozen=True)
class Kind:
    """What a file is by its content: its media type and its extension without the point."""

    media_type: str
    extension: str


def recognise(stream: BinaryIO, name: str, size: int | None = None) -> Kind:
    """The kind of a file that may be sought in, left at its beginning; a declared `size` is looked at first.

    Raises Unacceptable for other kinds and for files that run, reach out, carry or pretend; Invalid for damaged and
    locked ones; TooLarge above 50 MB, or when they unpack to too much. Its one problem names the file to show.
    """
    try:
        if size is not None and size > LIMIT:
            raise TooLarge(TOO_LARGE)
        with _viewed(stream) as view:
            extension = _extension(stream, view)
    except Invalid as refusal:
        refusal.problems = [Problem(display_name(name), refusal.sentence)]
        raise
    finally:
        stream.seek(0)
    return Kind(MEDIA_TYPES[extension], extension)


@contextlib.contextmanager
def _viewed(stream: BinaryIO) -> Iterator[bytes | mmap.mmap]:
    """The bytes of the stream: mapped where it is a file on disk, so that memory does not grow with it."""
    size = stream.seek(0, io.SEEK_END)
    if size > LIMIT:
        raise TooLarge(TOO_LARGE)
    if not size:
        raise Invalid(EMPTY)
    stream.seek(0)
    try:
        stream.flush()
        handle = stream.fileno()
    except (OSError, ValueError, AttributeError):
        yield stream.read()
        return
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as view:
        yield view


def _extension(stream: BinaryIO, view: bytes | mmap.mmap) -> str:
    head = bytes(view[:1024])
    if view.find(EICAR) >= 0:
        raise Unacceptable(MALWARE_TEST)
    if head.startswith(b"PK\3\4"):
        return check_office(stream)
    if b"%PDF-" in head:
        if not head.startswith(b"%PDF-"):
            raise Unacceptable(BEFORE_PDF)
        _check_single(view, head)
        check_pdf(view)
        return "pdf"
    if head.startswith(PNG_START):
        _check_single(view, b"")
        check_png(view)
        return "png"
    if head.startswith(JPEG_START):
        _check_single(view, b"")
        check_jpeg(view)
        return "jpg"
    if head.startswith(_OLE):
        locked = view.find("EncryptedPackage".encode("utf-16-le")) >= 0
        raise Invalid(PROTECTED) if locked else Unacceptable(OLD_OFFICE)
    if head.startswith((b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")):
        raise Unacceptable(PROGRAM)
    _check_csv(view)
    return "csv"


def _check_single(view: bytes | mmap.mmap, head: bytes) -> None:
    """Refuses a file that is an archive or a page as well."""
    at = view.rfind(b"PK\5\6", max(0, len(view) - 65_557))
    if at >= 0 and at + 22 + int.from_bytes(view[at + 20 : at + 22], "little") >= len(view):
        raise Unacceptable(DOUBLE)
    if _ACTIVE.search(head):
        raise Unacceptable(PAGE)


def _check_csv(view: bytes | mmap.mmap) -> None:
    """Text in columns: most of its first rows have the same number of cells, two or more."""
    sample = bytes(view[:SAMPLE])
    text = _text(view)
    if text is None:
        raise Unacceptable(UNKNOWN)
    if _MARKUP.match(sample) or _MARKUP.match(text[:1000].encode()) or _ACTIVE.search(sample[:1024]):
        raise Unacceptable(PAGE)
    whole = text if len(view) <= SAMPLE else text[: text.rfind("\n") + 1]
    if not any(_in_columns(whole, delimiter) for delimiter in DELIMITERS):
        raise Unacceptable(PROSE)


def _text(view: bytes | mmap.mmap) -> str | None:
    """The first of the file as text, or None where the file is none; an old code page is read as Latin 1."""
    bom, encoding = next(((bom, encoding) for bom, encoding in BOMS if view[: len(bom)] == bom), (b"", ""))
    if not bom and view.find(b"\0") >= 0:
        return None
    sample = bytes(view[:SAMPLE])
    try:
        text = codecs.getincrementaldecoder(encoding or "utf-8")().decode(sample, len(view) <= SAMPLE)
    except UnicodeDecodeError:
        if bom:
            return None
        text = sample.decode("latin-1")
    return None if _CONTROLS.search(text) else text


def _in_columns(text: str, delimiter: str) -> bool:
    """Whether rows agree on a number of cells; a single row must look like headings: a series may be empty."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = list(itertools.islice((row for row in reader if any(cell.strip() for cell in row)), SAMPLE_ROWS))
    except csv.Error:
        return False
    if len(rows) == 1:
        return len(rows[0]) > 1 and all(len(cell) <= HEADING_LIMIT and cell == cell.lstrip() for cell in rows[0])
    width, count = max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return width > 1 and count * 2 > len(rows)


def display_name(name: str, extension: str = "") -> str:
    """A name to show: no folders, no control or direction signs, composed, 150 signs at most; never empty.

    With an `extension` the name ends with it, so that nothing is opened as another kind than it was recognised as.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    clean = " ".join(_UNSAFE.sub("", last).split()).strip(". ")
    stem, point, suffix = clean.rpartition(".")
    if extension:
        same = bool(point) and _SAME_SUFFIX.get(suffix.lower(), suffix.lower()) == extension
        stem, suffix = (stem, suffix) if same else (clean, extension)
    elif not point or len(suffix) > 10:
        stem, suffix = clean, ""
    stem = stem.strip(". ") or "file"
    return f"{stem[: NAME_LIMIT - 1 - len(suffix)].rstrip('. ')}.{suffix}" if suffix else stem[:NAME_LIMIT].rstrip(". ")


def disposition(name: str) -> str:
    """The value of Content-Disposition (RFC 6266): always an attachment, its name in plain ASCII and whole in UTF-8."""
    shown = display_name(name)
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ -]", "", plain).strip(" ")
    if not plain.rpartition(".")[0].strip(" .") and "." in shown:
        plain = f"file.{plain.rpartition('.')[2]}"
    return f"attachment; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(shown, safe='')}"
