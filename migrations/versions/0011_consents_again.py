"""A consent to publication can be given anew with other files; each that was given stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, unfreeze

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
KEPT = "report_id, version, attachments, given_at, given_by"


def upgrade() -> None:
    _lay_anew(
        [sa.Column("number", sa.Integer(), nullable=False)],
        ["report_id", "version", "number"],
        f"INSERT INTO consents ({KEPT}, number) SELECT {KEPT}, 1 FROM consents_before",
    )


def downgrade() -> None:
    newest = "SELECT max(o.number) FROM consents_before o WHERE o.report_id = b.report_id AND o.version = b.version"
    _lay_anew(
        [],
        ["report_id", "version"],
        f"INSERT INTO consents ({KEPT}) SELECT {KEPT} FROM consents_before b WHERE number = ({newest})",
    )


def _lay_anew(more: list[sa.Column[int]], key: list[str], fill: str) -> None:
    """Makes the table anew with another key; what it held is filled in from a copy of it."""
    op.execute("CREATE TEMPORARY TABLE consents_before AS SELECT * FROM consents")
    op.drop_table("consents")
    unfreeze(op.get_bind(), "consents")
    op.create_table(
        "consents",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *more,
        sa.Column("attachments", JSON, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_consents_given_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_consents_report_id_reports")),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_consents")),
    )
    op.execute(fill)
    op.execute("DROP TABLE consents_before")
    freeze(op.get_bind(), "consents")
