"""Owns the text of a PDF: its lines joined to paragraphs, the larger ones taken for headings."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from forms.blocks import Paragraph, Run, write
from portal.adapters.reading import Passage, Read

LARGER = 1.15
LONGEST_HEADING = 150
SHORT = 0.8
_ENDS = re.compile(r"[.!?:;。！？：；؟؛…]['\"”»)\]]*$")
_ITEM = re.compile(r"^(?:[•·▪●○◦‣–—-]|\(?(?:\d{1,3}(?:\.\d+)*|[a-zA-Z])[.)])\s")
_WIDE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_FORMS = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]+")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff\u00ad]")
HYPHEN = "\ufffe"
"""How the library marks a hyphen at the end of a line that belongs to no word."""


@dataclass(frozen=True)
class Line:
    """A line of a page with the size of its letters."""

    text: str
    size: float


def read(data: bytes) -> Read:
    """The passages of a PDF, and its pages without text."""
    document = pypdfium2.PdfDocument(data)
    found = Read()
    pages = [list(_lines(document[number])) for number in range(len(document))]
    repeated = _repeated(pages)
    body = _body_size(pages)
    heading = ""
    for number, lines in enumerate(pages, 1):
        if not lines:
            found.blank.append(number)
        kept = [
            line for at, line in enumerate(lines) if not (at in (0, len(lines) - 1) and _bare(line.text) in repeated)
        ]
        for text, is_heading in _paragraphs(kept, body):
            if is_heading:
                heading = text
            found.passages.append(Passage("" if is_heading else heading, number, write([Paragraph((Run(text),))])))
    return found


def _lines(page: pypdfium2.PdfPage) -> Iterator[Line]:
    """The lines of a page that hold anything, in the order of reading."""
    text = page.get_textpage()
    count = text.count_chars()
    start = 0
    whole = text.get_text_range() if count else ""
    for line in whole.split("\n"):
        stripped = _tidied(line)
        if stripped:
            yield Line(stripped, _size(text, start, len(line)))
        start += len(line) + 1


def _size(text: pypdfium2.PdfTextPage, start: int, length: int) -> float:
    """The size of the letters of a line, to half a point."""
    places = range(start, start + length, max(1, length // 8))
    sizes = [raw.FPDFText_GetFontSize(text, place) for place in places]
    return round(2 * statistics.median(sizes)) / 2 if sizes else 0.0


def _tidied(line: str) -> str:
    """A line in order: letters instead of their printed forms, no signs that nobody sees."""
    line = _UNSEEN.sub("", _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found.group()), line))
    return " ".join(line.split())


def _bare(text: str) -> str:
    return re.sub(r"\d+", "", text).strip()


def _repeated(pages: list[list[Line]]) -> set[str]:
    """What stands at the head or foot of most pages, without its numbers."""
    edges = Counter(
        _bare(line.text) for lines in pages for line in {id(one): one for one in (lines[:1] + lines[-1:])}.values()
    )
    return {text for text, count in edges.items() if len(pages) >= 4 and count > len(pages) / 2}


def _body_size(pages: list[list[Line]]) -> float:
    """The size in which most of the text is set."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _paragraphs(lines: list[Line], body: float) -> Iterator[tuple[str, bool]]:
    """The paragraphs of a page, each with whether it is a heading."""
    widest = max((len(line.text) for line in lines), default=0)
    held: list[Line] = []
    for line in lines:
        if held and _begins(held[-1], line, widest):
            yield _joined(held, body)
            held = []
        held.append(line)
    if held:
        yield _joined(held, body)


def _begins(before: Line, line: Line, widest: int) -> bool:
    """Whether a line begins a paragraph."""
    if abs(before.size - line.size) > 0.5 or _ITEM.match(line.text):
        return True
    return bool(_ENDS.search(before.text)) and len(before.text) < SHORT * widest


def _joined(lines: list[Line], body: float) -> tuple[str, bool]:
    text = ""
    for line in lines:
        if text.endswith(HYPHEN):
            text = text[:-1] + line.text
        elif text and not (_WIDE.match(text[-1]) and _WIDE.match(line.text)):
            text += " " + line.text
        else:
            text += line.text
    text = text.replace(HYPHEN, "")
    is_heading = lines[0].size >= LARGER * body and len(text) <= LONGEST_HEADING
    return text, is_heading
