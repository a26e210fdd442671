"""What a file would become, cell by cell, before anything is stored: it only reads, and writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

from forms.figures import parse_figure, parse_year
from portal.adapters.tabular_layouts import Plan
from portal.rules.areas import AreaFact, Gazetteer, Place, UnknownArea
from portal.rules.conversions import UnitRule, rule_for
from portal.rules.datasets import REASONS, LeftOut, Reading, Tie, figure_of

MOST_ROWS = 200_000
MOST_FIGURES = 300_000
FIRST_ROWS = 15
ROWS_WITH_PROBLEMS = 10
_NEAR = 5_000
_MOST_UNKNOWN = 200
_STEP = 20_000
_SHIFT = 64
_DIGEST = (1 << _SHIFT) - 1


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what its column is, and what was read in it; `wrong` where it could not be read."""

    text: str
    role: str
    read: str = ""
    wrong: bool = False


@dataclass(frozen=True)
class Row:
    """One row with its number in the file, its cells, and sentences about it as a whole."""

    number: int
    cells: tuple[Cell, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Unmatched:
    """A code or name that no table tells: how it stands in the file, the name beside it, its figures and first row."""

    wording: str
    name: str
    figures: int
    row: int


@dataclass(frozen=True)
class Preview:
    """A file as it would be read. `whole` is False where no more than its first MOST_ROWS rows or MOST_FIGURES figures
    were looked at.
    """

    layout: str
    source: str
    edition: str
    sheet: str
    header: tuple[tuple[str, str], ...]
    header_row: int
    rows: tuple[Row, ...]
    rows_read: int
    whole: bool
    figures: int
    left_out: Mapping[str, int]
    unmatched: tuple[Unmatched, ...]
    areas: Mapping[str, int]
    series: tuple[str, ...]
    years: tuple[int, int] | None
    units: tuple[tuple[str, UnitRule | None], ...]
    not_taken: tuple[str, ...]
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True)
class Sample:
    """The first rows as they stand in a file of which it is not settled yet what its columns are."""

    header: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


@dataclass
class _Looking:
    gazetteer: Gazetteer
    figures: int = 0
    left: Counter[str] = field(default_factory=Counter)
    places: dict[Place, AreaFact | str] = field(default_factory=dict)
    unknown: Counter[Place] = field(default_factory=Counter)
    first: dict[Place, int] = field(default_factory=dict)
    years: dict[str, int | None] = field(default_factory=dict)
    series: dict[str, None] = field(default_factory=dict)
    units: dict[str, None] = field(default_factory=dict)
    shown: dict[int, list[Reading | LeftOut]] = field(default_factory=dict)
    troubled: int = 0
    given: dict[int, int] = field(default_factory=dict)

    def look(self, item: Reading | LeftOut) -> None:
        reason = item.reason if isinstance(item, LeftOut) else self._read(item)
        if not reason and isinstance(item, Reading) and (again := self._again(item)):
            self.look(again)
            self._show(item, troubled=True)
            return
        if reason:
            self.left[reason] += item.figures if isinstance(item, LeftOut) else 1
        else:
            self.figures += 1
        self._show(item, troubled=bool(reason))

    def _show(self, item: Reading | LeftOut, *, troubled: bool) -> None:
        if item.row in self.shown:
            self.shown[item.row].append(item)
        elif len(self.shown) - self.troubled < FIRST_ROWS:
            self.shown[item.row] = [item]
        elif troubled and self.troubled < ROWS_WITH_PROBLEMS and item.row < _NEAR:
            self.troubled += 1
            self.shown[item.row] = [item]

    def _read(self, item: Reading) -> str:
        self.series.setdefault(item.series)
        self.units.setdefault(item.cut.unit)
        if isinstance(self.place(item.place), str):
            self.unknown[item.place] += 1
            self.first.setdefault(item.place, item.row)
            return "unknown_area"
        if self.year(item.period) is None:
            return "bad_period"
        read = figure_of(item.text)
        return read if isinstance(read, str) else ""

    def _again(self, item: Reading) -> LeftOut | None:
        """What is to be said of a figure whose series, area, group and period an earlier row has; None where none has.
        Of each figure only its row and digests are kept.
        """
        fact = self.place(item.place)
        assert isinstance(fact, AreaFact)
        key = hash((item.series, fact.key, item.cut, item.period.strip()))
        said = hash((item.text.strip(), item.nature, item.status)) & _DIGEST
        before = self.given.get(key)
        if before is None:
            self.given[key] = item.row << _SHIFT | said
            return None
        reason = "same_twice" if before & _DIGEST == said else "contradicts"
        sentence = f"{REASONS[reason].capitalize()}: row {before >> _SHIFT}."
        return LeftOut(item.row, item.column, reason, sentence, item.text)

    def place(self, place: Place) -> AreaFact | str:
        if place not in self.places:
            try:
                self.places[place] = self.gazetteer.find(place)
            except UnknownArea as error:
                self.places[place] = str(error)
        return self.places[place]

    def year(self, period: str) -> int | None:
        if period not in self.years:
            self.years[period] = parse_year(period).first
        return self.years[period]


def preview(gazetteer: Gazetteer, plan: Plan) -> Preview:
    """Reads a file by its plan, at most MOST_ROWS of its rows and MOST_FIGURES figures, and tells what each cell of the
    first rows and of rows with something to look at is read as.
    """
    looking, rows, last, whole = _Looking(gazetteer), 0, 0, True
    for item in plan.readings():
        if item.row != last:
            rows, last = rows + 1, item.row
            if rows > MOST_ROWS:
                rows, whole = MOST_ROWS, False
                break
        if looking.figures >= MOST_FIGURES:
            rows, whole = rows - 1, False
            break
        looking.look(item)
    years = [year for year in looking.years.values() if year is not None]
    kinds = Counter(fact.kind for fact in looking.places.values() if isinstance(fact, AreaFact))
    return Preview(
        layout=plan.layout,
        source=plan.source,
        edition=plan.edition,
        sheet=plan.sheet,
        header=tuple((name, plan.columns.get(name, "")) for name in plan.header),
        header_row=plan.header_row,
        rows=tuple(_rows(plan, looking)),
        rows_read=rows,
        whole=whole,
        figures=looking.figures,
        left_out=dict(sorted(looking.left.items())),
        unmatched=tuple(_unmatched(looking)),
        areas=dict(sorted(kinds.items())),
        series=tuple(looking.series),
        years=(min(years), max(years)) if years else None,
        units=tuple((unit, rule_for(unit)) for unit in looking.units),
        not_taken=tuple(plan.not_taken),
    )


def sampled(header: Sequence[str], roles: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]) -> Sample:
    """The first FIRST_ROWS rows as they stand, beside what each column is taken for."""
    names = tuple(zip_longest(header, roles[: len(header)], fillvalue=""))
    shown = (
        Row(number, tuple(Cell(text, role) for text, role in zip_longest(cells, roles[: len(cells)], fillvalue="")), ())
        for number, cells in islice(rows, FIRST_ROWS)
    )
    return Sample(names, tuple(shown))


def count_rows(plan: Plan, tell: Callable[[int], None]) -> int:
    """Reads a file through and says from time to time how many rows were read; nothing is kept."""
    rows = last = 0
    for item in plan.readings():
        if item.row != last:
            rows, last = rows + 1, item.row
            if rows % _STEP == 0:
                tell(rows)
    return rows


def _unmatched(looking: _Looking) -> list[Unmatched]:
    return [
        Unmatched(place.code or place.name, place.name, count, looking.first[place])
        for place, count in looking.unknown.most_common(_MOST_UNKNOWN)
    ]


def _rows(plan: Plan, looking: _Looking) -> list[Row]:
    wanted = set(looking.shown)
    upto = max(wanted, default=0)
    found = []
    for number, cells in islice(plan.rows(), upto):
        if number > upto:
            break
        if number in wanted:
            items = looking.shown[number]
            sentences = tuple(item.sentence for item in items if isinstance(item, LeftOut))
            found.append(Row(number, tuple(_cells(plan, cells, items, looking)), sentences))
    return found


def _cells(plan: Plan, cells: Sequence[str], items: Sequence[Reading | LeftOut], looking: _Looking) -> list[Cell]:
    read = {item.column: item for item in items if isinstance(item, Reading)}
    one = next((item for item in (*read.values(), *items) if item.place), None)
    shown = []
    for at, text in enumerate(cells):
        heading = plan.header[at] if at < len(plan.header) else ""
        role = plan.columns.get(heading, "")
        if role == "figure" and heading in read:
            shown.append(_figure(text, role))
        elif one and one.place and role in ("area", "name", "area name"):
            shown.append(_area(text, role, looking.place(one.place)))
        elif one and one.period and role == "period":
            year = looking.year(one.period)
            shown.append(Cell(text, role, "" if year is None else str(year), wrong=year is None))
        else:
            shown.append(Cell(text, role))
    return shown


def _area(text: str, role: str, found: AreaFact | str) -> Cell:
    if isinstance(found, str):
        return Cell(text, role, found, wrong=True)
    return Cell(text, role, f"{found.name} ({found.key})")


def _figure(text: str, role: str) -> Cell:
    read = parse_figure(text.strip())
    if isinstance(reason := figure_of(text), str):
        return Cell(text, role, REASONS[reason], wrong=True)
    return Cell(text, role, f"{read.bound}{read.number}")
