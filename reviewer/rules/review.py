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
    "review.assign",
    "review.check",
    "review.clarify",
    "review.accept",
    "review.publish",
)
"""The acts that the reporting team reads of: what a state does with its draft is its own affair."""

SETTLED = frozenset({"accepted", "published", "withdrawn"})
ASSIGNED = ("mine", "nobody", "somebody")
EXTENDED = "within_extension"
TIMINGS = ("in_time", "after_deadline", EXTENDED, "after_cut_off")
"""What the timing of a report is asked for by: its label, or that it came within the extension of its own state."""
AGES = (7, 14, 30, 60, 90)


@dataclass(frozen=True)
class Wanted:
    """What a reviewer asks the queue for; an empty word asks for everything."""

    state: str = ""
    timing: str = ""
    region: str = ""
    group: str = ""
    assigned: str = ""
    language: str = ""
    modality: str = ""
    age: str = ""

    def holds(self, row: Any, person: uuid.UUID, timing: str, days: int | None, *, extended: bool = False) -> bool:
        """Whether a row of the queue is asked for by this person; `days` is its age, None for one that is settled,
        `extended` whether it came after the deadline of all and within the extension of its own state.
        """
        return (
            (not self.state or row.state == self.state)
            and (not self.timing or (extended if self.timing == EXTENDED else timing == self.timing))
            and (not self.region or row.region == self.region)
            and (not self.group or row.regional_group == self.group)
            and (not self.modality or row.modality == self.modality)
            and (not self.language or self.language in row.languages)
            and (not self.assigned or self._held_by(row.assigned_to, person))
            and (not self.age or self._as_old(days))
        )

    def _held_by(self, assigned_to: uuid.UUID | None, person: uuid.UUID) -> bool:
        if self.assigned in ("mine", "nobody"):
            return self.assigned == whose(assigned_to, person)
        if self.assigned == "somebody":
            return assigned_to is not None
        return self.assigned == str(assigned_to)

    def _as_old(self, days: int | None) -> bool:
        """At least so many days; words that are no number ask for nothing."""
        return not self.age.isdecimal() or (days is not None and days >= int(self.age))


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
