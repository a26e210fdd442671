"""What is published: open to everyone, without a token."""

from __future__ import annotations

import json
import uuid
from typing import Any

from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.shapes import Given, Moment, Paging, by_language, key_text, language_code, page_of
from portal.http.guard import PUBLIC
from portal.queries import published, reports
from portal.services.act import Act

calls = Calls("Published", __name__, "Published reports, open to everyone.")


class PublishedReport(Given):
    """A published report; `version` is the number of the version that is published."""

    id = fields.UUID()
    entity = fields.String()
    names = by_language()
    region = fields.String()
    cycle = fields.String()
    modality = fields.String()
    languages = fields.List(language_code())
    version = fields.Integer()
    published_at = Moment()


class PublishedAnswer(Given):
    """One answer as it was submitted; `standing` says whether the text is original, official or unofficial."""

    question = fields.String()
    kind = fields.String()
    language = fields.String()
    standing = fields.String()
    value = fields.Raw(allow_none=True)


class PublishedFile(Given):
    """A file of the report that the state has opened."""

    id = fields.String()
    question = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()


class WholePublishedReport(PublishedReport):
    """A published report with its answers and the files that the state has opened."""

    edition = fields.String()
    submitted_at = Moment()
    sha256 = fields.String()
    answers = fields.List(fields.Nested(PublishedAnswer))
    files = fields.List(fields.Nested(PublishedFile))


class WhichPublished(Paging):
    """Which published reports are asked for."""

    cycle = key_text()


def _shown(row: Any) -> dict[str, Any]:
    report = row.Report
    return {
        "id": report.id,
        "entity": report.entity,
        "names": row.names,
        "region": row.region,
        "cycle": report.cycle,
        "modality": report.modality,
        "languages": report.languages,
        "version": row.Publication.version,
        "published_at": row.Publication.published_at,
    }


@calls.call("GET", "/public/reports", PUBLIC, query=WhichPublished, gives=page_of(PublishedReport))
def list_published(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The reports published now, newest first."""
    rows = published.publications(act.session, which["cycle"])
    return portion("published", [_shown(row) for row in rows], which)


@calls.call("GET", "/public/reports/<uuid:report_id>", PUBLIC, gives=WholePublishedReport)
def read_published(act: Act, report_id: uuid.UUID) -> dict[str, Any]:
    """One published report with its answers."""
    row = published.publication(act.session, report_id)
    version = reports.version(act.session, report_id, row.Publication.version)
    frozen = json.loads(version.document)
    return {
        **_shown(row),
        "edition": row.Report.edition,
        "submitted_at": version.submitted_at,
        "sha256": version.digest,
        "answers": frozen["answers"],
        "files": [file for file in frozen["files"] if file["id"] in row.Publication.attachments],
    }
