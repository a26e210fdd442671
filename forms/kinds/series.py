"""The kind that asks for an indicator: figures by year as the source prints them, or that there is none and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import marshmallow
from wtforms.fields.core import UnboundField

from forms.figures import parse_figure, parse_year
from forms.findings import ERROR, WARNING, Finding, Rule
from forms.kinds.base import (
    Cell,
    Clean,
    Fault,
    Kind,
    OptionCheck,
    english,
    flag,
    tidy,
    tidy_line,
    unbound,
    whole,
    word,
    words,
)
from forms.kinds.cells import FIGURE, YEAR
from forms.kinds.controls import CellsField, Column
from forms.kinds.rows import clean_rows, flat, schema_of
from forms.outline import Question, text
from forms.words import N_

DATA, NO_DATA, NOT_RELEVANT = "data", "no_data", "not_relevant"
STATUSES = {
    DATA: english(N_("There are figures")),
    NO_DATA: english(N_("There are no data")),
    NOT_RELEVANT: english(N_("The indicator is not relevant here")),
}
DIRECTIONS = ("up", "down", "context")
VALUE_TYPES = ("percent", "rate", "ratio", "currency", "number", "index", "qualitative")

INDICATOR = Rule(
    "indicator",
    WARNING,
    N_("Every indicator has a figure, or a word that there is none and why."),
    N_("%(title)s: give a figure, or say that there is none and why."),
)
REASON = Rule(
    "reason",
    ERROR,
    N_("“No data” and “not relevant” are answers when they come with a reason."),
    N_("Say why there are no data, or why the indicator is not relevant."),
)
CONTRADICTION = Rule(
    "contradiction",
    ERROR,
    N_("An indicator has figures, or a word that there are none, but not both."),
    N_("There are figures below, yet the answer says that there are none; keep one of the two."),
)
SHARE = Rule(
    "share",
    WARNING,
    N_("A plain share in percent lies between 0 and 100."),
    N_("“%(text)s” lies outside 0 to 100; is the unit percent?"),
)
LACKING = Rule(
    "row",
    ERROR,
    N_("Every row of an indicator has a year and a value."),
    N_("Row %(row)d has no %(what)s."),
)
SOURCE = Rule(
    "source",
    WARNING,
    N_("Every figure names its source."),
    N_("The figure in row %(row)d names no source."),
)


def direction(value: Any) -> Iterator[Fault]:
    """Checks which way is better."""
    if value not in DIRECTIONS:
        yield "", "must be up, down or context"


def value_type(value: Any) -> Iterator[Fault]:
    """Checks what sort of value an indicator has."""
    if value not in VALUE_TYPES:
        yield "", f"must be one of {', '.join(VALUE_TYPES)}"


class Series(Kind):
    """`{"status": "", "data", "no_data" or "not_relevant", "reason": text, "rows": [{year, value, unit, source,
    disaggregation, place}]}`, every cell as typed. The option `numeric: false` lets a value be words; `share: true`
    says that it lies between 0 and 100 percent."""

    name = "series"
    checks = (INDICATOR, REASON, CONTRADICTION, LACKING, YEAR, FIGURE, SHARE, SOURCE)
    options: ClassVar[Mapping[str, OptionCheck]] = {
        "unit": word,
        "sdg": word,
        "custodians": words,
        "better": direction,
        "value_type": value_type,
        "disaggregations": words,
        "number": whole,
        "share": flag,
        "numeric": flag,
        "evidence": word,
    }
    needs = ("unit",)
    heads = (
        Column("status", english(N_("What there is")), "choice", choices=STATUSES),
        Column("reason", english(N_("Reason, where there are no data or the indicator is not relevant")), "text"),
    )
    row_columns = (
        Column("year", english(N_("Year")), "year"),
        Column("value", english(N_("Value")), "figure"),
        Column("unit", english(N_("Unit"))),
        Column("source", english(N_("Source"))),
        Column("disaggregation", english(N_("Disaggregation"))),
        Column("place", english(N_("Place"))),
    )

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        return unbound(CellsField, question, language, heads=self.heads, columns=self.row_columns)

    def schema(self, question: Question) -> marshmallow.fields.Field[Any]:
        rows = marshmallow.fields.List(marshmallow.fields.Nested(schema_of(self.row_columns)), load_default=list)
        status = Clean(validate=marshmallow.validate.OneOf(("", *STATUSES)))
        shape = marshmallow.Schema.from_dict({"status": status, "reason": Clean(), "rows": rows}, name="Series")
        return marshmallow.fields.Nested(shape, allow_none=True)

    def columns(self, question: Question) -> tuple[str, ...]:
        return ("status", "reason", *(column.key for column in self.row_columns))

    def clean(self, question: Question, raw: Any) -> dict[str, Any]:
        record = raw if isinstance(raw, dict) else {}
        rows = clean_rows(self.row_columns, record.get("rows"))
        status = tidy_line(record.get("status"))
        return {"status": status or (DATA if rows else ""), "reason": tidy(record.get("reason")), "rows": rows}

    def empty(self, value: Any) -> bool:
        if not value:
            return True
        return not value["rows"] and not value["reason"] and value["status"] in ("", DATA)

    def unanswered(self, question: Question) -> Iterator[Finding]:
        if question.required:
            title = question.indicator or text(question.title, "en")
            yield Finding(question.required, question.key, INDICATOR.key, INDICATOR.message, {"title": title})

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        if value["status"] in (NO_DATA, NOT_RELEVANT):
            if not value["reason"]:
                yield REASON.finding(question.key, column="reason")
            if value["rows"]:
                yield CONTRADICTION.finding(question.key, column="status")
        elif not value["rows"]:
            yield from self.unanswered(question)
        options = question.options
        numeric, share = options.get("numeric", True), options.get("share", False)
        for number, row in enumerate(value["rows"], 1):
            yield from _judge_row(question.key, number, row, numeric, share)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        if not value:
            return
        for head in ("status", "reason"):
            if value[head]:
                yield Cell("", 0, head, value[head])
        yield from flat("rows", self.row_columns, value["rows"])


def _judge_row(question: str, number: int, row: Mapping[str, str], numeric: bool, share: bool) -> Iterator[Finding]:
    year, value = row["year"], row["value"]
    if not year:
        yield LACKING.finding(question, row=number, column="year", what=N_("year"))
    elif parse_year(year).problem:
        yield YEAR.finding(question, row=number, column="year", text=year)
    if not value:
        yield LACKING.finding(question, row=number, column="value", what=N_("value"))
    elif numeric and parse_figure(value).problem:
        yield FIGURE.finding(question, row=number, column="value", text=value)
    elif share and _outside(row):
        yield SHARE.finding(question, row=number, column="value", text=value)
    if value and not row["source"]:
        yield SOURCE.finding(question, row=number, column="source")


def _outside(row: Mapping[str, str]) -> bool:
    """Whether a value in percent lies outside 0 to 100; a row in another unit is not judged."""
    unit = row["unit"].lower()
    if unit and unit != "percent" and "%" not in unit and "percent" not in unit and "per cent" not in unit:
        return False
    number = parse_figure(row["value"]).number
    return number is not None and not 0 <= number <= 100
