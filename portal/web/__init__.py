"""Pages, thin: each reads a form, calls a service, renders a template."""

from __future__ import annotations

from flask import Flask

from portal.web import attachments, bundles, channels, desk, health, public, reports, sections, sessions


def register(app: Flask) -> None:
    """Joins every room of pages to the application."""
    for room in (health, public, sessions, desk, reports, sections, attachments, channels, bundles):
        app.register_blueprint(room.pages)
