"""Keeps the answer to a request with an Idempotency-Key, in the transaction of what the request did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from portal.models.events import Reply
from portal.services.act import Act


def reserve(act: Act, key: str, request_digest: str) -> bool:
    """Takes the key for this request; False when it was taken before. A second request at the same moment
    waits for the first to commit.
    """
    insert: Any = sqlite_insert if act.session.get_bind().dialect.name == "sqlite" else postgres_insert
    row = {"user_id": act.actor.id, "key": key, "request_digest": request_digest, "at": act.at}
    taken = act.session.scalar(insert(Reply).values(**row).on_conflict_do_nothing().returning(Reply.key))
    return taken is not None


def keep(act: Act, key: str, answer: Mapping[str, Any]) -> None:
    """Writes the answer (status, media_type, location, body) beside the key."""
    mine = (Reply.user_id == act.actor.id) & (Reply.key == key)
    act.session.execute(update(Reply).where(mine).values(**answer))
