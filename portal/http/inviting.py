"""Where an invitation is accepted: the link that is passed on."""

from __future__ import annotations

from flask import url_for

from portal.http.context import settings


def door(code: str = "") -> str:
    """The page on which an invitation is accepted, with this code behind the #, which no browser sends to a server."""
    page = settings().base_url + url_for("invitations.page")
    return f"{page}#{code}" if code else page
