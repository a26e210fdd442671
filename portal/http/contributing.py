"""Contributions at the edge: loaded with the facts the policy looks at, and shown as each reader may know them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from forms.outline import text
from portal.http.frozen import FrozenPart, files_of, frozen
from portal.http.guard import SAFE
from portal.http.render import language
from portal.models.contributions import Call, Contribution, ContributionVersion
from portal.queries import calls_for_input as calls
from portal.queries import contributions as held
from portal.queries.guidelines import guideline
from portal.rules.contributions import NOT_WHOLE, Filing, Head
from portal.rules.naming import Names
from portal.rules.policy import may
from portal.rules.refusals import Missing
from portal.services.act import Act

FILES = "/contributions/files/"


def filing(act: Act, contribution_id: uuid.UUID) -> Filing:
    """Loads the contribution of an address; a request that writes holds its row until the commit. One that this person
    may not know of and one that is not there get the same answer.
    """
    return _known(act, held.get(act.session, contribution_id, lock=request.method not in SAFE))


def filing_unheld(act: Act, contribution_id: uuid.UUID) -> Filing:
    """As `filing`, without holding the row: for a request that receives a file first."""
    return _known(act, held.get(act.session, contribution_id))


def _known(act: Act, contribution: Contribution) -> Filing:
    found = held.filing(act.session, contribution)
    if not (found.public or may(act.person, "contribution:read", found)):
        raise Missing(held.NO_CONTRIBUTION)
    return found


def inside(act: Act, found: Filing) -> bool:
    """Whether this person files for the partner."""
    return may(act.person, "contribution:write", found)


def reads_all(act: Act, found: Filing) -> bool:
    """Whether this person reads what was sent before it is accepted: the partner and the team."""
    return found.sent and (inside(act, found) or may(act.person, "partner:see", found))


def reads_whole(act: Act, found: Filing) -> bool:
    """Whether this person reads all words of it although it is not to be published whole: the partner, the team, and
    who leads the reporting of a state that is named in what stands accepted.
    """
    return found.sent and may(act.person, "contribution:whole", found)


def shown_number(act: Act, found: Filing) -> int:
    """The version that this person is shown: the newest for the partner and the team, that which stands accepted for
    everybody else; 0 for none.
    """
    newest: int = found.contribution.versions
    return newest if reads_all(act, found) else found.accepted


def version_for(act: Act, found: Filing, number: int) -> ContributionVersion:
    """A version that this person may read; Missing for any other."""
    if not (reads_all(act, found) or (found.public and number == found.accepted)):
        raise Missing(held.NO_VERSION)
    version = held.version(act.session, found.contribution.id, number)
    if not reads_whole(act, found) and json.loads(version.document)["licence"] in NOT_WHOLE:
        raise Missing(held.NO_VERSION)
    return version


def call(act: Act, call_id: uuid.UUID) -> Call:
    """Loads the call of an address; a request that writes holds its row until the commit."""
    return calls.get(act.session, call_id, lock=request.method not in SAFE)


@dataclass(frozen=True)
class Shown:
    """A version for a reader. `whole` is false where its licence lets the public see title, credit and areas alone,
    which is `closed`.
    """

    number: int
    told: Mapping[str, Any]
    areas: tuple[str, ...]
    parts: tuple[FrozenPart, ...]
    files: tuple[Any, ...]
    version: ContributionVersion
    short_code: str
    whole: bool
    closed: bool


def shown(act: Act, found: Filing, number: int) -> Shown:
    """A version as this person may know it."""
    version = held.version(act.session, found.contribution.id, number)
    told = json.loads(version.document)
    closed = told["licence"] in NOT_WHOLE
    whole = not closed or reads_whole(act, found)
    asked = guideline(act.session, told["edition"]["key"])
    files = files_of(version.files, FILES)
    return Shown(
        number,
        told,
        area_names(act, [one["area"] for one in told["areas"]]),
        frozen(version.document, asked, language(), files) if whole else (),
        files if whole else (),
        version,
        json.loads(version.receipt)["short_code"],
        whole,
        closed,
    )


def area_names(act: Act, keys: list[str]) -> tuple[str, ...]:
    """The names of these areas in the reader's language; words that name none stay as they are."""
    return _named(held.names(act.session), keys)


def areas_of(act: Act, heads: Mapping[uuid.UUID, Head]) -> dict[uuid.UUID, tuple[str, ...]]:
    """The names of the areas of these contributions."""
    names = held.names(act.session)
    return {key: _named(names, head.areas) for key, head in heads.items()}


def _named(names: Names, keys: Iterable[str]) -> tuple[str, ...]:
    found = [(key, names.of_key(key)) for key in keys]
    return tuple(key if fact is None else text(fact.names, language()) or fact.name for key, fact in found)
