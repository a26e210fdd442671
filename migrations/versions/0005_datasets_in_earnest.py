"""Channel b in earnest: mappings, previews, verification, totals of figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, unfreeze

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SERIES_OF_IMPORTS = """
INSERT INTO import_series (import_number, series_id)
SELECT import_number, series_id FROM observations
UNION SELECT r.import_number, o.series_id FROM observation_revisions r JOIN observations o ON o.id = r.observation_id
"""
TOTALS = """
INSERT INTO observation_totals (series_id, year, cut_id, region, count, sum, low, high, states)
SELECT o.series_id, o.year, o.cut_id, e.region, count(*), sum(o.value), min(o.value), max(o.value),
    count(DISTINCT o.area_id)
FROM observations o JOIN areas a ON a.id = o.area_id JOIN entities e ON e.iso3 = a.key
WHERE o.value IS NOT NULL
GROUP BY o.series_id, o.year, o.cut_id, e.region
"""


def upgrade() -> None:
    op.add_column("imports", sa.Column("standing", sa.String(length=64), nullable=False, server_default="unverified"))
    op.create_index("ix_observations_import_number", "observations", ["import_number"], unique=False)
    op.create_table(
        "pending_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("told", JSON, nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_number", NUMBER, nullable=True),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["sent_by"], ["users.id"], name=op.f("fk_pending_files_sent_by_users")),
        sa.ForeignKeyConstraint(
            ["import_number"], ["imports.number"], name=op.f("fk_pending_files_import_number_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_files")),
    )
    op.create_index(op.f("ix_pending_files_state"), "pending_files", ["state"], unique=False)
    op.create_table(
        "column_mappings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["users.id"], name=op.f("fk_column_mappings_saved_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mappings")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_column_mappings_fingerprint")),
    )
    op.create_table(
        "area_aliases",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("wording", sa.String(length=300), nullable=False),
        sa.Column("area", sa.String(length=200), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["said_by"], ["users.id"], name=op.f("fk_area_aliases_said_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_aliases")),
        sa.UniqueConstraint("source", "wording", name=op.f("uq_area_aliases_source_wording")),
    )
    op.create_table(
        "import_series",
        sa.Column("import_number", NUMBER, nullable=False),
        sa.Column("series_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_number"], ["imports.number"], name=op.f("fk_import_series_import_number_imports")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_import_series_series_id_series")),
        sa.PrimaryKeyConstraint("import_number", "series_id", name=op.f("pk_import_series")),
    )
    op.create_index(op.f("ix_import_series_series_id"), "import_series", ["series_id"], unique=False)
    op.create_table(
        "import_verdicts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("import_number", NUMBER, nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_number"], ["imports.number"], name=op.f("fk_import_verdicts_import_number_imports")
        ),
        sa.ForeignKeyConstraint(["said_by"], ["users.id"], name=op.f("fk_import_verdicts_said_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_verdicts")),
    )
    op.create_index(op.f("ix_import_verdicts_import_number"), "import_verdicts", ["import_number"], unique=False)
    op.create_table(
        "observation_totals",
        sa.Column("series_id", NUMBER, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cut_id", NUMBER, nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sum", sa.Float(53), nullable=False),
        sa.Column("low", sa.Float(53), nullable=False),
        sa.Column("high", sa.Float(53), nullable=False),
        sa.Column("states", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_observation_totals_series_id_series")),
        sa.ForeignKeyConstraint(["cut_id"], ["cuts.id"], name=op.f("fk_observation_totals_cut_id_cuts")),
        sa.PrimaryKeyConstraint("series_id", "year", "cut_id", "region", name=op.f("pk_observation_totals")),
    )
    op.create_index("ix_observation_totals_region_year", "observation_totals", ["region", "year"], unique=False)
    freeze(op.get_bind(), "import_verdicts")
    for statement in (SERIES_OF_IMPORTS, TOTALS):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("observation_totals")
    op.drop_table("import_verdicts")
    unfreeze(op.get_bind(), "import_verdicts")
    op.drop_table("import_series")
    op.drop_table("area_aliases")
    op.drop_table("column_mappings")
    op.drop_table("pending_files")
    op.drop_index("ix_observations_import_number", table_name="observations")
    op.drop_column("imports", "standing")
