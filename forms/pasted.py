"""HTML from the clipboard as blocks: what Word, LibreOffice, Google Docs and browsers mean by their tags and styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forms.blocks import BOLD, ITALIC, Block, Listing, ListLine, Paragraph, Run, Table, tidied, with_lists
from forms.elements import BLOCKS, EMPTY, Element

WIDEST = 60
_WEB = re.compile(r"https?://\S", re.IGNORECASE)
_WORD_LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d+)", re.IGNORECASE)
_GLYPH = re.compile(r"^([·•o§▪■◦‣–—\-\uf0b7\uf0a7]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)])[ \u00a0\t]{2,}")
_MARGIN = re.compile(r"margin-(?:left|right):\s*(\d+(?:\.\d+)?)(pt|in|cm)", re.IGNORECASE)
_STEPS = {"pt": 36.0, "in": 0.5, "cm": 1.27}
_DECIMAL = re.compile(r"\(?(\d{1,9})[.)]\Z")
_WEIGHT = re.compile(r"(?:^|;)font-weight:(\w+)")
_SLANT = re.compile(r"(?:^|;)font-style:(\w+)")
_WORD = re.compile(r"\w")
_SHIFTS = {
    "sup": str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"),
}
_UNSEEN = re.compile(r"[\u00ad\u200b\ufeff\u2060\ufffc]")
_TURNS = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_FORCED = re.compile(r"[\u202d\u202e]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BLANKS = re.compile(r"[ \t\n\r\f\u00a0]+")
_HELD = re.compile(r"(?<=\d)\u00a0(?=[\w%‰°€$£])|(?<=[«‹])\u00a0|\u00a0(?=[:;!?»›%])")
_WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\r?\n[ \t]*(?=[\u3000-\u9fff\uff00-\uffef])")


@dataclass(frozen=True)
class _Look:
    """How the text at a place looks."""

    bits: int = 0
    href: str = ""
    level: str = ""
    lines: bool = False

    def within(self, element: Element) -> _Look:
        """The look inside an element."""
        bits, style, name = self.bits, element.style, element.name
        if name in ("b", "strong") or name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            bits |= BOLD
        if name in ("i", "em", "cite", "dfn", "var"):
            bits |= ITALIC
        if weight := _WEIGHT.search(style):
            bits = bits | BOLD if weight[1] in ("bold", "bolder", "600", "700", "800", "900") else bits & ~BOLD
        if slant := _SLANT.search(style):
            bits = bits | ITALIC if slant[1] in ("italic", "oblique") else bits & ~ITALIC
        href = self.href
        if name == "a":
            address = element.attributes.get("href", "").strip()
            href = address if _WEB.match(address) else ""
        level = name if name in ("sup", "sub") else self.level
        return _Look(bits, href, level, self.lines or name == "pre" or "white-space:pre" in style)


def read(root: Element) -> list[Block]:
    """The blocks that a reader of the page sees."""
    return _Reader().read(root, _Look())


class _Reader:
    """Gathers runs into paragraphs, and paragraphs, lists and tables in their order."""

    def __init__(self) -> None:
        self._found: list[Block | ListLine] = []
        self._runs: list[Run] = []

    def read(self, element: Element, look: _Look) -> list[Block]:
        self._inside(element, look)
        self._end()
        return with_lists(self._found)

    def _end(self) -> None:
        """Ends the paragraph."""
        runs = tidied(_polished(self._runs))
        self._runs = []
        if runs:
            self._found.append(Paragraph(runs))

    def _inside(self, element: Element, look: _Look) -> None:
        for child in element.children:
            if isinstance(child, str):
                self._text(child, look)
            elif not child.unseen:
                self._element(child, look.within(child))

    def _text(self, text: str, look: _Look) -> None:
        if look.lines and "\n" in text:
            first, *others = text.split("\n")
            self._text(first, look)
            for line in others:
                self._end()
                self._text(line, look)
            return
        text = _WRAPPED.sub("", text)
        shift = _SHIFTS.get(look.level, {})
        if all(character.isspace() or ord(character) in shift for character in text):
            text = text.translate(shift)
        self._runs.append(Run(text, look.bits, look.href))

    def _element(self, element: Element, look: _Look) -> None:
        if element.name == "br":
            self._end()
        elif element.name == "table":
            self._end()
            self._found += _table(element, look)
        elif element.name in ("ul", "ol"):
            self._end()
            if listing := _listing(element, look):
                self._found.append(listing)
        elif element.name == "p" and (line := _list_line(element, look)):
            self._end()
            self._found.append(line)
        elif element.name in BLOCKS:
            self._end()
            self._inside(element, look)
            self._end()
        elif element.name not in EMPTY:
            self._inside(element, look)


def _polished(runs: list[Run]) -> Iterator[Run]:
    """The runs of a paragraph with plain blanks where a no-break one holds nothing, and no unseen signs."""
    whole = "".join(run.text for run in runs)
    turning = _RIGHT_TO_LEFT.search(whole) is not None
    at = 0
    text = _BLANKS.sub(
        lambda found: found.group() if _HELD.match(whole, found.start()) else " " * len(found.group()), whole
    )
    for run in runs:
        part = _UNSEEN.sub("", text[at : at + len(run.text)])
        at += len(run.text)
        yield Run((_FORCED if turning else _TURNS).sub("", part), run.look, run.href)


def _listing(element: Element, look: _Look) -> Listing | None:
    """A list; lists that stand in it beside its items belong to the item before."""
    items: list[tuple[Block, ...]] = []
    for child in element.children:
        if isinstance(child, str):
            child = Element("li", children=[child])
        if child.unseen:
            continue
        inner = look.within(child)
        found = [nested] if child.name in ("ul", "ol") and (nested := _listing(child, inner)) else None
        if found and items:
            items[-1] += tuple(found)
        elif read_ := (found or _Reader().read(child, inner)):
            items.append(tuple(read_))
    if not items:
        return None
    if element.name == "ul":
        return Listing(tuple(items))
    start = element.attributes.get("start", "1")
    return Listing(tuple(items), int(start) if start.isdecimal() and len(start) < 9 else 1)


def _list_line(element: Element, look: _Look) -> ListLine | None:
    """The paragraph as an item where Word marks it so, by its style or by a sign of a list and blanks."""
    marked = _WORD_LIST.search(element.attributes.get("style", ""))
    if not marked and not any(name.startswith("msolistparagraph") for name in element.classes):
        return None
    signs = [span for span in element.elements("span") if "mso-list:ignore" in span.style or _ignored(span)]
    sign = "".join(span.words() for span in signs).strip(" \u00a0\t\n")
    body = element if not signs else _without_signs(element)
    read_ = [
        block for block in _Reader().read(Element("div", children=body.children), look) if isinstance(block, Paragraph)
    ]
    runs = tuple(run for block in read_ for run in (*block.runs, Run(" ")))
    if not signs:
        glyph = _GLYPH.match(element.words().strip("\n\r "))
        if not glyph:
            return None
        sign = glyph.group(1)
        runs = _after(runs, len(sign))
    level = int(marked.group(1)) if marked else _depth(element)
    number = _DECIMAL.match(sign)
    if not number and _WORD.search(sign) and sign not in ("o", "§"):
        runs = (Run(sign + " "), *runs)
    return ListLine(max(1, min(level, 9)), int(number[1]) if number else None, Paragraph(tidied(runs)))


def _ignored(span: Element) -> bool:
    return any("mso-list:ignore" in inner.style for inner in span.elements("span"))


def _without_signs(element: Element) -> Element:
    """A copy without the signs that Word puts before an item."""
    kept: list[Element | str] = []
    for child in element.children:
        if isinstance(child, Element):
            if "mso-list:ignore" in child.style:
                continue
            child = _without_signs(child)
        kept.append(child)
    return Element(element.name, element.attributes, kept)


def _after(runs: tuple[Run, ...], length: int) -> tuple[Run, ...]:
    """The runs without their first characters."""
    kept = []
    for run in runs:
        kept.append(Run(run.text[length:], run.look, run.href))
        length = max(0, length - len(run.text))
    return tuple(kept)


def _depth(element: Element) -> int:
    """The level of an item by its margin: half an inch a level."""
    found = _MARGIN.search(element.attributes.get("style", ""))
    return round(float(found[1]) / _STEPS[found[2].lower()]) if found else 1


def _table(element: Element, look: _Look) -> list[Block]:
    """A table; one that only lays out a page gives what stands in it."""
    rows = [
        [cell for cell in row.elements("td", "th") if not cell.unseen]
        for row in element.elements("tr")
        if not row.unseen
    ]
    before = [block for caption in element.elements("caption") for block in _Reader().read(caption, look)]
    only_layout = all(len(row) <= 1 for row in rows) or any(
        len(list(inner.elements("td", "th"))) > 1 for row in rows for cell in row for inner in cell.elements("table")
    )
    if only_layout:
        return before + [block for row in rows for cell in row for block in _Reader().read(cell, look)]
    read_ = [row for row in _grid(rows, look) if any(row)]
    return [*before, Table(tuple(tuple(row) for row in read_))] if read_ else before


def _grid(rows: list[list[Element]], look: _Look) -> Iterator[list[tuple[Run, ...]]]:
    """The cells in their columns: what spans several stands in the first, the others are blank."""
    held: dict[int, int] = {}
    for row in rows:
        cells: list[tuple[Run, ...]] = []
        for cell in row:
            while held.get(len(cells), 0):
                held[len(cells)] -= 1
                cells.append(())
            down = _span(cell, "rowspan") - 1
            for position in range(_span(cell, "colspan")):
                held[len(cells)] = down
                cells.append(_of_cell(cell, look) if not position else ())
        while held.get(len(cells), 0):
            held[len(cells)] -= 1
            cells.append(())
        yield cells


def _span(cell: Element, name: str) -> int:
    said = cell.attributes.get(name, "1")
    return max(1, min(int(said), WIDEST)) if said.isdecimal() and len(said) < 6 else 1


def _of_cell(cell: Element, look: _Look) -> tuple[Run, ...]:
    """What stands in a cell in one line; items of lists behind bullets."""
    inner = Element("td", children=cell.children)
    return tidied(_in_line(_Reader().read(inner, look.within(inner))))


def _in_line(found: list[Block]) -> Iterator[Run]:
    for block in found:
        if isinstance(block, Paragraph):
            yield from block.runs
            yield Run(" ")
        elif isinstance(block, Listing):
            for item in block.items:
                yield Run("• ")
                yield from _in_line(list(item))
        else:
            for row in block.rows:
                for runs in row:
                    yield from runs
                    yield Run(" ")
