"""Walks the chain of events and says where it was first broken."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.queries import events
from portal.services.act import GENESIS, event_digest


@dataclass(frozen=True)
class Walk:
    """How far the chain holds: events read, the digest of the last, and the first break in words (None when whole)."""

    events: int
    head: str
    broken: str | None


def verify(session: Session) -> Walk:
    """Reads every event in order: each must carry the digest of the one before, and its own must cover its row."""
    previous, count = GENESIS, 0
    for event in events.chain(session):
        count += 1
        row = {
            column: getattr(event, column)
            for column in ("sequence", "at", "kind", "actor", "report_id", "entity", "data", "previous")
        }
        if event.sequence != count:
            return Walk(count, previous, f"Event {count} is missing: the next one is event {event.sequence}.")
        if event.previous != previous:
            return Walk(count, previous, f"Event {event.sequence} ({event.kind}) does not follow the one before it.")
        if event_digest(row) != event.digest:
            return Walk(count, previous, f"Event {event.sequence} ({event.kind}) has been changed.")
        previous = event.digest
    head = events.head(session)
    if head is not None and head != (count, previous):
        return Walk(
            count,
            previous,
            f"The chain ends at event {count}, but its head says event {head[0]}: the tail has been cut or changed.",
        )
    return Walk(count, previous, None)
