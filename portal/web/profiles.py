"""The desk profile of a state: the team compiles it, the state answers each part, the lead shows it to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.db import AnyRow
from portal.http import render
from portal.http.guard import guarded
from portal.http.profiles import around, desk, parts
from portal.queries import profiles
from portal.queries.profiles import Desk
from portal.rules import crosswalk
from portal.rules.contributions import LICENCES
from portal.rules.profiles import ANSWERS, CONFIRMED, LABEL
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services import profiles as service
from portal.services.act import Act
from portal.services.profiles import Said

pages = Blueprint("profiles", __name__)


@pages.get("/entities/<iso3>/profile")
@guarded("profile:read", subject=desk, by="iso3", conceal=None)
def page(act: Act, found: Desk) -> ResponseReturnValue:
    """What was compiled, by commitment, with what the state said to each part."""
    return _page(act, found)


@pages.post("/entities/<iso3>/profile")
@guarded("profile:compile", subject=desk, by="iso3", conceal=None)
def compile_profile(act: Act, found: Desk) -> ResponseReturnValue:
    """Compiles the profile, or adds to it what has come since."""
    try:
        service.compile_profile(act, found)
    except NotNow as refusal:
        return _page(act, found, [Problem("", refusal.sentence)]), 409
    flash(_("The profile is compiled; the state has been told and sees it first."), "success")
    return _back(found)


@pages.post("/entities/<iso3>/profile/answers")
@guarded("profile:answer", subject=desk, by="iso3", conceal=None)
def answer(act: Act, found: Desk) -> ResponseReturnValue:
    """Keeps the answers that are filled in, or one answer for all parts."""
    try:
        if whole := request.form.get("all"):
            count = service.answer_all(act, found, whole, _number("upto"))
        else:
            count = service.answer(act, found, _given(act, found))
    except Invalid as refusal:
        return _page(act, found, refusal.problems), 422
    flash(
        ngettext("%(num)s answer is kept.", "%(num)s answers are kept.", count)
        if count
        else _("Nothing has changed: these answers stood already."),
        "success",
    )
    if whole == CONFIRMED and found.entity in profiles.unanswered(act.session, found.cycle, [found.entity]):
        flash(_("Parts were added since you opened the page. They wait for your answer."), "info")
    return _back(found)


@pages.post("/entities/<iso3>/profile/release")
@guarded("profile:release", subject=desk, by="iso3", conceal=None)
def release(act: Act, found: Desk) -> ResponseReturnValue:
    """Shows the profile to others, as far as the state agreed to it."""
    try:
        service.release(act, found)
    except NotNow as refusal:
        return _page(act, found, [Problem("", reason) for reason in refusal.reasons]), 409
    flash(_("The profile is shown to others now; the state has been told."), "success")
    return _back(found)


def _given(act: Act, found: Desk) -> dict[int, Said]:
    """The answers of the form: those of the parts of this profile that have one."""
    keys = [row.ProfileItem.id for row in profiles.items(act.session, found.held.id)]
    return {
        key: Said(
            request.form[f"answer-{key}"],
            request.form.get(f"words-{key}", ""),
            render.language(),
            _number(f"seen-{key}"),
        )
        for key in keys
        if request.form.get(f"answer-{key}")
    }


def _number(name: str) -> int:
    """A number that the form carries along, 0 where it carries none."""
    written = request.form.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 16 else 0


def _back(found: Desk) -> ResponseReturnValue:
    return redirect(url_for("profiles.page", iso3=found.entity), 303)


def _page(act: Act, found: Desk, problems: Sequence[Problem] = ()) -> str:
    held = parts(act, found)
    known = around(act, found, held)
    return render_template(
        "entities/profile.html",
        desk=found,
        label=LABEL,
        groups=_groups(known.rows),
        known=known,
        titles={one.key: one.title for one in crosswalk.commitments()},
        origins=held.origins,
        replies=held.replies,
        withheld=held.withheld,
        licences=LICENCES,
        gone=held.gone,
        answers=ANSWERS,
        waiting=held.waiting,
        parts=held.count,
        inside=held.inside,
        newest=held.newest,
        hindering=held.hindering,
        problems=problems,
        sent=request.form if problems else {},
    )


def _groups(rows: Sequence[AnyRow]) -> Mapping[str, list[AnyRow]]:
    """The parts by commitment, "" for those without one, in their order."""
    groups: dict[str, list[AnyRow]] = {}
    for row in rows:
        groups.setdefault(row.ProfileItem.commitment, []).append(row)
    return groups
