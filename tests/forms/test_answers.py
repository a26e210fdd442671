"""Canonical answers, paragraphs, the three-way merge and the difference of texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import NotCanonical, canonical, difference, digest, holds, merge, paragraphs


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ("e\u0301", '"é"'),
        ({"e\u0301": "ع"}, '{"é":"ع"}'),
        (("a", "b"), '["a","b"]'),
        ("", '""'),
    ],
)
def test_equal_values_have_the_same_bytes(value: Any, data: str) -> None:
    assert canonical(value) == data.encode()


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (1.0, ""),
        (float("nan"), ""),
        ({"rows": [{"value": 17.4}]}, "rows[0].value"),
        ({1: "a"}, ""),
        ("\ud800", ""),
        ({"é": 1, "e\u0301": 2}, ""),
        (b"bytes", ""),
    ],
)
def test_what_has_no_canonical_form_is_refused_by_place(value: Any, place: str) -> None:
    with pytest.raises(NotCanonical) as refused:
        canonical(value)
    assert refused.value.place == place


def test_the_digest_is_sha256() -> None:
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_paragraphs_are_numbered_and_hashed_without_their_layout() -> None:
    first = paragraphs("One  two\nthree.\n\n- a\n- b\n \n\nLast.")
    again = paragraphs("One two three.")
    assert [(p.ordinal, p.text) for p in first] == [(1, "One  two\nthree."), (2, "- a\n- b"), (3, "Last.")]
    assert first[0].hash == again[0].hash
    assert len({p.hash for p in first}) == 3
    assert paragraphs(" \n\n ") == []


BASE = "One stays. Two stays.\n\nThree stays. Four stays."


@pytest.mark.parametrize(
    ("theirs", "yours", "merged"),
    [
        ("One moved. Two stays.\n\nThree stays. Four stays.", "One stays. Two stays.\n\nThree stays. Four moved.",
         "One moved. Two stays.\n\nThree stays. Four moved."),
        ("One moved. Two stays.\n\nThree stays. Four stays.", "One stays. Two moved.\n\nThree stays. Four stays.",
         "One moved. Two moved.\n\nThree stays. Four stays."),
        ("Zero.\n\n" + BASE, BASE + "\n\nFive.", "Zero.\n\n" + BASE + "\n\nFive."),
        ("Three stays. Four stays.", BASE + "\n\nFive.", "Three stays. Four stays.\n\nFive."),
        ("One new. Two stays.\n\nThree stays. Four stays.", "One new. Two stays.\n\nThree stays. Four stays.",
         "One new. Two stays.\n\nThree stays. Four stays."),
        ("一。二。\n\n" + BASE, BASE, "一。二。\n\n" + BASE),
    ],
)  # fmt: skip
def test_changes_in_different_sentences_are_joined(theirs: str, yours: str, merged: str) -> None:
    assert merge(BASE, theirs, yours).value == merged
    assert merge(BASE, yours, theirs).value == merged


def test_han_sentences_merge_one_by_one() -> None:
    assert merge("甲一。乙一。丙一。", "甲二。乙一。丙一。", "甲一。乙一。丙二。").value == "甲二。乙一。丙二。"


@pytest.mark.parametrize(
    ("base", "theirs", "yours"),
    [
        ("The share is 17.4.", "The share is 17.5.", "The share is 18."),
        ("", "They wrote first.", "You wrote first."),
        ("One.", "One.\n\nTheirs.", "One.\n\nYours."),
        ("One. Two.", "One.", "One. Two changed."),
    ],
)
def test_the_same_sentence_changed_twice_is_a_conflict(base: str, theirs: str, yours: str) -> None:
    merged = merge(base, theirs, yours)
    assert merged.value is None
    assert merged.conflicts


ROW = {"year": "2020", "value": "17.4", "source": ""}


@pytest.mark.parametrize(
    ("base", "theirs", "yours", "merged"),
    [
        ({"a": "1", "b": "2"}, {"a": "3", "b": "2"}, {"a": "1", "b": "4"}, {"a": "3", "b": "4"}),
        ([ROW], [{**ROW, "value": "18"}], [{**ROW, "source": "Census"}], [{**ROW, "value": "18", "source": "Census"}]),
        ([ROW], [ROW, {**ROW, "year": "2021"}], [{**ROW, "value": "18"}],
         [{**ROW, "value": "18"}, {**ROW, "year": "2021"}]),
        ([{"a": "1"}], [{"a": "1"}, {"a": "2"}], [{"a": "3"}], None),
        ([ROW, {"year": "2019"}], [ROW, {"year": "2019"}, {"year": "2018"}], [{**ROW, "value": "18"}, {"year": "2019"}],
         [{**ROW, "value": "18"}, {"year": "2019"}, {"year": "2018"}]),
        ([ROW], [{**ROW, "value": "18"}], [{**ROW, "value": "19"}], None),
        ([ROW], [], [{**ROW, "value": "19"}], None),
        ({"reason": "", "rows": [ROW]}, {"reason": "", "rows": [{**ROW, "value": "18"}]},
         {"reason": "r", "rows": [ROW]}, {"reason": "r", "rows": [{**ROW, "value": "18"}]}),
        (None, [{"a": "1"}], [{"a": "2"}], None),
        ("text", ["a"], {"a": "b"}, None),
    ],
)  # fmt: skip
def test_records_merge_by_field_and_lists_by_row(base: Any, theirs: Any, yours: Any, merged: Any) -> None:
    result = merge(base, theirs, yours)
    assert result.value == merged
    assert bool(result.conflicts) == (merged is None)


A, B, C, D = ({"id": name, "title": name, "done": ""} for name in "abcd")


def done(row: dict[str, str], words: str) -> dict[str, str]:
    return {**row, "done": words}


def figure(year: str, value: str, **more: str) -> dict[str, str]:
    return {"year": year, "value": value, "disaggregation": "", "place": ""} | more


F18, F19, F20, F21 = (figure(year, "1") for year in ("2018", "2019", "2020", "2021"))


@pytest.mark.parametrize(
    ("base", "theirs", "yours", "merged"),
    [
        ([], [F20], [F21], [F20, F21]),
        ([F19], [F19, F20], [F19, F21], [F19, F20, F21]),
        ([F19], [F18, F19], [F19, F20], [F18, F19, F20]),
        ([F19], [figure("2019", "2")], [F19, F21], [figure("2019", "2"), F21]),
        ([], [figure("2020", "1", disaggregation="women")], [figure("2020", "2", disaggregation="men")],
         [figure("2020", "1", disaggregation="women"), figure("2020", "2", disaggregation="men")]),
        ([], [figure("2020", "1", place="Oskemen")], [figure("2020", "2", place="Semey")],
         [figure("2020", "1", place="Oskemen"), figure("2020", "2", place="Semey")]),
        ([], [F20], [figure("2020", "2")], None),
        ([F19], [F19, F20], [figure("2020", "2"), F19], None),
        ([F19], [figure("2020", "1")], [figure("2021", "1")], None),
        ([F19], [F20], [figure("2019", "2")], [figure("2020", "2")]),
        ([F19], [], [figure("2019", "2")], None),
        ([], [figure("", "1")], [F20], None),
        ([figure("", "1")], [figure("", "1"), F20], [figure("", "1"), F21], [figure("", "1"), F20, F21]),
    ],
)  # fmt: skip
def test_figures_of_other_years_contradict_nobody(base: Any, theirs: Any, yours: Any, merged: Any) -> None:
    for sides in ((theirs, yours), (yours, theirs)):
        result = merge(*({"rows": side} for side in (base, *sides)))
        found = None if result.value is None else sorted(map(canonical, result.value["rows"]))
        assert found == (None if merged is None else sorted(map(canonical, merged)))
        assert bool(result.conflicts) == (merged is None)
    assert merged in (None, merge(base, theirs, yours).value)


@pytest.mark.parametrize(
    ("base", "theirs", "yours", "merged"),
    [
        ([A, B], [B, C], [done(A, ""), done(B, "built")], [done(B, "built"), C]),
        ([A, B], [B, A], [A, done(B, "built")], [done(B, "built"), A]),
        ([A, B], [A, C, B], [done(A, "built"), B, D], [done(A, "built"), C, B, D]),
        ([A], [A, B], [A, C], [A, B, C]),
        ([], [A], [B], [A, B]),
        ([A, B], [B], [A], []),
        ([A, B], [B], [done(A, "built"), B], None),
        ([A], [done(A, "built")], [done(A, "torn down")], None),
    ],
)
def test_rows_with_identifiers_merge_wherever_they_stand(base: Any, theirs: Any, yours: Any, merged: Any) -> None:
    for sides in ((theirs, yours), (yours, theirs)):
        result = merge(base, *sides)
        found = None if result.value is None else sorted(canonical(row) for row in result.value)
        assert found == (None if merged is None else sorted(map(canonical, merged)))
        assert bool(result.conflicts) == (merged is None)
    assert merged in (None, merge(base, theirs, yours).value)


@pytest.mark.parametrize(
    ("value", "sent", "held"),
    [
        ("One mine. Two theirs.", "One mine. Two.", True),
        ("One. Two theirs.", "One mine. Two.", False),
        ("One theirs. Two.", "One mine. Two.", False),
        ("Two.", "Two.", True),
        ("One. Two theirs.", "Two.", False),
    ],
)
def test_a_value_holds_what_was_sent_when_joining_it_again_adds_nothing(value: str, sent: str, held: bool) -> None:
    assert holds(value, "One. Two.", sent) is held


def test_a_conflict_names_its_row_and_field() -> None:
    sides = [{"status": "data", "rows": [{"year": "2019"}, {**ROW, "value": value}]} for value in ("1", "2", "3")]
    conflict = merge(*sides).conflicts[0]
    assert (conflict.where, conflict.base, conflict.theirs, conflict.yours) == ("rows[1].value", "1", "2", "3")


TEXTS = st.lists(
    st.lists(st.sampled_from(["Eau.", "Rue!", "Maison?", "17.4 %.", "水。", "ماء؟"]), min_size=1, max_size=4).map(
        " ".join
    ),
    max_size=5,
).map("\n\n".join)
ROWS = st.lists(st.fixed_dictionaries({"a": st.sampled_from("123"), "b": st.sampled_from("456")}), max_size=4)
VALUES = TEXTS | ROWS | st.fixed_dictionaries({"text": st.sampled_from("xyz"), "rows": ROWS})


@given(VALUES, VALUES)
def test_one_side_unchanged_gives_the_other(base: Any, changed: Any) -> None:
    assert merge(base, changed, base).value == changed
    assert merge(base, base, changed).value == changed
    assert merge(base, changed, changed).value == changed


@given(TEXTS, TEXTS, TEXTS)
def test_both_orders_give_the_same_text(base: str, theirs: str, yours: str) -> None:
    assert merge(base, theirs, yours).value == merge(base, yours, theirs).value


EDIT = st.sampled_from(["keep", "keep", "change", "remove", "insert"])


def edited(edits: list[str], side: str) -> list[str]:
    """A text of numbered sentences after one side's edits; what the side writes carries its name."""
    written: list[str] = []
    for number, edit in enumerate(edits):
        if edit == "insert":
            written.append(f"Inserted {number} by {side}.")
        if edit == "change":
            written.append(f"Changed {number} by {side}.")
        elif edit != "remove":
            written.append(f"Kept {number}.")
    return written


@given(st.lists(st.tuples(EDIT, EDIT), max_size=8), st.sampled_from([" ", "\n\n"]))
def test_nothing_that_either_side_wrote_is_lost_without_a_conflict(edits: list[tuple[str, str]], between: str) -> None:
    base = [f"Kept {number}." for number in range(len(edits))]
    theirs, yours = edited([edit for edit, _ in edits], "them"), edited([edit for _, edit in edits], "you")
    merged = merge(between.join(base), between.join(theirs), between.join(yours))
    if merged.conflicts:
        return
    for sentence in {*theirs, *yours} - set(base):
        assert merged.value.count(sentence) == 1, sentence
    for sentence in base:
        assert merged.value.count(sentence) == int(sentence in theirs and sentence in yours), sentence


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        ("The share is 17.4 percent.", "The share is 18.2 percent.",
         [("same", "The share is "), ("removed", "17.4"), ("added", "18.2"), ("same", " percent.")]),
        ("住房政策", "住宅政策", [("same", "住"), ("removed", "房"), ("added", "宅"), ("same", "政策")]),
        ("", "New", [("added", "New")]),
        ("Same", "Same", [("same", "Same")]),
        (">95", "<95", [("removed", ">95"), ("added", "<95")]),
    ],
)  # fmt: skip
def test_the_difference_is_by_words(old: str, new: str, steps: list[tuple[str, str]]) -> None:
    assert difference(old, new) == steps


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_texts_whole(old: str, new: str) -> None:
    steps = difference(old, new)
    assert "".join(text for op, text in steps if op != "added") == old
    assert "".join(text for op, text in steps if op != "removed") == new


def test_a_long_passage_changed_all_over_shows_as_replaced_whole() -> None:
    old, new = (" ".join(f"{letter * (number + 1)} same" for number in range(200)) for letter in "ab")
    assert difference(f"First. {old}", f"First. {new}") == [
        ("same", "First. "),
        ("removed", old.removesuffix(" same")),
        ("added", new.removesuffix(" same")),
        ("same", " same"),
    ]
