"""Accounts: people and their roles, coming in and going out, API tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import insert, select, update

from forms.words import N_
from portal.db import new_id
from portal.models.accounts import LoginAttempt, Membership, SignIn, Token, User
from portal.models.entities import Entity
from portal.queries import accounts
from portal.rules.policy import ROLES, STATE_ROLES
from portal.rules.refusals import Invalid, Missing, NotNow, Problem
from portal.services.act import Act

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
PASSWORD_LENGTH = (15, 128)
WINDOW = dt.timedelta(minutes=15)
TRIES_OF_ACCOUNT = 10
TRIES_OF_ORIGIN = 100
WRONG = N_("The e-mail address or the password is not right. Please check both and try again.")
SLOW_DOWN = N_("There were too many attempts with a wrong password. Please wait 15 minutes, then try again.")


def secret_digest(secret: str) -> str:
    """What the database keeps of a session cookie or a token: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def normal_password(password: str) -> str:
    """The password as it is hashed: Unicode NFKC, cut nowhere."""
    return unicodedata.normalize("NFKC", password)


# Verified when the account does not exist, so that an unknown address takes as long as a known one.
_NOBODY = HASHER.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Entrance:
    """A session that has just begun; `secret` goes into the cookie and is kept nowhere else."""

    secret: str
    user_id: uuid.UUID
    language: str


def verify_password(act: Act, email: str, password: str, origin: str) -> uuid.UUID | None:
    """The account of this address when the password is right; None, after counting the attempt, when it is
    wrong; NotNow when throttled.
    """
    account = secret_digest(email.strip().lower())
    source = secret_digest(origin)
    accounts.hold_account(act.session, account)
    of_account, of_origin = accounts.attempts(act.session, account, source, act.at - WINDOW)
    if of_account >= TRIES_OF_ACCOUNT or of_origin >= TRIES_OF_ORIGIN:
        raise NotNow(SLOW_DOWN)
    row = act.session.execute(
        select(User.id, User.password_hash).where(User.email == email.strip().lower(), User.active)
    ).one_or_none()
    try:
        if len(password) > PASSWORD_LENGTH[1]:
            raise VerifyMismatchError
        HASHER.verify(row.password_hash if row else _NOBODY, normal_password(password))
    except (VerifyMismatchError, InvalidHashError):
        row = None
    if row is None:
        act.session.execute(insert(LoginAttempt), [{"account": account, "origin": source, "at": act.at}])
        return None
    return uuid.UUID(str(row.id))


def come_in(act: Act, user_id: uuid.UUID) -> Entrance:
    """Begins a new session for this person and records it. The secret is new each time: no session outlives a
    log-in.
    """
    secret = secrets.token_urlsafe(32)
    row = {"digest": secret_digest(secret), "user_id": user_id, "began_at": act.at, "seen_at": act.at, "ended_at": None}
    act.session.execute(insert(SignIn), [row])
    act.record("login", {"user": str(user_id)})
    language = act.session.scalar(select(User.language).where(User.id == user_id)) or "en"
    return Entrance(secret, user_id, language)


def go_out(act: Act, secret: str) -> None:
    """Ends the session of this cookie; every copy of the cookie ends with it."""
    act.session.execute(
        update(SignIn).where(SignIn.digest == secret_digest(secret), SignIn.ended_at.is_(None)).values(ended_at=act.at)
    )
    act.record("logout", {"user": str(act.actor.id)})


def stay(act: Act, secret: str) -> None:
    """Notes that the person was here: pages prolong a session, autosave and polling do not."""
    act.session.execute(update(SignIn).where(SignIn.digest == secret_digest(secret)).values(seen_at=act.at))


def add(act: Act, email: str, role: str, entity: str | None, password: str, name: str | None = None) -> uuid.UUID:
    """Opens an account, or gives an existing one a further role. Invalid when the role, entity, address or
    password will not do.
    """
    address = email.strip().lower()
    problems = _faults(act, address, role, entity)
    known = act.session.scalar(select(User.id).where(User.email == address))
    if known is None and not PASSWORD_LENGTH[0] <= len(password) <= PASSWORD_LENGTH[1]:
        problems.append(Problem("password", N_("A password has 15 to 128 characters.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    user_id = known or new_id()
    if known is None:
        row = {
            "id": user_id,
            "email": address,
            "name": name or address.split("@")[0].replace(".", " "),
            "language": "en",
            "password_hash": HASHER.hash(normal_password(password)),
            "active": True,
            "created_at": act.at,
        }
        act.session.execute(insert(User), [row])
    held = select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.role == role,
        Membership.entity == entity if entity else Membership.entity.is_(None),
        Membership.ended_at.is_(None),
    )
    if act.session.scalar(held) is None:
        grant = {
            "id": new_id(),
            "user_id": user_id,
            "role": role,
            "entity": entity,
            "granted_at": act.at,
            "ended_at": None,
        }
        act.session.execute(insert(Membership), [grant])
        act.record("account.grant", {"user": str(user_id), "role": role}, entity=entity)
    return user_id


def _faults(act: Act, address: str, role: str, entity: str | None) -> list[Problem]:
    problems = []
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) or len(address) > 254:
        problems.append(Problem("email", N_("Please give an e-mail address such as name@example.org.")))
    if role not in ROLES:
        problems.append(Problem("role", f"There is no role {role}; the roles are {', '.join(ROLES)}."))
    if role in STATE_ROLES and entity is None:
        problems.append(Problem("entity", N_("This role belongs to a state: please name it by its three-letter code.")))
    if entity is not None and act.session.get(Entity, entity) is None:
        problems.append(Problem("entity", f"There is no entity {entity}."))
    return problems


def issue_token(act: Act, email: str) -> str:
    """A new API token for this person, printed once; Missing when there is no such account."""
    person = accounts.by_email(act.session, email)
    if person is None:
        raise Missing(f"There is no account {email}.")
    secret = "nua_" + secrets.token_urlsafe(32)
    row = {"digest": secret_digest(secret), "user_id": person.id, "issued_at": act.at, "revoked_at": None}
    act.session.execute(insert(Token), [row])
    act.record("token.issue", {"user": str(person.id)})
    return secret


def known(act: Act, email: str) -> bool:
    """True when there is an account with this address."""
    return act.session.scalar(select(User.id).where(User.email == email.strip().lower())) is not None
