"""Texts that stand beside a part of a contribution until a person chooses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "contribution_asides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contribution_asides_contribution_id_contributions")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_contribution_asides_settled_by_users")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_contribution_asides_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_asides")),
    )
    op.create_index(
        "ix_contribution_asides_open", "contribution_asides", ["contribution_id", "settled_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_contribution_asides_open", table_name="contribution_asides")
    op.drop_table("contribution_asides")
