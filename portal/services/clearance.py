"""The clearance chain: asking the certifiers, taking back, declining, letters, and asking the others after a set time.

Preparing and certifying are acts of two people. Any certifier of the state may decide at any time; the one who is named
is told first, the others when the request has waited for the set number of working days.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from forms.words import N_
from portal.adapters.content import MEDIA_TYPES
from portal.models.keeping import ClearanceTerms
from portal.models.reports import Attachment, Clearance, Report
from portal.queries import clearance as requests
from portal.queries import reports
from portal.rules.clearance import DAYS, MOST_DAYS, USUAL_DAYS, escalates, hindrance_of_letter, working_days_after
from portal.rules.lifecycle import STEPS, WRONG_STATE
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act
from portal.services.attachments import Upload, lay
from portal.services.history import CLEARANCE_ASKED, keep_point
from portal.services.steps import LETTER, Order, advance

SETTLED = N_("This request for clearance was settled before; please open the report again.")
NO_CERTIFIER = N_("Please choose a certifier of your state: this person is none now.")
YOURSELF = N_("Please choose somebody else: preparing and certifying are acts of two people.")
TOO_LONG = N_("A note has at most 4000 characters.")
LEFT_OUT = N_("A date is given and no letter came with it; please choose the file again, or take the date out.")
NO_LETTER_KIND = N_("This is no letter: please send it as PDF, Word, PNG or JPEG.")
LETTER_KINDS = frozenset(MEDIA_TYPES[kind] for kind in ("pdf", "docx", "png", "jpg"))
MOST_WORDS = 4000


@dataclass(frozen=True)
class Letter:
    """A scanned letter whose bytes are in the storage, and the date that stands on it as year-month-day."""

    upload: Upload
    dated: str


@dataclass(frozen=True)
class Terms:
    """What the focal point says with a request: a note, who is asked first and for how many working days, a letter;
    `dated` is the date that was given for a letter, be it there or not.
    """

    note: str = ""
    asked_of: uuid.UUID | None = None
    days: int = USUAL_DAYS
    letter: Letter | None = None
    dated: str = ""


def ask(act: Act, report: Report, order: Order, terms: Terms = Terms()) -> Clearance:
    """The focal point asks for clearance: the named certifier first, else all of them. Invalid when a part of `terms`
    will not do; then nothing is asked."""
    certifiers = act.holders("certifier", entity=report.entity)
    _demand(problems(act, report, terms))
    advance(act, report, STEPS["ask"], order)
    request = Clearance(report_id=report.id, asked_at=act.at, asked_by=act.actor.id)
    act.session.add(request)
    point = keep_point(act, report, CLEARANCE_ASKED)
    act.session.flush()
    later = working_days_after(act.at, terms.days) if terms.asked_of is not None else None
    kept = ClearanceTerms(
        clearance_id=request.id,
        asked_of=terms.asked_of,
        note=_words(terms),
        escalates_at=later,
        letters=[],
        point=point.id,
    )
    act.session.add(kept)
    told = {"request": str(request.id), "asked_of": str(terms.asked_of) if terms.asked_of else None}
    act.record("report.ask", told | {"others_at": later.isoformat() if later else None}, report=report)
    if terms.letter is not None:
        _lay(act, report, kept, terms.letter)
    act.notify("report.ask", [terms.asked_of] if terms.asked_of else certifiers, {}, report=report)
    return request


def _words(terms: Terms) -> str:
    return terms.note.replace("\0", "").replace("\r\n", "\n").strip()


def problems(act: Act, report: Report, terms: Terms) -> list[Problem]:
    """Everything that is to be put right in these terms, by the name of its part."""
    certifiers = act.holders("certifier", entity=report.entity)
    problems = []
    if len(_words(terms)) > MOST_WORDS:
        problems.append(Problem("note", TOO_LONG))
    if terms.asked_of is not None and terms.asked_of not in certifiers:
        problems.append(Problem("asked_of", NO_CERTIFIER))
    elif terms.asked_of is not None and terms.asked_of == act.actor.id:
        problems.append(Problem("asked_of", YOURSELF))
    if not 1 <= terms.days <= MOST_DAYS:
        problems.append(Problem("days", DAYS))
    if terms.letter is not None:
        problems += _of_letter(act, terms.letter)
    elif terms.dated:
        problems.append(Problem("letter", LEFT_OUT))
        problems += _of_date(act, terms.dated)
    return problems


def _of_letter(act: Act, letter: Letter) -> list[Problem]:
    taken = letter.upload.media_type in LETTER_KINDS
    return ([] if taken else [Problem("letter", NO_LETTER_KIND)]) + _of_date(act, letter.dated)


def _of_date(act: Act, dated: str) -> list[Problem]:
    hindrance = hindrance_of_letter(dated, act.at)
    return [Problem("dated", hindrance)] if hindrance else []


def _demand(problems: Sequence[Problem]) -> None:
    if problems:
        raise Invalid(problems[0].sentence, list(problems))


def attach_letter(act: Act, report: Report, letter: Letter) -> Attachment:
    """Adds a letter to the request that waits, by the focal point or by a certifier; it becomes part of the
    version that the approval makes. NotNow when no request waits, Invalid when its date is none or lies ahead."""
    act.demand("clearance:letter", report)
    request = reports.open_clearance(act.session, report.id)
    kept = act.session.get(ClearanceTerms, request.id) if request is not None else None
    if report.state != "clearing" or kept is None:
        raise NotNow(WRONG_STATE[report.state] if report.state != "clearing" else SETTLED)
    _demand(_of_letter(act, letter))
    return _lay(act, report, kept, letter)


def _lay(act: Act, report: Report, kept: ClearanceTerms, letter: Letter) -> Attachment:
    file = lay(act, report, LETTER, letter.upload)
    kept.letters = [*kept.letters, [str(file.id), letter.dated]]
    act.session.flush()
    return file


def recall(act: Act, report: Report, order: Order) -> None:
    """The focal point takes the request back and the draft opens again."""
    advance(act, report, STEPS["recall"], order)
    _settle(act, report, "recalled", None)
    act.record("report.recall", {}, report=report)


def demand_request(act: Act, report: Report, order: Order) -> None:
    """NotNow when the decision names another request for clearance than the one that is open."""
    if order.request is not None and report.state == "clearing":
        waiting = reports.open_clearance(act.session, report.id)
        if waiting is None or waiting.id != order.request:
            raise NotNow(SETTLED)


def decline(act: Act, report: Report, order: Order) -> None:
    """The certifier declines with a reason and the draft opens again."""
    demand_request(act, report, order)
    advance(act, report, STEPS["decline"], order)
    _settle(act, report, "declined", order.words)
    act.record("report.decline", {"reason": order.words}, report=report)
    told = {"reason": order.words}
    act.notify("report.decline", act.holders("focal_point", entity=report.entity), told, report=report)


def _settle(act: Act, report: Report, outcome: str, reason: str | None) -> None:
    request = reports.open_clearance(act.session, report.id)
    if request is not None:
        request.outcome, request.reason = outcome, reason
        request.decided_at, request.decided_by = act.at, act.actor.id


def escalate(act: Act) -> int:
    """Tells the other certifiers of each request that has waited for its set time, and the focal points that they were
    told; how many requests. A second run finds nothing to do."""
    told = 0
    for row in requests.due(act.session, act.at):
        report = reports.get(act.session, row.report_id, lock=True)
        waiting = reports.open_clearance(act.session, report.id)
        kept = act.session.get(ClearanceTerms, row.id, populate_existing=True)
        if waiting is None or waiting.id != row.id or kept is None:
            continue
        if not escalates(act.at, kept.escalates_at, kept.escalated_at):
            continue
        others = [who for who in act.holders("certifier", entity=report.entity) if who != kept.asked_of]
        kept.escalated_at = act.at
        act.record("clearance.escalate", {"request": str(row.id), "told": len(others)}, report=report)
        act.notify("clearance.escalate", others, {}, report=report)
        focal = [who for who in act.holders("focal_point", entity=report.entity) if who not in others]
        act.notify("clearance.waits" if others else "clearance.nobody_else", focal, {}, report=report)
        told += 1
    return told
