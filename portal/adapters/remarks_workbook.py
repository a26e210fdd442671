"""Owns what is told of a workbook: what its sheets hide, join, compute and protect, and where it leads to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from forms.words import N_
from portal.adapters.remarks_package import COMMENTS, Package, counted, local, on
from portal.rules.datasets import Note

HIDDEN_SHEETS = N_("Hidden sheets: %(count)s. Whoever opens the file can show them.")
HIDDEN_CELLS = N_("Sheets with hidden rows or columns: %(count)s. Whoever opens the file can show them.")
MERGED = N_(
    "Merged cells: %(count)s. A program that reads the table finds the value in the first of them and blanks in the "
    "others."
)
DATES_1904 = N_(
    "Dates are counted from 1904. A program that does not know this shows them four years and a day too early."
)
FORMULAS = N_("Formulas: %(count)s. Each is read by the value that was kept with it.")
NO_VALUE = N_("Formulas without a kept value: %(count)s. A program that does not compute them finds blanks.")
LINKS = N_("Links to other workbooks: %(count)s. Whoever opens the file reads their names and where they lie.")
CONNECTIONS = N_(
    "Connections to databases and other sources: %(count)s. Whoever opens the file reads where they are and what is "
    "asked."
)
PROTECTED_SHEETS = N_("Protected sheets: %(count)s. They can be read, and not changed.")
PROTECTED_BOOK = N_("The structure of the workbook is protected: no sheet can be added, removed or shown.")


@dataclass
class Sheet:
    """What was met in a sheet."""

    name: str
    hidden: bool = False
    merged: int = 0
    formulas: int = 0
    without_value: int = 0
    comments: int = 0
    protected: bool = False
    hides: bool = False


@dataclass
class Book:
    """What was met in a workbook."""

    sheets: list[Sheet] = field(default_factory=list)
    from_1904: bool = False
    protected: bool = False
    links: int = 0
    connections: int = 0

    def notes(self) -> Iterator[Note]:
        """What is told of it; places are the names of sheets."""
        hidden = [sheet.name for sheet in self.sheets if sheet.hidden]
        yield from _note(HIDDEN_SHEETS, len(hidden), hidden)
        yield from self._of_sheets(HIDDEN_CELLS, {sheet.name: int(sheet.hides) for sheet in self.sheets})
        yield from self._of_sheets(COMMENTS, {sheet.name: sheet.comments for sheet in self.sheets})
        yield from _note(LINKS, self.links)
        yield from _note(CONNECTIONS, self.connections)
        yield from self._of_sheets(PROTECTED_SHEETS, {sheet.name: int(sheet.protected) for sheet in self.sheets})
        if self.protected:
            yield Note(PROTECTED_BOOK)
        if self.from_1904:
            yield Note(DATES_1904)
        yield from self._of_sheets(MERGED, {sheet.name: sheet.merged for sheet in self.sheets})
        yield from self._of_sheets(FORMULAS, {sheet.name: sheet.formulas for sheet in self.sheets})
        yield from self._of_sheets(NO_VALUE, {sheet.name: sheet.without_value for sheet in self.sheets})

    def _of_sheets(self, words: str, counts: Mapping[str, int]) -> Iterator[Note]:
        return _note(words, sum(counts.values()), [name for name, count in counts.items() if count])


def _note(words: str, count: int, places: Iterable[str] = ()) -> Iterator[Note]:
    if count:
        yield Note(words, {"count": counted(count, places)})


def look(package: Package) -> Iterator[Note]:
    """What is told of an XLSX workbook; ValueError where it is kept otherwise, as a binary one is."""
    main = package.main
    if not main.endswith(".xml"):
        raise ValueError(main)
    return _read(package, main).notes()


def _read(package: Package, main: str) -> Book:
    opened = _Opened()
    package.read(main, opened.start)
    book = opened.book
    parts = package.links(main)
    book.connections = sum(package.count(part, "connection") for kind, part in parts.values() if kind == "connections")
    for key, sheet in opened.by_link.items():
        _kind, part = parts.get(key, ("", ""))
        cells = _Cells(sheet)
        package.read(part, cells.start)
        cells.close()
        for kind, beside in package.links(part).values():
            if kind == "comments":
                sheet.comments += package.count(beside, "comment")
            elif kind == "threadedComment":
                sheet.comments += _answers(package, beside)
    return book


def _answers(package: Package, part: str) -> int:
    """The comments that answer another one: the first of each thread stands among the plain comments too."""
    found = Counter[bool]()

    def start(name: str, given: dict[str, str]) -> None:
        found[local(name) == "threadedComment" and "parentId" in given] += 1

    package.read(part, start)
    return found[True]


class _Opened:
    """Reads the part that names the sheets."""

    def __init__(self) -> None:
        self.book = Book()
        self.by_link: dict[str, Sheet] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element opens."""
        match local(name):
            case "sheet":
                sheet = Sheet(given.get("name", ""), given.get("state", "visible") != "visible")
                self.book.sheets.append(sheet)
                self.by_link[next((text for key, text in given.items() if key.endswith(":id")), "")] = sheet
            case "workbookPr":
                self.book.from_1904 |= on({"val": given.get("date1904", "0")})
            case "workbookProtection":
                self.book.protected |= on({"val": given.get("lockStructure", "0")})
            case "externalReference":
                self.book.links += 1


class _Cells:
    """Follows the cells of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._formula = self._value = False

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """An element opens."""
        what = local(name)
        if what == "v":
            self._value = True
        elif what == "c":
            self.close()
        elif what == "f":
            self._formula = True
        elif what in ("row", "col"):
            self.sheet.hides |= on({"val": given.get("hidden", "0")})
        elif what == "mergeCell":
            self.sheet.merged += 1
        elif what == "sheetProtection":
            self.sheet.protected |= on({"val": given.get("sheet", "0")})

    def close(self) -> None:
        """A cell is read to its end."""
        if self._formula:
            self.sheet.formulas += 1
            self.sheet.without_value += not self._value
        self._formula = self._value = False
