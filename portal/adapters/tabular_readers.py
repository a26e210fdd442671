"""Reads rows into figures: long tables with one area and year a row, and wide ones with a year a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Generic, TypeVar

from portal.adapters.tabular import Cells, Row
from portal.rules.areas import Place
from portal.rules.datasets import MISSING, REASONS, CutFact, LeftOut, Reading, cut_fact, spans

Items = Iterator[Reading | LeftOut]
FigureAt = tuple[int, str, str, CutFact]
"""Index and heading of a column of figures, with the series and the cut of the figure in it."""
_KEPT = 100_000


@dataclass(frozen=True)
class Value:
    """A column of figures: its series, and its unit where no other column tells it."""

    at: int
    series: str
    unit: str = ""


@dataclass(frozen=True)
class Columns:
    """What each column of a long table is, by index. `place` makes a Place of the cells at `places`."""

    width: int
    period: int
    places: tuple[int, ...]
    place: Callable[[tuple[str, ...]], Place]
    values: tuple[Value, ...]
    unit: int | None = None
    dimensions: tuple[tuple[str, int], ...] = ()
    nature: int | None = None
    status: int | None = None
    series: int | None = None
    title: int | None = None
    sdg: int | None = None

    def roles(self, header: Cells) -> dict[str, str]:
        """Headings with what each is taken for."""
        found = {header[self.period]: "period", **{header[i]: "area" for i in self.places}}
        found |= {header[value.at]: "figure" for value in self.values}
        found |= {name: "dimension" for name, _ in self.dimensions}
        for role in ("unit", "nature", "status", "series", "title", "sdg"):
            if (index := getattr(self, role)) is not None:
                found[header[index]] = role
        return found


@dataclass(frozen=True)
class YearColumns:
    """What each column of a wide table is, by index."""

    width: int
    name: int
    code: int
    title: int
    series: int
    years: tuple[tuple[int, str], ...]


Subject = tuple[tuple[FigureAt, ...], str, str]
"""What a row says apart from area, period and figures: where its figures stand, its nature and its status."""
Meaning = TypeVar("Meaning", Place, Subject)


class _Remembered(Generic[Meaning]):
    """What rows mean, remembered by the cells that decide it: most rows of a table repeat a few meanings."""

    def __init__(self, decisive: Sequence[int], learn: Callable[[Cells], Meaning]) -> None:
        self.key: Callable[[Cells], object] = itemgetter(*decisive) if decisive else lambda _cells: ()
        self.known: dict[object, Meaning] = {}
        self._learn: Callable[[Cells], Meaning] = learn

    def learnt(self, cells: Cells) -> Meaning:
        """The meaning of a row whose key is not known yet."""
        if len(self.known) > _KEPT:
            self.known.clear()
        meaning = self.known[self.key(cells)] = self._learn(cells)
        return meaning


def _places(columns: Columns) -> _Remembered[Place]:
    return _Remembered(columns.places, lambda cells: columns.place(tuple(cells[index] for index in columns.places)))


def _subjects(columns: Columns, header: Cells, titles: dict[str, str], sdg: dict[str, str]) -> _Remembered[Subject]:
    """The subjects of rows; what they tell of a series goes into `titles` and `sdg`."""

    def series_of(cells: Cells, series: str) -> str:
        own, title = _cell(cells, columns.series), _cell(cells, columns.title)
        number = _cell(cells, columns.sdg) or sdg.get(series, "")
        code = f"{series}/{own}" if series and own else series or own.lower()
        if title:
            titles[code] = title
        if number:
            sdg[code] = number
        return code

    def learn(cells: Cells) -> Subject:
        dimensions = {name: cells[index].strip() for name, index in columns.dimensions}
        unit = _cell(cells, columns.unit)
        figures = tuple(
            (value.at, header[value.at], series_of(cells, value.series), cut_fact(dimensions, value.unit or unit))
            for value in columns.values
        )
        return figures, _cell(cells, columns.nature), _cell(cells, columns.status)

    single = (columns.unit, columns.series, columns.title, columns.sdg, columns.nature, columns.status)
    decisive = (*(index for _, index in columns.dimensions), *(index for index in single if index is not None))
    return _Remembered(decisive, learn)


def _cell(cells: Cells, index: int | None) -> str:
    return "" if index is None else cells[index].strip()


def read_long(
    columns: Columns, header: Cells, rows: Iterator[Row], titles: dict[str, str], sdg: dict[str, str]
) -> Items:
    """One reading for each figure; a blank row is nothing, every other row gives a reading or says why not."""
    width, period_at = columns.width, columns.period
    places, subjects = _places(columns), _subjects(columns, header, titles, sdg)
    place_at, place_of = places.key, places.known.get
    subject_at, subject_of = subjects.key, subjects.known.get
    make = tuple.__new__  # a named tuple made through its class costs half a second a million
    for row, cells in rows:
        if len(cells) != width:
            yield from _odd(row, cells, width)
            continue
        period = cells[period_at]
        if not period:
            yield from _without_year(row, cells)
            continue
        place = place_of(place_at(cells)) or places.learnt(cells)
        figures, nature, status = subject_of(subject_at(cells)) or subjects.learnt(cells)
        missing = []
        for at, column, series, cut in figures:
            text = cells[at]
            if text in MISSING:
                missing.append((column, text))
            else:
                yield make(Reading, (row, column, series, place, period, cut, nature, status, text))
        if missing:
            yield from _without_figures(row, place, period, cells, missing)


def read_spread(
    columns: Columns, header: Cells, rows: Iterator[Row], titles: dict[str, str], sdg: dict[str, str]
) -> Items:
    """One reading for each figure of a table with the years in its headings; `columns.period` is not used."""
    places, subjects = _places(columns), _subjects(columns, header, titles, sdg)
    for row, cells in rows:
        if len(cells) != columns.width:
            yield from _odd(row, cells, columns.width)
            continue
        if not any(cells):
            continue
        place = places.known.get(places.key(cells)) or places.learnt(cells)
        figures, nature, status = subjects.known.get(subjects.key(cells)) or subjects.learnt(cells)
        missing = []
        for at, year, series, cut in figures:
            if cells[at].strip() in MISSING:
                missing.append(year)
            else:
                yield Reading(row, year, series, place, year, cut, nature, status, cells[at])
        if missing:
            sentence = f"No figure is published for {', '.join(missing)}."
            content, where = (place.name or place.code)[:200], ", ".join(missing)[:250]
            yield LeftOut(row, where, "no_figure", sentence[:500], content, len(missing), place=place)


def _odd(row: int, cells: Cells, width: int) -> Items:
    """A row of another width than the header; a blank row is nothing."""
    if any(cells):
        sentence = f"The row has {len(cells)} cells where the header has {width}."
        yield LeftOut(row, "", "short_row", sentence, ", ".join(cells)[:200])


def _without_year(row: int, cells: Cells) -> Items:
    """A row without a year is a heading or a note; a blank row is nothing."""
    content = ", ".join(cell.strip() for cell in cells if cell.strip())
    if any(cells):
        yield LeftOut(row, "", "note", "The row has no year: it is a heading or a note.", content[:200])


def _without_figures(row: int, place: Place, period: str, cells: Cells, missing: list[tuple[str, str]]) -> Items:
    if not period.strip():
        yield from _without_year(row, cells)
        return
    names = [name for name, _ in missing]
    sentence = f"{REASONS['no_figure'].capitalize()}: {', '.join(name[:60] for name in names)}."
    content = f"{place.name or place.code}, {period}"
    where = ", ".join(names)[:250]
    signs = tuple(missing)
    yield LeftOut(row, where, "no_figure", sentence[:500], content[:200], len(missing), signs, place, period)


def read_wide(columns: YearColumns, rows: Iterator[Row], titles: dict[str, str]) -> Items:
    """One reading for each year with a figure, and one omission for the years without."""
    cuts: dict[str, CutFact] = {}
    for row, cells in rows:
        if len(cells) < columns.width - 1:
            yield from _odd(row, cells, columns.width)
            continue
        place = Place("world_bank", cells[columns.code].strip(), cells[columns.name].strip())
        series, title = cells[columns.series].strip(), cells[columns.title].strip()
        if series not in cuts:
            titles[series] = title
            cuts[series] = cut_fact({}, unit_in_title(title))
        missing = []
        for at, year in columns.years:
            text = cells[at]
            if text in MISSING:
                missing.append(int(year))
            else:
                yield Reading(row, year, series, place, year, cuts[series], "", "", text)
        if missing:
            words = spans(missing)
            sentence = f"No figure is published for {words}."
            left = (row, words[:250], "no_figure", sentence[:500], place.name[:200], len(missing))
            yield LeftOut(*left, place=place)


def unit_in_title(title: str) -> str:
    """The unit that a title ends with in brackets: `Urban population (% of total population)`."""
    start = title.rfind("(")
    return title[start + 1 : -1].strip() if start >= 0 and title.endswith(")") else ""
