"""Passages for programs: found by words, place and code, and coded; the crosswalk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from portal.api.calls import Calls
from portal.api.cursors import opened, page, portion
from portal.api.shapes import (
    USUAL,
    Asked,
    Given,
    Moment,
    Paging,
    entity_code,
    key_text,
    language_code,
    one_of,
    page_of,
    words,
)
from portal.http.passages import LARGEST, LONGEST, passage, reader, sought
from portal.models.passages import Passage
from portal.queries import passages as queries
from portal.queries.passages import OF_FILES, Subject, Which
from portal.queries.reports import LATE
from portal.rules import crosswalk
from portal.rules.anchors import EDITED, MOVED, NEW, SAME
from portal.rules.policy import THE_TEAM
from portal.services.act import Act
from reviewer.queries import coding as coders
from reviewer.services import coding

calls = Calls("Passages", __name__, "The paragraphs of what was submitted and sent, found by words and coded.")
CHANNELS = ("a", "b", "c", "d", "e", "f")


class PassageShape(Given):
    """A passage. `commitment`, `region` and `entity` are the first or only one that it is of, `commitments`, `regions`
    and `entities` all; `current` says that it stands as evidence. `key` cites it for good; `follows` is the id of the
    passage of the version before that it continues, `change` how. `codes` is null to a coder who has not gone through
    it. `file` is empty but for the text of attached files; `until` is the last year that its version says it covers."""

    id = fields.Integer()
    key = fields.String()
    text = fields.String()
    language = language_code()
    source = one_of(("report", "contribution"))
    report = fields.UUID(allow_none=True)
    contribution = fields.UUID(allow_none=True)
    version = fields.Integer()
    cycle = fields.String()
    channel = one_of(CHANNELS)
    entity = fields.String(allow_none=True)
    partner = fields.UUID(allow_none=True)
    credit = fields.String(allow_none=True, metadata={"description": "How the contribution wants to be named."})
    licence = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    question = fields.String()
    section = fields.String()
    commitment = fields.String(allow_none=True)
    commitments = fields.List(fields.String())
    regions = fields.List(fields.String())
    entities = fields.List(fields.String())
    ordinal = fields.Integer()
    hash = fields.String()
    current = fields.Boolean()
    follows = fields.Integer(allow_none=True)
    change = one_of((NEW, SAME, EDITED, MOVED))
    file = fields.String()
    page = fields.Integer(allow_none=True)
    until = fields.Integer(allow_none=True)
    cut_at = Moment()
    codes = fields.List(fields.String(), allow_none=True)


class WhichPassages(Paging):
    """Which passages are asked for. `q` are words, all of them looked for in their forms; in quotation marks one after
    the other. Only those that stand now, unless `earlier` is yes; where `waiting` is yes, those of contributions that
    the team has not looked at yet. `commitment`, `region` and `entity` ask for each that a passage is of; the region
    `no_region` for what is of none; `late` for what stands in no report received after the synthesis cut-off
    (`without`), which cannot be cited, or for that `alone`; `files` in the same way for the text of attached files."""

    q = words(LONGEST)
    cycle = key_text()
    channel = one_of(CHANNELS)
    region = words(100)
    commitment = one_of([one.key for one in crosswalk.commitments()])
    entity = entity_code()
    partner = fields.UUID()
    language = language_code()
    section = key_text()
    code = one_of(crosswalk.codes())
    change = one_of((NEW, SAME, EDITED, MOVED))
    earlier = one_of(("yes",))
    waiting = one_of(("yes",))
    late = one_of(tuple(LATE))
    files = one_of(tuple(OF_FILES))


class Codes(Asked):
    """The codes that the caller gives to a passage, in place of those that the caller gave before."""

    codes = fields.List(one_of(crosswalk.codes()), required=True, validate=validate.Length(max=200))


class CrossingShape(Given):
    """A section of the guidelines, or a heading, which joins what stands under it."""

    section = fields.String()
    title = fields.String()
    heading = fields.Boolean()
    commitment = fields.String(allow_none=True)
    paragraphs = fields.List(fields.Integer())
    indicators = fields.List(fields.String())
    goals = fields.List(fields.String())
    targets = fields.List(fields.String())
    umf = fields.List(fields.String())
    recommendations = fields.List(fields.String())
    themes = fields.List(fields.String())


class Crosswalk(Given):
    """The crosswalk, all of it unless a limit is asked for, and the code book: the titles of all codes."""

    sections = fields.List(fields.Nested(CrossingShape))
    next = fields.String(allow_none=True, metadata={"description": "The cursor of the next page, null on the last."})
    codes = fields.Dict(keys=fields.String(), values=fields.String())


def _told(one: Passage, of: Mapping[str, list[str]], terms: Any, codes: Sequence[str] | None) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in PassageShape._declared_fields if hasattr(one, name)}
    return same | {
        **of,
        "report": one.report_id,
        "contribution": one.contribution_id,
        "partner": one.partner_id,
        "credit": terms.credit if terms else None,
        "licence": terms.licence if terms else None,
        "codes": codes,
    }


def _all_told(act: Act, found: Sequence[Passage]) -> list[dict[str, Any]]:
    """Passages with the codes that the caller may see: a coder sees them after going through the passage."""
    ids = [one.id for one in found]
    codes: Mapping[int, list[str]] = queries.codes_of(act.session, ids)
    seen = coders.seen_by(act.session, ids, act.actor.id) if THE_TEAM(act.actor, None) else frozenset(ids)
    of = queries.all_of(act.session, ids)
    terms = queries.terms_of(act.session, ids)
    return [
        _told(one, of[one.id], terms.get(one.id), codes.get(one.id, []) if one.id in seen else None) for one in found
    ]


@calls.call("GET", "/passages", "evidence:read", query=WhichPassages, gives=page_of(PassageShape))
def list_passages(act: Act, asked: dict[str, Any]) -> dict[str, Any]:
    """The passages asked for, in the order in which they came. Those of unpublished reports are the team's alone."""
    limit = asked["limit"] or USUAL
    (after,) = opened("passages", asked["cursor"], int) or (0,)
    names = Which.__dataclass_fields__
    which = Which(**{name: str(asked[name]) for name in names if asked.get(name)})
    words_sought = sought(asked["q"] or "", asked["language"])
    rows = queries.listed(act.session, which, reader(act), words_sought, after=after, limit=limit + 1)
    return page("passages", _all_told(act, [row.Passage for row in rows]), limit, lambda last: (last["id"],))


@calls.call(
    "GET",
    f"/passages/<int(min=1, max={LARGEST}):passage_id>",
    "passage:read",
    subject=passage,
    by="passage_id",
    conceal="passage:read",
    gives=PassageShape,
)
def read_passage(act: Act, found: Subject) -> dict[str, Any]:
    """One passage."""
    return _all_told(act, [found.passage])[0]


@calls.call(
    "PUT",
    f"/passages/<int(min=1, max={LARGEST}):passage_id>/codes",
    "evidence:code",
    subject=passage,
    by="passage_id",
    conceal="passage:read",
    body=Codes,
    gives=PassageShape,
    refuses=[409],
)
def code_passage(act: Act, found: Subject, sent: dict[str, Any]) -> dict[str, Any]:
    """Gives a passage the caller's codes; none is an answer too. The codes of other coders stay as they are."""
    coding.code(act, found, sent["codes"])
    return _all_told(act, [found.passage])[0]


@calls.call("GET", "/crosswalk", "evidence:read", query=Paging, gives=Crosswalk)
def read_crosswalk(_act: Act, paging: dict[str, Any]) -> dict[str, Any]:
    """What each section has to do with indicators, paragraphs, goals, monitoring framework, recommendations, themes."""
    names = [name for name in CrossingShape._declared_fields if name != "section"]
    sections = [
        {"section": one.key} | {name: getattr(one, name) for name in names} for one in crosswalk.table().values()
    ]
    part = portion("crosswalk", sections, paging)
    return {"sections": part["items"], "next": part["next"], "codes": dict(crosswalk.codes())}
