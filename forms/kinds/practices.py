"""The kind whose rows are good practices: records that are cited one by one, with place, scale, period and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from wtforms.fields.core import UnboundField

from forms.answers import canonical, digest
from forms.figures import parse_year
from forms.findings import ERROR, WARNING, Finding, Rule
from forms.kinds import cells
from forms.kinds.base import Cell, english, tidy_line, unbound
from forms.kinds.controls import CellsField, Column
from forms.kinds.rows import Rows, judge_rows
from forms.outline import Question, Text, text
from forms.words import N_

COMMITMENTS: Mapping[str, Text] = {
    "1.1": english(N_("Sustainable urban development for social inclusion and ending poverty")),
    "1.2": english(N_("Sustainable and inclusive urban prosperity and opportunities for all")),
    "1.3": english(N_("Environmentally sustainable and resilient urban development")),
    "2.1": english(N_("Building the urban governance structure: establishing a supportive framework")),
    "2.2": english(N_("Planning and managing urban spatial development")),
    "2.3": english(N_("Means of implementation")),
}
"""The commitments of the Agenda and the parts of its implementation, by the keys of the outline of the guidelines."""

GOALS: Mapping[str, Text] = {
    "1": english(N_("Goal 1: No poverty")),
    "2": english(N_("Goal 2: Zero hunger")),
    "3": english(N_("Goal 3: Good health and well-being")),
    "4": english(N_("Goal 4: Quality education")),
    "5": english(N_("Goal 5: Gender equality")),
    "6": english(N_("Goal 6: Clean water and sanitation")),
    "7": english(N_("Goal 7: Affordable and clean energy")),
    "8": english(N_("Goal 8: Decent work and economic growth")),
    "9": english(N_("Goal 9: Industry, innovation and infrastructure")),
    "10": english(N_("Goal 10: Reduced inequalities")),
    "11": english(N_("Goal 11: Sustainable cities and communities")),
    "12": english(N_("Goal 12: Responsible consumption and production")),
    "13": english(N_("Goal 13: Climate action")),
    "14": english(N_("Goal 14: Life below water")),
    "15": english(N_("Goal 15: Life on land")),
    "16": english(N_("Goal 16: Peace, justice and strong institutions")),
    "17": english(N_("Goal 17: Partnerships for the goals")),
}

SCALES: Mapping[str, Text] = {
    "neighbourhood": english(N_("Neighbourhood")),
    "city": english(N_("City")),
    "metropolitan": english(N_("Metropolitan area")),
    "regional": english(N_("Region or province")),
    "national": english(N_("National")),
    "other": english(N_("Another scale")),
}

CONSENT: Mapping[str, Text] = {
    "agreed": english(N_("Those shown have agreed")),
    "nobody": english(N_("Nobody can be recognised")),
}

PLACE = Rule(
    "practice_place",
    WARNING,
    N_("A practice says where it happened."),
    N_("Practice %(row)d does not say where it happened."),
)
RESULTS = Rule(
    "practice_results",
    WARNING,
    N_("A practice says what came of it."),
    N_("Practice %(row)d does not say what came of it; give its results, with figures where there are any."),
)
YEARS = Rule(
    "practice_period",
    ERROR,
    N_("The period of a practice does not end before it begins; it may be going on."),
    N_("Practice %(row)d ends before it begins; give the first year and then the last, or leave the last blank."),
)
ALTERNATIVE = Rule(
    "picture_text",
    ERROR,
    N_("Every picture has an alternative text, for those who do not see it."),
    N_("Practice %(row)d has a picture without an alternative text; say in words what it shows."),
)
AGREED = Rule(
    "picture_consent",
    WARNING,
    N_("For every picture the state says whether those shown have agreed, or that nobody can be recognised."),
    N_("Practice %(row)d has a picture that does not say whether those shown have agreed."),
)

COLUMNS = (
    Column("id", english(N_("Identifier")), "identifier"),
    Column("title", english(N_("Title")), required=True),
    Column("place", english(N_("Place: the city, town or area"))),
    Column("country", english(N_("Country"))),
    Column("scale", english(N_("Scale")), "choice", choices=SCALES),
    Column("from", english(N_("First year")), "year"),
    Column("to", english(N_("Last year, blank while it goes on")), "year"),
    Column("lead_partners", english(N_("Lead and partners")), "text"),
    Column("commitments", english(N_("Commitments it serves")), "choices", choices=COMMITMENTS),
    Column("goals", english(N_("Sustainable Development Goals it serves")), "choices", choices=GOALS),
    Column("cost_funding", english(N_("Cost and funding")), "text"),
    Column("before", english(N_("Situation before")), "text"),
    Column("done", english(N_("What was done")), "text"),
    Column("results", english(N_("Results with figures")), "text"),
    Column("lessons", english(N_("Lessons")), "text"),
    Column("replicable", english(N_("Whether others can copy it")), "text"),
    Column("contact", english(N_("Contact, public with the practice"))),
    Column("links", english(N_("Web addresses, one a line")), "urls"),
    Column("pictures", english(N_("Pictures")), "pictures", choices=CONSENT),
)
IDENTIFIER_LENGTH = 12


class Practices(Rows):
    """Practices, each a record with an identifier of its own (`id`), which it keeps through edits, merges and another
    order. A row that brings none gets one from its content; a page brings one with each blank row. What was kept in an
    older shape is read in that of today.
    """

    name = "practices"
    fixed = COLUMNS
    checks = (*Rows.checks, PLACE, RESULTS, YEARS, ALTERNATIVE, AGREED)

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        return unbound(CellsField, question, language, columns=COLUMNS, current=partial(self.clean, question))

    def current(self, question: Question, value: Any) -> Any:
        return self.clean(question, value)

    def clean(self, question: Question, raw: Any) -> list[dict[str, Any]]:
        return in_order(question.key, raw)

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        rows = self.clean(question, value)
        yield from judge_rows(question.key, COLUMNS, rows)
        for number, row in enumerate(rows, 1):
            yield from _judge_practice(question.key, number, row)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        for number, row in enumerate(self.clean(question, value), 1):
            for column in COLUMNS[1:]:
                if words := _told(column, row[column.key]):
                    yield Cell("", number, column.key, words)


def in_order(question: str, raw: Any) -> list[dict[str, Any]]:
    """The practices that answer the question with this key, whole, in the shape of today, each with its identifier."""
    given = (row for row in (raw if isinstance(raw, list | tuple) else ()) if isinstance(row, Mapping))
    rows = [{c.key: cells.clean_cell(c, row.get(c.key)) for c in COLUMNS} for row in map(_with_years, given)]
    return _identified(question, [row for row in rows if any(row[column.key] for column in COLUMNS[1:])])


def _with_years(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of the time when the period was one text, with its first and last year apart; what cannot be read stays
    where the first year stands.
    """
    period = tidy_line(row.get("period"))
    if not period or row.get("from"):
        return row
    year = parse_year(period)
    if year.first is None or year.last is None:
        return {**row, "from": period}
    return {**row, "from": str(year.first), "to": str(year.last)}


def _identified(question: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with an identifier that no row before it has."""
    taken: set[str] = set()
    for row in rows:
        times = 0
        while not row["id"] or row["id"] in taken:
            told = canonical([question, {**row, "id": ""}, times])
            row["id"], times = digest(told)[:IDENTIFIER_LENGTH], times + 1
        taken.add(row["id"])
    return rows


def _judge_practice(question: str, number: int, row: Mapping[str, Any]) -> Iterator[Finding]:
    if not row["place"]:
        yield PLACE.finding(question, row=number, column="place")
    if not row["results"]:
        yield RESULTS.finding(question, row=number, column="results")
    first, last = parse_year(row["from"]).first, parse_year(row["to"]).last
    if first is not None and last is not None and last < first:
        yield YEARS.finding(question, row=number, column="to")
    for picture in row["pictures"]:
        if not picture["alt"]:
            yield ALTERNATIVE.finding(question, row=number, column="pictures")
        if not picture["consent"]:
            yield AGREED.finding(question, row=number, column="pictures")


def _told(column: Column, value: Any) -> str:
    """A cell in words: the titles of choices, the words of pictures."""
    if column.type == "pictures":
        return "; ".join(_picture_told(picture) for picture in value)
    if column.choices is not None:
        chosen = value if isinstance(value, list) else [value] if value else []
        return "; ".join(text(column.choices[key], "en") if key in column.choices else key for key in chosen)
    return str(value)


def _picture_told(picture: Mapping[str, str]) -> str:
    consent = text(CONSENT[picture["consent"]], "en") if picture["consent"] in CONSENT else picture["consent"]
    return " · ".join(filter(None, (picture["alt"] or picture["attachment"], picture["credit"], consent)))
