"""Synthesis bundles on pages: asking for one, seeing how far it is, taking it away."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.words import N_
from portal.http.files import send_blob
from portal.http.guard import guarded
from portal.queries import bundles, cycles
from portal.rules.refusals import NotNow
from portal.services import bundles as services
from portal.services.act import Act

pages = Blueprint("bundles", __name__)

UNDER_WAY = ("waiting", "building")
STATES = {
    "waiting": N_("waiting for the worker"),
    "building": N_("being built"),
    "ready": N_("ready"),
    "broken": N_("could not be built"),
}


@pages.get("/bundles")
@guarded("bundle:read", polling=True)
def listing(act: Act) -> ResponseReturnValue:
    """The bundles, newest first. The page loads itself again only while one is being built."""
    rows = bundles.bundles(act.session)
    return render_template(
        "bundles/listing.html",
        rows=rows,
        under_way=any(row.Bundle.state in UNDER_WAY for row in rows),
        state_words={state: _(words) for state, words in STATES.items()},
        cycles=cycles.cycles(act.session),
    )


@pages.post("/bundles")
@guarded("bundle:build")
def build(act: Act) -> ResponseReturnValue:
    """Asks for a bundle; the worker builds it."""
    services.ask(act, request.form.get("cycle", ""))
    flash(_("The bundle is asked for. It is built in the background, and this page says how far it is."), "success")
    return redirect(url_for(".listing"), 303)


@pages.get("/bundles/<uuid:bundle_id>/file")
@guarded("bundle:read")
def file(act: Act, bundle_id: uuid.UUID) -> ResponseReturnValue:
    """The bytes of a finished bundle, whole or the range asked for."""
    found = bundles.bundle(act.session, bundle_id)
    if found.blob is None or found.size is None or found.sha256 is None:
        raise NotNow(N_("The bundle is not ready yet; the page of bundles says how far it is."))
    return send_blob(found.blob, f"bundle-{found.cycle}.zip", "application/zip", size=found.size, etag=found.sha256)
