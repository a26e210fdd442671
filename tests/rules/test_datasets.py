"""The language of datasets: cuts, headline figures, editions, sources and series."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from forms.guideline import shipped
from portal.rules.areas import TABLES
from portal.rules.datasets import (
    Definition,
    cut_fact,
    definition,
    is_headline,
    is_older,
    series_fact,
    source_fact,
    spans,
)


def test_a_cut_is_canonical() -> None:
    assert cut_fact({"sex": "female", "age": "15_24", "location": ""}, "percent") == (
        '{"age":"15_24","sex":"female"}',
        "percent",
    )


@pytest.mark.parametrize(
    ("dimensions", "headline"),
    [
        ("{}", True),
        ('{"location":"allarea","sex":"bothsex"}', True),
        ('{"custom_breakdown":"notspec"}', True),
        ('{"location":"urban"}', False),
        ('{"location":"allarea","sex":"female"}', False),
    ],
)
def test_headline_figures_are_of_the_whole(dimensions: str, headline: bool) -> None:
    assert is_headline(dimensions) is headline


@pytest.mark.parametrize(
    ("edition", "held", "older"),
    [
        ("2024-01-01", "2025-10-07", True),
        ("2025-10-07", "2025-10-07", False),
        ("2026-01-01", "2025-10-07", False),
        ("December 2022", "December 2023", False),
        ("2024-01-01", "", False),
    ],
)
def test_only_dates_tell_which_edition_is_older(edition: str, held: str, older: bool) -> None:
    assert is_older(edition, held) is older


@pytest.mark.parametrize(
    ("years", "words"), [([1960, 1961, 1962, 1970], "1960 to 1962, 1970"), ([2000], "2000"), ([], "")]
)
def test_years_in_words(years: list[int], words: str) -> None:
    assert spans(years) == words


def test_a_known_source_has_its_terms_and_an_unknown_one_is_its_own_title() -> None:
    assert source_fact("world_bank").licence == "CC BY 4.0"
    assert source_fact("Ministry of Housing").title == "Ministry of Housing"


def test_an_indicator_is_set_only_where_the_table_is_sure() -> None:
    assert series_fact("un_sdg", "en_lnd_slum", "", "").indicator == "NUA-14"
    assert series_fact("un_sdg", "vc_dsr_mort", "", "").indicator is None
    assert series_fact("national:KAZ", "11-9-9", "a title", "11.9.9").indicator is None


def _questions(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "indicator" in node and "options" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _questions(inner)


def test_every_correspondence_agrees_with_the_sdg_number_of_the_indicator() -> None:
    documents = [json.loads(path.read_text("utf-8")) for path in shipped().values()]
    asked = {question["indicator"]: question["options"].get("sdg", "") for question in _questions(documents)}
    with (TABLES / "series.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator"]]
    wrong = [
        (row["code"], row["sdg"], row["indicator"])
        for row in rows
        if not any(number.strip() in asked[row["indicator"]] for number in row["sdg"].split(","))
    ]
    assert wrong == []


def test_every_indicator_that_a_series_belongs_to_is_defined_after_its_own_document() -> None:
    documents = [json.loads(path.read_text("utf-8")) for path in shipped().values()]
    asked = {question["indicator"]: question["options"].get("sdg", "") for question in _questions(documents)}
    with (TABLES / "series.csv").open(encoding="utf-8", newline="") as file:
        held = {row["indicator"] for row in csv.DictReader(file) if row["indicator"]}
    with (TABLES / "indicator_definitions.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["indicator"]: row for row in csv.DictReader(file)}
    assert set(rows) == held
    numbers = {
        key: re.findall(r"SDG indicator ([0-9]+\.[0-9a-z]+\.[0-9]+)", row["source"]) for key, row in rows.items()
    }
    assert [key for key, found in numbers.items() if len(found) != 1 or found[0] not in asked[key]] == []
    assert [key for key in held if definition(key) != Definition(rows[key]["definition"], rows[key]["source"])] == []
    assert definition("NUA-99") is None
