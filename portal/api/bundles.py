"""Synthesis bundles: asked for, watched, fetched."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, url_for
from marshmallow import fields

from forms.words import N_
from portal.api.calls import Answer, Calls
from portal.api.shapes import Asked, Given, Moment, key_text, one_of
from portal.http.files import send_blob
from portal.models.bundles import Bundle
from portal.queries import bundles
from portal.rules.refusals import NotNow
from portal.services.act import Act
from portal.services.bundles import ask

calls = Calls("Bundles", __name__, "Everything received in a cycle, with the figures, as one ZIP.")
NOT_READY = N_("The bundle is not ready yet; please look again in a moment.")
BROKEN = N_("The bundle could not be built; please ask for a new one.")


class BundleShape(Given):
    """A bundle. `done` of `parts` tells how far it is; size, digests and `finished_at` are null until it is ready."""

    id = fields.UUID()
    cycle = fields.String()
    state = one_of(("waiting", "building", "ready", "broken"))
    done = fields.Integer()
    parts = fields.Integer()
    asked_at = Moment()
    finished_at = Moment(allow_none=True)
    size = fields.Integer(allow_none=True)
    sha256 = fields.String(allow_none=True)
    manifest = fields.String(allow_none=True, metadata={"description": "SHA-256 of the manifest within."})
    trouble = fields.String(allow_none=True)


class Ask(Asked):
    """The cycle of which a bundle is wanted."""

    cycle = key_text(required=True)


@calls.call(
    "POST",
    "/bundles",
    "bundle:build",
    body=Ask,
    gives=Answer(BundleShape, 202, ("Location",)),
    refuses=[409],
    idempotent=True,
)
def ask_bundle(act: Act, wanted: dict[str, Any]) -> tuple[Bundle, dict[str, str]]:
    """Asks for a bundle; it is built by itself, and Location tells where to look."""
    made = ask(act, wanted["cycle"])
    return made, {"Location": url_for("Bundles.read_bundle", bundle_id=made.id)}


@calls.call("GET", "/bundles/<uuid:bundle_id>", "bundle:read", gives=BundleShape)
def read_bundle(act: Act, bundle_id: uuid.UUID) -> Bundle:
    """How far a bundle is."""
    return bundles.bundle(act.session, bundle_id)


@calls.call(
    "GET",
    "/bundles/<uuid:bundle_id>/file",
    "bundle:read",
    gives=Answer(media="application/zip", ranges=True),
    refuses=[409],
)
def read_bundle_file(act: Act, bundle_id: uuid.UUID) -> Response:
    """The ZIP, whole or in a range; 409 while it is not ready."""
    found = bundles.bundle(act.session, bundle_id)
    if found.blob is None or found.size is None:
        raise NotNow(BROKEN if found.state == "broken" else NOT_READY)
    name = f"synthesis-{found.cycle}.zip"
    return send_blob(found.blob, name, "application/zip", size=found.size, etag=found.sha256)
