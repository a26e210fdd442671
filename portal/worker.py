"""`flask worker`: builds the bundles that were asked for, and does what is done once an hour. What it takes on is
noted in the database, so a killed worker's work is taken up again.
"""

from __future__ import annotations

import functools
import logging
import signal
import threading
import time
import uuid
from collections.abc import Callable

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.adapters.storage import StorageUnavailable
from portal.db import begin_write, db
from portal.documents.bundle import Altered
from portal.http import mailing
from portal.http.context import commit, now, storage, system_act
from portal.services import bundles, clearance, notices, reminders
from portal.services.act import Act

log = logging.getLogger("portal.worker")
PAUSE_SECONDS = 1.0
HOUR_SECONDS = 3600.0
MINUTE_SECONDS = 60.0
HOURLY: tuple[Callable[[Act], object], ...] = (
    reminders.send,
    reminders.send_of_remarks,
    notices.remind,
    clearance.escalate,
)


def work_once() -> bool:
    """Builds one waiting bundle; False when none waits. A bundle that cannot be built says why and is not
    tried again by itself.
    """
    act = system_act()
    bundle = bundles.take(act)
    commit()
    if bundle is None:
        return False
    try:
        built = bundles.build(db.session, storage(), bundle, functools.partial(_tell, bundle))
    except (OSError, StorageUnavailable, Altered) as fault:
        db.session.rollback()
        log.exception("bundle %s", bundle)
        bundles.give_up(system_act(), bundle, str(fault) or type(fault).__name__)
        commit()
        return True
    db.session.rollback()
    bundles.finish(system_act(), bundle, built)
    commit()
    return True


def work_of_the_hour() -> None:
    """Does each hourly work in a transaction of its own; one that the database refuses is told, and done next hour."""
    for work in HOURLY:
        try:
            work(system_act())
            commit()
        except OperationalError:
            db.session.rollback()
            log.exception("hourly work")


def work_of_the_minute() -> None:
    """Sends the mail that waits; where the database is busy, what waits is sent a minute later."""
    try:
        mailing.run()
    except OperationalError:
        db.session.rollback()
        log.exception("mail")


def _tell(bundle: uuid.UUID, done: int) -> None:
    """Notes the progress in a transaction of its own, beside the one that reads."""
    with Session(db.engine) as session:
        begin_write(session)
        bundles.progress(Act(session, None, now()), bundle, done)
        session.commit()


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@with_appcontext
def worker(once: bool) -> None:
    """Do what waits: build bundles, send reminders and mail. One worker at a time."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    act = system_act()
    bundles.take_up_again(act)
    commit()
    hour = minute = time.monotonic()
    while not ended.is_set():
        if time.monotonic() >= hour:
            work_of_the_hour()
            hour = time.monotonic() + HOUR_SECONDS
        if time.monotonic() >= minute:
            work_of_the_minute()
            minute = time.monotonic() + MINUTE_SECONDS
        if not work_once():
            if once:
                return
            ended.wait(PAUSE_SECONDS)


COMMANDS = (worker,)
