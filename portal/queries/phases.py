"""Reads what the phases of a cycle bring: texts with their sign-offs, closings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.cycles import Phase
from portal.models.phases import Deliverable, PhaseClosing, SignOff
from portal.rules.refusals import Missing

NO_TEXT = N_("There is no such version of this text.")


@dataclass(frozen=True)
class Delivered:
    """One version of the text of a phase: who wrote it, and who signed it (SignOff with name)."""

    text: Deliverable
    written_name: str
    signatures: list[AnyRow]


def phase(session: Session, cycle: str, key: str, *, lock: bool = False) -> Phase:
    """A phase of a cycle; `lock` holds its row, so that its texts and sign-offs take turns. Missing for none."""
    found = session.get(Phase, (cycle, key), with_for_update=lock or None)
    if found is None:
        raise Missing(N_("There is no such phase in this cycle."))
    return found


def texts(session: Session, cycle: str, key: str) -> list[Delivered]:
    """Every version of the text of a phase, newest first; two statements."""
    signed: dict[int, list[AnyRow]] = {}
    for row in session.execute(
        select(SignOff, User.name).join(User, User.id == SignOff.user_id)
        .where(SignOff.cycle == cycle, SignOff.phase == key).order_by(SignOff.signed_at)
    ):  # fmt: skip
        signed.setdefault(row.SignOff.number, []).append(row)
    rows = session.execute(
        select(Deliverable, User.name).join(User, User.id == Deliverable.written_by)
        .where(Deliverable.cycle == cycle, Deliverable.phase == key).order_by(Deliverable.number.desc())
    )  # fmt: skip
    return [Delivered(row.Deliverable, row.name, signed.get(row.Deliverable.number, [])) for row in rows]


def closings(session: Session, cycle: str) -> dict[str, AnyRow]:
    """The closing of each phase that is closed, by its key: PhaseClosing, name of who closed it."""
    query = select(PhaseClosing, User.name).join(User, User.id == PhaseClosing.closed_by)
    return {row.PhaseClosing.phase: row for row in session.execute(query.where(PhaseClosing.cycle == cycle))}


def before(session: Session, found: Phase) -> str | None:
    """The key of the phase before this one; None for the first."""
    query = select(Phase.key).where(Phase.cycle == found.cycle, Phase.position < found.position)
    return session.scalars(query.order_by(Phase.position.desc()).limit(1)).first()
