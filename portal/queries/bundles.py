"""Reads bundles, and everything that goes into one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.words import N_
from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.bundles import Bundle
from portal.models.reports import Report, Version
from portal.rules.lifecycle import RECEIVED
from portal.rules.refusals import Missing

# Received and not withdrawn; a clarification that is with the certifier still stands as it was received.
IN_HAND = Report.state.in_(sorted(RECEIVED)) | ((Report.state == "clearing") & (Report.drafting == "clarifying"))


def bundles(session: Session, cycle: str | None = None) -> list[AnyRow]:
    """Bundles, newest first: Bundle and the name of who asked."""
    query = select(Bundle, User.name).join(User, User.id == Bundle.asked_by)
    if cycle is not None:
        query = query.where(Bundle.cycle == cycle)
    return list(session.execute(query.order_by(Bundle.asked_at.desc(), Bundle.id)).all())


def bundle(session: Session, bundle_id: uuid.UUID) -> Bundle:
    """The bundle with this id; Missing when there is none."""
    found = session.get(Bundle, bundle_id, populate_existing=True)
    if found is None:
        raise Missing(N_("There is no such bundle."))
    return found


def versions(session: Session, cycle: str) -> list[AnyRow]:
    """The submitted versions of a cycle's received reports without their bytes, by entity and number: what a
    bundle holds. Withdrawn reports are left out.
    """
    columns = (
        Report.id,
        Report.entity,
        Report.state,
        Version.number,
        Version.digest,
        Version.files,
        Version.submitted_at,
    )
    query = (
        select(*columns)
        .join(Version, Version.report_id == Report.id)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None))
        .where(IN_HAND)
        .order_by(Report.entity, Version.number)
    )
    return list(session.execute(query).all())


def documents(session: Session, cycle: str) -> Iterator[AnyRow]:
    """The same versions with their bytes, read in batches: entity, number, document, receipt."""
    query = (
        select(Report.entity, Version.number, Version.document, Version.receipt)
        .join(Version, Version.report_id == Report.id)
        .where(Report.cycle == cycle, Report.first_submitted_at.is_not(None))
        .where(IN_HAND)
        .order_by(Report.entity, Version.number)
    )
    yield from session.execute(query.execution_options(yield_per=4))
