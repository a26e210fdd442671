"""Reads the answers given to requests with an Idempotency-Key."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from forms.words import N_
from portal.models.events import Reply
from portal.rules.refusals import Missing


def reply(session: Session, user_id: uuid.UUID, key: str) -> Reply:
    """The answer kept under this key of this person; Missing when there is none."""
    found = session.get(Reply, (user_id, key), populate_existing=True)
    if found is None:
        raise Missing(N_("There is no answer under this key."))
    return found
