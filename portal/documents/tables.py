"""Owns the tables that leave: CSV of answers, observations and the dictionary; no cell can run as a formula."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.kinds.series import INTERNATIONAL, OWN

ROWS_AT_ONCE = 2_000

_WHOSE = {"rows": OWN, "offered": INTERNATIONAL}
_SUSPECT = frozenset("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # what a guarded cell can begin with
_GUARDED = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, what a cell is (text, number, time), and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Asked:
    """A question for the dictionary: its key, the edition that asks it, kind, title, unit and indicator."""

    key: str
    edition: str
    kind: str
    title: str
    unit: str = ""
    indicator: str = ""


ANSWERS = (
    Column("entity", "text", "ISO 3166-1 alpha-3 code of the entity that reports"),
    Column("cycle", "text", "Key of the reporting cycle"),
    Column("version", "whole number", "Number of the submitted version, from 1"),
    Column("submitted_at", "time", "When this version was submitted, RFC 3339 in UTC"),
    Column("edition", "text", "Key of the edition of the guidelines"),
    Column("question", "text", "Key of the question; the dictionary gives its title, unit and indicator"),
    Column("kind", "text", "Kind of the question"),
    Column("language", "text", "Language of the text; empty where the value has none"),
    Column("standing", "text", "Standing of the text: original, official or unofficial"),
    Column("revision", "whole number", "Revision that the answer had reached when it was submitted"),
    Column(
        "whose",
        "text",
        "Of figures of an indicator: own, or international as they stood when the state decided; else empty",
    ),
    Column(
        "field",
        "text",
        "Place of the value within the answer, such as rows[2].year; empty for a plain value",
    ),
    Column("value", "text", "The value as the state wrote it"),
)
OBSERVATIONS = (
    Column("indicator", "text", "Code of the indicator of the monitoring framework, or else of the SDG indicator"),
    Column("series", "text", "Code of the series within the source"),
    Column("area", "text", "Key of the area: ISO 3166-1 alpha-3 for a country, else with the scheme of the source"),
    Column("area_kind", "text", "Kind of the area, such as country, city, region or group"),
    Column("area_name", "text", "Name of the area"),
    Column("year", "text", "Year or period as the source writes it"),
    Column("dimensions", "text", "What the figure covers, as a JSON object"),
    Column("value", "text", "The value as it was published, such as 17.4 or >95"),
    Column("number", "number", "The number that was read in the value; empty where there is none"),
    Column("bound", "text", "One of < > <= >= where the number is a bound, else empty"),
    Column("unit", "text", "Unit as the source writes it"),
    Column("nature", "text", "How the source came to the figure, by its own code"),
    Column("channel", "text", "Channel by which the figure came"),
    Column("source", "text", "Name of the source"),
    Column("source_edition", "text", "Edition of the source"),
    Column("licence", "text", "Licence under which the source publishes the series"),
    Column("credit", "text", "Words of credit that the source asks for"),
    Column("key", "text", "Key by which the figure is cited"),
)
DICTIONARY = (
    Column("file", "text", "File that the entry is about"),
    Column("name", "text", "Name of a column, or key of a question"),
    Column("kind", "text", "What a cell holds, or kind of the question"),
    Column("meaning", "text", "What the column means, or title of the question"),
    Column("edition", "text", "Edition of the guidelines that asks the question"),
    Column("unit", "text", "Unit of the answer"),
    Column("indicator", "text", "Indicator that the question is about"),
)


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula.

    A cell that begins with = + - @, a tab or a line end, or with the wide forms of these, and is no number, gets an
    apostrophe before it; so does one with apostrophes before such a sign. Taking one apostrophe away gives it back.
    """
    if text[:1] not in _SUSPECT:
        return text
    return f"'{text}" if _GUARDED.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """The text of a guarded cell."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def csv_text(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows of a CSV table: RFC 4180, UTF-8 without a mark, lines end with CR LF.

    Cells are texts (guarded), whole numbers, true or false, or None for an empty one.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerows(
        [cell if type(cell) is str and cell[:1] not in _SUSPECT else _written(cell) for cell in row] for row in rows
    )
    return buffer.getvalue().encode()


def headings(columns: Sequence[Column]) -> bytes:
    """The first row of a table."""
    return csv_text([[column.name for column in columns]])


def csv_blocks(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A whole table in blocks of some thousand rows, its headings first."""
    yield headings(columns)
    rest = iter(rows)
    while block := csv_text(itertools.islice(rest, ROWS_AT_ONCE)):
        yield block


def _written(cell: object) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    raise TypeError(f"a cell is text, a whole number, true, false or empty, not {type(cell).__name__}")


def answer_rows(version: Mapping[str, Any]) -> Iterator[list[object]]:
    """The rows of one version, given as the object of its canonical JSON: one row for each value in each answer."""
    head = [version["entity"], version["cycle"], version["number"], version["submitted_at"], version["edition"]["key"]]
    for answer in version["answers"]:
        named = [answer[name] for name in ("question", "kind", "language", "standing", "revision")]
        for field, value in values(answer["value"]):
            yield [*head, *named, whose(answer["kind"], field), field, value]


def whose(kind: str, field: str) -> str:
    """Whose figure a value of an answer belongs to: own, international, or "" where it belongs to none."""
    return _WHOSE.get(field.partition("[")[0], "") if kind == "series" else ""


def values(value: Any, field: str = "") -> Iterator[tuple[str, object]]:
    """Each value within an answer with its place, as `rows[2].year`, from 1; an empty list is one empty value."""
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from values(item, f"{field}.{name}" if field else name)
    elif isinstance(value, list) and value:
        for at, item in enumerate(value, 1):
            yield from values(item, f"{field}[{at}]")
    else:
        yield field, None if isinstance(value, Mapping | list) else value


def named_rows(columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> Iterator[list[object]]:
    """Rows given by name of column, in the order of the columns; a missing name is empty, an unknown one an error."""
    names = [column.name for column in columns]
    known = set(names)
    for row in rows:
        if not row.keys() <= known:
            raise ValueError(f"There is no column {', '.join(sorted(row.keys() - known))}.")
        yield [row.get(name) for name in names]


def dictionary_rows(questions: Iterable[Asked]) -> Iterator[list[object]]:
    """The rows of the dictionary: each column of each table, then each question by edition and key."""
    tables = (("answers.csv", ANSWERS), ("data-dictionary.csv", DICTIONARY), ("observations.csv", OBSERVATIONS))
    for file, columns in tables:
        for column in columns:
            yield [file, column.name, column.kind, column.meaning, "", "", ""]
    for asked in sorted(questions, key=lambda asked: (asked.edition, asked.key)):
        yield ["answers.csv", asked.key, asked.kind, asked.title, asked.edition, asked.unit, asked.indicator]
