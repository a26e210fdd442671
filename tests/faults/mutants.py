"""Planted faults: the portal with one promise broken. A fault test counts only where it turns red on these."""

from __future__ import annotations

import threading
import time
from typing import Any

from sqlalchemy.orm import Session

from portal.http import guard
from portal.services import drafting

MUTANTS = "FAULTS_MUTANT"
SERVED = "tests.faults.mutant_wsgi:app"
DELAY = 0.25


def acknowledge_first() -> None:
    """Answers first and commits a little later, in another thread."""
    commit, close = Session.commit, Session.close

    def later(session: Session) -> None:
        time.sleep(DELAY)
        commit(session)
        close(session)

    def commit_later(session: Session) -> None:
        session.flush()
        session.info["later"] = True
        threading.Thread(target=later, args=(session,)).start()

    def close_unless_later(session: Session) -> None:
        if "later" not in session.info:
            close(session)

    Session.commit, Session.close = commit_later, close_unless_later  # type: ignore[method-assign, assignment]


def last_write_wins() -> None:
    """Takes any save, whatever revision its writer had seen."""

    def taken(_act: Any, _report: Any, _question: Any, _language: Any, _given: Any, value: Any, _row: Any) -> Any:
        return value, False

    drafting._joined = taken  # type: ignore[assignment]


def no_idempotency() -> None:
    """Does not look at the Idempotency-Key."""
    guard._idempotency_key = lambda: None


PLANTED = {
    "acknowledge-first": acknowledge_first,
    "last-write-wins": last_write_wins,
    "no-idempotency": no_idempotency,
}
