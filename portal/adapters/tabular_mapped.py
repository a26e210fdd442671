"""Files of no known layout: finds the table in them, and reads it by the columns that a person confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.adapters.tabular import Book, Cells, Row, Sheet
from portal.adapters.tabular_layouts import Plan, Told, after_header, heading
from portal.adapters.tabular_readers import Columns, Items, Value, read_long, read_spread
from portal.rules import mappings
from portal.rules.areas import Place
from portal.rules.mappings import ColumnPlan
from portal.rules.refusals import Invalid, Problem

LAYOUT = "columns as a person confirmed them"
_LOOKED_AT = 30
_OTHER = "The headings of this file are not those of the mapping. Look at the columns of this file again."


@dataclass(frozen=True)
class Table:
    """The table found in a file: its sheet, the number and headings of its header row, and a sample of its rows."""

    sheet: str
    row: int
    header: tuple[str, ...]
    sample: tuple[Cells, ...]


def find_table(book: Book) -> Table:
    """The first sheet that holds a table, its header being the first row nearly as full as the fullest one near it;
    raises Invalid where no sheet holds a header and a row.
    """
    for sheet in book.sheets:
        head = [(number, [heading(cell) for cell in cells]) for number, cells in sheet.head(_LOOKED_AT)]
        filled = [sum(map(bool, cells)) for _, cells in head]
        if not filled or max(filled) < 2:
            continue
        at = next(index for index, count in enumerate(filled) if count >= max(2, 0.6 * max(filled)))
        number, header = head[at]
        if len(header) > mappings.MOST_COLUMNS:
            raise Invalid(f"The table has more than {mappings.MOST_COLUMNS} columns. Send those that hold figures.")
        sample = [cells for _, cells in _first(after_header(sheet, number)) if any(cells)]
        if sample:
            return Table(sheet.name, number, tuple(header), tuple(sample))
    raise Invalid("No table is found in the file: it needs a row of headings and at least one row below it.")


def _first(rows: Iterator[Row]) -> Iterator[Row]:
    for _, row in zip(range(mappings.SAMPLE), rows, strict=False):
        yield row


def mapped_plan(book: Book, mapping: ColumnPlan, told: Told) -> Plan:
    """The plan of a file by this mapping; raises Invalid with what the mapping lacks, or where the headings differ."""
    wrong = mappings.problems(mapping)
    if not (told.source or told.entity):
        wrong.append(Problem("source", "Please name the source: who publishes these figures."))
    if wrong:
        raise Invalid(wrong[0].sentence, wrong)
    sheet = next((one for one in book.sheets if one.name == mapping.sheet), None)
    if sheet is None or _header_of(sheet, mapping.row) != list(mapping.header):
        raise Invalid(_OTHER, [Problem("mapping", _OTHER)])
    plan = Plan(
        layout=LAYOUT,
        source=told.source,
        columns=_roles(mapping),
        readings=lambda: _readings(sheet, mapping, plan),
        edition=told.edition,
        national=bool(told.entity) and not told.source,
        country=Place("iso3", told.entity) if told.entity else None,
        sheet=sheet.name,
        not_taken=[mapping.header[at] for at in mapping.at(mappings.LEAVE) if mapping.header[at]],
        header=list(mapping.header),
        header_row=mapping.row,
        rows=lambda: after_header(sheet, mapping.row),
        by_code=True,
    )
    for value in _values(mapping):
        if value.series:
            plan.titles[value.series] = value.series
    return plan


def rows_of(book: Book, mapping: ColumnPlan | None) -> tuple[tuple[str, ...], Iterator[Row]]:
    """The headings and rows of a table as they stand, where this mapping says it is, else of the one that is found;
    raises Invalid where there is none.
    """
    sheet = next((one for one in book.sheets if mapping and one.name == mapping.sheet), None)
    if mapping and sheet:
        return mapping.header, after_header(sheet, mapping.row)
    table = find_table(book)
    return table.header, after_header(next(one for one in book.sheets if one.name == table.sheet), table.row)


def _roles(mapping: ColumnPlan) -> dict[str, str]:
    return {
        name: role for name, role in zip(mapping.header, mapping.roles, strict=True) if name and role != mappings.LEAVE
    }


def _header_of(sheet: Sheet, row: int) -> Cells:
    return next(([heading(cell) for cell in cells] for number, cells in sheet.rows() if number == row), [])


def _values(mapping: ColumnPlan) -> tuple[Value, ...]:
    """The columns of figures: of one series, or where there are several, each a series by its heading."""
    at = mapping.at(mappings.FIGURE)
    if mapping.at(mappings.SERIES):
        return tuple(
            Value(one, "" if len(at) == 1 or mapping.spread else mapping.header[one], mapping.unit) for one in at
        )
    if mapping.spread or len(at) == 1:
        return tuple(Value(one, mapping.series, mapping.unit) for one in at)
    return tuple(Value(one, mapping.header[one], mapping.unit) for one in at)


def _readings(sheet: Sheet, mapping: ColumnPlan, plan: Plan) -> Items:
    header, rows = list(mapping.header), after_header(sheet, mapping.row)
    width = len(header)
    period = next(iter(mapping.at(mappings.PERIOD)), width)
    if mapping.period and period == width and not mapping.spread:
        header, rows, width = [*header, mapping.period], _with(rows, width, mapping.period), width + 1
    columns = Columns(
        width=width,
        period=period,
        places=(*mapping.at(mappings.AREA), *mapping.at(mappings.NAME)),
        place=_place,
        values=_values(mapping),
        dimensions=tuple((header[at], at) for at in mapping.at(mappings.DIMENSION)),
        **{role: _one(mapping, role) for role in ("unit", "nature", "status", "series", "title")},
    )
    read = read_spread if mapping.spread else read_long
    return read(columns, header, rows, plan.titles, plan.sdg)


def _one(mapping: ColumnPlan, role: str) -> int | None:
    return next(iter(mapping.at(role)), None)


def _with(rows: Iterator[Row], width: int, period: str) -> Iterator[Row]:
    """Rows with the one year of all figures as a further cell; other rows stay as they are."""
    for number, cells in rows:
        yield number, [*cells, period] if len(cells) == width and any(cells) else cells


def _place(raw: Sequence[str]) -> Place:
    return Place("any", heading(raw[0]) or heading(raw[-1]), heading(raw[1]) if len(raw) > 1 else "")
