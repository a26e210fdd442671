"""A passage keeps the last year that its version says it covers; that of what was sent before is read from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AT_ONCE = 200
OWNERS = {"report_id": ("versions", False), "contribution_id": ("contribution_versions", True)}


def upgrade() -> None:
    op.add_column("passages", sa.Column("until", sa.Integer(), nullable=True))
    for owner, (table, dated) in OWNERS.items():
        passages = sa.table("passages", sa.column("until"), sa.column(owner, sa.Uuid()), sa.column("version"))
        mine = (passages.c[owner] == sa.bindparam("of"), passages.c.version == sa.bindparam("number"))
        fill = passages.update().where(*mine).values(until=sa.bindparam("year"))
        rows = _told(owner, table, dated)
        while some := list(islice(rows, AT_ONCE)):
            op.get_bind().execute(fill, some)


def downgrade() -> None:
    op.drop_column("passages", "until")


def _told(owner: str, table: str, dated: bool) -> Iterator[dict[str, Any]]:
    """The versions that say which years they cover, each with the last."""
    columns = (sa.column(owner, sa.Uuid()), sa.column("number"), sa.column("document", sa.LargeBinary()))
    query = sa.select(*columns).select_from(sa.table(table))
    for of, number, document in op.get_bind().execute(query.execution_options(yield_per=AT_ONCE)):
        year = _until(json.loads(document)["answers"], dated)
        if year is not None:
            yield {"of": of, "number": number, "year": year}


def _until(answers: list[dict[str, Any]], dated: bool) -> int | None:
    for kind in ("period", "date")[: 1 + dated]:
        for answer in answers:
            if answer["kind"] == kind:
                value = answer["value"]
                typed = str((value.get("to") if isinstance(value, dict) else value) or "")[:4]
                return int(typed) if typed.isdecimal() and len(typed) == 4 else None
    return None
