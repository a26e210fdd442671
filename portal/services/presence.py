"""Notes that a person is in a section now. It locks nothing, is no part of the record, and fades by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from portal.models.reports import Report
from portal.models.sharing import Presence
from portal.rules.handing import Piece
from portal.services.act import Act


def here(act: Act, report: Report, section: str) -> None:
    """The person of the act is in this section at this moment; Forbidden to one who may not read it."""
    act.demand("section:read", Piece(report, section))
    insert: Any = sqlite_insert if act.session.get_bind().dialect.name == "sqlite" else postgres_insert
    row = {"report_id": report.id, "section": section, "user_id": act.actor.id, "seen_at": act.at}
    same = [Presence.report_id, Presence.section, Presence.user_id]
    act.session.execute(
        insert(Presence).values(**row).on_conflict_do_update(index_elements=same, set_={"seen_at": act.at})
    )
