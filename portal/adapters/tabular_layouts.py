"""The known layouts of tabular files: each is recognised by its header, and everything else is refused with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from forms.words import N_
from portal.adapters.tabular import Book, Cells, Row, Sheet
from portal.adapters.tabular_readers import Columns, Value, YearColumns, read_long, read_wide
from portal.rules.areas import Place
from portal.rules.datasets import LeftOut, Note, Reading
from portal.rules.no_figures import NoFigures, listed, noted
from portal.rules.refusals import Invalid, Problem

_BLANKS = re.compile(r"\s+")
_NATIONAL_NAME = re.compile(r"indicator_([0-9]+-[0-9a-z]+-[0-9a-z]+(?:-[0-9a-z]+)*)", re.IGNORECASE)
_SDG_CODE = re.compile(r"[0-9]+-[0-9a-z]+-[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """What the person who imports says about the file, where the file does not say it; of series, by their codes, to
    which indicator each is tied, "" for none.
    """

    source: str = ""
    edition: str = ""
    entity: str = ""
    indicators: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """How a file is read: its layout, its source and edition as far as told, what each column is, and the reader.

    `national` says that the figures are of one country, `country` which, where the file tells; `titles` and `sdg` are
    by series code and fill while the file is read. `rows` gives the rows below the header at `header_row`, anew each
    time. `by_code` says that a code of an indicator as the code of a series means this indicator; `ties` is what a
    person said of series, as codes of indicators. The headings take `heading_rows` rows, up to `header_row`.
    """

    layout: str
    source: str
    columns: Mapping[str, str]
    readings: Callable[[], Iterator[Reading | LeftOut]]
    edition: str = ""
    national: bool = False
    country: Place | None = None
    sheet: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    sdg: dict[str, str] = field(default_factory=dict)
    not_taken: list[str] = field(default_factory=list)
    header: Cells = field(default_factory=list)
    header_row: int = 1
    rows: Callable[[], Iterator[Row]] = lambda: iter(())
    by_code: bool = False
    ties: Mapping[str, str] = field(default_factory=dict)
    heading_rows: int = 1


_PREAMBLE = N_("Rows above the headings, skipped: %(rows)s.")
_HEADINGS = N_("Rows that the headings take: %(rows)s.")
_LAST = N_("The last column has no heading; it is left aside.")
_BARE = N_("Columns without a heading, left aside: %(columns)s.")
_TWICE = N_("Columns with the heading “%(name)s”: %(times)s; they are told apart by their place.")
_BLANK = N_("Headings with blanks at their ends, doubled or no-break blanks, read without them: %(headings)s.")
_TEXT = N_("Rows in which the year stands as text, read as a year: %(rows)s.")
_KEPT = N_("Columns that stay in the kept file only: %(columns)s.")


class UnknownLayout(Invalid):
    """No sheet of the file has a known layout: what its columns are is for a person to say."""


def plan_for(book: Book, told: Told) -> Plan:
    """The plan of the one sheet that has a known layout; raises UnknownLayout with the first row and the layouts known,
    and NoFigures for what is no table of figures at all.
    """
    plans, refused = [], []
    for sheet in book.sheets:
        head = [(number, [heading(cell) for cell in cells]) for number, cells in sheet.head()]
        head = [(number, cells) for number, cells in head if any(cells)]
        if not head:
            continue
        metadata = next((words for fits, words in _METADATA if fits(head[0][1], book.name)), None)
        if metadata:
            raise _described(book, sheet, head[0], metadata)
        plan = next((plan for claim in LAYOUTS.values() if (plan := claim(sheet, head, book.name, told))), None)
        if plan is None:
            refused.append((sheet.name, head[0]))
        else:
            plans.append(plan)
    if len(plans) > 1:
        named = ", ".join(plan.sheet for plan in plans)
        raise Invalid(f"The workbook holds more than one table of figures: {named}. Send each as a file of its own.")
    if not plans:
        raise _unknown(refused)
    return plans[0]


def _described(book: Book, sheet: Sheet, header: Row, words: str) -> NoFigures:
    """The refusal of a list that describes figures and holds none, with what stands in it."""
    number, cells = header
    found = listed(cells, after_header(sheet, number), codes=words == _CODES)
    sentence = f"This is {words}, not a table of figures; nothing is taken from it."
    return NoFigures(sentence, [*noted(book.notes, number - 1), *found])


def _unknown(refused: Sequence[tuple[str, Row]]) -> Invalid:
    if not refused:
        return Invalid("The file is empty.")
    known = "; ".join(LAYOUTS)
    problems = [
        Problem(f"{f'sheet {name}, ' if name else ''}row {number}", f"The row reads: {', '.join(cells)[:300]}")
        for name, (number, cells) in refused
    ]
    return UnknownLayout(
        f"The file has no known layout; it begins: {', '.join(refused[0][1][1])[:300]}. Known layouts: {known}.",
        problems,
    )


def met(book: Book, plan: Plan) -> Iterator[Note]:
    """What stands in the file around its figures and was coped with, counted."""
    yield from book.notes
    sheet = next(one for one in book.sheets if one.name == plan.sheet)
    if above := plan.header_row - plan.heading_rows:
        yield Note(_PREAMBLE, {"rows": above})
    if plan.heading_rows > 1:
        yield Note(_HEADINGS, {"rows": plan.heading_rows})
    if bare := plan.header.count("") + sheet.bare(plan.header_row):
        yield Note(_LAST if bare == 1 and not plan.header[-1] else _BARE, {"columns": bare})
    for name, times in Counter(name for name in plan.header if name).items():
        if times > 1:
            yield Note(_TWICE, {"name": name, "times": times})
    raw = next((cells for number, cells in sheet.head(plan.header_row) if number == plan.header_row), [])
    if blanks := sum(1 for cell in raw if cell != heading(cell)):
        yield Note(_BLANK, {"headings": blanks})
    period = next((at for at, name in enumerate(plan.header) if plan.columns.get(name) == "period"), None)
    if period is not None and (texts := sheet.texts(period, plan.header_row)):
        yield Note(_TEXT, {"rows": texts})
    if plan.not_taken:
        yield Note(_KEPT, {"columns": ", ".join(plan.not_taken)})


def heading(cell: str) -> str:
    """A heading without repeated, leading and trailing blanks."""
    return _BLANKS.sub(" ", cell.replace("\u00a0", " ")).strip()


def _ddf(sheet: Sheet, head: list[Row], _name: str, told: Told) -> Plan | None:
    number, header = head[0]
    if header[-2:-1] != ["year"] or not {"geo_area", "units", "nature"} <= set(header):
        return None
    series = header[-1]
    at = {name: index for index, name in enumerate(header)}
    apart = {"geo_area", "cities", "units", "nature", "observation_status", "year", series}
    columns = Columns(
        width=len(header),
        period=at["year"],
        places=(at["geo_area"], at["cities"]) if "cities" in at else (at["geo_area"],),
        place=_geo_city if "cities" in at else _geo,
        values=(Value(at[series], series),),
        unit=at["units"],
        dimensions=tuple((name, index) for name, index in at.items() if name not in apart),
        nature=at["nature"],
        status=at.get("observation_status"),
    )
    return _plan("UN SDG series, one file a series", "un_sdg", sheet, header, columns, number, told)


def _geo(raw: tuple[str, ...]) -> Place:
    return Place("m49", raw[0])


def _geo_city(raw: tuple[str, ...]) -> Place:
    return Place("city", raw[1], within=f"m49:{raw[0]}")


def _world_bank(sheet: Sheet, head: list[Row], _name: str, told: Told) -> Plan | None:
    found = next(
        (row for row in head if row[1][:4] == ["Country Name", "Country Code", "Indicator Name", "Indicator Code"]),
        None,
    )
    if found is None:
        return None
    number, header = found
    preamble = {cells[0]: cells[1] for _, cells in head if len(cells) > 1}
    years = tuple((index, name) for index, name in enumerate(header) if re.fullmatch(r"\d{4}", name))
    columns = YearColumns(width=len(header), name=0, code=1, title=2, series=3, years=years)
    plan = Plan(
        layout="World Bank, years in columns",
        source=told.source or "world_bank",
        columns={
            "Country Code": "area",
            "Country Name": "area name",
            "Indicator Code": "series",
            **{y: "figure" for _, y in years},
        },
        readings=lambda: read_wide(columns, after_header(sheet, number), plan.titles),
        edition=told.edition or preamble.get("Last Updated Date", ""),
        header=header,
        header_row=number,
        rows=lambda: after_header(sheet, number),
    )
    return plan


def _un_habitat(sheet: Sheet, head: list[Row], _name: str, told: Told) -> Plan | None:
    number, header = head[0]
    if header[:3] != ["SDG Goal", "SDG Target", "SDG Indicator"] or "Data Units" not in header:
        return None
    areas = [
        i
        for i, name in enumerate(header)
        if name.casefold() in ("country or territory code", "country or territory name")
    ]
    at = {name: index for index, name in enumerate(header)}
    known = {"SDG Goal", "SDG Target", "SDG Indicator", "SDG Region", "SDG Sub-Region", "City Code", "City Name"}
    known |= {"Data Units", "Data Reference Year", "Data Source", "Footnote", "FootNote"}
    values = tuple(Value(i, name) for i, name in enumerate(header) if name and name not in known and i not in areas)
    if len(areas) != 2 or not values or "Data Reference Year" not in at:
        return None
    cities = "City Code" in at
    columns = Columns(
        width=len(header),
        period=at["Data Reference Year"],
        places=(areas[0], at["City Code"], at["City Name"]) if cities else (*areas, at["SDG Region"]),
        place=_habitat_city if cities else _habitat_area,
        values=values,
        unit=at["Data Units"],
        sdg=2,
    )
    plan = _plan("UN-Habitat, one indicator a sheet", "un_habitat", sheet, header, columns, number, told)
    plan.titles.update({value.series: value.series for value in values})
    return plan


def _habitat_city(raw: tuple[str, ...]) -> Place:
    return Place("city", raw[1], heading(raw[2]), f"m49:{raw[0]}")


def _habitat_area(raw: tuple[str, ...]) -> Place:
    return Place("m49", raw[0], heading(raw[1]) or heading(raw[2]))


def _city_prosperity(sheet: Sheet, head: list[Row], _name: str, told: Told) -> Plan | None:
    found = next(
        (i for i, row in enumerate(head) if row[1][:4] == ["COUNTRY", "METROPOLITAN AREA", "CITY", "YEAR"]), None
    )
    if found is None or len(head) < found + 4:
        return None
    names, units = head[found + 2][1], head[found + 3]
    values = tuple(Value(i, name, units[1][i]) for i, name in enumerate(names) if name)
    columns = Columns(width=len(names), period=3, places=(0, 1, 2), place=_prosperity_city, values=values)
    header = [*head[found][1][:4], "", *names[5:]]
    plan = _plan("UN-Habitat City Prosperity Index", "un_habitat", sheet, header, columns, units[0], told)
    plan.edition, plan.heading_rows = told.edition or head[1][1][0], 4
    return plan


def _prosperity_city(raw: tuple[str, ...]) -> Place:
    metropolis = "" if raw[1].strip() == "--" else raw[1]
    return Place("city_name", raw[2], metropolis, f"name:{raw[0]}")


def _sdg_export(sheet: Sheet, head: list[Row], _name: str, told: Told) -> Plan | None:
    number, header = head[0]
    at = {name: index for index, name in enumerate(header)}
    if not {
        "Indicator",
        "SeriesCode",
        "SeriesDescription",
        "GeoAreaCode",
        "GeoAreaName",
        "TimePeriod",
        "Value",
        "Units",
    } <= set(at):
        return None
    fixed = {
        "Goal",
        "Target",
        "Indicator",
        "SeriesCode",
        "SeriesDescription",
        "GeoAreaCode",
        "GeoAreaName",
        "Cities",
        "TimePeriod",
    }
    fixed |= {
        "Value",
        "Units",
        "Time_Detail",
        "TimeCoverage",
        "UpperBound",
        "LowerBound",
        "BasePeriod",
        "Source",
        "GeoInfoUrl",
    }
    fixed |= {"FootNote", "Nature", "Reporting Type", "Observation Status"}
    columns = Columns(
        width=len(header),
        period=at["TimePeriod"],
        places=(at["GeoAreaCode"], at["Cities"]) if "Cities" in at else (at["GeoAreaCode"],),
        place=_export_city if "Cities" in at else _geo,
        values=(Value(at["Value"], ""),),
        unit=at["Units"],
        dimensions=tuple((name, index) for name, index in at.items() if name and name not in fixed),
        nature=at.get("Nature"),
        status=at.get("Observation Status"),
        series=at["SeriesCode"],
        title=at["SeriesDescription"],
        sdg=at["Indicator"],
    )
    first = head[1][1] if len(head) > 1 else []
    of_habitat = "Source" in at and bool(first) and first[at["Source"]].startswith("UN-Habitat")
    return _plan(
        "UN SDG database export", "un_habitat" if of_habitat else "un_sdg", sheet, header, columns, number, told
    )


def _export_city(raw: tuple[str, ...]) -> Place:
    return Place("city_name", raw[1], within=f"m49:{raw[0]}") if raw[1].strip() else Place("m49", raw[0])


def _national(sheet: Sheet, head: list[Row], name: str, told: Told) -> Plan | None:
    number, header = head[0]
    if header[0] != "Year" or header[-1] != "Value":
        return None
    at = {column: index for index, column in enumerate(header)}
    found = _NATIONAL_NAME.search(name)
    code = found[1] if found else re.sub(r"\.[A-Za-z]+$", "", name)
    country = Place("iso3", told.entity) if told.entity else _country_of(sheet, number, at.get("REF_AREA"))
    within = f"{country.scheme}:{country.code}" if country else ""
    series = at.get("SERIES")
    columns = Columns(
        width=len(header),
        period=0,
        places=(at["REF_AREA"],) if "REF_AREA" in at else (),
        place=lambda raw: (
            Place("local", raw[0], within=within) if raw and raw[0].strip() else country or Place("iso3", "")
        ),
        values=(Value(at["Value"], code),),
        unit=at.get("UNIT_MEASURE"),
        dimensions=tuple(
            (n, i) for n, i in at.items() if n not in ("Year", "UNIT_MEASURE", "REF_AREA", "SERIES", "Value")
        ),
        series=series,
    )
    plan = _plan("national SDG series", told.source, sheet, header, columns, number, told)
    plan.national, plan.country, plan.by_code = True, country, True
    dotted = code.replace("-", ".")
    plan.titles[code] = f"{dotted}, national series"
    if _SDG_CODE.fullmatch(code):
        plan.sdg[code] = dotted
    return plan


def _country_of(sheet: Sheet, header: int, column: int | None) -> Place | None:
    """The country that the first area code of the file begins with, as ISO 3166-1 alpha-2."""
    if column is None:
        return None
    codes = (cells[column].strip() for _, cells in after_header(sheet, header) if len(cells) > column)
    first = next((code for code in codes if code), "")
    return Place("iso2", first[:2]) if first else None


def _entity_year(sheet: Sheet, head: list[Row], _name: str, told: Told) -> Plan | None:
    number, header = head[0]
    start = 3 if header[1:2] == ["Code"] else 2
    if header[0] != "Entity" or header[start - 1] != "Year" or len(header) <= start:
        return None
    values = tuple(Value(i, name) for i, name in enumerate(header) if i >= start and name)
    columns = Columns(
        width=len(header), period=start - 1, places=(0,), place=lambda raw: Place("name", raw[0]), values=values
    )
    return _plan("entity, year, figures", "owid", sheet, header, columns, number, told)


def _plan(layout: str, source: str, sheet: Sheet, header: Cells, columns: Columns, number: int, told: Told) -> Plan:
    roles = columns.roles(header)
    plan = Plan(
        layout=layout,
        source=told.source or source,
        columns=roles,
        readings=lambda: read_long(columns, header, after_header(sheet, number), plan.titles, plan.sdg),
        edition=told.edition,
        sheet=sheet.name,
        not_taken=[name for name in header if name and name not in roles],
        header=header,
        header_row=number,
        rows=lambda: after_header(sheet, number),
    )
    return plan


def after_header(sheet: Sheet, header: int) -> Iterator[Row]:
    """The rows below the header."""
    rows = sheet.rows()
    for number, _ in rows:
        if number == header:
            break
    return rows


Claim = Callable[[Sheet, list[Row], str, Told], Plan | None]

LAYOUTS: Mapping[str, Claim] = {
    "UN SDG series (geo_area, nature, units, year, then the figure)": _ddf,
    "World Bank (Country Name, Country Code, Indicator Name, Indicator Code, years)": _world_bank,
    "UN-Habitat (SDG Goal, SDG Target, SDG Indicator, country, figures, Data Units, Data Reference Year)": _un_habitat,
    "City Prosperity Index (COUNTRY, METROPOLITAN AREA, CITY, YEAR, figures)": _city_prosperity,
    "UN SDG database export (SeriesCode, GeoAreaCode, TimePeriod, Value, Units)": _sdg_export,
    "national SDG series (Year, UNIT_MEASURE, REF_AREA, ..., Value)": _national,
    "entity and year (Entity, Year, figures)": _entity_year,
}

_CODES = "a list of codes of the UN SDG database"

_METADATA: Sequence[tuple[Callable[[Cells, str], bool], str]] = (
    (lambda cells, _: cells[:3] == ["Country Code", "Region", "IncomeGroup"], "the World Bank's list of countries"),
    (
        lambda cells, _: cells[:2] == ["INDICATOR_CODE", "INDICATOR_NAME"],
        "the World Bank's description of an indicator",
    ),
    (lambda cells, _: cells[:2] == ["concept", "concept_type"], "a list of concepts of the UN SDG database"),
    (lambda cells, _: cells[:4] == ["indicator", "series", "rows", "geo_areas"], "a profile of series"),
    (
        lambda cells, name: len(cells) == 2 and cells[1] == "name" and "entities" in name,
        _CODES,
    ),
)
