"""Owns what is told of a file that was taken: what it carries beside what it shows, and what hinders its reader."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO
from xml.parsers import expat

from forms.words import N_
from portal.adapters import apart, remarks_picture, remarks_text, remarks_word, remarks_workbook, remarks_xls
from portal.adapters.content import MEDIA_TYPES
from portal.adapters.remarks_package import LOOKED_AT, Package
from portal.rules.datasets import Note
from portal.rules.refusals import Refusal

SECONDS = 20
UNSEEN = N_("What this file carries could not be looked at.")
TOO_MUCH = N_("This file is too large for all of it to be looked at.")


FAULTS = (
    Refusal, expat.ExpatError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError,
    ValueError,
)  # fmt: skip


def look(stream: BinaryIO, media_type: str) -> tuple[Note, ...]:
    """What is told of a file that `recognise` has taken and that may be sought in, left at its beginning.

    Nothing is refused here. A file that cannot be looked at says so; of names in its properties only that there are any
    is told.
    """
    try:
        stream.seek(0)
        return tuple(LOOKS[media_type](stream))
    except FAULTS:
        return (Note(UNSEEN),)
    finally:
        stream.seek(0)


def of_tables(stream: BinaryIO, *, packed: bool) -> tuple[Note, ...]:
    """What is told of the sheets of a workbook, XLSX where `packed` and else XLS; nothing of its properties. As `look`,
    it refuses nothing.
    """
    try:
        stream.seek(0)
        if not packed:
            return tuple(remarks_xls.look(stream.read()))
        with zipfile.ZipFile(stream) as archive:
            return tuple(_parts(Package(archive), remarks_workbook.look))
    except FAULTS:
        return (Note(UNSEEN),)


def _parts(package: Package, of_kind: Callable[[Package], Iterator[Note]]) -> Iterator[Note]:
    return of_kind(package) if package.size <= LOOKED_AT else iter([Note(TOO_MUCH)])


def _office(of_kind: Callable[[Package], Iterator[Note]]) -> Callable[[BinaryIO], Iterator[Note]]:
    def looked(stream: BinaryIO) -> Iterator[Note]:
        with zipfile.ZipFile(stream) as archive:
            package = Package(archive)
            yield from _parts(package, of_kind)
            yield from package.names()
            yield from package.pictures()

    return looked


def _pdf(stream: BinaryIO) -> Iterator[Note]:
    try:
        told = apart.told("portal.adapters.remarks_pdf", stream, seconds=SECONDS)
    except (apart.Endless, apart.Broken):
        yield Note(UNSEEN)
        return
    for words, facts in told:
        yield Note(words, facts)


LOOKS: Mapping[str, Callable[[BinaryIO], Iterator[Note]]] = {
    MEDIA_TYPES["docx"]: _office(remarks_word.look),
    MEDIA_TYPES["xlsx"]: _office(remarks_workbook.look),
    MEDIA_TYPES["pdf"]: _pdf,
    MEDIA_TYPES["csv"]: remarks_text.look,
    MEDIA_TYPES["png"]: remarks_picture.look,
    MEDIA_TYPES["jpg"]: remarks_picture.look,
}
