"""The lead gives received reports to reviewers and takes them away; a member of the team keeps views of the queue."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from forms.words import N_
from portal.models.remarks import SavedView
from portal.models.reports import Report
from portal.queries import team
from portal.rules.assigning import CHANGED, Held, Move, by_hand, evenly, refused
from portal.rules.refusals import Invalid, Missing, Problem
from portal.services.act import Act

NAME_LENGTH = 120
MOST_VIEWS = 50
NONE_CHOSEN = N_("Please choose at least one report in the queue.")
MANNERS = ("hand", "evenly", "away")


@dataclass(frozen=True)
class Choice:
    """What the lead wants done with which reports: `hand` (one reviewer), `evenly` (several) or `away` (none)."""

    manner: str
    reports: tuple[uuid.UUID, ...]
    reviewers: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class Wish:
    """One report as it was seen, and who is to review it from now on (None for nobody)."""

    report: uuid.UUID
    state: str
    assigned_to: uuid.UUID | None
    to: uuid.UUID | None


def plan(act: Act, choice: Choice) -> list[Move]:
    """What exactly would happen, report by report; nothing is written. Invalid where the choice is not complete."""
    act.demand("review:assign")
    there = {one.id: one for one in team.reviewers(act.session)}
    chosen = [there[one] for one in choice.reviewers if one in there]
    if not choice.reports:
        raise _invalid("report", NONE_CHOSEN)
    if choice.manner not in MANNERS:
        raise _invalid("manner", N_("Please choose what is to be done with the reports."))
    if choice.manner == "hand" and len(chosen) != 1:
        raise _invalid("reviewer", N_("Please choose one reviewer."))
    if choice.manner == "evenly" and not chosen:
        raise _invalid("reviewer", N_("Please choose at least one reviewer."))
    reports = team.held(act.session, choice.reports)
    if choice.manner == "evenly":
        return evenly(reports, chosen)
    return by_hand(reports, chosen[0] if choice.manner == "hand" else None)


def _invalid(where: str, sentence: str) -> Invalid:
    return Invalid(sentence, [Problem(where, sentence)])


def assign(act: Act, wishes: Sequence[Wish]) -> list[Move]:
    """Does what was previewed. A report that has changed since it was seen, or that cannot go there any more, is left
    alone and its sentence says so. Each reviewer is told of what was assigned, and of what was taken away.
    """
    act.demand("review:assign")
    there = {one.id: one for one in team.reviewers(act.session)}
    now = {one.id: one for one in team.held(act.session, [wish.report for wish in wishes], lock=True)}
    done = []
    for wish in wishes:
        report = now.get(wish.report)
        if report is None:
            continue
        left = _against(report, wish)
        if left is None and (wish.to is None or wish.to in there):
            left = refused(report, there[wish.to] if wish.to else None)
        elif left is None:
            left = N_("The reviewer who was chosen is no longer one.")
        done.append(Move(report, report.assigned_to if left else wish.to, left))
    moved = [move for move in done if move.left is None]
    _write(act, moved)
    return done


def _against(report: Held, wish: Wish) -> str | None:
    return None if (report.state, report.assigned_to) == (wish.state, wish.assigned_to) else CHANGED


def _write(act: Act, moved: Sequence[Move]) -> None:
    rows = [{"id": move.report.id, "assigned_to": move.to} for move in moved]
    if not rows:
        return
    act.session.execute(update(Report), rows)
    found = act.session.scalars(select(Report).where(Report.id.in_([move.report.id for move in moved])))
    reports = {report.id: report for report in found}
    for move in moved:
        told = {"from": _text(move.report.assigned_to), "to": _text(move.to)}
        act.record("review.assign", told, report=reports[move.report.id])
    was = [move.report for move in moved]
    act.notify_each("review.assign", [(move.report.id, [move.to], {}) for move in moved if move.to])
    act.notify_each("review.assign_away", [(m.id, [m.assigned_to], {}) for m in was if m.assigned_to])


def _text(person: uuid.UUID | None) -> str | None:
    return str(person) if person else None


def keep_view(act: Act, name: str, filters: Mapping[str, str]) -> SavedView:
    """Keeps these filters of the queue under a name; the same name again takes the place of the view before."""
    person = act.demand("review:queue")
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise _invalid("name", N_("Please give the view a name of at most 120 characters."))
    mine = SavedView.user_id == person.id
    act.session.execute(delete(SavedView).where(mine, SavedView.name == name))
    if (act.session.scalar(select(func.count()).select_from(SavedView).where(mine)) or 0) >= MOST_VIEWS:
        raise _invalid("name", N_("You keep 50 views already; please remove one first."))
    view = SavedView(user_id=person.id, name=name, filters=dict(filters), kept_at=act.at)
    act.session.add(view)
    act.record("review.view_keep", {"name": name, "filters": dict(filters)})
    return view


def remove_view(act: Act, view_id: uuid.UUID) -> str:
    """Removes a view that this person keeps, and returns its name; Missing for one of another person."""
    person = act.demand("review:queue")
    view = act.session.get(SavedView, view_id)
    if view is None or view.user_id != person.id:
        raise Missing(N_("There is no such view among yours."))
    act.session.delete(view)
    act.record("review.view_remove", {"name": view.name})
    return view.name
