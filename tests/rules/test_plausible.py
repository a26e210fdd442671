"""Figures that cannot be: each rule in a table, with the sentence a person reads; and the real figures of a country."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from forms.guideline import load, shipped
from forms.outline import Guideline
from portal.rules import offers, plausible
from portal.rules.datasets import is_headline
from portal.rules.offers import Held
from tests.journeys.kazakhstan import figures

PM, SLUMS, COUNT = "1.3.2.1/NUA-21", "1.1.2.4/NUA-14", "1.3.1.3/NUA-24"
INDEX = "1.1.1.2/NUA-33"


@pytest.fixture(scope="module")
def asked() -> Guideline:
    (path,) = shipped().values()
    return load(path)


def row(year: str, value: str, unit: str = "", **more: str) -> dict[str, str]:
    return {"year": year, "value": value, "unit": unit, "source": "s", "disaggregation": "", "place": "", **more}


def held(year: str, value: str, unit: str = "percent", **more: Any) -> Held:
    about = ("NUA-14", "un_sdg", "series", "Title", "KAZ", "", unit, year, int(year[:4]), value, "2023", True)
    return Held(*about, "", "", "UN")._replace(**more)


def told(
    asked: Guideline, key: str, rows: list[dict[str, str]], known: list[Held], end: int | None = None
) -> list[Any]:
    value = {"status": "data", "reason": "", "rows": rows, "offered": []}
    return [(f.severity, f.rule, f.params["row"]) for f in plausible.findings(asked.questions[key], value, known, end)]


AIR = [held("2019", "30.9", "mgr_m_3"), held("2020", "28.1", "mgr_m_3")]
OUT = ("warning", "out_of_bounds", 1)
SERIES = [("2015", "9.5"), ("2016", "9.2"), ("2017", "9.0"), ("2018", "8.8"), ("2019", "8.5")]


@pytest.mark.parametrize(
    ("key", "rows", "known", "expected"),
    [
        # units
        (SLUMS, [row("2019", "9.4", "percent")], [], []),
        (SLUMS, [row("2019", "107786", "persons")], [], [("error", "unit", 1)]),
        (SLUMS, [row("2018", "9"), *(row(y, "9", "persons") for y in ("2019", "2020"))], [], [("error", "unit", 2)]),
        (SLUMS, [row("2019", "9.4", "somehow")], [], []),
        (PM, [row("2019", "0.031", "mg/m3")], [], [("warning", "unit_scale", 1)]),
        (PM, [row("2019", "0.031", "mg/m3")], AIR, [("warning", "unit_scale", 1)]),
        (PM, [row("2019", "30.2", "мкг/м³")], AIR, []),
        (COUNT, [row("2019", "1.2", "percent")], [], [("warning", "unit_scale", 1)]),
        # channel b: a unit that was meant, or an order of magnitude
        (PM, [row("2019", "30.2", "mg/m3")], AIR, [("error", "unit_meant", 1)]),
        (PM, [row("2019", "0.031", "µg/m³"), row("2020", "0.029", "µg/m³")], AIR, [("error", "unit_meant", 1)]),
        (PM, [row("2019", "0.031")], AIR, [("error", "unit_meant", 1)]),
        (SLUMS, [row("2019", "940")], [held("2019", "9.1")], [("warning", "magnitude", 1)]),
        (SLUMS, [row("2019", "94")], [held("2019", "9.1")], [("warning", "magnitude", 1)]),
        (SLUMS, [row("2019", "27")], [held("2019", "9.1")], []),
        (SLUMS, [row("2019", "0")], [held("2019", "9.1")], []),
        # where that year has no figure, the nearest: a slip of the unit or the mark, not the change of a few years
        (SLUMS, [row("2018", "940")], [held("2019", "9.1")], [("warning", "magnitude", 1)]),
        (SLUMS, [row("2018", "94")], [held("2019", "9.1")], []),
        (SLUMS, [row("2018", "940")], [held("2019", "9.1"), held("2017", "900"), held("2012", "9")], []),
        (SLUMS, [row("2018", "940")], [held("2019", "9.1"), held("2012", "900")], [("warning", "magnitude", 1)]),
        (SLUMS, [row("2029", "940")], [held("2019", "9.1")], [("warning", "magnitude", 1)]),
        (SLUMS, [row("2030", "940")], [held("2019", "9.1")], []),
        (PM, [row("2023", "0.0265")], AIR, [("error", "unit_meant", 1)]),
        (SLUMS, [row("2019", "940")], [held("2019", "9.1"), held("2019", "900")], []),
        (SLUMS, [row("2019", "940", place="Almaty")], [held("2019", "9.1")], []),
        (SLUMS, [row("2019", "940")], [held("2019", "9.1", headline=False)], []),
        (SLUMS, [row("2019/20", "940")], [held("2020", "9.1")], [("warning", "magnitude", 1)]),
        (SLUMS, [row("2019/20", "94")], [held("2021", "9.1")], []),
        (SLUMS, [row("2015-2019", "940")], [held("2012", "9.1"), held("2016", "9.1")], [("warning", "magnitude", 1)]),
        (SLUMS, [row("2020", "940")], [held("2019/20", "9.1", last=2020)], [("warning", "magnitude", 1)]),
        # the years beside it
        (SLUMS, [*(row(*one) for one in SERIES), row("2020", "83")], [], [("warning", "magnitude_years", 6)]),
        (SLUMS, [row("2018", "9"), row("2019", "0.09"), row("2020", "9")], [], [("warning", "magnitude_years", 2)]),
        (SLUMS, [row("2018", "9.1"), row("2019", "0.9")], [], []),
        (PM, [row("2023", "26500"), row("2022", "26.5")], [], [("warning", "magnitude_years", 1)]),
        (SLUMS, [row("2018", "1"), row("2019", "8"), row("2020", "70")], [], []),
        (SLUMS, [row("2018", "9.1"), row("2019", "0.09", place="A"), row("2020", "9.3")], [], []),
        (SLUMS, [row("2018/19", "9"), row("2019/20", "92"), row("2021", "9")], [], [("warning", "magnitude_years", 2)]),
        # a change unlike the others
        (SLUMS, [*(row(*one) for one in SERIES), row("2020", "3.1")], [], [("note", "change", 6)]),
        (SLUMS, [*(row(*one) for one in SERIES), row("2020", "7.9")], [], []),
        (COUNT, [row(str(2010 + n), v) for n, v in enumerate(("0", "3", "0.1", "0", "9", "0.2"))], [], []),
        # one year twice
        (SLUMS, [row("2019", "9.4"), row("2019", "9.6")], [], [("warning", "year_twice", 2)]),
        (SLUMS, [row("2019", "9.4"), row("2019", "9,4")], [], []),
        (SLUMS, [row("2019", "9.4"), row("2019", "9.6", disaggregation="women")], [], []),
        (SLUMS, [row("2019/20", "9.4"), row("2019-2020", "9.6")], [], [("warning", "year_twice", 2)]),
        (SLUMS, [row("2019", "9.4"), row("2019/20", "9.6")], [], []),
        # what a unit cannot be
        (PM, [row("2019", "-26.5")], [], [("warning", "below_nought", 1)]),
        (SLUMS, [row("2019", "-2.5")], [], []),
        (INDEX, [row("2019", "192.5")], [], [OUT]),
        (INDEX, [row("2020", "1"), row("2021", "0"), row("2022", "0.4")], [], []),
        (INDEX, [row("2019", "-0.1")], [], [OUT]),
        # what is not a figure or a year is said elsewhere
        (SLUMS, [row("20019", "9.4"), row("2019", "about 9")], [held("2019", "9.1")], []),
    ],
)  # fmt: skip
def test_each_rule(asked: Guideline, key: str, rows: list[dict[str, str]], known: list[Held], expected: Any) -> None:
    assert told(asked, key, rows, known) == expected


@pytest.mark.parametrize(
    ("year", "end", "expected"),
    [("2025", 2024, [("warning", "year_ahead", 1)]), ("2024/25", 2024, []), ("2024", 2024, []), ("2030", None, [])],
)
def test_a_year_after_the_period(asked: Guideline, year: str, end: int | None, expected: Any) -> None:
    assert told(asked, SLUMS, [row(year, "9.4")], [], end) == expected


def test_the_sentences_name_the_numbers(asked: Guideline) -> None:
    value = {"status": "data", "reason": "", "rows": [row("2019", "30.2", "mg/m3")]}
    (found,) = plausible.findings(asked.questions[PM], value, AIR)
    assert found.sentence == (
        "30.2 mg/m3 for 2019 and 30.9 µg/m³ for 2019, the figure of UN, differ by a factor of about 1000. "
        "Did you mean µg/m³?"
    )
    (scale,) = plausible.findings(asked.questions[PM], value, [])
    assert scale.sentence == (
        "Row 1 is in “mg/m3”; asked is “micrograms per cubic metre”. One “mg/m3” is 1000 “micrograms per cubic metre”, "
        "so 30.2 stands for 30200. Please write it in the unit asked for."
    )


@pytest.mark.parametrize(
    ("ratio", "power"),
    [
        *(("1", 0), ("6.4", 0), ("6.5", 1), ("10", 1), ("15.1", 0), ("49", 0), ("50", 2), ("416", 3)),
        *(("1000", 3), ("0.001", 3), ("0.1", 1), ("0.3", 0)),
    ],
)
def test_orders_of_magnitude(ratio: str, power: int) -> None:
    assert plausible.order(Decimal(ratio)) == power


def test_words_are_not_measured(asked: Guideline) -> None:
    assert told(asked, "2.2.1/NUA-22", [row("2019", "yes"), row("2019", "no", "persons")], []) == []


def test_every_rule_is_in_the_readable_list(asked: Guideline) -> None:
    listed = {rule.key: rule.questions for rule in plausible.rules(asked)}
    assert set(listed) >= {rule.key for rule in plausible.RULES}
    assert PM in listed["unit_scale"]
    assert "2.2.1/NUA-22" not in listed["magnitude"]
    assert "2.2.1/NUA-22" in listed["year_ahead"]


def channel_b(data: Path) -> dict[str, dict[str, list[Held]]]:
    """The headline figures of the United Nations by area and indicator."""
    tables = Path(offers.__file__).parent / "tables" / "series.csv"
    with tables.open(encoding="utf-8", newline="") as file:
        codes = {one["code"]: one["indicator"] for one in csv.DictReader(file) if one["source"] == "un_sdg"}
    found: dict[str, dict[str, list[Held]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((data / "un_sdg").glob("ddf--datapoints--*.csv")):
        code = path.name.split("--")[2]
        if not codes.get(code):
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for one in csv.DictReader(file):
                apart = ("geo_area", "nature", "units", "year", "observation_status", code)
                cover = json.dumps({name: value for name, value in one.items() if name not in apart})
                if is_headline(cover):
                    area, year = one["geo_area"], one["year"]
                    figure = held(year, one[code], one["units"], indicator=codes[code], series=code, dimensions=cover)
                    found[area][codes[code]].append(figure)
    return found


def test_real_figures_raise_few_findings_and_milligrams_are_found(asked: Guideline, shared_data: Path) -> None:
    known = channel_b(shared_data)
    own = {key: [row("", "") | one for one in rows] for key, rows in figures(shared_data).items()}
    found = {
        key: told(asked, key, rows, known["398"][str(asked.questions[key].indicator)], 2024)
        for key, rows in own.items()
    }
    assert {key: told_of for key, told_of in found.items() if told_of} == {
        "1.1.2.4/NUA-14": [("error", "unit", 1)],  # persons, where a share is asked for
        "1.3.2.1/NUA-21": [("warning", "unit_scale", 1)],  # milligrams, where micrograms are asked for
        "2.2.3/NUA-17": [("error", "unit", 1)],  # a share, where an amount per person is asked for
    }
    mistaken = [one | {"unit": "µg/m³"} for one in own[PM]]
    assert told(asked, PM, mistaken, known["398"]["NUA-21"], 2024) == [("error", "unit_meant", 1)]


def test_the_figures_of_all_countries_raise_next_to_none(asked: Guideline, shared_data: Path) -> None:
    questions = {question.indicator: question.key for question in asked.questions.values()}
    counts: Counter[str] = Counter()
    for by_indicator in channel_b(shared_data).values():
        for indicator, figures_held in by_indicator.items():
            lines = defaultdict(list)
            for one in figures_held:
                lines[one.series, one.dimensions].append(row(one.year, one.value, plausible.named(one.unit)))
            for rows in lines.values():
                said = told(asked, questions[indicator], rows, figures_held)
                counts.update(["figures"] * len(rows) + [rule for _severity, rule, _row in said])
    assert counts["figures"] > 30_000
    assert sum(counts.values()) - counts["figures"] < counts["figures"] / 500, counts
