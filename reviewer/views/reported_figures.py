"""The list of figures that states give in their reports, filtered by its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from textwrap import shorten
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.outline import text
from portal.http import render
from portal.http.guard import guarded
from portal.http.passages import LARGEST, reader
from portal.models.cycles import Cycle
from portal.models.reported_figures import ReportedFigure
from portal.queries import cycles
from portal.queries import reported_figures as queries
from portal.queries.guidelines import guideline
from portal.queries.reported_figures import Which
from portal.rules import crosswalk
from portal.rules.policy import may
from portal.services.act import Act
from reviewer.queries.grounds import indicators
from reviewer.views.passages import LATE

pages = Blueprint("reported_figures", __name__)

PER_PAGE = 50


@pages.get("/evidence/figures")
@guarded("evidence:read")
def listing(act: Act) -> ResponseReturnValue:
    """The figures that the address asks for, fifty a page, in the order in which they came."""
    which, who = Which.read(request.args), reader(act)
    after = max(0, min(request.args.get("after", 0, type=int), LARGEST))
    found = queries.listed(act.session, which, who, after=after, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    asked = {name: value for name, value in asdict(which).items() if value}
    number = queries.counted(act.session, which, who)
    opened = cycles.cycles(act.session)
    titles = _titles(act, opened)
    return render_template(
        "evidence/figures.html",
        sentence=_sentence(act, which, opened, titles),
        rows=[(row, _source_address(act, row.ReportedFigure)) for row in shown],
        titles=titles,
        count=ngettext("%(num)s figure", "%(num)s figures", number),
        following=url_for(".listing", **asked, after=shown[-1].ReportedFigure.id) if len(found) > PER_PAGE else None,
        beginning=url_for(".listing", **asked) if after else None,
        filtered=bool(asked),
    )


def _source_address(act: Act, one: ReportedFigure) -> str:
    """Where the answer stands that a figure is of: in the review for the team, else in the published report."""
    endpoint = "review.read" if may(act.person, "review:queue") else "public.report"
    return url_for(endpoint, report_id=one.report_id, _anchor=render.slug(one.question))


def _titles(act: Act, opened: Sequence[Cycle]) -> Mapping[str, str]:
    """The indicators that the newest cycle asks for, with their titles."""
    asked = indicators(guideline(act.session, opened[0].edition)) if opened else {}
    return {key: text(question.title, render.language()) for key, question in sorted(asked.items())}


def _sentence(act: Act, which: Which, opened: Sequence[Cycle], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """The filters as parts of a sentence."""
    entities = cycles.entities(act.session)
    regions = sorted({entity.region for entity in entities if entity.region})
    named = sorted((render.words(entity.names), entity.iso3) for entity in entities)
    commitments = [(one.key, f"{one.key} {_(one.title)}") for one in crosswalk.commitments()]
    offered = [(key, f"{key} {shorten(title, 60, placeholder='…')}") for key, title in titles.items()]
    parts: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("cycle", _("Figures in reports of"), _("every cycle"), [(one.key, one.label) for one in opened]),
        ("region", _("from"), _("every region"), [(one, one) for one in regions]),
        ("entity", _("of"), _("every state"), [(iso3, name) for name, iso3 in named]),
        ("commitment", _("on"), _("every commitment"), commitments),
        ("indicator", _("by"), _("every indicator"), offered),
        ("late", _("and"), _("whenever received"), [(key, _(title)) for key, title in LATE.items()]),
    ]
    return [
        {"name": name, "label": label, "value": getattr(which, name), "choices": [("", every), *choices]}
        for name, label, every, choices in parts
    ]
