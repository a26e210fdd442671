"""JSON, thin: the same services as the pages."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api
from flask_wtf.csrf import CSRFProtect

from portal.api import (
    answers,
    attachments,
    bundles,
    calls_for_input,
    checks,
    clearance,
    colleagues,
    comments,
    contributions,
    cycles,
    datasets,
    description,
    entities,
    extensions,
    figures,
    guidelines,
    handouts,
    history,
    mappings,
    observations,
    partners,
    people,
    phases,
    practices,
    profiles,
    published,
    remarks,
    reports,
    requests,
    steps,
    versions,
)
from portal.api.calls import CONVERTERS

ROOMS = (
    people,
    cycles,
    phases,
    extensions,
    guidelines,
    entities,
    colleagues,
    reports,
    answers,
    history,
    checks,
    figures,
    attachments,
    handouts,
    comments,
    remarks,
    clearance,
    steps,
    versions,
    datasets,
    mappings,
    observations,
    bundles,
    published,
    practices,
    calls_for_input,
    partners,
    contributions,
    requests,
    profiles,
)


def register(app: Flask, csrf: CSRFProtect) -> Api:
    """Joins every room of the API to the application. A call is known by its token alone, never by a cookie, so
    nothing can be forged with one."""
    app.url_map.converters.update(CONVERTERS)
    api = description.begin(app)
    for room in ROOMS:
        csrf.exempt(room.calls)
        api.register_blueprint(room.calls)
    app.register_blueprint(description.pages)
    return api
