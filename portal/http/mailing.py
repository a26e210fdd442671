"""Mail at the edge: the words of a letter in its reader's language, and one run of the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from forms.outline import text
from portal.adapters.mail import Mail, NotSent, line, server_of
from portal.db import AnyRow
from portal.http.context import commit, now, settings, system_act
from portal.http.render import instant
from portal.http.telling import TOLD, notice_words
from portal.services import letters
from portal.services.letters import Taken

INBOX, WISHES = "/inbox", "/inbox/wishes"


def write(language: str, rows: Sequence[AnyRow]) -> tuple[str, str]:
    """The subject and the body of a letter about these notices. Of what a notice carries it tells what its sentence
    names: no words of a draft, a comment or a reason leave the portal. The addresses in it are those of the setting
    PORTAL_BASE_URL, never those of a request, and lead to pages that ask for the log-in.
    """
    base = settings().base_url
    with force_locale(language):
        told = [
            {
                "about": " · ".join([text(row.names, language), instant(row.at)]) if row.names else instant(row.at),
                "words": notice_words(row.kind, {key: row.data[key] for key in TOLD if key in row.data}),
            }
            for row in rows
        ]
        count = len(told)
        if count == 1:
            opening = _("You were told in the portal:")
            entity = text(rows[0].names, language) if rows[0].names else ""
            subject = f"{entity}: {told[0]['words']}" if entity else told[0]["words"]
        else:
            subject = ngettext("%(num)d notice in the portal", "%(num)d notices in the portal", count)
            opening = ngettext("You were told in the portal:", "You were told in the portal, oldest first:", count)
        closing = [
            {"words": _("Your inbox in the portal, after the log-in:"), "address": base + INBOX},
            {"words": _("How much mail you get is set here, after the log-in:"), "address": base + WISHES},
        ]
        page = current_app.jinja_env.get_template("emails/letter.txt")
        return subject[:200], page.render(opening=opening, rows=told, closing=closing)


def run(clock: Callable[[], dt.datetime] = now) -> tuple[int, int]:
    """Gathers the digests and sends what waits, over one connection; returns how many letters were sent and how many
    were not. Without a mail server it does nothing. A lost connection ends the run: the rest waits for the next.
    """
    address = settings().mail_url
    if not address:
        return 0, 0
    letters.gather(system_act(at=clock()))
    commit()
    done = missed = 0
    with line(server_of(address)) as opened:
        while (taken := _take(clock)) is not None:
            try:
                opened.send(_mail(taken))
            except NotSent as fault:
                missed += 1
                letters.missed(system_act(at=clock()), taken, str(fault), refused=fault.refused)
                commit()
                if fault.lost:
                    break
                continue
            done += 1
            letters.sent(system_act(at=clock()), taken)
            commit()
    return done, missed


def _take(clock: Callable[[], dt.datetime]) -> Taken | None:
    taken = letters.take(system_act(at=clock()), write)
    commit()
    return taken


def _mail(taken: Taken) -> Mail:
    wishes = settings().base_url + WISHES
    return Mail(
        str(taken.id),
        taken.to,
        taken.name,
        taken.subject,
        taken.body,
        taken.language,
        wishes,
        taken.written_at,
    )
