"""Statements cite figures that states give in their reports."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = {
    "citations": ("reported_figure_id", "cited_reported_figure_id"),
    "rechecks": ("old_reported_figure_id", "new_reported_figure_id"),
}
INDEX = "ix_citations_reported_figure_id"

WITHOUT_THEM = (
    "DELETE FROM rechecks WHERE citation_id IN (SELECT id FROM citations WHERE kind = 'reported')",
    "DELETE FROM citations WHERE kind = 'reported'",
    """
    UPDATE statements SET state = CASE WHEN EXISTS (
        SELECT 1 FROM citations c WHERE c.statement_id = statements.id AND c.removed_at IS NULL AND c.stance = 'for'
    ) THEN 'supported' ELSE 'draft' END
    WHERE state IN ('supported', 'check_again') AND NOT EXISTS (
        SELECT 1 FROM rechecks r WHERE r.statement_id = statements.id AND r.settled_at IS NULL
    )
    """,
)
"""What the table before cannot hold; the statements are left in the state that their other citations give them."""


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            key = f"CONSTRAINT fk_{table}_{column}_reported_figures REFERENCES reported_figures (id)"
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} BIGINT {key}")
    op.create_index(INDEX, "citations", ["reported_figure_id"], unique=False)


def downgrade() -> None:
    for statement in WITHOUT_THEM:
        op.execute(statement)
    op.drop_index(INDEX, table_name="citations")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
