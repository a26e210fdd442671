"""Files of figures for channel b: taken in whole or not at all, with a report of every row."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any, BinaryIO, cast

from flask import url_for
from flask_babel import gettext as _
from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.shapes import File, Given, Moment, Query, entity_code, words
from portal.http.context import storage
from portal.queries import observations
from portal.services.act import Act
from portal.services.observations import take_in

calls = Calls("Datasets", __name__, "Files of indicator figures, channel b.")


class Table(Query):
    """A table of figures as CSV or workbook. `source`, `edition` and `entity` are needed where the file does not tell
    them; with `dry_run` nothing is kept."""

    file = File(required=True)
    source = words(120)
    edition = words(120)
    entity = entity_code()
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
    `unchanged`."""

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
    mapping = fields.Dict(keys=fields.String())
    reasons = fields.List(fields.Nested(ReasonShape))


class TakenDataset(Dataset):
    """What a file gave, with sentences for people, and whether it was only tried."""

    notes = fields.List(fields.String())
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

    A file that is only tried is answered with 200, as nothing is made of it.
    """
    act.write()
    file = sent["file"]
    stream = cast("BinaryIO", file.stream)
    told = {name: sent[name] for name in ("source", "edition", "entity", "dry_run")}
    taken = take_in(act, storage(), stream, file.filename or "", **told)
    shown = dataclasses.asdict(taken.report) | {
        "taken": taken.report.taken,
        "notes": [_(note) for note in taken.notes],
        "dry_run": taken.dry_run,
    }
    if taken.dry_run:
        return shown, 200, {}
    return shown, 201, {"Location": url_for("Datasets.read_dataset", dataset_id=taken.report.id)}


@calls.call("GET", "/datasets/<uuid:dataset_id>", "datasets:read", gives=Dataset)
def read_dataset(act: Act, dataset_id: uuid.UUID) -> observations.ImportReport:
    """What one file gave: figures taken, and figures left out by reason."""
    return observations.import_report(act.session, dataset_id)
