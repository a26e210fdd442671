"""The editions that come with the portal: sound, published ones unchanged, and the first one as its facts say."""

from __future__ import annotations

from collections import Counter

import pytest

from forms import guideline
from forms.outline import Guideline


@pytest.fixture(scope="module")
def first() -> Guideline:
    return guideline.load(guideline.shipped()["nua-2024-r1"])


def test_every_shipped_document_is_an_edition() -> None:
    assert {key: guideline.load(path).key for key, path in guideline.shipped().items()} == {
        key: key for key in guideline.shipped()
    }


def test_published_editions_are_unchanged() -> None:
    digests = {name: guideline.load(guideline.EDITIONS / name).digest for name in guideline.published()}
    assert digests == guideline.published()


def test_the_first_edition_says_that_it_is_reconstructed(first: Guideline) -> None:
    assert "reconstructed" in first.label["en"]
    assert "The text of the guidelines revised in 2024 was not at hand." in first.note["en"]


def test_the_outline_is_whole(first: Guideline) -> None:
    sections = Counter(section.part for section in first.sections.values())
    assert sections == {"F": 5, "1": 27, "2": 29, "3": 4, "A": 4, "D": 2}


def test_every_leaf_asks_the_same_and_its_indicators(first: Guideline) -> None:
    asked = ["actions", "results", "challenges", "next", "practices"]
    for section in first.sections.values():
        if section.part in ("1", "2", "3"):
            assert [q.suffix for q in section.questions if q.suffix in asked] == asked, section.key
    codes = sorted(str(q.indicator) for q in first.questions.values() if q.kind == "series")
    assert codes == [f"NUA-{number:02}" for number in range(1, 78)]


def test_a_number_is_official_only_where_it_is_verified(first: Guideline) -> None:
    numbered = {q.indicator: q.options["number"] for q in first.questions.values() if "number" in q.options}
    assert numbered == {f"NUA-{n:02}": n for n in (*range(1, 13), 19, 35, 36)}


def test_only_the_front_matter_and_documents_can_hold_back_submission(first: Guideline) -> None:
    assert [q.key for q in first.questions.values() if q.required == "blocker"] == [
        "F.1/institution",
        "F.1/period",
        "F.1/contacts",
        "F.2/summary",
        "F.3/process",
        "U/document",
        "R/map",
    ]


@pytest.mark.parametrize(
    ("modality", "sections"),
    [("full", 69), ("update", 69), ("via_reviews", 65), ("upload", 4)],
)
def test_the_modalities_ask_for_their_sections(first: Guideline, modality: str, sections: int) -> None:
    assert len(first.counted_sections(modality)) == sections


def test_the_path_of_a_leaf(first: Guideline) -> None:
    assert [heading.key for heading in first.sections["1.1.2.4"].path] == ["1", "1.1", "1.1.2"]
    assert [q.key for q in first.counted("full", "1.1.2.4")] == [
        "1.1.2.4/actions",
        "1.1.2.4/results",
        "1.1.2.4/challenges",
        "1.1.2.4/next",
        "1.1.2.4/NUA-14",
        "1.1.2.4/practices",
    ]
