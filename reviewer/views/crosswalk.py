"""The pages around the coding: the agreement of coders, near copies, and the crosswalk as a table and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.kinds.practices import GOALS
from portal.adapters.content import disposition
from portal.documents.tables import Column, csv_blocks
from portal.http import render
from portal.http.guard import guarded
from portal.http.passages import reader
from portal.models.cycles import Cycle
from portal.queries import cycles
from portal.queries import near_copies as pairs_of
from portal.rules import crosswalk, likeness
from portal.services.act import Act
from reviewer.queries import coding
from reviewer.rules.coding import agreements, differing
from reviewer.views.passages import code_title

pages = Blueprint("crosswalk", __name__)

MOST_DIFFERING = 100
PER_PAGE, LAST_PAGE = 25, 10**6
LISTS = ("paragraphs", "indicators", "goals", "targets", "umf", "recommendations", "themes")
HEADINGS = [Column(name, "", "") for name in ("section", "title", "commitment", *LISTS)]


def _cycle(act: Act) -> Cycle:
    """The cycle that the address asks for, else the current one."""
    key = request.args.get("cycle", "")
    return cycles.counting(act.session, key) if key else cycles.current(act.session)


def _cycles(act: Act) -> list[tuple[str, str]]:
    return [(one.key, one.label) for one in cycles.cycles(act.session)]


@pages.get("/evidence/agreement")
@guarded("evidence:read")
def agreement(act: Act) -> ResponseReturnValue:
    """How far coders agree, code by code, before they saw each other's codes and now, and where they differ."""
    cycle = _cycle(act)
    ground = coding.ground(act.session, cycle.key)
    differ = differing(ground.coders, ground.first, ground.given)
    shown = sorted(differ)[:MOST_DIFFERING]
    return render_template(
        "evidence/agreement.html",
        cycle=cycle,
        choices=_cycles(act),
        passages=len(ground.coders),
        rows=agreements(ground.coders, ground.first, ground.given),
        differ=[(one, differ[one.id]) for one in coding.texts(act.session, shown, reader(act))],
        differing=len(differ),
        code_title=code_title,
        kind_title=lambda code: _(crosswalk.CODE_KINDS[crosswalk.kind_of(code)]),
    )


@pages.get("/evidence/near-copies")
@guarded("evidence:read")
def near_copies(act: Act) -> ResponseReturnValue:
    """Passages with nearly the words of another text, the most alike first, each with the text most like it."""
    cycle, kind = _cycle(act), request.args.get("kind", "")
    wanted = kind if kind in likeness.KINDS else ""
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    pairs = pairs_of.paged(act.session, reader(act), cycle.key, wanted, number, PER_PAGE)
    if number > 1 and not pairs:
        number, pairs = 1, pairs_of.paged(act.session, reader(act), cycle.key, wanted, 1, PER_PAGE)
    found: dict[int, list[Any]] = {}
    for pair in pairs:
        found.setdefault(pair.Passage.id, []).append(pair)
    passages = pairs[0].passages if pairs else 0
    kept: dict[str, Any] = {"kind": wanted, "cycle": request.args.get("cycle", "")}
    return render_template(
        "evidence/copies.html",
        cycle=cycle,
        kind=wanted,
        parts=[
            {
                "name": "kind",
                "label": _("Near copies of"),
                "value": wanted,
                "choices": [("", _("any text")), *_kinds()],
            },
            {"name": "cycle", "label": _("in"), "value": cycle.key, "choices": _cycles(act)},
        ],
        rows=list(found.values()),
        count=ngettext("%(num)s passage", "%(num)s passages", passages),
        page=number,
        pages=max(1, -(-passages // PER_PAGE)),
        url_of=lambda n: url_for(".near_copies", page=n, **{name: value for name, value in kept.items() if value}),
        kinds=dict(_kinds()),
        least=round(100 * likeness.LIKE),
    )


def _kinds() -> list[tuple[str, str]]:
    return [(key, _(title)) for key, title in likeness.KINDS.items()]


@pages.get("/evidence/crosswalk")
@guarded("evidence:read")
def table(act: Act) -> ResponseReturnValue:  # noqa: ARG001 - every view takes the act
    """The crosswalk, section by section."""
    return render_template(
        "evidence/crosswalk.html",
        rows=list(crosswalk.table().values()),
        measures=crosswalk.measures(),
        umf_indicators=crosswalk.umf_indicators(),
        goals={key: render.words(title) for key, title in GOALS.items()},
        cell=_cell,
        themes={key: _(title) for key, title in crosswalk.THEMES.items()},
        recommendations={key: _(title) for key, title in crosswalk.RECOMMENDATIONS.items()},
        commitments={one.key: _(one.title) for one in crosswalk.commitments()},
    )


def _cell(cell: str) -> str:
    """A cell of the Urban Monitoring Framework in words."""
    domain, _colon, objective = cell.partition(":")
    return f"{_(crosswalk.DOMAINS[domain])} / {_(crosswalk.OBJECTIVES[objective])}"


@pages.get("/evidence/crosswalk.csv")
@guarded("evidence:read")
def table_csv(act: Act) -> ResponseReturnValue:  # noqa: ARG001 - every view takes the act
    """The crosswalk as CSV, the keys parted by blanks."""
    headers = {"Content-Disposition": disposition("crosswalk.csv")}
    return Response(csv_blocks(HEADINGS, _rows()), content_type="text/csv; charset=utf-8", headers=headers)


def _rows() -> Iterator[list[object]]:
    for one in crosswalk.table().values():
        lists = [" ".join(str(value) for value in getattr(one, name)) for name in LISTS]
        yield [one.key, one.title, one.commitment or "", *lists]
