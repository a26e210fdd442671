"""Paragraphs, lists and tables as data, and how they are written in the Markdown subset of `forms.markup`."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from forms.markup import words_of_cell, words_of_paragraph

BOLD, ITALIC = 1, 2
_MARK = {BOLD: "**", ITALIC: "*"}
_NAMES = (
    "a|abbr|address|article|aside|b|bdi|bdo|big|blockquote|body|br|caption|center|cite|code|col|colgroup|dd|del|div|dl|dt|"
    "em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|li|link|main|mark|meta|nav|"
    "object|ol|o:p|p|pre|q|s|script|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|tfoot|th|thead|"
    "title|tr|tt|u|ul|var|wbr|xml"
)
TAG = rf"(?:/?(?:{_NAMES})(?=[\s/>])[^<>]*>|!--|!doctype\s)"
"""What follows the `<` of a tag or a comment, as a pattern without regard to case."""

_OPENS_TAG = re.compile(rf"(?<!\\)<(?={TAG})", re.IGNORECASE)
_CHANGES = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~])      # a backslash that would escape what follows
      | (?<!\s)\* | \*(?!\s)       # an asterisk beside a word
      | (?<!\w)_ | _(?!\w)         # an underscore that is not within a word
      | \](?=\()                   # the middle of a link
      | &(?=\#?\w+;)               # an entity
    """,
    re.VERBOSE,
)
_BEGINS_ITEM = re.compile(r"(\d{1,9}(?=[.)](?:\s|$)))|(?=[-+*](?:\s|$))")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_ADDRESS = re.compile(r"[\s()<>\\*_\[\]|`]")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look: `look` is made of BOLD and ITALIC; `href` is the address of a link, "" for none."""

    text: str
    look: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The runs of one paragraph."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with its items, each of them blocks; a numbered one begins at `start`, a bulleted one has None."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each cell its runs; the first row is the heading."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]


Block = Paragraph | Listing | Table


@dataclass(frozen=True, slots=True)
class ListLine:
    """A paragraph that Word means as an item of a list, at a level from 1 on; a bulleted one has no start."""

    level: int
    start: int | None
    paragraph: Paragraph


def write(blocks: Iterable[Block]) -> str:
    """The blocks in Markdown, a blank line between any two; what reads as a mark and is none is escaped."""
    return "\n\n".join(text for text, _ in _written(blocks) if text)


def tidied(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with single blanks, none at the ends, and neighbours of one look joined."""
    joined: list[Run] = []
    for run in runs:
        text = _BLANKS.sub(" ", run.text)
        if (not joined or joined[-1].text.endswith(" ")) and text.startswith(" "):
            text = text[1:]
        if not text:
            continue
        if joined and (joined[-1].look, joined[-1].href) == (run.look, run.href):
            joined[-1] = replace(run, text=joined[-1].text + text)
        else:
            joined.append(replace(run, text=text))
    while joined and not (text := joined[-1].text.rstrip()):
        joined.pop()
    if joined:
        joined[-1] = replace(joined[-1], text=text)
        joined[0] = replace(joined[0], text=joined[0].text.lstrip())
    return tuple(run for run in joined if run.text)


def with_lists(found: list[Block | ListLine]) -> list[Block]:
    """The blocks with Word's items gathered into lists."""
    blocks: list[Block] = []
    at = 0
    while at < len(found):
        one = found[at]
        if isinstance(one, ListLine):
            lines = []
            while at < len(found) and isinstance(line := found[at], ListLine):
                lines.append(line)
                at += 1
            blocks += _nested(lines)
        else:
            blocks.append(one)
            at += 1
    return blocks


def _nested(lines: list[ListLine]) -> list[Block]:
    """Lists of lines by their levels; a line of another sign begins another list."""
    lists: list[Block] = []
    items: list[tuple[Block, ...]] = []
    first = lines[0]
    at = 0
    while at < len(lines):
        line = lines[at]
        if items and (line.start is None) != (first.start is None):
            lists.append(Listing(tuple(items), first.start))
            items, first = [], line
        below = at + 1
        while below < len(lines) and lines[below].level > line.level:
            below += 1
        items.append((line.paragraph, *(_nested(lines[at + 1 : below]) if below > at + 1 else ())))
        at = below
    return [*lists, Listing(tuple(items), first.start)]


def _written(blocks: Iterable[Block]) -> Iterator[tuple[str, Block]]:
    """Each block in Markdown; of two lists of a kind in a row the second takes the other sign, to stay apart."""
    before: Block | None = None
    other = False
    for block in blocks:
        if isinstance(block, Listing):
            alike = isinstance(before, Listing) and (before.start is None) == (block.start is None)
            other = alike and not other
            yield _listing(block, other), block
        elif isinstance(block, Table):
            yield _table(block), block
        else:
            yield inline(block.runs), block
        before = block


def _listing(listing: Listing, other: bool) -> str:
    numbers = itertools.count(listing.start or 0)
    lines = []
    loose = any(sum(not isinstance(block, Listing) for block in item) > 1 for item in listing.items)
    for item in listing.items:
        sign = ("*" if other else "-") if listing.start is None else f"{next(numbers)}{')' if other else '.'}"
        parts = [(text, block) for text, block in _written(item) if text]
        text = "".join(
            (("\n" if isinstance(block, Listing) and not loose else "\n\n") if at else "") + part
            for at, (part, block) in enumerate(parts)
        )
        indent = " " * (len(sign) + 1)
        lines.append(sign + " " + text.replace("\n", "\n" + indent).replace("\n" + indent + "\n", "\n\n"))
    return ("\n\n" if loose else "\n").join(lines)


def _table(table: Table) -> str:
    width = max((len(row) for row in table.rows), default=0)
    if not width:
        return ""
    rows = [[cell(runs) for runs in row] + [""] * (width - len(row)) for row in table.rows]
    rows.insert(1, ["---"] * width)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def inline(runs: Sequence[Run]) -> str:
    """The runs as one paragraph of Markdown that reads back as exactly these words."""
    return _safely(tidied(runs), words_of_paragraph, at_line_start=True)


def cell(runs: Sequence[Run]) -> str:
    """The runs as the cell of a table: a bar in the words is escaped."""
    return _safely(tidied(runs), words_of_cell, at_line_start=False).replace("|", r"\|")


def typed(runs: Sequence[Run]) -> str:
    """The runs as one line of Markdown whose words are Markdown already; only what reads as a tag is escaped."""
    return _marked(_charted(tidied(runs)), BOLD | ITALIC, lambda text: _OPENS_TAG.sub(r"\<", text))


def _safely(runs: tuple[Run, ...], read: Callable[[str], str | None], *, at_line_start: bool) -> str:
    """The first way of writing that reads back as the same words: all marks, bold alone, none, everything escaped."""
    words = "".join(run.text for run in runs)
    if not words:
        return ""
    chart = _charted(runs)
    for looks in (BOLD | ITALIC, BOLD, 0):
        text = _marked(chart, looks, _escaped)
        if at_line_start:
            text = _no_item(text)
        if read(text) == words:
            return text
    return _PUNCTUATION.sub(r"\\\1", words)


def _escaped(text: str) -> str:
    return _OPENS_TAG.sub(r"\<", _CHANGES.sub(r"\\\g<0>", text))


def _no_item(text: str) -> str:
    """The line with a backslash where it would begin a list."""
    found = _BEGINS_ITEM.match(text)
    return f"{text[: found.end()]}\\{text[found.end() :]}" if found else text


Chart = list[tuple[str, int, str]]


def _charted(runs: Sequence[Run]) -> Chart:
    """Each character with its look and link; looks begin and end at words, where Markdown can mark them."""
    chart = [(character, run.look, run.href) for run in runs for character in run.text]
    if any(run.look for run in runs):
        for bit in (BOLD, ITALIC):
            _settle(chart, bit)
    return chart


def _settle(chart: Chart, bit: int) -> None:
    marked = [bool(look & bit) for _, look, _ in chart]
    ends = 0
    while True:
        begins = next((at for at in range(ends, len(chart)) if marked[at]), None)
        if begins is None:
            break
        ends = next(
            (at for at in range(begins, len(chart)) if not (marked[at] or _bridged(chart, marked, at))), len(chart)
        )
        first, last = begins, ends
        while first < last and _outside(chart, first, first - 1):
            first += 1
        while last > first and _outside(chart, last - 1, last):
            last -= 1
        for at in range(begins, ends):
            character, look, href = chart[at]
            chart[at] = (character, look | bit if first <= at < last else look & ~bit, href)


def _bridged(chart: Chart, marked: list[bool], at: int) -> bool:
    """Whether a blank stands between two marked words."""
    return chart[at][0] == " " and 0 < at < len(chart) - 1 and marked[at - 1] and marked[at + 1]


def _outside(chart: Chart, at: int, beyond: int) -> bool:
    """Whether the character at the edge of a mark belongs outside: a blank, or a sign that leans on a word beyond."""
    character = chart[at][0]
    if character.isspace():
        return True
    if not _is_sign(character) or not 0 <= beyond < len(chart):
        return False
    neighbour = chart[beyond][0]
    return not (neighbour.isspace() or _is_sign(neighbour))


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _marked(chart: Chart, looks: int, escape: Callable[[str], str]) -> str:
    """The text with its marks: a link around bold around italic, each closed before an outer one closes."""
    out: list[str] = []
    held: list[int | str] = []
    for (look, href), characters in itertools.groupby(chart, lambda one: (one[1] & looks, one[2])):
        wanted: list[int | str] = ([href] if href else []) + [bit for bit in (BOLD, ITALIC) if look & bit]
        same = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(held, wanted, strict=False))))
        out += [_closing(mark) for mark in reversed(held[same:])]
        out += [_MARK[mark] if isinstance(mark, int) else "[" for mark in wanted[same:]]
        held = wanted
        text = escape("".join(character for character, _, _ in characters))
        out.append(re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", text) if href else text)
    out += [_closing(mark) for mark in reversed(held)]
    return "".join(out)


def _closing(mark: int | str) -> str:
    if isinstance(mark, int):
        return _MARK[mark]
    return "](" + _ADDRESS.sub(lambda found: f"%{ord(found.group()):02X}", mark) + ")"
