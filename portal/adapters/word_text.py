"""Owns the text of a Word document: paragraphs, lists and tables under their headings, tracked changes done."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from forms.blocks import BOLD, ITALIC, Block, ListLine, Paragraph, Run, Table, tidied, with_lists, write
from portal.adapters.reading import Passage, Read

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LONGEST_HEADING = 120
BY_LOOK = 9
"""The level of a heading that is one by its look alone: a short paragraph all in bold."""

_GONE = frozenset({f"{W}del", f"{W}moveFrom", FALLBACK})
_HEADING_NAME = re.compile(r"heading (\d)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Style:
    """What a style says of its paragraphs: the level of their heading, the list they are in."""

    level: int | None = None
    listed: tuple[str, int] | None = None
    contents: bool = False


@dataclass
class Package:
    """The parts of a document that its text needs."""

    styles: dict[str, Style] = field(default_factory=dict)
    bulleted: dict[tuple[str, int], bool] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


def read(data: bytes) -> Read:
    """The passages of a DOCX document."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())

        def part(name: str) -> Element | None:
            return ElementTree.fromstring(archive.read(name)) if name in names else None

        document = part("word/document.xml")
        package = Package(_styles(part("word/styles.xml")), _bulleted(part("word/numbering.xml")),
                          _links(part("word/_rels/document.xml.rels")))  # fmt: skip
        notes = [note for name in ("word/footnotes.xml", "word/endnotes.xml") if (note := part(name)) is not None]
    gathered = _Gatherer(package)
    body = document.find(f"{W}body") if document is not None else None
    if body is not None:
        gathered.blocks(body)
    gathered.end()
    for one in notes:
        gathered.notes(one)
    return Read(gathered.passages)


def _styles(root: Element | None) -> dict[str, Style]:
    """The styles of paragraphs by their id, each with what it has from the style it is based on."""
    raw = {
        style.get(f"{W}styleId", ""): style for style in (root if root is not None else ()) if style.tag == f"{W}style"
    }
    found: dict[str, Style] = {}

    def of(key: str, depth: int = 0) -> Style:
        style = raw.get(key)
        if style is None or depth > 20:
            return Style()
        if key not in found:
            above = of(_value(style, "basedOn"), depth + 1)
            name = _value(style, "name")
            named = _HEADING_NAME.match(name)
            outline = style.find(f"{W}pPr/{W}outlineLvl")
            level = int(named[1]) if named else _level(outline) if outline is not None else above.level
            title = 1 if name.lower() == "title" else level
            found[key] = Style(
                title, _numbering(style.find(f"{W}pPr")) or above.listed, name.lower().startswith("toc ")
            )
        return found[key]

    return {key: of(key) for key in raw}


def _value(element: Element, name: str) -> str:
    """The value of a child with this name, "" for none."""
    child = element.find(f"{W}{name}")
    return child.get(f"{W}val", "") if child is not None else ""


def _level(outline: Element) -> int | None:
    """The level of a heading from 1; none for body text."""
    said = outline.get(f"{W}val", "9")
    return int(said) + 1 if said.isdecimal() and int(said) < 9 else None


def _numbering(properties: Element | None) -> tuple[str, int] | None:
    """The list of a paragraph and its level from 0."""
    numbered = properties.find(f"{W}numPr") if properties is not None else None
    if numbered is None:
        return None
    key, level = _value(numbered, "numId"), _value(numbered, "ilvl") or "0"
    return (key, int(level) if level.isdecimal() else 0) if key and key != "0" else None


def _bulleted(root: Element | None) -> dict[tuple[str, int], bool]:
    """Whether a level of a list has bullets, by the list and the level."""
    if root is None:
        return {}
    shapes = {
        abstract.get(f"{W}abstractNumId", ""): {
            int(level.get(f"{W}ilvl", "0")): _value(level, "numFmt") in ("bullet", "none")
            for level in abstract.findall(f"{W}lvl")
        }
        for abstract in root.findall(f"{W}abstractNum")
    }
    return {
        (number.get(f"{W}numId", ""), level): bullets
        for number in root.findall(f"{W}num")
        for level, bullets in shapes.get(_value(number, "abstractNumId"), {}).items()
    }


def _links(root: Element | None) -> dict[str, str]:
    """The web addresses that the document links to, by the id of the relation."""
    found = ((one.get("Id", ""), one.get("Target", "")) for one in (root if root is not None else ()))
    return {key: target for key, target in found if target.lower().startswith(("http://", "https://"))}


class _Gatherer:
    """Gathers blocks under their headings into passages."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.passages: list[Passage] = []
        self._path: dict[int, str] = {}
        self._bare = ""
        self._items: list[ListLine] = []

    def end(self) -> None:
        """Closes what is open: a list, or a heading under which nothing stands."""
        self._close_list()
        if self._bare:
            self._keep([Paragraph((Run(self._bare),))])

    def blocks(self, parent: Element) -> None:
        """Takes in paragraphs and tables, those within controls of content too."""
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._close_list()
                self._keep(self._table(child))
            elif child.tag not in _GONE and child.tag != f"{W}sectPr":
                self.blocks(child)

    def notes(self, root: Element) -> None:
        """Takes in the notes at the foot or the end, each behind its number."""
        self._path, self._bare = {}, ""
        for note in root:
            if note.get(f"{W}type") is None and (words := self._words(note)):
                self._keep([Paragraph((Run(f"[{note.get(f'{W}id', '')}] "), *words))])

    def _paragraph(self, paragraph: Element) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = self.package.styles.get(_value(properties, "pStyle") if properties is not None else "", Style())
        runs = tidied(self._runs(paragraph))
        listed = _numbering(properties) or style.listed
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        level = _level(outline) if outline is not None else style.level
        text = "".join(run.text for run in runs)
        if not text or style.contents:
            pass
        elif level is None and listed is None and _by_look(runs, text):
            self._head(BY_LOOK, text)
        elif level is not None and len(text) <= 2 * LONGEST_HEADING:
            self._head(level, text)
        elif listed is not None:
            start = None if self.package.bulleted.get(listed, True) else 1
            self._items.append(ListLine(min(listed[1], 8) + 1, start, Paragraph(runs)))
        else:
            self._close_list()
            self._keep([Paragraph(runs)])
        for box in paragraph.iter(f"{W}txbxContent"):
            if not any(box in list(fallback.iter(f"{W}txbxContent")) for fallback in paragraph.iter(FALLBACK)):
                self.blocks(box)

    def _head(self, level: int, text: str) -> None:
        self.end()
        self._path = {at: title for at, title in self._path.items() if at < level} | {level: text}
        self._bare = text

    def _close_list(self) -> None:
        if self._items:
            lines, self._items = self._items, []
            self._keep(with_lists(list(lines)))

    def _keep(self, blocks: list[Block]) -> None:
        text = write(blocks)
        if text:
            bare, self._bare = self._bare, ""
            path = [
                title
                for _, title in sorted(self._path.items())
                if title != bare or text != write([Paragraph((Run(bare),))])
            ]
            self.passages.append(Passage(" › ".join(path), None, text))

    def _table(self, table: Element) -> list[Block]:
        rows = [[self._cell(cell) for cell in row.iter(f"{W}tc")] for row in table.findall(f"{W}tr")]
        if all(len(row) <= 1 for row in rows):
            return [Paragraph(cell[0]) for row in rows for cell in row if cell[0]]
        filled = [tuple(runs for cell in row for runs in cell) for row in rows]
        kept = tuple(row for row in filled if any(row))
        return [Table(kept)] if kept else []

    def _cell(self, cell: Element) -> list[tuple[Run, ...]]:
        """The words of a cell and a blank one for each further column that it spans; a cell joined to the one above it
        is blank.
        """
        properties = cell.find(f"{W}tcPr")
        span, joined = "1", False
        if properties is not None:
            span = _value(properties, "gridSpan") or "1"
            above = properties.find(f"{W}vMerge")
            joined = above is not None and above.get(f"{W}val", "continue") == "continue"
        runs = () if joined else self._words(cell)
        return [runs] + [()] * (min(int(span), 60) - 1 if span.isdecimal() else 0)

    def _words(self, element: Element) -> tuple[Run, ...]:
        """All words below an element in one line."""
        return tidied(run for paragraph in element.iter(f"{W}p") for run in (*self._runs(paragraph), Run(" ")))

    def _runs(self, element: Element, href: str = "") -> Iterator[Run]:
        """The runs of a paragraph as it reads with its tracked changes done; text boxes are not in it."""
        for child in element:
            if child.tag in _GONE or child.tag in (f"{W}pPr", f"{W}rPr"):
                continue
            if child.tag == f"{W}r":
                yield from _of_run(child, href)
            elif child.tag == f"{W}hyperlink":
                yield from self._runs(child, self.package.links.get(child.get(f"{R}id", ""), ""))
            elif child.tag != f"{W}txbxContent":
                yield from self._runs(child, href)


def _of_run(run: Element, href: str) -> Iterator[Run]:
    """The words of a run with their look; nothing of one that is hidden."""
    properties = run.find(f"{W}rPr")
    if properties is not None and _on(properties, "vanish"):
        return
    look = 0
    if properties is not None:
        look = (BOLD if _on(properties, "b") else 0) | (ITALIC if _on(properties, "i") else 0)
    for child in run:
        if child.tag == f"{W}t":
            yield Run(child.text or "", look, href)
        elif child.tag in (f"{W}tab", f"{W}br", f"{W}cr"):
            yield Run(" ", look, href)
        elif child.tag == f"{W}noBreakHyphen":
            yield Run("\u2011", look, href)
        elif child.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            yield Run(f"[{child.get(f'{W}id', '')}]", look, href)


def _on(properties: Element, name: str) -> bool:
    found = properties.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val", "true") not in ("0", "false", "off")


def _by_look(runs: tuple[Run, ...], text: str) -> bool:
    """Whether a paragraph is a heading by its look: short, all in bold, and no sentence."""
    return len(text) <= LONGEST_HEADING and all(run.look & BOLD for run in runs) and text[-1] not in ".;,:"
