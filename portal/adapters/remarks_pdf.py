"""Owns what is told of a PDF: fields, comments, words that nobody can search. It is read in a process apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

from forms.words import N_
from portal.adapters import apart
from portal.adapters.remarks_package import AUTHOR, COMMENTS
from portal.rules.datasets import Note

SECONDS = 20
MOST_PAGES = 300
PLACES = 5

FIELDS = N_("Fields of a form: %(count)s (pages: %(pages)s). Whoever opens the file can change what stands in them.")
NO_TEXT = N_(
    "Pages that hold pictures and no text: %(count)s of %(all)s. Their words can be neither searched nor heard."
)
UNMAPPED = N_(
    "Letters in fonts that do not say which letters they are: %(count)s of %(all)s. They can be read, and neither "
    "searched nor copied."
)
LONG = N_("Only the first pages were looked at: %(count)s of %(all)s.")

_MARKS = frozenset(
    (raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_HIGHLIGHT, raw.FPDF_ANNOT_UNDERLINE,
     raw.FPDF_ANNOT_SQUIGGLY, raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_CARET,
     raw.FPDF_ANNOT_INK)
)  # fmt: skip
_XMP_AUTHOR = re.compile(rb"<dc:creator>\s*<rdf:\w+>\s*<rdf:li[^>]*>\s*[^<\s]")


@dataclass
class Met:
    """What was met in the pages."""

    fields: list[int] = field(default_factory=list)
    comments: int = 0
    no_text: int = 0
    letters: int = 0
    unmapped: int = 0


def look(data: bytes) -> Iterator[Note]:
    """What is told of a PDF."""
    document = pypdfium2.PdfDocument(data)
    pages = len(document)
    met, looked_at = Met(), min(pages, MOST_PAGES)
    for number in range(looked_at):
        page = document[number]
        _read(page, number + 1, met)
        page.close()
    if met.fields:
        named = list(dict.fromkeys(met.fields))
        places = ", ".join([str(page) for page in named[:PLACES]] + ["…"] * (len(named) > PLACES))
        yield Note(FIELDS, {"count": len(met.fields), "pages": places})
    if met.comments:
        yield Note(COMMENTS, {"count": str(met.comments)})
    if met.no_text:
        yield Note(NO_TEXT, {"count": met.no_text, "all": looked_at})
    if met.unmapped:
        yield Note(UNMAPPED, {"count": met.unmapped, "all": met.letters})
    if pages > looked_at:
        yield Note(LONG, {"count": looked_at, "all": pages})
    if document.get_metadata_value("Author").strip() or _XMP_AUTHOR.search(data):
        yield Note(AUTHOR)


def _read(page: pypdfium2.PdfPage, number: int, met: Met) -> None:
    text = page.get_textpage()
    count = text.count_chars()
    if count:
        letters = [at for at in range(count) if not raw.FPDFText_IsGenerated(text, at)]
        met.letters += len(letters)
        met.unmapped += sum(raw.FPDFText_HasUnicodeMapError(text, at) == 1 for at in letters)
    elif raw.FPDFPage_CountObjects(page):
        met.no_text += 1
    text.close()
    for at in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        met.comments += kind in _MARKS
        if kind == raw.FPDF_ANNOT_WIDGET:
            met.fields.append(number)


def main() -> None:
    """Looks at the PDF at standard input and writes what is told of it as JSON."""
    apart.tell([[note.words, dict(note.told)] for note in look(apart.given(SECONDS))])


if __name__ == "__main__":
    main()
