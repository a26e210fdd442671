"""Coverage: what is said of it is never more than there is."""

from __future__ import annotations

import pytest

from portal.rules.coverage import Coverage, Place, by_region, say

PLACES = [
    Place("KEN", "Africa", "member"),
    Place("GHA", "Africa", "member"),
    Place("ZAF", "Africa", "member"),
    Place("XAA", "Africa", "demonstration"),
    Place("EGY", "Arab States", "member"),
    Place("PSE", "Arab States", "observer"),
    Place("CHE", "", "member"),
]


def english(coverage: Coverage) -> list[str]:
    return [said.english for said in say(coverage)]


@pytest.mark.parametrize(
    ("coverage", "sentence"),
    [
        (Coverage("Africa", 12, 54), "12 of 54 states in Africa reported"),
        (Coverage("Africa", 0, 54), "None of the 54 states in Africa has reported yet"),
        (Coverage("Africa", 53, 54), "53 of 54 states in Africa reported"),
        (Coverage("Africa", 54, 54), "All 54 states in Africa reported"),
        (Coverage("", 40, 193), "40 of 193 states reported"),
        (Coverage("", 0, 193), "None of the 193 states has reported yet"),
        (Coverage("", 193, 193), "All 193 states reported"),
        (Coverage("Nowhere", 0, 0), "None of the 0 states in Nowhere has reported yet"),
    ],
)
def test_what_is_said(coverage: Coverage, sentence: str) -> None:
    assert english(coverage) == [sentence]


def test_profiles_and_invented_states_are_told_apart_and_never_added() -> None:
    assert english(Coverage("Africa", 12, 54, profiled=3, agreed=1, invented=2)) == [
        "12 of 54 states in Africa reported",
        "the secretariat compiled desk profiles of 3 states without a report; "
        "1 of them confirmed or corrected something",
        "invented states of the demonstration that reported: 2, counted in none of these numbers",
    ]


@pytest.mark.parametrize(
    ("profiled", "agreed", "said"),
    [
        (1, 0, "a desk profile of 1 state without a report; it has confirmed or corrected nothing"),
        (1, 1, "a desk profile of 1 state without a report; it confirmed or corrected something"),
        (2, 0, "desk profiles of 2 states without a report; none of them has confirmed or corrected anything"),
        (2, 2, "desk profiles of 2 states without a report; 2 of them confirmed or corrected something"),
    ],
)
def test_desk_profiles_are_told_in_a_whole_sentence(profiled: int, agreed: int, said: str) -> None:
    assert english(Coverage("", 0, 195, profiled, agreed)) == [
        "None of the 195 states has reported yet",
        f"the secretariat compiled {said}",
    ]


def test_in_a_region_where_all_came_after_the_cut_off_nobody_is_awaited() -> None:
    assert english(Coverage("Africa", 0, 2, late=2))[0] == "None of the 2 states in Africa reported by the cut-off"


def test_what_came_after_the_cut_off_is_labelled_and_in_no_other_number() -> None:
    assert english(Coverage("", 0, 195, late=1)) == [
        "None of the 195 states reported by the cut-off",
        "received after the cut-off: 1, counted in none of these numbers",
    ]
    assert english(Coverage("", 0, 195, invented=5, invented_late=1)) == [
        "None of the 195 states has reported yet",
        "invented states of the demonstration that reported: 5, counted in none of these numbers",
        "invented states of the demonstration received after the cut-off: 1",
    ]
    profiled = {"EGY", "KEN", "GHA"}
    world, *regions = by_region(PLACES, {"KEN"}, profiled, {"GHA"}, {"GHA", "PSE", "XAA"})
    assert world == Coverage("", 1, 6, profiled=1, agreed=0, late=2, invented_late=1)
    assert regions == [
        Coverage("Africa", 1, 3, late=1, invented_late=1),
        Coverage("Arab States", 0, 2, profiled=1, late=1),
    ]


def test_the_regions_add_up_to_the_world() -> None:
    world, *regions = by_region(PLACES, {"KEN", "XAA", "PSE", "CHE"}, {"KEN", "GHA", "EGY", "XAA"}, {"EGY"})
    assert world == Coverage("", 3, 6, profiled=2, agreed=1, invented=1)
    assert regions == [
        Coverage("Africa", 1, 3, profiled=1, agreed=0, invented=1),
        Coverage("Arab States", 1, 2, profiled=1, agreed=1),
    ]


@pytest.mark.parametrize(
    "numbers",
    [
        {"reported": 3, "of": 2},
        {"reported": -1, "of": 2},
        {"reported": 1, "of": 2, "profiled": 2},
        {"reported": 1, "of": 2, "late": 2},
        {"reported": 0, "of": 2, "late": 1, "profiled": 2},
    ],
)
def test_no_coverage_says_more_than_there_is(numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no coverage can be"):
        Coverage("Africa", **numbers)


def test_the_share_of_nothing_is_nothing() -> None:
    assert Coverage("", 0, 0).share == 0.0
    assert Coverage("", 1, 4).share == 0.25
