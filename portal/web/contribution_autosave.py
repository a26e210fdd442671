"""What the script of a contribution's form sends by itself, the form drawn again for it, and choosing a text."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.http import autosaving, contribution_form, render
from portal.http.contributing import filing
from portal.http.guard import guarded
from portal.models.contributions import Contribution
from portal.queries import contribution_drafts
from portal.queries.guidelines import guideline
from portal.rules.contributions import Filing, part_of
from portal.rules.refusals import Invalid, Problem, Stale
from portal.services import contribution_parts, contributions
from portal.services.act import Act
from portal.services.contribution_parts import Part

pages = Blueprint("contribution_autosave", __name__)
CHOSEN = {
    "beside": N_("The text that stood beside stands in the draft now."),
    "saved": N_("The draft stays as it was saved; the text beside it can still be read below."),
    "joined": N_("The joined text stands in the draft now; the text that stood beside can still be read below."),
}
SAVED_SINCE = N_("Somebody saved this again meanwhile. Both texts are still kept; please look at them and choose.")


@pages.get("/contributions/<uuid:contribution_id>/draft/again")
@guarded("contribution:write", subject=filing, by="contribution_id", conceal=None, polling=True)
def again(act: Act, found: Filing) -> ResponseReturnValue:
    """The page of the draft for its own script, which takes over what somebody else has saved; it prolongs no
    session.
    """
    return contribution_form.page(act, found.contribution)


@pages.post("/contributions/<uuid:contribution_id>/parts")
@guarded("contribution:write", subject=filing, by="contribution_id", conceal=None, polling=True)
def autosave(act: Act, found: Filing) -> ResponseReturnValue:
    """Saves one part, its controls read as the page's form reads them. A text that cannot be joined with what was saved
    meanwhile is kept beside the part, and the reply carries the card that asks for a choice.
    """
    sent, one = autosaving.typed(act), found.contribution
    contributions.demand_writable(one)
    asked = guideline(act.session, one.edition)
    contribution_parts.demand_part(asked, sent.question)
    value, since = (
        contribution_form.read(act, asked, one, sent.question, fields) for fields in (sent.fields, sent.since)
    )
    if value is None:
        raise autosaving.unreadable("fields", autosaving.NO_CONTROL)
    part = Part(sent.question, value, sent.base_revision, since)
    outcome = contribution_parts.save_parts(act, found, [part])
    for _part, stale in outcome.stale:
        kept = contribution_parts.keep(act, found, part, instead_of=sent.aside)
        card = contribution_form.card(act, asked, one, kept.id)
        return jsonify(stale=autosaving.beside(kept.id, stale, card))
    (saved,) = outcome.saved
    if sent.aside:
        contribution_parts.continued(act, found, sent.aside, saved)
    findings = contribution_form.findings_of(contributions.check(act, one), saved.name)
    value = contribution_form.shown(act, saved.name, saved.value) if saved.merged else None
    return jsonify(autosaving.saved(act, saved.revision, value, findings, merged=saved.merged))


@pages.post("/contributions/<uuid:contribution_id>/asides/<uuid:aside_id>")
@guarded("contribution:write", subject=filing, by="contribution_id", conceal=None)
def choose(act: Act, found: Filing, aside_id: uuid.UUID) -> ResponseReturnValue:
    """Makes one of the texts, or one that joins them, the part of the draft. Where somebody saved since, the card stays
    open.
    """
    one: Contribution = found.contribution
    aside = contribution_drafts.aside(act.session, one.id, aside_id)
    choice = request.form.get("choice", "")
    if choice not in CHOSEN:
        sentence = N_("Please choose one of the texts.")
        raise Invalid(sentence, [Problem("choice", sentence)])
    said, kind = CHOSEN[choice], "success"
    try:
        if choice == "saved":
            contribution_parts.leave(act, found, aside)
        else:
            asked, seen = guideline(act.session, one.edition), contribution_form.seen(request.form, aside.part)
            words = request.form.get("text")
            text = contribution_parts.joined_text(asked, aside, words) if choice == "joined" else None
            contribution_parts.take(act, found, aside, seen, text)
    except Stale:
        said, kind = SAVED_SINCE, "problem"
    if request.headers.get("Accept", "").startswith("application/json"):
        value = part_of(contributions.saved_draft(one), aside.part)
        return jsonify(chosen=kind == "success", sentence=_(said), value=value, revision=one.revision)
    flash(_(said), kind)
    anchor = render.slug(aside.part)
    return redirect(url_for("contributions.draft", contribution_id=one.id, _anchor=anchor), 303)
