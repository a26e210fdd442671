"""What a frozen version tells on indicators: its answers to the questions that ask for one, and the figures in them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from forms.figures import parse_figure, parse_year
from forms.outline import Guideline, Question
from portal.rules.anchors import folded


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


def says(figure: Any) -> tuple[str, ...]:
    """What a figure of a report says, for the comparison with another: its value as typed; of its unit, what it is of
    and its source what counts for an anchor.
    """
    return figure.value_text, folded(figure.unit or figure.unit_asked), *_about(figure), folded(figure.source)


def said_again(named: Any, now: Iterable[Any]) -> bool:
    """Whether one of these figures, those of the newest version, says what the figure named says under its question."""
    return any(one.question == named.question and says(one) == says(named) for one in now)


def _about(figure: Any) -> tuple[str, ...]:
    return tuple(folded(text) for text in (figure.period, figure.disaggregation, figure.place))


def continuing(cited: Any, before: Sequence[Any], now: Sequence[Any]) -> Any | None:
    """The figure among `now` that continues the one cited, None where none does. `before` are the figures of the
    version in which it was cited, `now` those of the newest, both of the same question.

    It is the one that says the same; else the one that is of the same period, group and place; else the one in the same
    row. A row that says what another one said before continues that one.
    """
    known, subjects = {says(one) for one in before}, {_about(one) for one in before}
    same = [one for one in now if says(one) == says(cited)]
    free = [one for one in now if says(one) not in known]
    of_the_same = [one for one in free if _about(one) == _about(cited)]
    in_the_row = [one for one in free if one.ordinal == cited.ordinal and _about(one) not in subjects]
    return min(same or of_the_same or in_the_row, key=lambda one: abs(one.ordinal - cited.ordinal), default=None)
