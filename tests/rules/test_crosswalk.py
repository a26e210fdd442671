"""The crosswalk holds every section, indicator, paragraph, recommendation, and agrees with the edition."""

from __future__ import annotations

import pytest

from forms.guideline import load, shipped
from forms.kinds.practices import COMMITMENTS, GOALS
from portal.rules import crosswalk

EDITION = load(shipped()["nua-2024-r1"])
PARTS = ("1", "2", "3")


def test_the_commitments_are_the_second_level_of_the_parts_1_and_2() -> None:
    assert [one.key for one in crosswalk.commitments()] == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]
    titles = {h.key: h.title["en"] for part in EDITION.parts for h in part.headings}
    assert {one.key: one.title for one in crosswalk.commitments()} == {key: titles[key] for key in COMMITMENTS}


@pytest.mark.parametrize(
    ("key", "commitment"),
    [
        ("1.1.2.4/actions", "1.1"),
        ("1.2", "1.2"),
        ("2.3.1.4", "2.3"),
        ("2.2.7/NUA-66", "2.2"),
        ("3.1", None),
        ("F.2/summary", None),
        ("1", None),
        ("A.2/practices", None),
        ("12.1", None),
    ],
)
def test_a_question_or_a_section_has_its_commitment(key: str, commitment: str | None) -> None:
    assert crosswalk.commitment_of(key) == commitment


def test_every_section_and_heading_of_the_edition_is_held_with_its_title_and_paragraphs() -> None:
    asked = {
        one.key: (one.title["en"], tuple(sorted(one.paragraphs)))
        for part in EDITION.parts
        if part.key in PARTS
        for one in part.sections
    }
    held = {
        one.key: (one.title, one.paragraphs)
        for one in crosswalk.table().values()
        if not one.heading and one.key[0] in PARTS
    }
    assert held == asked
    headings = {h.key for part in EDITION.parts if part.key in PARTS for h in part.headings}
    assert {one.key for one in crosswalk.table().values() if one.heading} == headings


def test_every_indicator_stands_in_the_section_that_asks_it() -> None:
    asked = {q.indicator: q.section for q in EDITION.questions.values() if q.indicator}
    assert {one.indicator: one.section for one in crosswalk.measures().values()} == asked
    assert len(asked) == 77
    assert crosswalk.indicators_of("1.1.2.3") == ("NUA-02", "NUA-04")
    assert crosswalk.commitment_of_indicator("NUA-01") == "1.1"
    assert crosswalk.commitment_of_indicator("NUA-77") == "2.3"
    assert crosswalk.commitment_of_indicator("NUA-99") is None


def test_a_heading_joins_what_stands_under_it() -> None:
    assert crosswalk.indicators_of("1.1.3") == ("NUA-05", "NUA-06", "NUA-07", "NUA-15", "NUA-18", "NUA-29", "NUA-43")
    assert crosswalk.goals_of("1.1.2") == ("1", "5", "11")


def test_goals_cells_recommendations_and_themes_are_those_there_are() -> None:
    cells = {f"{domain}:{objective}" for domain in crosswalk.DOMAINS for objective in crosswalk.OBJECTIVES}
    for one in crosswalk.table().values():
        assert set(one.goals) <= set(GOALS)
        assert set(one.umf) <= cells
        assert set(one.recommendations) <= set(crosswalk.RECOMMENDATIONS)
        assert set(one.themes) <= set(crosswalk.THEMES)
    used = [one for one in crosswalk.table().values() if not one.heading]
    assert {letter for one in used for letter in one.recommendations} == set("abcdefg")
    assert {theme for one in used for theme in one.themes} == set(crosswalk.THEMES)
    assert {cell for cell, _title in crosswalk.umf_indicators().values()} <= cells
    assert {code for one in crosswalk.measures().values() for code in one.umf} <= set(crosswalk.umf_indicators())


def test_the_code_book() -> None:
    found = crosswalk.codes()
    assert found["commitment:1.1"] == crosswalk.commitments()[0].title
    assert found["kind:need"] == "Need"
    kinds = [crosswalk.kind_of(code) for code in found]
    assert {kind: kinds.count(kind) for kind in crosswalk.CODE_KINDS} == {
        "kind": 4,
        "commitment": 6,
        "theme": 31,
        "recommendation": 7,
        "paragraph": 153,
    }
    assert crosswalk.crossing("9.9/none") is None
    assert crosswalk.paragraphs_of("1.1.1.1") == (25, 26)
    assert crosswalk.umf_of("2.2.3") == ("culture:sustainable",)
    assert crosswalk.recommendations_of("2.1.1") == ("g",)
    assert crosswalk.themes_of("1.1.2.4") == ("slums", "housing")
