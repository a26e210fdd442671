"""Figures of channel b, a page at a time as JSON or all of them as CSV."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, request, stream_with_context
from marshmallow import fields

from portal.api.calls import Answer, Calls
from portal.api.cursors import opened, portion, sealed
from portal.api.shapes import USUAL, Given, Paging, Rows, Whole, entity_code, one_of, page_of, words
from portal.documents.tables import Column, csv_blocks
from portal.queries import imports
from portal.queries.observations import COLUMNS, Figure, Wanted, list_observations, stream_observations
from portal.rules.conversions import converted
from portal.rules.verdicts import STANDINGS
from portal.services.act import Act

calls = Calls("Observations", __name__, "Figures of the indicators.")
CSV = "text/csv"
HEADINGS = [Column(name, "", "") for name in COLUMNS]


class ConvertedShape(Given):
    """The figure told in another unit by a stated rule; the figure as published stays as it is."""

    value = fields.String()
    unit = fields.String()
    rule = fields.String()


class Observation(Given):
    """One figure. `value_text` is as published, such as `>95`; `value` is the number read in it and `bound` one of <
    > <= >= or empty."""

    id = fields.Integer()
    source = fields.String()
    series = fields.String()
    title = fields.String()
    indicator = fields.String(allow_none=True)
    sdg = fields.String()
    area = fields.String()
    area_kind = fields.String()
    area_name = fields.String()
    entity = fields.String(allow_none=True)
    year = fields.Integer()
    period = fields.String()
    dimensions = fields.Dict(keys=fields.String(), values=fields.String())
    unit = fields.String()
    value_text = fields.String()
    value = fields.Float(allow_none=True)
    bound = fields.String()
    nature = fields.String()
    status = fields.String()
    revision = fields.Integer()
    edition = fields.String()
    import_id = fields.UUID(metadata={"description": "The dataset that it was read from."})
    licence = fields.String()
    credit = fields.String()
    note = fields.String()
    standing = one_of(STANDINGS)
    converted = fields.Nested(ConvertedShape, allow_none=True)


class FigureTotalShape(Given):
    """The figures of one cut of a series for the states of one region in one year; regions add up to all states."""

    source = fields.String()
    series = fields.String()
    title = fields.String()
    indicator = fields.String(allow_none=True)
    dimensions = fields.Dict(keys=fields.String(), values=fields.String())
    unit = fields.String()
    region = fields.String()
    year = fields.Integer()
    count = fields.Integer()
    sum = fields.Float()
    low = fields.Float()
    high = fields.Float()
    states = fields.Integer()
    files = fields.Dict(
        keys=one_of(STANDINGS),
        values=fields.Integer(),
        metadata={"description": "How many files gave figures of the series, by what a second person said of them."},
    )


class FigureTotals(page_of(FigureTotalShape)):  # type: ignore[misc]
    """The totals that were asked for; all of them unless a limit is asked for."""

    items = Rows(FigureTotalShape)


class WhichTotals(Paging):
    """Which totals are asked for; `indicator` is a code of the monitoring framework, an SDG indicator or a series."""

    indicator = words(300, required=True)
    region = words(100)
    year = Whole(most=9999)
    cuts = Whole(least=1, metadata={"description": "At most so many breakdowns, the figure for the whole first."})


class WhichFigures(Paging):
    """Which figures are asked for; `indicator` is a code of the monitoring framework, an SDG indicator or a series."""

    indicator = words(300)
    entity = entity_code()
    year_from = Whole(most=9999, data_key="from")
    year_to = Whole(most=9999, data_key="to")
    channel = one_of(("b",), load_default="b")


@calls.call(
    "GET", "/observations", "observations:read", query=WhichFigures, gives=Answer(page_of(Observation), also=CSV)
)
def list_figures(act: Act, which: dict[str, Any]) -> dict[str, Any] | Response:
    """Figures: a page as JSON, or with `Accept: text/csv` all of them as one table."""
    names = ("indicator", "entity", "year_from", "year_to")
    wanted = Wanted(**{name: which[name] for name in names})
    if request.accept_mimetypes.best_match(["application/json", CSV]) == CSV:
        table = stream_with_context(csv_blocks(HEADINGS, _rows(stream_observations(act.session, wanted))))
        disposition = {"Content-Disposition": 'attachment; filename="observations.csv"'}
        return Response(table, mimetype=CSV, headers=disposition)
    (after,) = opened("figures", which["cursor"], int) or (0,)
    figures, following = list_observations(act.session, wanted, after=after, limit=which["limit"] or USUAL)
    items = [
        figure._asdict()
        | {"dimensions": json.loads(figure.dimensions), "converted": converted(figure.value_text, figure.unit)}
        for figure in figures
    ]
    return {"items": items, "next": None if following is None else sealed("figures", [following])}


@functools.lru_cache(maxsize=4096)
def _dimensions(cut: str) -> dict[str, str]:
    """The dimensions of a cut, of which most rows of an answer repeat a few."""
    told: dict[str, str] = json.loads(cut)
    return told


@calls.call("GET", "/observations/totals", "observations:read", query=WhichTotals, gives=FigureTotals)
def list_totals(act: Act, which: dict[str, Any]) -> dict[str, Any]:
    """Totals by region and year, of the figures of states; no single figure is read for it."""
    wanted = {name: which[name] for name in ("region", "year", "cuts")}
    found = imports.totals(act.session, which["indicator"], **wanted)
    part = portion("totals", found, which)
    given = imports.files_of(act.session, which["indicator"])
    files = {series: Counter(one.standing for one in ones) for series, ones in given.items()}
    return part | {
        "items": [
            vars(one) | {"dimensions": _dimensions(one.dimensions), "files": files.get((one.source, one.series), {})}
            for one in part["items"]
        ]
    }


def _rows(figures: Iterable[Figure]) -> Iterator[list[object]]:
    for figure in figures:
        number = None if figure.value is None else repr(figure.value)
        yield list((figure._asdict() | {"import_id": str(figure.import_id), "value": number}).values())
