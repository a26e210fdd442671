"""Good practices of published reports: open to everyone, without a token."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from forms.kinds.practices import COMMITMENTS, GOALS, SCALES
from portal.api.calls import Calls
from portal.api.cursors import portion
from portal.api.shapes import Given, Moment, Paging, by_language, entity_code, language_code, one_of, page_of
from portal.http.guard import PUBLIC
from portal.queries import practices
from portal.queries.practices import Practice, Wanted
from portal.services.act import Act

calls = Calls("Practices", __name__, "Good practices of published reports, open to everyone.")

TEXTS = (
    "title",
    "place",
    "country",
    "scale",
    "from",
    "to",
    "lead_partners",
    "cost_funding",
    "before",
    "done",
    "results",
    "lessons",
    "replicable",
    "contact",
    "links",
)


class PublishedPicture(Given):
    """A picture whose file the state has opened; `attachment` names it among the files of the report."""

    attachment = fields.String()
    alt = fields.String()
    credit = fields.String()
    consent = fields.String()


Texts = Given.from_dict({name: fields.String() for name in TEXTS}, name="Texts")


class PublishedPractice(Texts):  # type: ignore[valid-type,misc]
    """A good practice as it stands in the published version of its report; `id` is its own within the report."""

    report = fields.UUID()
    id = fields.String()
    question = fields.String()
    language = language_code()
    entity = fields.String()
    names = by_language()
    region = fields.String()
    cycle = fields.String()
    version = fields.Integer()
    published_at = Moment()
    commitments = fields.List(fields.String())
    goals = fields.List(fields.String())
    pictures = fields.List(fields.Nested(PublishedPicture))


class WhichPractices(Paging):
    """Which good practices are asked for."""

    commitment = one_of(COMMITMENTS)
    goal = one_of(GOALS)
    scale = one_of(SCALES)
    entity = entity_code()


@calls.call("GET", "/public/practices", PUBLIC, query=WhichPractices, gives=page_of(PublishedPractice))
def list_practices(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """The good practices published now, those of the newest publications first."""
    wanted = Wanted(**{name: which[name] or "" for name in Wanted.__dataclass_fields__})
    found = [_shown(one) for one in practices.published_practices(act.session) if wanted.holds(one)]
    return portion("practices", found, which)


def _shown(one: Practice) -> dict[str, Any]:
    return {
        **one.row,
        "pictures": one.pictures(),
        "report": one.report_id,
        "question": one.told.question,
        "language": one.told.language,
        "entity": one.entity,
        "names": one.names,
        "region": one.region,
        "cycle": one.cycle,
        "version": one.version,
        "published_at": one.published_at,
    }
