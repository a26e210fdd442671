"""Owns the look at PNG and JPEG pictures before they are taken: whole, of a fit size, nothing behind them."""

from __future__ import annotations

import re
import struct
import zlib
from mmap import mmap

from forms.words import N_
from portal.rules.refusals import Invalid, TooLarge, Unacceptable

PIXELS_LIMIT = 100_000_000
PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"

DAMAGED = N_("This picture is cut off or damaged. Open it, save it once more and send the new file.")
TRAILING = N_("This picture carries other data behind it. Open it, save a copy and send the copy.")
TOO_WIDE = N_("This picture has more than 100 million points. Save a smaller copy and send that.")

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")


def check_png(view: bytes | mmap) -> None:
    """Raises Invalid unless each chunk is whole, Unacceptable where anything follows the last, TooLarge for a flood."""
    at, kind = len(PNG_START), b""
    while kind != b"IEND":
        first = at == len(PNG_START)
        length, kind = _chunk(view, at)
        if first != (kind == b"IHDR"):
            raise Invalid(DAMAGED)
        if first:
            _check_points(*struct.unpack(">II", view[at + 8 : at + 16]))
        at += 12 + length
    _check_end(view, at)


def _chunk(view: bytes | mmap, at: int) -> tuple[int, bytes]:
    head = view[at : at + 8]
    if len(head) < 8:
        raise Invalid(DAMAGED)
    length, kind = struct.unpack(">I4s", head)
    crc = view[at + 8 + length : at + 12 + length]
    if len(crc) < 4 or zlib.crc32(view[at + 4 : at + 8 + length]) != int.from_bytes(crc, "big"):
        raise Invalid(DAMAGED)
    return length, kind


def check_jpeg(view: bytes | mmap) -> None:
    """As check_png. A telephone may lay a second JPEG behind the first, which is looked at in the same way."""
    at = 0
    while True:
        at = _one_jpeg(view, at)
        if view[at : at + 3] != JPEG_START:
            break
    _check_end(view, at)


def _one_jpeg(view: bytes | mmap, at: int) -> int:
    """Walks the segments of one picture from its start marker; gives the place after its end marker."""
    at, framed = at + 2, False
    while True:
        while view[at : at + 2] == b"\xff\xff":
            at += 1
        head = view[at : at + 4]
        if len(head) < 2 or head[0] != 0xFF:
            raise Invalid(DAMAGED)
        marker = head[1]
        if marker == _END:
            break
        if marker in _ALONE:
            at += 2
            continue
        if len(head) < 4 or marker == _START or (length := int.from_bytes(head[2:], "big")) < 2:
            raise Invalid(DAMAGED)
        if marker in _FRAMES:
            framed = True
            _check_points(*struct.unpack(">HH", view[at + 5 : at + 9].ljust(4, b"\0")))
        at += 2 + length
        if marker == _SCAN:
            at = _after_scan(view, at)
    if not framed:
        raise Invalid(DAMAGED)
    return at + 2


def _after_scan(view: bytes | mmap, at: int) -> int:
    """The place of the first marker after the coded points."""
    found = _MARKER.search(view, at)
    if found is None:
        raise Invalid(DAMAGED)
    return found.start()


def _check_points(width: int, height: int) -> None:
    if not width or not height:
        raise Invalid(DAMAGED)
    if width * height > PIXELS_LIMIT:
        raise TooLarge(TOO_WIDE)


def _check_end(view: bytes | mmap, at: int) -> None:
    while block := view[at : at + 65536]:
        if block.strip(b"\0"):
            raise Unacceptable(TRAILING)
        at += len(block)
