"""Contradictions between channels as cases with an outcome."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, unfreeze

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=True),
        sa.Column("indicator", sa.String(length=64), nullable=True),
        sa.Column("commitment", sa.String(length=64), nullable=True),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("sides", JSON, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("remark_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_cases_asked_by_users")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_cases_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_cases_entity_entities")),
        sa.ForeignKeyConstraint(["raised_by"], ["users.id"], name=op.f("fk_cases_raised_by_users")),
        sa.ForeignKeyConstraint(["remark_id"], ["remarks.id"], name=op.f("fk_cases_remark_id_remarks")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_cases_settled_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("key", name=op.f("uq_cases_key")),
    )
    op.create_index("ix_cases_cycle_state", "cases", ["cycle", "state"], unique=False)
    op.create_index("ix_cases_entity", "cases", ["entity", "indicator"], unique=False)
    op.create_table(
        "case_outcomes",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sides", JSON, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_outcomes_case_id_cases")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_case_outcomes_settled_by_users")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_case_outcomes")),
    )
    freeze(op.get_bind(), "case_outcomes")


def downgrade() -> None:
    op.drop_table("case_outcomes")
    op.drop_index("ix_cases_entity", table_name="cases")
    op.drop_index("ix_cases_cycle_state", table_name="cases")
    op.drop_table("cases")
    unfreeze(op.get_bind(), "case_outcomes")
