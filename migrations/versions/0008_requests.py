"""Holes of the evidence matrix that became requests to partners, and desk profiles of states that have not reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.migrations import freeze, unfreeze

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("profile_answers", "profile_items")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=1), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_requests_cycle_cycles")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_requests_partner_id_partners")),
        sa.ForeignKeyConstraint(["person"], ["users.id"], name=op.f("fk_requests_person_users")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_requests_made_by_users")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contributions.id"], name=op.f("fk_requests_contribution_id_contributions")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name=op.f("fk_requests_withdrawn_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index("ix_requests_cycle", "requests", ["cycle", "due"], unique=False)
    op.create_index(op.f("ix_requests_partner_id"), "requests", ["partner_id"], unique=False)
    op.create_index(op.f("ix_requests_contribution_id"), "requests", ["contribution_id"], unique=False)
    op.create_table(
        "request_reminders",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_request_reminders_request_id_requests")),
        sa.PrimaryKeyConstraint("request_id", "kind", name=op.f("pk_request_reminders")),
    )
    _profiles()
    for table in APPEND_ONLY:
        freeze(op.get_bind(), table)


def _profiles() -> None:
    op.create_table(
        "profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compiled_by", sa.Uuid(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_profiles_cycle_cycles")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_profiles_entity_entities")),
        sa.ForeignKeyConstraint(["compiled_by"], ["users.id"], name=op.f("fk_profiles_compiled_by_users")),
        sa.ForeignKeyConstraint(["released_by"], ["users.id"], name=op.f("fk_profiles_released_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("cycle", "entity", name=op.f("uq_profiles_cycle_entity")),
    )
    op.create_index(op.f("ix_profiles_entity"), "profiles", ["entity"], unique=False)
    op.create_table(
        "profile_items",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=1), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.id"], name=op.f("fk_profile_items_profile_id_profiles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_items")),
        sa.UniqueConstraint("profile_id", "reference", name=op.f("uq_profile_items_profile_id_reference")),
    )
    op.create_table(
        "profile_answers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["profile_items.id"], name=op.f("fk_profile_answers_item_id_profile_items")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_profile_answers_answered_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_answers")),
    )
    op.create_index(op.f("ix_profile_answers_item_id"), "profile_answers", ["item_id"], unique=False)


def downgrade() -> None:
    for table in ("profile_answers", "profile_items", "profiles", "request_reminders", "requests"):
        op.drop_table(table)
    for table in APPEND_ONLY:
        unfreeze(op.get_bind(), table)
