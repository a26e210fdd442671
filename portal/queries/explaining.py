"""Reads what a country says to the findings of the check."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import AnyRow
from portal.models.accounts import User
from portal.models.keeping import Explanation

Key = tuple[str, str, str, str]
"""Question, language, rule and digest of the parameters: one finding."""


def explanations(session: Session, report_id: uuid.UUID, questions: Iterable[str] | None = None) -> dict[Key, AnyRow]:
    """Explanations by the finding they were given for, with the name of who gave each; only those of `questions` when
    given."""
    columns = (
        Explanation.question, Explanation.language, Explanation.rule, Explanation.about, Explanation.words,
        Explanation.said_of, Explanation.written_at, User.name.label("written_by_name"),
    )  # fmt: skip
    query = select(*columns).join(User, User.id == Explanation.written_by).where(Explanation.report_id == report_id)
    if questions is not None:
        asked = list(questions)
        if not asked:
            return {}
        query = query.where(Explanation.question.in_(asked))
    return {(row.question, row.language, row.rule, row.about): row for row in session.execute(query)}
