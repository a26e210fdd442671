"""Channel b on pages: the files of figures that were taken in, the form for another, and what each left out and why."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.outline import text
from forms.words import N_
from portal.adapters.content import disposition
from portal.adapters.tabular_layouts import UnknownLayout
from portal.documents.tables import Column, csv_blocks
from portal.http import pending, render
from portal.http.context import storage
from portal.http.errors import findings
from portal.http.guard import dataset, guarded
from portal.models.observations import Import
from portal.queries import cycles, imports, observations
from portal.queries.imports import Total
from portal.queries.observations import ImportReport, ImportsWanted, OmissionRow
from portal.rules.conversions import unit_rules
from portal.rules.datasets import REASONS
from portal.rules.no_figures import NoFigures
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Problem
from portal.rules.verdicts import VERDICTS, WITHDRAWN, WORDS
from portal.services import pending as pending_files
from portal.services import verifying
from portal.services.act import Act
from portal.services.observations import Taken, take_in

pages = Blueprint("channels", __name__)

LAST_PAGE = 1_000_000
PER_PAGE = 100
OTHERS = "others"
FIELDS = ("file", "source", "edition", "entity")
NEW_KIND = N_(
    "The portal does not know this kind of file yet. Below is what its columns seem to be; please look at each."
)
MOST_TABLES, MOST_YEARS, MOST_SHOWN = 6, 10, 50
STAYS = N_("What was taken in with it stays as it is; where its figures are wrong, the file can be withdrawn.")
HEADINGS = [Column(name, "", "") for name in OmissionRow._fields]


@dataclass(frozen=True)
class TotalTable:
    """The totals of one cut of a series: a row a region, a column a year, the newest MOST_YEARS years."""

    first: Total
    covers: Mapping[str, str]
    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Total | None, ...]], ...]


def tables_of(found: Sequence[Total]) -> list[TotalTable]:
    """Totals as tables, headline cuts first."""
    made = []
    for _cut, group in groupby(found, lambda one: (one.source, one.series, one.dimensions, one.unit)):
        totals_here = list(group)
        years = tuple(sorted({one.year for one in totals_here})[-MOST_YEARS:])
        at = {(one.region, one.year): one for one in totals_here}
        regions = sorted({one.region for one in totals_here})
        rows = tuple((region, tuple(at.get((region, year)) for year in years)) for region in regions)
        made.append(TotalTable(totals_here[0], json.loads(totals_here[0].dimensions), years, rows))
    return made


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
    except UnknownLayout:
        flash(_(NEW_KIND), "info")
        return _aside(act)
    except NoFigures as refusal:
        return _no_figures(refusal), 422
    except Invalid as refusal:
        return _figures(act, _at_fields(refusal)), 422
    if taken.dry_run:
        return _report(taken.report, dry_run=True)
    flash(_("The file is taken in; below is what became of each figure."), "success")
    return redirect(url_for(".report", import_id=taken.report.id), 303)


@pages.post("/channels/b/files")
@guarded("observations:import", later=True)
def lay_aside(act: Act) -> ResponseReturnValue:
    """Keeps a file aside, to be shown cell by cell before anything of it is taken in."""
    return _aside(act)


def _aside(act: Act) -> ResponseReturnValue:
    try:
        return pending.lay_aside(act, request.files.get("file"))
    except NoFigures as refusal:
        return _no_figures(refusal), 422
    except Invalid as refusal:
        return _figures(act, _at_fields(refusal)), 422


def _at_fields(refusal: Invalid) -> list[Problem]:
    """What is to be put right, each at a field of the form; a place in the file stands at the field of the file."""
    problems = refusal.problems or [Problem("file", refusal.sentence)]
    return [one if one.where in FIELDS else Problem("file", f"{one.where}: {_(one.sentence)}") for one in problems]


def _no_figures(refusal: NoFigures) -> str:
    """What a file without figures is, and what was found in it."""
    sent = request.files.get("file")
    return render_template(
        "channels/no_figures.html",
        file_name=sent.filename if sent else "",
        sentence=_(refusal.sentence),
        findings=findings(refusal),
        most=MOST_SHOWN,
    )


def _taken(act: Act) -> Taken:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(pending.NO_FILE, [Problem("file", pending.NO_FILE)])
    given = {name: request.form.get(name, "").strip() for name in FIELDS[1:]}
    act.write()
    return take_in(
        act,
        storage(),
        cast("BinaryIO", sent.stream),
        sent.filename,
        source=given["source"],
        edition=given["edition"],
        entity=given["entity"],
        dry_run=request.form.get("dry_run") == "yes",
    )


def _figures(act: Act, problems: Sequence[Problem] = ()) -> str:
    language = render.language()
    asked = {name: request.args.get(name, "") for name in ("standing", "source", "by")}
    wanted = ImportsWanted(asked["standing"], asked["source"], act.actor.id if asked["by"] == OTHERS else None)
    count = observations.count_imports(act.session, wanted)
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    pages_there = max(1, -(-count // PER_PAGE))
    at = min(max(1, request.args.get("page", 1, type=int)), pages_there)
    return render_template(
        "channels/figures.html",
        imports=observations.list_imports(act.session, wanted, start=(at - 1) * PER_PAGE, limit=PER_PAGE),
        count=count,
        page=at,
        pages=pages_there,
        page_url=lambda number: url_for(".figures", **kept, page=number),
        sentence=_sentence(asked, observations.sources_of_imports(act.session)),
        aside=imports.unsettled_files(act.session) if may(act.person, "observations:import") else (),
        state_words={state: _(words) for state, words in pending.STATES.items()},
        standing_words={standing: _(words) for standing, words in WORDS.items()},
        states=sorted((text(entity.names, language), entity.iso3) for entity in cycles.entities(act.session)),
        given=request.form,
        problems=[{"where": problem.where, "sentence": _(problem.sentence)} for problem in problems],
    )


def _sentence(asked: Mapping[str, str], sources: Sequence[str]) -> list[dict[str, Any]]:
    """The filters of the list of files as a sentence."""
    each = {
        "standing": (_("Files:"), [("", _("in any standing")), *((key, _(words)) for key, words in WORDS.items())]),
        "source": (_("of"), [("", _("every source")), *((one, render.source_title(one)) for one in sources)]),
        "by": (_("taken in by"), [("", _("anybody")), (OTHERS, _("others than you"))]),
    }
    return [
        {"name": name, "label": label, "value": asked[name], "choices": choices}
        for name, (label, choices) in each.items()
    ]


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
    return _report(found, omissions=rows[:PER_PAGE], previous=previous, following=following, **_standing(act, found))


def _standing(act: Act, found: ImportReport, problems: Sequence[Problem] = ()) -> dict[str, Any]:
    """What was said of an import, its series with their editions, and what this person can say."""
    row = imports.get_import(act.session, found.id)
    return {
        "said": imports.verdicts(act.session, row.number),
        "series": imports.editions(act.session, row.number),
        "standing_words": {standing: _(words) for standing, words in WORDS.items()},
        "verdicts": {verdict: _(words) for verdict, words in VERDICTS.items()},
        "own": not may(act.person, "datasets:verify", row) and row.imported_by == act.actor.id,
        "can_say": may(act.person, "datasets:verify", row) and row.standing != WITHDRAWN,
        "given": request.form,
        "problems": [{"where": problem.where, "sentence": _(problem.sentence)} for problem in problems],
    }


@pages.post("/channels/b/<uuid:import_id>/verdict")
@guarded("datasets:verify", subject=dataset, by="import_id", conceal=None)
def verdict(act: Act, row: Import) -> ResponseReturnValue:
    """A second person says what stands of an import; the service refuses who took it in."""
    try:
        verifying.say(act, row.id, request.form.get("verdict", ""), request.form.get("reason", ""))
    except Invalid as refusal:
        found = observations.import_report(act.session, row.id)
        return _report(found, **_standing(act, found, refusal.problems)), 422
    flash(_("What you said is kept, and stands beside the figures."), "success")
    return redirect(url_for(".report", import_id=row.id), 303)


@pages.get("/channels/b/rules")
@guarded("datasets:read")
def rules(act: Act) -> ResponseReturnValue:
    """By which rules units are told in another unit, which columns and which names of areas are kept."""
    return render_template(
        "channels/rules.html",
        units=unit_rules(),
        mappings=imports.mappings(act.session),
        aliases=imports.all_aliases(act.session),
    )


@pages.post("/channels/b/rules/columns/<uuid:mapping_id>/forget")
@guarded("mapping:write")
def forget_columns(act: Act, mapping_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps the meaning of the columns of a kind of file no longer."""
    name = pending_files.forget_mapping(act, mapping_id).name
    flash(
        _("The next file with the columns of %(name)s is shown first again. %(rest)s", name=name, rest=_(STAYS)), "info"
    )
    return redirect(url_for(".rules"), 303)


@pages.post("/channels/b/rules/areas/<int:alias_id>/forget")
@guarded("mapping:write")
def forget_area(act: Act, alias_id: int) -> ResponseReturnValue:
    """Keeps the meaning of the name of an area no longer."""
    name = pending_files.forget_area(act, alias_id)
    flash(_("“%(name)s” is listed again where a file has it. %(rest)s", name=name, rest=_(STAYS)), "info")
    return redirect(url_for(".rules"), 303)


@pages.get("/channels/b/totals")
@guarded("datasets:read")
def totals(act: Act) -> ResponseReturnValue:
    """The figures of one indicator by region and year, from the totals alone."""
    held = imports.indicators_with_totals(act.session)
    asked = request.args.get("indicator", "") or (held[0][0] if held else "")
    return render_template(
        "channels/totals.html",
        asked=asked,
        indicators=[(code, code) for code, _series in held],
        tables=tables_of(imports.totals(act.session, asked, cuts=MOST_TABLES)) if asked else [],
        cuts=imports.count_cuts(act.session, asked) if asked else 0,
        files=imports.files_of(act.session, asked) if asked else {},
        most_years=MOST_YEARS,
    )


def _report(report: ImportReport, *, dry_run: bool = False, **more: Any) -> str:
    return render_template(
        "channels/report.html",
        report=report,
        notes=[_(note.words) % note.told for note in report.notes],
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
