"""Files that hold no figures: what they are, and what was found in them with its places; nothing is taken from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from forms.words import N_
from portal.rules.datasets import Note
from portal.rules.refusals import Invalid, Problem

MOST_PLACES = 200
LONGEST_TEXT = 200
WHOLE = "file"
_MORE = N_("and %(more)s more")
_ROWS = N_("Rows read: %(count)s.")
_TWICE = N_("Columns with the heading “%(name)s”: %(count)s.")
_BARE = N_("Columns without a heading: %(count)s.")
_SHORT = N_("Rows with more or fewer cells than the headings: %(count)s.")
_BLANK_ROWS = N_("Rows without anything in them: %(count)s.")
_CODE_TWICE = N_("Codes that an earlier row has: %(count)s.")
_NAMELESS = N_("Codes without a name, or with the code in its place: %(count)s.")
_SHEET = N_("The list stands on the sheet “%(sheet)s”.")
_OTHERS = N_("Other sheets, not looked at: %(sheets)s.")
_ABOVE = N_("Rows above the headings: %(count)s.")
_BLANKS = N_("Cells with blanks at their ends, doubled or no-break blanks: %(count)s.")


class Seen(NamedTuple):
    """One place of a file and what stands there: the code or key of the row, and the text."""

    row: int
    column: str
    code: str
    text: str

    @property
    def where(self) -> str:
        """The place in words."""
        return f"row {self.row}, column {self.column}" if self.column else f"row {self.row}"


@dataclass(frozen=True)
class Finding:
    """One thing found in a file: a sentence that counts it, how often, and the first MOST_PLACES places."""

    note: Note
    count: int
    places: tuple[Seen, ...] = ()

    @property
    def where(self) -> str:
        """The first place; `file` for the whole."""
        return self.places[0].where if self.places else WHOLE


class NoFigures(Invalid):
    """A file that was read and holds no figures. `findings` tell what stands in it."""

    def __init__(self, sentence: str, findings: Iterable[Finding] = ()) -> None:
        self.findings = tuple(findings)
        super().__init__(sentence, [Problem(one.where, str(one.note)) for one in self.findings])

    def lines(self, most: int) -> Iterator[str]:
        """What was found as lines in English: each sentence, below it its first places."""
        for one in self.findings:
            yield f"  {one.note}"
            for seen in one.places[:most]:
                yield "      " + ": ".join(filter(None, (seen.where, " ".join(filter(None, (seen.code, seen.text))))))
            if (more := one.count - most) > 0 and one.places:
                yield f"      {_MORE % {'more': more}}"


@dataclass
class Tally:
    """Counts one kind of thing while a file is read, and keeps its first places."""

    words: str
    told: Mapping[str, Any] = field(default_factory=dict)
    count: int = 0
    places: list[Seen] = field(default_factory=list)

    def see(self, row: int, column: str, code: str, text: str) -> None:
        """Counts one; its place is kept among the first."""
        self.count += 1
        if len(self.places) < MOST_PLACES:
            self.places.append(Seen(row, column, code, text[:LONGEST_TEXT]))

    def findings(self) -> Iterator[Finding]:
        """The finding, where anything was seen."""
        if self.count:
            yield Finding(Note(self.words, {**self.told, "count": self.count}), self.count, tuple(self.places))


def counted(words: str, count: int, **told: Any) -> Iterator[Finding]:
    """A finding without places, where its count is not 0."""
    if count:
        yield Finding(Note(words, {**told, "count": count}), count)


def noted(notes: Iterable[Note], above: int = 0, sheet: str = "", others: Sequence[str] = ()) -> Iterator[Finding]:
    """What stands in the file around its table: above it, and on other sheets of a workbook."""
    for note in notes:
        yield Finding(note, 1)
    if sheet:
        yield Finding(Note(_SHEET, {"sheet": sheet}), 1)
    if others:
        yield Finding(Note(_OTHERS, {"sheets": ", ".join(others)}), len(others))
    yield from counted(_ABOVE, above)


class Shape:
    """What can be found in any table: its rows, its headings, and blanks."""

    def __init__(self, header: list[str]) -> None:
        self.rows = 0
        self._header = header
        self._short, self._empty, self._blanks = Tally(_SHORT), Tally(_BLANK_ROWS), Tally(_BLANKS)

    def whole(self, row: int, cells: list[str]) -> bool:
        """Counts a row; whether it has something in it and a cell for each heading."""
        if not any(cell.strip() for cell in cells):
            self._empty.see(row, "", "", "")
            return False
        self.rows += 1
        for at, cell in enumerate(cells):
            if cell != " ".join(cell.split()):
                self._blanks.see(row, self._header[at] if at < len(self._header) else "", "", cell)
        if len(cells) == len(self._header):
            return True
        self._short.see(row, "", "", ", ".join(cells))
        return False

    def findings(self) -> Iterator[Finding]:
        """The rows read, then what is odd."""
        yield Finding(Note(_ROWS, {"count": self.rows}), self.rows)
        for name in dict.fromkeys(name for name in self._header if name):
            if (times := self._header.count(name)) > 1:
                yield from counted(_TWICE, times, name=name)
        yield from counted(_BARE, self._header.count(""))
        for one in (self._short, self._empty, self._blanks):
            yield from one.findings()


def listed(header: list[str], rows: Iterable[tuple[int, list[str]]], *, codes: bool) -> Iterator[Finding]:
    """What can be found in any list; of `codes` with names in two columns also which are odd."""
    shape, twice, nameless, met = Shape(header), Tally(_CODE_TWICE), Tally(_NAMELESS), set()
    for row, cells in rows:
        if shape.whole(row, cells) and codes:
            code, name = (cell.strip().casefold() for cell in cells)
            if code in met:
                twice.see(row, header[0], cells[0], cells[1])
            if name in ("", code):
                nameless.see(row, header[1], cells[0], cells[1])
            met.add(code)
    yield from shape.findings()
    for one in (twice, nameless):
        yield from one.findings()
