"""Where figures refer to is checked on PostgreSQL once a statement and no longer row by row."""

from __future__ import annotations

from alembic import op

from portal.migrations import refer_in_sets, refer_row_by_row

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REFERRED = {
    "series_id": ("series", "id"),
    "area_id": ("areas", "id"),
    "cut_id": ("cuts", "id"),
    "import_number": ("imports", "number"),
}


def upgrade() -> None:
    refer_in_sets(op.get_bind(), "observations", REFERRED)


def downgrade() -> None:
    refer_row_by_row(op.get_bind(), "observations", REFERRED)
