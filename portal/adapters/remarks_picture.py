"""Owns what is told of a picture: whether its properties say where it was taken and name who took it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from forms.words import N_
from portal.adapters.pictures import JPEG_START, PNG_START
from portal.rules.datasets import Note

POSITION = N_("The picture tells where it was taken: its position stands in its properties.")
POSITIONS = N_("Pictures that tell where they were taken, by a position in their properties: %(count)s.")
AUTHOR = N_("The properties of the picture name an author.")

HELD = 1 << 20
"""Bytes of a segment or chunk that are looked at."""
ENTRIES = 500
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_ARTIST, _XP_AUTHOR, _GPS = 0x013B, 0x9C9D, 0x8825
_LATITUDE, _LONGITUDE = 2, 4
_XMP_POSITION = re.compile(rb"exif:GPSL(?:atitude|ongitude)\b")
_XMP_AUTHOR = re.compile(rb"<dc:creator>\s*<rdf:\w+>\s*<rdf:li[^>]*>\s*[^<\s]")
_PNG_XMP = b"XML:com.adobe.xmp\0"
_END = frozenset((0xD9, 0xDA))


@dataclass
class Properties:
    """What the properties of a picture hold."""

    position: bool = False
    author: bool = False


def look(stream: BinaryIO) -> Iterator[Note]:
    """What is told of a PNG or JPEG picture."""
    found = properties(stream)
    if found.position:
        yield Note(POSITION)
    if found.author:
        yield Note(AUTHOR)


def properties(stream: IO[bytes]) -> Properties:
    """What the properties of a picture hold; nothing of one that is neither JPEG nor PNG, or not whole."""
    found = Properties()
    start = stream.read(len(PNG_START))
    if start.startswith(JPEG_START):
        stream.seek(2)
        for held in _segments(stream):
            if held.startswith(_EXIF):
                _read_exif(held[len(_EXIF) :], found)
            elif held.startswith(_XMP):
                _read_xmp(held, found)
    elif start == PNG_START:
        for kind, held in _chunks(stream):
            if kind == b"eXIf":
                _read_exif(held, found)
            elif held.startswith(_PNG_XMP):
                _read_xmp(held, found)
            elif held.startswith(b"Author\0"):
                found.author = True
    return found


def _segments(stream: IO[bytes]) -> Iterator[bytes]:
    """The APP1 segments before the points of a JPEG."""
    while len(head := stream.read(4)) == 4 and head[0] == 0xFF and head[1] not in _END:
        length = int.from_bytes(head[2:], "big")
        if length < 2:
            return
        held = stream.read(length - 2)
        if head[1] == 0xE1:
            yield held


def _chunks(stream: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG that hold properties."""
    while len(head := stream.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        held = b""
        if kind in (b"eXIf", b"iTXt", b"tEXt", b"zTXt"):
            held = stream.read(min(length, HELD))
            yield kind, held
        stream.seek(length - len(held) + 4, 1)


def _read_xmp(held: bytes, found: Properties) -> None:
    found.position |= _XMP_POSITION.search(held) is not None
    found.author |= _XMP_AUTHOR.search(held) is not None


def _read_exif(held: bytes, found: Properties) -> None:
    """Reads the first directory of EXIF, and that of the position which it leads to."""
    order = {b"II": "<", b"MM": ">"}.get(held[:2])
    if order is None or len(held) < 8:
        return
    first = _directory(held, order, struct.unpack_from(f"{order}I", held, 4)[0])
    found.author |= any(tag in first and _is_filled(held, order, *first[tag]) for tag in (_ARTIST, _XP_AUTHOR))
    if _GPS in first:
        place = _directory(held, order, struct.unpack(f"{order}I", first[_GPS][1])[0])
        found.position |= {_LATITUDE, _LONGITUDE} <= place.keys()


def _directory(held: bytes, order: str, at: int) -> dict[int, tuple[int, bytes]]:
    """The entries of a directory by their tag: how many values, and the four bytes of the value or of its place."""
    if at + 2 > len(held):
        return {}
    count = min(struct.unpack_from(f"{order}H", held, at)[0], ENTRIES, (len(held) - at - 2) // 12)
    entries = (struct.unpack_from(f"{order}HHI4s", held, at + 2 + 12 * number) for number in range(count))
    return {tag: (size, value) for tag, _kind, size, value in entries if size}


def _is_filled(held: bytes, order: str, size: int, value: bytes) -> bool:
    """Whether an entry of text holds more than blanks."""
    at = struct.unpack(f"{order}I", value)[0]
    return bool((value[:size] if size <= 4 else held[at : at + min(size, 1000)]).strip(b" \0"))
