"""Files of figures kept aside: shown cell by cell, their columns put right, then given to the worker or dropped."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.outline import text
from portal.adapters.content import disposition
from portal.http import render
from portal.http.context import storage
from portal.http.guard import guarded
from portal.http.pending import STATES, told
from portal.queries import cycles, imports
from portal.rules.datasets import REASONS
from portal.rules.indicators import indicators
from portal.rules.mappings import ROLES, ColumnPlan, read_mapping
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services import pending
from portal.services.act import Act

pages = Blueprint("pending", __name__)

AREA = "area-"


@pages.get("/channels/b/files/<uuid:file_id>")
@guarded("observations:import", polling=True)
def page(act: Act, file_id: uuid.UUID) -> ResponseReturnValue:
    """The file as it would be taken in; while the worker has it, how far it is."""
    return _page(act, file_id)


def _page(act: Act, file_id: uuid.UUID, problems: Sequence[Problem] = ()) -> str:
    shown = pending.show(act.session, storage(), file_id)
    language = render.language()
    found = [*problems, *(shown.problems if shown.file.state == "shown" and not problems else ())]
    return render_template(
        "channels/pending.html",
        file=shown.file,
        columns=shown.columns,
        preview=shown.preview,
        table=shown.preview or shown.sample,
        mark=shown.mark,
        notes=[_(note.words) % note.told for note in shown.notes],
        roles={role: _(words) for role, words in ROLES.items()},
        state_words=_(STATES[shown.file.state]),
        under_way=shown.file.state in pending.UNDER_WAY,
        import_id=imports.import_of(act.session, shown.file.import_number),
        reason_title=lambda reason: _(REASONS[reason]) if reason in REASONS else reason,
        states=sorted((text(entity.names, language), entity.iso3) for entity in cycles.entities(act.session)),
        areas=pending.known_areas(act.session) if shown.preview and shown.preview.unmatched else (),
        ties=shown.preview.ties[: pending.MOST_TIES] if shown.preview else (),
        indicators=indicators().values(),
        given=request.form,
        keep=_keeps() if "source" in request.form else request.args.get("save") != "no",
        problems=[{"where": problem.where, "sentence": _(problem.sentence)} for problem in found],
    )


def _keeps() -> bool:
    """Whether the form says to keep what the columns are."""
    return request.form.get("save") == "yes"


def _columns(act: Act, file_id: uuid.UUID) -> ColumnPlan | None:
    """What the form says of the columns, over what was known of the file; None where its layout is known."""
    row = imports.pending(act.session, file_id)
    if not row.mapping:
        return None
    held = read_mapping(row.mapping)
    roles = tuple(request.form.get(f"role-{at}", role) for at, role in enumerate(held.roles))
    unit, period, series = (request.form.get(name, "").strip()[:200] for name in ("unit", "period", "series"))
    return replace(held, roles=roles, unit=unit, period=period, series=series)


@pages.post("/channels/b/files/<uuid:file_id>/columns")
@guarded("observations:import")
def columns(act: Act, file_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps what the columns are and shows the file anew."""
    try:
        pending.correct(act, file_id, told(), _columns(act, file_id))
    except Invalid as refusal:
        return _page(act, file_id, refusal.problems), 422
    return _anew(file_id)


def _anew(file_id: uuid.UUID) -> ResponseReturnValue:
    """To the page of the file as it stands now; whether its columns are to be kept stays as it was chosen."""
    return redirect(url_for(".page", file_id=file_id, save=None if _keeps() else "no"), 303)


@pages.post("/channels/b/files/<uuid:file_id>/confirm")
@guarded("observations:import")
def confirm(act: Act, file_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps what the columns are and gives the file to the worker, or says what is to put right first. A file that was
    not shown so is shown so first.
    """
    try:
        pending.correct(act, file_id, told(), _columns(act, file_id))
        pending.confirm(act, storage(), file_id, request.form.get("seen", ""), save=_keeps())
    except Invalid as refusal:
        return _page(act, file_id, refusal.problems or [Problem("file", refusal.sentence)]), 422
    except NotNow as refusal:
        if refusal.sentence != pending.NOT_SHOWN:
            raise
        flash(_(pending.NOT_SHOWN), "problem")
        return _anew(file_id)
    flash(_("The file is on its way; this page says how far it is."), "success")
    return redirect(url_for(".page", file_id=file_id), 303)


@pages.post("/channels/b/files/<uuid:file_id>/areas")
@guarded("mapping:write")
def areas(act: Act, file_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps what names of areas mean, for this file and the next ones of its source."""
    given = {name.removeprefix(AREA): value for name, value in request.form.items() if name.startswith(AREA)}
    try:
        kept = pending.name_areas(
            act, storage(), file_id, {name: value for name, value in given.items() if value.strip()}
        )
    except Invalid as refusal:
        return _page(act, file_id, refusal.problems), 422
    flash(ngettext("%(num)s name is kept.", "%(num)s names are kept.", kept), "success")
    return redirect(url_for(".page", file_id=file_id), 303)


@pages.post("/channels/b/files/<uuid:file_id>/drop")
@guarded("observations:import")
def drop(act: Act, file_id: uuid.UUID) -> ResponseReturnValue:
    """Drops the file; nothing of it was stored as a figure."""
    pending.drop(act, file_id)
    flash(_("The file is dropped; nothing of it was taken in."), "info")
    return redirect(url_for("channels.figures"), 303)


@pages.get("/channels/b/files/<uuid:file_id>/columns.json")
@guarded("observations:import")
def mapping(act: Act, file_id: uuid.UUID) -> ResponseReturnValue:
    """What the columns are, as a document for the command and the API."""
    row = imports.pending(act.session, file_id)
    body = json.dumps(row.mapping, ensure_ascii=False, indent=2) + "\n"
    named = {"Content-Disposition": disposition("columns.json")}
    return Response(body, content_type="application/json", headers=named)
