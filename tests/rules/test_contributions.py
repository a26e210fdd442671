"""Channels c to f, pure: who may, what hinders, joined drafts, named areas, rows of a table."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from forms.guideline import channels, load
from forms.outline import Guideline
from portal.rules import contribution_rows as rows
from portal.rules.areas import EntityFact
from portal.rules.contributions import (
    CHANNELS,
    STATES,
    UNCHANGED,
    WRITABLE,
    Filing,
    Window,
    hindrances_of_moderating,
    hindrances_of_sending,
    join_drafts,
    moderations_open,
)
from portal.rules.naming import Names, states_of
from portal.rules.policy import Grant, Person, may
from portal.rules.shipped import entities

ME, OTHER = uuid.uuid4(), uuid.uuid4()
AT = dt.datetime(2025, 6, 16, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(EntityFact(row["iso3"], row["iso2"], row["m49"], row["names"]) for row in entities())


@pytest.fixture(scope="module")
def asked() -> Guideline:
    return load(channels()["channel-c-r1"])


def person(*grants: Grant, who: uuid.UUID = ME) -> Person:
    return Person(who, "someone@example.org", "Someone", grants)


def filing(state: str, accepted: int = 0) -> Filing:
    return Filing(uuid.uuid4(), frozenset({ME}), frozenset({"KAZ"}), state, state != "draft", accepted)


PEOPLE = {
    "p": person(Grant("partner")),
    "q": person(Grant("partner"), who=OTHER),
    "r": person(Grant("reviewer"), who=OTHER),
    "m": person(Grant("reviewer")),  # a reviewer who files for the partner
    "f": person(Grant("focal_point", "KAZ"), who=OTHER),
    "c": person(Grant("certifier", "KAZ"), who=OTHER),
    "o": person(Grant("focal_point", "KEN"), who=OTHER),
}
# permission: who may on a draft, on what was sent, on what is accepted, on what was accepted and then set aside
TABLE = {
    "contribution:read": ("pm", "prm", "pqrmfco", "prm"),
    "contribution:whole": ("pm", "prm", "prmfc", "prm"),
    "contribution:write": ("pm", "pm", "pm", "pm"),
    "contribution:moderate": ("", "r", "r", "r"),
    "reply:write": ("", "", "f", ""),
}
CASES = (filing("draft"), filing("sent"), filing("accepted", 1), filing("set_aside", 1))


@pytest.mark.parametrize("permission", sorted(TABLE))
def test_who_may(permission: str) -> None:
    for subject, wanted in zip(CASES, TABLE[permission], strict=True):
        assert {code for code, one in PEOPLE.items() if may(one, permission, subject)} == set(wanted), subject.state


def test_every_channel_has_its_edition() -> None:
    assert {channel.edition for channel in CHANNELS.values()} == set(channels())
    assert {key: load(path).key for key, path in channels().items()} == {key: key for key in channels()}


@pytest.mark.parametrize("state", sorted(STATES))
def test_what_can_be_decided_in_each_state(state: str) -> None:
    wanted = {"sent": ["accepted", "returned", "set_aside"], "accepted": ["set_aside"], "set_aside": ["accepted"]}
    assert moderations_open(state) == wanted.get(state, [])
    for outcome in ("accepted", "returned", "set_aside"):
        taken = not list(hindrances_of_moderating(state, outcome, "a reason"))
        assert taken == (outcome in wanted.get(state, []))


def test_a_reason_is_needed_unless_it_is_accepted() -> None:
    told = {outcome: bool(list(hindrances_of_moderating("sent", outcome, " "))) for outcome in ("accepted", "returned")}
    assert told == {"accepted": False, "returned": True}


def test_a_first_version_needs_an_open_call_and_a_later_one_a_change() -> None:
    def hindered(state: str, call_open: bool, sent_before: bool, changed: bool) -> bool:
        told = hindrances_of_sending(state, call_open=call_open, sent_before=sent_before, changed=changed)
        return bool(list(told))

    assert not hindered("draft", True, False, True)
    assert hindered("draft", False, False, True)
    assert not hindered("returned", False, True, True)
    assert list(hindrances_of_sending("accepted", call_open=True, sent_before=True, changed=False)) == [UNCHANGED]
    assert {state for state in STATES if not hindered(state, True, True, True)} == WRITABLE


def test_a_call_is_open_from_its_first_moment_until_its_last() -> None:
    window = Window(AT, AT + dt.timedelta(days=1))
    assert [window.state(AT + dt.timedelta(hours=h)) for h in (-1, 0, 23, 24)] == ["coming", "open", "open", "closed"]
    assert Window(AT, AT + dt.timedelta(days=1), AT + dt.timedelta(hours=1)).state(AT) == "closed"


def draft(title: str = "A", areas: tuple[str, ...] = (), **values: Any) -> dict[str, Any]:
    return {"title": title, "licence": "", "credit": "", "areas": list(areas), "values": values}


def test_changes_of_two_people_are_joined_and_none_is_lost() -> None:
    base = draft("A", ("KAZ",), text="One.\n\nTwo.", form="trend")
    theirs = draft("B", ("KAZ", "KEN"), text="One!\n\nTwo.", form="trend")
    yours = draft("A", (), text="One.\n\nTwo and more.", limits="None.")
    joined = join_drafts(base, theirs, yours)
    assert joined == draft("B", ("KEN",), text="One!\n\nTwo and more.", limits="None.")


def test_two_changes_of_the_same_words_are_not_joined() -> None:
    assert join_drafts(draft("A"), draft("B"), draft("C")) is None
    assert join_drafts(draft(text="One."), draft(text="Two."), draft(text="Three.")) is None


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Kazakhstan", "KAZ"),
        ("KAZ", "KAZ"),
        ("kaz", "KAZ"),
        ("Казахстан", "KAZ"),
        ("哈萨克斯坦", "KAZ"),
        ("كازاخستان", "KAZ"),
        ("World", "M49:1"),
        ("Africa", "M49:2"),
        ("M49:143", "M49:143"),
        ("Asie centrale", "M49:143"),
        ("Arab States", "REGION:Arab States"),
        ("city: Almaty, Kazakhstan", "CITY:KAZ/Almaty"),
        ("CITY:KAZ/Almaty", "CITY:KAZ/Almaty"),
    ],
)
def test_an_area_is_found_by_code_and_by_name_in_six_languages(names: Names, line: str, key: str) -> None:
    assert names.named([line]).keys == (key,)


def test_what_names_no_area_is_told_and_not_dropped(names: Names) -> None:
    found = names.named(["Kazakhstan", "", "Atlantis", "city: Nowhere", "Kazakhstan"])
    assert found.keys == ("KAZ",)
    assert [line for line, _reason in found.unknown] == ["Atlantis", "city: Nowhere"]


def test_a_city_names_its_state(names: Names) -> None:
    assert states_of(names.named(["city: Almaty, Kazakhstan", "World"]).areas) == {"KAZ"}


def test_the_columns_of_a_table_are_those_of_the_edition(asked: Guideline) -> None:
    assert rows.heading(asked) == [
        "mark", "title", "language", "licence", "credit", "areas",
        "CC.1/form", "CC.1/period.from", "CC.1/period.to", "CC.1/commitment",
        "CC.2/text", "CC.2/basis", "CC.2/limits",
        "CC.3/dataset", "CC.3/links.title", "CC.3/links.url",
    ]  # fmt: skip


def test_a_column_that_is_not_known_is_named(asked: Guideline) -> None:
    faults = rows.faults_of_heading(asked, ["title", "titel", "CC.1/form", "CC.1/form"])
    assert [name for name, _sentence in faults] == ["titel", "CC.1/form"]
    assert [name for name, _sentence in rows.faults_of_heading(asked, ["mark"])] == ["title"]


def test_a_blank_cell_leaves_what_was_there(asked: Guideline) -> None:
    header = ["title", "CC.1/period.from", "CC.1/period.to", "CC.1/commitment", "CC.3/links.url"]
    line = rows.read(asked, header, ["T", "2015", "", "commitment_1_1; commitment_2_3", "https://example.org/a"])
    made = {key: rows.answer(asked.questions[key], cells, None, "T") for key, cells in line.answers.items()}
    assert made == {
        "CC.1/period": {"from": "2015"},
        "CC.1/commitment": ["commitment_1_1", "commitment_2_3"],
        "CC.3/links": [{"url": "https://example.org/a"}],
    }
    before = {"from": "2010", "to": "2020"}
    assert rows.answer(asked.questions["CC.1/period"], {"from": "2015"}, before, "T") == {"from": "2015", "to": "2020"}
