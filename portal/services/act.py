"""The act: who does something, when, in which transaction, and what is written down of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from forms.answers import canonical, digest
from forms.words import N_
from portal.db import begin_write, new_id
from portal.models.accounts import Membership, User
from portal.models.events import ChainHead, Event, Notice
from portal.models.reports import Report
from portal.rules.policy import Person, may, refusal
from portal.rules.refusals import Forbidden
from portal.services import outbox

GENESIS = "0" * 64


@dataclass(frozen=True)
class Recorded:
    """Where an event stands in the chain."""

    sequence: int
    digest: str


@dataclass
class Act:
    """One act of one person at one moment in one transaction. The edge makes it and commits it; services only
    use it.
    """

    session: Session
    person: Person | None
    at: dt.datetime

    @property
    def actor(self) -> Person:
        """The person who acts; Forbidden for the public."""
        if self.person is None:
            raise Forbidden(N_("Please log in first."))
        return self.person

    def demand(self, permission: str, subject: Any = None) -> Person:
        """Returns the person when the policy grants this permission on this subject, else raises Forbidden."""
        if not may(self.person, permission, subject):
            raise Forbidden(refusal(self.person, permission))
        return self.actor

    def write(self) -> None:
        """Leaves the reading transaction and opens the writing one; nothing read before may be relied on."""
        self.session.rollback()
        begin_write(self.session)

    def record(
        self, kind: str, data: Mapping[str, Any], *, report: Report | None = None, entity: str | None = None
    ) -> Recorded:
        """Appends an event to the chain. The head is locked, so that events stand in one order on every database."""
        head = self.session.execute(
            select(ChainHead.sequence, ChainHead.digest).where(ChainHead.id == 1).with_for_update()
        ).one_or_none()
        sequence, previous = (head.sequence + 1, head.digest) if head else (1, GENESIS)
        row = {
            "sequence": sequence,
            "at": self.at,
            "kind": kind,
            "actor": self.person.id if self.person else None,
            "report_id": report.id if report else None,
            "entity": entity or (report.entity if report else None),
            "data": dict(data),
            "previous": previous,
        }
        row["digest"] = event_digest(row)
        self.session.execute(insert(Event), [row])
        if head:
            self.session.execute(
                update(ChainHead).where(ChainHead.id == 1).values(sequence=sequence, digest=row["digest"])
            )
        else:
            self.session.execute(insert(ChainHead), [{"id": 1, "sequence": sequence, "digest": row["digest"]}])
        return Recorded(sequence, str(row["digest"]))

    def notify(
        self, kind: str, people: Iterable[uuid.UUID], data: Mapping[str, Any], *, report: Report | None = None
    ) -> None:
        """Writes one notice for each of these people, but none to the person who acts."""
        self.notify_each(kind, [(report.id if report else None, people, data)])

    def notify_each(
        self, kind: str, told: Iterable[tuple[uuid.UUID | None, Iterable[uuid.UUID], Mapping[str, Any]]]
    ) -> None:
        """The same about many reports in one statement: the id of each report, the people, the data."""
        mine = self.person.id if self.person else None
        rows = [
            {
                "id": new_id(),
                "user_id": person,
                "kind": kind,
                "report_id": report_id,
                "data": dict(data),
                "at": self.at,
                "read_at": None,
            }
            for report_id, people, data in told
            for person in dict.fromkeys(people)
            if person != mine
        ]
        if rows:
            self.session.execute(insert(Notice), rows)
            outbox.lay(self.session, rows, self.at)

    def holders(self, *roles: str, entity: str | None = None) -> list[uuid.UUID]:
        """The active people who hold one of these roles now, for this entity when one is named."""
        found = (
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(Membership.role.in_(roles), Membership.ended_at.is_(None), User.active)
            .distinct()
            .order_by(Membership.user_id)
        )
        if entity is not None:
            found = found.where(Membership.entity == entity)
        return list(self.session.scalars(found))

    def holders_by_entity(self, role: str, entities: Iterable[str]) -> dict[str, list[uuid.UUID]]:
        """The active people who hold this role now for each of these entities; one query."""
        query = (
            select(Membership.entity, Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(Membership.role == role, Membership.entity.in_(entities))
            .where(Membership.ended_at.is_(None), User.active)
            .order_by(Membership.entity, Membership.user_id)
        )
        found: dict[str, list[uuid.UUID]] = {}
        for entity, person in self.session.execute(query):
            found.setdefault(str(entity), []).append(person)
        return found


def event_digest(row: Mapping[str, Any]) -> str:
    """The digest of an event: SHA-256 of its canonical JSON, the digest before it included."""
    covered = {
        "sequence": row["sequence"],
        "at": row["at"].astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "kind": row["kind"],
        "actor": str(row["actor"]) if row["actor"] else None,
        "report": str(row["report_id"]) if row["report_id"] else None,
        "entity": row["entity"],
        "data": row["data"],
        "previous": row["previous"],
    }
    return digest(canonical(covered))
