"""Contributions on pages: what is accepted, one with the replies of states, drafting, sending, deciding."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.outline import Guideline
from portal.adapters.content import disposition
from portal.http import contributing, contribution_form, render
from portal.http.context import signer
from portal.http.contributing import filing, filing_unheld
from portal.http.files import send_blob
from portal.http.guard import PUBLIC, guarded
from portal.http.uploads import receive
from portal.models.contributions import Contribution
from portal.queries import calls_for_input as calls
from portal.queries import contribution_drafts, cycles, desk, partners
from portal.queries import contributions as held
from portal.queries.guidelines import guideline
from portal.rules.contributions import (
    CHANNELS,
    LICENCES,
    MODALITY,
    NOT_WHOLE,
    OUTCOMES,
    REASON_NEEDED,
    STATES,
    WRITABLE,
    Filing,
    hindrances_of_sending,
    moderations_open,
)
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, NotNow, Problem
from portal.services import contribution_files, contribution_parts, contributions, moderation, presence
from portal.services.act import Act
from portal.services.attachments import Upload

pages = Blueprint("contributions", __name__)
FILE = "@file"
PER_PAGE = 100


@pages.get("/contributions")
@guarded(PUBLIC)
def listing(act: Act) -> ResponseReturnValue:
    """What was accepted from partners, newest first, with credit and licence."""
    channel = request.args.get("channel", "")
    naming = desk.entity_names(act.session, request.args.getlist("naming"))
    wanted = held.Wanted(channel=channel if channel in CHANNELS else None, naming=tuple(naming), only_public=True)
    rows = held.listed(act.session, None, wanted)
    at = min(max(1, request.args.get("page", 1, type=int)), max(1, -(-len(rows) // PER_PAGE)))
    part = rows[(at - 1) * PER_PAGE : at * PER_PAGE]
    heads = held.heads(act.session, None, [row.Contribution for row in part])
    return render_template(
        "contributions/listing.html",
        rows=part,
        count=len(rows),
        page=at,
        pages=max(1, -(-len(rows) // PER_PAGE)),
        heads=heads,
        areas=contributing.areas_of(act, heads),
        replies=held.replies(act.session, list(heads)),
        channels=CHANNELS,
        channel=channel,
        naming=naming,
        licences=LICENCES,
        page_url=lambda number: url_for(".listing", channel=channel or None, naming=list(naming), page=number),
    )


@pages.get("/contributions/<uuid:contribution_id>")
@guarded(PUBLIC, subject=filing, by="contribution_id")
def contribution(act: Act, found: Filing) -> ResponseReturnValue:
    """One contribution as this person may know it, with the replies of the states that are named in it."""
    return _page(act, found)


def _page(act: Act, found: Filing, problems: Sequence[Problem] = ()) -> str:
    one: Contribution = found.contribution
    number = contributing.shown_number(act, found)
    within = contributing.inside(act, found) or contributing.reads_all(act, found)
    shown = contributing.shown(act, found, number) if number else None
    deciding = moderations_open(one.state) if may(act.person, "contribution:moderate", found) else []
    warnings = contributions.warnings_of(act, shown.version.document) if shown and deciding else []
    sent = held.versions(act.session, one.id) if within else []
    moderations = held.moderations(act.session, one.id) if within else []
    mine = {g.entity for g in act.person.grants if g.role == "focal_point" and g.entity} if act.person else set()
    return render_template(
        "contributions/contribution.html",
        found=found,
        one=one,
        partner=partners.get(act.session, one.partner_id),
        cycle=cycles.cycle(act.session, one.cycle),
        shown=shown,
        warnings=[_(finding.message) % finding.params for finding in warnings],
        within=within,
        inside=contributing.inside(act, found),
        moderations=moderations,
        happened=_happened(sent, moderations),
        replies=held.replies(act.session, [one.id]).get(one.id, []),
        may_reply=desk.entity_names(act.session, mine & found.named) if may(act.person, "reply:write", found) else {},
        deciding=deciding,
        channels=CHANNELS,
        licences=LICENCES,
        states=STATES,
        outcomes=OUTCOMES,
        writable=one.state in WRITABLE,
        problems=problems,
        typed=request.form,
    )


def _happened(sent: Sequence[Any], moderations: Sequence[Any]) -> list[tuple[str, Any]]:
    """What was sent and what was decided, newest first."""
    told = [(row.sent_at, "sent", row) for row in sent] + [(row.decided_at, "decided", row) for row in moderations]
    return [(kind, row) for _at, kind, row in sorted(told, key=lambda one: one[:2], reverse=True)]


@pages.get("/contributions/<uuid:contribution_id>/draft")
@guarded("contribution:write", subject=filing, by="contribution_id", conceal=None)
def draft(act: Act, found: Filing) -> ResponseReturnValue:
    """The draft as a form."""
    return contribution_form.page(act, found.contribution)


@pages.post("/contributions/<uuid:contribution_id>/draft")
@guarded("contribution:write", subject=filing_unheld, by="contribution_id", conceal=None, later=True)
def save(act: Act, found: Filing) -> ResponseReturnValue:
    """Saves the whole form: answers, files added and taken out. Files are judged and kept first."""
    one: Contribution = found.contribution
    contributions.demand_writable(one)
    contribution_id, asked = one.id, guideline(act.session, one.edition)
    taken = _received(asked)
    given = contribution_form.given(act, asked, one)
    act.write()
    found = filing(act, contribution_id)
    try:
        outcome = contribution_parts.save_parts(act, found, given)
    except Invalid as refusal:
        return contribution_form.page(act, found.contribution, refusal.problems), 422
    presence.writing(act, found)
    kept = [contribution_parts.keep(act, found, part) for part, _stale in outcome.stale]
    for question, upload in taken:
        contribution_files.attach(act, found, question, upload)
    for file_id in request.form.getlist("remove"):
        contribution_files.remove_file(act, found, _identifier(file_id))
    if kept:
        flash(_(contribution_parts.SOMEBODY_SAVED_FIRST), "problem")
    elif any(one.merged for one in outcome.saved):
        flash(_("Saved, joined with what somebody else wrote meanwhile."), "success")
    else:
        flash(_("The draft is saved."), "success")
    page = "sending" if request.form.get("go") == "send" and not kept else "draft"
    at = kept[0].part if kept else request.form.get("at", "")
    anchor = render.slug(at) if kept or at in asked.questions else None
    return redirect(url_for(f".{page}", contribution_id=contribution_id, _anchor=anchor), 303)


def _received(asked: Guideline) -> list[tuple[str, Upload]]:
    """The files sent with the page that are taken; of the others the page says why, and goes on."""
    taken = []
    for question in asked.counted(MODALITY):
        for file in request.files.getlist(question.key + FILE):
            if not file.filename:
                continue
            try:
                taken.append((question.key, receive(file)))
            except Invalid as refusal:
                flash(_("%(name)s is not taken. %(reason)s", name=file.filename, reason=_(refusal.sentence)), "problem")
    return taken


def _identifier(sent: str) -> uuid.UUID:
    try:
        return uuid.UUID(sent)
    except ValueError:
        raise Missing(held.NO_FILE) from None


@pages.get("/contributions/<uuid:contribution_id>/sending")
@guarded("contribution:write", subject=filing, by="contribution_id", conceal=None)
def sending(act: Act, found: Filing) -> ResponseReturnValue:
    """What would be sent: what is still to be put right, who will be told, and the button."""
    one: Contribution = found.contribution
    judged = contributions.check(act, one)
    call = calls.get(act.session, one.call_id) if one.call_id else None
    hindrances = list(
        hindrances_of_sending(
            one.state,
            call_open=call is None or calls.window(call).open(act.at),
            sent_before=bool(one.versions),
            changed=True,
        )
    )
    named = sorted(contributions.states_named(judged))
    files = held.files(act.session, one.id)
    return render_template(
        "contributions/sending.html",
        one=one,
        partner=partners.get(act.session, one.partner_id),
        problems=judged.problems,
        waiting=contribution_drafts.waiting(act.session, one.id),
        warnings=[(one.question, _(one.message) % one.params) for one in judged.warnings],
        whole=one.licence not in NOT_WHOLE,
        hindrances=hindrances,
        areas=contributing.area_names(act, list(one.areas)),
        named=contributing.area_names(act, named),
        licences=LICENCES,
        files=files,
        carrying=[file for file in files if file.remarks != []],
        channels=CHANNELS,
    )


@pages.post("/contributions/<uuid:contribution_id>/sending")
@guarded("contribution:write", subject=filing, by="contribution_id", conceal=None)
def send(act: Act, found: Filing) -> ResponseReturnValue:
    """Sends the draft as the next version; its receipt stands on the page of the contribution."""
    version = contributions.send(act, found, signer())
    flash(_("Version %(number)s is sent. Its receipt is below.", number=version.number), "success")
    return redirect(url_for(".contribution", contribution_id=found.contribution.id, _anchor="receipt"), 303)


@pages.post("/contributions/<uuid:contribution_id>/withdrawal")
@guarded("contribution:write", subject=filing, by="contribution_id", conceal=None)
def withdraw(act: Act, found: Filing) -> ResponseReturnValue:
    """Withdraws the contribution."""
    contributions.withdraw(act, found)
    flash(
        _(
            "The contribution is withdrawn; it is shown to nobody outside your organisation and the team any more. "
            "What was quoted of it before in a release, in a question to a state, or in a desk profile, for the state "
            "alone, stays there."
        ),
        "success",
    )
    return redirect(url_for(".contribution", contribution_id=found.contribution.id), 303)


@pages.post("/contributions/<uuid:contribution_id>/moderation")
@guarded("contribution:moderate", subject=filing, by="contribution_id", conceal=None)
def moderate(act: Act, found: Filing) -> ResponseReturnValue:
    """The team accepts, returns or sets aside."""
    sent = request.form
    seen = moderation.Seen(sent.get("version", 0, type=int), sent.get("state", ""))
    try:
        moderation.moderate(act, found, seen, sent.get("outcome", ""), sent.get("reason", ""))
    except Invalid as refusal:
        return _page(act, found, refusal.problems), 422
    except NotNow as refusal:
        if refusal.sentence == REASON_NEEDED:
            return _page(act, found, [Problem("reason", _(REASON_NEEDED))]), 422
        return _page(act, found, [Problem("outcome", _(refusal.sentence))]), 409
    flash(_("Your decision is kept, and the partner has been told."), "success")
    return redirect(url_for(".contribution", contribution_id=found.contribution.id), 303)


@pages.post("/contributions/<uuid:contribution_id>/replies")
@guarded("reply:write", subject=filing, by="contribution_id", conceal=None)
def reply(act: Act, found: Filing) -> ResponseReturnValue:
    """A named state replies."""
    sent = request.form
    try:
        moderation.reply(act, found, sent.get("entity", ""), sent.get("text", ""), sent.get("language", "en"))
    except Invalid as refusal:
        return _page(act, found, refusal.problems), 422
    flash(_("The reply stands beside the contribution now, wherever that is shown."), "success")
    return redirect(url_for(".contribution", contribution_id=found.contribution.id, _anchor="replies"), 303)


@pages.get("/contributions/<uuid:contribution_id>/versions/<int(min=1, max=99999):number>.json")
@guarded(PUBLIC, subject=filing, by="contribution_id")
def document(act: Act, found: Filing, number: int) -> ResponseReturnValue:
    """The canonical bytes of a version."""
    version = contributing.version_for(act, found, number)
    return _json(version.document, f"contribution-{found.contribution.id}-version-{number}.json")


@pages.get("/contributions/<uuid:contribution_id>/versions/<int(min=1, max=99999):number>/receipt.json")
@guarded(PUBLIC, subject=filing, by="contribution_id")
def receipt(act: Act, found: Filing, number: int) -> ResponseReturnValue:
    """The receipt of a version; `python -m portal.verify` checks it without the portal."""
    version = contributing.version_for(act, found, number)
    return _json(version.receipt, f"contribution-{found.contribution.id}-receipt-{number}.json")


def _json(body: bytes, name: str) -> Response:
    return Response(body, mimetype="application/json", headers={"Content-Disposition": disposition(name)})


def laid(act: Act, file_id: uuid.UUID) -> Mapping[str, Any]:
    """The file of an address, where this reader gets it: the partner its draft, others the versions they may read."""
    file, of = held.file(act.session, file_id)
    found = filing(act, of.id)
    if contributing.inside(act, found):
        return {"name": file.name, "media_type": file.media_type, "size": file.size, "blob": file.blob,
                "sha256": file.sha256}  # fmt: skip
    for number in sorted({contributing.shown_number(act, found), found.accepted} - {0}, reverse=True):
        for kept in contributing.version_for(act, found, number).files:
            if kept["attachment"] == str(file_id):
                return dict(kept)
    raise Missing(held.NO_FILE)


@pages.get("/contributions/files/<uuid:attached_id>")
@guarded(PUBLIC, subject=laid, by="attached_id")
def download(_act: Act, kept: Mapping[str, Any]) -> ResponseReturnValue:
    """The bytes of a file, to keep and never to run here."""
    return send_blob(kept["blob"], kept["name"], kept["media_type"], size=kept["size"], etag=kept["sha256"])
