"""What a frozen version tells on indicators: its answers to the questions that ask for one, and the figures in them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forms.figures import parse_figure, parse_year
from forms.outline import Guideline, Question


class Reported(NamedTuple):
    """A figure before it has a place in a version: `ordinal` is the number of its row in the answer, from 1. The other
    names are those of `portal.models.reported_figures.ReportedFigure`.
    """

    question: str
    indicator: str
    ordinal: int
    period: str
    year: int | None
    value_text: str
    value: float | None
    bound: str
    unit: str
    unit_asked: str
    source: str
    disaggregation: str
    place: str


def answers_of(document: bytes) -> dict[str, Any]:
    """The answers of a frozen version by question, in its order; of one in several languages the first."""
    found: dict[str, Any] = {}
    for one in json.loads(document)["answers"]:
        found.setdefault(one["question"], one["value"])
    return found


def on_indicators(answers: Mapping[str, Any], asked: Guideline) -> Iterator[tuple[Question, str, Mapping[str, Any]]]:
    """The answers to questions that ask for an indicator: the question, its indicator, the answer."""
    for key, value in answers.items():
        question = asked.questions.get(key)
        if question is not None and question.kind == "series" and question.indicator and value:
            yield question, question.indicator, value


def reported(document: bytes, asked: Guideline) -> list[Reported]:
    """The figures that a state gives of its own in a version, in its order. A row without a value is none; a value that
    is no number, such as yes, is one without a number. International figures that it confirms are not its own.
    """
    return [
        _figure(question, indicator, ordinal, row)
        for question, indicator, answer in on_indicators(answers_of(document), asked)
        for ordinal, row in enumerate(answer["rows"], 1)
        if row["value"]
    ]


def _figure(question: Question, indicator: str, ordinal: int, row: Mapping[str, str]) -> Reported:
    read = parse_figure(row["value"])
    number = None if read.number is None else float(read.number)
    if number is not None and not math.isfinite(number):
        number = None
    return Reported(
        question=question.key,
        indicator=indicator,
        ordinal=ordinal,
        period=row["year"],
        year=parse_year(row["year"]).last,
        value_text=row["value"],
        value=number,
        bound="" if number is None else read.bound,
        unit=row["unit"],
        unit_asked=question.options["unit"],
        source=row["source"],
        disaggregation=row["disaggregation"],
        place=row["place"],
    )
