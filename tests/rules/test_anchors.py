"""Anchoring, the analyser, near copies: pure, with the properties that hold for whatever text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import likeness
from portal.rules.analyser import cut, language_of, marked, search, terms, words
from portal.rules.anchors import EDITED, MOVED, NEW, SAME, Placed, anchor, folded, follow
from portal.rules.cutting import commitments_of_files, pieces

A = ("1.1.1.1/actions", "en")
B = ("1.1.1.1/results", "en")


def placed(*texts: str, place: tuple[str, str] = A) -> list[Placed]:
    return [Placed(place, anchor(text), text) for text in texts]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The city built homes.", "The city, built  homes"),
        ("The CITY built homes", "the city\nbuilt **homes**!"),
        ("L’eau, enfin !", "l'eau enfin"),
        ("Cafe\u0301", "Café"),
        ("完成，了。", "完成 了"),
        ("(well-being)", "well being"),
    ],
)
def test_punctuation_case_and_blanks_do_not_count(one: str, other: str) -> None:
    assert anchor(one) == anchor(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17.4 percent", "174 percent"),
        ("17.4 percent", "17 4 percent"),
        ("17.4", "17,4"),
        ("5 %", "5"),
        ("fell by -3", "fell by 3"),
        ("café", "cafe"),
        ("two homes", "two home"),
    ],
)
def test_what_changes_the_meaning_counts(one: str, other: str) -> None:
    assert anchor(one) != anchor(other)


def test_each_way_in_which_a_passage_continues_another() -> None:
    old = placed("One two three.", "Four five six seven.", "Eight nine ten.") + placed("Elsewhere it stood.", place=B)
    new = placed("Eight nine, ten!", "Four five six eight.", "Quite another.", "Elsewhere it stood.")
    assert follow(old, new) == [(2, SAME), (1, EDITED), (None, NEW), (3, MOVED)]


def test_of_two_equal_paragraphs_each_continues_its_own() -> None:
    old = placed("Same words.", "Same words.", "Other words here.")
    assert follow(old, placed("Same words.", "Other words here.", "Same words.")) == [
        (1, SAME),
        (2, SAME),
        (0, MOVED),
    ]


TEXTS = st.lists(
    st.sampled_from(["a b c d", "a b c e", "f g h", "F, G, H!", "i", "水 供", "17.4 x", "174 x"]), max_size=8
)


@given(TEXTS, TEXTS)
def test_no_passage_is_continued_twice_and_same_means_same(old: list[str], new: list[str]) -> None:
    before, after = placed(*old), placed(*new)
    found = follow(before, after)
    taken = [at for at, _change in found if at is not None]
    assert len(taken) == len(set(taken))
    for one, (at, change) in zip(after, found, strict=True):
        assert (at is None) == (change == NEW)
        if at is not None:
            assert (before[at].hash == one.hash) == (change in (SAME, MOVED))


@given(TEXTS)
def test_a_version_that_changed_nothing_continues_all(texts: list[str]) -> None:
    assert follow(placed(*texts), placed(*texts)) == [(at, SAME) for at in range(len(texts))]


@given(st.text())
def test_folding_twice_folds_no_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(), st.sampled_from(["ar", "zh", "en", "fr", "ru", "es"]))
def test_terms_hold_letters_and_digits_alone(text: str, language: str) -> None:
    assert all(term.isalnum() for term in terms(text, language))
    assert all(0 <= word.start < word.end <= len(text) for word in words(text, language))


@given(st.text(), st.text(max_size=20))
def test_marking_loses_no_character(text: str, asked: str) -> None:
    assert "".join(piece for piece, _sought in marked(text, "en", search(asked))) == text


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("والأحياءُ الفقيرة للمدن", "ar", ["حي", "فقير", "مدين"]),
        ("供水 5 年", "zh", ["供水", "水", "5", "年"]),
        ("The cities' 1,234.5 homes", "en", ["the", "citi", "1d234d5", "home"]),
        ("Les villes d'été", "fr", ["le", "vill", "d", "ete"]),
        ("Жильё и города", "ru", ["жил", "и", "город"]),
        ("poblaciones", "es", ["poblacion"]),
        ("٢٠٢٥", "ar", ["2025"]),
    ],
)
def test_terms_by_language(text: str, language: str, expected: list[str]) -> None:
    assert terms(text, language) == expected


@pytest.mark.parametrize(
    ("text", "likely", "language"),
    [
        ("The homes of the city", "fr", "en"),
        ("Les logements de la ville", "en", "fr"),
        ("La vivienda en las ciudades", "en", "es"),
        ("Жилье в городах", "en", "ru"),
        ("المدينة", "en", "ar"),
        ("城市住房", "en", "zh"),
        ("GDP 2025", "fr", "fr"),
    ],
)
def test_the_language_of_a_text_without_a_label(text: str, likely: str, language: str) -> None:
    assert language_of(text, likely) == language


def test_cutting_joins_stretches_that_overlap() -> None:
    assert cut("abcdef", [(1, 3), (2, 4)]) == [("a", False), ("bcd", True), ("ef", False)]


LONG = [f"word{at}" for at in range(60)]


def test_near_copies_share_a_band_and_others_none() -> None:
    near = [*LONG[:20], "changed", *LONG[21:]]
    far = [f"other{at}" for at in range(60)]
    whole, changed, another = likeness.runs(LONG), likeness.runs(near), likeness.runs(far)
    assert round(likeness.likeness(whole, changed), 2) == 0.87
    assert set(likeness.bands(whole)) & set(likeness.bands(changed)) != set()
    assert set(likeness.bands(whole)) & set(likeness.bands(another)) == set()
    assert len(likeness.bands(whole)) == 16
    assert likeness.runs(LONG[:11]) == frozenset()
    assert likeness.bands(frozenset()) == []


def test_whose_text_a_near_copy_is() -> None:
    kind = likeness.kind_of_pair
    assert kind(("KAZ", None, "2026"), ("KAZ", None, "2022")) == likeness.LAST_CYCLE
    assert kind(("KAZ", None, "2026"), ("KEN", None, "2026")) == likeness.STATE
    assert kind(("KAZ", None, "2026"), ("KAZ", 1, "2026")) == likeness.PARTNER
    assert kind(("KAZ", 1, "2026"), ("KEN", 1, "2026")) == likeness.OWN


def test_what_is_cut_and_what_is_not() -> None:
    document = {
        "answers": [
            {
                "question": "CF.1/commitment",
                "kind": "choice",
                "language": "fr",
                "value": ["commitment_2_3", "commitment_1_3"],
            },
            {"question": "CF.2/text", "kind": "narrative", "language": "fr", "value": "Un.\n\n---\n\nDeux."},
            {"question": "CF.2/people", "kind": "people", "language": "fr", "value": [{"name": "focal point"}]},
            {"question": "CF.3/links", "kind": "links", "language": "fr", "value": [{"url": "https://example.org"}]},
            {
                "question": "1.2.1.1/practices",
                "kind": "practices",
                "language": "en",
                "value": [{"id": "x", "title": "Canal", "done": "Dug.", "commitments": ["1.1"], "contact": "someone"}],
            },
            {
                "question": "A.2/practices",
                "kind": "practices",
                "language": "en",
                "value": [{"title": "Park", "commitments": ["2.2", "1.1"]}],
            },
            {"question": "3.4/support", "kind": "table", "language": "en", "value": [{"what": "Training", "n": ""}]},
        ]
    }
    chosen = ("1.3", "2.3")
    assert [(one.question, one.ordinal, one.text, one.commitments) for one in pieces(document)] == [
        ("CF.2/text", 1, "Un.", chosen),
        ("CF.2/text", 2, "Deux.", chosen),
        ("1.2.1.1/practices", 1, "Canal", ("1.2",)),
        ("1.2.1.1/practices", 2, "Dug.", ("1.2",)),
        ("A.2/practices", 1, "Park", ("1.1", "2.2")),
        ("3.4/support", 1, "Training", chosen),
    ]
    told = (commitments_of_files(document, "CF.3/files"), commitments_of_files(document, "1.2.1.1/files"))
    assert told == (chosen, ("1.2",))
    one = {"question": "CF.1/commitment", "kind": "choice", "language": "fr", "value": "commitment_1_3"}
    odd = {"question": "CF.1/commitment", "kind": "choice", "language": "fr", "value": ["commitment_9_9", "other"]}
    assert [commitments_of_files({"answers": [said]}, "CF.3/files") for said in (one, odd)] == [("1.3",), ()]
