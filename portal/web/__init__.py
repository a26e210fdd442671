"""Pages, thin: each reads a form, calls a service, renders a template."""

from __future__ import annotations

from flask import Flask

from portal.web import (
    asides,
    attachments,
    autosave,
    bundles,
    calls_for_input,
    carrying,
    channels,
    checks,
    clearance,
    comments,
    contribution_autosave,
    contributions,
    desk,
    extensions,
    figures,
    handing,
    health,
    history,
    invitations,
    notices,
    pace,
    partners,
    paste,
    pending,
    people,
    practice,
    practices,
    presence,
    profiles,
    public,
    remarks,
    reports,
    requests,
    sections,
    sessions,
    sources,
    team,
    timeline,
    words,
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
    evidence = (pending, profiles, requests, words)
    outside = (health, public, timeline, extensions, sessions, desk, notices)
    of_partners = (calls_for_input, contributions, contribution_autosave, partners)
    for room in (*outside, *drafting, channels, *of_partners, bundles, practices, *of_the_team, *evidence):
        app.register_blueprint(room.pages)
