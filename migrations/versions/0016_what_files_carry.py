"""What a file carries is kept beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLES = ("attachments", "contribution_files")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("remarks", JSON, nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "remarks")
