"""The keys under which a browser seals what is not saved yet: each belongs to one session and ends with its log-out."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select

from forms.words import N_
from portal.models.accounts import SignIn
from portal.rules.refusals import Missing
from portal.services.act import Act

KEPT = dt.timedelta(days=60)
"""How long the key of a session that was not ended by log-out can be asked for after it was last seen."""


@dataclass(frozen=True)
class LocalKey:
    """A key of 32 bytes, and the name by which it can be asked for again."""

    name: str
    secret: bytes


def local_key(secret_key: str, sign_in: str) -> LocalKey:
    """The key of one session, from the portal's secret and the digest of the sign-in; it is kept nowhere."""
    return LocalKey(_derived(secret_key, "name", sign_in).hex()[:32], _derived(secret_key, "key", sign_in))


def _derived(secret_key: str, purpose: str, sign_in: str) -> bytes:
    return hmac.digest(secret_key.encode(), f"local copy {purpose} {sign_in}".encode(), hashlib.sha256)


def earlier_key(act: Act, secret_key: str, name: str) -> LocalKey:
    """The key of an earlier session of this person; Missing when it was another's, ended by log-out, or long past."""
    query = select(SignIn.digest).where(
        SignIn.user_id == act.actor.id, SignIn.ended_at.is_(None), SignIn.seen_at > act.at - KEPT
    )
    for digest in act.session.scalars(query.order_by(SignIn.seen_at.desc())):
        found = local_key(secret_key, digest)
        if hmac.compare_digest(found.name.encode(), name.encode()):
            return found
    raise Missing(N_("There is no such key, or its session was ended by logging out."))
