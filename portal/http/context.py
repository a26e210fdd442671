"""What a request or a command runs in: settings, the clock, the storage, the signing key, and its act."""

from __future__ import annotations

import datetime as dt
from typing import cast

from flask import Flask, current_app, g

from portal.adapters.signing import Signer
from portal.adapters.storage import Storage, open_storage
from portal.config import BadSetting, Settings
from portal.db import begin_write, db
from portal.rules.policy import Person
from portal.services.act import Act

EXTENSION = "portal"


class Surroundings:
    """The outside of one running portal, opened once at the start."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        try:
            self.storage = open_storage(settings.storage_url, settings.s3_endpoint)
            self.signer = Signer.from_setting(settings.signing_key, settings.home)
        except ValueError as fault:
            raise BadSetting(str(fault)) from None


def install(app: Flask, settings: Settings) -> None:
    """Opens the outside for this application."""
    app.extensions[EXTENSION] = Surroundings(settings)


def surroundings() -> Surroundings:
    return cast("Surroundings", current_app.extensions[EXTENSION])


def settings() -> Settings:
    """The settings of this portal."""
    return surroundings().settings


def storage() -> Storage:
    """Where the bytes of files are kept."""
    return surroundings().storage


def signer() -> Signer:
    """The key that signs receipts."""
    return surroundings().signer


def wall_clock() -> dt.datetime:
    """The moment it really is: for sessions and throttling alone."""
    return dt.datetime.now(dt.UTC)


def now() -> dt.datetime:
    """The moment of the act. A demonstration runs on its set day, at the time of day it really is."""
    moment, day = wall_clock(), settings().clock
    return moment if day is None else moment.replace(year=day.year, month=day.month, day=day.day)


def make_act(person: Person | None, at: dt.datetime | None = None) -> Act:
    """An act on this request's session."""
    g.act = Act(db.session, person, at or now())
    return cast("Act", g.act)


def system_act(person: Person | None = None, at: dt.datetime | None = None) -> Act:
    """The act of a command, already in its writing transaction; `commit()` ends it."""
    act = make_act(person, at)
    begin_write(db.session)
    return act


def commit() -> None:
    """Ends the transaction of the act; the edge alone calls it."""
    db.session.commit()
