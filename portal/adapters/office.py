"""Owns the look at a Word or Excel file before it is taken: a sound package, nothing in it that runs or reaches out."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO
from urllib.parse import unquote
from xml.parsers import expat

from forms.words import N_
from portal.rules.refusals import Invalid, TooLarge, Unacceptable

PARTS_LIMIT = 10_000
DIRECTORY_LIMIT = 4_000_000
UNPACKED_LIMIT = 300_000_000
RATIO_LIMIT = 200
RATIO_FROM = 5_000_000
NESTING_LIMIT = 2
BLOCK = 1 << 18
CONTENT_TYPES = "[Content_Types].xml"
MAIN_PARTS = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
}

# In two pieces, so that no scanner takes this module for the test file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"

DAMAGED = N_("This file is cut off or damaged. Open it, save it once more and send the new file.")
PROTECTED = N_("This file is protected by a password. Save a copy without the password and send that.")
NOT_OFFICE = N_("This is an archive or a document of another kind. Send each file by itself, as PDF, DOCX or XLSX.")
TEMPLATE = N_("This is a template. Save it as an ordinary document (DOCX or XLSX) and send that.")
MACROS = N_("This file holds macros. Save it as DOCX or XLSX without macros and send that.")
ENTITIES = N_("This file holds definitions of a kind that no office program writes. Save it once more and send that.")
BOMB = N_("This file unpacks to far more than the portal takes. Remove large pictures or empty rows, or split it.")
CARRIES = N_("This file carries another file or a program inside. Remove it and send it by itself.")
REACHES = N_(
    "This file fetches other files when it is opened. Break its links (File, Info, Edit Links) and send it again."
)
HIDDEN_LINK = N_(
    "This file holds a link whose text hides where it leads. Write the address into the text, or remove it."
)

_TEMPLATES = ("template.main+xml", "slideshow.main+xml")
_RUNNING = ("macroenabled", "vbaproject", "macrosheet", "activex", "ms-office.intlmacrosheet")
_FETCHING = frozenset(("attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk", "control"))
_FETCHING_FIELDS = frozenset(("DDE", "DDEAUTO", "LINK", "INCLUDETEXT", "IMPORT", "DATABASE", "RD"))
_FIELDS = re.compile(rb"instrText|fldSimple|ddeLink|oleLink")
_LOCAL = re.compile(r"(?i)(?:file:///)?[a-z]:[\\/]|(?![a-z][a-z0-9+.-]*:|//|\\\\)")
_OLE_FILE = "\x01Ole10Native".encode("utf-16-le")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!")


def check_office(stream: BinaryIO, nesting: int = 0) -> str:
    """Gives docx or xlsx. Raises Invalid when damaged or locked, TooLarge for a bomb, Unacceptable for other contents.

    The sizes that the package declares are added up before anything is unpacked; each part is read to its checksum.
    """
    _check_directory(stream)
    try:
        with zipfile.ZipFile(stream) as package:
            _check_entries(package.infolist())
            kind = _main_part(package)
            for part in package.infolist():
                _check_part(package, part, nesting)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, UnicodeDecodeError) as error:
        raise Invalid(DAMAGED) from error
    except expat.ExpatError as error:
        raise Invalid(DAMAGED) from error
    return kind


def _check_directory(stream: BinaryIO) -> None:
    """Reads the end record of the ZIP by hand: a directory of a million entries must not be loaded to be refused."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 65_557))
    tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        raise Invalid(DAMAGED)
    entries, directory, _, comment = struct.unpack("<HIIH", tail[at + 10 : at + 22])
    if tail[at + 22 + comment :].strip(b"\r\n \0"):
        raise Unacceptable(CARRIES)
    locator = tail[at - 20 : at] if at >= 20 else b""
    if locator.startswith(b"PK\6\7"):
        stream.seek(min(size, int.from_bytes(locator[8:16], "little")))
        record = stream.read(56)
        if len(record) < 56 or not record.startswith(b"PK\6\6"):
            raise Invalid(DAMAGED)
        entries, directory = struct.unpack("<QQ", record[32:48])
    if entries > PARTS_LIMIT or directory > DIRECTORY_LIMIT:
        raise TooLarge(BOMB)
    stream.seek(0)


def _check_entries(parts: list[zipfile.ZipInfo]) -> None:
    """What the directory says of the parts: few, distinct, side by side from the first byte on, open, no bomb."""
    if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise TooLarge(BOMB)
    if len({part.filename.lower() for part in parts}) != len(parts):
        raise Invalid(DAMAGED)
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.flag_bits & 0x1:
            raise Invalid(PROTECTED)
        if part.header_offset < end or (end == 0 and part.header_offset):
            raise Unacceptable(CARRIES)
        if stat.S_ISLNK(part.external_attr >> 16):
            raise Unacceptable(CARRIES)
        if part.file_size > max(RATIO_FROM, RATIO_LIMIT * part.compress_size):
            raise TooLarge(BOMB)
        end = part.header_offset + 30 + len(part.filename) + part.compress_size


def _main_part(package: zipfile.ZipFile) -> str:
    if CONTENT_TYPES not in package.namelist():
        raise Unacceptable(NOT_OFFICE)
    types: list[str] = []
    with package.open(CONTENT_TYPES) as stream:
        read_xml(stream, lambda _, attributes: types.append(attributes.get("ContentType", "")))
    if any(word in kind.lower() for kind in types for word in _RUNNING):
        raise Unacceptable(MACROS)
    kinds = {kind for kind_of in types for end, kind in MAIN_PARTS.items() if kind_of.endswith(end)}
    if len(kinds) == 1:
        return kinds.pop()
    raise Unacceptable(TEMPLATE if any(kind.endswith(_TEMPLATES) for kind in types) else NOT_OFFICE)


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, nesting: int) -> None:
    name = part.filename.lower()
    if "vbaproject" in name or "/activex/" in name or "macrosheets/" in name:
        raise Unacceptable(MACROS)
    fields = _Fields() if name.endswith(".xml") and _mentions_fields(package, part) else None
    with package.open(part) as stream:
        if name.endswith(".rels"):
            read_xml(stream, _check_relationship)
        elif fields:
            read_xml(stream, fields.start, fields.end, fields.text)
        elif name.endswith(".xml"):
            read_xml(stream)
        else:
            _check_bytes(stream, nesting)


def _mentions_fields(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part may hold field codes or links to programs: most hold none, and are then read many times faster."""
    with package.open(part) as stream:
        before = stream.read(BLOCK)
        declared = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", before[:200])
        if b"\0" in before[:200] or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
            return True
        while block := stream.read(BLOCK):
            if _FIELDS.search(before):
                return True
            before = before[-20:] + block
    return _FIELDS.search(before) is not None


def read_xml(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], object] | None = None,
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Reads an XML part to its end; a document type definition is refused, whatever its encoding."""

    def refuse(*_: object) -> None:
        raise Unacceptable(ENTITIES)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    while block := stream.read(BLOCK):
        parser.Parse(block)
    parser.Parse(b"", True)


def _check_relationship(_: str, attributes: dict[str, str]) -> None:
    if attributes.get("TargetMode") != "External":
        return
    kind, target = attributes.get("Type", "").rsplit("/", 1)[-1], unquote(attributes.get("Target", ""))
    if kind == "hyperlink" or kind.startswith(("externalLink", "xlPathMissing")):
        return
    local = _LOCAL.match(target) is not None and not target.lower().startswith(("file:////", "file:///\\\\"))
    if kind in _FETCHING and not (kind == "attachedTemplate" and local):
        raise Unacceptable(REACHES)
    if not local and not target.lower().startswith(("http://", "https://")):
        raise Unacceptable(REACHES)


def _check_bytes(stream: IO[bytes], nesting: int) -> None:
    """Reads a part that is no XML: no program, no wrapped file; a package inside is looked at like its outer."""
    content = stream.read()
    if content.startswith(_PROGRAMS) or any(mark in content for mark in (_OLE_FILE, EICAR, b"<!ENTITY")):
        raise Unacceptable(CARRIES)
    if content.startswith(b"PK\3\4"):
        if nesting >= NESTING_LIMIT:
            raise Unacceptable(CARRIES)
        check_office(io.BytesIO(content), nesting + 1)


class _Fields:
    """Follows the field codes of a Word part, and the links to running programs of an Excel part, while it is read."""

    def __init__(self) -> None:
        self.open: list[list[str]] = []
        self.shown: list[bool] = []
        self.inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        local = name.rsplit(":", 1)[-1]
        self.inside = local
        if local in ("ddeLink", "oleLink"):
            raise Unacceptable(REACHES)
        if local == "fldSimple":
            _check_field(next((text for key, text in attributes.items() if key.endswith("instr")), ""), None)
        if local == "fldChar":
            self._mark(next((text for key, text in attributes.items() if key.endswith("fldCharType")), ""))

    def _mark(self, kind: str) -> None:
        if kind == "begin":
            self.open.append(["", ""])
            self.shown.append(False)
        elif kind == "separate" and self.open:
            self.shown[-1] = True
        elif kind == "end" and self.open:
            code, shown = self.open.pop()
            self.shown.pop()
            _check_field(code, shown)

    def end(self, _: str) -> None:
        """An element closes."""
        self.inside = ""

    def text(self, text: str) -> None:
        """Text within an element."""
        if self.inside == "instrText" and self.open:
            self.open[-1][0] += text
        elif self.inside == "t":
            for field, shown in zip(self.open, self.shown, strict=True):
                if shown:
                    field[1] += text


def _check_field(code: str, shown: str | None) -> None:
    """A field may point into the document or show where it leads; `shown` is None where the result is not known."""
    words = code.split()
    if words and words[0].upper() in _FETCHING_FIELDS:
        raise Unacceptable(REACHES)
    if len(words) < 2 or words[0].upper() != "HYPERLINK" or words[1].startswith("\\"):
        return
    host = re.sub(r"(?i)^(?:https?://(?:www\.)?|mailto:)", "", words[1].strip('"')).split("/")[0].split("?")[0]
    if shown is not None and host.lower() not in shown.lower():
        raise Unacceptable(HIDDEN_LINK)
