"""Channel b on pages: the files of figures that were taken in, the form for another, and what each left out and why."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import islice
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.outline import text
from forms.words import N_
from portal.adapters.content import disposition
from portal.documents.tables import Column, csv_blocks
from portal.http import render
from portal.http.context import storage
from portal.http.guard import guarded
from portal.queries import cycles, observations
from portal.queries.observations import ImportReport, OmissionRow
from portal.rules.datasets import REASONS, source_fact
from portal.rules.refusals import Invalid, Problem
from portal.services.act import Act
from portal.services.observations import Taken, take_in

pages = Blueprint("channels", __name__)

LAST_PAGE = 1_000_000
PER_PAGE = 100
NO_FILE = N_("Please choose a file first.")
HEADINGS = [Column(name, "", "") for name in OmissionRow._fields]


@pages.get("/channels/b")
@guarded("datasets:read")
def figures(act: Act) -> ResponseReturnValue:
    """The files that were taken in, newest first, and the form for another."""
    return _figures(act)


@pages.post("/channels/b")
@guarded("observations:import", later=True)
def bring_in(act: Act) -> ResponseReturnValue:
    """Takes a file in, or only tries it; the file is here before the transaction begins."""
    try:
        taken = _taken(act)
    except Invalid as refusal:
        problems = refusal.problems or [Problem("file", refusal.sentence)]
        return _figures(act, problems), 422
    if taken.dry_run:
        return _report(taken.report, taken.notes, dry_run=True)
    for note in taken.notes:
        flash(_(note), "info")
    flash(_("The file is taken in; below is what became of each figure."), "success")
    return redirect(url_for(".report", import_id=taken.report.id), 303)


def _taken(act: Act) -> Taken:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(NO_FILE, [Problem("file", NO_FILE)])
    given = {name: request.form.get(name, "").strip() or None for name in ("source", "edition", "entity")}
    act.write()
    return take_in(
        act,
        storage(),
        cast("BinaryIO", sent.stream),
        sent.filename,
        **given,
        dry_run=request.form.get("dry_run") == "yes",
    )


def _figures(act: Act, problems: Sequence[Problem] = ()) -> str:
    language = render.language()
    return render_template(
        "channels/figures.html",
        imports=observations.list_imports(act.session),
        source_title=lambda source: source_fact(source).title,
        states=sorted((text(entity.names, language), entity.iso3) for entity in cycles.entities(act.session)),
        given=request.form,
        problems=[{"where": problem.where, "sentence": _(problem.sentence)} for problem in problems],
    )


@pages.get("/channels/b/<uuid:import_id>")
@guarded("datasets:read")
def report(act: Act, import_id: uuid.UUID) -> ResponseReturnValue:
    """What became of one file: counts, reasons, and a page of what was left out."""
    page = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    found = observations.import_report(act.session, import_id)
    start = (page - 1) * PER_PAGE
    rows = list(islice(observations.omissions(act.session, import_id), start, start + PER_PAGE + 1))
    following = url_for(".report", import_id=import_id, page=page + 1) if len(rows) > PER_PAGE else None
    previous = url_for(".report", import_id=import_id, page=page - 1) if page > 1 else None
    return _report(found, omissions=rows[:PER_PAGE], previous=previous, following=following)


def _report(report: ImportReport, notes: tuple[str, ...] = (), *, dry_run: bool = False, **more: Any) -> str:
    return render_template(
        "channels/report.html",
        report=report,
        source_title=source_fact(report.source).title,
        notes=[_(note) for note in notes],
        dry_run=dry_run,
        reason_title=lambda reason: _(REASONS[reason]) if reason in REASONS else reason,
        **more,
    )


@pages.get("/channels/b/<uuid:import_id>/omissions.csv")
@guarded("datasets:read")
def omissions(act: Act, import_id: uuid.UUID) -> ResponseReturnValue:
    """Everything that one file held and that was left out, as a table to keep."""
    observations.import_report(act.session, import_id)
    table = stream_with_context(csv_blocks(HEADINGS, observations.omissions(act.session, import_id)))
    named = {"Content-Disposition": disposition("left-out.csv")}
    return Response(table, content_type="text/csv; charset=utf-8", headers=named)
