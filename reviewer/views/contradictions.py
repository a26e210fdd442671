"""Contradictions between channels as cases: the list, a case side by side, the question to the state, the outcome."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.outline import Question, text
from forms.words import N_
from portal.http import render
from portal.http.guard import SAFE, guarded
from portal.models.contradictions import Case
from portal.models.cycles import Cycle
from portal.queries import contributions, cycles
from portal.queries.guidelines import guideline
from portal.queries.passages import NO_REGION
from portal.rules.cases import OUTCOMES, PASSAGE, RULES, SAYS, STATES, amount
from portal.rules.contradictions import WHY_APART
from portal.rules.crosswalk import commitments
from portal.rules.policy import may
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act
from reviewer.queries import contradictions as queries
from reviewer.queries.contradictions import GONE, MOVED, OPEN, STANDS, Wanted
from reviewer.queries.grounds import grounds, indicators
from reviewer.rules import raising
from reviewer.services import contradictions as service

pages = Blueprint("contradictions", __name__)
ON_A_PAGE = 100
FILTERED = {
    OPEN: N_("Not settled"),
    **STATES,
    STANDS: N_("Settled, and the contradiction stands"),
    MOVED: N_("Settled, and the figures are others now"),
    GONE: N_("Not found any more"),
}
CHANNELS = ("a", "b", "c", "d", "e", "f")


def case(act: Act, case_id: uuid.UUID) -> Case:
    """Loads the case of an address; a request that writes holds its row until the commit."""
    return queries.get(act.session, case_id, lock=request.method not in SAFE)


@pages.get("/evidence/contradictions")
@guarded("contradiction:read")
def listing(act: Act) -> ResponseReturnValue:
    """The cases of a cycle, filtered by the words of the address, and how often each rule was right."""
    cycle = _cycle(act)
    wanted = Wanted(**{name: request.args.get(name, "") for name in Wanted.__dataclass_fields__})
    number = _page_number()
    found = queries.listed(act.session, cycle.key, wanted, by_name=True, start=number * ON_A_PAGE, limit=ON_A_PAGE + 1)
    asked = indicators(guideline(act.session, cycle.edition))
    facets = queries.facets(act.session, cycle.key)
    total = queries.counted(act.session, cycle.key, wanted)
    return render_template(
        "evidence/contradictions.html",
        cycle=cycle,
        rows=[(row, _title(asked, row.indicator)) for row in found[:ON_A_PAGE]],
        total=total,
        caption=ngettext("%(num)s case of %(cycle)s", "%(num)s cases of %(cycle)s", total, cycle=cycle.label),
        any_case=bool(facets),
        sentence=_sentence(wanted, facets, asked),
        kept=_unseen(wanted),
        earlier=_address(wanted, number - 1) if number else None,
        later=_address(wanted, number + 1) if len(found) > ON_A_PAGE else None,
        tallies=queries.rightness(act.session, cycle.key),
        rules=RULES,
        says=SAYS,
        states=STATES,
        outcomes=OUTCOMES,
        amount=amount,
        may_find=may(act.person, "contradiction:find"),
    )


def _cycle(act: Act) -> Cycle:
    key = request.args.get("cycle")
    return cycles.counting(act.session, key) if key else cycles.current(act.session)


def _page_number() -> int:
    sent = request.args.get("page", "0")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 6 else 0


def _address(wanted: Wanted, number: int) -> str:
    kept = {name: value for name, value in asdict(wanted).items() if value}
    return url_for("contradictions.listing", **kept | _unseen(wanted), page=number)


def _unseen(wanted: Wanted) -> dict[str, str]:
    """What the address asks for beside the sentence: the cycle and the state."""
    asked = {"cycle": request.args.get("cycle", ""), "entity": wanted.entity}
    return {name: value for name, value in asked.items() if value}


def _title(asked: Mapping[str, Question], indicator: str | None) -> str:
    return text(asked[indicator].title, render.language()) if indicator and indicator in asked else ""


def _sentence(wanted: Wanted, facets: Sequence[Any], asked: Mapping[str, Question]) -> list[dict[str, Any]]:
    """The filters as a sentence; offered is what there is."""
    rules = {row.rule for row in facets}
    regions = sorted({row.region for row in facets if row.region})
    nowhere = [(NO_REGION, _("no single region"))] if wanted.region == NO_REGION else []
    named = sorted({row.indicator for row in facets if row.indicator})
    each = {
        "state": (_("Cases:"), _("In any state"), [(key, _(title)) for key, title in FILTERED.items()]),
        "rule": (_("raised by"), _("any rule"), [(key, _(title)) for key, title in RULES.items() if key in rules]),
        "outcome": (_("with"), _("any outcome or none"), [(key, _(title)) for key, title in OUTCOMES.items()]),
        "region": (_("in"), _("every region"), [*zip(regions, regions, strict=True), *nowhere]),
        "indicator": (
            _("on"),
            _("every indicator"),
            [(key, f"{key} {_title(asked, key)}"[:90]) for key in named],
        ),
        "commitment": (
            _("of"),
            _("every commitment"),
            [(one.key, f"{one.key} {_(one.title)}") for one in commitments()],
        ),
        "channel": (_("between"), _("all channels"), [(key, _("channel %(key)s", key=key)) for key in CHANNELS]),
    }
    return [
        {"name": name, "label": label, "value": getattr(wanted, name), "choices": [("", everything), *choices]}
        for name, (label, everything, choices) in each.items()
    ]


@pages.post("/evidence/contradictions/find")
@guarded("contradiction:find")
def find(act: Act) -> ResponseReturnValue:
    """Lets every rule look at the evidence of the cycle."""
    key = request.form.get("cycle") or cycles.current(act.session).key
    run = service.find(act, key)
    flash(
        _(
            "The rules looked at the evidence of %(entities)s states and territories. New cases: %(new)s. Found again: "
            "%(again)s. Not found any more: %(gone)s.",
            **asdict(run),
        ),
        "success",
    )
    return redirect(url_for("contradictions.listing", state=OPEN, cycle=request.form.get("cycle") or None), 303)


@pages.get("/evidence/contradictions/compared")
@guarded("contradiction:read")
def compared(act: Act) -> ResponseReturnValue:
    """What comparing the figures on a state gave: what agrees, what differs, what is not comparable and why."""
    cycle = _cycle(act)
    asked = indicators(guideline(act.session, cycle.edition))
    names = {one.iso3: text(one.names, render.language()) for one in cycles.entities(act.session)}
    entity = request.args.get("entity", "")
    [ground] = grounds(act.session, cycle.key, [entity]) if entity in names else [None]
    return render_template(
        "evidence/compared.html",
        cycle=cycle,
        entity=entity if ground else "",
        choices=[
            ("", _("Choose a state")),
            *((code, name) for code, name in sorted(names.items(), key=lambda o: o[1])),
        ],
        names=names,
        found=[(code, _title(asked, code), each) for code, each in raising.compared(ground, asked).items()]
        if ground
        else [],
        why=WHY_APART,
    )


@pages.get("/evidence/contradictions/<uuid:case_id>")
@guarded("contradiction:read", subject=case, by="case_id", conceal=None)
def page(act: Act, found: Case) -> ResponseReturnValue:
    """One case: what stands on each side, the question, what was decided."""
    return _page(act, found)


@pages.post("/evidence/contradictions/<uuid:case_id>/question")
@guarded("contradiction:settle", subject=case, by="case_id", conceal=None)
def ask(act: Act, found: Case) -> ResponseReturnValue:
    """Gathers the question as a remark on the report in review."""
    try:
        service.ask(act, found, request.form.get("question", ""), _due())
    except Invalid as refusal:
        return _page(act, found, refusal.problems, request.form), 422
    except NotNow as refusal:
        return _page(act, found, [Problem("question", refusal.sentence)], request.form), 409
    flash(_("The question is gathered as a remark. The state sees it when you ask for clarification."), "success")
    return redirect(url_for("contradictions.page", case_id=found.id), 303)


@pages.post("/evidence/contradictions/<uuid:case_id>/outcome")
@guarded("contradiction:settle", subject=case, by="case_id", conceal=None)
def settle(act: Act, found: Case) -> ResponseReturnValue:
    """Writes down the outcome that a person chose, with the reason."""
    try:
        sent = (request.form.get(name, "") for name in ("outcome", "reason", "seen"))
        service.settle(act, found, *sent)
    except Invalid as refusal:
        return _page(act, found, refusal.problems, request.form), 422
    except NotNow as refusal:
        return _page(act, found, [Problem("outcome", refusal.sentence)], request.form), 409
    flash(_("The outcome is written down. It can be decided anew; each decision stays to be read."), "success")
    return redirect(url_for("contradictions.page", case_id=found.id), 303)


def _due() -> dt.date | None:
    sent = request.form.get("due", "")
    try:
        return dt.date.fromisoformat(sent) if sent else None
    except ValueError:
        sentence = N_("Please give the day as year-month-day, or none.")
        raise Invalid(sentence, [Problem("due", sentence)]) from None


def _replies(act: Act, found: Case) -> dict[str, Sequence[Any]]:
    """What named states said to the contributions that stand on a side, by the reference of the side."""
    said = [side for side in found.sides if side["kind"] == PASSAGE and side["source"] == "contribution"]
    owners = {side["ref"]: uuid.UUID(side["ref"].partition(":")[0]) for side in said}
    replies = contributions.replies(act.session, set(owners.values()))
    return {ref: replies.get(owner, []) for ref, owner in owners.items()}


def _page(act: Act, found: Case, problems: Sequence[Problem] = (), sent: Mapping[str, str] | None = None) -> str:
    cycle = cycles.cycle(act.session, found.cycle)
    asked = indicators(guideline(act.session, cycle.edition))
    years = [{str(period): str(value) for period, value in side["points"]} for side in found.sides]
    return render_template(
        "evidence/contradiction.html",
        years=years,
        periods=sorted({period for points in years for period in points}),
        case=found,
        cycle=cycle,
        title=_title(asked, found.indicator),
        around=queries.around(act.session, found),
        mark=service.mark(found),
        decided=queries.outcomes(act.session, found.id),
        rules=RULES,
        says=SAYS,
        states=STATES,
        outcomes=OUTCOMES,
        amount=amount,
        replies=_replies(act, found),
        may_settle=may(act.person, "contradiction:settle", found),
        problems=problems,
        sent=sent or {},
    )
