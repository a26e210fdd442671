"""`flask worker`: builds the bundles that were asked for, takes in the files of figures that were confirmed, and does
what is done once an hour. What it takes on is noted in the database, so a killed worker's work is taken up again.
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
from portal.http.file_texts import read_waiting_file
from portal.rules.refusals import Refusal
from portal.services import bundles, clearance, notices, pending, reminders, requests
from portal.services.act import Act

log = logging.getLogger("portal.worker")
PAUSE_SECONDS = 1.0
HOUR_SECONDS = 3600.0
MINUTE_SECONDS = 60.0
HOURLY: tuple[Callable[[Act], object], ...] = (
    reminders.send,
    reminders.send_of_remarks,
    requests.remind,
    notices.remind,
    clearance.escalate,
)


def work_once() -> bool:
    """Does one thing that waits: a bundle, or a file of figures; False when nothing waits."""
    return _bundle_once() or _file_once()


def _file_once() -> bool:
    """Takes one confirmed file of figures in. It is read through first, without holding the database; a file that
    cannot be taken in says why and is not tried again by itself.
    """
    act = system_act()
    file = pending.take_next(act)
    commit()
    if file is None:
        return False
    try:
        rows = pending.read_through(db.session, storage(), file, functools.partial(_note_rows, file, "reading"))
        db.session.rollback()
        _note_rows(file, "writing", rows, rows)
        pending.take_in(system_act(), storage(), file)
    except (OSError, StorageUnavailable, Refusal) as fault:
        db.session.rollback()
        log.exception("file of figures %s", file)
        pending.give_up(system_act(), file, str(fault) or type(fault).__name__)
    commit()
    return True


def _bundle_once() -> bool:
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


def read_once() -> bool:
    """Reads the text of one attached file that waits; False when none waits, or when the storage does not answer."""
    try:
        return read_waiting_file() is not None
    except (OSError, StorageUnavailable):
        db.session.rollback()
        log.exception("reading a file")
        return False


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


def _note_rows(file: uuid.UUID, state: str, done: int, parts: int) -> None:
    """Notes how many rows of a file are read, in a transaction of its own."""
    with Session(db.engine) as session:
        begin_write(session)
        pending.progress(Act(session, None, now()), file, state, done, parts)
        session.commit()


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@with_appcontext
def worker(once: bool) -> None:
    """Do what waits: build bundles, take in files of figures, send reminders and mail. One worker at a time."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    act = system_act()
    bundles.take_up_again(act)
    pending.take_up_again(act)
    commit()
    hour = minute = time.monotonic()
    while not ended.is_set():
        if time.monotonic() >= hour:
            work_of_the_hour()
            hour = time.monotonic() + HOUR_SECONDS
        if time.monotonic() >= minute:
            work_of_the_minute()
            minute = time.monotonic() + MINUTE_SECONDS
        if not (work_once() or read_once()):
            if once:
                return
            ended.wait(PAUSE_SECONDS)


COMMANDS = (worker,)
