"""Passages of several commitments, and contributions on several states and regions. Those of versions that were sent
before are laid by `flask passages cut`, which also lets stand what was accepted alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "contribution_places",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contribution_places_contribution_id_contributions")
        ),
        sa.PrimaryKeyConstraint("contribution_id", "version", "region", "entity", name=op.f("pk_contribution_places")),
    )
    op.create_index("ix_contribution_places_entity", "contribution_places", ["entity"], unique=False)
    op.create_table(
        "passage_commitments",
        sa.Column("passage_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.id"], name=op.f("fk_passage_commitments_passage_id_passages")
        ),
        sa.PrimaryKeyConstraint("passage_id", "commitment", name=op.f("pk_passage_commitments")),
    )
    op.create_index(
        "ix_passage_commitments_commitment", "passage_commitments", ["commitment", "passage_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_passage_commitments_commitment", table_name="passage_commitments")
    op.drop_table("passage_commitments")
    op.drop_index("ix_contribution_places_entity", table_name="contribution_places")
    op.drop_table("contribution_places")
