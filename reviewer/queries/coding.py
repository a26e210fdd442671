"""What the agreement of coders is counted from; two statements, whatever there is."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.passages import Coded, Coding, Passage
from portal.queries.passages import Reader, readable


@dataclass(frozen=True)
class Ground:
    """Who went through each passage, and who gave which code to it; only passages that two or more went through."""

    coders: dict[int, frozenset[object]]
    given: dict[tuple[int, str], frozenset[object]]


def ground(session: Session, cycle: str) -> Ground:
    """The passages of a cycle that stand and that two or more coders went through."""
    several = (
        select(Coded.passage_id)
        .join(Passage, Passage.id == Coded.passage_id)
        .where(Passage.cycle == cycle, Passage.current)
        .group_by(Coded.passage_id)
        .having(func.count() > 1)
    )
    coders: defaultdict[int, set[object]] = defaultdict(set)
    for passage, coder in session.execute(select(Coded.passage_id, Coded.coder).where(Coded.passage_id.in_(several))):
        coders[passage].add(coder)
    given: defaultdict[tuple[int, str], set[object]] = defaultdict(set)
    codings = select(Coding.passage_id, Coding.code, Coding.coder)
    for passage, code, coder in session.execute(
        codings.where(Coding.passage_id.in_(several), Coding.removed_at.is_(None))
    ):
        given[passage, code].add(coder)
    return Ground(
        {passage: frozenset(who) for passage, who in coders.items()},
        {place: frozenset(who) for place, who in given.items()},
    )


def seen_by(session: Session, passages: Iterable[int], person: uuid.UUID) -> frozenset[int]:
    """Those of these passages that a person went through."""
    query = select(Coded.passage_id).where(Coded.passage_id.in_(list(passages)), Coded.coder == person)
    return frozenset(session.scalars(query))


def coders_of(session: Session, passages: Iterable[int]) -> dict[int, int]:
    """How many coders went through each of these passages; those that nobody went through are left out."""
    query = select(Coded.passage_id, func.count()).where(Coded.passage_id.in_(list(passages)))
    return {row[0]: row[1] for row in session.execute(query.group_by(Coded.passage_id))}


def texts(session: Session, passages: Iterable[int], reader: Reader) -> list[Passage]:
    """Those of these passages that the reader may read, in their order."""
    query = readable(select(Passage), reader).where(Passage.id.in_(list(passages)))
    return list(session.scalars(query.order_by(Passage.id)))
