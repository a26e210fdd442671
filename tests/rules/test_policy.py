"""The policy: written out by hand for every permission, and held."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest

from portal.rules.policy import POLICY, Grant, Person, may


@dataclass
class Subject:
    """As much of a report or a contribution as the facts look at. Nothing of it is handed out, and nobody files for its
    partner: what these change is held in test_handing and test_contributions. Kazakhstan is named in it.
    """

    entity: str = "KAZ"
    first_submitted_at: object = None
    state: str = "preparing"
    handouts: tuple[object, ...] = ()
    user_id: object = None
    settled_at: object = None
    imported_by: object = None
    members: tuple[object, ...] = ()
    named: tuple[str, ...] = ("KAZ",)

    @property
    def sent(self) -> bool:
        return self.first_submitted_at is not None

    @property
    def public(self) -> bool:
        return self.state == "published"

    @property
    def released_at(self) -> object:
        return "then" if self.state == "published" else None


DRAFT = Subject()
RECEIVED = Subject(first_submitted_at="then", state="in_review")
PUBLISHED = Subject(first_submitted_at="then", state="published")

# f focal point, c contributor, z certifier of KAZ; o focal point of KEN; r reviewer, l lead, k reviewer who is also
# focal point of KAZ,
# d data officer, a administrator, g regional officer, p partner
PEOPLE = {
    "f": (Grant("focal_point", "KAZ"),),
    "c": (Grant("contributor", "KAZ"),),
    "z": (Grant("certifier", "KAZ"),),
    "o": (Grant("focal_point", "KEN"),),
    "r": (Grant("reviewer"),),
    "l": (Grant("lead"),),
    "k": (Grant("reviewer"), Grant("focal_point", "KAZ")),
    "d": (Grant("data_officer"),),
    "a": (Grant("administrator"),),
    "g": (Grant("regional_officer"),),
    "p": (Grant("partner"),),
}
ALL = "fczorlkdagp"
# permission: who may on a draft, on a received report, on a published one
TABLE = {
    "desk:read": (ALL, ALL, ALL),
    "inbox:read": (ALL, ALL, ALL),
    "notices:log": ("l", "l", "l"),
    "facts:read": (ALL, ALL, ALL),
    "report:list": (ALL, ALL, ALL),
    "report:start": ("fk", "fk", "fk"),
    "report:see": ("fczk", "fczrlk", ALL),
    "report:home": ("fczk", "fczk", "fczk"),
    "report:draft": ("fzk", "fzk", "fzk"),
    "report:check": ("fzk", "fzk", "fzk"),
    "report:write": ("fk", "fk", "fk"),
    "report:fill": ("fk", "fk", "fk"),
    "section:read": ("fzk", "fzk", "fzk"),
    "section:write": ("fk", "fk", "fk"),
    "handout:give": ("fk", "fk", "fk"),
    "handout:return": ("", "", ""),
    "report:ask": ("fk", "fk", "fk"),
    "report:recall": ("fk", "fk", "fk"),
    "practice:again": ("fk", "fk", "fk"),
    "clearance:letter": ("fzk", "fzk", "fzk"),
    "report:announce": ("fzk", "fzk", "fzk"),
    "report:restore": ("fk", "fk", "fk"),
    "report:carry": ("fk", "fk", "fk"),
    "source:read": ("fzk", "fzk", "fzk"),
    "source:add": ("fk", "fk", "fk"),
    "report:decline": ("z", "z", "z"),
    "report:submit": ("z", "z", "z"),
    "report:withdraw": ("z", "z", "z"),
    "report:reopen": ("z", "z", "z"),
    "report:consent": ("z", "z", "z"),
    "version:read": ("fzk", "fzrlk", "fzrlk"),
    "attachment:read": ("fzk", "fzrlk", "fzrlk"),
    "people:see": ("fzk", "fzk", "fzk"),
    "people:manage": ("fk", "fk", "fk"),
    "review:queue": ("rlk", "rlk", "rlk"),
    "review:read": ("", "rlk", "rlk"),
    "review:assign": ("l", "l", "l"),
    "review:claim": ("", "rl", "rl"),
    "review:clarify": ("", "rl", "rl"),
    "review:check": ("", "rl", "rl"),
    "review:accept": ("", "rl", "rl"),
    "review:publish": ("", "l", "l"),
    "remark:read": ("fzk", "fzrlk", "fzrlk"),
    "remark:answer": ("fk", "fk", "fk"),
    "review:remark": ("", "rl", "rl"),
    "review:note": ("", "rl", "rl"),
    "extension:read": ("fczrlk", "fczrlk", "fczrlk"),
    "extension:ask": ("fk", "fk", "fk"),
    "extension:answer": ("l", "l", "l"),
    "phase:read": ("rlk", "rlk", "rlk"),
    "phase:write": ("l", "l", "l"),
    "phase:sign": ("rlk", "rlk", "rlk"),
    "phase:close": ("l", "l", "l"),
    "observations:import": ("d", "d", "d"),
    "observations:read": (ALL, ALL, ALL),
    "datasets:read": ("rlkd", "rlkd", "rlkd"),
    "datasets:verify": ("ld", "ld", "ld"),
    "mapping:write": ("d", "d", "d"),
    "bundle:build": ("l", "l", "l"),
    "bundle:read": ("rlk", "rlk", "rlk"),
    "evidence:read": ("rlkdg", "rlkdg", "rlkdg"),
    "passage:read": ("rlk", "rlk", "rlkdg"),
    "evidence:code": ("rl", "rl", "rl"),
    "request:make": ("rlk", "rlk", "rlk"),
    "request:mine": (ALL, ALL, ALL),
    "request:read": ("rlkdg", "rlkdg", "rlkdg"),
    "request:answer": ("", "", ""),
    "profile:read": ("fczrlk", "fczrlk", ALL),
    "profile:compile": ("rl", "rl", "rl"),
    "profile:answer": ("fzk", "fzk", "fzk"),
    "profile:release": ("l", "l", "l"),
    "contradiction:read": ("rlk", "rlk", "rlk"),
    "contradiction:find": ("l", "l", "l"),
    "contradiction:settle": ("rl", "rl", "rl"),
    "contribution:list": (ALL, ALL, ALL),
    "contribution:read": ("", "rlk", ALL),
    "contribution:whole": ("", "rlk", "fzrlk"),
    "contribution:write": ("", "", ""),
    "contribution:moderate": ("", "rlk", "rlk"),
    "call:write": ("l", "l", "l"),
    "partner:see": ("rlk", "rlk", "rlk"),
    "partner:manage": ("l", "l", "l"),
    "reply:write": ("", "", "fk"),
    "synthesis:read": ("rlk", "rlk", "rlk"),
    "synthesis:write": ("rlk", "rlk", "rlk"),
    "synthesis:sign": ("l", "l", "l"),
    "words:see": ("fczrlk", "fczrlk", "fczrlk"),
    "accounts:manage": ("a", "a", "a"),
    "guidelines:publish": ("a", "a", "a"),
    "cycle:open": ("la", "la", "la"),
    "audit:verify": ("a", "a", "a"),
}


def person(code: str) -> Person:
    return Person(uuid.uuid4(), f"{code}@example.org", code, PEOPLE[code])


def test_the_table_names_every_permission() -> None:
    assert set(TABLE) == set(POLICY)


@pytest.mark.parametrize("permission", sorted(TABLE))
def test_who_may(permission: str) -> None:
    for subject, wanted in zip((DRAFT, RECEIVED, PUBLISHED), TABLE[permission], strict=True):
        assert {code for code in ALL if may(person(code), permission, subject)} == set(wanted), subject


@pytest.mark.parametrize("permission", sorted(POLICY))
def test_the_public_may_nothing_that_has_a_permission(permission: str) -> None:
    assert may(None, permission, PUBLISHED) is False
