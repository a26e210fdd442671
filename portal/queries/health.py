"""Asks the database for a sign of life."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session


def database_answers(session: Session) -> bool:
    """True when the database answers; raises OperationalError when it does not."""
    return bool(session.scalar(select(1)) == 1)
