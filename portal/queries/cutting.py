"""Reads for the cutting of versions into passages: what was cut before, what was not yet, which file waits."""

from __future__ import annotations

import uuid

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from portal.models.contributions import Contribution, ContributionVersion
from portal.models.passages import FileToRead, Passage, PassageCommitment
from portal.models.reports import Report, Version
from portal.queries.passages import owner_of


def is_cut(session: Session, source: str, owner: uuid.UUID, version: int) -> bool:
    """Whether a version has passages already, or files that were laid to be read when it was cut."""
    found = exists().where(owner_of(source) == owner, Passage.version == version, Passage.file == "")
    laid = exists().where(FileToRead.version_of == owner, FileToRead.version == version)
    return bool(session.scalar(select(or_(found, laid))))


def written_before(session: Session, source: str, owner: uuid.UUID, version: int) -> list[Passage]:
    """The passages of the newest version before this one, without those of files, in their order."""
    newest = (
        select(func.max(Passage.version))
        .where(owner_of(source) == owner, Passage.version < version, Passage.file == "")
        .scalar_subquery()
    )
    query = select(Passage).where(owner_of(source) == owner, Passage.version == newest, Passage.file == "")
    return list(session.scalars(query.order_by(Passage.id)))


def passages_of_file(session: Session, source: str, owner: uuid.UUID, version: int, file: uuid.UUID) -> list[Passage]:
    """The passages of the same file in the newest version before this one, in their order."""
    at = f"%@{file}:%"
    newest = (
        select(func.max(Passage.version))
        .where(owner_of(source) == owner, Passage.version < version, Passage.key.like(at))
        .scalar_subquery()
    )
    query = select(Passage).where(owner_of(source) == owner, Passage.version == newest, Passage.key.like(at))
    return list(session.scalars(query.order_by(Passage.id)))


def uncut_reports(session: Session) -> list[tuple[Report, Version]]:
    """The submitted versions without passages, oldest first, without reports to practise with."""
    cut = exists().where(Passage.report_id == Version.report_id, Passage.version == Version.number)
    query = (
        select(Report, Version)
        .join(Version, Version.report_id == Report.id)
        .where(Report.practice.is_(False), ~cut)
        .order_by(Version.submitted_at, Version.report_id, Version.number)
    )
    return [(row.Report, row.Version) for row in session.execute(query)]


def sent_contributions(session: Session, *, cut: bool) -> list[tuple[Contribution, ContributionVersion]]:
    """The versions of contributions that have passages, or those that have none, oldest first."""
    sent = ContributionVersion
    found = exists().where(Passage.contribution_id == sent.contribution_id, Passage.version == sent.number)
    query = (
        select(Contribution, sent)
        .join(sent, sent.contribution_id == Contribution.id)
        .where(found if cut else ~found)
        .order_by(sent.sent_at, sent.contribution_id, sent.number)
    )
    return [(row.Contribution, row.ContributionVersion) for row in session.execute(query)]


def commitments_of_version(session: Session, contribution: uuid.UUID, version: int) -> list[tuple[Passage, list[str]]]:
    """The passages of a version of a contribution, each with the commitments that it is of; two statements."""
    mine = (Passage.contribution_id == contribution, Passage.version == version)
    rows = session.execute(
        select(PassageCommitment.passage_id, PassageCommitment.commitment).join(Passage).where(*mine)
    )
    beside: dict[int, list[str]] = {}
    for passage, commitment in rows:
        beside.setdefault(passage, []).append(commitment)
    passages = session.scalars(select(Passage).where(*mine).order_by(Passage.id))
    return [(one, [*([one.commitment] if one.commitment else []), *sorted(beside.get(one.id, []))]) for one in passages]


def next_file(session: Session) -> FileToRead | None:
    """The file that waits longest to be read; None where none does."""
    query = select(FileToRead).where(FileToRead.read_at.is_(None)).order_by(FileToRead.laid_at, FileToRead.file)
    return session.scalars(query.limit(1)).one_or_none()
