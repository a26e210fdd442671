"""Who may do what: one table of permissions, each any of (all of facts) about a person and a subject."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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


def signed_in(_person: Person, _subject: Any) -> bool:
    return True


THE_TEAM = any_role("reviewer", "lead")
THE_STATE = of_the_entity("focal_point", "contributor", "certifier")
Rule = tuple[tuple[Fact, ...], ...]

POLICY: dict[str, Rule] = {
    "desk:read": ((signed_in,),),
    "inbox:read": ((signed_in,),),
    "facts:read": ((signed_in,),),
    # a report while it is the state's own
    "report:list": ((signed_in,),),
    "report:start": ((of_the_entity("focal_point"),),),
    "report:see": ((THE_STATE,), (THE_TEAM, received), (published,)),
    "report:draft": ((THE_STATE,),),
    "report:write": ((of_the_entity("focal_point", "contributor"),),),
    "report:ask": ((of_the_entity("focal_point"),),),
    "report:recall": ((of_the_entity("focal_point"),),),
    "report:announce": ((of_the_entity("focal_point", "certifier"),),),
    "report:decline": ((of_the_entity("certifier"),),),
    "report:submit": ((of_the_entity("certifier"),),),
    "report:withdraw": ((of_the_entity("certifier"),),),
    "report:reopen": ((of_the_entity("certifier"),),),
    "report:consent": ((of_the_entity("certifier"),),),
    "version:read": ((THE_STATE,), (THE_TEAM, received)),
    "attachment:read": ((THE_STATE,), (THE_TEAM, received)),
    # review
    "review:queue": ((THE_TEAM,),),
    "review:read": ((THE_TEAM, received),),
    "review:claim": ((THE_TEAM, received, from_elsewhere),),
    "review:clarify": ((THE_TEAM, received, from_elsewhere),),
    "review:check": ((THE_TEAM, received, from_elsewhere),),
    "review:accept": ((THE_TEAM, received, from_elsewhere),),
    "review:publish": ((any_role("lead"), received, from_elsewhere),),
    # figures, bundles
    "observations:import": ((any_role("data_officer"),),),
    "observations:read": ((signed_in,),),
    "datasets:read": ((any_role("data_officer", "reviewer", "lead"),),),
    "bundle:build": ((any_role("lead"),),),
    "bundle:read": ((THE_TEAM,),),
    # the house
    "accounts:manage": ((any_role("administrator"),),),
    "guidelines:publish": ((any_role("administrator"),),),
    "cycle:open": ((any_role("administrator", "lead"),),),
    "audit:verify": ((any_role("administrator"),),),
}


def may(person: Person | None, permission: str, subject: Any = None) -> bool:
    """True when the policy grants this permission on this subject; an unknown permission raises KeyError."""
    rule = POLICY[permission]
    if person is None:
        return False
    return any(all(fact(person, subject) for fact in facts) for facts in rule)
