"""Who may do what: one table of permissions, each any of (all of facts) about a person and a subject."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from forms.outline import Question
from forms.words import N_
from portal.rules.handing import Piece, holds_any, reads, shares_all, writes

ROLES = (
    "focal_point",
    "contributor",
    "certifier",
    "reviewer",
    "lead",
    "data_officer",
    "regional_officer",
    "partner",
    "administrator",
)
STATE_ROLES = frozenset({"focal_point", "contributor", "certifier"})


@dataclass(frozen=True)
class Grant:
    """A role held by a person, for one entity or for none."""

    role: str
    entity: str | None = None


@dataclass(frozen=True)
class Person:
    """Who acts. `grants` are those in force at the time of the act."""

    id: uuid.UUID
    email: str
    name: str
    grants: tuple[Grant, ...] = ()
    language: str = "en"

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def entities(self) -> frozenset[str]:
        """The entities this person reports for."""
        return frozenset(g.entity for g in self.grants if g.entity and g.role in STATE_ROLES)


Fact = Callable[[Person, Any], bool]


def any_role(*roles: str) -> Fact:
    """True of a person who holds one of these roles, for whichever entity."""
    wanted = frozenset(roles)

    def holds(person: Person, _subject: Any) -> bool:
        return not wanted.isdisjoint(person.roles)

    return holds


def of_the_entity(*roles: str) -> Fact:
    """True of a person who holds one of these roles for the entity of the subject."""
    wanted = frozenset(roles)

    def holds(person: Person, subject: Any) -> bool:
        return any(g.role in wanted and g.entity is not None and g.entity == subject.entity for g in person.grants)

    return holds


def from_elsewhere(person: Person, subject: Any) -> bool:
    """True of a person who does not report for the entity of the subject: nobody reviews the own country."""
    return subject.entity not in person.entities


def received(_person: Person, subject: Any) -> bool:
    """True of a report that has been submitted at least once."""
    return subject.first_submitted_at is not None


def published(_person: Person, subject: Any) -> bool:
    return bool(subject.state == "published")


def handed_for_reading(person: Person, subject: Any) -> bool:
    """True of a piece of a report that was handed to this person and is not settled."""
    return reads(person.id, subject.handouts, subject)


def handed_for_writing(person: Person, subject: Any) -> bool:
    """True of a piece of a report that is in this person's hands and not handed back."""
    return writes(person.id, subject.handouts, subject)


def handed_something(person: Person, subject: Any) -> bool:
    """True of a report of which anything is in this person's hands and not handed back."""
    return holds_any(person.id, subject.handouts)


def shared(person: Person, subject: Any) -> bool:
    """True of a report that was opened for reading to a person to whom something of it was handed."""
    return shares_all(person.id, subject.handouts)


def not_the_importer(person: Person, subject: Any) -> bool:
    """True of an import that somebody else took in: who brings figures in does not verify them."""
    return bool(subject.imported_by != person.id)


def handed_to_them(person: Person, subject: Any) -> bool:
    """True of a hand-out to this person that is not settled."""
    return bool(subject.user_id == person.id and subject.settled_at is None)


def files_for(person: Person, subject: Any) -> bool:
    """True of a person who files for the partner of the subject."""
    return person.id in subject.members


def not_files_for(person: Person, subject: Any) -> bool:
    """True of a person who does not file for the partner: nobody looks at the own contribution for the team."""
    return person.id not in subject.members


def sent_once(_person: Person, subject: Any) -> bool:
    """True of a contribution that has been sent at least once."""
    return bool(subject.sent)


def stands_accepted(_person: Person, subject: Any) -> bool:
    """True of a contribution of which a version stands accepted: everybody may know of it."""
    return bool(subject.public)


def answers_for_a_named_state(person: Person, subject: Any) -> bool:
    """True of a focal point of a state that is named in the contribution."""
    return any(g.role == "focal_point" and g.entity in subject.named for g in person.grants)


def leads_a_named_state(person: Person, subject: Any) -> bool:
    """True of a focal point or certifier of a state that is named in the contribution."""
    return any(g.role in ("focal_point", "certifier") and g.entity in subject.named for g in person.grants)


def shown_to_others(_person: Person, subject: Any) -> bool:
    """True of a desk profile that the state has answered and the lead has shown to others."""
    return subject.released_at is not None


def signed_in(_person: Person, _subject: Any) -> bool:
    return True


THE_TEAM = any_role("reviewer", "lead")
READ_EVIDENCE = any_role("reviewer", "lead", "data_officer", "regional_officer")
THE_STATE = of_the_entity("focal_point", "contributor", "certifier")
WHO_LEAD = of_the_entity("focal_point", "certifier")
FOCAL_POINT, CONTRIBUTOR = of_the_entity("focal_point"), of_the_entity("contributor")
THE_WHOLE: tuple[tuple[Fact, ...], ...] = ((WHO_LEAD,), (CONTRIBUTOR, shared))
Rule = tuple[tuple[Fact, ...], ...]

POLICY: dict[str, Rule] = {
    "desk:read": ((signed_in,),),
    "inbox:read": ((signed_in,),),
    "notices:log": ((any_role("lead"),),),
    "facts:read": ((signed_in,),),
    # a report while it is the state's own
    "report:list": ((signed_in,),),
    "report:start": ((of_the_entity("focal_point"),),),
    "report:see": ((THE_STATE,), (THE_TEAM, received), (published,)),
    "report:home": ((THE_STATE,),),
    "report:draft": THE_WHOLE,
    "report:check": (*THE_WHOLE, (CONTRIBUTOR, handed_something)),
    "report:write": ((FOCAL_POINT,),),
    "report:fill": ((FOCAL_POINT,), (CONTRIBUTOR, handed_something)),
    "section:read": (*THE_WHOLE, (CONTRIBUTOR, handed_for_reading)),
    "section:write": ((FOCAL_POINT,), (CONTRIBUTOR, handed_for_writing)),
    "handout:give": ((FOCAL_POINT,),),
    "handout:return": ((CONTRIBUTOR, handed_to_them),),
    "report:ask": ((of_the_entity("focal_point"),),),
    "report:recall": ((of_the_entity("focal_point"),),),
    "practice:again": ((FOCAL_POINT,),),
    "clearance:letter": ((of_the_entity("focal_point", "certifier"),),),
    "report:announce": ((of_the_entity("focal_point", "certifier"),),),
    "report:restore": ((of_the_entity("focal_point"),),),
    "report:carry": ((of_the_entity("focal_point"),),),
    "source:read": (*THE_WHOLE, (CONTRIBUTOR, handed_something)),
    "source:add": ((FOCAL_POINT,), (CONTRIBUTOR, handed_something)),
    "report:decline": ((of_the_entity("certifier"),),),
    "report:submit": ((of_the_entity("certifier"),),),
    "report:withdraw": ((of_the_entity("certifier"),),),
    "report:reopen": ((of_the_entity("certifier"),),),
    "report:consent": ((of_the_entity("certifier"),),),
    "version:read": (*THE_WHOLE, (THE_TEAM, received)),
    "attachment:read": (*THE_WHOLE, (CONTRIBUTOR, handed_for_reading), (THE_TEAM, received)),
    # those who report for an entity
    "people:see": ((of_the_entity("focal_point", "certifier"),),),
    "people:manage": ((of_the_entity("focal_point"),),),
    # review
    "review:queue": ((THE_TEAM,),),
    "review:read": ((THE_TEAM, received),),
    "review:assign": ((any_role("lead"),),),
    "review:claim": ((THE_TEAM, received, from_elsewhere),),
    "review:clarify": ((THE_TEAM, received, from_elsewhere),),
    "review:check": ((THE_TEAM, received, from_elsewhere),),
    "review:accept": ((THE_TEAM, received, from_elsewhere),),
    "review:publish": ((any_role("lead"), received, from_elsewhere),),
    # remarks of the team, and what it keeps to itself
    "remark:read": (*THE_WHOLE, (CONTRIBUTOR, handed_something), (THE_TEAM, received)),
    "remark:answer": ((FOCAL_POINT,), (CONTRIBUTOR, handed_for_writing)),
    "review:remark": ((THE_TEAM, received, from_elsewhere),),
    "review:note": ((THE_TEAM, received, from_elsewhere),),
    # more time for one country; what the phases of a cycle bring
    "extension:read": ((THE_STATE,), (THE_TEAM,)),
    "extension:ask": ((FOCAL_POINT,),),
    "extension:answer": ((any_role("lead"), from_elsewhere),),
    "phase:read": ((THE_TEAM,),),
    "phase:write": ((any_role("lead"),),),
    "phase:sign": ((THE_TEAM,),),
    "phase:close": ((any_role("lead"),),),
    # figures, bundles
    "observations:import": ((any_role("data_officer"),),),
    "observations:read": ((signed_in,),),
    "datasets:read": ((any_role("data_officer", "reviewer", "lead"),),),
    "datasets:verify": ((any_role("data_officer", "lead"), not_the_importer),),
    "mapping:write": ((any_role("data_officer"),),),
    "bundle:build": ((any_role("lead"),),),
    "bundle:read": ((THE_TEAM,),),
    # the evidence base: lists show each person the passages that passage:read grants
    "evidence:read": ((READ_EVIDENCE,),),
    "passage:read": ((THE_TEAM,), (READ_EVIDENCE, published)),
    "evidence:code": ((THE_TEAM, from_elsewhere),),
    # holes that become requests; desk profiles, which the state sees first
    "request:make": ((THE_TEAM,),),
    "request:mine": ((signed_in,),),
    "request:read": ((files_for,), (READ_EVIDENCE,)),
    "request:answer": ((files_for,),),
    "profile:read": ((THE_STATE,), (THE_TEAM,), (shown_to_others,)),
    "profile:compile": ((THE_TEAM, from_elsewhere),),
    "profile:answer": ((WHO_LEAD,),),
    "profile:release": ((any_role("lead"), from_elsewhere),),
    # contradictions between channels: cases may hold words of reports that are not published
    "contradiction:read": ((THE_TEAM,),),
    "contradiction:find": ((any_role("lead"),),),
    "contradiction:settle": ((THE_TEAM, from_elsewhere),),
    # contributions of partners
    "contribution:list": ((signed_in,),),
    "contribution:read": ((files_for,), (THE_TEAM, sent_once), (stands_accepted,)),
    "contribution:whole": ((files_for,), (THE_TEAM, sent_once), (leads_a_named_state, stands_accepted)),
    "contribution:write": ((files_for,),),
    "contribution:moderate": ((THE_TEAM, sent_once, not_files_for),),
    "call:write": ((any_role("lead"),),),
    "partner:see": ((THE_TEAM,),),
    "partner:manage": ((any_role("lead"),),),
    "reply:write": ((answers_for_a_named_state, stands_accepted),),
    # the synthesis, and what became of the words of those it cites
    "synthesis:read": ((THE_TEAM,),),
    "synthesis:write": ((THE_TEAM,),),
    "synthesis:sign": ((any_role("lead"),),),
    "words:see": ((THE_STATE,), (files_for,), (THE_TEAM,)),
    # the house
    "accounts:manage": ((any_role("administrator"),),),
    "guidelines:publish": ((any_role("administrator"),),),
    "cycle:open": ((any_role("administrator", "lead"),),),
    "audit:verify": ((any_role("administrator"),),),
}

NOT_INCLUDED = N_("Your role does not include this.")
NOT_IN_YOUR_HANDS = N_(
    "This is not in your hands now. Please keep your text and ask the focal point to hand it to you again."
)
REFUSED = {"section:write": NOT_IN_YOUR_HANDS, "report:fill": NOT_IN_YOUR_HANDS}


def refusal(person: Person | None, permission: str) -> str:
    """Why a permission is not granted, as a sentence: a contributor is told where the text can go."""
    return REFUSED.get(permission, NOT_INCLUDED) if person and "contributor" in person.roles else NOT_INCLUDED


def may(person: Person | None, permission: str, subject: Any = None) -> bool:
    """True when the policy grants this permission on this subject; an unknown permission raises KeyError."""
    rule = POLICY[permission]
    if person is None:
        return False
    return any(all(fact(person, subject) for fact in facts) for facts in rule)


def granted(person: Person | None, permission: str, report: Any, questions: Iterable[Question]) -> list[Question]:
    """Those of these questions of a report on which the policy grants a permission of a section, in their order."""
    return [one for one in questions if may(person, permission, Piece(report, one.section, one))]
