"""The outbox: gathering digests, taking the next letter, and noting what became of it.

A letter is taken and its lease noted in one transaction; it is sent after the commit; what became of it is noted in a
third. A crash between sending and noting lets the lease run out, and that one letter is sent once more, with the same
Message-ID, by which a receiver can drop the double.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from forms.words import N_
from portal.db import AnyRow
from portal.models.outbox import Letter, MailWish
from portal.queries import letters
from portal.rules.notices import DIGEST, KEPT, MANNERS, NONE, next_try
from portal.rules.refusals import Invalid, Problem
from portal.services import outbox
from portal.services.act import Act

LEASE = dt.timedelta(minutes=15)
DAY = dt.timedelta(hours=24)
CLOSED = N_("The account was closed before the mail was sent.")
UNWANTED = N_("The receiver chose to get no mail before it was sent.")
TOO_OLD = N_("It waited for more than a week; what it tells is in the inbox.")

Writer = Callable[[str, Sequence[AnyRow]], tuple[str, str]]


@dataclass(frozen=True)
class Taken:
    """A letter that this worker is to send now. `tries` counts this attempt, and tells it from a later one."""

    id: uuid.UUID
    to: str
    name: str
    subject: str
    body: str
    language: str
    written_at: dt.datetime
    tries: int


def wish(act: Act, manner: str) -> None:
    """Sets how the person who acts wants mail: each, digest or none; Invalid for anything else."""
    person = act.demand("inbox:read")
    if manner not in MANNERS:
        sentence = N_("Please choose one of the ways.")
        raise Invalid(sentence, [Problem("manner", sentence)])
    act.session.merge(MailWish(user_id=person.id, manner=manner, changed_at=act.at))
    act.record("mail.wish", {"manner": manner})


def gather(act: Act) -> int:
    """Lays one letter into the outbox for each person who wants a digest, has unread notices of the last week that no
    letter has told yet, and got no digest within a day; returns how many.
    """
    people = letters.wanting_digest(act.session)
    since = act.at - KEPT
    told, lately = set(), set()
    for row in letters.letters_since(act.session, since):
        told.update(row.notices)
        if row.kind == DIGEST and row.written_at > act.at - DAY:
            lately.add(row.user_id)
    unread = letters.unread_since(act.session, people.keys() - lately, since)
    rows = []
    for person, ids in unread.items():
        fresh = [uuid.UUID(one) for one in ids if one not in told]
        if fresh:
            rows.append(outbox.letter(person, people[person], DIGEST, fresh, act.at))
    if rows:
        act.session.execute(insert(Letter), rows)
    return len(rows)


def take(act: Act, write: Writer) -> Taken | None:
    """Takes the next letter whose time has come, for as long as the lease runs; None when none waits. Its words are
    written the first time, so that each attempt sends the same. One that nobody is to get any more is given up.
    """
    while (found := letters.next_waiting(act.session, act.at)) is not None:
        to = letters.reader(act.session, found.user_id)
        hindrance = _hindrance(to, act.at - found.written_at)
        if hindrance:
            found.given_up_at, found.fault = act.at, found.fault or hindrance
            act.session.flush()
            continue
        if not found.body:
            rows = letters.told_of(act.session, found.notices)
            found.subject, found.body = write(found.language, rows)
        found.tries += 1
        found.next_at = act.at + LEASE
        act.session.flush()
        return Taken(
            found.id, to.email, to.name, found.subject, found.body, found.language, found.written_at, found.tries
        )
    return None


def _hindrance(to: AnyRow, waited: dt.timedelta) -> str:
    """Why a letter is not to be sent any more; "" when it is."""
    if not to.active:
        return CLOSED
    if to.manner == NONE:
        return UNWANTED
    return TOO_OLD if waited > KEPT else ""


def sent(act: Act, taken: Taken) -> None:
    """Notes that a letter was taken over by the mail server."""
    found = letters.held(act.session, taken.id)
    if found.sent_at is None:
        found.sent_at, found.fault = act.at, ""


def missed(act: Act, taken: Taken, fault: str, *, refused: bool) -> None:
    """Notes why a letter was not sent, and when it is tried again, or that it is given up. Says nothing of a letter
    that another worker has taken since.
    """
    found = letters.held(act.session, taken.id)
    if found.sent_at is not None or found.tries != taken.tries:
        return
    found.fault = fault
    again = next_try(found.tries, found.written_at, act.at, refused=refused)
    if again is None:
        found.given_up_at = act.at
    else:
        found.next_at = again
