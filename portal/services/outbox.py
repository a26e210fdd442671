"""Which notices go out by mail at once: their letters are laid into the outbox in the transaction of the notices."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.db import new_id
from portal.models.accounts import User
from portal.models.outbox import Letter, MailWish
from portal.rules.notices import EACH


def lay(session: Session, notices: Sequence[Mapping[str, Any]], at: dt.datetime) -> None:
    """Lays one letter into the outbox for each active person among the receivers of these notices who wants mail at
    once; several notices of one act to a person are one letter.
    """
    of: dict[uuid.UUID, list[uuid.UUID]] = {}
    for notice in notices:
        of.setdefault(notice["user_id"], []).append(notice["id"])
    wanting = session.execute(
        select(User.id, User.language)
        .join(MailWish, MailWish.user_id == User.id)
        .where(MailWish.manner == EACH, User.active, User.id.in_(list(of)))
        .order_by(User.id)
    ).all()
    rows = [letter(row.id, row.language, EACH, of[row.id], at) for row in wanting]
    if rows:
        session.execute(insert(Letter), rows)


def letter(
    user_id: uuid.UUID, language: str, manner: str, notices: Sequence[uuid.UUID], at: dt.datetime
) -> dict[str, Any]:
    """The row of a letter that waits. Its words are written when it is first taken, in the language of its reader."""
    return {
        "id": new_id(),
        "user_id": user_id,
        "kind": manner,
        "notices": [str(one) for one in notices],
        "subject": "",
        "body": "",
        "language": language,
        "written_at": at,
        "next_at": at,
        "tries": 0,
        "fault": "",
    }
