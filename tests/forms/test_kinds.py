"""The kinds of questions: what is read, brought into order, judged and laid flat, in tables."""

from __future__ import annotations

from typing import Any

import marshmallow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import answers, build, guideline
from forms.kinds import KINDS
from forms.kinds.practices import COMMITMENTS
from tests.forms.editions import edition, question

FILE = "0b9d2a1e-7c43-4c55-9f0a-2b8f6c1d3e4f"
PERSON = {"name": "", "post": "", "office": "", "email": "", "telephone": ""}
PRACTICE = {"title": "Homes by the canal", "place": "Harbour town", "results": "412 homes."}
FIGURE_ROW = {"year": "2020", "value": "17.4", "unit": "percent", "source": "Census", "disaggregation": "", "place": ""}
BLANK = {
    "narrative": "",
    "text": "",
    "choice": "",
    "several": [],
    "number": "",
    "date": "",
    "period": {"from": "", "to": ""},
    "NUA-01": {"status": "", "reason": "", "rows": [], "offered": []},
    "practices": [],
    "people": [],
    "consultations": [],
    "links": [],
    "table": [],
    "files": [],
}


def series(*rows: dict[str, str], status: str = "", reason: str = "") -> dict[str, Any]:
    return {"status": status, "reason": reason, "rows": [{**FIGURE_ROW, **row} for row in rows]}


def test_the_tiny_edition_has_every_kind() -> None:
    assert {q.kind for q in edition("every-kind").questions.values()} == set(KINDS)


@pytest.mark.parametrize(("suffix", "blank"), BLANK.items())
def test_no_answer_is_blank_and_empty(suffix: str, blank: Any) -> None:
    asked = question(suffix)
    assert build.clean(asked, None) == blank
    assert build.empty(asked, blank)
    assert build.empty(asked, None)
    assert KINDS[asked.kind].text(asked, blank) == ""


@pytest.mark.parametrize(
    ("suffix", "raw", "value"),
    [
        ("narrative", "\r\nA  line \r\nand\rmore\n\n", "A  line\nand\nmore"),
        ("narrative", "e\u0301\x00\ud800", "é\ufffd"),
        ("text", "  one\n line\t", "one line"),
        ("several", ["rail", "air", "road", "rail", ""], ["road", "rail", "air"]),
        ("number", " 1\u00a0234,5 ", "1\u00a0234,5"),
        ("period", {"from": " 2021 "}, {"from": "2021", "to": ""}),
        ("NUA-01", {"rows": [{"year": "2020"}, {"year": " "}]},
         {"status": "data", "reason": "", "rows": [{**dict.fromkeys(FIGURE_ROW, ""), "year": "2020"}], "offered": []}),
        ("people", [{"name": "A"}, PERSON, {}], [{**PERSON, "name": "A"}]),
        ("files", [{"attachment": FILE, "caption": ""}, {"caption": " "}], [{"attachment": FILE, "caption": ""}]),
        ("links", "not a list", []),
    ],
)  # fmt: skip
def test_clean_brings_into_order(suffix: str, raw: Any, value: Any) -> None:
    assert build.clean(question(suffix), raw) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["year", "value", "rows", "status", "title", "from", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(list(BLANK)), JSON)
def test_what_the_schema_takes_can_be_kept_judged_and_shown(suffix: str, raw: Any) -> None:
    asked = question(suffix)
    try:
        read = build.answer_schema(asked).load({"value": raw})["value"]
    except marshmallow.ValidationError:
        return
    value = build.clean(asked, read)
    assert build.clean(asked, value) == value
    assert answers.canonical(value)
    assert all(finding.sentence for finding in KINDS[asked.kind].findings(asked, value))
    KINDS[asked.kind].text(asked, value)
    assert {cell.column for cell in KINDS[asked.kind].cells(asked, value)} <= set(KINDS[asked.kind].columns(asked))


@pytest.mark.parametrize(
    ("suffix", "raw"),
    [
        ("narrative", 5),
        ("narrative", ["text"]),
        ("narrative", "half \ud800"),
        ("text", "nul \x00"),
        ("several", "road"),
        ("number", 17.4),
        ("period", {"from": "2020", "until": "2021"}),
        ("NUA-01", {"status": "unknown"}),
        ("NUA-01", {"rows": [{"year": 2020}]}),
        ("NUA-01", {"rows": {}, "status": "data"}),
        ("people", [{"name": "A", "age": "50"}]),
        ("table", [{"mode": "road", "speed": "5"}]),
        ("practices", [{"pictures": FILE}]),
        ("practices", [{"pictures": [FILE]}]),
        ("practices", [{"pictures": [{"attachment": FILE, "size": "5"}]}]),
        ("practices", [{"goals": "11"}]),
        ("files", FILE),
    ],
)
def test_the_schema_refuses_another_shape(suffix: str, raw: Any) -> None:
    with pytest.raises(marshmallow.ValidationError):
        build.answer_schema(question(suffix)).load({"value": raw})


@pytest.mark.parametrize(
    ("suffix", "value", "found"),
    [
        ("narrative", "fine", []),
        ("choice", "road", []),
        ("choice", "air", [("error", "choice", "1.1/choice")]),
        ("several", ["road", "air"], [("error", "choice", "1.1/several")]),
        ("number", ">95", []),
        ("number", "many", [("error", "figure", "1.1/number")]),
        ("date", "2025-06-30", []),
        ("date", "2025-06", []),
        ("date", "2025", []),
        ("date", "30.06.2025", [("error", "date", "1.1/date")]),
        ("date", "2025-02-30", [("error", "date", "1.1/date")]),
        ("date", "2025-6", [("error", "date", "1.1/date")]),
        ("period", {"from": "2021", "to": "2025"}, []),
        ("period", {"from": "2021", "to": ""}, [("error", "period", "1.1/period")]),
        ("period", {"from": "2025", "to": "2021"}, [("error", "period", "1.1/period")]),
        ("period", {"from": "x", "to": "2021"}, [("error", "year", "1.1/period-from")]),
        ("NUA-01", series({}, status="data"), []),
        ("NUA-01", series({"year": "2000/01", "value": ">95"}, status="data"), []),
        ("NUA-01", series(status="data"), [("warning", "indicator", "1.1/NUA-01")]),
        ("NUA-01", series(status="no_data", reason="No census since 2009."), []),
        ("NUA-01", series(status="no_data"), [("error", "reason", "1.1/NUA-01-reason")]),
        ("NUA-01", series(status="not_relevant"), [("error", "reason", "1.1/NUA-01-reason")]),
        ("NUA-01", series({}, status="no_data", reason="r"), [("error", "contradiction", "1.1/NUA-01-status")]),
        ("NUA-01", series({}, {"year": "20"}, status="data"), [("error", "year", "1.1/NUA-01-1-year")]),
        ("NUA-01", series({"year": ""}, status="data"), [("error", "row", "1.1/NUA-01-0-year")]),
        ("NUA-01", series({"value": "many"}, status="data"), [("error", "figure", "1.1/NUA-01-0-value")]),
        ("NUA-01", series({"value": "104"}, status="data"), [("warning", "share", "1.1/NUA-01-0-value")]),
        ("NUA-01", series({"value": "-1", "unit": ""}, status="data"), [("warning", "share", "1.1/NUA-01-0-value")]),
        ("NUA-01", series({"value": "104000", "unit": "persons"}, status="data"), []),
        ("NUA-01", series({"source": ""}, status="data"), [("warning", "source", "1.1/NUA-01-0-source")]),
        ("NUA-02", series({"value": "yes, in part"}, status="data"), []),
        ("people", [{**PERSON, "email": "x"}], [("error", "email", "1.1/people-0-email")]),
        ("contacts", None, [("blocker", "contact", "1.1/contacts")]),
        ("contacts", [{**PERSON, "name": "Unit"}], [("blocker", "contact", "1.1/contacts")]),
        ("contacts", [{**PERSON, "email": "unit@example.org"}], [("blocker", "contact", "1.1/contacts")]),
        ("contacts", [{**PERSON, "name": "Unit", "telephone": "+1 555"}], []),
        ("contacts", [{**PERSON, "name": "Unit", "email": "unit@example.org"}], []),
        ("consultations", [{"title": "", "date": "2025", "kind": "air"}],
         [("error", "column", "1.1/consultations-0-title"), ("error", "choice", "1.1/consultations-0-kind")]),
        ("links", [{"title": "t", "url": "https://example.org/a?b=c"}], []),
        ("links", [{"title": "t", "url": "javascript:alert(1)"}], [("error", "url", "1.1/links-0-url")]),
        ("links", [{"title": "t", "url": "http://"}], [("error", "url", "1.1/links-0-url")]),
        ("links", [{"title": "t", "url": "ftp://example.org"}], [("error", "url", "1.1/links-0-url")]),
        ("links", [{"title": "t", "url": "https://example.org/a b"}], [("error", "url", "1.1/links-0-url")]),
        ("links", [{"title": "t", "url": "http://[x"}], [("error", "url", "1.1/links-0-url")]),
        ("table", [{"mode": "road", "length": "12"}, {"mode": "rail", "length": ""}],
         [("error", "column", "1.1/table-1-length")]),
        ("files", [{"attachment": FILE, "caption": ""}], []),
        ("files", [{"attachment": "../../etc", "caption": ""}], [("error", "attachment", "1.1/files-0-attachment")]),
        ("practices", [{**PRACTICE, "title": "", "links": "https://a.org b"}],
         [("error", "column", "1.1/practices-0-title"), ("error", "url", "1.1/practices-0-links")]),
        ("practices", [PRACTICE, {"title": "T", "place": "P"}, {"title": "T", "results": "R"}],
         [("warning", "practice_results", "1.1/practices-1-results"),
          ("warning", "practice_place", "1.1/practices-2-place")]),
        ("practices", [{**PRACTICE, "from": "2022", "to": "2018"}],
         [("error", "practice_period", "1.1/practices-0-to")]),
        ("practices", [{**PRACTICE, "from": "2018"}], []),
        ("practices", [{**PRACTICE, "from": "long ago"}], [("error", "year", "1.1/practices-0-from")]),
        ("practices", [{**PRACTICE, "scale": "town", "goals": ["18"]}],
         [("error", "choice", "1.1/practices-0-scale"), ("error", "choice", "1.1/practices-0-goals")]),
        ("practices", [{**PRACTICE, "pictures": [{"attachment": FILE, "alt": "A yard", "consent": "nobody"}]}], []),
        ("practices", [{**PRACTICE, "pictures": [{"attachment": FILE}]}],
         [("error", "picture_text", "1.1/practices-0-pictures"),
          ("warning", "picture_consent", "1.1/practices-0-pictures")]),
        ("practices", [{**PRACTICE, "pictures": [{"attachment": "x", "alt": "A yard", "consent": "agreed"}]}],
         [("error", "attachment", "1.1/practices-0-pictures")]),
    ],
)  # fmt: skip
def test_findings(suffix: str, value: Any, found: list[tuple[str, str, str]]) -> None:
    asked = question(suffix)
    value = None if value is None else build.clean(asked, value)
    findings = KINDS[asked.kind].findings(asked, value)
    assert [(f.severity, f.rule, f.place) for f in findings] == found


def practices(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = build.clean(question("practices"), list(rows))
    return value


def test_a_practice_of_the_time_of_texts_stays_whole() -> None:
    old = {
        **PRACTICE,
        "scale": "City-wide",
        "period": "2018–2022",
        "commitments": "Housing,\nSDG 11",
        "pictures": [FILE],
    }
    [row] = practices(old)
    told = {name: row[name] for name in ("scale", "from", "to", "commitments", "goals", "pictures")}
    assert told == {
        "scale": "City-wide",
        "from": "2018",
        "to": "2022",
        "commitments": ["Housing, SDG 11"],
        "goals": [],
        "pictures": [{"attachment": FILE, "alt": "", "credit": "", "consent": ""}],
    }
    assert practices({"title": "T", "period": "for some years"})[0]["from"] == "for some years"


def test_several_choices_stand_in_the_order_in_which_they_are_offered() -> None:
    [row] = practices({**PRACTICE, "goals": ["11", "a goal of ours", "2", "11", ""]})
    assert row["goals"] == ["2", "11", "a goal of ours"]


def test_a_practice_keeps_its_identifier() -> None:
    first, second = practices(PRACTICE, {**PRACTICE, "title": "Another"})
    assert len({first["id"], second["id"]}) == 2
    edited = {**first, "title": "Homes by the old canal"}
    assert [row["id"] for row in practices(second, edited)] == [second["id"], first["id"]]
    assert practices(PRACTICE, PRACTICE) == practices(PRACTICE, PRACTICE)
    assert len({row["id"] for row in practices(PRACTICE, PRACTICE, {**PRACTICE, "id": first["id"]})}) == 3
    assert practices({"id": "0123456789ab", "title": " "}) == []
    assert practices({**PRACTICE, "id": "../../x"})[0]["id"] == first["id"]


def test_practices_are_told_in_words() -> None:
    picture = {"attachment": FILE, "alt": "A yard with trees", "credit": "City archive", "consent": "nobody"}
    value = practices(
        {**PRACTICE, "scale": "city", "goals": ["11", "x"], "pictures": [picture, {"attachment": FILE[::-1]}]}
    )
    assert KINDS["practices"].text(question("practices"), value) == (
        "Title: Homes by the canal · Place: the city, town or area: Harbour town · Scale: City · "
        "Sustainable Development Goals it serves: Goal 11: Sustainable cities and communities; x · "
        "Results with figures: 412 homes. · Pictures: A yard with trees · City archive · Nobody can be recognised; "
        "a picture without an alternative text"
    )


def test_the_commitments_are_those_that_the_guidelines_name() -> None:
    for asked in map(guideline.load, guideline.shipped().values()):
        headings = {heading.key: heading.title["en"] for part in asked.parts for heading in part.headings}
        assert {key: headings[key] for key in COMMITMENTS} == {key: title["en"] for key, title in COMMITMENTS.items()}


def test_a_finding_is_a_sentence_for_people() -> None:
    asked = question("NUA-01")
    (finding,) = KINDS["series"].findings(asked, series({"value": "many"}, status="data"))
    assert finding.sentence == "“many” cannot be read as a figure; write a number such as 17.4, >95 or 1,234."
    (finding,) = KINDS["series"].findings(asked, None)
    assert finding.sentence == "NUA-01: give a figure, or say that there is none and why."


def test_an_answer_lies_flat_by_part_row_and_column() -> None:
    asked = question("NUA-01")
    cells = KINDS["series"].cells(asked, series({"source": ""}, {"value": ">95", "unit": ""}, status="data"))
    assert [(c.part, c.row, c.column, c.text) for c in cells] == [
        ("", 0, "status", "data"),
        ("rows", 1, "whose", "own"),
        ("rows", 1, "year", "2020"),
        ("rows", 1, "value", "17.4"),
        ("rows", 1, "unit", "percent"),
        ("rows", 2, "whose", "own"),
        ("rows", 2, "year", "2020"),
        ("rows", 2, "value", ">95"),
        ("rows", 2, "source", "Census"),
    ]


@pytest.mark.parametrize(
    ("suffix", "value", "text"),
    [
        ("narrative", "Some **bold**\ntext\n\n- item", "Some bold text\nitem"),
        ("several", ["road", "rail"], "Road\nRail"),
        ("period", {"from": "2021", "to": "2025"}, "First year: 2021 · Last year: 2025"),
        ("links", [{"title": "A", "url": "https://a.org"}, {"title": "", "url": "https://b.org"}],
         "Title: A · Web address: https://a.org\nWeb address: https://b.org"),
    ],
)  # fmt: skip
def test_an_answer_as_plain_text(suffix: str, value: Any, text: str) -> None:
    asked = question(suffix)
    assert KINDS[asked.kind].text(asked, value) == text


def test_an_indicator_is_told_in_words_and_labels() -> None:
    asked = question("NUA-01")
    held = {"source": "un_sdg", "series": "si_pov_day1", "title": "Poverty", "dimensions": '{"sex": "female"}'}
    value = series({"disaggregation": "women"}, status="corrected", reason="A newer census.") | {
        "offered": [held | {"year": "2019", "value": "18", "unit": "PERCENT", "edition": "2024"}]
    }
    assert KINDS["series"].text(asked, KINDS["series"].clean(asked, value)).splitlines() == [
        "What your country says: Our own figures differ",
        "Reason: A newer census.",
        "Year: 2020 · Value: 17.4 · Unit: percent · Source: Census · Disaggregation: women",
        "International figure: Series: Poverty · Covers: sex: female · Year: 2019 · Value: 18 · Unit: PERCENT · "
        "Edition: 2024",
    ]
    only = KINDS["series"].clean(asked, {"status": "data"})
    assert KINDS["series"].text(asked, only, lambda words: words["en"].upper()) == (
        "WHAT YOUR COUNTRY SAYS: THERE ARE FIGURES"
    )


def test_the_kind_of_a_stakeholder_is_told_in_words() -> None:
    (asked, *_) = [
        one
        for document in guideline.shipped().values()
        for one in guideline.load(document).questions.values()
        if one.kind == "consultations" and one.options.get("kinds")
    ]
    kind = KINDS["consultations"]
    row = {"title": "A forum", "date": "2024-05", "kind": "national_government"}
    assert kind.text(asked, kind.clean(asked, [row])) == (
        "Date: 2024-05 · Title: A forum · Kind of stakeholder: National government"
    )
