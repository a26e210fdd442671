"""Sends files out of the storage: streamed, in ranges, and so that a browser never runs them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from forms.outline import Question
from forms.words import N_
from portal.adapters.content import disposition
from portal.http.context import storage
from portal.models.reports import Attachment, Report
from portal.models.sharing import Handout
from portal.queries import reports
from portal.queries.guidelines import guideline
from portal.rules.policy import may
from portal.rules.refusals import Missing
from portal.services.act import Act

NO_FILE = N_("There is no such file.")
SANDBOX = "default-src 'none'; sandbox"


@dataclass(frozen=True)
class Laid:
    """A file with the facts of its report that the policy looks at."""

    file: Attachment
    report: Report
    question: Question | None  # None for a letter of clearance

    @property
    def entity(self) -> str:
        return self.report.entity

    @property
    def first_submitted_at(self) -> dt.datetime | None:
        return self.report.first_submitted_at

    @property
    def section(self) -> str:
        return self.question.section if self.question is not None else ""

    @property
    def handouts(self) -> Sequence[Handout]:
        return self.report.handouts


def laid(act: Act, attachment_id: uuid.UUID) -> Laid:
    """The file of an address. People outside the state know only files of submitted versions: a draft is the state's
    own. Missing is the one answer for a file that is not there and for one that this person may not know of."""
    file, report = reports.attachment(act.session, attachment_id)
    found = Laid(file, report, guideline(act.session, report.edition).questions.get(file.question))
    outside = report.entity not in act.actor.entities
    drafted = outside and str(file.id) not in reports.submitted_files(act.session, report.id)
    if drafted or not may(act.person, "attachment:read", found):
        raise Missing(NO_FILE)
    return found


def send_blob(
    key: str, name: str, media_type: str, *, size: int, download: bool = True, etag: str | None = None
) -> Response:
    """The bytes under a key of the storage, whole (200) or the one range asked for (206); 416 for a range outside
    `size`.

    `name` is shown as the file's name; without `download` a picture may stand in a page. `etag` is a mark of the
    content, such as its SHA-256, with which a reader can go on where a transfer broke off. The storage is asked
    before the answer begins.
    """
    part = _wanted(size, etag)
    start, end = part or (0, size)
    response = Response(
        _begun(storage().chunks(key, start, end)), 206 if part else 200, mimetype=media_type, direct_passthrough=True
    )
    attached = disposition(name)
    response.headers.update(
        {
            "Content-Length": str(end - start),
            "Content-Disposition": attached if download else attached.replace("attachment", "inline", 1),
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Accept-Ranges": "bytes",
        }
    )
    if part:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if etag is not None:
        response.set_etag(etag)
    return response


def _wanted(size: int, etag: str | None) -> tuple[int, int] | None:
    """The first byte and the one after the last of the range asked for, None for the whole.

    Several ranges at once are answered with the whole, as RFC 9110 allows.
    """
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    condition = request.if_range
    if "If-Range" in request.headers and (etag is None or condition.etag != etag):
        return None
    found = asked.range_for_length(size)
    if found is None:
        raise RequestedRangeNotSatisfiable(length=size)
    return found[0], found[1]


def _begun(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks with the first one fetched now, so that a store that does not answer is a 503 and not a torn
    file."""
    first = next(blocks, b"")

    def all_blocks() -> Iterator[bytes]:
        yield first
        yield from blocks

    return all_blocks()
