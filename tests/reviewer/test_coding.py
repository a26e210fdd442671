"""Coding: suggestions with their words, two coders and their agreement, codes that come along with a passage."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import select

from portal.db import db
from portal.models.events import Event
from portal.models.passages import Coding, Passage
from portal.queries import passages
from portal.rules.refusals import Forbidden, Invalid, NotNow
from portal.services import accounts
from reviewer.queries.coding import ground
from reviewer.rules.coding import agreements, alpha, differing, suggested
from reviewer.services.coding import code
from tests.factories import PASSWORD, World
from tests.portal.test_passages import again, submitted


@pytest.mark.parametrize(
    ("text", "language", "question", "words"),
    [
        (
            "Slum upgrading reached two quarters; water is still a challenge.",
            "en",
            "F.2/summary",
            {"theme:slums": ["Slum", "upgrading"], "theme:water": ["water"], "kind:challenge": ["challenge"]},
        ),
        (
            "Le logement reste un défi.",
            "fr",
            "F.2/summary",
            {"theme:housing": ["logement"], "kind:challenge": ["défi"]},
        ),
        (
            "La vivienda es una prioridad.",
            "es",
            "F.2/summary",
            {"theme:housing": ["vivienda"], "kind:need": ["prioridad"]},
        ),
        (
            "Доля трущоб сократилась.",
            "ru",
            "F.2/summary",
            {"theme:slums": ["трущоб"], "kind:progress": ["сократилась"]},
        ),
        ("تحسين الإسكان والمياه", "ar", "F.2/summary", {"theme:housing": ["الإسكان"], "theme:water": ["والمياه"]}),
        (
            "城市改善了住房和供水",
            "zh",
            "F.2/summary",
            {"kind:progress": ["改善"], "theme:housing": ["住房"], "theme:water": ["供水"]},
        ),
    ],
)
def test_words_suggest_codes_and_are_shown(
    text: str, language: str, question: str, words: dict[str, list[str]]
) -> None:
    found = suggested(text, language, question)
    assert {one.code: [text[start:end] for start, end in one.spans] for one in found} == words


def test_the_place_of_a_passage_suggests_too() -> None:
    found = suggested("Nothing of the kind.", "en", "1.1.2.4/challenges", commitments=["1.1"])
    assert [(one.code, one.spans, one.reason) for one in found] == [
        ("commitment:1.1", (), "section"),
        ("kind:challenge", (), "question"),
        ("theme:slums", (), "section"),
        ("theme:housing", (), "section"),
        ("recommendation:d", (), "section"),
    ]


@pytest.mark.parametrize(
    ("question", "commitments", "reasons"),
    [
        (
            "CD.2/progress",
            ["1.1", "2.2"],
            {"commitment:1.1": "sender", "commitment:2.2": "sender", "kind:progress": "question"},
        ),
        ("CC.2/text", ["1.3"], {"commitment:1.3": "sender"}),
        ("1.1.2.4/actions", ["1.1", "2.1"], {"commitment:1.1": "section", "commitment:2.1": "sender"}),
        ("CC.2/text", [], {}),
    ],
)
def test_a_commitment_that_no_section_asks_for_was_named_by_the_sender(
    question: str, commitments: list[str], reasons: dict[str, str]
) -> None:
    found = suggested("Nothing of the kind.", "en", question, commitments=commitments)
    told = {one.code: one.reason for one in found if one.code.startswith(("commitment:", "kind:"))}
    assert told == reasons | ({"kind:progress": "question"} if question == "1.1.2.4/actions" else {})


def test_a_code_that_its_words_suggest_carries_the_other_reason_too() -> None:
    found = suggested("Homes were built.", "en", "CD.2/progress")
    assert [(one.code, one.spans, one.reason) for one in found] == [
        ("kind:progress", ((11, 16),), "question"),
        ("theme:housing", ((0, 5),), ""),
    ]


def test_alpha_is_krippendorffs() -> None:
    """The binary example of two observers and ten units in Krippendorff, Computing Krippendorff's alpha-reliability."""
    one, other = "0100000010", "1110010000"
    units = [(a == "1", b == "1") for a, b in zip(one, other, strict=True)]
    assert round(alpha(units) or 9, 3) == 0.095
    assert alpha([(True, True), (False, False), (True,)]) == 1.0
    assert alpha([(True, False), (False, True)]) == pytest.approx(-0.5)
    assert alpha([(False, False), (False, False)]) is None
    assert alpha([]) is None


def ids() -> list[int]:
    query = select(Passage.id).where(Passage.question == "1.1.2.1/actions", Passage.current)
    return list(db.session.scalars(query.order_by(Passage.id)))


def give(world: World, role: str, passage: int, *chosen: str, began: tuple[str, ...] | None = None) -> list[str]:
    act = world.acting(role)
    found = code(act, passages.subject(act.session, passage), chosen, began)
    world.done()
    return found


def test_two_coders_and_their_agreement(world: World) -> None:
    submitted(world)
    first, second, third = ids()
    for role in ("reviewer", "lead"):
        give(world, role, first, "kind:progress", "theme:housing")
        give(world, role, second)
    give(world, "reviewer", third, "kind:progress")
    give(world, "lead", third, "kind:challenge")
    seen = ground(db.session, "2026")
    both = agreements(seen.coders, seen.first, seen.given)
    assert [first for first, _now in both] == [now for _first, now in both]
    found = {one.code: (one.passages, one.by_all, one.by_some, one.by_none) for one, _now in both}
    assert found == {
        "kind:progress": (3, 1, 1, 1),
        "kind:challenge": (3, 0, 1, 2),
        "theme:housing": (3, 1, 0, 2),
    }
    assert [round(one.alpha, 3) for one, _now in both if one.alpha is not None] == [0.444, 0.0, 1.0]
    told = {third: [("kind:challenge", "still"), ("kind:progress", "still")]}
    assert differing(seen.coders, seen.first, seen.given) == told


def later(world: World, role: str, passage: int, *chosen: str) -> None:
    """A minute after what came before a coder gives these codes."""
    world.at += dt.timedelta(minutes=1)
    give(world, role, passage, *chosen)


def numbers(code: str) -> list[tuple[int, int, int, float | None]]:
    """By all, by some, by none and alpha of a code: before the codes of others were seen, and now."""
    db.session.rollback()
    seen = ground(db.session, "2026")
    (found,) = [pair for pair in agreements(seen.coders, seen.first, seen.given) if pair[0].code == code]
    return [(one.by_all, one.by_some, one.by_none, one.alpha) for one in found]


def test_agreement_is_that_of_the_codes_given_before_those_of_others_were_seen(world: World) -> None:
    report = submitted(world)
    first, second, _third = ids()
    later(world, "lead", first, "theme:land")
    later(world, "lead", first, "theme:energy")
    later(world, "reviewer", first, "theme:crises")
    later(world, "lead", second)
    later(world, "reviewer", second)
    differ = {code: [(0, 1, 1, 0.0)] * 2 for code in ("theme:energy", "theme:crises")}
    assert {code: numbers(code) for code in differ} == differ
    later(world, "reviewer", first, "theme:energy")
    later(world, "reviewer", second, "theme:housing")
    later(world, "reviewer", second)
    assert numbers("theme:energy") == [(0, 1, 1, 0.0), (1, 0, 1, 1.0)]
    assert numbers("theme:crises") == [(0, 1, 1, 0.0), (0, 0, 2, None)]
    later(world, "lead", second, "theme:crises")
    seen = ground(db.session, "2026")
    assert {code for _passage, code in seen.first} == {"theme:energy", "theme:crises"}
    assert differing(seen.coders, seen.first, seen.given) == {
        first: [("theme:crises", "agreed"), ("theme:energy", "agreed")],
        second: [("theme:crises", "apart")],
    }
    page = world.browser("lead").get("/evidence/agreement").get_data(as_text=True)
    row = page.partition(">Energy")[2].partition("</tr>")[0]
    cells = [re.sub(r"<[^>]*>", "", one).strip() for one in re.findall(r'data-label="[^"]*">(.*?)</td>', row, re.S)]
    assert cells[1:] == ["0", "1", "1", "50", "0.00", "100", "1.00"]
    assert page.count("(the same since they saw the codes of each other)") == 2
    assert page.count("(the same before they saw the codes of each other)") == 1
    text = "\n\n".join(db.session.scalars(select(Passage.text).where(Passage.id.in_(ids())).order_by(Passage.id)))
    before = [numbers(code) for code in differ]
    again(world, report, {"1.1.2.1/actions": text + "!"})
    assert (
        [numbers(code) for code in differ]
        == before
        == [
            [(0, 1, 1, 0.0), (1, 0, 1, 1.0)],
            [(0, 1, 1, 0.0), (0, 1, 1, 0.0)],
        ]
    )


def test_a_code_is_taken_back_and_its_row_stays(world: World) -> None:
    submitted(world)
    (first, *_rest) = ids()
    give(world, "reviewer", first, "kind:progress", "theme:housing")
    assert give(world, "reviewer", first, "theme:housing", "theme:land") == ["theme:housing", "theme:land"]
    rows = db.session.scalars(select(Coding).where(Coding.passage_id == first))
    assert sorted((one.code, one.removed_at is None) for one in rows) == [
        ("kind:progress", False),
        ("theme:housing", True),
        ("theme:land", True),
    ]
    told = [event.data for event in db.session.scalars(select(Event).where(Event.kind == "evidence.code"))]
    key = db.session.get_one(Passage, first).key
    assert told[-1] == {"passage": key, "added": ["theme:land"], "removed": ["kind:progress"]}


def test_what_another_window_gave_meanwhile_stays(world: World) -> None:
    submitted(world)
    (first, *_rest) = ids()
    give(world, "reviewer", first, "kind:progress", began=())
    assert give(world, "reviewer", first, "theme:land", began=()) == ["kind:progress", "theme:land"]


def test_codes_come_along_with_what_says_the_same_and_with_nothing_else(world: World) -> None:
    report = submitted(world)
    first, second, third = ids()
    for one in (first, second, third):
        give(world, "lead", one, "theme:housing")
    again(
        world,
        report,
        {"1.1.2.1/actions": "The city built 400 homes!\n\nWater reaches fewer than 9 percent more people."},
    )
    same, edited = ids()
    rows = db.session.scalars(select(Coding).where(Coding.passage_id.in_([same, edited])))
    assert [(one.passage_id, one.code, one.carried_from is not None) for one in rows] == [(same, "theme:housing", True)]
    assert db.session.get_one(Passage, edited).change == "edited"


def test_who_may_not_code_and_what_cannot_be_coded(world: World) -> None:
    report = submitted(world)
    (first, *_rest) = ids()
    for role in ("data_officer", "regional_officer", "partner"):
        with pytest.raises(Forbidden):
            give(world, role, first, "kind:need")
    act = world.act(None)
    accounts.add(act, "lead@example.org", "focal_point", "KAZ", PASSWORD)
    world.done()
    with pytest.raises(Forbidden):
        give(world, "lead", first, "kind:need")
    with pytest.raises(Invalid, match="none of the code book"):
        give(world, "reviewer", first, "kind:miracle")
    world.step(report, "withdraw")
    with pytest.raises(NotNow):
        give(world, "reviewer", first, "kind:need")
