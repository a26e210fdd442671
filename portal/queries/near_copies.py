"""Reads near copies: the pairs that are listed, and the passages that may be near copies of new ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from portal.db import AnyRow, AnySelect
from portal.models.contributions import Contribution, Partner
from portal.models.entities import Entity
from portal.models.passages import NearCopy, Passage, PassageBand
from portal.models.reports import Report
from portal.queries.contributions import credit_of
from portal.queries.passages import Reader, owner_of, published_whole
from portal.rules.contributions import SENT

AT_ONCE = 5_000
MOST_HOLDERS = 8
MOST_ALIKE = (NearCopy.likeness.desc(), NearCopy.passage_id, NearCopy.other_id)


def copies(session: Session, reader: Reader, *, passage: int, limit: int) -> list[AnyRow]:
    """The near copies of a passage, the most alike first: NearCopy, Passage, entity_names, partner_name, other (a
    Passage), other_names, other_partner. Only between passages that stand now, and that the reader may read both.
    """
    query = _listed(reader).where(or_(NearCopy.passage_id == passage, NearCopy.other_id == passage))
    return list(session.execute(query.order_by(*MOST_ALIKE).limit(limit)).all())


def paged(session: Session, reader: Reader, cycle: str, kind: str, page: int, per_page: int) -> list[AnyRow]:
    """A page of the passages of a cycle that have near copies, each with all of them, the most alike first: the columns
    of `copies`, and `passages`, how many passages there are on all pages. One statement.
    """
    query = _listed(reader).where(Passage.cycle == cycle)
    if kind:
        query = query.where(NearCopy.kind == kind)
    best = func.max(NearCopy.likeness).over(partition_by=NearCopy.passage_id).label("best")
    found = query.with_only_columns(NearCopy.id, NearCopy.passage_id, best, maintain_column_froms=True).subquery()
    place = func.dense_rank().over(order_by=(found.c.best.desc(), found.c.passage_id)).label("place")
    ranked = select(found.c.id, place).cte("ranked")
    total = select(func.max(ranked.c.place)).scalar_subquery()
    shown = (
        query.add_columns(total.label("passages"))
        .join(ranked, ranked.c.id == NearCopy.id)
        .where(ranked.c.place.between((page - 1) * per_page + 1, page * per_page))
        .order_by(ranked.c.place, *MOST_ALIKE)
    )
    return list(session.execute(shown).all())


def _listed(reader: Reader) -> AnySelect:
    other = aliased(Passage, name="other")
    there, whose = aliased(Entity), aliased(Partner)
    mine, theirs = aliased(Report), aliased(Report)
    readable = (
        true()
        if reader.of_the_team
        else and_(
            or_(mine.state == "published", and_(Passage.contribution_id.is_not(None), published_whole())),
            or_(
                theirs.state == "published",
                and_(other.contribution_id.is_not(None), other.current, published_whole(other)),
            ),
        )
    )
    return (
        select(
            NearCopy, Passage, Entity.names.label("entity_names"),
            credit_of(Passage.contribution_id, Passage.version).label("partner_name"),
            other, there.names.label("other_names"),
            credit_of(other.contribution_id, other.version, whose).label("other_partner"),
        )
        .join(Passage, Passage.id == NearCopy.passage_id)
        .join(other, other.id == NearCopy.other_id)
        .outerjoin(Entity, Entity.iso3 == Passage.entity)
        .outerjoin(Partner, Partner.id == Passage.partner_id)
        .outerjoin(there, there.iso3 == other.entity)
        .outerjoin(whose, whose.id == other.partner_id)
        .outerjoin(mine, mine.id == Passage.report_id)
        .outerjoin(theirs, theirs.id == other.report_id)
        .where(readable, Passage.current, or_(other.current, other.cycle != Passage.cycle))
    )  # fmt: skip


def sharing_bands(
    session: Session, bands: Iterable[int], source: str, owner: uuid.UUID
) -> dict[int, tuple[Passage, list[int]]]:
    """The passages of others that stand, or wait to be looked at, and share one of these bands, by id, each with the
    bands shared. Of a band that many share, such as a phrase of the guidelines, only those that came first.
    """
    wanted = list(bands)
    found: dict[int, tuple[Passage, list[int]]] = {}
    waits = exists().where(
        Contribution.id == Passage.contribution_id,
        Contribution.state == SENT,
        Contribution.versions == Passage.version,
    )
    of_others = or_(owner_of(source) != owner, owner_of(source).is_(None))
    for start in range(0, len(wanted), AT_ONCE):
        place = func.row_number().over(partition_by=PassageBand.band, order_by=PassageBand.passage_id)
        held = (
            select(PassageBand.band, PassageBand.passage_id, place.label("place"))
            .join(Passage, Passage.id == PassageBand.passage_id)
            .where(PassageBand.band.in_(wanted[start : start + AT_ONCE]), or_(Passage.current, waits), of_others)
            .subquery()
        )
        rows = session.execute(
            select(Passage, held.c.band)
            .join(held, held.c.passage_id == Passage.id)
            .where(held.c.place <= MOST_HOLDERS)
            .order_by(Passage.id, held.c.band)
        )
        for passage, band in rows:
            found.setdefault(passage.id, (passage, []))[1].append(band)
    return found
