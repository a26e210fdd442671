"""Desk profiles for programs: compiled by the team, answered by the state part by part, shown to others by the lead."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from forms.words import N_
from portal.api.calls import Calls
from portal.api.contributions import ReplyShape
from portal.api.cursors import portion
from portal.api.shapes import (
    Asked,
    Given,
    Moment,
    Paging,
    StrictWhole,
    key_text,
    language_code,
    one_of,
    page_of,
    words,
)
from portal.http.profiles import Around, Parts, around, desk, parts
from portal.queries import cycles, profiles
from portal.queries.profiles import Desk
from portal.rules.profiles import ANSWERS, FIGURE, LABEL, PASSAGE
from portal.rules.refusals import Invalid, Problem
from portal.rules.verdicts import STANDINGS
from portal.services import profiles as service
from portal.services.act import Act
from portal.services.profiles import ANSWERED_MEANWHILE, FOR_ALL, Said

calls = Calls(
    "Desk profiles",
    __name__,
    "What the other channels hold on a state that has not reported. It is no report and is counted apart from reports.",
)
ONE = "/entities/<iso3:iso3>/profile"
HERE: dict[str, Any] = {"subject": desk, "by": "iso3", "conceal": None}
EACH_OR_ALL = N_("Please give answers to parts, or one answer for all, one of the two.")
TWICE = N_("This part stands twice; please answer it once.")
UPTO_OF_ALL = N_("This goes with one answer for all alone; of a part, please give the answer that was seen there.")
SEEN_BEFORE = N_("Somebody of the state has answered this part since; please read that answer before it is replaced.")


class SilentState(Given):
    """A state of which no report was received; null where nothing was compiled."""

    entity = fields.String()
    region = fields.String()
    compiled_at = Moment(allow_none=True)
    released_at = Moment(allow_none=True)
    parts = fields.Integer()
    answered = fields.Integer()


class SilentWanted(Paging):
    """Which states are listed: of a cycle, the newest where none is named, and of a region."""

    cycle = key_text()
    region = words(100)


class ProfilePart(Given):
    """A passage or a figure as it stood when it was compiled, and the last word of the state on it, null before the
    first; `answer_id` names that word. `contribution` is where a passage comes from; `files` were attached there.
    """

    id = fields.Integer()
    kind = one_of((PASSAGE, FIGURE))
    channel = fields.String()
    commitment = fields.String()
    language = language_code()
    text = fields.String()
    value = fields.String()
    unit = fields.String()
    year = fields.Integer(allow_none=True)
    source = fields.String()
    added_at = Moment()
    contribution = fields.UUID(allow_none=True)
    files = fields.Integer()
    replies = fields.List(fields.Nested(ReplyShape), metadata={"description": "Of named states to its contribution."})
    question = fields.String(allow_none=True, metadata={"description": "The question that a passage answers."})
    indicator = fields.String(allow_none=True)
    credit = fields.String(allow_none=True, metadata={"description": "How its source wants to be named."})
    licence = fields.String(allow_none=True)
    standing = one_of(STANDINGS, allow_none=True)
    withdrawn = fields.Boolean(metadata={"description": "By its source since: the state and the team alone see it."})
    answer_id = fields.Integer(allow_none=True)
    answer = one_of(ANSWERS, allow_none=True)
    words = fields.String()
    words_language = language_code(allow_none=True)
    answered_at = Moment(allow_none=True)


class WithheldContribution(Given):
    """A contribution that may be quoted with its credit, and not be published whole."""

    contribution = fields.UUID()
    title = fields.String()
    credit = fields.String()
    licence = fields.String()


class ProfileShape(Given):
    """The desk profile of a state in the newest cycle. What the contributions `withheld` say is in it for those who
    lead the reporting of the state, and the team, alone. The state and the team see every part, how many that
    stand are `waiting` for an answer, and what hinders that it is shown to others; others see what the state
    agreed to, null for the rest.
    """

    entity = fields.String()
    cycle = fields.String()
    label = fields.String()
    compiled_at = Moment()
    released_at = Moment(allow_none=True)
    reported = fields.Boolean(metadata={"description": "Whether the state has reported meanwhile."})
    parts = fields.List(fields.Nested(ProfilePart))
    withheld = fields.List(fields.Nested(WithheldContribution))
    waiting = fields.Integer(allow_none=True)
    hindering = fields.List(fields.String(), allow_none=True)


class PartAnswer(Asked):
    """What the state says to one part; words are needed with corrected. The last word stands. With `seen` an answer
    that came since is never replaced unseen: it is refused at `seen`, unless it only repeats what was seen.
    """

    part = StrictWhole(least=1, required=True)
    seen = StrictWhole(
        least=1,
        allow_none=True,
        metadata={"description": "`answer_id` of the part as it was read, null for none; leave it out to ask nothing."},
    )
    answer = one_of(ANSWERS, required=True)
    words = words(service.MOST, load_default="")
    language = language_code(load_default="en")


class ProfileAnswers(Asked):
    """What the state says to parts of its profile, or with `all` to all of them: every part without an answer is
    confirmed, or the whole is refused. With `upto` no part is confirmed that came after it.
    """

    answers = fields.List(fields.Nested(PartAnswer), load_default=None)
    all = one_of(FOR_ALL, load_default=None)
    upto = StrictWhole(
        least=0,
        load_default=None,
        metadata={"description": "With `all`: the highest `id` of a part that was read; leave it out to ask nothing."},
    )


def _shape(act: Act, found: Desk) -> dict[str, Any]:
    profile, held = found.held, parts(act, found)
    known = around(act, found, held)
    return {
        "entity": found.entity,
        "cycle": found.cycle,
        "label": _(LABEL),
        "compiled_at": profile.compiled_at,
        "released_at": profile.released_at,
        "reported": found.reported,
        "parts": [_part(row, held, known, withdrawn=row.ProfileItem.id in held.gone) for row in known.rows],
        "withheld": [one._asdict() for one in held.withheld],
        "waiting": held.waiting if held.inside else None,
        "hindering": [_(sentence) for sentence in held.hindering] if held.inside else None,
    }


def _part(row: Any, held: Parts, known: Around, *, withdrawn: bool) -> dict[str, Any]:
    item = row.ProfileItem
    origin, figure = held.origins.get(item.reference), known.figures.get(item.id)
    names = ("id", "kind", "channel", "commitment", "language", "text", "value", "unit", "year", "source", "added_at")
    return {name: getattr(item, name) for name in names} | {
        "contribution": origin.contribution if origin else None,
        "files": origin.files if origin else 0,
        "replies": [one.StateReply for one in held.replies.get(origin.contribution, ())] if origin else [],
        "question": origin.question if origin else None,
        "indicator": (figure.indicator if figure else None) or None,
        "credit": origin.credit if origin else figure.credit if figure else None,
        "licence": origin.licence if origin else figure.licence if figure else None,
        "standing": figure.standing if figure else None,
        "withdrawn": withdrawn,
        "answer_id": row.answer_id,
        "answer": row.answer,
        "words": row.words or "",
        "words_language": row.language,
        "answered_at": row.answered_at,
    }


@calls.call("GET", "/profiles", "review:queue", query=SilentWanted, gives=page_of(SilentState), refuses=[404])
def list_silent_states(act: Act, wanted: dict[str, Any]) -> dict[str, Any]:
    """The states of which no report was received in a cycle, by region and name, each with how far its profile is."""
    cycle = cycles.counting(act.session, wanted["cycle"]) if wanted["cycle"] else cycles.current(act.session)
    rows = [row for row in profiles.silent(act.session, cycle.key) if wanted["region"] in (None, row.region)]
    found = portion("profiles", rows, wanted)
    return found | {"items": [dict(row._mapping) | {"entity": row.iso3} for row in found["items"]]}


@calls.call("GET", ONE, "profile:read", gives=ProfileShape, **HERE)
def read_profile(act: Act, found: Desk) -> dict[str, Any]:
    """The desk profile of a state as the caller may know it."""
    return _shape(act, found)


@calls.call("POST", ONE, "profile:compile", gives=ProfileShape, refuses=[409], idempotent=True, **HERE)
def compile_profile(act: Act, found: Desk) -> dict[str, Any]:
    """Compiles the profile, or adds to it what has come since; what is in it stays as it was. The state is told."""
    service.compile_profile(act, found)
    return _shape(act, profiles.desk(act.session, found.entity))


@calls.call(
    "POST", f"{ONE}/answers", "profile:answer", body=ProfileAnswers, gives=ProfileShape, idempotent=True, **HERE
)
def answer_profile(act: Act, found: Desk, sent: dict[str, Any]) -> dict[str, Any]:
    """The state confirms, corrects or refuses what was compiled: all are kept, or none where one will not do."""
    given, for_all, upto = sent["answers"], sent["all"], sent["upto"]
    if (given is None) is (for_all is None):
        raise Invalid(EACH_OR_ALL, [Problem("answers", EACH_OR_ALL)])
    if for_all:
        service.answer_all(act, found, for_all, upto)
    elif upto is not None:
        raise Invalid(UPTO_OF_ALL, [Problem("upto", UPTO_OF_ALL)])
    else:
        _answer_each(act, found, given)
    return _shape(act, found)


def _answer_each(act: Act, found: Desk, given: list[dict[str, Any]]) -> None:
    """Keeps these answers; Invalid names each that will not do by its place in the list."""
    places = {one["part"]: number for number, one in enumerate(given)}
    twice = [Problem(f"answers.{n}.part", TWICE) for n, one in enumerate(given) if places[one["part"]] != n]
    if twice:
        raise Invalid(TWICE, twice)
    try:
        service.answer(act, found, {one["part"]: _said(one) for one in given})
    except Invalid as refusal:
        raise Invalid(refusal.sentence, [_placed(one, places) for one in refusal.problems]) from None


def _said(one: dict[str, Any]) -> Said:
    return Said(one["answer"], one["words"], one["language"], (one["seen"] or 0) if "seen" in one else None)


def _placed(problem: Problem, places: dict[int, int]) -> Problem:
    name, _dash, part = problem.where.partition("-")
    if problem.sentence == ANSWERED_MEANWHILE:
        return Problem(f"answers.{places[int(part)]}.seen", SEEN_BEFORE)
    return Problem(f"answers.{places[int(part)]}.{name}", problem.sentence)


@calls.call("POST", f"{ONE}/release", "profile:release", gives=ProfileShape, refuses=[409], idempotent=True, **HERE)
def release_profile(act: Act, found: Desk) -> dict[str, Any]:
    """Shows the profile to others, once the state has answered every part: without what it refused."""
    service.release(act, found)
    return _shape(act, found)
