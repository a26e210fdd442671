"""The history of a contribution keeps what each save changed, and its form tells who else is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, unfreeze

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLE, BEFORE = "contribution_revisions", "contribution_revisions_before"
HEAD = ("title", "areas", "licence", "credit")
AT_ONCE = 500
SAVE = ("contribution_id", "revision", "changed_at", "changed_by")


def upgrade() -> None:
    op.create_table(
        "contribution_presences",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name=op.f("fk_contribution_presences_contribution_id_contributions"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_contribution_presences_user_id_users")),
        sa.PrimaryKeyConstraint("contribution_id", "user_id", name=op.f("pk_contribution_presences")),
    )
    _lay_anew(
        [
            sa.Column("part", sa.String(length=64), nullable=False),
            sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("value", JSON, nullable=True),
        ],
        ["contribution_id", "part", "revision"],
    )
    _fill(("part", "value"), _changes(_saved(("draft",), "revision")))
    _forget()


def downgrade() -> None:
    _lay_anew(
        [
            sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("draft", JSON, nullable=False),
        ],
        ["contribution_id", "revision"],
    )
    _fill(("draft",), _wholes(_saved(("part", "value"), "revision", "part")))
    _forget()
    op.drop_table("contribution_presences")


def _lay_anew(own: list[sa.Column[Any]], key: list[str]) -> None:
    """Makes the table anew with these columns between whose and when; a copy holds what stood in it."""
    op.execute(f"CREATE TEMPORARY TABLE {BEFORE} AS SELECT * FROM {TABLE}")
    op.drop_table(TABLE)
    unfreeze(op.get_bind(), TABLE)
    op.create_table(
        TABLE,
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        *own,
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f(f"fk_{TABLE}_changed_by_users")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f(f"fk_{TABLE}_contribution_id_contributions")
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{TABLE}")),
    )


def _forget() -> None:
    op.execute(f"DROP TABLE {BEFORE}")
    freeze(op.get_bind(), TABLE)


def _table(name: str, own: Iterable[str]) -> sa.TableClause:
    types = {"revision": sa.Integer(), "part": sa.String(), "draft": JSON, "value": JSON, "changed_at": sa.DateTime(True)}
    return sa.table(name, *(sa.column(one, types.get(one, sa.Uuid())) for one in (*SAVE, *own)))


def _saved(own: Iterable[str], *order: str) -> Iterator[list[Any]]:
    """The rows of the copy, of one contribution at a time."""
    before = _table(BEFORE, own)
    query = sa.select(before).order_by(before.c.contribution_id, *(before.c[name] for name in order))
    rows = op.get_bind().execute(query.execution_options(yield_per=AT_ONCE))
    for _whose, of_one in groupby(rows.mappings(), key=lambda row: row["contribution_id"]):
        yield [dict(row) for row in of_one]


def _fill(own: Iterable[str], rows: Iterator[dict[str, Any]]) -> None:
    insert = _table(TABLE, own).insert()
    while some := list(islice(rows, AT_ONCE)):
        op.get_bind().execute(insert, some)


def _parts(draft: dict[str, Any]) -> dict[str, Any]:
    return {name: draft[name] for name in HEAD} | draft["values"]


def _changes(saved: Iterator[list[Any]]) -> Iterator[dict[str, Any]]:
    """What each save changed; the first of a contribution changed all that it holds."""
    for of_one in saved:
        stood: dict[str, Any] = {}
        for row in of_one:
            parts = _parts(row["draft"])
            for name in dict.fromkeys([*parts, *stood]):
                if name not in stood or parts.get(name) != stood[name]:
                    yield {key: row[key] for key in SAVE} | {"part": name, "value": parts.get(name)}
            stood = parts


def _wholes(saved: Iterator[list[Any]]) -> Iterator[dict[str, Any]]:
    """The whole draft as each save left it."""
    for of_one in saved:
        stood: dict[str, Any] = {}
        for _revision, of_save in groupby(of_one, key=lambda row: row["revision"]):
            rows = list(of_save)
            stood |= {row["part"]: row["value"] for row in rows}
            values = {name: value for name, value in stood.items() if name not in HEAD and value is not None}
            draft = {name: stood[name] for name in HEAD} | {"values": values}
            yield {key: rows[0][key] for key in SAVE} | {"draft": draft}
