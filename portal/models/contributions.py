"""Channels c to f: partners, calls for input, contributions with their drafts and versions, replies of states."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Iso3, Json, Key, new_id
from portal.models.observations import AreaKey


class Partner(Base):
    """Who contributes: `kind` is agency, commission, country_office, stakeholder, city, academia or private.

    `region` and `entity` tell where a partner works, None for the whole world. One that registered itself waits until
    `confirmed_at`. `credit` is how it wants to be named.
    """

    __tablename__ = "partners"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(300), index=True)
    kind: Mapped[str] = mapped_column(Key)
    region: Mapped[str | None] = mapped_column(String(100))
    entity: Mapped[str | None] = mapped_column(Iso3, ForeignKey("entities.iso3"))
    credit: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]


class PartnerMember(Base):
    """A person who files for a partner, until it ends."""

    __tablename__ = "partner_members"

    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    added_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class PartnerInvitation(Base):
    """An invitation to file for a partner: the code is shown once, kept as a digest, serves once, closes by itself."""

    __tablename__ = "partner_invitations"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    invited_at: Mapped[dt.datetime]
    invited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    closes_at: Mapped[dt.datetime]
    accepted_at: Mapped[dt.datetime | None]
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class Call(Base):
    """A call for input in one channel of a cycle, on an edition. `registration` is named (the partners on its list) or
    open (any partner, and others may register). It takes contributions from `opens_at` until `closes_at`, or until it
    is closed before.
    """

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_channel", "cycle", "channel"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    channel: Mapped[str] = mapped_column(String(1))
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    edition: Mapped[str] = mapped_column(ForeignKey("editions.key"))
    registration: Mapped[str] = mapped_column(Key)
    opens_at: Mapped[dt.datetime]
    closes_at: Mapped[dt.datetime]
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class CallPartner(Base):
    """A partner on the list of a call."""

    __tablename__ = "call_partners"

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), primary_key=True, index=True)
    added_at: Mapped[dt.datetime]


class Registration(Base):
    """A person asks to contribute to an open call for an organisation, which stands as a partner that is not confirmed;
    the lead confirms it, or declines with a reason.
    """

    __tablename__ = "registrations"
    __table_args__ = (Index("ix_registrations_open", "call_id", "decided_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    words: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    confirmed: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class Contribution(Base):
    """What a partner files: a draft (`values` by key of question, in one `language`) and the versions it was sent as.
    `areas` are the lines that name what it speaks of: the key of an area, or words that name none yet.

    `state` is draft, sent, returned, accepted, set_aside or withdrawn. `revision` counts the saved drafts, `versions`
    what was sent. `mark` is the name that a file of many rows gives to a row, so that a second import finds it.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        Index("ix_contributions_channel", "cycle", "channel", "state"),
        Index("ix_contributions_mark", "partner_id", "channel", "mark"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    call_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("calls.id"), index=True)
    cycle: Mapped[str] = mapped_column(ForeignKey("cycles.key"))
    channel: Mapped[str] = mapped_column(String(1))
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partners.id"), index=True)
    edition: Mapped[str] = mapped_column(ForeignKey("editions.key"))
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(Key, default="draft")
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    areas: Mapped[list[Any]] = mapped_column(Json)
    revision: Mapped[int] = mapped_column(default=1)
    versions: Mapped[int] = mapped_column(default=0)
    licence: Mapped[str] = mapped_column(Key, default="")
    credit: Mapped[str] = mapped_column(String(300), default="")
    mark: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[dt.datetime]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    first_sent_at: Mapped[dt.datetime | None]


class ContributionRevision(Base):
    """What each save of a draft changed (append-only), a row for each part (a name of its head or the key of a
    question): `value` as it stood from this revision on, None for an answer taken out. Revision 1 holds the whole head.
    """

    __tablename__ = "contribution_revisions"

    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    part: Mapped[str] = mapped_column(Key, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class ContributionPresence(Base):
    """The last sign of a person in the form of a draft; it locks nothing and fades by itself."""

    __tablename__ = "contribution_presences"

    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seen_at: Mapped[dt.datetime]


class ContributionAside(Base):
    """A text that stands beside a part of a draft (a name of its head or the key of a question) until a person chooses.

    `base_revision` is the revision of the draft its writer began from; `outcome` is taken, joined or left.
    """

    __tablename__ = "contribution_asides"
    __table_args__ = (Index("ix_contribution_asides_open", "contribution_id", "settled_at"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"))
    part: Mapped[str] = mapped_column(Key)
    value: Mapped[Any] = mapped_column(Json)
    base_revision: Mapped[int]
    kept_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(Key)


class ContributionArea(Base):
    """An area that the newest version sent speaks of, by the key of `areas`; `named` where it is a state, which may
    reply. A state that was named once stays.
    """

    __tablename__ = "contribution_areas"

    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    area: Mapped[str] = mapped_column(AreaKey, primary_key=True, index=True)
    named: Mapped[bool]


class ContributionFile(Base):
    """A file laid beside a question of a contribution; its bytes stand in the storage under a key no user chose.

    `remarks` is what is told of it to those who laid it there, None where it was not looked at.
    """

    __tablename__ = "contribution_files"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), index=True)
    question: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    blob: Mapped[str] = mapped_column(String(200), unique=True)
    added_at: Mapped[dt.datetime]
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[dt.datetime | None]
    remarks: Mapped[list[Any] | None] = mapped_column(Json)


class ContributionVersion(Base):
    """What was sent, frozen (append-only): canonical bytes, their digest, the files, and the receipt."""

    __tablename__ = "contribution_versions"

    contribution_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    files: Mapped[list[Any]] = mapped_column(Json)
    sent_at: Mapped[dt.datetime]
    sent_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class Moderation(Base):
    """What the team decided about a version (append-only): accepted, or returned or set_aside with a reason."""

    __tablename__ = "moderations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contribution_id", "version"], ["contribution_versions.contribution_id", "contribution_versions.number"]
        ),
        Index("ix_moderations_contribution", "contribution_id", "decided_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contribution_id: Mapped[uuid.UUID]
    version: Mapped[int]
    outcome: Mapped[str] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[dt.datetime]
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))


class StateReply(Base):
    """What a state that is named in a contribution says to a version of it (append-only); it stands beside it."""

    __tablename__ = "state_replies"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contribution_id", "version"], ["contribution_versions.contribution_id", "contribution_versions.number"]
        ),
        Index("ix_state_replies_contribution", "contribution_id", "written_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contribution_id: Mapped[uuid.UUID]
    version: Mapped[int]
    entity: Mapped[str] = mapped_column(Iso3, ForeignKey("entities.iso3"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    written_at: Mapped[dt.datetime]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
