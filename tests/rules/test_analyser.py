"""What the search takes for one word: spellings, broken plurals, words broken at the end of a line, digits."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from portal.rules import likeness
from portal.rules.analyser import Search, broken_words, indexed, marked, search, terms
from portal.rules.shipped import TABLES


def finds(asked: str, text: str, language: str, of: str | None = None) -> bool:
    """Whether a search, in no language or in one, meets a text."""
    held, sought = indexed(text, language), search(asked, of)
    return bool(sought.clauses) and all(
        any(list(one.terms) in [held[at : at + len(one.terms)] for at in range(len(held))] for one in clause)
        for clause in sought.clauses
    )


def rows(language: str) -> list[tuple[str, str]]:
    with (TABLES / "word_forms.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row for row in found if not row["source"]] == []
    return [(row["word"], row["form"]) for row in found if row["language"] == language]


@pytest.mark.parametrize(("word", "form"), [*rows("en"), ("labourers", "labor"), ("programmes", "programs"),
    ("urbanisation", "urbanization"), ("urbanised", "urbanize"), ("organising", "organization")])  # fmt: skip
def test_a_word_is_found_however_it_is_spelled(word: str, form: str) -> None:
    for asked, text in ((word, form), (form, word), (f'"{word}"', form), (f'"{form}"', word)):
        assert finds(asked, f"The {text} of cities.", "en"), (asked, text)


@pytest.mark.parametrize(
    ("asked", "text", "language"),
    [
        ("urbanization", "urban homes", "en"),
        ("center", "central", "en"),
        ("meter", "metric", "en"),
        ("price", "prize", "en"),
        ("مدينة", "دين", "ar"),
        ("حي", "حياة", "ar"),
        ("مبنى", "مبين", "ar"),
    ],
)
def test_other_words_stay_other_words(asked: str, text: str, language: str) -> None:
    assert not finds(asked, text, language, language)


def test_a_spelling_of_english_is_none_of_another_language() -> None:
    assert terms("labor program center", "es") == ["labor", "program", "cent"]
    assert terms("labor center", "fr") == ["labor", "cent"]


REGULAR = [("خدمة", "خدمات"), ("سياسة", "سياسات"), ("دولة", "دول"), ("قرية", "قرى")]


@pytest.mark.parametrize(("word", "form"), [*rows("ar"), *REGULAR])
def test_a_word_of_the_field_is_found_by_its_plural_and_the_other_way(word: str, form: str) -> None:
    for asked, text in ((word, form), (form, word)):
        for written in (text, f"ال{text}", f"وال{text}", f"لل{text}"):
            assert finds(asked, f"في {written} الجديدة", "ar"), (asked, written)


@pytest.mark.parametrize("written", ["بمدن", "لمدن", "مدنها", "بمدينة", "مدينتها", "مدنهم", "لمدينتنا"])
@pytest.mark.parametrize("asked", ["مدينة", "مدن", "المدن"])
def test_what_is_written_onto_a_plural_does_not_hide_it(asked: str, written: str) -> None:
    assert finds(asked, written, "ar")


def test_no_form_stands_for_two_words() -> None:
    singular: dict[str, set[str]] = defaultdict(set)
    for word, form in rows("ar"):
        singular[form].add(word)
    assert {form: words for form, words in singular.items() if len(words) > 1} == {}
    words = {word for word, _form in rows("ar")}
    assert len({terms(word, "ar")[0] for word in words}) == len(words)
    assert words.isdisjoint(singular)


@pytest.mark.parametrize(
    ("text", "language", "found", "held"),
    [
        ("urban develop-\nment plans", "en", ["develop-\nment"], ["urban", "develop", "plan", "develop", "ment"]),
        ("urban develop\u00ad\nment", "en", ["develop\u00ad\nment"], ["urban", "develop", "develop", "ment"]),
        ("develop\u00adment", "en", [], ["develop"]),
        ("people-  \n  centred", "en", ["people-  \n  centred"], ["peoplecentr", "peopl", "centr"]),
        ("разви-\nтие", "ru", ["разви-\nтие"], ["развит", "разв", "ти"]),
        ("a cent-\ner", "en", ["cent-\ner"], ["a", "centr", "cent", "er"]),
        ("2020-\n2025", "en", [], ["2020", "2025"]),
        ("Almaty-\nAstana", "en", [], ["almati", "astana"]),
        ("one -\ntwo", "en", [], ["one", "two"]),
        ("one-\n\ntwo", "en", [], ["one", "two"]),
    ],
)
def test_a_word_broken_at_the_end_of_a_line_is_one_word(
    text: str, language: str, found: list[str], held: list[str]
) -> None:
    assert (broken_words(text), indexed(text, language)) == (found, held)


@pytest.mark.parametrize("asked", ["development", '"sustainable urban development"', '"development plans"', "centred",
    '"people centred"', "people-centred"])  # fmt: skip
def test_a_broken_word_is_found_whole_and_a_compound_by_its_parts(asked: str) -> None:
    assert finds(asked, "Sustainable urban develop-\nment plans that are people-\ncentred.", "en")


def test_a_broken_word_is_marked_as_it_stands() -> None:
    text = "Urban develop-\nment."
    assert marked(text, "en", search("development")) == [("Urban ", False), ("develop-\nment", True), (".", False)]


def test_a_text_broken_at_its_lines_is_a_near_copy_of_the_same_text() -> None:
    whole = "The national housing programme has built twelve thousand affordable dwellings in the largest cities"
    broken = whole.replace("programme", "pro-\ngramme").replace("affordable", "afford\u00ad\nable")
    assert likeness.runs(terms(broken, "en")) == likeness.runs(terms(whole, "en"))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("2022", "عام ٢٠٢٢"),
        ("٢٠٢٢", "in 2022"),
        ("2022", "و٢٠٢٢"),
        ("2022", "۲۰۲۲"),
        ("17.4", "١٧٫٤"),
        ("1,234", "١٬٢٣٤"),
        ("١٧٫٤", "17.4 percent"),
    ],
)
def test_a_figure_is_found_by_the_digits_of_another_script(asked: str, text: str) -> None:
    assert finds(asked, text, "ar")


def test_a_search_without_a_word_finds_nothing() -> None:
    assert (search("-\n"), finds("-\n", "a-\nb", "en")) == (Search(()), False)
