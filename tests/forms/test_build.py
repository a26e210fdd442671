"""What is built from an edition: forms that read back what they show, findings, progress, the list of rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms import build
from forms.kinds.controls import CellsField
from tests.forms.editions import edition, question

FILES = ["0b9d2a1e-7c43-4c55-9f0a-2b8f6c1d3e4f", "1b9d2a1e-7c43-4c55-9f0a-2b8f6c1d3e4f"]


def form(formdata: Any = None, **stored: Any) -> build.SectionForm:
    every = edition("every-kind")
    data = {f"1.1/{suffix}": value for suffix, value in stored.items()}
    return build.section_form(every, every.sections["1.1"], "full", "en")(formdata, data=data)


def sent(shown: build.SectionForm) -> MultiDict[str, str]:
    """What a browser sends back for a form as shown."""
    pairs: list[tuple[str, str]] = []
    for key, field in shown._fields.items():
        if isinstance(field, CellsField):
            controls = [*field.heads, *(control for row in field.rows for control in row)]
            pairs += [pair for control in controls for pair in control.pairs()]
        else:
            pairs += [
                (key, value) for value in ([*field.data, ""] if isinstance(field.data, list) else [field.data or ""])
            ]
    return MultiDict(pairs)


TYPED = st.text(max_size=12)
STORED = st.fixed_dictionaries(
    {
        "narrative": TYPED,
        "text": TYPED,
        "number": TYPED,
        "choice": st.sampled_from(["", "road"]),
        "several": st.lists(st.sampled_from(["road", "rail"]), max_size=2),
        "period": st.fixed_dictionaries({"from": TYPED, "to": TYPED}),
        "NUA-01": st.fixed_dictionaries(
            {
                "status": st.sampled_from(["", "data", "no_data"]),
                "reason": TYPED,
                "rows": st.lists(st.fixed_dictionaries({"year": TYPED, "value": TYPED}), max_size=3),
            }
        ),
        "practices": st.lists(
            st.fixed_dictionaries(
                {
                    "title": TYPED,
                    "done": TYPED,
                    "goals": st.lists(st.sampled_from(["11", "13", "a goal of ours"])),
                    "pictures": st.lists(st.fixed_dictionaries({"attachment": st.sampled_from(FILES), "alt": TYPED})),
                }
            ),
            max_size=3,
        ),
        "people": st.lists(st.fixed_dictionaries({"name": TYPED}), max_size=3),
    }
)


@given(STORED)
def test_a_form_reads_back_what_it_shows(stored: dict[str, Any]) -> None:
    clean = {suffix: build.clean(question(suffix), value) for suffix, value in stored.items()}
    read = build.values(form(sent(form(**clean))))
    assert {key: value for key, value in read.items() if key.partition("/")[2] in clean} == {
        f"1.1/{suffix}": value for suffix, value in clean.items()
    }


def test_rows_have_stable_names_and_two_blank_ones_at_least() -> None:
    field: Any = form(people=[{"name": "Unit"}])["1.1/people"]
    assert [control.name for control in field.rows[0]] == [
        f"1.1/people-0-{column}" for column in ("name", "post", "office", "email", "telephone")
    ]
    assert [row.blank for row in field.rows] == [False, True, True]
    full: Any = form(MultiDict({"1.1/people-0-name": "", "1.1/people-1-name": "B", "1.1/people-7-name": "C"}))[
        "1.1/people"
    ]
    assert [row.controls[0].value for row in full.rows] == ["", "B", "C", "", ""]


def test_what_the_form_did_not_send_is_left_alone() -> None:
    posted = form(MultiDict({"1.1/text": "New", "1.1/links-0-url": ""}), people=[{"name": "Unit"}], text="Old")
    assert build.values(posted) == {"1.1/text": "New", "1.1/links": []}
    shown: Any = posted["1.1/people"]
    assert shown.rows[0].controls[0].value == "Unit"


@pytest.mark.parametrize(
    "name",
    ["1.1/people-x-name", "1.1/people--1-name", f"1.1/people-{'9' * 5000}-name", "1.1/people-0", "1.1/people-٣-name"],
)
def test_odd_names_in_a_form_are_no_rows(name: str) -> None:
    field: Any = form(MultiDict({name: "A"}))["1.1/people"]
    assert all(row.index < 3 for row in field.rows)


def test_labels_are_in_the_language_asked_for() -> None:
    six = edition("six-languages")
    shown = build.section_form(six, six.sections["1.1"], "full", "fr")()
    assert shown["1.1/text"].label.text == "Name"
    assert build.section_form(six, six.sections["1.1"], "full", "fr") is type(shown)


def told(modality: str, languages: tuple[str, ...], answers: build.Answers) -> list[tuple[str, str, str, str]]:
    found = build.findings(edition("modalities"), modality, languages, answers)
    return [(f.severity, f.question, f.rule, f.language) for f in found]


def test_the_check_goes_through_the_questions_that_count() -> None:
    assert told("short", ("en",), {}) == [
        ("warning", "1.1/NUA-01", "indicator", ""),
        ("note", "1.2/actions", "unanswered", ""),
    ]


def test_a_text_in_one_language_answers_and_the_others_are_noted() -> None:
    assert told("full", ("fr", "en"), {("1.1/actions", "en"): "Done", ("1.2/actions", "fr"): "Fait"}) == [
        ("note", "1.1/actions", "translation", "fr"),
        ("warning", "1.1/NUA-01", "indicator", ""),
        ("note", "1.2/actions", "translation", "en"),
    ]


def test_what_is_kept_once_stands_under_the_first_language() -> None:
    value = build.clean(edition("modalities").questions["1.1/NUA-01"], {"status": "no_data", "reason": "No census."})
    assert told("figures", ("fr", "en"), {("1.1/NUA-01", "fr"): value}) == []
    assert told("figures", ("fr", "en"), {("1.1/NUA-01", "en"): value}) == [("warning", "1.1/NUA-01", "indicator", "")]


def far(answers: build.Answers, modality: str = "full", name: str = "modalities") -> dict[str, tuple[int, int, str]]:
    guideline = edition(name)
    found = build.findings(guideline, modality, ("en",), answers)
    progress = build.progress(guideline, modality, ("en",), answers, found)
    assert (progress.answered, progress.of) == (
        sum(each.answered for each in progress.sections.values()),
        sum(each.of for each in progress.sections.values()),
    )
    return {key: (each.answered, each.of, each.state) for key, each in progress.sections.items()}


@pytest.mark.parametrize(
    ("answers", "sections"),
    [
        ({}, {"1.1": (0, 2, "not_started"), "1.2": (0, 1, "not_started")}),
        ({("1.1/actions", "en"): "Done"}, {"1.1": (1, 2, "in_progress"), "1.2": (0, 1, "not_started")}),
        ({("1.2/actions", "en"): "Done"}, {"1.1": (0, 2, "not_started"), "1.2": (1, 1, "complete")}),
        ({("1.2/next", "en"): "Soon"}, {"1.1": (0, 2, "not_started"), "1.2": (1, 2, "in_progress")}),
    ],
)
def test_progress_counts_what_is_asked_for(answers: Any, sections: Any) -> None:
    assert far(answers) == sections


def test_a_section_with_a_blocker_says_so_once_it_is_begun() -> None:
    begun = build.clean(question("contacts"), [{"name": "Unit"}])
    assert far({("1.1/contacts", "en"): begun}, name="every-kind")["1.1"] == (0, 2, "blocked")
    assert far({}, name="one-question")["1.1"] == (0, 1, "not_started")


def test_the_rules_are_a_list_in_words() -> None:
    listed = [(rule.key, rule.severity, rule.questions) for rule in build.rules(edition("one-question"))]
    assert listed == [
        ("unanswered", "blocker", ("1.1/text",)),
        ("length", "note", ("1.1/text",)),
        ("translation", "note", ("1.1/text",)),
    ]


def test_every_finding_is_by_a_listed_rule() -> None:
    every = edition("every-kind")
    listed = {rule.key for rule in build.rules(every)}
    bad: Any = {("1.1/date", "en"): "x", ("1.1/number", "en"): "x", ("1.1/choice", "en"): "x"}
    assert {finding.rule for finding in build.findings(every, "full", ("en",), bad)} <= listed


def test_a_long_narrative_is_noted() -> None:
    asked = edition("one-question").questions["1.1/text"]
    (finding,) = build.question_findings(asked, ("en",), {("1.1/text", "en"): "seven words stand in this long text"})
    assert finding.sentence == "This text has 7 words; about 5 are advised."
