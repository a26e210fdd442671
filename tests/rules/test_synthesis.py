"""The rules of the synthesis: the outline, and what makes a statement supported."""

from __future__ import annotations

import json
from itertools import product

import pytest

from forms.guideline import parse, shipped
from forms.outline import Guideline
from portal.rules.synthesis import (
    CHECK_AGAIN,
    DRAFT,
    OUTCOMES,
    STATES,
    SUPPORTED,
    WITHDRAWN,
    heading,
    hindrances,
    outcomes_of,
    outline,
    state_after,
)


@pytest.fixture(scope="module")
def asked() -> Guideline:
    return parse(json.loads(shipped()["nua-2024-r1"].read_text("utf-8")))


def test_the_outline_has_its_own_parts_and_those_of_the_edition_in_order(asked: Guideline) -> None:
    entries = outline(asked)
    assert [entry.key for entry in entries if entry.level == 1] == [
        "S.1",
        "S.2",
        "1",
        "2",
        "3",
        "S.3",
        "S.4",
        "S.5",
        "S.6",
    ]
    keys = [entry.key for entry in entries]
    assert len(keys) == len(set(keys))
    sections = [section.key for part in asked.parts if part.key in "123" for section in part.sections]
    assert [key for key in keys if key in set(sections)] == sections


def test_a_heading_knows_its_commitment_and_its_region(asked: Guideline) -> None:
    found = {key: heading(asked, key) for key in ("1.1.2.4", "2.3", "3.1", "S.3.1", "Z.9")}
    told = {key: (entry.commitment, entry.region, entry.level) if entry else None for key, entry in found.items()}
    assert told == {
        "1.1.2.4": ("1.1", "", 4),
        "2.3": ("2.3", "", 2),
        "3.1": ("", "", 2),
        "S.3.1": ("", "Africa", 2),
        "Z.9": None,
    }


@pytest.mark.parametrize(
    ("state", "speaking_for", "waiting", "after"),
    [
        (DRAFT, 0, 0, DRAFT),
        (DRAFT, 1, 0, DRAFT),
        (DRAFT, 1, 1, DRAFT),
        (SUPPORTED, 1, 0, SUPPORTED),
        (SUPPORTED, 0, 0, DRAFT),
        (SUPPORTED, 1, 1, CHECK_AGAIN),
        (SUPPORTED, 0, 1, CHECK_AGAIN),
        (CHECK_AGAIN, 1, 1, CHECK_AGAIN),
        (CHECK_AGAIN, 1, 0, SUPPORTED),
        (CHECK_AGAIN, 0, 0, DRAFT),
        (WITHDRAWN, 1, 1, WITHDRAWN),
    ],
)
def test_where_a_statement_goes(state: str, speaking_for: int, waiting: int, after: str) -> None:
    assert state_after(state, speaking_for, waiting) == after


def test_supported_always_cites_something_that_speaks_for_it() -> None:
    for state, speaking_for, waiting in product(STATES, range(3), range(3)):
        if state_after(state, speaking_for, waiting) == SUPPORTED:
            assert speaking_for > 0
            assert waiting == 0
        may = not hindrances(state, speaking_for, waiting)
        assert may == (state != WITHDRAWN and speaking_for > 0 and waiting == 0)


def test_what_is_gone_cannot_still_hold() -> None:
    assert outcomes_of("edited") == outcomes_of("figure_revised") == tuple(OUTCOMES)
    assert outcomes_of("gone") == outcomes_of("withdrawn") == ("citation_removed", "reworded", "withdrawn")
