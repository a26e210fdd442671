"""Text pasted from Word, LibreOffice, Google Docs and web pages, made Markdown of the subset of `forms.markup`.

The words stay, in their order; what is struck from the text, hidden or written beside it goes: deleted text of tracked
changes, remarks, styles, scripts, pictures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from forms import blocks, markup
from forms.elements import Element
from forms.pasted import read

_OPENING = re.compile(rf"(?<!\\)<({blocks.TAG})", re.IGNORECASE)
_CLOSING = re.compile(r"</([a-z][\w:]*)\s*>", re.IGNORECASE)
_NAME = re.compile(r"[a-z][\w:]*", re.IGNORECASE)
_ALONE = re.compile(r"(?:br\s*/?>|img\s[^<>]*\bsrc\s*=|!--\s*StartFragment|!--\[if|!doctype\s+html)", re.IGNORECASE)
_BLOCK = re.compile(
    r"(?<!\\)</?(?:p|div|ul|ol|li|table|tr|td|th|h[1-6]|blockquote|pre|section|article|html|body)(?=[\s/>])",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True)
class Pasted:
    """What came in: the text in Markdown, and how many pictures were left out of it."""

    text: str
    pictures: int


def clean(text: str) -> str:
    """The text as it is kept: HTML, known by its shape, becomes Markdown; all other text comes back as it is."""
    if not is_html(text):
        return text
    if _BLOCK.search(text) or "<!" in text:
        return from_html(text).text
    return "\n".join(_typed(line) for line in _BREAK.sub("\n", text).split("\n"))


def clean_line(text: str) -> str:
    """As `clean`, for an answer of one line: the words alone, without any mark."""
    while is_html(text):
        text = markup.to_plain(from_html(text).text).replace("\n", " ")
    return text


def is_html(text: str) -> bool:
    """Whether a text is HTML by its shape: a known tag with its end, a line break, a picture, or the frame of a page.

    `<5 %`, `a < b`, `<name>` and a tag behind a backslash are plain text.
    """
    if "<" not in text:
        return False
    ends = {found.group(1).lower(): found.start() for found in _CLOSING.finditer(text)}
    for found in _OPENING.finditer(text):
        if _ALONE.match(found.group(1)):
            return True
        name = _NAME.match(found.group(1))
        if name and ends.get(name.group().lower(), -1) > found.start():
            return True
    return False


def from_html(html: str) -> Pasted:
    """The Markdown of HTML, as a browser gives it from the clipboard or a program exports it."""
    tree = Element.of(html)
    return Pasted(blocks.write(read(tree)), tree.count("img"))


def _typed(line: str) -> str:
    """A typed line with its tags turned into marks; what is Markdown in it already stays so."""
    if not _OPENING.search(line) and not _CLOSING.search(line):
        return line
    inside = line.lstrip()
    runs = [
        run
        for block in read(Element.of(inside.replace(r"\<", r"\&lt;")))
        if isinstance(block, blocks.Paragraph)
        for run in block.runs
    ]
    return line[: len(line) - len(inside)] + blocks.typed(runs)
