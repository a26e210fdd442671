"""Opens tabular files by their content, CSV, XLSX and XLS, as sheets of text cells; a CSV is read line by line."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import functools
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import python_calamine

from forms.words import N_
from portal.adapters import no_table, remarks
from portal.adapters.remarks_text import BOMS, looks_like, marked
from portal.rules.datasets import Note
from portal.rules.refusals import Invalid, Problem, TooLarge, Unacceptable

UNPACKED_LIMIT = 200_000_000
WORKBOOK_LIMIT = 50_000_000
BLOCK = 1 << 20
DELIMITERS = ",;\t|"
_PDF = b"%PDF-"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOK_PART, LINKS_PART = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"

_UNREAD = N_("Nothing is read from hidden sheets.")
_ENDS = N_("The lines end with two signs, CR and LF; they are read as one.")

Cells = list[str]
Row = tuple[int, Cells]


@dataclass(frozen=True)
class Sheet:
    """One table of a file; `name` is "" for CSV. `rows()` gives row numbers from 1 with text cells, anew each time.

    Of a workbook `texts(column, below)` counts the whole numbers that stand as text in a column below a row, and
    `bare(row)` the cells of a row that have a look and nothing in them.
    """

    name: str
    rows: Callable[[], Iterator[Row]]
    texts: Callable[[int, int], int] = lambda _column, _below: 0
    bare: Callable[[int], int] = lambda _row: 0

    def head(self, count: int = 12) -> list[Row]:
        """The first rows."""
        rows, found = self.rows(), []
        for row in rows:
            found.append(row)
            if len(found) == count:
                break
        return found


@dataclass(frozen=True)
class Book:
    """A file opened as sheets; `kind` is csv, xlsx or xls, told by the content."""

    kind: str
    name: str
    sheets: Sequence[Sheet]
    look: Callable[[], Iterable[Note]] = tuple

    @functools.cached_property
    def notes(self) -> tuple[Note, ...]:
        """What stands in the file beside its cells; the file is looked through once, when it is asked for."""
        return tuple(self.look())


def open_book(stream: BinaryIO, name: str) -> Book:
    """Opens a seekable stream. Raises Unacceptable, TooLarge or Invalid with a sentence that says what to do, and for a
    list of words by key NoFigures with what stands in it.
    """
    stream.seek(0)
    start = stream.read(8)
    if start.startswith(_PDF):
        raise Unacceptable("This is a PDF, and figures are read from tables. Send the table as CSV, XLSX or XLS.")
    if start.startswith(_ZIP):
        _check_archive(stream)
        return _workbook(stream, name, "xlsx")
    if start.startswith(_OLE):
        no_table.refuse_old_documents(stream)
        return _workbook(stream, name, "xls")
    no_table.refuse_by_signs(stream)
    encoding = _encoding(stream, start)
    marks = tuple(_marks(stream, encoding))
    no_table.refuse_texts(stream, encoding, marks)
    sheet = Sheet("", _Lines(stream, encoding, _delimiter(stream, encoding)))
    return Book("csv", name, [sheet], lambda: marks)


def _marks(stream: BinaryIO, encoding: str) -> Iterator[Note]:
    """What stands in a text beside its cells."""
    yield from marked(encoding)
    stream.seek(0)
    if b"\r\n" in stream.read(BLOCK):
        yield Note(_ENDS)


def _check_archive(stream: BinaryIO) -> None:
    """Refuses an archive that is no workbook, or that unpacks to more than the limit, before anything is unpacked."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unacceptable(
            "The file begins like an XLSX workbook but is damaged. Save it again and send the new file."
        ) from error
    if any(entry.filename.startswith("word/") for entry in entries):
        raise Unacceptable("This is a Word document, and figures are read from tables. Send the table as CSV or XLSX.")
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise Unacceptable("The file is an archive, not an XLSX workbook. Unpack it and send the table inside.")
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise TooLarge(f"The workbook unpacks to more than {UNPACKED_LIMIT // 1_000_000} MB. Send the table as CSV.")


def _workbook(stream: BinaryIO, name: str, kind: str) -> Book:
    if stream.seek(0, io.SEEK_END) > WORKBOOK_LIMIT:
        raise TooLarge(f"The workbook is larger than {WORKBOOK_LIMIT // 1_000_000} MB. Send the table as CSV.")
    stream.seek(0)
    try:
        book = python_calamine.load_workbook(stream)
        visible = python_calamine.SheetVisibleEnum.Visible
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == visible]
    except python_calamine.PasswordError as error:
        raise Unacceptable("The workbook is protected by a password. Save it without one and send it again.") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unacceptable(
            "The file cannot be read as a workbook. Save it again as XLSX or CSV and send the new file."
        ) from error
    packed, hides = kind == "xlsx", len(shown) < len(book.sheets_metadata)
    sheets = [
        Sheet(one.name, one, one.texts, functools.partial(_bare, stream, one.name) if packed else lambda _row: 0)
        for one in (_SheetRows(book, sheet) for sheet in shown)
    ]
    return Book(kind, name, sheets, lambda: (*remarks.of_tables(stream, packed=packed), *[Note(_UNREAD)] * hides))


def _bare(stream: BinaryIO, name: str, row: int) -> int:
    """Cells of a row with a look and nothing in them, from the beginning of the part that holds the sheet; 0 in a
    workbook that is kept otherwise, as a binary one is.
    """
    with zipfile.ZipFile(stream) as archive:
        if not {BOOK_PART, LINKS_PART} <= set(archive.namelist()):
            return 0
        book = archive.read(BOOK_PART).decode("utf-8", "replace")
        links = archive.read(LINKS_PART).decode("utf-8", "replace")
        sheets = {_attribute(tag, "name"): _attribute(tag, "r:id") for tag in re.findall(r"<sheet\b[^>]*>", book)}
        parts = {
            _attribute(tag, "Id"): _attribute(tag, "Target") for tag in re.findall(r"<Relationship\b[^>]*>", links)
        }
        part = parts.get(sheets.get(name, ""), "")
        path = part.removeprefix("/") if part.startswith("/") else f"xl/{part}"
        if path not in archive.namelist():
            return 0
        with archive.open(path) as sheet:
            text = sheet.read(BLOCK).decode("utf-8", "replace")
    found = re.search(rf'<row\b[^>]*\br="{row}"[^>]*>(.*?)</row>', text, re.DOTALL)
    return len(re.findall(r"<c\b[^>]*/>", found[1])) if found else 0


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{re.escape(name)}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


@dataclass(frozen=True)
class _SheetRows:
    book: python_calamine.CalamineWorkbook
    name: str

    def __call__(self) -> Iterator[Row]:
        try:
            sheet = self.book.get_sheet_by_name(self.name)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise Unacceptable(
                f"The sheet {self.name!r} cannot be read. Save the workbook again as XLSX or CSV."
            ) from error
        first = sheet.start[0] if sheet.start else 0
        indent = [""] * (sheet.start[1] if sheet.start else 0)
        for number, cells in enumerate(sheet.iter_rows(), 1 if first == 0 else first + 1):
            yield number, indent + [cell_text(cell) for cell in cells]

    def texts(self, column: int, below: int) -> int:
        """How many whole numbers stand as text in a column below a row."""
        sheet = self.book.get_sheet_by_name(self.name)
        first, left = sheet.start or (0, 0)
        cells = (
            row[column - left]
            for row in islice(sheet.iter_rows(), max(0, below - first), None)
            if len(row) > column - left >= 0
        )
        return sum(1 for cell in cells if isinstance(cell, str) and cell.strip().isdecimal())


def cell_text(cell: object) -> str:
    """A cell as text: whole numbers without a point, other numbers as short as they can be read back. The sign NUL,
    which a workbook can hold and PostgreSQL cannot, is left out.
    """
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell).replace("\0", "")


def _encoding(stream: BinaryIO, start: bytes) -> str:
    """The encoding of a text, checked to its end; anything but UTF-8 or UTF-16 with a mark is refused, not guessed."""
    encoding = next((name for mark, name in BOMS if start.startswith(mark)), "utf-8")
    stream.seek(0)
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    while True:
        block = stream.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line += block[: error.start].count(b"\n")
            sentence = (
                f"The text is not UTF-8; its letters look like {looks_like(block)}. "
                "Save the table as CSV UTF-8 and send it again."
            )
            raise Unacceptable(sentence, [Problem(f"line {line}", sentence)]) from error
        if "\0" in text:
            raise Unacceptable("The file is neither a text table nor a workbook. Send CSV, XLSX or XLS.")
        line += text.count("\n")
        if not block:
            return encoding


def _delimiter(stream: BinaryIO, encoding: str) -> str:
    """The delimiter that stands most often in the first line that holds one."""
    stream.seek(0)
    text = codecs.getincrementaldecoder(encoding)().decode(stream.read(BLOCK))
    for line in text.splitlines()[:20]:
        bare = "".join(line.split('"')[::2])
        best = max(DELIMITERS, key=bare.count)
        if bare.count(best):
            return best
    return ","


@dataclass(frozen=True)
class _Lines:
    stream: BinaryIO
    encoding: str
    delimiter: str

    def __call__(self) -> Iterator[Row]:
        self.stream.seek(0)
        text = io.TextIOWrapper(self.stream, self.encoding, newline="")
        reader = csv.reader(text, delimiter=self.delimiter)
        try:
            yield from enumerate(reader, 1)
        except csv.Error as error:
            raise Invalid("The table cannot be read.", [Problem(f"line {reader.line_num}", f"{error}.")]) from error
        finally:
            if not self.stream.closed:
                text.detach()
