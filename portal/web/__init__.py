"""Pages, thin: each reads a form, calls a service, renders a template."""

from __future__ import annotations

from flask import Flask

from portal.web import (
    asides,
    attachments,
    autosave,
    bundles,
    carrying,
    channels,
    checks,
    clearance,
    comments,
    desk,
    figures,
    handing,
    health,
    history,
    invitations,
    paste,
    people,
    practice,
    practices,
    presence,
    public,
    reports,
    sections,
    sessions,
    sources,
)


def register(app: Flask) -> None:
    """Joins every room of pages to the application."""
    drafting = (
        reports,
        practice,
        checks,
        clearance,
        sections,
        handing,
        figures,
        history,
        comments,
        people,
        invitations,
        attachments,
        autosave,
        asides,
        presence,
        paste,
        carrying,
        sources,
    )
    for room in (health, public, sessions, desk, *drafting, channels, bundles, practices):
        app.register_blueprint(room.pages)
