"""Cursors: where a page of a list ends, sealed so that only the portal can make one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from forms.words import N_
from portal.api.shapes import USUAL
from portal.http.context import settings
from portal.rules.refusals import Invalid, Problem

NOT_OURS = N_("This cursor is none that this list has given; please begin without one.")


def _seal(of: str) -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=f"cursor of {of}")


def sealed(of: str, place: Sequence[Any]) -> str:
    """The cursor of a place in a list; `of` names the list, and a cursor of one list is none of another."""
    written = _seal(of).dumps([value if isinstance(value, int) else str(value) for value in place])
    return written.decode() if isinstance(written, bytes) else written


def opened(of: str, cursor: str | None, *parts: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """The place that a cursor stands for, each part read by its function; None without a cursor, Invalid for a
    foreign one."""
    if cursor is None:
        return None
    try:
        return tuple(read(value) for read, value in zip(parts, _seal(of).loads(cursor), strict=True))
    except BadData as error:
        raise Invalid(NOT_OURS, [Problem("cursor", NOT_OURS)]) from error


def page(of: str, rows: Sequence[Any], limit: int, place: Callable[[Any], Sequence[Any]]) -> dict[str, Any]:
    """A page of rows of which one more than `limit` was read; the cursor of the next from the last row shown."""
    shown = list(rows[:limit])
    return {"items": shown, "next": sealed(of, place(shown[-1])) if len(rows) > limit else None}


def portion(of: str, rows: Sequence[Any], paging: dict[str, Any]) -> dict[str, Any]:
    """A page of a list that is short enough to be read whole: all of it unless a limit is asked for."""
    (start,) = opened(of, paging["cursor"], int) or (0,)
    limit = paging["limit"] or (USUAL if paging["cursor"] else len(rows) or 1)
    shown = rows[start : start + limit]
    following = start + limit
    return {"items": list(shown), "next": sealed(of, [following]) if following < len(rows) else None}
