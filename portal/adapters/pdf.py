"""Owns the look at a PDF before it is taken: whole, open, and without anything that runs or hides."""

from __future__ import annotations

import re
import zlib
from mmap import mmap

from forms.words import N_
from portal.rules.refusals import Invalid, TooLarge, Unacceptable

UNPACKED_LIMIT = 100_000_000
OBJECTS_LIMIT = 20_000_000
TAIL = 2048
BLANK = b" \t\r\n\f\0"

DAMAGED = N_("This PDF is cut off or damaged. Open it, export it as PDF once more and send the new file.")
PROTECTED = N_("This PDF is protected by a password or by restrictions. Save a copy without protection and send that.")
TRAILING = N_("This PDF carries other data after its end. Export it as PDF once more and send the new file.")
UNUSUAL = N_("This PDF is packed in a way that cannot be looked into. Print it to a new PDF and send that.")
TOO_MUCH = N_("This PDF unpacks to more than the portal takes. Print it to a new PDF, or split it.")
RUNS = N_("This PDF holds scripts, or starts programs when it is opened. Print it to a new PDF and send that.")
CARRIES = N_("This PDF carries other files or media inside. Send each file by itself, and the PDF without them.")
DYNAMIC = N_("This PDF is a dynamic form (XFA) that few programs can show. Print it to a new PDF and send that.")

_AFTER_NAME = r"[\0\t\n\f\r ()<>\[\]{}/%]|$"


def _name(*names: str) -> re.Pattern[bytes]:
    """Finds PDF names as they may be written: each letter plain or as #xx."""
    spelled = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spelled)})(?={_AFTER_NAME})".encode())


_ENCRYPTED = _name("Encrypt")
_RUNNING = ("JavaScript", "Launch", "Rendition", "ImportData")
_CARRYING = ("EmbeddedFile", "EmbeddedFiles", "RichMedia", "FileAttachment")
_IN_OBJECTS = (
    (_name(*_RUNNING, "JS"), RUNS),
    (_name(*_CARRYING), CARRIES),
    (_name("XFA"), DYNAMIC),
)
# Names this long do not stand in compressed data by chance, so they are looked for in the data of streams as well.
_IN_STREAMS = [
    (re.compile(f"/{name}(?={_AFTER_NAME})".encode()), sentence)
    for names, sentence in ((_RUNNING, RUNS), (_CARRYING, CARRIES))
    for name in names
]
_ROOT = re.compile(rb"/Root\s+(\d{1,10})\s+\d{1,5}\s+R")
_PAGES = re.compile(rb"/Pages\s+(\d{1,10})\s+\d{1,5}\s+R")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PACKED = _name("ObjStm")
_DEFLATED = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*\]?\s*(?=/|>>|$)")


def check_pdf(view: bytes | mmap) -> None:
    """Raises Invalid for a PDF that is damaged or protected, Unacceptable for one that does more than show pages."""
    tail = bytes(view[max(0, len(view) - TAIL) :])
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail[:end]:
        raise Invalid(DAMAGED)
    if tail[end + 5 :].strip(BLANK):
        raise Unacceptable(TRAILING)
    for pattern, sentence in _IN_STREAMS:
        if pattern.search(view):
            raise Unacceptable(sentence)
    objects, packed = _objects(view)
    if _ENCRYPTED.search(objects):
        raise Invalid(PROTECTED)
    for pattern, sentence in _IN_OBJECTS:
        if pattern.search(objects) or pattern.search(packed):
            raise Unacceptable(sentence)
    _check_root(objects, packed)


def _objects(view: bytes | mmap) -> tuple[bytes, bytes]:
    """The text of the file without the data of its streams, and the objects that some streams hold, unpacked."""
    texts, packed = [], []
    at, size, left = 0, 0, UNPACKED_LIMIT
    while found := _STREAM.search(view, at):
        text = bytes(view[at : found.start()])
        texts.append(text)
        header = text[max(0, text.rfind(b"obj")) :]
        at = view.find(b"endstream", found.end())
        if at < 0:
            raise Invalid(DAMAGED)
        if _PACKED.search(header):
            if _ENCRYPTED.search(view):
                raise Invalid(PROTECTED)
            packed.append(_unpacked(header, view[found.end() : at], left))
            left -= len(packed[-1])
        size += len(text)
        if size > OBJECTS_LIMIT:
            raise TooLarge(TOO_MUCH)
    texts.append(bytes(view[at : at + OBJECTS_LIMIT]))
    return b"\n".join(texts), b"\n".join(packed)


def _unpacked(header: bytes, data: bytes, limit: int) -> bytes:
    if b"/Filter" not in header:
        return data
    if not _DEFLATED.search(header) or b"/Predictor" in header:
        raise Unacceptable(UNUSUAL)
    machine = zlib.decompressobj()
    try:
        text = machine.decompress(data, limit)
    except zlib.error as error:
        raise Invalid(DAMAGED) from error
    if machine.unconsumed_tail:
        raise TooLarge(TOO_MUCH)
    return text


def _check_root(objects: bytes, packed: bytes) -> None:
    """The catalogue and the tree of pages that the file names must be in it."""
    roots = _ROOT.findall(objects)
    if not roots:
        raise Invalid(DAMAGED)
    catalogue = _object(objects, roots[-1])
    pages = _PAGES.search(packed if catalogue is None else catalogue)
    if pages is None or (_object(objects, pages[1]) is None and not _is_packed(packed, pages[1])):
        raise Invalid(DAMAGED)


def _object(objects: bytes, number: bytes) -> bytes | None:
    """The last object of this number that stands by itself in the file."""
    places = [found.end() for found in re.finditer(rb"(?<!\d)0*" + number + rb"\s+\d{1,5}\s+obj\b", objects)]
    if not places:
        return None
    end = objects.find(b"endobj", places[-1])
    return objects[places[-1] : end if end >= 0 else None]


def _is_packed(packed: bytes, number: bytes) -> bool:
    return re.search(rb"(?<!\d)" + number + rb"\s+\d+\s", packed) is not None
