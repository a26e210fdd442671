"""Files of figures for channel b: taken in whole or not at all, with a report of every row."""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Any, BinaryIO, cast

from flask import url_for
from flask_babel import gettext as _
from marshmallow import ValidationError, fields

from portal.adapters.tabular_layouts import Told
from portal.api.calls import Answer, Calls
from portal.api.cursors import opened, sealed
from portal.api.shapes import (
    USUAL,
    Asked,
    File,
    Given,
    Moment,
    Paging,
    Place,
    Query,
    entity_code,
    one_of,
    page_of,
    words,
)
from portal.http.context import storage
from portal.http.guard import dataset
from portal.models.observations import Import
from portal.queries import imports, observations
from portal.queries.observations import ImportReport
from portal.rules.mappings import ColumnPlan, read_mapping
from portal.rules.refusals import Invalid, Problem
from portal.rules.verdicts import LONGEST_REASON, STANDINGS, VERDICTS
from portal.services import observations as service
from portal.services import verifying
from portal.services.act import Act
from portal.services.observations import take_in
from portal.services.preview import Preview

calls = Calls("Datasets", __name__, "Files of indicator figures, channel b.")
_TIES = fields.Dict(keys=words(1000), values=words(1000))


class Table(Query):
    """A table of figures as CSV or workbook. `source`, `edition` and `entity` are needed where the file does not tell
    them; with `dry_run` nothing is kept. `mapping` is a JSON document that tells what the columns are, for a file of
    no known layout: the preview proposes one. `indicators` is a JSON object that says of series, by their codes, to
    which indicator each is tied: its code, its number among the goals or its full name, "" for none."""

    file = File(required=True)
    source = words(120)
    edition = words(120)
    entity = entity_code()
    indicators = words(100_000)
    mapping = words(100_000)
    dry_run = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class OmissionShape(Given):
    """One thing that was left out: where, why, and what stood there."""

    place = fields.String()
    reason = fields.String()
    sentence = fields.String()
    content = fields.String()
    figures = fields.Integer()


class ReasonShape(Given):
    """One reason for leaving out: how many figures, and the first places."""

    reason = fields.String()
    figures = fields.Integer()
    examples = fields.List(fields.Nested(OmissionShape))


class Dataset(Given):
    """What one file gave. `figures_read` is `taken` plus `left_out`; `taken` is `new` plus `revised` plus
    `unchanged`. `notes` are sentences for people: what was met in the file and coped with, counted."""

    id = fields.UUID()
    source = fields.String()
    layout = fields.String()
    file_name = fields.String()
    edition = fields.String()
    sha256 = fields.String()
    size = fields.Integer()
    imported_at = Moment()
    imported_by = fields.UUID(allow_none=True)
    rows_read = fields.Integer()
    figures_read = fields.Integer()
    taken = fields.Integer()
    new = fields.Integer()
    revised = fields.Integer()
    unchanged = fields.Integer()
    left_out = fields.Integer()
    no_longer_given = fields.Integer()
    standing = one_of(STANDINGS)
    mapping = fields.Dict(keys=fields.String())
    notes = fields.List(fields.String())
    reasons = fields.List(fields.Nested(ReasonShape))


class TakenDataset(Dataset):
    """What a file gave, and whether it was only tried."""

    dry_run = fields.Boolean()


@calls.call(
    "POST",
    "/datasets",
    "observations:import",
    form=Table,
    gives=Answer(TakenDataset, 201, ("Location",), tried=200),
    refuses=[409],
    later=True,
)
def take_dataset(act: Act, sent: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Takes in a file of figures, all or nothing: what was taken, and what was left out with its reason.

    A file that is only tried is answered with 200, as nothing is made of it. A list that holds no figures (of areas,
    words or codes) is refused with `findings`: what stands in it, with places.
    """
    act.write()
    file = sent["file"]
    stream = cast("BinaryIO", file.stream)
    told = {name: sent[name] for name in ("source", "edition", "entity", "dry_run")}
    told["indicators"] = _ties(sent["indicators"])
    taken = take_in(act, storage(), stream, file.filename or "", columns=_columns(sent["mapping"]), **told)
    shown = _told(taken.report) | {"dry_run": taken.dry_run}
    if taken.dry_run:
        return shown, 200, {}
    return shown, 201, {"Location": url_for("Datasets.read_dataset", dataset_id=taken.report.id)}


def _told(report: ImportReport) -> dict[str, Any]:
    notes = [_(note.words) % note.told for note in report.notes]
    return dataclasses.asdict(report) | {"taken": report.taken, "notes": notes}


class ColumnsShape(Given):
    """What each column is, by position, and what the table does not tell: one unit, one year, the series."""

    header = fields.List(fields.String())
    roles = fields.List(fields.String())
    row = fields.Integer()
    sheet = fields.String()
    unit = fields.String()
    period = fields.String()
    series = fields.String()


class DatasetCellShape(Given):
    """One cell: its text, what its column is, what was read in it, and whether it could not be read."""

    text = fields.String()
    role = fields.String()
    read = fields.String()
    wrong = fields.Boolean()


class DatasetRowShape(Given):
    """One row of the file with its number."""

    number = fields.Integer()
    cells = fields.List(fields.Nested(DatasetCellShape))
    sentences = fields.List(fields.String())


class UnmatchedShape(Given):
    """A code or name that no table tells: how many figures have it, and the first row."""

    wording = fields.String()
    name = fields.String()
    figures = fields.Integer()
    row = fields.Integer()


class TieShape(Given):
    """To which indicator the figures of a series would be tied, and its name; null where to none."""

    series = fields.String()
    indicator = fields.String(allow_none=True)
    title = fields.String()


class PreviewShape(Given):
    """A file as it would be taken in; nothing of it is kept. `mapping` is null where the layout is known; `problems`
    names what is to be put right before the file can be taken in, and then `rows` are the first ones as they stand.
    `notes` are sentences for people: what stands in the file beside its cells."""

    mapping = fields.Nested(ColumnsShape, allow_none=True)
    problems = fields.List(fields.Nested(Place))
    layout = fields.String()
    source = fields.String()
    rows_read = fields.Integer()
    whole = fields.Boolean()
    figures = fields.Integer()
    left_out = fields.Dict(keys=fields.String(), values=fields.Integer())
    areas = fields.Dict(keys=fields.String(), values=fields.Integer())
    unmatched = fields.List(fields.Nested(UnmatchedShape))
    series = fields.List(fields.String())
    ties = fields.List(fields.Nested(TieShape))
    rows = fields.List(fields.Nested(DatasetRowShape))
    not_taken = fields.List(fields.String())
    notes = fields.List(fields.String())


class TableToShow(Query):
    """A table of figures to be shown; the fields are those of taking it in."""

    file = File(required=True)
    source = words(120)
    edition = words(120)
    entity = entity_code()
    indicators = words(100_000)
    mapping = words(100_000)


@calls.call(
    "POST", "/datasets/preview", "observations:import", form=TableToShow, gives=PreviewShape, refuses=[409], later=True
)
def preview_dataset(act: Act, sent: dict[str, Any]) -> dict[str, Any]:
    """Reads a file cell by cell and keeps nothing: what would be taken, what left out, which areas no table tells, and
    for a file of no known layout what its columns seem to be. A list that holds no figures is refused with `findings`.
    """
    file = sent["file"]
    said = {name: sent[name] or "" for name in ("source", "edition", "entity")}
    told = Told(**said, indicators=_ties(sent["indicators"]))
    stream, name = cast("BinaryIO", file.stream), file.filename or ""
    columns, shown, problems = service.look_at(act, stream, name, told, _columns(sent["mapping"]))
    found = _previewed(shown) if isinstance(shown, Preview) else {"rows": shown.rows} if shown else {}
    return {
        **found,
        "mapping": columns.document() if columns else None,
        "problems": [{"where": one.where, "sentence": _(one.sentence)} for one in problems],
        "notes": [_(note.words) % note.told for note in service.met_in(act, stream, name)],
    }


def _previewed(shown: Preview) -> dict[str, Any]:
    names = (
        "layout",
        "source",
        "rows_read",
        "whole",
        "figures",
        "left_out",
        "areas",
        "unmatched",
        "series",
        "ties",
        "rows",
    )
    return {name: getattr(shown, name) for name in (*names, "not_taken")}


def _columns(document: str | None) -> ColumnPlan | None:
    """The mapping sent as JSON text; Invalid names what is wrong with it."""
    if not document:
        return None
    try:
        told = json.loads(document)
        if not isinstance(told, dict):
            raise ValueError("A mapping is a JSON object.")
        return read_mapping(told)
    except (ValueError, RecursionError) as error:
        sentence = "This is not JSON." if isinstance(error, json.JSONDecodeError) else str(error)
        raise Invalid(sentence, [Problem("mapping", sentence)]) from error


def _ties(document: str | None) -> dict[str, str]:
    """What is said of series, sent as JSON text; Invalid where it is no object of texts that can be stored."""
    try:
        told: dict[str, str] = _TIES.deserialize(json.loads(document or "{}"))
    except (ValueError, ValidationError, RecursionError):
        sentence = "This is a JSON object of texts: the code of a series, and of the indicator to which it is tied."
        raise Invalid(sentence, [Problem("indicators", sentence)]) from None
    return told


class DatasetVerdict(Asked):
    """What a second person says of a file of figures; a reason is needed for doubtful and withdrawn."""

    verdict = one_of(VERDICTS, required=True)
    reason = words(LONGEST_REASON, load_default="")


class DatasetSaidShape(Given):
    """One verdict: what was said, why, when and by whom."""

    verdict = one_of(VERDICTS)
    reason = fields.String()
    said_at = Moment()
    name = fields.String()


class DatasetVerdicts(Given):
    """Where a file of figures stands, and what was said of it, newest first."""

    id = fields.UUID()
    standing = one_of(STANDINGS)
    said = fields.List(fields.Nested(DatasetSaidShape))


@calls.call(
    "POST",
    "/datasets/<uuid:dataset_id>/verdicts",
    "datasets:verify",
    subject=dataset,
    by="dataset_id",
    conceal=None,
    body=DatasetVerdict,
    gives=Answer(DatasetVerdicts, 201),
    refuses=[409],
)
def say_verdict(act: Act, found: Import, said: dict[str, Any]) -> dict[str, Any]:
    """Says that a file which somebody else took in is verified, doubtful or withdrawn. The figures of a withdrawn one
    are offered nowhere; its history stays."""
    row = verifying.say(act, found.id, said["verdict"], said["reason"])
    return {"id": row.id, "standing": row.standing, "said": imports.verdicts(act.session, row.number)}


class DatasetsWanted(Paging):
    """Which files are listed: of one standing, of one source, or those that the caller did not take in."""

    standing = one_of(STANDINGS)
    source = words(120)
    by = one_of(["others"])


@calls.call("GET", "/datasets", "datasets:read", query=DatasetsWanted, gives=page_of(Dataset))
def list_datasets(act: Act, wanted: dict[str, Any]) -> dict[str, Any]:
    """The files that were taken in, newest first, without what each left out; `by=others` leaves out the caller's own,
    which somebody else verifies.
    """
    not_by = act.actor.id if wanted["by"] else None
    asked = observations.ImportsWanted(wanted["standing"] or "", wanted["source"] or "", not_by)
    (start,) = opened("datasets", wanted["cursor"], int) or (0,)
    following = start + (wanted["limit"] or USUAL)
    rows = observations.list_imports(act.session, asked, start=start, limit=following - start + 1)
    shown = [_told(report) for report in rows[: following - start]]
    return {"items": shown, "next": sealed("datasets", [following]) if len(rows) > len(shown) else None}


@calls.call("GET", "/datasets/<uuid:dataset_id>", "datasets:read", gives=Dataset)
def read_dataset(act: Act, dataset_id: uuid.UUID) -> dict[str, Any]:
    """What one file gave: figures taken, and figures left out by reason."""
    return _told(observations.import_report(act.session, dataset_id))
