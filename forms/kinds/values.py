"""Kinds whose answer is one value kept once, not by language: choice, number, date, period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import marshmallow
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.fields.core import UnboundField

from forms.figures import parse_year
from forms.findings import ERROR, Finding, Rule
from forms.kinds.base import (
    Cell,
    Clean,
    Kind,
    OptionCheck,
    Say,
    choices,
    english,
    english_words,
    flag,
    tidy_line,
    unbound,
    word,
)
from forms.kinds.cells import CHOICE, DATE, FIGURE, YEAR, judge_choice, judge_text, line_told
from forms.kinds.controls import CellsField, Column
from forms.outline import Question, text
from forms.words import N_

PERIOD = Rule(
    "period",
    ERROR,
    N_("A period has a first and a last year, and the last is not before the first."),
    N_("The period needs a first and a last year, and the last may not lie before the first."),
)


class Choice(Kind):
    """One of several options: its key, "" for none; with the option `multiple`, a list of keys.

    A page shows the several as check boxes with a hidden blank of the same name before them, so that none can be sent.
    """

    name = "choice"
    options: ClassVar[Mapping[str, OptionCheck]] = {"choices": choices, "multiple": flag}
    needs = ("choices",)
    checks = (CHOICE,)

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        offered = [SelectChoice(c["key"], text(c["title"], language)) for c in question.options["choices"]]
        made = SelectMultipleField if question.options.get("multiple") else RadioField
        return unbound(made, question, language, choices=offered, validate_choice=False)

    def schema(self, question: Question) -> marshmallow.fields.Field[Any]:
        return marshmallow.fields.List(Clean()) if question.options.get("multiple") else Clean()

    def clean(self, question: Question, raw: Any) -> Any:
        if not question.options.get("multiple"):
            return tidy_line(raw)
        picked = [tidy_line(item) for item in raw] if isinstance(raw, list | tuple) else []
        order = {choice["key"]: place for place, choice in enumerate(question.options["choices"])}
        return sorted({item for item in picked if item}, key=lambda item: (order.get(item, len(order)), item))

    def empty(self, value: Any) -> bool:
        return not value

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        offered = {choice["key"] for choice in question.options["choices"]}
        for picked in value if isinstance(value, list) else [value]:
            yield from judge_choice(question.key, picked, offered)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        for picked in value if isinstance(value, list) else [value] if value else []:
            yield Cell("", 0, "value", picked)

    def text(self, question: Question, value: Any, say: Say = english_words) -> str:
        titles = {choice["key"]: say(choice["title"]) for choice in question.options["choices"]}
        return "\n".join(titles.get(cell.text, cell.text) for cell in self.cells(question, value))


class Typed(Kind):
    """What number and date share: a value is the text as typed, "" for none."""

    type: ClassVar[str]

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        return unbound(StringField, question, language)

    def schema(self, question: Question) -> marshmallow.fields.Field[Any]:
        return Clean()

    def clean(self, question: Question, raw: Any) -> str:
        return tidy_line(raw)

    def empty(self, value: Any) -> bool:
        return not value

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        yield from judge_text(question.key, value, self.type)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        if value:
            yield Cell("", 0, "value", value)


class Number(Typed):
    """A number as typed; `forms.figures.parse_figure` reads it."""

    name = "number"
    type = "figure"
    options: ClassVar[Mapping[str, OptionCheck]] = {"unit": word}
    checks = (FIGURE,)


class Date(Typed):
    """A date as typed, year first; a month or a year alone will do."""

    name = "date"
    type = "date"
    checks = (DATE,)


class Period(Kind):
    """From one year to another: `{"from": "2021", "to": "2025"}`, both as typed."""

    name = "period"
    checks = (YEAR, PERIOD)
    heads = (
        Column("from", english(N_("First year")), "year"),
        Column("to", english(N_("Last year")), "year"),
    )

    def field(self, question: Question, language: str) -> UnboundField[Any]:
        return unbound(CellsField, question, language, heads=self.heads)

    def schema(self, question: Question) -> marshmallow.fields.Field[Any]:
        shape = marshmallow.Schema.from_dict({"from": Clean(), "to": Clean()}, name="Period")
        return marshmallow.fields.Nested(shape, allow_none=True)

    def columns(self, question: Question) -> tuple[str, ...]:
        return ("from", "to")

    def clean(self, question: Question, raw: Any) -> dict[str, str]:
        record = raw if isinstance(raw, dict) else {}
        return {head.key: tidy_line(record.get(head.key)) for head in self.heads}

    def empty(self, value: Any) -> bool:
        return not value or not any(value.values())

    def judge(self, question: Question, value: Any) -> Iterator[Finding]:
        for head in self.heads:
            yield from judge_text(question.key, value[head.key], "year", column=head.key)
        first, last = (parse_year(value[head.key]) for head in self.heads)
        blank = not (value["from"] and value["to"])
        if blank or (first.first is not None and last.last is not None and last.last < first.first):
            yield PERIOD.finding(question.key)

    def cells(self, question: Question, value: Any) -> Iterator[Cell]:
        for head in self.heads:
            if value and value[head.key]:
                yield Cell("", 0, head.key, value[head.key])

    def text(self, question: Question, value: Any, say: Say = english_words) -> str:
        return line_told(self.heads, value or {}, say)
