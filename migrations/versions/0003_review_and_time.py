"""Review against the timeline: remarks, internal notes, phases and what they deliver, extensions, mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, settle_once, unfreeze, unsettle

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
APPEND_ONLY = ("deliverables", "intentions", "internal_notes", "phase_closings", "remark_words", "sign_offs")


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("notices", JSON, nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_letters_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index(op.f("ix_letters_user_id"), "letters", ["user_id"], unique=False)
    op.create_index("ix_letters_waiting", "letters", ["sent_at", "next_at"], unique=False)
    op.create_table(
        "mail_wishes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("manner", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mail_wishes_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_wishes")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_user_id"), "saved_views", ["user_id"], unique=False)
    op.create_table(
        "cycle_reminders",
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_cycle_reminders_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_cycle_reminders_entity_entities")),
        sa.PrimaryKeyConstraint("cycle", "entity", "kind", name=op.f("pk_cycle_reminders")),
    )
    op.create_table(
        "extensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("wanted_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_extensions_answered_by_users")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_extensions_asked_by_users")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_extensions_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_extensions_entity_entities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_entity"), "extensions", ["entity"], unique=False)
    op.create_table(
        "intentions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("by_day", sa.Date(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_intentions_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_intentions_entity_entities")),
        sa.ForeignKeyConstraint(["stated_by"], ["users.id"], name=op.f("fk_intentions_stated_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intentions")),
        sa.UniqueConstraint("entity", "cycle", "stated_at", name=op.f("uq_intentions_entity_cycle_stated_at")),
    )
    op.create_table(
        "deliverables",
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle", "phase"], ["phases.cycle", "phases.key"], name=op.f("fk_deliverables_cycle_phases")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_deliverables_written_by_users")),
        sa.PrimaryKeyConstraint("cycle", "phase", "number", name=op.f("pk_deliverables")),
    )
    op.create_table(
        "internal_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_internal_notes_report_id_reports")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_internal_notes_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_notes")),
    )
    op.create_index(op.f("ix_internal_notes_report_id"), "internal_notes", ["report_id"], unique=False)
    op.create_table(
        "phase_closings",
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("deliverable", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_phase_closings_closed_by_users")),
        sa.ForeignKeyConstraint(
            ["cycle", "phase"], ["phases.cycle", "phases.key"], name=op.f("fk_phase_closings_cycle_phases")
        ),
        sa.PrimaryKeyConstraint("cycle", "phase", name=op.f("pk_phase_closings")),
    )
    op.create_table(
        "remarks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_language", sa.String(length=2), nullable=False),
        sa.Column("wording", JSON, nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=64), nullable=True),
        sa.Column("answer_words", sa.Text(), nullable=False),
        sa.Column("answered_revision", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_as", sa.String(length=64), nullable=True),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["follows"], ["remarks.id"], name=op.f("fk_remarks_follows_remarks")),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_remarks_answered_by_users")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_remarks_closed_by_users")),
        sa.ForeignKeyConstraint(
            ["report_id", "version"],
            ["versions.report_id", "versions.number"],
            name=op.f("fk_remarks_report_id_versions"),
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_remarks_report_id_reports")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_remarks_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index("ix_remarks_report", "remarks", ["report_id", "sent_at"], unique=False)
    op.create_table(
        "sign_offs",
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle", "phase", "number"],
            ["deliverables.cycle", "deliverables.phase", "deliverables.number"],
            name=op.f("fk_sign_offs_cycle_deliverables"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_offs_user_id_users")),
        sa.PrimaryKeyConstraint("cycle", "phase", "number", "user_id", name=op.f("pk_sign_offs")),
    )
    op.create_table(
        "remark_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("remark_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["remark_id"], ["remarks.id"], name=op.f("fk_remark_words_remark_id_remarks")),
        sa.ForeignKeyConstraint(["said_by"], ["users.id"], name=op.f("fk_remark_words_said_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark_words")),
    )
    op.create_index(op.f("ix_remark_words_remark_id"), "remark_words", ["remark_id"], unique=False)
    for table in APPEND_ONLY:
        freeze(op.get_bind(), table)
    settle_once(op.get_bind(), "reports", "first_submitted_at")


def downgrade() -> None:
    unsettle(op.get_bind(), "reports", "first_submitted_at")
    op.drop_index(op.f("ix_remark_words_remark_id"), table_name="remark_words")
    op.drop_table("remark_words")
    op.drop_table("sign_offs")
    op.drop_index("ix_remarks_report", table_name="remarks")
    op.drop_table("remarks")
    op.drop_table("phase_closings")
    op.drop_index(op.f("ix_internal_notes_report_id"), table_name="internal_notes")
    op.drop_table("internal_notes")
    op.drop_table("deliverables")
    op.drop_table("intentions")
    op.drop_index(op.f("ix_extensions_entity"), table_name="extensions")
    op.drop_table("extensions")
    op.drop_table("cycle_reminders")
    op.drop_index(op.f("ix_saved_views_user_id"), table_name="saved_views")
    op.drop_table("saved_views")
    op.drop_table("mail_wishes")
    op.drop_index("ix_letters_waiting", table_name="letters")
    op.drop_index(op.f("ix_letters_user_id"), table_name="letters")
    op.drop_table("letters")
    for table in APPEND_ONLY:
        unfreeze(op.get_bind(), table)
