"""Where your words went: what the synthesis made of a state's report, or of a partner's contributions."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.http.guard import guarded
from portal.queries import contributions, cycles, words
from portal.queries.words import Reader
from portal.rules.cases import OUTCOMES, RULES, STATES, amount
from portal.rules.synthesis import EFFECTS, STANCES
from portal.services.act import Act

pages = Blueprint("words", __name__)


def of_state(act: Act, iso3: str) -> Reader:
    """Loads the state of an address."""
    return words.of_state(act.session, iso3)


def of_partner(act: Act, partner_id: uuid.UUID) -> Reader:
    """Loads the partner of an address with the people who file for it."""
    return words.of_partner(act.session, partner_id)


@pages.get("/entities/<iso3>/words")
@guarded("words:see", subject=of_state, by="iso3", conceal=None)
def state(act: Act, reader: Reader) -> ResponseReturnValue:
    """The statements that cite a state in the newest release or an earlier one, the cases that concern it, and what
    came of them.
    """
    return _page(act, reader)


@pages.get("/partners/<uuid:partner_id>/words")
@guarded("words:see", subject=of_partner, by="partner_id", conceal=None)
def partner(act: Act, reader: Reader) -> ResponseReturnValue:
    """The same for a partner."""
    return _page(act, reader)


def _page(act: Act, reader: Reader) -> str:
    key = request.args.get("cycle")
    cycle = cycles.counting(act.session, key) if key else cycles.current(act.session)
    asked = request.args.get("release", "")
    number = (int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0) if asked else None
    released = words.released(act.session, cycle.key, reader, number)
    own = [one for used in (released.used if released else ()) for one in used.own]
    cited = {uuid.UUID(one["contribution"]) for one in own if one.get("contribution")}
    return render_template(
        "words/words.html",
        reader=reader,
        cycle=cycle,
        cycles=cycles.cycles(act.session),
        released=released,
        replies={str(key): rows for key, rows in contributions.replies(act.session, cited).items()},
        to_come=words.to_come(act.session, cycle.key, reader) if released and not released.used else "",
        cases=words.cases(act.session, cycle.key, reader) if released else [],
        rules=RULES,
        amount=amount,
        stances=STANCES,
        effects=EFFECTS,
        case_states=STATES,
        outcomes=OUTCOMES,
    )
