"""The index of the search: the terms of each passage in SQLite's FTS5 or in a tsvector of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

MOST_POSITIONS = 16_000
"""A tsvector counts positions up to 16,383; what follows them in one passage is not sought."""

ADD: dict[str, TextClause] = {
    "sqlite": text("INSERT INTO passage_words (rowid, words) VALUES (:id, :words)"),
    "postgresql": text("INSERT INTO passage_words (rowid, words) VALUES (:id, CAST(:words AS tsvector))"),
}


EMPTY: dict[str, TextClause] = {
    "sqlite": text("INSERT INTO passage_words (passage_words) VALUES ('delete-all')"),
    "postgresql": text("DELETE FROM passage_words"),
}


def empty(session: Session) -> None:
    """Takes every passage out of the index."""
    session.execute(EMPTY[session.get_bind().dialect.name])


def index(session: Session, passages: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Adds passages, each an id with its terms in order; a passage is added once."""
    dialect = session.get_bind().dialect.name
    rows = [{"id": key, "words": _written(dialect, terms[:MOST_POSITIONS])} for key, terms in passages]
    if rows:
        session.execute(ADD[dialect], rows)


def _written(dialect: str, terms: Sequence[str]) -> str:
    """The terms as the database reads them; they hold letters and digits alone, so nothing is to be quoted."""
    if dialect == "sqlite":
        return " ".join(terms)
    places: dict[str, list[int]] = {}
    for at, term in enumerate(terms, 1):
        places.setdefault(term, []).append(at)
    return " ".join(f"'{term}':{','.join(map(str, at))}" for term, at in places.items())
