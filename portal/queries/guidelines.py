"""Reads editions of the guidelines; a published edition never changes, so a parsed one is kept for the life of
the process.
"""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.guideline import Guideline, parse
from forms.words import N_
from portal.models.cycles import Edition
from portal.rules.refusals import Missing

_parsed: dict[str, Guideline] = {}


def guideline(session: Session, key: str) -> Guideline:
    """The published edition with this key; Missing when there is none."""
    if key not in _parsed:
        document = session.scalar(select(Edition.document).where(Edition.key == key))
        if document is None:
            raise Missing(N_("There is no such edition of the guidelines."))
        _parsed[key] = parse(json.loads(document))
    return _parsed[key]


def document(session: Session, key: str) -> str:
    """The JSON text of a published edition; Missing when there is none."""
    found = session.scalar(select(Edition.document).where(Edition.key == key))
    if found is None:
        raise Missing(N_("There is no such edition of the guidelines."))
    return found
