"""Publishes editions of the guidelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from forms.answers import canonical
from forms.guideline import parse
from forms.words import N_
from portal.models.cycles import Edition
from portal.rules.refusals import NotNow
from portal.services.act import Act


def publish(act: Act, document: Mapping[str, Any]) -> bool:
    """Publishes an edition; False when the same words were published before, NotNow when others were under
    this key. A broken document raises BadGuideline.
    """
    edition = parse(document)
    before = act.session.scalar(select(Edition.digest).where(Edition.key == edition.key))
    if before == edition.digest:
        return False
    if before is not None:
        raise NotNow(
            N_(
                "An edition with this key is published already, with other words. "
                "A published edition never changes: please choose a new key."
            )
        )
    row = {
        "key": edition.key,
        "digest": edition.digest,
        "document": canonical(document).decode(),
        "published_at": act.at,
    }
    act.session.execute(insert(Edition), [row])
    act.record("guidelines.publish", {"edition": edition.key, "sha256": edition.digest})
    return True
