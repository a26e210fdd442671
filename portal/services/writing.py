"""Writing many answers of one report at once, each with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update

from portal.models.reports import Answer, AnswerRevision
from portal.services.act import Act

_COLUMNS = Answer.__table__.c
_KEY, _CHANGED = ("report_id", "question", "language"), ("value", "revision", "changed_at", "changed_by")
_UPDATE = (
    update(Answer)
    .values({name: bindparam(f"new_{name}", type_=_COLUMNS[name].type) for name in _CHANGED})
    .where(*(_COLUMNS[name] == bindparam(f"old_{name}", type_=_COLUMNS[name].type) for name in (*_KEY, "revision")))
)


def write_next(act: Act, rows: Sequence[Mapping[str, Any]]) -> None:
    """The next revision of all these answers: rows of the history, those with the base revision 0 written for the first
    time. The report is locked, and each revision is compared once more where it is written.
    """
    first = [row for row in rows if not row["base_revision"]]
    later = [row for row in rows if row["base_revision"]]
    if first:
        act.session.execute(insert(Answer), [{name: row[name] for name in (*_KEY, *_CHANGED)} for row in first])
    if later:
        done = act.session.connection().execute(_UPDATE, [_bound(row) for row in later])
        if done.rowcount != len(later):
            raise RuntimeError("an answer changed under the lock of its report")
    act.session.execute(insert(AnswerRevision), list(rows))


def _bound(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the history as the parameters of the statement above."""
    old = {f"old_{name}": row[name] for name in _KEY} | {"old_revision": row["base_revision"]}
    return old | {f"new_{name}": row[name] for name in _CHANGED}
