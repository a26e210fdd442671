"""Figures that states give in their reports. Those of versions that were submitted before are laid by
`flask passages cut`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reported_figures",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("value_text", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("bound", sa.String(length=2), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_asked", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("disaggregation", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("laid_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_reported_figures_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_reported_figures_entity_entities")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_reported_figures_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_figures")),
        sa.UniqueConstraint(
            "report_id",
            "version",
            "question",
            "ordinal",
            name=op.f("uq_reported_figures_report_id_version_question_ordinal"),
        ),
    )
    op.create_index(op.f("ix_reported_figures_entity"), "reported_figures", ["entity"], unique=False)
    op.create_index(
        "ix_reported_figures_place", "reported_figures", ["cycle", "current", "indicator", "region"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_reported_figures_place", table_name="reported_figures")
    op.drop_index(op.f("ix_reported_figures_entity"), table_name="reported_figures")
    op.drop_table("reported_figures")
