"""Figures of reports for programs."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from portal.api.calls import Calls
from portal.api.cursors import opened, page
from portal.api.shapes import USUAL, Given, Paging, entity_code, key_text, one_of, page_of, words
from portal.http.passages import reader
from portal.models.reported_figures import ReportedFigure
from portal.queries import reported_figures as queries
from portal.queries.reported_figures import Which
from portal.queries.reports import LATE
from portal.rules import crosswalk
from portal.services.act import Act

calls = Calls("Figures of reports", __name__, "The figures that states give as their own in answers on indicators.")


class ReportedFigureShape(Given):
    """A figure: row `ordinal` of the answer to `question`, each text as typed. `year` is the last one of `period`,
    `value` and `bound` what was read of `value_text`, null and empty where nothing could be. Where `unit` is empty,
    `unit_asked` holds."""

    id = fields.Integer()
    report = fields.UUID()
    version = fields.Integer()
    cycle = fields.String()
    entity = fields.String()
    region = fields.String()
    commitment = fields.String(allow_none=True)
    indicator = fields.String()
    question = fields.String()
    ordinal = fields.Integer()
    period = fields.String()
    year = fields.Integer(allow_none=True)
    value_text = fields.String()
    value = fields.Float(allow_none=True)
    bound = one_of(("", "<", ">", "<=", ">="))
    unit = fields.String()
    unit_asked = fields.String()
    source = fields.String()
    disaggregation = fields.String()
    place = fields.String()


class WhichFigures(Paging):
    """Which figures are asked for, of those that stand now; `late` as for passages."""

    cycle = key_text()
    region = words(100)
    entity = entity_code()
    commitment = one_of([one.key for one in crosswalk.commitments()])
    indicator = one_of(crosswalk.measures())
    late = one_of(tuple(LATE))


def _told(one: ReportedFigure) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ReportedFigureShape._declared_fields if hasattr(one, name)}
    return same | {"report": one.report_id, "commitment": crosswalk.commitment_of_indicator(one.indicator)}


@calls.call("GET", "/reported-figures", "evidence:read", query=WhichFigures, gives=page_of(ReportedFigureShape))
def list_reported_figures(act: Act, asked: dict[str, Any]) -> dict[str, Any]:
    """The figures asked for, in the order in which they came. Those of unpublished reports are the team's alone."""
    limit = asked["limit"] or USUAL
    (after,) = opened("reported figures", asked["cursor"], int) or (0,)
    which = Which(**{name: asked[name] for name in Which.__dataclass_fields__ if asked[name]})
    rows = queries.listed(act.session, which, reader(act), after=after, limit=limit + 1)
    shown = [_told(row.ReportedFigure) for row in rows]
    return page("reported figures", shown, limit, lambda last: (last["id"],))
