"""What a reviewer asks the queue for, how long a report has been waiting, and which acts the team reads of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

RECORD = (
    "report.submit",
    "report.consent",
    "report.withdraw",
    "review.claim",
    "review.check",
    "review.clarify",
    "review.accept",
    "review.publish",
)
"""The acts that the reporting team reads of: what a state does with its draft is its own affair."""

SETTLED = frozenset({"accepted", "published", "withdrawn"})
ASSIGNED = ("mine", "nobody", "somebody")


@dataclass(frozen=True)
class Wanted:
    """What a reviewer asks the queue for; an empty word asks for everything."""

    state: str = ""
    region: str = ""
    assigned: str = ""
    language: str = ""
    modality: str = ""

    def holds(self, row: Any, person: uuid.UUID) -> bool:
        """Whether a row of the queue is asked for by this person."""
        return (
            (not self.state or row.state == self.state)
            and (not self.region or row.region == self.region)
            and (not self.modality or row.modality == self.modality)
            and (not self.language or self.language in row.languages)
            and (not self.assigned or self.assigned == whose(row.assigned_to, person) or self._somebody(row))
        )

    def _somebody(self, row: Any) -> bool:
        return self.assigned == "somebody" and row.assigned_to is not None


def whose(assigned_to: uuid.UUID | None, person: uuid.UUID) -> str:
    """Whose a report is, seen by a person: `mine`, `nobody` or `somebody`."""
    if assigned_to is None:
        return "nobody"
    return "mine" if assigned_to == person else "somebody"


def age(state: str, received_at: dt.datetime, at: dt.datetime) -> int | None:
    """Whole days since a report was received; None for one that waits for nobody any more."""
    return None if state in SETTLED else max(0, (at - received_at).days)


def counts(rows: Iterable[Any]) -> Counter[str]:
    """How many rows of the queue stand in each state."""
    return Counter(row.state for row in rows)
