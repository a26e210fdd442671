"""Contributions of partners in channels c to f: calls, partners, versions, replies of states."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, unfreeze

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
APPEND_ONLY = ("contribution_revisions", "contribution_versions", "moderations", "state_replies")


def upgrade() -> None:
    op.create_table(
        "partners",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=True),
        sa.Column("entity", sa.String(length=3), nullable=True),
        sa.Column("credit", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_partners_entity_entities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
    )
    op.create_index(op.f("ix_partners_name"), "partners", ["name"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=1), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("registration", sa.String(length=64), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_calls_closed_by_users")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_calls_cycle_cycles")),
        sa.ForeignKeyConstraint(["edition"], ["editions.key"], name=op.f("fk_calls_edition_editions")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_calls_opened_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_channel", "calls", ["cycle", "channel"], unique=False)
    op.create_table(
        "partner_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["users.id"], name=op.f("fk_partner_invitations_accepted_by_users")),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f("fk_partner_invitations_invited_by_users")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_partner_invitations_partner_id_partners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_partner_invitations_digest")),
    )
    op.create_index(op.f("ix_partner_invitations_partner_id"), "partner_invitations", ["partner_id"], unique=False)
    op.create_table(
        "partner_members",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_members_partner_id_partners")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_partner_members_user_id_users")),
        sa.PrimaryKeyConstraint("partner_id", "user_id", name=op.f("pk_partner_members")),
    )
    op.create_index(op.f("ix_partner_members_user_id"), "partner_members", ["user_id"], unique=False)
    op.create_table(
        "call_partners",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_partners_call_id_calls")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_call_partners_partner_id_partners")),
        sa.PrimaryKeyConstraint("call_id", "partner_id", name=op.f("pk_call_partners")),
    )
    op.create_index(op.f("ix_call_partners_partner_id"), "call_partners", ["partner_id"], unique=False)
    op.create_table(
        "contributions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=1), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("areas", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("credit", sa.String(length=300), nullable=False),
        sa.Column("mark", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_contributions_call_id_calls")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_contributions_created_by_users")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_contributions_cycle_cycles")),
        sa.ForeignKeyConstraint(["edition"], ["editions.key"], name=op.f("fk_contributions_edition_editions")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_contributions_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
    )
    op.create_index(op.f("ix_contributions_call_id"), "contributions", ["call_id"], unique=False)
    op.create_index("ix_contributions_channel", "contributions", ["cycle", "channel", "state"], unique=False)
    op.create_index("ix_contributions_mark", "contributions", ["partner_id", "channel", "mark"], unique=False)
    op.create_index(op.f("ix_contributions_partner_id"), "contributions", ["partner_id"], unique=False)
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_registrations_call_id_calls")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_registrations_decided_by_users")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_registrations_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    op.create_index("ix_registrations_open", "registrations", ["call_id", "decided_at"], unique=False)
    op.create_table(
        "contribution_areas",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(length=200), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contribution_areas_contribution_id_contributions")
        ),
        sa.PrimaryKeyConstraint("contribution_id", "area", name=op.f("pk_contribution_areas")),
    )
    op.create_index(op.f("ix_contribution_areas_area"), "contribution_areas", ["area"], unique=False)
    op.create_table(
        "contribution_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_contribution_files_added_by_users")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_contribution_files_contribution_id_contributions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_files")),
        sa.UniqueConstraint("blob", name=op.f("uq_contribution_files_blob")),
    )
    op.create_index(
        op.f("ix_contribution_files_contribution_id"), "contribution_files", ["contribution_id"], unique=False
    )
    op.create_table(
        "contribution_revisions",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_contribution_revisions_changed_by_users")),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name=op.f("fk_contribution_revisions_contribution_id_contributions"),
        ),
        sa.PrimaryKeyConstraint("contribution_id", "revision", name=op.f("pk_contribution_revisions")),
    )
    op.create_table(
        "contribution_versions",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name=op.f("fk_contribution_versions_contribution_id_contributions"),
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["users.id"], name=op.f("fk_contribution_versions_sent_by_users")),
        sa.PrimaryKeyConstraint("contribution_id", "number", name=op.f("pk_contribution_versions")),
    )
    op.create_table(
        "moderations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id", "version"],
            ["contribution_versions.contribution_id", "contribution_versions.number"],
            name=op.f("fk_moderations_contribution_id_contribution_versions"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_moderations_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderations")),
    )
    op.create_index("ix_moderations_contribution", "moderations", ["contribution_id", "decided_at"], unique=False)
    op.create_table(
        "state_replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id", "version"],
            ["contribution_versions.contribution_id", "contribution_versions.number"],
            name=op.f("fk_state_replies_contribution_id_contribution_versions"),
        ),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_state_replies_entity_entities")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_state_replies_written_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_state_replies")),
    )
    op.create_index("ix_state_replies_contribution", "state_replies", ["contribution_id", "written_at"], unique=False)
    op.create_index(op.f("ix_state_replies_entity"), "state_replies", ["entity"], unique=False)
    for table in APPEND_ONLY:
        freeze(op.get_bind(), table)


def downgrade() -> None:
    op.drop_index(op.f("ix_state_replies_entity"), table_name="state_replies")
    op.drop_index("ix_state_replies_contribution", table_name="state_replies")
    op.drop_table("state_replies")
    op.drop_index("ix_moderations_contribution", table_name="moderations")
    op.drop_table("moderations")
    op.drop_table("contribution_versions")
    op.drop_table("contribution_revisions")
    op.drop_index(op.f("ix_contribution_files_contribution_id"), table_name="contribution_files")
    op.drop_table("contribution_files")
    op.drop_index(op.f("ix_contribution_areas_area"), table_name="contribution_areas")
    op.drop_table("contribution_areas")
    op.drop_index("ix_registrations_open", table_name="registrations")
    op.drop_table("registrations")
    op.drop_index(op.f("ix_contributions_partner_id"), table_name="contributions")
    op.drop_index("ix_contributions_mark", table_name="contributions")
    op.drop_index("ix_contributions_channel", table_name="contributions")
    op.drop_index(op.f("ix_contributions_call_id"), table_name="contributions")
    op.drop_table("contributions")
    op.drop_index(op.f("ix_call_partners_partner_id"), table_name="call_partners")
    op.drop_table("call_partners")
    op.drop_index(op.f("ix_partner_members_user_id"), table_name="partner_members")
    op.drop_table("partner_members")
    op.drop_index(op.f("ix_partner_invitations_partner_id"), table_name="partner_invitations")
    op.drop_table("partner_invitations")
    op.drop_index("ix_calls_channel", table_name="calls")
    op.drop_table("calls")
    op.drop_index(op.f("ix_partners_name"), table_name="partners")
    op.drop_table("partners")
    for table in APPEND_ONLY:
        unfreeze(op.get_bind(), table)
