"""What the columns of a table are: proposed from headings and cells, judged, and kept as a document for the next file.

A person confirms each; nothing of a file is taken by a proposal alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from forms.figures import parse_figure, parse_year
from forms.words import N_
from portal.rules.datasets import MISSING
from portal.rules.refusals import Problem

AREA, NAME, PERIOD, FIGURE, UNIT, SERIES, TITLE, DIMENSION, NATURE, STATUS, LEAVE = (
    *("area", "name", "period", "figure", "unit", "series", "title", "dimension", "nature", "status", "leave"),
)
ROLES: Mapping[str, str] = {
    AREA: N_("area, as a code or a name"),
    NAME: N_("name of the area, beside its code"),
    PERIOD: N_("year"),
    FIGURE: N_("figure"),
    UNIT: N_("unit"),
    SERIES: N_("code of the series or indicator"),
    TITLE: N_("title of the series"),
    DIMENSION: N_("dimension: what the figure covers"),
    NATURE: N_("nature of the figure"),
    STATUS: N_("status of the figure"),
    LEAVE: N_("stays in the kept file only"),
}
ONCE = (AREA, NAME, PERIOD, UNIT, SERIES, TITLE, NATURE, STATUS)
SAMPLE = 200
MOST_COLUMNS = 300
_MOST = 0.8
_YEAR_HEADING = re.compile(r"(?:FY)?(?:19|20|21)\d{2}(?:[/-](?:\d{4}|\d{2}))?", re.IGNORECASE)
_HEADINGS: Mapping[str, frozenset[str]] = {
    UNIT: frozenset(
        [
            "unit",
            "units",
            "unité",
            "unités",
            "unidad",
            "unidades",
            "единица",
            "единицы",
            "单位",
            "الوحدة",
            "unit_measure",
        ]
    ),
    SERIES: frozenset(
        [
            "indicator",
            "series",
            "seriescode",
            "variable",
            "code_indicateur",
            "indicateur",
            "indicador",
            "показатель",
            "指标",
        ]
    ),
    TITLE: frozenset(("title", "titre", "título", "название", "seriesdescription", "indicator name", "indicator_name")),
    PERIOD: frozenset(
        ["year", "time", "period", "timeperiod", "année", "annee", "año", "год", "年", "年份", "السنة", "jahr", "date"]
    ),
    NATURE: frozenset(("nature",)),
    STATUS: frozenset(("status", "observation status", "obs_status", "observation_status")),
}


@dataclass(frozen=True)
class ColumnPlan:
    """What each column is, by position, and what the table does not tell: one unit, one year, the series.

    `header` holds the headings, `row` is the number of their row, `sheet` the sheet of a workbook.
    """

    header: tuple[str, ...]
    roles: tuple[str, ...]
    row: int = 1
    sheet: str = ""
    unit: str = ""
    period: str = ""
    series: str = ""

    def document(self) -> dict[str, Any]:
        """As it is kept and as the API has it."""
        return {**asdict(self), "header": list(self.header), "roles": list(self.roles)}

    def at(self, role: str) -> tuple[int, ...]:
        """The columns of this role."""
        return tuple(index for index, one in enumerate(self.roles) if one == role)

    @property
    def spread(self) -> bool:
        """Whether the years stand in the headings of the figures."""
        figures = self.at(FIGURE)
        return (
            bool(figures)
            and not self.at(PERIOD)
            and not self.period
            and all(is_year(self.header[index]) for index in figures)
        )


def _plain(heading: str) -> str:
    return " ".join(heading.casefold().split())


def is_year(heading: str) -> bool:
    """Whether a heading is a year."""
    return bool(_YEAR_HEADING.fullmatch(heading.strip()))


def tells_years(header: Sequence[str]) -> bool:
    """Whether a heading is a year, or names the column of years."""
    return any(is_year(heading) or _by_heading(heading) == PERIOD for heading in header)


def fingerprint(header: Sequence[str]) -> str:
    """The same for every file of a kind: SHA-256 of the headings, runs of years taken as one."""
    seen: list[str] = []
    for heading in header:
        word = "<year>" if is_year(heading) else _plain(heading)
        if word != "<year>" or seen[-1:] != ["<year>"]:
            seen.append(word)
    return hashlib.sha256("\x1f".join(seen).encode()).hexdigest()


def read_mapping(document: Mapping[str, Any]) -> ColumnPlan:
    """A mapping of its document; ValueError with a sentence where the document is not one."""
    known = {field.name for field in fields(ColumnPlan)}
    if unknown := sorted(set(document) - known):
        raise ValueError(f"A mapping has no field {unknown[0]!r}.")
    header, roles = document.get("header"), document.get("roles")
    for name, given in (("header", header), ("roles", roles)):
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise ValueError(f"The field {name!r} of a mapping is a list of texts.")
    rest = {name: document[name] for name in ("sheet", "unit", "period", "series") if name in document}
    row = document.get("row", 1)
    if not all(isinstance(one, str) for one in rest.values()) or type(row) is not int or row < 1:
        raise ValueError("Sheet, unit, year and series of a mapping are texts, and its row is a number from 1.")
    assert isinstance(header, list)
    assert isinstance(roles, list)
    return ColumnPlan(tuple(header), tuple(roles), row, **rest)


def problems(mapping: ColumnPlan) -> list[Problem]:
    """What hinders this mapping, each with the column or field and what to do."""
    if len(mapping.roles) != len(mapping.header):
        return [Problem("roles", N_("The mapping does not name each column once."))]
    return [*_of_columns(mapping), *_of_the_table(mapping)]


def _of_columns(mapping: ColumnPlan) -> list[Problem]:
    strange, twice = (
        N_("Please choose what this column is."),
        N_("Two columns are named for one thing; please keep one."),
    )
    found = [Problem(f"role-{at}", strange) for at, role in enumerate(mapping.roles) if role not in ROLES]
    found += [Problem(f"role-{mapping.at(role)[1]}", twice) for role in ONCE if len(mapping.at(role)) > 1]
    if not mapping.at(AREA):
        found.append(Problem("role-0", N_("Please name the column that tells the area.")))
    if not mapping.at(FIGURE):
        found.append(Problem("role-0", N_("Please name at least one column of figures.")))
    return found


def _of_the_table(mapping: ColumnPlan) -> list[Problem]:
    found = []
    if not mapping.at(PERIOD) and not mapping.period and not mapping.spread:
        sentence = N_("Please name the column of the year, or give the one year of all figures.")
        found.append(Problem("period", sentence))
    if mapping.period and parse_year(mapping.period).first is None:
        found.append(Problem("period", N_("This is not a year: write 2020, 2020/21 or 2015-2019.")))
    one_series = mapping.spread or len(mapping.at(FIGURE)) == 1
    if one_series and not mapping.at(SERIES) and not mapping.series:
        found.append(Problem("series", N_("Please say what the figures are: the code or name of the indicator.")))
    return found


def adopted(saved: ColumnPlan, header: Sequence[str]) -> ColumnPlan:
    """A saved mapping for the headings of another file of its kind, which may have other years."""
    said = {_plain(heading): role for heading, role in zip(saved.header, saved.roles, strict=True)}
    of_years = next((said[_plain(one)] for one in saved.header if is_year(one)), LEAVE)
    roles = (said.get(_plain(one), of_years if is_year(one) else LEAVE) for one in header)
    return replace(saved, header=tuple(header), roles=tuple(roles))


def propose(header: Sequence[str], rows: Sequence[Sequence[str]], knows: Callable[[str], bool]) -> ColumnPlan:
    """What the columns most likely are, by their headings and a sample of their cells; `knows` tells whether a code or
    name is an area. What is not sure is left for the person.
    """
    columns = [[row[at].strip() for row in rows if at < len(row)] for at in range(len(header))]
    told = [[cell for cell in cells if cell not in MISSING] for cells in columns]
    roles = [_by_heading(heading) for heading in header]
    years = [at for at, heading in enumerate(header) if is_year(heading)]
    if PERIOD not in roles and not years:
        best = next(
            (at for at, cells in enumerate(told) if roles[at] is None and _share(cells, _is_year) >= _MOST), None
        )
        if best is not None:
            roles[best] = PERIOD
    free = [at for at in range(len(header)) if roles[at] is None and at not in years]
    known = {at: _share(told[at], knows) for at in free if _share(told[at], _is_figure) < _MOST or _is_code(header[at])}
    areas = sorted((at for at, share in known.items() if share >= 0.5), key=lambda at: (-known[at], at))
    if areas:
        roles[areas[0]] = AREA
    if len(areas) > 1:
        first, second = sorted(areas[:2], key=lambda at: max((len(cell) for cell in told[at]), default=0))
        roles[first], roles[second] = AREA, NAME
    for at in range(len(header)):
        if roles[at] is None:
            roles[at] = _of_cells(header[at], told[at], spread=bool(years), is_year=at in years)
    for role in ONCE:
        for again in [at for at, one in enumerate(roles) if one == role][1:]:
            roles[again] = LEAVE
    return ColumnPlan(tuple(header), tuple(role or LEAVE for role in roles))


def _by_heading(heading: str) -> str | None:
    plain = _plain(heading)
    return next((role for role, words in _HEADINGS.items() if plain in words), None)


def _is_code(heading: str) -> bool:
    return bool(re.search(r"code|m49|iso|geo_?area|ref_?area", heading.casefold()))


def _of_cells(heading: str, cells: Sequence[str], *, spread: bool, is_year: bool) -> str:
    if is_year:
        return FIGURE
    if not heading or not cells:
        return LEAVE
    if _share(cells, _is_figure) >= _MOST:
        return LEAVE if spread else FIGURE
    return DIMENSION if len(set(cells)) <= max(12, len(cells) // 4) else LEAVE


def _share(cells: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, cells)) / len(cells) if cells else 0.0


def _is_year(cell: str) -> bool:
    return is_year(cell) and parse_year(cell).first is not None


def _is_figure(cell: str) -> bool:
    return parse_figure(cell).number is not None
