"""Notices as pages: the rules in words, how much mail I want, and the log of who was told what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.db import AnyRow
from portal.http.context import settings
from portal.http.guard import guarded, office
from portal.http.render import instant
from portal.http.telling import notice_words
from portal.queries import letters, notices
from portal.queries.colleagues import Office
from portal.rules.notices import LEADS, MANNERS, RULES, TEAM, seen_by_the_team, shown_to_the_team
from portal.services import letters as outbox
from portal.services.act import Act

pages = Blueprint("notices", __name__)

OF_A_STATE = tuple(kind for kind, rule in RULES.items() if rule.to not in (TEAM, LEADS))
MAIL = {
    "sent": N_("Mail sent on %(moment)s"),
    "given_up": N_("Mail given up on %(moment)s: %(fault)s"),
    "missed": N_("Mail waits to be tried again: %(fault)s"),
    "waits": N_("Mail waits"),
}
NAMELESS = {"given_up": N_("Mail given up on %(moment)s"), "missed": N_("Mail waits to be tried again")}


@pages.get("/notices/rules")
@guarded("facts:read")
def rules(_act: Act) -> ResponseReturnValue:
    """Who is told what, when and why."""
    told = {
        (rule.when, rule.to, rule.why, rule.shown): rule for rule in RULES.values()
    }.values()  # of reminders that read alike, one
    between, own = ([rule for rule in told if rule.shown is shown] for shown in (True, False))
    return render_template("notices/rules.html", between=between, own=own)


@pages.get("/inbox/wishes")
@guarded("inbox:read")
def wishes(act: Act) -> ResponseReturnValue:
    """How I want to be told by mail."""
    chosen = letters.wish(act.session, act.actor.id)
    mails = bool(settings().mail_url)
    return render_template("notices/wishes.html", manners=MANNERS, chosen=chosen, mails=mails, email=act.actor.email)


@pages.post("/inbox/wishes")
@guarded("inbox:read")
def wish(act: Act) -> ResponseReturnValue:
    """Keeps how I want to be told by mail."""
    outbox.wish(act, request.form.get("manner", ""))
    flash(_("Your wish is kept."), "success")
    return redirect(url_for("notices.wishes"), 303)


@pages.get("/notices/log")
@guarded("notices:log")
def log(act: Act) -> ResponseReturnValue:
    """What the team and the states were told about received reports and the calendar; no state's inside affairs."""
    number = _page()
    rows, count = notices.log_of_the_team(act.session, shown_to_the_team(), number)
    told: dict[Any, tuple[AnyRow, str, bool]] = {}
    for row in rows:
        kind, named = seen_by_the_team(row.kind)
        told.setdefault(row.id if named else (kind, row.entity, row.at), (row, kind, named))
    return _log(act, list(told.values()), number, count, None)


@pages.get("/entities/<iso3>/notices")
@guarded("people:see", subject=office, by="iso3", conceal=None)
def log_of_a_state(act: Act, office: Office) -> ResponseReturnValue:
    """What people of a state were told about its reports: for the state alone."""
    number = _page()
    rows, count = notices.log_of_a_state(act.session, office.entity, OF_A_STATE, number)
    return _log(act, [(row, row.kind, True) for row in rows], number, count, office)


def _log(act: Act, told: list[tuple[AnyRow, str, bool]], number: int, count: int, office: Office | None) -> str:
    """`told` is each notice with the kind as which it is shown, and whether who was told is named."""
    mail = notices.mail_of(act.session, [row for row, _kind, _named in told])
    address = url_for("notices.log_of_a_state", iso3=office.entity) if office else url_for("notices.log")
    return render_template(
        "notices/log.html",
        rows=[(row, named, notice_words(kind, row.data), _mail(mail.get(row.id), named)) for row, kind, named in told],
        office=office,
        page=number,
        pages=count,
        url_of=lambda page: f"{address}?page={page}",
    )


def _mail(letter: Any, named: bool) -> str:
    """What became of the mail about a notice; "" where none was written. What a mail server said may hold the address,
    so it is left out where nobody is named.
    """
    if letter is None:
        return ""
    words = MAIL if named else MAIL | NAMELESS
    if letter.sent_at:
        return _(words["sent"], moment=instant(letter.sent_at))
    if letter.given_up_at:
        return _(words["given_up"], moment=instant(letter.given_up_at), fault=letter.fault)
    return _(words["missed"], fault=letter.fault) if letter.fault else _(words["waits"])


def _page() -> int:
    """The page asked for: from 1, the first where the address says something else."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
