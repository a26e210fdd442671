"""Opens tabular files by their content, CSV, XLSX and XLS, as sheets of text cells; a CSV is read line by line."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import python_calamine

from portal.rules.refusals import Invalid, Problem, TooLarge, Unacceptable

UNPACKED_LIMIT = 200_000_000
WORKBOOK_LIMIT = 50_000_000
BLOCK = 1 << 20
DELIMITERS = ",;\t|"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Cells = list[str]
Row = tuple[int, Cells]


@dataclass(frozen=True)
class Sheet:
    """One table of a file; `name` is "" for CSV. `rows()` gives row numbers from 1 with text cells, anew each time."""

    name: str
    rows: Callable[[], Iterator[Row]]

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


def open_book(stream: BinaryIO, name: str) -> Book:
    """Opens a seekable stream. Raises Unacceptable, TooLarge or Invalid with a sentence that says what to do."""
    stream.seek(0)
    start = stream.read(8)
    if start.startswith(_ZIP):
        _check_archive(stream)
        return Book("xlsx", name, _workbook(stream))
    if start.startswith(_OLE):
        return Book("xls", name, _workbook(stream))
    encoding = _encoding(stream, start)
    return Book("csv", name, [Sheet("", _Lines(stream, encoding, _delimiter(stream, encoding)))])


def _check_archive(stream: BinaryIO) -> None:
    """Refuses an archive that is no workbook, or that unpacks to more than the limit, before anything is unpacked."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unacceptable(
            "The file begins like an XLSX workbook but is damaged. Save it again and send the new file."
        ) from error
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise Unacceptable("The file is an archive, not an XLSX workbook. Unpack it and send the table inside.")
    if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise TooLarge(f"The workbook unpacks to more than {UNPACKED_LIMIT // 1_000_000} MB. Send the table as CSV.")


def _workbook(stream: BinaryIO) -> list[Sheet]:
    if stream.seek(0, io.SEEK_END) > WORKBOOK_LIMIT:
        raise TooLarge(f"The workbook is larger than {WORKBOOK_LIMIT // 1_000_000} MB. Send the table as CSV.")
    stream.seek(0)
    try:
        book = python_calamine.load_workbook(stream)
        visible = python_calamine.SheetVisibleEnum.Visible
        names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == visible]
    except python_calamine.PasswordError as error:
        raise Unacceptable("The workbook is protected by a password. Save it without one and send it again.") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unacceptable(
            "The file cannot be read as a workbook. Save it again as XLSX or CSV and send the new file."
        ) from error
    return [Sheet(name, _SheetRows(book, name)) for name in names]


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


def cell_text(cell: object) -> str:
    """A cell as text: whole numbers without a point, other numbers as short as they can be read back."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _encoding(stream: BinaryIO, start: bytes) -> str:
    """The encoding of a text, checked to its end; anything but UTF-8 or UTF-16 with a mark is refused, not guessed."""
    encoding = next((name for mark, name in _BOMS if start.startswith(mark)), "utf-8")
    stream.seek(0)
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    while True:
        block = stream.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line += block[: error.start].count(b"\n")
            sentence = "The text is not UTF-8. Save the table as CSV UTF-8 and send it again."
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
