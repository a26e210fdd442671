"""Files that are no table, told by their content: each is refused as what it is, a list of words with what it holds."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from forms.words import N_
from portal.rules import word_lists
from portal.rules.datasets import Note
from portal.rules.no_figures import NoFigures, noted
from portal.rules.refusals import Unacceptable

BLOCK = 1 << 20
_START = 4096
_WEB = re.compile(rb"<(?:!doctype\s+html|html|head|body|div|table|style|script|p|h[1-6])[\s>/]", re.IGNORECASE)
_JSON = re.compile(r'\s*(?:\{\s*(?:"[^"\n]*"\s*:|\})|\[\s*[\[{"\]])')
_PO = re.compile(r'^msgid "', re.MULTILINE), re.compile(r'^msgstr(?:\[0\])? "', re.MULTILINE)
_MARKDOWN = re.compile(r"^(?:#{2,6} \S|\s*[-*] \S|\|[ :|-]+\|$)|\]\(|\*\*\S", re.MULTILINE)

WEB = N_("This is a web page (HTML), and figures are read from tables. Copy its table into a workbook and send that.")
XML = N_("This is an XML document, and figures are read from tables. Send the table as CSV, XLSX or XLS.")
DBASE = N_("This is a dBase file (DBF). Open it in a spreadsheet and send it as CSV UTF-8 or XLSX.")
JSON = N_("This is a JSON document, and figures are read from tables. Send the table as CSV, XLSX or XLS.")
JSON_LINES = N_(
    "This is a list of JSON records, one a line, and figures are read from tables. Send the table as CSV, XLSX or XLS."
)
PACKAGE = N_("This is a JSON data package: it describes a table that is a file of its own. Send that file.")
CATALOGUE = N_("This is a gettext catalogue of texts with their translations, and holds no figures. Send a table.")
MARKDOWN = N_(
    "This is a text with Markdown marks, and figures are read from tables. Send the table as CSV, XLSX or XLS."
)
LOCKED = N_("The file is protected by a password. Save it without one and send it again.")
WORD = N_("This is a Word document, and figures are read from tables. Send the table as CSV or XLSX.")


def refuse_by_signs(stream: BinaryIO) -> None:
    """Refuses what its first signs tell, whatever its encoding: a web page, XML, dBase."""
    stream.seek(0)
    start = stream.read(_START)
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare[:5].lower() == b"<?xml" and b"<html" not in bare.lower():
        raise Unacceptable(XML)
    if _WEB.match(bare) or bare[:5].lower() == b"<?xml":
        raise Unacceptable(WEB)
    if _is_dbase(start):
        raise Unacceptable(DBASE)


def _is_dbase(start: bytes) -> bool:
    """By the version, the day of the last change, and the sign that ends the descriptions of fields."""
    if len(start) < 33 or start[0] not in (0x03, 0x30, 0x83, 0x8B, 0xF5):
        return False
    length = int.from_bytes(start[8:10], "little")
    return 1 <= start[2] <= 12 and 1 <= start[3] <= 31 and b"\x0d" in start[max(length - 1, 0) : length]


def refuse_old_documents(stream: BinaryIO) -> None:
    """Refuses what is kept as old workbooks are and is none: an encrypted document, a Word document."""
    stream.seek(0)
    start = stream.read(BLOCK)
    if "EncryptedPackage".encode("utf-16-le") in start:
        raise Unacceptable(LOCKED)
    if "WordDocument".encode("utf-16-le") in start:
        raise Unacceptable(WORD)


def refuse_texts(stream: BinaryIO, encoding: str, notes: Iterable[Note]) -> None:
    """Refuses a text that is plainly no table; of a list of words by key it tells these notes and what stands in it."""
    with _lines(stream, encoding) as text:
        start = text.read(BLOCK)
    if _JSON.match(start):
        raise Unacceptable(_of_json(start))
    if all(mark.search(start) for mark in _PO):
        raise Unacceptable(CATALOGUE)
    if word_lists.recognised(start.splitlines()):
        with _lines(stream, encoding) as text:
            raise NoFigures(word_lists.WORDS, [*noted(notes), *word_lists.told(text)])
    if start.lstrip().startswith("# ") and _MARKDOWN.search(start):
        raise Unacceptable(MARKDOWN)


def _of_json(start: str) -> str:
    lines = [line for line in start.splitlines() if line.strip()][:2]
    if len(lines) == 2 and all(_is_record(line) for line in lines):
        return JSON_LINES
    try:
        document: Any = json.loads(start)
    except (ValueError, RecursionError):
        return JSON
    return PACKAGE if isinstance(document, dict) and isinstance(document.get("resources"), list) else JSON


def _is_record(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        return False


@contextmanager
def _lines(stream: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding)
    try:
        yield text
    finally:
        text.detach()
