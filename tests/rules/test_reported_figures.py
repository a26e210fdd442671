"""The figures of a frozen version, read: which rows are figures, and what is read of each text."""

from __future__ import annotations

from typing import Any

import pytest

from forms.answers import canonical
from forms.guideline import load, shipped
from forms.outline import Guideline
from portal.rules.reported_figures import answers_of, reported, said_again

SLUMS, POLICY = "1.1.2.4/NUA-14", "2.1.2/NUA-56"


@pytest.fixture(scope="module")
def asked() -> Guideline:
    (path,) = shipped().values()
    return load(path)


def row(year: str, value: str, **more: str) -> dict[str, str]:
    return {"year": year, "value": value, "unit": "", "source": "", "disaggregation": "", "place": ""} | more


def document(*answers: tuple[str, Any], kind: str = "series") -> bytes:
    told = [{"question": key, "kind": kind, "language": "en", "value": value} for key, value in answers]
    return canonical({"answers": told})


def series(*rows: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"status": "data", "reason": "", "rows": list(rows), "offered": []} | more


@pytest.mark.parametrize(
    ("period", "year"),
    [
        ("2019", 2019),
        ("2018/19", 2019),
        ("2015-2020", 2020),
        ("٢٠٢١", 2021),
        ("", None),
        ("the last census", None),
        ("2020-2015", None),
    ],
)
def test_the_year_is_the_last_of_the_period_or_none(asked: Guideline, period: str, year: int | None) -> None:
    (one,) = reported(document((SLUMS, series(row(period, "5")))), asked)
    assert (one.period, one.year) == (period, year)


@pytest.mark.parametrize(
    ("typed", "value", "bound"),
    [
        ("9.4", 9.4, ""),
        ("1 234,5", 1234.5, ""),
        ("-3", -3.0, ""),
        ("12 %", 12.0, ""),
        (">95", 95.0, ">"),
        ("≤ 5", 5.0, "<="),
        ("٩٫٥", 9.5, ""),
        ("about nine", None, ""),
        ("> many", None, ""),
        ("1e999", None, ""),
        (">1e999", None, ""),
    ],
)
def test_the_text_stays_and_beside_it_stands_what_was_read(
    asked: Guideline, typed: str, value: float | None, bound: str
) -> None:
    (one,) = reported(document((SLUMS, series(row("2020", typed)))), asked)
    assert (one.value_text, one.value, one.bound) == (typed, value, bound)


def test_a_figure_keeps_what_its_row_says_and_the_number_of_its_row(asked: Guideline) -> None:
    told = row("2020", "9", unit="per cent", source="Census", disaggregation="women", place="Astana")
    answer = series(row("2019", ""), told, row("", "8"))
    found = reported(document((SLUMS, answer)), asked)
    assert found[0]._asdict() == {
        "question": SLUMS,
        "indicator": "NUA-14",
        "ordinal": 2,
        "period": "2020",
        "year": 2020,
        "value_text": "9",
        "value": 9.0,
        "bound": "",
        "unit": "per cent",
        "unit_asked": "percent",
        "source": "Census",
        "disaggregation": "women",
        "place": "Astana",
    }
    assert [(one.ordinal, one.value_text) for one in found] == [(2, "9"), (3, "8")]


def test_a_yes_is_a_figure_without_a_number_and_no_unit_is_made_up(asked: Guideline) -> None:
    (one,) = reported(document((POLICY, series(row("2023", "yes")))), asked)
    assert (one.indicator, one.value_text, one.value, one.unit) == ("NUA-56", "yes", None, "")
    assert one.unit_asked == asked.questions[POLICY].options["unit"] != ""


OFFERED = {"source": "un_sdg", "series": "s", "year": "2020", "value": "9", "unit": "percent"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (SLUMS, None),
        (SLUMS, series(status="no_data", reason="It is not collected.")),
        (SLUMS, series(status="confirmed", offered=[OFFERED])),
        ("1.1.2.4/NUA-99", series(row("2020", "9"))),
        ("F.2/summary", "In 2020 it was 9 percent."),
    ],
)
def test_what_gives_no_figure_of_its_own_gives_none(asked: Guideline, key: str, value: Any) -> None:
    assert reported(document((key, value)), asked) == []


def test_an_answer_that_stands_in_two_languages_is_read_once_in_the_first() -> None:
    assert answers_of(document(("a", 1), ("b", 2), ("a", 3))) == {"a": 1, "b": 2}


def test_a_figure_is_said_again_under_its_own_question_alone(asked: Guideline) -> None:
    def of(question: str, *rows: dict[str, str]) -> list[Any]:
        return list(reported(document((question, series(*rows))), asked))

    (named,) = of(SLUMS, row("2020", "5", unit="percent", source="Census"))
    same, other = row("2020", "5", unit="percent", source="CENSUS."), row("2020", "6", unit="percent", source="Census")
    assert said_again(named, of(SLUMS, other, same))
    assert not said_again(named, of(SLUMS, other))
    assert not said_again(named, of(POLICY, same))
