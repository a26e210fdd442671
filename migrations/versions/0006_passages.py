"""Passages of what was submitted, what they are coded as, and the words they are found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE passage_words USING fts5(words, content='', tokenize='unicode61 remove_diacritics 0')",
    ),
    "postgresql": (
        "CREATE TABLE passage_words (rowid bigint PRIMARY KEY REFERENCES passages (id), words tsvector NOT NULL)",
        "CREATE INDEX ix_passage_words ON passage_words USING gin (words)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "files_to_read",
        sa.Column("version_of", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("laid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version_of", "version", "file", name=op.f("pk_files_to_read")),
    )
    op.create_index("ix_files_to_read_waiting", "files_to_read", ["read_at", "laid_at"], unique=False)
    op.create_table(
        "passages",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("contribution_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=1), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("region", sa.String(length=100), nullable=True),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("follows", NUMBER, nullable=True),
        sa.Column("change", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_passages_contribution_id_contributions")
        ),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_passages_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_passages_entity_entities")),
        sa.ForeignKeyConstraint(["follows"], ["passages.id"], name=op.f("fk_passages_follows_passages")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_passages_partner_id_partners")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_passages_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint("key", name=op.f("uq_passages_key")),
    )
    op.create_index("ix_passages_contribution", "passages", ["contribution_id", "version"], unique=False)
    op.create_index(op.f("ix_passages_entity"), "passages", ["entity"], unique=False)
    op.create_index(op.f("ix_passages_follows"), "passages", ["follows"], unique=False)
    op.create_index(op.f("ix_passages_hash"), "passages", ["hash"], unique=False)
    op.create_index(op.f("ix_passages_partner_id"), "passages", ["partner_id"], unique=False)
    op.create_index(
        "ix_passages_place", "passages", ["cycle", "current", "commitment", "channel", "region"], unique=False
    )
    op.create_index("ix_passages_report", "passages", ["report_id", "version"], unique=False)
    op.create_table(
        "coded",
        sa.Column("passage_id", NUMBER, nullable=False),
        sa.Column("coder", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coder"], ["users.id"], name=op.f("fk_coded_coder_users")),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_coded_passage_id_passages")),
        sa.PrimaryKeyConstraint("passage_id", "coder", name=op.f("pk_coded")),
    )
    op.create_table(
        "codings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("passage_id", NUMBER, nullable=False),
        sa.Column("coder", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carried_from", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["coder"], ["users.id"], name=op.f("fk_codings_coder_users")),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_codings_passage_id_passages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codings")),
    )
    op.create_index("ix_codings_code", "codings", ["code", "removed_at"], unique=False)
    op.create_index(op.f("ix_codings_passage_id"), "codings", ["passage_id"], unique=False)
    op.create_table(
        "near_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("passage_id", NUMBER, nullable=False),
        sa.Column("other_id", NUMBER, nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["passages.id"], name=op.f("fk_near_copies_other_id_passages")),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_near_copies_passage_id_passages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_copies")),
        sa.UniqueConstraint("passage_id", "other_id", name=op.f("uq_near_copies_passage_id_other_id")),
    )
    op.create_index("ix_near_copies_kind", "near_copies", ["kind", "likeness"], unique=False)
    op.create_index(op.f("ix_near_copies_other_id"), "near_copies", ["other_id"], unique=False)
    op.create_table(
        "passage_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("passage_id", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_passage_bands_passage_id_passages")),
        sa.PrimaryKeyConstraint("band", "passage_id", name=op.f("pk_passage_bands")),
    )
    for statement in WORDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("passage_words")
    op.drop_table("passage_bands")
    op.drop_index(op.f("ix_near_copies_other_id"), table_name="near_copies")
    op.drop_index("ix_near_copies_kind", table_name="near_copies")
    op.drop_table("near_copies")
    op.drop_index(op.f("ix_codings_passage_id"), table_name="codings")
    op.drop_index("ix_codings_code", table_name="codings")
    op.drop_table("codings")
    op.drop_table("coded")
    op.drop_index("ix_passages_report", table_name="passages")
    op.drop_index("ix_passages_place", table_name="passages")
    op.drop_index(op.f("ix_passages_partner_id"), table_name="passages")
    op.drop_index(op.f("ix_passages_hash"), table_name="passages")
    op.drop_index(op.f("ix_passages_follows"), table_name="passages")
    op.drop_index(op.f("ix_passages_entity"), table_name="passages")
    op.drop_index("ix_passages_contribution", table_name="passages")
    op.drop_table("passages")
    op.drop_index("ix_files_to_read_waiting", table_name="files_to_read")
    op.drop_table("files_to_read")
