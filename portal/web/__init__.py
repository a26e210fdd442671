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
    extensions,
    figures,
    handing,
    health,
    history,
    invitations,
    notices,
    pace,
    paste,
    people,
    practice,
    practices,
    presence,
    public,
    remarks,
    reports,
    sections,
    sessions,
    sources,
    team,
    timeline,
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
        remarks,
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
    of_the_team = (team, pace)
    outside = (health, public, timeline, extensions, sessions, desk, notices)
    for room in (*outside, *drafting, channels, bundles, practices, *of_the_team):
        app.register_blueprint(room.pages)
