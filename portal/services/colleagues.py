"""The people of an entity: ending a role, and handing the focal point's role over with nothing lost."""

from __future__ import annotations

import uuid

from sqlalchemy import insert, select, update

from forms.words import N_
from portal.db import new_id
from portal.models.accounts import Membership, User
from portal.models.events import Notice
from portal.models.keeping import ClearanceTerms
from portal.models.reports import Clearance, Report
from portal.models.sharing import Invitation
from portal.queries import colleagues
from portal.queries.colleagues import Office
from portal.rules.refusals import Missing, NotNow
from portal.services import accounts
from portal.services.act import Act

NO_ROLE = N_("Nobody holds this role here now; please reload the page.")
LAST = N_(
    "This is the only focal point of the state, and without one nobody can ask for clearance. "
    "Please name a successor first: the role goes over when the successor accepts."
)


def end(act: Act, office: Office, membership_id: uuid.UUID) -> Membership:
    """The focal point ends a role of a colleague, or the own. NotNow for that of the only focal point."""
    act.demand("people:manage", office)
    held = act.session.get(Membership, membership_id)
    if held is None or held.entity != office.entity or held.ended_at is not None:
        raise Missing(NO_ROLE)
    if held.role == "focal_point" and colleagues.holders(act.session, "focal_point", office.entity) == 1:
        raise NotNow(LAST)
    close(act, held)
    return held


def end_of(act: Act, email: str, role: str, entity: str | None) -> None:
    """Ends a role by command, also that of the only focal point: an account in wrong hands cannot wait."""
    if entity is not None:
        colleagues.office(act.session, entity, lock=True)
    user = act.session.scalar(select(User.id).where(User.email == email.strip().lower()))
    held = colleagues.membership(act.session, user, role, entity) if user else None
    if held is None:
        raise Missing(f"{email} is not {role}{f' of {entity}' if entity else ''}.")
    close(act, held)


def close(act: Act, held: Membership) -> None:
    """Ends a role from the next request on. What was in the person's hands falls back, open invitations close, and
    what the person wrote stays where it is, under that name.
    """
    entity = held.entity
    if entity is not None and held.role in ("contributor", "certifier"):
        colleagues.reports_of(act.session, entity)  # before the record: whoever writes holds the report first
    held.ended_at = act.at
    act.session.flush()
    act.record("account.end", {"user": str(held.user_id), "role": held.role}, entity=entity)
    act.notify("account.end", [held.user_id], {"role": held.role, "entity": entity})
    if entity is None:
        return
    if held.role == "contributor":
        _take_back(act, held.user_id, entity)
    elif held.role == "certifier":
        _ask_the_others(act, held.user_id, entity)
    elif held.role == "focal_point":
        act.session.execute(
            update(Invitation)
            .where(Invitation.entity == entity, Invitation.invited_by == held.user_id, *colleagues.open_at(act.at))
            .values(revoked_at=act.at)
        )


def _take_back(act: Act, user_id: uuid.UUID, entity: str) -> None:
    """What is in the person's hands and not handed back falls back to the focal point; the text stays."""
    for handout, report in colleagues.in_hands(act.session, user_id, entity):
        handout.settled_at, handout.outcome = act.at, "withdrawn"
        handout.settled_by = act.person.id if act.person else None
        data = {"handout": str(handout.id), "section": handout.section, "part": handout.part}
        act.record("handout.withdraw", data, report=report)
        act.notify("handout.fallback", act.holders("focal_point", entity=entity), data, report=report)


def _ask_the_others(act: Act, user_id: uuid.UUID, entity: str) -> None:
    """A request for clearance that waits for this certifier waits for all of them now."""
    waiting = (
        select(ClearanceTerms, Report)
        .join(Clearance, Clearance.id == ClearanceTerms.clearance_id)
        .join(Report, Report.id == Clearance.report_id)
        .where(Report.entity == entity, Clearance.outcome.is_(None), ClearanceTerms.asked_of == user_id)
    )
    for terms, report in act.session.execute(waiting).all():
        terms.asked_of = None
        act.notify("report.ask", act.holders("certifier", entity=entity), {}, report=report)


def grant(act: Act, user_id: uuid.UUID, role: str, entity: str) -> None:
    """Gives a role for an entity to a person who does not hold it yet."""
    if colleagues.membership(act.session, user_id, role, entity) is None:
        row = {
            "id": new_id(),
            "user_id": user_id,
            "role": role,
            "entity": entity,
            "granted_at": act.at,
            "ended_at": None,
        }
        act.session.execute(insert(Membership), [row])
        act.record("account.grant", {"user": str(user_id), "role": role}, entity=entity)


def hand_over(act: Act, old: uuid.UUID, new: uuid.UUID, entity: str) -> None:
    """The focal point's role goes from one person to another: what waits goes over, and open invitations stay open.

    Requests, hand-outs and comments belong to the report and to whoever leads it; only notices are tied to a person,
    so the unread ones about the entity's reports are written again for the successor.
    """
    held = colleagues.membership(act.session, old, "focal_point", entity)
    if held is None:
        raise Missing(NO_ROLE)
    grant(act, new, "focal_point", entity)
    still_open = update(Invitation).where(Invitation.entity == entity, *colleagues.open_at(act.at))
    act.session.execute(still_open.where(Invitation.succeeds == old).values(revoked_at=act.at))
    act.session.execute(still_open.where(Invitation.invited_by == old).values(invited_by=new))
    _pass_on_notices(act, old, new, entity)
    close(act, held)
    act.record("account.succeed", {"from": str(old), "to": str(new)}, entity=entity)
    others = set(act.holders("contributor", "certifier", "focal_point", entity=entity)) - {new}
    act.notify("account.succeed", sorted(others), {"entity": entity})


def _pass_on_notices(act: Act, old: uuid.UUID, new: uuid.UUID, entity: str) -> None:
    """Writes the unread notices of one person about an entity's reports for another, with the moment they are of."""
    unread = (
        select(Notice.kind, Notice.report_id, Notice.data, Notice.at)
        .join(Report, Report.id == Notice.report_id)
        .where(Notice.user_id == old, Notice.read_at.is_(None), Report.entity == entity)
        .order_by(Notice.at, Notice.id)
    )
    rows = [{"id": new_id(), "user_id": new, "read_at": None, **row._mapping} for row in act.session.execute(unread)]
    if rows:
        act.session.execute(insert(Notice), rows)


def succeed(act: Act, old: str, new: str, entity: str, password: str) -> None:
    """The administrator's way when the predecessor is gone: the role goes to the person with the address `new`, whose
    account is opened with this password where there is none.
    """
    colleagues.office(act.session, entity, lock=True)
    predecessor = act.session.scalar(select(User.id).where(User.email == old.strip().lower()))
    if predecessor is None or colleagues.membership(act.session, predecessor, "focal_point", entity) is None:
        raise Missing(f"{old} is not focal_point of {entity}.")
    successor = accounts.add(act, new, "focal_point", entity, password)
    if successor == predecessor:
        raise NotNow(f"{old} is focal_point of {entity} already.")
    hand_over(act, predecessor, successor, entity)
