"""The desk of an import: finds areas, series and cuts, reads each figure, and writes down what is left out."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.orm import Session

from forms.figures import parse_year
from forms.units import PLAIN, Unit, read_unit
from forms.words import N_
from portal.adapters.tabular_layouts import Plan
from portal.models.datasets import ImportSeries
from portal.models.observations import Area, Cut, Omission, Series
from portal.rules.areas import (
    AGGREGATE,
    COUNTRY,
    KINDS,
    LONGEST_KEY,
    NAME_NOT_GIVEN,
    REGION,
    AreaFact,
    Gazetteer,
    Place,
    UnknownArea,
    simplified,
)
from portal.rules.datasets import (
    REASONS,
    CutFact,
    LeftOut,
    Note,
    Reading,
    figure_of,
    is_headline,
    is_older,
    series_fact,
    source_fact,
)
from portal.rules.refusals import Invalid, Problem
from portal.services import totals
from portal.services.staging import COLUMNS_A_ROW, Repetition, Settled, StagedRow, Staging, row_and_column

CHUNK = 2_000
KNOWN_LIMIT = 200_000
SHARE = Unit(PLAIN, Decimal("0.01"))
LONGEST_PERIOD = 40
LONGEST_CODE = 200
_plain_number = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,38})?").fullmatch  # at most datasets.LONGEST_FIGURE signs
_rest_of_arithmetic = re.compile(r"-?[0-9]+\.[0-9]*?(?:0{5,}|9{5,})[0-9]{1,4}").fullmatch
_SHORTEST_REST = 14
MOST_NAMED = 10
_KINDS = {COUNTRY: "country", **{kind: kind for kind in KINDS if kind != COUNTRY}}
_MIXED = N_("Areas of several kinds stand side by side and are told apart: %(kinds)s.")
_GROUPS = N_("Regions and groups of countries among the countries: %(groups)s.")
_NAMELESS = N_("Areas with a code and without a name: %(areas)s.")
_NAMES = N_("Areas told by a name and no code: %(areas)s.")
_OF_THE_COUNTRY = N_("Areas told by codes of the country itself: %(areas)s.")
_NO_FIGURE = N_("Cells without a figure, by column: %(columns)s.")
_SIGNS = N_("Signs that stand for no figure: %(signs)s.")
_RESTS = N_("Figures with a rest of arithmetic at their end, such as %(first)s, kept as they stand: %(figures)s.")
_ZEROS = N_("Areas with codes without their leading zeros: %(areas)s.")
_CUTS = N_("Groups and units in which figures stand side by side, told apart: %(cuts)s.")
_BOUNDS = N_("Figures that are limits, such as >95, kept as they stand: %(figures)s.")
_ABOVE = N_("Shares above 100 per cent, kept as they stand: %(figures)s.")
_BELOW = N_("Figures in per cent below 0, kept as they stand: %(figures)s.")
_BLANKS = N_("Areas with blanks at the ends of a code or name, or no-break blanks, read without them: %(areas)s.")
_SAID = N_("Of %(series)s: %(note)s.")
_UNTIED = N_("Series tied to no indicator, whose figures count in no comparison: %(number)s (%(series)s).")
T = TypeVar("T", Place, str, CutFact)
_TOO_LONG = f"A code or name in this row is longer than {LONGEST_CODE} characters."


class Desk:
    """Takes the readings of one plan in chunks, so that memory does not grow with the file."""

    def __init__(self, session: Session, gazetteer: Gazetteer, plan: Plan, number: int) -> None:
        self.rows_read = 0
        self.left_out = 0
        self._session = session
        self._gazetteer = gazetteer
        self._plan = plan
        self._number = number
        self._staging = Staging(session.connection())
        self._areas: dict[Place, int] = {}
        self._series: dict[str, int] = {}
        self._cuts: dict[CutFact, int] = {}
        self._unknown: dict[Place | str | CutFact, str] = {}
        self._years: dict[str, tuple[str, int] | None] = {}
        self._columns: dict[str, int] = {}
        self._last_row = 0
        self._chunk: Sequence[Reading | LeftOut] = ()
        self._met = False
        self._omissions: list[LeftOut] = []
        self._kinds: dict[str, str] = {}
        self._nameless: set[str] = set()
        self._by_name: set[str] = set()
        self._of_the_country: set[str] = set()
        self._notes_of_areas: dict[str, dict[str, None]] = {}
        self._no_figure: Counter[tuple[str, str]] = Counter()
        self._rests, self._first_rest = 0, ""
        self._short_codes: set[str] = set()
        self._blanks: set[str] = set()
        self._bounds = 0
        self._shares: set[int] = set()
        self._above = self._below = 0

    @property
    def series(self) -> list[int]:
        """The ids of the series met in the file."""
        return list(self._series.values())

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the series met in the file."""
        return frozenset(self._series)

    def met(self) -> Iterator[Note]:
        """What was met among the areas and figures and coped with, counted; one query."""
        yield from self._met_areas()
        yield from self._met_figures()
        query = select(Series.code, Series.title, Series.indicator, Series.note).where(Series.id.in_(self.series))
        series = self._session.execute(query.order_by(Series.code)).all()
        for note, titles in _by_note(series).items():
            yield Note(_SAID, {"series": _listed(titles), "note": note})
        if untied := [row.code for row in series if row.indicator is None]:
            yield Note(_UNTIED, {"number": len(untied), "series": _listed(untied)})

    def _met_areas(self) -> Iterator[Note]:
        kinds = Counter(self._kinds.values())
        if len(kinds) > 1:
            told = ", ".join(f"{_KINDS[kind]} {kinds[kind]}" for kind in KINDS if kind in kinds)
            yield Note(_MIXED, {"kinds": told})
        if kinds[COUNTRY] and (groups := kinds[REGION] + kinds[AGGREGATE]):
            yield Note(_GROUPS, {"groups": groups})
        told_of = (
            (_NAMELESS, self._nameless),
            (_NAMES, self._by_name),
            (_OF_THE_COUNTRY, self._of_the_country),
            (_ZEROS, self._short_codes),
            (_BLANKS, self._blanks),
        )
        for words, found in told_of:
            if found:
                yield Note(words, {"areas": len(found)})
        for note, names in self._notes_of_areas.items():
            yield Note(_SAID, {"series": _listed(list(names)), "note": note.removesuffix(".")})

    def _met_figures(self) -> Iterator[Note]:
        if len(self._cuts) > 1:
            yield Note(_CUTS, {"cuts": len(self._cuts)})
        if self._bounds:
            yield Note(_BOUNDS, {"figures": self._bounds})
        if self._above:
            yield Note(_ABOVE, {"figures": self._above})
        if self._below:
            yield Note(_BELOW, {"figures": self._below})
        if self._rests:
            yield Note(_RESTS, {"first": self._first_rest, "figures": self._rests})
        yield from self._without_figures()

    def _without_figures(self) -> Iterator[Note]:
        """Cells of figures that hold none: how many in which column, and which signs stand in them."""
        columns: Counter[str] = Counter()
        signs: Counter[str] = Counter()
        for (column, sign), cells in self._no_figure.items():
            columns[column] += cells
            signs[sign] += cells
        if columns:
            yield Note(_NO_FIGURE, {"columns": _listed([f"{name} {cells}" for name, cells in columns.items()])})
        del signs[""]
        if signs:
            yield Note(_SIGNS, {"signs": ", ".join(f"{sign} {cells}" for sign, cells in signs.items())})

    def take_all(self, at: dt.datetime, watch: Callable[[], None] | None = None) -> Settled:
        """Stages every figure, sorts out repetitions, and settles with the figures held; `watch` is called after each
        chunk that was staged.
        """
        self._staging.open()
        readings = self._plan.readings()
        while chunk := list(islice(readings, CHUNK)):
            self._take(chunk)
            if watch:
                watch()
        names = list(self._columns)
        settled = self._staging.settle(
            list(self._series.values()), self._number, at, lambda again: self._leave(_repetition(again, names))
        )
        self._write_omissions()
        self._staging.close()
        if self.series:
            given = [{"import_number": self._number, "series_id": one} for one in self.series]
            self._session.execute(insert(ImportSeries), given)
        totals.after_import(self._session, self._number, self.series, fresh=settled.fresh)
        if self._plan.edition:
            newest = update(Series).where(Series.id.in_(self._series.values())).values(edition=self._plan.edition[:120])
            self._session.execute(newest)
        return settled

    def _take(self, chunk: Sequence[Reading | LeftOut]) -> None:
        """Stages a chunk. Most figures are plain numbers at places met before: those are staged here and now."""
        self._chunk, self._met = chunk, False
        rows: list[StagedRow] = []
        series_of, area_of, cut_of = self._series.get, self._areas.get, self._cuts.get
        year_of, column_of, shares = self._years.get, self._columns.get, self._shares
        for item in chunk:
            if isinstance(item, LeftOut):
                self._leave(item)
                continue
            row, column, series, place, period, cut, nature, status, text = item
            if (
                (series_id := series_of(series))
                and (area_id := area_of(place))
                and (cut_id := cut_of(cut))
                and (when := year_of(period))
                and (base := column_of(column)) is not None
                and _plain_number(text)
            ):
                at = row * COLUMNS_A_ROW + base
                plain, year = when
                value = float(text)
                if not 0 <= value <= 100 and cut_id in shares:
                    self._outside(value)
                if len(text) > _SHORTEST_REST and _rest_of_arithmetic(text):
                    self._rest(text)
                rows.append((at, series_id, area_id, cut_id, year, plain, text, value, "", nature, status))
            elif isinstance(staged := self._staged(item), LeftOut):
                self._leave(staged)
            else:
                rows.append(staged)
        self._count_rows(chunk)
        self._staging.pour(rows)
        self._write_omissions()

    def _outside(self, share: float) -> None:
        self._above, self._below = self._above + (share > 100), self._below + (share < 0)

    def _rest(self, text: str) -> None:
        self._rests, self._first_rest = self._rests + 1, self._first_rest or text

    def _count_rows(self, chunk: Sequence[Reading | LeftOut]) -> None:
        rows = {item.row for item in chunk}
        self.rows_read += len(rows) - (self._last_row in rows)
        self._last_row = chunk[-1].row

    def _staged(self, item: Reading) -> StagedRow | LeftOut:
        row, column, series, place, period, cut, nature, status, text = item
        area_id, series_id, cut_id = self._areas.get(place), self._series.get(series), self._cuts.get(cut)
        if area_id is None or series_id is None or cut_id is None:
            return self._unplaced(item)
        when = self._years[period] if period in self._years else self._year(period)
        if when is None:
            sentence = f"{period[:LONGEST_PERIOD]!r} is not a year."
            return LeftOut(row, column, "bad_period", sentence, f"{period}: {text}")
        read = figure_of(text)
        if isinstance(read, str):
            return LeftOut(row, column, read, f"{REASONS[read].capitalize()}.", text)
        text, value, bound = read
        self._bounds += bool(bound)
        if cut_id in self._shares:
            self._outside(value)
        if _rest_of_arithmetic(text):
            self._rest(text)
        index = self._columns.get(column)
        if index is None:
            index = self._new_column(column)
        at = row * COLUMNS_A_ROW + index
        return at, series_id, area_id, cut_id, when[1], when[0], text, value, bound, nature, status

    def _unplaced(self, item: Reading) -> StagedRow | LeftOut:
        """Meets everything new in this chunk at once, then reads the figure again or says why it cannot be placed."""
        if not self._met:
            self._meet()
            return self._staged(item)
        where: tuple[Place | str | CutFact, ...] = (item.place, item.series, item.cut)
        sentence = next(self._unknown[key] for key in where if key in self._unknown)
        reason = "too_long" if sentence == _TOO_LONG else "unknown_area"
        content = f"{item.place.name or item.place.code}, {item.period}: {item.text}"
        return LeftOut(item.row, item.column, reason, sentence, content)

    def _meet(self) -> None:
        """Finds or adds every series, area and cut of the chunk, in a constant number of queries."""
        self._met = True
        readings = [item for item in self._chunk if isinstance(item, Reading)]
        if max(len(self._areas), len(self._cuts), len(self._unknown)) > KNOWN_LIMIT:
            for known in (self._areas, self._cuts, self._unknown):
                known.clear()
        self._find_series(self._fresh((item.series for item in readings), self._series))
        self._find_areas(self._fresh((item.place for item in readings), self._areas))
        self._find_cuts(self._fresh((item.cut for item in readings), self._cuts))

    def _new_column(self, column: str) -> int:
        index = self._columns[column] = len(self._columns)
        if index == COLUMNS_A_ROW:
            raise Invalid(f"The table has more than {COLUMNS_A_ROW} columns of figures. Split it and send the parts.")
        return index

    def _year(self, period: str) -> tuple[str, int] | None:
        plain = period.strip()
        read = parse_year(plain)
        found = None if read.last is None or len(plain) > LONGEST_PERIOD else (plain, read.last)
        if len(self._years) < KNOWN_LIMIT:
            self._years[period] = found
        return found

    def _find_series(self, codes: Sequence[str]) -> None:
        source, plan = self._plan.source, self._plan
        wanted = self._short({code: (code,) for code in codes})
        tied = []
        for code, number, edition, indicator in self._known_series(wanted):
            self._series[code] = number
            if code in plan.ties and (plan.ties[code] or None) != indicator:
                tied.append({"id": number, "indicator": plan.ties[code] or None})
            if is_older(plan.edition, edition):
                sentence = (
                    f"The figures of {code} are held in the edition {edition}; this file is older, {plan.edition}."
                )
                raise Invalid(sentence, [Problem("edition", sentence)])
        if tied:
            self._session.execute(update(Series), tied)
        about = source_fact(source)
        rows = []
        for code in wanted:
            if code not in self._series:
                fact = series_fact(
                    *(source, code, plan.titles.get(code, ""), plan.sdg.get(code, "")),
                    told=plan.ties.get(code),
                    by_code=plan.by_code,
                )
                terms = {"licence": about.licence, "credit": about.credit or about.title, "edition": plan.edition[:120]}
                told = {"source": source, "code": code, "title": fact.title, "sdg": fact.sdg}
                rows.append({**told, "indicator": fact.indicator, "note": fact.note, **terms})
        if rows:
            self._session.execute(insert(Series), rows)
            self._series |= {
                code: number for code, number, *_ in self._known_series([str(row["code"]) for row in rows])
            }

    def _known_series(self, codes: Iterable[str]) -> Sequence[tuple[str, int, str, str | None]]:
        query = select(Series.code, Series.id, Series.edition, Series.indicator)
        found = self._session.execute(query.where(Series.source == self._plan.source, Series.code.in_(codes)))
        return [(code, number, edition, indicator) for code, number, edition, indicator in found]

    def _find_areas(self, places: Sequence[Place]) -> None:
        facts: dict[Place, AreaFact] = {}
        for place in self._short({place: (place.code, place.name, place.within) for place in places}):
            try:
                fact = self._gazetteer.find(place)
            except UnknownArea as error:
                self._unknown[place] = str(error)
                continue
            if len(fact.key) > LONGEST_KEY:
                self._unknown[place] = _TOO_LONG
            else:
                facts[place] = fact
        by_key = {fact.key: fact for fact in facts.values()}
        for place, fact in facts.items():
            self._meet_area(place, fact)
        held = self._known_areas(by_key)
        lacking = [_area_row(fact) for key, fact in by_key.items() if key not in held]
        if lacking:
            self._session.execute(insert(Area), lacking)
            held |= self._known_areas([str(row["key"]) for row in lacking])
        named = [
            {"id": held[key][0], "name": fact.name, "names": dict(fact.names), "note": fact.note}
            for key, fact in by_key.items()
            if held[key][1] == NAME_NOT_GIVEN != fact.note
        ]
        if named:
            self._session.execute(update(Area), named)
        self._areas |= {place: held[fact.key][0] for place, fact in facts.items()}

    def _meet_area(self, place: Place, fact: AreaFact) -> None:
        self._kinds[fact.key] = fact.kind
        if fact.note == NAME_NOT_GIVEN:
            self._nameless.add(fact.key)
        if place.scheme == "name" or (place.scheme == "any" and _is_name(place.code, fact)):
            self._by_name.add(fact.key)
        if place.scheme == "local" and fact.kind != COUNTRY:
            self._of_the_country.add(fact.key)
        if fact.note not in ("", NAME_NOT_GIVEN) and fact.key in self._gazetteer.keys():  # noqa: SIM118
            self._notes_of_areas.setdefault(fact.note, {})[fact.name] = None
        if place.scheme == "m49" and 0 < len(place.code.strip()) < 3:
            self._short_codes.add(fact.key)
        if any(word != word.strip() or "\u00a0" in word for word in (place.code, place.name)):
            self._blanks.add(fact.key)

    def _known_areas(self, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
        found = self._session.execute(select(Area.key, Area.id, Area.note).where(Area.key.in_(keys)))
        return {key: (number, note) for key, number, note in found}

    def _find_cuts(self, cuts: Sequence[CutFact]) -> None:
        wanted = self._short({cut: (cut.unit, cut.dimensions) for cut in cuts})
        self._cuts |= self._known_cuts(wanted)
        rows = [
            {"dimensions": cut.dimensions, "unit": cut.unit, "headline": is_headline(cut.dimensions)}
            for cut in wanted
            if cut not in self._cuts
        ]
        if rows:
            self._session.execute(insert(Cut), rows)
            self._cuts |= self._known_cuts(wanted)
        self._shares |= {self._cuts[cut] for cut in wanted if read_unit(cut.unit) == SHARE}

    def _known_cuts(self, cuts: Iterable[CutFact]) -> dict[CutFact, int]:
        pairs = tuple_(Cut.dimensions, Cut.unit).in_([tuple(cut) for cut in cuts])
        found = self._session.execute(select(Cut.dimensions, Cut.unit, Cut.id).where(pairs))
        return {CutFact(dimensions, unit): number for dimensions, unit, number in found}

    def _short(self, texts: dict[T, tuple[str, ...]]) -> list[T]:
        """Those whose texts fit; the others are remembered with their reason."""
        for key, parts in texts.items():
            if any(len(part) > LONGEST_CODE for part in parts):
                self._unknown[key] = _TOO_LONG
        return [key for key in texts if key not in self._unknown]

    def _fresh(self, found: Iterable[T], known: dict[T, int]) -> list[T]:
        return [key for key in dict.fromkeys(found) if key not in known and key not in self._unknown]

    def _leave(self, left: LeftOut) -> None:
        self.left_out += left.figures
        self._no_figure.update(left.missing)
        self._omissions.append(left)
        if len(self._omissions) >= CHUNK:
            self._write_omissions()

    def _write_omissions(self) -> None:
        sheet = f"sheet {self._plan.sheet}, " if self._plan.sheet else ""
        rows = [
            {
                "import_number": self._number,
                "place": f"{sheet}row {left.row}{f', column {left.column}' if left.column else ''}"[:300],
                "reason": left.reason,
                "sentence": left.sentence[:500],
                "content": left.content[:500],
                "figures": left.figures,
            }
            for left in self._omissions
        ]
        if rows:
            self._session.execute(insert(Omission), rows)
        self._omissions.clear()


def _is_name(wording: str, fact: AreaFact) -> bool:
    return simplified(wording) in {simplified(name) for name in fact.names.values()}


def _by_note(series: Iterable[Any]) -> dict[str, list[str]]:
    """The titles of series by the note that stands beside them, those without one left out."""
    found: dict[str, list[str]] = {}
    for row in series:
        if row.note:
            found.setdefault(row.note, []).append(row.title)
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


def _area_row(fact: AreaFact) -> dict[str, object]:
    told = {"key": fact.key, "kind": fact.kind, "entity": fact.entity, "name": fact.name}
    return {**told, "names": dict(fact.names), "note": fact.note}


def _repetition(again: Repetition, names: Sequence[str]) -> LeftOut:
    row, column = row_and_column(again.at)
    first_row, _ = row_and_column(again.first)
    reason = "same_twice" if again.same else "contradicts"
    sentence = f"{REASONS[reason].capitalize()}: row {first_row} has {again.first_text}, this row has {again.text}."
    return LeftOut(row, names[column], reason, sentence, again.text)
