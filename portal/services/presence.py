"""Notes that a person is in a section or in the form of a contribution now. It locks nothing, is no part of the
record, and fades by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from portal.models.contributions import ContributionPresence
from portal.models.reports import Report
from portal.models.sharing import Presence
from portal.rules.contributions import Filing
from portal.rules.handing import Piece
from portal.services.act import Act


def here(act: Act, report: Report, section: str) -> None:
    """The person of the act is in this section at this moment; Forbidden to one who may not read it."""
    act.demand("section:read", Piece(report, section))
    _sign(act, Presence, {"report_id": report.id, "section": section})


def writing(act: Act, filing: Filing) -> None:
    """The person of the act is in the form of this contribution at this moment; Forbidden to one who does not file for
    its partner.
    """
    act.demand("contribution:write", filing)
    _sign(act, ContributionPresence, {"contribution_id": filing.contribution.id})


def _sign(act: Act, table: type[Presence | ContributionPresence], place: Mapping[str, Any]) -> None:
    insert: Any = sqlite_insert if act.session.get_bind().dialect.name == "sqlite" else postgres_insert
    row = {**place, "user_id": act.actor.id, "seen_at": act.at}
    act.session.execute(
        insert(table).values(**row).on_conflict_do_update(index_elements=[*place, "user_id"], set_={"seen_at": act.at})
    )
