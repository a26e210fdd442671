"""What the agreement of coders is counted from; two statements, whatever there is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models.passages import Coded, Coding, Passage
from portal.queries.passages import Reader, readable
from reviewer.rules.coding import Given, Who, unseen


@dataclass(frozen=True)
class Ground:
    """Who went through each passage, and who gave which code to it: `first`, before seeing the codes of others, and
    `given` now; only passages that two or more went through.
    """

    coders: dict[int, frozenset[object]]
    first: Who
    given: Who


def ground(session: Session, cycle: str) -> Ground:
    """The passages of a cycle that stand and that two or more coders went through."""
    several = (
        select(Coded.passage_id)
        .join(Passage, Passage.id == Coded.passage_id)
        .where(Passage.cycle == cycle, Passage.current)
        .group_by(Coded.passage_id)
        .having(func.count() > 1)
    )
    through: defaultdict[int, dict[object, dt.datetime]] = defaultdict(dict)
    moments = select(Coded.passage_id, Coded.coder, Coded.at).where(Coded.passage_id.in_(several))
    for passage, coder, at in session.execute(moments):
        through[passage][coder] = at
    codings = select(Coding.passage_id, Coding.code, Coding.coder, Coding.at, Coding.removed_at)
    rows = [Given(*row) for row in session.execute(codings.where(Coding.passage_id.in_(several)))]
    given: defaultdict[tuple[int, str], set[object]] = defaultdict(set)
    for one in rows:
        if one.removed_at is None:
            given[one.passage, one.code].add(one.coder)
    return Ground(
        {passage: frozenset(who) for passage, who in through.items()},
        unseen(through, rows),
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
