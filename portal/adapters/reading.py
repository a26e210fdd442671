"""Owns reading the text of Word and PDF documents: passages in their order, read in a process apart."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field
from typing import BinaryIO

from forms.words import N_
from portal.adapters import apart
from portal.adapters.content import MEDIA_TYPES
from portal.rules.refusals import Invalid, Problem, TooLarge, Unacceptable

SECONDS = 60
MOST_PASSAGES = 5000
READABLE = {MEDIA_TYPES["docx"]: "docx", MEDIA_TYPES["pdf"]: "pdf"}

OTHER_KIND = N_("Only Word documents (DOCX) and PDF can be laid beside the form. Save it as one of them and send that.")
SCANNED = N_(
    "This PDF holds pictures of pages and no text that can be taken over. Send a copy with text, or the Word document."
)
EMPTY = N_("This document holds no text. Choose another one.")
UNREADABLE = N_("The text of this document cannot be read. Open it, save it once more as DOCX or PDF and send that.")
ENDLESS = N_("Reading this document takes too long. Split it, and send the part that you need.")
TOO_MANY = N_("This document has more than 5000 passages. Split it, and send the part that you need.")


@dataclass(frozen=True)
class Passage:
    """A passage of a document: the headings it stands under, the outermost first; its page in a PDF; its Markdown."""

    heading: str
    page: int | None
    text: str


@dataclass
class Read:
    """A document as it was read; `blank` are the pages of a PDF that hold no text."""

    passages: list[Passage] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)


def read(stream: BinaryIO, media_type: str) -> Read:
    """The passages of a document that may be sought in, left at its beginning.

    Raises Unacceptable for other kinds of file, Invalid for one that holds no text or cannot be read, TooLarge for one
    that takes too long or has too many passages.
    """
    kind = READABLE.get(media_type)
    if kind is None:
        raise Unacceptable(OTHER_KIND, [Problem("file", OTHER_KIND)])
    try:
        told = apart.told("portal.adapters.reading", stream, kind, seconds=SECONDS)
    except apart.Endless:
        raise TooLarge(ENDLESS, [Problem("file", ENDLESS)]) from None
    except apart.Broken:
        raise Invalid(UNREADABLE, [Problem("file", UNREADABLE)]) from None
    found = Read([Passage(**one) for one in told["passages"]], told["blank"])
    if not found.passages:
        sentence = SCANNED if found.blank else EMPTY
        raise Invalid(sentence, [Problem("file", sentence)])
    if len(found.passages) > MOST_PASSAGES:
        raise TooLarge(TOO_MANY, [Problem("file", TOO_MANY)])
    return found


def main(kind: str) -> None:
    """Reads the document at standard input and writes what was read as JSON."""
    data = apart.given(SECONDS)
    if kind == "pdf":
        from portal.adapters import pdf_text as reader
    else:
        from portal.adapters import word_text as reader  # type: ignore[no-redef]
    apart.tell(asdict(reader.read(data)))


if __name__ == "__main__":
    main(sys.argv[1])
