"""Notices of a person: marking them read."""

from __future__ import annotations

from sqlalchemy import update

from portal.models.events import Notice
from portal.services.act import Act


def read_all(act: Act) -> int:
    """Marks every unread notice of the person who acts as read now; returns how many there were."""
    mine = (Notice.user_id == act.actor.id) & Notice.read_at.is_(None)
    done = act.session.execute(
        update(Notice).where(mine).values(read_at=act.at).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
