"""The first tables: entities, cycles, accounts, reports, review, events, observations, bundles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from portal.migrations import freeze, unfreeze

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("answer_revisions", "consents", "editions", "events", "observation_revisions", "versions")


def upgrade() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_heads")),
    )
    op.create_table(
        "cuts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("dimensions", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("headline", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cuts")),
        sa.UniqueConstraint("dimensions", "unit", name=op.f("uq_cuts_dimensions_unit")),
    )
    op.create_table(
        "editions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_editions")),
    )
    op.create_table(
        "entities",
        sa.Column("iso3", sa.String(length=3), nullable=False),
        sa.Column("iso2", sa.String(length=2), nullable=False),
        sa.Column("m49", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("regional_group", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("commissions", sa.String(length=100), nullable=False),
        sa.Column("ldc", sa.Boolean(), nullable=False),
        sa.Column("lldc", sa.Boolean(), nullable=False),
        sa.Column("sids", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("iso3", name=op.f("pk_entities")),
    )
    op.create_index(op.f("ix_entities_name_en"), "entities", ["name_en"], unique=False)
    op.create_index(op.f("ix_entities_region"), "entities", ["region"], unique=False)
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index("ix_login_attempts_account", "login_attempts", ["account", "at"], unique=False)
    op.create_index("ix_login_attempts_origin", "login_attempts", ["origin", "at"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("sdg", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("credit", sa.String(length=300), nullable=False),
        sa.Column("edition", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("source", "code", name=op.f("uq_series_source_code")),
    )
    op.create_index(op.f("ix_series_indicator"), "series", ["indicator"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "areas",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_areas_entity_entities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("key", name=op.f("uq_areas_key")),
    )
    op.create_index(op.f("ix_areas_entity"), "areas", ["entity"], unique=False)
    op.create_index(op.f("ix_areas_kind"), "areas", ["kind"], unique=False)
    op.create_table(
        "cycles",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["editions.key"], name=op.f("fk_cycles_edition_editions")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cycles")),
    )
    op.create_table(
        "imports",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("layout", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=120), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("figures_read", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("no_longer_given", sa.Integer(), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.ForeignKeyConstraint(["imported_by"], ["users.id"], name=op.f("fk_imports_imported_by_users")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_imports")),
        sa.UniqueConstraint("id", name=op.f("uq_imports_id")),
    )
    op.create_index(op.f("ix_imports_sha256"), "imports", ["sha256"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_memberships_entity_entities")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)
    op.create_table(
        "replies",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("location", sa.String(length=300), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_replies_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_replies")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id_users")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_user_id"), "sign_ins", ["user_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id_users")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False)
    op.create_table(
        "bundles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blob", sa.String(length=200), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("manifest", sa.String(length=64), nullable=True),
        sa.Column("trouble", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_bundles_asked_by_users")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_bundles_cycle_cycles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
    )
    op.create_table(
        "observations",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("series_id", NUMBER, nullable=False),
        sa.Column("area_id", NUMBER, nullable=False),
        sa.Column("cut_id", NUMBER, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("value_text", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("bound", sa.String(length=2), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("import_number", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_observations_area_id_areas")),
        sa.ForeignKeyConstraint(["cut_id"], ["cuts.id"], name=op.f("fk_observations_cut_id_cuts")),
        sa.ForeignKeyConstraint(
            ["import_number"], ["imports.number"], name=op.f("fk_observations_import_number_imports")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_observations_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
        sa.UniqueConstraint(
            "series_id", "area_id", "cut_id", "period", name=op.f("uq_observations_series_id_area_id_cut_id_period")
        ),
    )
    op.create_index("ix_observations_area_id_series_id", "observations", ["area_id", "series_id", "year"], unique=False)
    op.create_table(
        "omissions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("import_number", NUMBER, nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("content", sa.String(length=500), nullable=False),
        sa.Column("figures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_number"], ["imports.number"], name=op.f("fk_omissions_import_number_imports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_omissions")),
    )
    op.create_index("ix_omissions_import_number_id", "omissions", ["import_number", "id"], unique=False)
    op.create_table(
        "phases",
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("delivers", sa.String(length=300), nullable=False),
        sa.Column("opens", sa.Date(), nullable=False),
        sa.Column("closes", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_phases_cycle_cycles")),
        sa.PrimaryKeyConstraint("cycle", "key", name=op.f("pk_phases")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(length=3), nullable=False),
        sa.Column("cycle", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=64), nullable=False),
        sa.Column("modality", sa.String(length=64), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafting", sa.String(length=64), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["assigned_to"], ["users.id"], name=op.f("fk_reports_assigned_to_users")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_reports_created_by_users")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_reports_cycle_cycles")),
        sa.ForeignKeyConstraint(["edition"], ["editions.key"], name=op.f("fk_reports_edition_editions")),
        sa.ForeignKeyConstraint(["entity"], ["entities.iso3"], name=op.f("fk_reports_entity_entities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("entity", "cycle", name=op.f("uq_reports_entity_cycle")),
    )
    op.create_index("ix_reports_queue", "reports", ["cycle", "state"], unique=False)
    op.create_table(
        "answer_revisions",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_answer_revisions_changed_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_answer_revisions_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "question", "language", "revision", name=op.f("pk_answer_revisions")),
    )
    op.create_table(
        "answers",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_answers_changed_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_answers_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "question", "language", name=op.f("pk_answers")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_attachments_added_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_attachments_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("blob", name=op.f("uq_attachments_blob")),
    )
    op.create_index(op.f("ix_attachments_report_id"), "attachments", ["report_id"], unique=False)
    op.create_table(
        "checks",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=4000), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by"], ["users.id"], name=op.f("fk_checks_checked_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_checks_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "version", "point", name=op.f("pk_checks")),
    )
    op.create_table(
        "clearances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_clearances_asked_by_users")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_clearances_decided_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_clearances_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearances")),
    )
    op.create_index(op.f("ix_clearances_report_id"), "clearances", ["report_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attachments", JSON, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_consents_given_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_consents_report_id_reports")),
        sa.PrimaryKeyConstraint("report_id", "version", name=op.f("pk_consents")),
    )
    op.create_table(
        "events",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("entity", sa.String(length=3), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["users.id"], name=op.f("fk_events_actor_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_events_report_id_reports")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_events")),
    )
    op.create_index("ix_events_report_id", "events", ["report_id", "sequence"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_notices_report_id_reports")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_inbox", "notices", ["user_id", "read_at"], unique=False)
    op.create_table(
        "observation_revisions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("observation_id", NUMBER, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value_text", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("bound", sa.String(length=2), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("import_number", NUMBER, nullable=False),
        sa.Column("superseded_by", NUMBER, nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_number"], ["imports.number"], name=op.f("fk_observation_revisions_import_number_imports")
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name=op.f("fk_observation_revisions_observation_id_observations")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["imports.number"], name=op.f("fk_observation_revisions_superseded_by_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_revisions")),
        sa.UniqueConstraint(
            "observation_id", "revision", name=op.f("uq_observation_revisions_observation_id_revision")
        ),
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attachments", JSON, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=op.f("fk_publications_published_by_users")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_publications_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_report_id"), "publications", ["report_id"], unique=False)
    op.create_table(
        "versions",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_versions_report_id_reports")),
        sa.ForeignKeyConstraint(["submitted_by"], ["users.id"], name=op.f("fk_versions_submitted_by_users")),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_versions")),
    )
    for table in APPEND_ONLY:
        freeze(op.get_bind(), table)


def downgrade() -> None:
    op.drop_table("versions")
    op.drop_index(op.f("ix_publications_report_id"), table_name="publications")
    op.drop_table("publications")
    op.drop_table("observation_revisions")
    op.drop_index("ix_notices_inbox", table_name="notices")
    op.drop_table("notices")
    op.drop_index("ix_events_report_id", table_name="events")
    op.drop_table("events")
    op.drop_table("consents")
    op.drop_index(op.f("ix_clearances_report_id"), table_name="clearances")
    op.drop_table("clearances")
    op.drop_table("checks")
    op.drop_index(op.f("ix_attachments_report_id"), table_name="attachments")
    op.drop_table("attachments")
    op.drop_table("answers")
    op.drop_table("answer_revisions")
    op.drop_index("ix_reports_queue", table_name="reports")
    op.drop_table("reports")
    op.drop_table("phases")
    op.drop_index("ix_omissions_import_number_id", table_name="omissions")
    op.drop_table("omissions")
    op.drop_index("ix_observations_area_id_series_id", table_name="observations")
    op.drop_table("observations")
    op.drop_table("bundles")
    op.drop_index(op.f("ix_tokens_user_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index(op.f("ix_sign_ins_user_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("replies")
    op.drop_index(op.f("ix_memberships_user_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_imports_sha256"), table_name="imports")
    op.drop_table("imports")
    op.drop_table("cycles")
    op.drop_index(op.f("ix_areas_kind"), table_name="areas")
    op.drop_index(op.f("ix_areas_entity"), table_name="areas")
    op.drop_table("areas")
    op.drop_table("users")
    op.drop_index(op.f("ix_series_indicator"), table_name="series")
    op.drop_table("series")
    op.drop_index("ix_login_attempts_origin", table_name="login_attempts")
    op.drop_index("ix_login_attempts_account", table_name="login_attempts")
    op.drop_table("login_attempts")
    op.drop_index(op.f("ix_entities_region"), table_name="entities")
    op.drop_index(op.f("ix_entities_name_en"), table_name="entities")
    op.drop_table("entities")
    op.drop_table("editions")
    op.drop_table("cuts")
    op.drop_table("chain_heads")
    for table in APPEND_ONLY:
        unfreeze(op.get_bind(), table)
