"""What everyone may read: the front, published reports, entities, the timeline, figures, the key of the receipts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from textwrap import shorten
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.figures import parse_year
from forms.outline import text
from forms.words import N_
from portal.adapters.content import disposition
from portal.documents.tables import ANSWERS, Column, answer_rows, csv_blocks
from portal.http import render
from portal.http.context import signer
from portal.http.files import send_blob
from portal.http.frozen import File, frozen
from portal.http.guard import PUBLIC, guarded
from portal.http.phases import phases_on_page
from portal.queries import arrivals, cycles, imports, observations, published, reports
from portal.queries.guidelines import guideline
from portal.queries.observations import COLUMNS, Figure, Wanted
from portal.rules import crosswalk
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, Problem
from portal.rules.verdicts import DOUBTFUL
from portal.services.act import Act
from portal.services.submission import DEADLINE_PHASE

pages = Blueprint("public", __name__)

LARGEST = 2**63 - 1
LATEST = 6
PER_PAGE = 100
HEADINGS = [Column(name, "", "") for name in COLUMNS]
TIMING = {
    "in_time": N_("received in time"),
    "after_deadline": N_("received after the deadline"),
    "after_cut_off": N_("received after the synthesis cut-off"),
}


@pages.get("/")
@guarded(PUBLIC)
def front(act: Act) -> ResponseReturnValue:
    """What this is, how far the present cycle is, and what was published last."""
    opened = cycles.cycles(act.session)
    if not opened:
        return render_template("public/front.html", cycle=None)
    cycle = max(opened, key=lambda one: (one.opened_at, one.key))
    phases = phases_on_page(act, cycle.key)
    return render_template(
        "public/front.html",
        cycle=cycle,
        received=cycles.received(act.session, cycle.key),
        phases=phases,
        deadline=next((phase for phase in phases if phase.dates.key == DEADLINE_PHASE), None),
        latest=published.publications(act.session)[:LATEST],
    )


@pages.get("/channels/a")
@guarded(PUBLIC)
def channel_a(_act: Act) -> ResponseReturnValue:
    """Channel a is what governments report: its page is that of the published reports."""
    return redirect(url_for(".listing"))


@pages.get("/published")
@guarded(PUBLIC)
def listing(act: Act) -> ResponseReturnValue:
    """The published reports, newest first."""
    cycle = request.args.get("cycle") or None
    return render_template(
        "published/listing.html",
        cycle=cycle,
        cycles=cycles.cycles(act.session),
        rows=published.publications(act.session, cycle),
    )


@pages.get("/published/<uuid:report_id>")
@guarded(PUBLIC)
def report(act: Act, report_id: uuid.UUID) -> ResponseReturnValue:
    """One published report, for reading."""
    row = published.publication(act.session, report_id)
    version = reports.version(act.session, report_id, row.Publication.version)
    asked = guideline(act.session, row.Report.edition)
    files = _files(row, version.files)
    receipt = json.loads(version.receipt)
    return render_template(
        "published/report.html",
        row=row,
        version=version,
        receipt=receipt,
        timing=_(TIMING[receipt["statement"]["timing"]]),
        modality=asked.modalities[row.Report.modality],
        parts=frozen(version.document, asked, render.language(), files),
        files=[file for file in files if file.url],
    )


def _files(row: Any, kept: list[Any]) -> tuple[File, ...]:
    """The files of the version; those that the state opened have an address."""
    opened = set(row.Publication.attachments)
    return tuple(
        File(
            file["attachment"],
            file["name"],
            url_for(".file", report_id=row.Report.id, file_id=file["attachment"])
            if file["attachment"] in opened
            else "",
            file["size"],
        )
        for file in kept
    )


@pages.get("/published/<uuid:report_id>/files/<uuid:file_id>")
@guarded(PUBLIC)
def file(act: Act, report_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """The bytes of a file that the state opened."""
    row = published.publication(act.session, report_id)
    version = reports.version(act.session, report_id, row.Publication.version)
    kept = next((held for held in version.files if held["attachment"] == str(file_id)), None)
    if kept is None or str(file_id) not in row.Publication.attachments:
        raise Missing(N_("There is no such file."))
    return send_blob(kept["blob"], kept["name"], kept["media_type"], size=kept["size"], etag=kept["sha256"])


@pages.get("/published/<uuid:report_id>.json")
@guarded(PUBLIC)
def document(act: Act, report_id: uuid.UUID) -> ResponseReturnValue:
    """The version as it was frozen: the bytes that the receipt speaks of."""
    row = published.publication(act.session, report_id)
    version = reports.version(act.session, report_id, row.Publication.version)
    return _bytes(version.document, "application/json", f"{_name(row)}.json")


@pages.get("/published/<uuid:report_id>/receipt.json")
@guarded(PUBLIC)
def receipt(act: Act, report_id: uuid.UUID) -> ResponseReturnValue:
    """The receipt of the published version."""
    row = published.publication(act.session, report_id)
    version = reports.version(act.session, report_id, row.Publication.version)
    return _bytes(version.receipt, "application/json", f"{_name(row)}-receipt.json")


@pages.get("/published/<uuid:report_id>.csv")
@guarded(PUBLIC)
def answers(act: Act, report_id: uuid.UUID) -> ResponseReturnValue:
    """Every answer of the published version, laid flat."""
    row = published.publication(act.session, report_id)
    version = json.loads(reports.version(act.session, report_id, row.Publication.version).document)
    return _table(csv_blocks(ANSWERS, answer_rows(version)), f"{_name(row)}.csv")


def _name(row: Any) -> str:
    return f"{row.Report.entity}-{row.Report.cycle}-version-{row.Publication.version}"


def _bytes(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, mimetype=media_type, headers={"Content-Disposition": disposition(name)})


def _table(blocks: Iterator[bytes], name: str) -> Response:
    return Response(blocks, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition(name)})


@pages.get("/entities/<iso3>")
@guarded(PUBLIC)
def entity(act: Act, iso3: str) -> ResponseReturnValue:
    """One entity: its names, its groups, and what it has reported, as far as that is public."""
    found = cycles.entity(act.session, iso3)
    return render_template("entities/entity.html", entity=found, rows=arrivals.of_entity(act.session, found.iso3))


@pages.get("/data")
@guarded(PUBLIC)
def data(act: Act) -> ResponseReturnValue:
    """Figures of channel b, filtered by the words of the address."""
    wanted, after = _wanted(), max(0, min(request.args.get("after", 0, type=int), LARGEST))
    figures, following = observations.list_observations(act.session, wanted, after=after, limit=PER_PAGE)
    asked: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in ("after", "lang") and value
    }
    return render_template(
        "data/data.html",
        sentence=_sentence(act),
        figures=figures,
        credits=sorted(
            {(render.source_title(f.source) if f.credit in ("", f.source) else f.credit, f.licence) for f in figures}
        ),
        covers=lambda figure: ", ".join(str(value) for value in json.loads(figure.dimensions).values()),
        doubts=_doubts(act, figures),
        table=url_for(".data_table", **asked),
        everything=url_for(".data"),
        first=url_for(".data", **asked) if after else None,
        following=url_for(".data", **asked, after=following) if following else None,
        narrowed=bool(asked),
    )


def _doubts(act: Act, figures: Sequence[Figure]) -> Mapping[uuid.UUID, str]:
    """Why the files behind these figures are doubtful, for a person who may read the files; nothing for others."""
    if not may(act.person, "datasets:read"):
        return {}
    return imports.doubts(act.session, {one.import_id for one in figures if one.standing == DOUBTFUL})


@pages.get("/data.csv")
@guarded(PUBLIC)
def data_table(act: Act) -> ResponseReturnValue:
    """The same figures, all of them, as a table to keep."""
    rows = _rows(observations.stream_observations(act.session, _wanted()))
    return _table(stream_with_context(csv_blocks(HEADINGS, rows)), "observations.csv")


def _rows(figures: Iterable[Figure]) -> Iterator[list[object]]:
    """Figures in the order of their headings; the number as short as it can be read back."""
    value_at, import_at = COLUMNS.index("value"), COLUMNS.index("import_id")
    import_text = cache(str)  # a few imports stand behind many figures
    for figure in figures:
        cells: list[object] = list(figure)
        cells[value_at] = None if figure.value is None else repr(figure.value)
        cells[import_at] = import_text(figure.import_id)
        yield cells


def _wanted() -> Wanted:
    """The figures that the address asks for; Invalid when a year is none."""
    return Wanted(
        indicator=request.args.get("indicator") or None,
        indicators=frozenset(crosswalk.indicators_of(request.args["commitment"]))
        if request.args.get("commitment")
        else None,
        region=request.args.get("region") or None,
        kind=request.args.get("kind") or None,
        entity=(request.args.get("entity") or "").upper() or None,
        year_from=_year("from"),
        year_to=_year("to"),
    )


def _year(name: str) -> int | None:
    given = request.args.get(name, "").strip()
    if not given:
        return None
    year = parse_year(given)
    if year.first is None:
        sentence = N_("Please write a year such as 2020.")
        raise Invalid(sentence, [Problem(name, sentence)])
    return year.first


def _sentence(act: Act) -> list[dict[str, Any]]:
    """The filters of the figures as parts of a sentence."""
    language = render.language()
    opened = cycles.cycles(act.session)
    asked = guideline(act.session, opened[0].edition) if opened else None
    indicators = (
        {q.indicator: text(q.title, language) for q in asked.questions.values() if q.indicator} if asked else {}
    )
    found = cycles.entities(act.session)
    states = sorted((text(e.names, language), e.iso3) for e in found)
    regions = sorted({e.region for e in found if e.region})
    parts: list[tuple[str, str, list[tuple[str, str]] | None]] = [
        (
            "indicator",
            _("Figures on"),
            [
                ("", _("every indicator")),
                *((k, f"{k} {shorten(t, 60, placeholder='…')}") for k, t in sorted(indicators.items())),
            ],
        ),
        (
            "commitment",
            _("on the commitment"),
            [("", _("whichever")), *((one.key, f"{one.key} {_(one.title)}") for one in crosswalk.commitments())],
        ),
        ("entity", _("of"), [("", _("every area")), *((iso3, name) for name, iso3 in states)]),
        ("region", _("in"), [("", _("every region")), *((region, region) for region in regions)]),
        ("from", _("from the year"), None),
        ("to", _("to"), None),
    ]
    return [
        {"name": name, "label": label, "value": request.args.get(name, ""), "choices": choices}
        for name, label, choices in parts
    ]


@pages.get("/receipts/key")
@guarded(PUBLIC)
def key(_act: Act) -> ResponseReturnValue:
    """How to check a receipt, with the public key of this portal."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return jsonify(_public_key())
    return render_template("public/key.html", key=_public_key())


@pages.get("/receipts/key.json")
@guarded(PUBLIC)
def key_document(_act: Act) -> ResponseReturnValue:
    """The public key of this portal, to keep."""
    return jsonify(_public_key())


def _public_key() -> dict[str, str]:
    held = signer()
    return {"algorithm": "Ed25519", "key_id": held.key_id, "public_key": held.public}
