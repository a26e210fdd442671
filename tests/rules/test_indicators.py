"""Which indicator a code or a name tells: the exact one or none, and what a person says of a series."""

from __future__ import annotations

import pytest

from portal.rules.contradictions import Definition, definition_of
from portal.rules.datasets import Tie, series_fact, tie_of
from portal.rules.indicators import indicator_of, indicators, read_ties
from portal.rules.refusals import Invalid

SLUMS = "Urban population living in slums, informal settlements or inadequate housing"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("11.1.1", "NUA-14"),
        ("11-1-1", "NUA-14"),
        (" sdg  11.1.1 ", "NUA-14"),
        ("SDG indicator 11.b.2", "NUA-23"),
        ("1.5.4", "NUA-23"),
        ("nua-14", "NUA-14"),
        ("NUA-7", "NUA-07"),
        (SLUMS.upper(), "NUA-14"),
        (SLUMS.replace(" or inadequate housing", ""), None),
        ("urban population living in slums", None),
        ("5.a.2", None),
        ("11.5.3", None),
        ("99.9.9", None),
        ("NUA-99", None),
        ("11.1.10", None),
        ("", None),
    ],
)
def test_a_code_or_the_full_name_tells_an_indicator_and_what_is_alike_does_not(words: str, code: str | None) -> None:
    assert indicator_of(words) == code


def test_every_indicator_is_found_by_its_code_and_by_its_name() -> None:
    assert len(indicators()) == 77
    assert {code: (indicator_of(code), indicator_of(one.title)) for code, one in indicators().items()} == {
        code: (code, code) for code in indicators()
    }


def test_a_series_that_no_table_knows_is_tied_by_its_code_only_where_this_tells_it() -> None:
    tied = series_fact("national:KEN", "11-1-1", "11.1.1, national series", "11.1.1", by_code=True)
    assert (tied.indicator, tied.title, tied.sdg) == ("NUA-14", "11.1.1, national series", "11.1.1")
    assert series_fact("a source", "11.1.1", "", "", by_code=True).title == SLUMS
    assert series_fact("a source", "11.1.1", "", "").indicator is None
    assert series_fact("national:KAZ", "11-3-1", "", "11.3.1", by_code=True).indicator is None


def test_what_a_person_says_counts_before_table_and_code() -> None:
    assert series_fact("national:KAZ", "11-3-1", "", "", told="NUA-16", by_code=True).indicator == "NUA-16"
    assert series_fact("un_sdg", "en_lnd_slum", "", "", told="").indicator is None
    assert series_fact("a source", "x", "", "", told="NUA-14").sdg == "11.1.1"


def test_what_is_said_is_read_or_refused_with_its_place() -> None:
    assert read_ties({"a": "11.1.1", "b": " ", "c": SLUMS}) == {"a": "NUA-14", "b": "", "c": "NUA-14"}
    with pytest.raises(Invalid) as refusal:
        read_ties({"a": "11.1.1", "b": "99.9.9"})
    assert [problem.where for problem in refusal.value.problems] == ["indicator-b"]


def test_a_code_of_no_indicator_is_said_to_be_strange() -> None:
    assert tie_of("99.9.9", None) == Tie("99.9.9", None, strange=True)
    assert tie_of("Urban growth", None) == Tie("Urban growth", None)
    assert tie_of("x", "NUA-14") == Tie("x", "NUA-14", SLUMS)


def test_a_series_is_compared_by_the_definition_of_its_indicator_unless_a_table_tells_another() -> None:
    assert definition_of("national:KEN", "11-1-1", "NUA-14") == Definition("slums", True, ("location: urban",))
    assert definition_of("national:KAZ", "11-6-2/_L_KZ_110602_1B", "NUA-21").main is False
    assert definition_of("national:KEN", "1-4-2", "NUA-02") == Definition("", True, ())
    assert definition_of("a source", "x", "NUA-66") == Definition("", True, ())
    assert definition_of("a source", "x") == Definition("", True, ())
