"""Working together on a draft: sharing, what is kept of it, where its words came from, and practice reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, unfreeze

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
APPEND_ONLY = ("restore_points", "takings")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("succeeds", sa.Uuid(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["users.id"], name=op.f("fk_invitations_accepted_by_users")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_invitations_entity_entities")),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f("fk_invitations_invited_by_users")),
        sa.ForeignKeyConstraint(["succeeds"], ["users.id"], name=op.f("fk_invitations_succeeds_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitations_digest")),
    )
    op.create_index(op.f("ix_invitations_entity"), "invitations", ["entity"], unique=False)
    op.create_table(
        "asides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_asides_report_id_reports")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_asides_settled_by_users")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_asides_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asides")),
    )
    op.create_index("ix_asides_open", "asides", ["report_id", "settled_at"], unique=False)
    op.create_table(
        "carried",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_report", sa.Uuid(), nullable=False),
        sa.Column("source_version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["carried_by"], ["users.id"], name=op.f("fk_carried_carried_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_carried_report_id_reports")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_carried_settled_by_users")),
        sa.ForeignKeyConstraint(["source_report"], ["reports.id"], name=op.f("fk_carried_source_report_reports")),
        sa.PrimaryKeyConstraint("report_id", "question", "language", name=op.f("pk_carried")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=True),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["follows"], ["comments.id"], name=op.f("fk_comments_follows_comments")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_comments_report_id_reports")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_comments_settled_by_users")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_comments_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_report_id"), "comments", ["report_id"], unique=False)
    op.create_table(
        "explanations",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_of", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_explanations_report_id_reports")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_explanations_written_by_users")),
        sa.PrimaryKeyConstraint("report_id", "question", "language", "rule", "about", name=op.f("pk_explanations")),
    )
    op.create_table(
        "handouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("began", JSON, nullable=False),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_out_by", sa.Uuid(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_note", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["handed_out_by"], ["users.id"], name=op.f("fk_handouts_handed_out_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_handouts_report_id_reports")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_handouts_settled_by_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_handouts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handouts")),
    )
    op.create_index(op.f("ix_handouts_report_id"), "handouts", ["report_id"], unique=False)
    op.create_index(op.f("ix_handouts_user_id"), "handouts", ["user_id"], unique=False)
    op.create_table(
        "presences",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_presences_report_id_reports")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_presences_user_id_users")),
        sa.PrimaryKeyConstraint("report_id", "section", "user_id", name=op.f("pk_presences")),
    )
    op.create_table(
        "restore_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("revisions", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_restore_points_made_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_restore_points_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restore_points")),
    )
    op.create_index(op.f("ix_restore_points_report_id"), "restore_points", ["report_id"], unique=False)
    op.create_table(
        "source_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("year", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_source_documents_added_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_source_documents_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_documents")),
        sa.UniqueConstraint("blob", name=op.f("uq_source_documents_blob")),
    )
    op.create_index(op.f("ix_source_documents_report_id"), "source_documents", ["report_id"], unique=False)
    op.create_table(
        "clearance_terms",
        sa.Column("clearance_id", sa.Uuid(), nullable=False),
        sa.Column("asked_of", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("escalates_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters", JSON, nullable=False),
        sa.Column("point", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["asked_of"], ["users.id"], name=op.f("fk_clearance_terms_asked_of_users")),
        sa.ForeignKeyConstraint(
            ["clearance_id"], ["clearances.id"], name=op.f("fk_clearance_terms_clearance_id_clearances")
        ),
        sa.ForeignKeyConstraint(["point"], ["restore_points.id"], name=op.f("fk_clearance_terms_point_restore_points")),
        sa.PrimaryKeyConstraint("clearance_id", name=op.f("pk_clearance_terms")),
    )
    op.create_table(
        "reminders",
        sa.Column("handout_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["handout_id"], ["handouts.id"], name=op.f("fk_reminders_handout_id_handouts")),
        sa.PrimaryKeyConstraint("handout_id", "kind", name=op.f("pk_reminders")),
    )
    op.create_table(
        "source_passages",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["source_documents.id"], name=op.f("fk_source_passages_document_id_source_documents")
        ),
        sa.PrimaryKeyConstraint("document_id", "ordinal", name=op.f("pk_source_passages")),
    )
    op.create_table(
        "takings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["source_documents.id"], name=op.f("fk_takings_document_id_source_documents")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_takings_report_id_reports")),
        sa.ForeignKeyConstraint(["taken_by"], ["users.id"], name=op.f("fk_takings_taken_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takings")),
    )
    op.create_index(op.f("ix_takings_report_id"), "takings", ["report_id"], unique=False)
    op.add_column("cycles", sa.Column("practice_of", sa.String(length=64), nullable=True))
    op.add_column("reports", sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in APPEND_ONLY:
        freeze(op.get_bind(), table)


def downgrade() -> None:
    op.drop_column("reports", "practice")
    op.drop_column("cycles", "practice_of")
    op.drop_index(op.f("ix_takings_report_id"), table_name="takings")
    op.drop_table("takings")
    op.drop_table("source_passages")
    op.drop_table("reminders")
    op.drop_table("clearance_terms")
    op.drop_index(op.f("ix_source_documents_report_id"), table_name="source_documents")
    op.drop_table("source_documents")
    op.drop_index(op.f("ix_restore_points_report_id"), table_name="restore_points")
    op.drop_table("restore_points")
    op.drop_table("presences")
    op.drop_index(op.f("ix_handouts_user_id"), table_name="handouts")
    op.drop_index(op.f("ix_handouts_report_id"), table_name="handouts")
    op.drop_table("handouts")
    op.drop_table("explanations")
    op.drop_index(op.f("ix_comments_report_id"), table_name="comments")
    op.drop_table("comments")
    op.drop_table("carried")
    op.drop_index("ix_asides_open", table_name="asides")
    op.drop_table("asides")
    op.drop_index(op.f("ix_invitations_entity"), table_name="invitations")
    op.drop_table("invitations")
    for table in APPEND_ONLY:
        unfreeze(op.get_bind(), table)
