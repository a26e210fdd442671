"""Owns what is told of an older workbook (XLS): the same as of a newer one, as far as its records tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from portal.adapters.remarks_workbook import Book, Sheet
from portal.rules.datasets import Note

_HEAD, _LAST_SECTOR, _NONE = 512, 0xFFFFFFFA, 0xFFFFFFFF
_BOUNDSHEET, _DATES, _PROTECT, _LINKED, _MERGED, _FORMULA, _COMMENT = 0x85, 0x22, 0x12, 0x1AE, 0xE5, 0x06, 0x1C
_ROW, _COLUMN, _BEGIN, _END = 0x208, 0x7D, 0x809, 0x0A


def look(data: bytes) -> Iterator[Note]:
    """What is told of an XLS workbook. ValueError or struct.error where it cannot be followed, or is of a time before
    Excel 97.
    """
    records = _Container(data).stream("Workbook")
    if not records:
        raise ValueError("no workbook")
    return _read(records).notes()


class _Container:
    """The file around the records: streams in sectors that are chained by a table."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._size = 1 << int.from_bytes(data[30:32], "little")
        if not _HEAD <= self._size <= 4096:
            raise ValueError("no container")
        words = struct.unpack("<109I", data[76:_HEAD])
        more, at = list(words), int.from_bytes(data[68:72], "little")
        while at < _LAST_SECTOR and len(more) * self._size < 4 * len(data):
            *found, at = self._words(at)
            more += found
        self._table = [word for sector in more if sector < _LAST_SECTOR for word in self._words(sector)]
        self._entries = self._chained(int.from_bytes(data[48:52], "little"))

    def stream(self, name: str) -> bytes:
        """The bytes of a stream; none where there is no stream of this name."""
        small = b""
        for at in range(0, len(self._entries) - 127, 128):
            entry = self._entries[at : at + 128]
            named = entry[: max(0, int.from_bytes(entry[64:66], "little") - 2)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", entry, 116)
            if entry[66] == 5:
                small = self._chained(start)[:size]
            elif entry[66] == 2 and named == name:
                least = int.from_bytes(self._data[56:60], "little")
                return self._chained(start)[:size] if size >= least else self._from_small(small, start)[:size]
        return b""

    def _words(self, sector: int) -> tuple[int, ...]:
        held = self._sector(sector)
        return struct.unpack(f"<{len(held) // 4}I", held[: len(held) // 4 * 4])

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _chained(self, start: int) -> bytes:
        return b"".join(self._sector(sector) for sector in _chain(start, self._table))

    def _from_small(self, small: bytes, start: int) -> bytes:
        size = 1 << int.from_bytes(self._data[32:34], "little")
        kept = self._chained(int.from_bytes(self._data[60:64], "little"))
        table = list(struct.unpack(f"<{len(kept) // 4}I", kept[: len(kept) // 4 * 4]))
        return b"".join(small[at * size : (at + 1) * size] for at in _chain(start, table))


def _chain(start: int, table: list[int]) -> Iterator[int]:
    """The sectors of a stream, in order; never more than there are."""
    at, left = start, len(table)
    while at < len(table) and left:
        yield at
        at, left = table[at], left - 1


def _read(stream: bytes) -> Book:
    """What was met in the records of a workbook."""
    book = Book()
    by_place: dict[int, Sheet] = {}
    sheet: Sheet | None = None
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        held = stream[at + 4 : at + 4 + length]
        if kind == _BEGIN and at in by_place:
            sheet = by_place[at]
        elif kind == _BOUNDSHEET and len(held) >= 8:
            found = Sheet(_name(held), bool(held[4] & 3))
            book.sheets.append(found)
            by_place[int.from_bytes(held[:4], "little")] = found
        else:
            _met(book, sheet, kind, held)
        at += 4 + length
    return book


def _name(held: bytes) -> str:
    """The name of a sheet, one or two bytes a letter."""
    size, wide = held[6], held[7] & 1
    return held[8 : 8 + size * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def _met(book: Book, sheet: Sheet | None, kind: int, held: bytes) -> None:
    """Counts one record of the workbook, or of the sheet that is open."""
    first = int.from_bytes(held[:2], "little")
    if sheet is None:
        book.from_1904 |= kind == _DATES and first == 1
        book.protected |= kind == _PROTECT and first == 1
        # A book that refers to itself, or to the functions of Excel, names no other one.
        book.links += kind == _LINKED and held[2:4] not in (b"\x01\x04", b"\x01\x3a")
        return
    sheet.protected |= kind == _PROTECT and first == 1
    sheet.merged += first if kind == _MERGED else 0
    sheet.formulas += kind == _FORMULA
    sheet.comments += kind == _COMMENT
    sheet.hides |= kind == _ROW and len(held) >= 14 and bool(held[12] & 0x20)
    sheet.hides |= kind == _COLUMN and len(held) >= 10 and bool(held[8] & 1)
