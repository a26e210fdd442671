"""Reading an edition: what a sound document becomes, and how each fault of a broken one is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms import guideline
from forms.guideline import BadGuideline
from tests.forms.editions import FOLDER, edition


def faults(name: str) -> list[tuple[str, str]]:
    with pytest.raises(BadGuideline) as told:
        guideline.load(FOLDER / "broken" / f"{name}.json")
    return told.value.problems


def test_every_fault_of_a_document_is_told_by_its_place() -> None:
    places = {place for place, _ in faults("many-faults")}
    assert places == {
        "version",
        "key",
        "languages[1]",
        "modalities[0].counts[0].kinds[0]",
        "modalities[0].counts[0].within[0]",
        "parts[0].sections[0].paragraphs",
        "parts[0].sections[0].source",
        "parts[0].sections[0].questions[0].kind",
        "parts[0].sections[0].questions[1].key",
        "parts[0].sections[0].questions[2].title.en",
        "parts[0].sections[0].questions[3].colour",
        "parts[0].sections[0].questions[3].required",
        "parts[0].sections[0].questions[3].options",
        "parts[0].sections[0].questions[4].options.columns[0].type",
        "parts[0].sections[0].questions[4].options.columns[1].key",
        "parts[0].sections[0].questions[6].key",
        "parts[0].sections[1].key",
        "parts[0].sections[1].questions",
    }


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("not-json", [("line 3, column 11", "not JSON: Expecting value")]),
        ("key-twice", [("line 4 or before", "the key key stands twice in one object")]),
        ("not-utf8", [("byte 13", "the file is not UTF-8")]),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_line(name: str, told: list[tuple[str, str]]) -> None:
    assert faults(name) == told


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"key": ' + b"9" * 5000 + b"}"])
def test_a_document_beyond_reading_is_refused(data: bytes) -> None:
    with pytest.raises(BadGuideline) as told:
        guideline.read(data)
    assert told.value.problems == [("document", "holds a number too long or lists too deep to be read")]


@pytest.mark.parametrize("document", [[], "text", 5, None])
def test_a_document_that_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(BadGuideline) as told:
        guideline.read(json.dumps(document).encode())
    assert told.value.problems == [("document", "must be a JSON object")]


@pytest.mark.parametrize("name", ["key", "label", "title", "note", "languages", "modalities", "parts", "checklist"])
@pytest.mark.parametrize("odd", [None, 5, [], {}, [5], [[]], {"en": 5}, {"xx": "y"}, [{"key": []}], True])
def test_no_odd_value_breaks_the_reader(name: str, odd: Any) -> None:
    document = json.loads((FOLDER / "one-question.json").read_bytes())
    document[name] = odd
    if (name, odd) == ("checklist", []):
        assert guideline.parse(document).checklist == ()
        return
    with pytest.raises(BadGuideline) as told:
        guideline.parse(document)
    assert told.value.problems


def test_the_modality_decides_which_questions_count() -> None:
    tiny = edition("modalities")
    counted = {modality: [q.key for q in tiny.counted(modality)] for modality in tiny.modalities}
    assert counted == {
        "full": ["1.1/actions", "1.1/NUA-01", "1.2/actions", "1.2/next"],
        "figures": ["1.1/NUA-01"],
        "short": ["1.1/NUA-01", "1.2/actions"],
    }
    assert [q.key for q in tiny.counted("short", "1.2")] == ["1.2/actions"]
    assert [s.key for s in tiny.counted_sections("figures")] == ["1.1"]
    assert tiny.questions["1.2/actions"].modalities == ("full", "short")
    with pytest.raises(KeyError):
        tiny.counted("oral")


def test_the_path_leads_from_the_part_through_the_headings_above() -> None:
    tiny = edition("headings")
    assert [h.key for h in tiny.sections["1.1.2"].path] == ["1", "1.1"]
    assert [h.key for h in tiny.sections["1.10"].path] == ["1"]
    assert tiny.sections["1.1.2"].paragraphs == (25, 26)
    assert (tiny.sections["1.1.2"].source, tiny.sections["1.1.2"].part) == ("recalled", "1")


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Rubrique"), ("ar", "قسم"), ("en", "Section"), ("de", "Section")]
)
def test_words_fall_back_to_english(language: str, words: str) -> None:
    assert guideline.text(edition("six-languages").sections["1.1"].title, language) == words


def test_the_digest_is_of_the_content_and_not_of_the_layout() -> None:
    document = json.loads((FOLDER / "one-question.json").read_bytes())
    same = guideline.parse(dict(reversed(document.items())))
    assert same.digest == edition("one-question").digest
    document["note"] = {"en": "Another note."}
    assert guideline.parse(document).digest != same.digest


def test_an_edition_cannot_be_changed() -> None:
    options: Any = edition("every-kind").questions["1.1/choice"].options
    with pytest.raises(TypeError):
        options["choices"] = []
    with pytest.raises(TypeError):
        options["choices"][0]["key"] = "air"
