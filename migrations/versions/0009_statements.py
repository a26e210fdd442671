"""Statements of the synthesis, what they cite, what is to be checked again, late supplements, releases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.migrations import freeze, unfreeze

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("statement_revisions", "supplement_marks", "synthesis_releases")


def upgrade() -> None:
    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("heading", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_statements_changed_by_users")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_statements_cycle_cycles")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_statements_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    op.create_index("ix_statements_heading", "statements", ["cycle", "heading", "ordinal"], unique=False)
    op.create_table(
        "synthesis_releases",
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_synthesis_releases_cycle_cycles")),
        sa.ForeignKeyConstraint(["released_by"], ["users.id"], name=op.f("fk_synthesis_releases_released_by_users")),
        sa.PrimaryKeyConstraint("cycle", "number", name=op.f("pk_synthesis_releases")),
    )
    op.create_table(
        "citations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("passage_id", NUMBER, nullable=True),
        sa.Column("cited_passage_id", NUMBER, nullable=True),
        sa.Column("observation_id", NUMBER, nullable=True),
        sa.Column("value_text", sa.String(length=80), nullable=False),
        sa.Column("stance", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_citations_added_by_users")),
        sa.ForeignKeyConstraint(
            ["cited_passage_id"], ["passages.id"], name=op.f("fk_citations_cited_passage_id_passages")
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name=op.f("fk_citations_observation_id_observations")
        ),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_citations_passage_id_passages")),
        sa.ForeignKeyConstraint(["removed_by"], ["users.id"], name=op.f("fk_citations_removed_by_users")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_citations_statement_id_statements")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citations")),
    )
    op.create_index(op.f("ix_citations_observation_id"), "citations", ["observation_id"], unique=False)
    op.create_index(op.f("ix_citations_passage_id"), "citations", ["passage_id"], unique=False)
    op.create_index(op.f("ix_citations_statement_id"), "citations", ["statement_id"], unique=False)
    op.create_table(
        "statement_revisions",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_statement_revisions_changed_by_users")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_statement_revisions_statement_id_statements")
        ),
        sa.PrimaryKeyConstraint("statement_id", "number", name=op.f("pk_statement_revisions")),
    )
    op.create_table(
        "supplements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_supplements_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_supplements_entity_entities")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_supplements_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplements")),
        sa.UniqueConstraint("report_id", name=op.f("uq_supplements_report_id")),
    )
    op.create_index(op.f("ix_supplements_cycle"), "supplements", ["cycle"], unique=False)
    op.create_table(
        "rechecks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("citation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("old_passage_id", NUMBER, nullable=True),
        sa.Column("new_passage_id", NUMBER, nullable=True),
        sa.Column("old_value", sa.String(length=80), nullable=False),
        sa.Column("new_value", sa.String(length=80), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["citation_id"], ["citations.id"], name=op.f("fk_rechecks_citation_id_citations")),
        sa.ForeignKeyConstraint(["new_passage_id"], ["passages.id"], name=op.f("fk_rechecks_new_passage_id_passages")),
        sa.ForeignKeyConstraint(["old_passage_id"], ["passages.id"], name=op.f("fk_rechecks_old_passage_id_passages")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_rechecks_settled_by_users")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_rechecks_statement_id_statements")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rechecks")),
    )
    op.create_index(op.f("ix_rechecks_statement_id"), "rechecks", ["statement_id"], unique=False)
    op.create_index(
        "uq_rechecks_open",
        "rechecks",
        ["citation_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "supplement_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplement_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("statement_revision", sa.Integer(), nullable=False),
        sa.Column("effect", sa.String(length=64), nullable=False),
        sa.Column("passage_id", NUMBER, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["chosen_by"], ["users.id"], name=op.f("fk_supplement_marks_chosen_by_users")),
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=op.f("fk_supplement_marks_passage_id_passages")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_supplement_marks_statement_id_statements")
        ),
        sa.ForeignKeyConstraint(
            ["supplement_id"], ["supplements.id"], name=op.f("fk_supplement_marks_supplement_id_supplements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement_marks")),
        sa.UniqueConstraint(
            "supplement_id",
            "statement_id",
            "number",
            name=op.f("uq_supplement_marks_supplement_id_statement_id_number"),
        ),
    )
    op.create_index(op.f("ix_supplement_marks_statement_id"), "supplement_marks", ["statement_id"], unique=False)
    for table in APPEND_ONLY:
        freeze(op.get_bind(), table)


def downgrade() -> None:
    op.drop_index(op.f("ix_supplement_marks_statement_id"), table_name="supplement_marks")
    op.drop_table("supplement_marks")
    op.drop_index("uq_rechecks_open", table_name="rechecks")
    op.drop_index(op.f("ix_rechecks_statement_id"), table_name="rechecks")
    op.drop_table("rechecks")
    op.drop_index(op.f("ix_supplements_cycle"), table_name="supplements")
    op.drop_table("supplements")
    op.drop_table("statement_revisions")
    op.drop_index(op.f("ix_citations_statement_id"), table_name="citations")
    op.drop_index(op.f("ix_citations_passage_id"), table_name="citations")
    op.drop_index(op.f("ix_citations_observation_id"), table_name="citations")
    op.drop_table("citations")
    op.drop_table("synthesis_releases")
    op.drop_index("ix_statements_heading", table_name="statements")
    op.drop_table("statements")
    for table in APPEND_ONLY:
        unfreeze(op.get_bind(), table)
