"""The Markdown subset of narratives (paragraphs, lists, emphasis, tables, web links), to safe HTML and plain text."""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = frozenset({"p", "br", "ul", "ol", "li", "strong", "em", "a", "table", "thead", "tbody", "tr", "th", "td"})
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = frozenset({"http", "https"})
_WEB = re.compile(r"https?://", re.IGNORECASE)
_CLOSES_LINE = frozenset({"paragraph_close", "tr_close", "list_item_close"})


def _reader() -> MarkdownIt:
    rules = ["list", "table", "emphasis", "link", "escape", "newline", "entity", "balance_pairs", "fragments_join"]
    reader = MarkdownIt("zero", {"html": False}).enable(rules)
    reader.validateLink = lambda url: _WEB.match(url) is not None  # type: ignore[method-assign]
    return reader


_READER = _reader()


def tokens(text: str) -> list[Token]:
    """The parsed text, block tokens with their inline children; for documents that lay out a narrative themselves."""
    return _READER.parse(text)


def to_html(text: str) -> str:
    """HTML of the subset, safe to put into a page; what lies outside the subset stays as the characters typed."""
    return nh3.clean(
        _READER.render(text),
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
    )


def to_plain(text: str) -> str:
    """The words without marks: one line a paragraph, list item or row of a table; addresses of links in brackets."""
    parts: list[str] = []
    for token in tokens(text):
        if token.type == "inline":
            parts.append(_inline(token.children or []))
        elif token.type in ("th_close", "td_close"):
            parts.append("\t")
        elif token.type in _CLOSES_LINE:
            parts.append("\n")
    lines = ("".join(parts)).split("\n")
    return "\n".join(line.strip("\t ") for line in lines if line.strip())


def words_of_paragraph(text: str) -> str | None:
    """The words of a text that is one paragraph, without marks and addresses; None where it is anything else."""
    read = tokens(text)
    if [token.type for token in read] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    return _words(read[1])


def words_of_cell(text: str) -> str | None:
    """The words of the cell of a table, without marks and addresses."""
    return _words(_READER.parseInline(text)[0])


def _words(inline: Token) -> str:
    return "".join(" " if child.type.endswith("break") else child.content for child in inline.children or [])


def _inline(children: list[Token]) -> str:
    written: list[str] = []
    address = ""
    for child in children:
        if child.type == "link_open":
            address = str(child.attrGet("href") or "")
        elif child.type == "link_close":
            written.append(f" ({address})")
        elif child.type in ("softbreak", "hardbreak"):
            written.append(" ")
        else:
            written.append(child.content)
    return "".join(written)
