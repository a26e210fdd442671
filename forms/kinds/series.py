"""The kind that asks for an indicator: what the country decides of the figures held of it, and its own figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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
    Say,
    english,
    english_words,
    flag,
    tidy,
    tidy_line,
    unbound,
    whole,
    word,
    words,
)
from forms.kinds.cells import FIGURE, YEAR, line_told
from forms.kinds.controls import CellsField, Column
from forms.kinds.rows import clean_rows, flat, schema_of
from forms.outline import Question, text
from forms.units import read_unit
from forms.words import N_

DATA, NO_DATA, NOT_RELEVANT = "data", "no_data", "not_relevant"
CONFIRMED, CORRECTED, REJECTED = "confirmed", "corrected", "rejected"
STATUSES = {
    DATA: english(N_("There are figures")),
    CONFIRMED: english(N_("The international figures are confirmed as ours")),
    CORRECTED: english(N_("Our own figures differ")),
    REJECTED: english(N_("The international figures are not accepted")),
    NO_DATA: english(N_("There are no data")),
    NOT_RELEVANT: english(N_("The indicator is not relevant here")),
}
ABOUT_OFFERED = frozenset({CONFIRMED, CORRECTED, REJECTED})
"""The decisions that speak of international figures."""
NEED_REASON = frozenset({CORRECTED, REJECTED, NO_DATA, NOT_RELEVANT})
OWN, INTERNATIONAL = "own", "international"
"""Whose a figure is, as the tables that leave say it."""
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
    N_("To correct or not to accept international figures, “no data” and “not relevant” are answers with a reason."),
    N_("Please give the reason for this answer."),
)
NOTHING_HELD = Rule(
    "nothing_held",
    ERROR,
    N_("International figures are confirmed, corrected or not accepted where the portal holds some."),
    N_("No international figures are held for this indicator; give your own figures, or say that there are none."),
)
CORRECTION = Rule(
    "correction",
    ERROR,
    N_("Who corrects international figures gives the own figures."),
    N_("The answer says that your figures differ; please give them."),
)
OTHER_THAN_CONFIRMED = Rule(
    "other_than_confirmed",
    ERROR,
    N_("Who confirms the international figures gives no other figure of the country for the same year."),
    N_(
        "Row %(row)d gives %(text)s for %(year)s, where the figure confirmed is %(held)s; keep one, or choose that "
        "yours differ."
    ),
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


OFFERED = (
    *("source", "series", "title", "area", "dimensions", "unit", "year", "value", "edition"),
    *("seen_value", "seen_edition"),
)
"""What names an international figure in an answer, every cell a text. `dimensions` says what it covers, `edition` is
that of its source; `seen_value` and `seen_edition` are those of a later edition against which the country kept it."""

SHORT_REASON = Column("reason", english(N_("Reason")), "text")
INTERNATIONAL_FIGURE = english(N_("International figure"))
OFFERED_COLUMNS = (
    Column("title", english(N_("Series"))),
    Column("covers", english(N_("Covers"))),
    Column("year", english(N_("Year"))),
    Column("value", english(N_("Value"))),
    Column("unit", english(N_("Unit"))),
    Column("edition", english(N_("Edition"))),
    Column("seen_value", english(N_("Kept although a later edition says"))),
    Column("seen_edition", english(N_("Later edition"))),
)
"""What people are told of an international figure; source, code of the series and area are for programs."""

_OFFERED_SCHEMA = marshmallow.Schema.from_dict({name: Clean() for name in OFFERED}, name="OfferedFigure")


def _clean_offered(held: Mapping[str, Any]) -> dict[str, str]:
    return {name: tidy_line(held.get(name)) for name in OFFERED}


class Series(Kind):
    """`{"status": "" or one of STATUSES, "reason": text, "rows": [{year, value, unit, source, disaggregation, place}],
    "offered": [...]}`, every cell as typed.

    `offered` are the international figures as they stood when the decision was taken, by the names of `OFFERED`; who
    answers never writes them. The option `numeric: false` lets a value be words; `share: true` says that it lies
    between 0 and 100 percent.
    """

    name = "series"
    checks = (
        *(INDICATOR, REASON, CONTRADICTION, NOTHING_HELD, CORRECTION, OTHER_THAN_CONFIRMED),
        *(LACKING, YEAR, FIGURE, SHARE, SOURCE),
    )
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
        Column("status", english(N_("What your country says")), "choice", choices=STATUSES),
        Column("reason", english(N_("Reason, where figures are corrected or not accepted, or there are none")), "text"),
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
        offered = marshmallow.fields.List(marshmallow.fields.Nested(_OFFERED_SCHEMA), load_default=list)
        cells: dict[str, Any] = {"status": status, "reason": Clean(), "rows": rows, "offered": offered}
        return marshmallow.fields.Nested(marshmallow.Schema.from_dict(cells, name="Series"), allow_none=True)

    def columns(self, question: Question) -> tuple[str, ...]:
        own = (column.key for column in self.row_columns)
        return tuple(dict.fromkeys(("status", "reason", "whose", *own, *OFFERED)))

    def clean(self, question: Question, raw: Any) -> dict[str, Any]:
        record = raw if isinstance(raw, dict) else {}
        rows = clean_rows(self.row_columns, record.get("rows"))
        status = tidy_line(record.get("status"))
        offered = record.get("offered")
        return {
            "status": status or (DATA if rows else ""),
            "reason": tidy(record.get("reason")),
            "rows": rows,
            "offered": [_clean_offered(held) for held in offered if isinstance(held, Mapping)]
            if isinstance(offered, list | tuple)
            else [],
        }

    def empty(self, value: Any) -> bool:
        if not value:
            return True
        return not value["rows"] and not value["reason"] and value["status"] in ("", DATA)

    def unanswered(self, question: Question) -> Iterator[Finding]:
        if question.required:
            title = question.indicator or text(question.title, "en")
            yield Finding(question.required, question.key, INDICATOR.key, INDICATOR.message, {"title": title})

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        yield from self._judge_decision(question, value)
        options = question.options
        numeric, share = options.get("numeric", True), options.get("share", False)
        for number, row in enumerate(value["rows"], 1):
            yield from _judge_row(question.key, number, row, numeric, share)

    def _judge_decision(self, question: Question, value: Any) -> Iterator[Finding]:
        status, rows, offered = value["status"], value["rows"], value.get("offered", ())
        if status in NEED_REASON and not value["reason"]:
            yield REASON.finding(question.key, column="reason")
        if status in ABOUT_OFFERED and not offered:
            yield NOTHING_HELD.finding(question.key, column="status")
        if status in (NO_DATA, NOT_RELEVANT) and rows:
            yield CONTRADICTION.finding(question.key, column="status")
        elif status == CORRECTED and not rows:
            yield CORRECTION.finding(question.key, column="status")
        elif status == CONFIRMED:
            yield from _judge_confirmed(question.key, rows, offered)
        elif status in ("", DATA) and not rows:
            yield from self.unanswered(question)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        if not value:
            return
        for head in ("status", "reason"):
            if value[head]:
                yield Cell("", 0, head, value[head])
        for number, row in enumerate(value["rows"], 1):
            yield Cell("rows", number, "whose", OWN)
            yield from (replace(cell, row=number) for cell in flat("rows", self.row_columns, [row]))
        for number, held in enumerate(value.get("offered", ()), 1):
            yield Cell("offered", number, "whose", INTERNATIONAL)
            yield from (Cell("offered", number, name, held[name]) for name in OFFERED if held.get(name))

    def text(self, question: Question, value: Any, say: Say = english_words) -> str:
        """As plain text: the decision, its reason, and one line for each figure, those that are not the country's own
        said to be international."""
        if not value:
            return ""
        lines = [line_told((head,), value, say) for head in (self.heads[0], SHORT_REASON)]
        lines += [line_told(self.row_columns, row, say) for row in value["rows"]]
        lines += [_international(held, say) for held in value.get("offered", ())]
        return "\n".join(filter(None, lines))


def _international(held: Mapping[str, str], say: Say) -> str:
    """An international figure as an answer keeps it, in words."""
    told = {**held, "covers": _covered(held.get("dimensions", ""))}
    return f"{say(INTERNATIONAL_FIGURE)}: {line_told(OFFERED_COLUMNS, told, say)}"


def _covered(dimensions: str) -> str:
    """What a figure covers, as `location: urban; sex: female`; what cannot be read stays as it is."""
    try:
        read = json.loads(dimensions or "{}")
    except ValueError:
        return dimensions
    return "; ".join(f"{name}: {part}" for name, part in sorted(read.items())) if isinstance(read, dict) else dimensions


def _judge_confirmed(
    question: str, rows: Sequence[Mapping[str, str]], offered: Sequence[Mapping[str, str]]
) -> Iterator[Finding]:
    """A row of the whole country that says otherwise for a year than each figure confirmed for it."""
    for number, row in enumerate(rows, 1):
        held = [one for one in offered if parse_year(one["year"]).last == parse_year(row["year"]).last]
        own = parse_figure(row["value"])
        read = [parse_figure(one["value"]) for one in held]
        if row["disaggregation"] or row["place"] or own.number is None or not held:
            continue
        if row["unit"] and read_unit(row["unit"]) != read_unit(held[0]["unit"]):
            continue
        if all(one.number is not None and (one.number, one.bound) != (own.number, own.bound) for one in read):
            where = {"row": number, "column": "value"}
            told = {"text": row["value"], "year": row["year"], "held": held[0]["value"]}
            yield OTHER_THAN_CONFIRMED.finding(question, **where, **told)


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
