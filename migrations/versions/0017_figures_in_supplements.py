"""What a late report does to a statement is told by a figure that it gives, too."""

from __future__ import annotations

from alembic import op

from portal.migrations import freeze, thaw

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE, COLUMN = "supplement_marks", "reported_figure_id"
KEY = f"CONSTRAINT fk_{TABLE}_{COLUMN}_reported_figures REFERENCES reported_figures (id)"
BY_A_FIGURE_ALONE = f"DELETE FROM {TABLE} WHERE {COLUMN} IS NOT NULL AND passage_id IS NULL"
"""What the table before cannot hold: it names passages alone."""


def upgrade() -> None:
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN {COLUMN} BIGINT {KEY}")


def downgrade() -> None:
    thaw(op.get_bind(), TABLE)
    op.execute(BY_A_FIGURE_ALONE)
    op.drop_column(TABLE, COLUMN)
    freeze(op.get_bind(), TABLE)
