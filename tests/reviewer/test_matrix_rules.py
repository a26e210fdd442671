"""The evidence matrix, pure: cells add up, and holes weigh what the page says they weigh."""

from __future__ import annotations

import pytest

from reviewer.rules.matrix import NOTHING, WEIGHT, Hole, Matrix, Place, Tally, holes

STATES = {"Africa": 48, "Arab States": 18}


def matrix(cells: dict[Place, Tally], cases: dict[tuple[str, str], int] | None = None) -> Matrix:
    return Matrix(cells, STATES, cases or {})


def test_tallies_add_up_and_a_state_counts_once() -> None:
    one = Tally(passages=2, entities=frozenset({"KEN"}), age=1.0, cases=1, of_files=2, sources=frozenset({"KEN"}))
    other = Tally(passages=1, figures=3, entities=frozenset({"KEN", "GHA"}), counted=2, age=7.0, standing=1)
    other += Tally(sources=frozenset({"GHA"}))
    both = frozenset({"KEN", "GHA"})
    assert one + other == Tally(3, 3, both, 2, 8.0, 1, standing=1, of_files=2, sources=both)
    assert (one + other).pieces == 8
    assert (one + other).states == 4
    assert (one + other).mean_age == 1.0
    assert ((one + other).at_least, one.at_least) == (True, False)
    assert NOTHING.mean_age is None


def test_what_has_no_year_counts_and_has_no_age() -> None:
    dated, undated = Tally(passages=1, figures=1, age=6.0), Tally(figures=2, undated=2)
    assert (dated + undated).pieces == 4
    assert (dated + undated).mean_age == 3.0
    assert (undated.mean_age, (undated + NOTHING).mean_age) == (None, None)


def named(number: int) -> frozenset[str]:
    return frozenset(f"{one:03}" for one in range(number))


@pytest.mark.parametrize(
    ("tally", "heat"),
    [
        (NOTHING, 0),
        (Tally(cases=9, standing=9), 0),
        (Tally(passages=1), 1),
        (Tally(passages=11, of_files=318, entities=named(1), sources=named(1)), 1),
        (Tally(passages=9, entities=named(4), sources=named(1)), 1),
        (Tally(passages=9, entities=named(5), sources=named(1)), 2),
        (Tally(figures=9, counted=5), 2),
        (Tally(passages=9, entities=named(19)), 2),
        (Tally(passages=20, entities=named(20)), 3),
        (Tally(passages=5, sources=named(5)), 2),
        (Tally(of_files=20, sources=named(20)), 3),
    ],
)
def test_a_cell_is_as_dark_as_its_states_or_sources_and_never_as_its_passages(tally: Tally, heat: int) -> None:
    assert tally.heat == heat


def test_sources_are_told_where_they_are_more_than_the_states() -> None:
    told = [Tally(entities=named(states), sources=named(3)).apart for states in (0, 2, 3, 4)]
    assert told == [3, 3, 0, 0]


def test_a_cell_of_all_regions_holds_what_is_of_no_region_too() -> None:
    cells = {
        Place("1.1", "e", "Africa"): Tally(passages=1),
        Place("1.1", "f", "Africa"): Tally(passages=2),
        Place("1.1", "e", ""): Tally(passages=4),
        Place("1.2", "e", "Africa"): Tally(passages=8),
    }
    found = matrix(cells)
    assert found.cell("1.1", "e").passages == 5
    assert found.cell("1.1", "ef").passages == 7
    assert found.cell("1.1", "ef", "Africa").passages == 3
    assert found.cell("1.1", "a", "Africa") == NOTHING
    assert (found.of(), found.of("Africa"), found.of("Nowhere")) == (66, 48, 0)


def test_what_stands_in_several_regions_counts_once_in_all_of_them() -> None:
    shared = Tally(passages=2, of_files=3, entities=frozenset({"KEN", "EGY"}), age=4.0, sources=frozenset({"one"}))
    cells = {
        Place("1.1", "c", "Africa"): shared + Tally(passages=1, age=0.5),
        Place("1.1", "c", "Arab States"): shared,
        Place("1.1", "d", "Africa"): Tally(passages=1, age=1.0),
    }
    found = Matrix(cells, STATES, {}, {("1.1", "c"): shared, ("1.2", "c"): shared})
    assert (found.cell("1.1", "c").passages, found.cell("1.1", "c").age) == (3, 4.5)
    assert (found.cell("1.1", "c").of_files, found.cell("1.1", "c").sources) == (3, {"one"})
    assert (found.cell("1.1", "cd").passages, found.cell("1.1", "d").passages) == (4, 1)
    assert [found.cell("1.1", "c", region).passages for region in STATES] == [3, 2]
    assert found.cell("1.1", "c").states == 2


def test_a_hole_is_a_voice_without_a_piece_and_open_contradictions_alone_fill_none() -> None:
    cells = {
        Place("1.1", "a", "Africa"): Tally(passages=1),
        Place("1.1", "b", "Africa"): Tally(figures=1),
        Place("1.1", "d", "Africa"): Tally(passages=1),
        Place("1.1", "e", "Africa"): Tally(cases=1),
        Place("1.1", "f", ""): Tally(passages=9),
    }
    in_africa = [one for one in holes(matrix(cells), ["1.1"], {"1.1"}) if one.region == "Africa"]
    assert in_africa == [Hole("non_state", "1.1", "Africa", 0, 0, 48)]


def test_a_government_that_answers_in_figures_alone_has_spoken_and_no_indicator_has() -> None:
    figures_alone = matrix({Place("1.1", "a", "Africa"): Tally(figures=1)})
    in_africa = [one.voice for one in holes(figures_alone, ["1.1"], {"1.1"}) if one.region == "Africa"]
    assert in_africa == ["indicators", "bodies", "non_state"]


def test_the_weight_is_what_the_page_says() -> None:
    assert WEIGHT == (
        "The weight is the sum of three parts: 10 for each other voice that is silent on the same commitment in the "
        "same region; 5 for each contradiction there that is open or stands, 20 at most; 1 for each ten states of the "
        "region."
    )
    assert Hole("non_state", "1.1", "Africa", 2, 3, 48).weight == 20 + 15 + 4
    assert Hole("non_state", "1.1", "Africa", 0, 9, 9).weight == 0 + 20 + 0


def test_holes_stand_heaviest_first_and_where_nothing_is_measured_no_figure_is_missed() -> None:
    cells = {
        Place("1.1", "a", "Arab States"): Tally(passages=1),
        Place("1.1", "c", "Arab States"): Tally(passages=1),
        Place("1.1", "b", "Arab States"): Tally(figures=1),
    }
    found = holes(matrix(cells, {("1.1", "Arab States"): 4}), ["1.1"], {"1.1"})
    assert [(one.region, one.voice, one.weight) for one in found] == [
        ("Africa", "governments", 34),
        ("Africa", "indicators", 34),
        ("Africa", "bodies", 34),
        ("Africa", "non_state", 34),
        ("Arab States", "non_state", 21),
    ]
    assert [one.voice for one in holes(matrix({}), ["2.1"], set()) if one.region == "Africa"] == [
        "governments",
        "bodies",
        "non_state",
    ]
