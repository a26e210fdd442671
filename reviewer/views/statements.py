"""One statement on its page, the list to check again, and the supplements of late reports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forms.answers import difference
from forms.outline import Guideline
from portal.http.guard import guarded
from portal.http.naming import naming
from portal.models.cycles import Cycle
from portal.models.synthesis import Statement
from portal.queries import accounts, contributions, cycles, passages, reported_figures
from portal.queries.guidelines import guideline
from portal.queries.reports import WITHOUT
from portal.rules import crosswalk
from portal.rules.analyser import search
from portal.rules.cases import OUTCOMES as CASE_OUTCOMES
from portal.rules.refusals import Invalid, NotNow, Problem, Stale
from portal.rules.synthesis import (
    EFFECTS,
    OBSERVATION,
    OUTCOMES,
    PASSAGE,
    REASONS,
    REPORTED,
    SETTLED_AS,
    STANCES,
    STATES,
    Entry,
    heading,
    hindrances,
    outcomes_of,
    outline,
)
from portal.services.act import Act
from reviewer.queries import statements as queries
from reviewer.queries import synthesis
from reviewer.queries.grounds import indicators
from reviewer.rules.matrix import CHANNELS
from reviewer.rules.statements import behind, touching
from reviewer.rules.statements import mark as citations_mark
from reviewer.services import statements as service
from reviewer.services import synthesis as settling

pages = Blueprint("statements", __name__)
MOST_MARKS = 100
MOST_CHOICES = 25


@pages.get("/synthesis/statements/<uuid:statement_id>")
@guarded("synthesis:read")
def page(act: Act, statement_id: uuid.UUID) -> ResponseReturnValue:
    """One statement: its text and history, what it cites, what stands behind it and what speaks against it."""
    return _page(act, statement_id)


@pages.post("/synthesis/statements/<uuid:statement_id>/text")
@guarded("synthesis:write")
def reword(act: Act, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Saves another text. Where a colleague saved meanwhile, the page shows both."""
    typed = {"text": request.form.get("text", ""), "note": request.form.get("note", "")}
    try:
        service.reword(act, statement_id, typed["text"], _seen(), typed["note"])
    except Invalid as refusal:
        return _page(act, statement_id, refusal.problems, typed), 422
    except Stale as refusal:
        return _page(act, statement_id, [Problem("text", refusal.sentence)], typed, refusal), 409
    flash(_("The text is saved. Please look once more whether what it cites supports it."), "success")
    return _back(statement_id)


@pages.post("/synthesis/statements/<uuid:statement_id>/citations")
@guarded("synthesis:write")
def cite(act: Act, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Cites the passages and figures that were ticked, and the one that was typed."""
    sent = {name: request.form.get(name, "").strip() for name in ("stance", "reference")}
    ticked = {PASSAGE: "passage", OBSERVATION: "figure", REPORTED: "reported"}
    chosen = {kind: request.form.getlist(name) for kind, name in ticked.items()}
    grounds = [service.Ground(kind, one, sent["stance"]) for kind, ones in chosen.items() for one in ones]
    if sent["reference"]:
        kind = OBSERVATION if sent["reference"].isdecimal() else PASSAGE
        grounds.append(service.Ground(kind, sent["reference"], sent["stance"]))
    try:
        service.cite(act, statement_id, grounds)
    except Invalid as refusal:
        sentences = dict.fromkeys(problem.sentence for problem in refusal.problems)
        typed = {**sent, "chosen": chosen}
        return _page(act, statement_id, [Problem("reference", one) for one in sentences], typed), 422
    flash(_("It is cited."), "success")
    return _back(statement_id, "citations")


@pages.post("/synthesis/statements/<uuid:statement_id>/citations/<uuid:citation_id>/remove")
@guarded("synthesis:write")
def uncite(act: Act, statement_id: uuid.UUID, citation_id: uuid.UUID) -> ResponseReturnValue:
    """Takes a citation away."""
    service.uncite(act, statement_id, citation_id)
    flash(_("The citation is taken away; the record keeps that it was there."), "success")
    return _back(statement_id, "citations")


@pages.post("/synthesis/statements/<uuid:statement_id>/support")
@guarded("synthesis:write")
def support(act: Act, statement_id: uuid.UUID) -> ResponseReturnValue:
    """A person finds the statement supported by what it cites."""
    try:
        service.support(act, statement_id, _seen(), request.form.get("cited", ""))
    except NotNow as refusal:
        return _page(act, statement_id, [Problem("support", one) for one in refusal.reasons]), 409
    except Stale as refusal:
        return _page(act, statement_id, [Problem("text", refusal.sentence)], {}, refusal), 409
    flash(_("The statement is supported."), "success")
    return _back(statement_id)


@pages.post("/synthesis/statements/<uuid:statement_id>/withdraw")
@guarded("synthesis:write")
def withdraw(act: Act, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraws the statement with a reason."""
    typed = {"reason": request.form.get("reason", "")}
    try:
        made = service.withdraw(act, statement_id, typed["reason"])
    except Invalid as refusal:
        return _page(act, statement_id, refusal.problems, typed), 422
    flash(_("The statement is withdrawn; it stays to be read."), "success")
    return redirect(url_for("synthesis.under", heading=made.heading, cycle=made.cycle), 303)


@pages.post("/synthesis/statements/<uuid:statement_id>/place")
@guarded("synthesis:write")
def place(act: Act, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Moves the statement up or down under its heading, or puts it under another."""
    wish = request.form.get("to", "")
    if wish in ("up", "down"):
        made = service.move(act, statement_id, -1 if wish == "up" else 1)
    else:
        made = service.put_under(act, statement_id, request.form.get("heading", ""))
    flash(_("The statement has its new place."), "success")
    return redirect(url_for("synthesis.under", heading=made.heading, cycle=made.cycle, _anchor=f"s-{made.id}"), 303)


@pages.get("/synthesis/check-again")
@guarded("synthesis:read")
def check_again(act: Act) -> ResponseReturnValue:
    """What waits to be looked at again, old and new text side by side, and what was settled."""
    return _list(act)


@pages.post("/synthesis/check-again/<uuid:recheck_id>")
@guarded("synthesis:write")
def settle(act: Act, recheck_id: uuid.UUID) -> ResponseReturnValue:
    """Settles one entry of the list."""
    sent = {name: request.form.get(name, "") for name in ("outcome", "words", "text")}
    try:
        settling.settle(act, recheck_id, settling.Settlement(**sent, seen=_seen()))
    except Invalid as refusal:
        problems = [Problem(f"{recheck_id}-{one.where}", one.sentence) for one in refusal.problems]
        return _list(act, problems, {recheck_id: sent}), 422
    except Stale as refusal:
        return _list(act, [Problem(f"{recheck_id}-text", refusal.sentence)], {recheck_id: sent}), 409
    flash(_("That is settled, and the page of the statement says how."), "success")
    return redirect(url_for(".check_again", cycle=request.args.get("cycle")), 303)


@pages.get("/synthesis/supplements")
@guarded("synthesis:read")
def supplements(act: Act) -> ResponseReturnValue:
    """The reports received after the synthesis cut-off, and what each does to the statements, as people chose."""
    return _supplements(act)


@pages.post("/synthesis/supplements/<uuid:supplement_id>/statements/<uuid:statement_id>")
@guarded("synthesis:write")
def mark(act: Act, supplement_id: uuid.UUID, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Keeps what a late report does to one statement."""
    sent = {name: request.form.get(name, "").strip() for name in ("effect", "passage", "figure", "reference", "words")}
    chosen = {name: sent[name] for name in ("passage", "figure")}
    if sent["reference"]:
        chosen["figure" if sent["reference"].isdecimal() else "passage"] = sent["reference"]
    effect = settling.Effect(sent["effect"], words=sent["words"], seen=request.form.get("seen", ""), **chosen)
    try:
        settling.mark(act, supplement_id, statement_id, effect)
    except Invalid as refusal:
        problems = [Problem(f"{statement_id}-{one.where}", one.sentence) for one in refusal.problems]
        return _supplements(act, supplement_id, problems, {statement_id: sent}), 422
    except NotNow as refusal:
        problems = [Problem(f"{statement_id}-effect", refusal.sentence)]
        return _supplements(act, supplement_id, problems, {statement_id: sent}), 409
    flash(_("That is kept in the supplement. The statement itself stays as it is."), "success")
    address = url_for(
        ".supplements", cycle=request.args.get("cycle"), of=supplement_id, _anchor=f"statement-{statement_id}"
    )
    return redirect(address, 303)


def _seen() -> int:
    seen = request.form.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0


def _back(statement_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".page", statement_id=statement_id, _anchor=anchor), 303)


def _cycle(act: Act) -> Cycle:
    key = request.args.get("cycle")
    return cycles.counting(act.session, key) if key else cycles.current(act.session)


def _page(
    act: Act,
    statement_id: uuid.UUID,
    problems: Sequence[Problem] = (),
    typed: Mapping[str, Any] | None = None,
    stale: Stale | None = None,
) -> str:
    statement = queries.get(act.session, statement_id)
    cycle = cycles.counting(act.session, statement.cycle)
    asked = guideline(act.session, cycle.edition)
    entry = heading(asked, statement.heading) or Entry(statement.heading, {"en": statement.heading}, 1)
    cited = queries.citations(act.session, [statement.id])[statement.id]
    cases = queries.speaking_cases(act.session, statement.cycle, {entry.commitment})[entry.commitment]
    waiting = synthesis.rechecks(act.session, statement.cycle, statement=statement.id)
    found = behind(cited, cases)
    return render_template(
        "synthesis/statement.html",
        statement=statement,
        cycle=cycle,
        entry=entry,
        entries=outline(asked),
        beside=queries.of_heading(act.session, statement.cycle, statement.heading),
        behind=found,
        citations=cited,
        mark=citations_mark(cited),
        replies=contributions.replies(act.session, {row.contribution_id for row in cited if row.contribution_id}),
        cases=touching(cited, cases),
        outcomes=CASE_OUTCOMES,
        waiting=waiting,
        settled=synthesis.rechecks(act.session, statement.cycle, statement=statement.id, settled=True),
        hindering=hindrances(statement.state, found.speaking_for, len(waiting)),
        revisions=queries.revisions(act.session, statement.id),
        late=synthesis.marks_of_statements(act.session, [statement.id])[statement.id],
        writers=accounts.names(act.session, [statement.changed_by]),
        problems=problems,
        typed=typed or {},
        stale=stale,
        steps=difference(stale.texts.yours, stale.texts.theirs) if stale else (),
        states=STATES,
        stances=STANCES,
        reasons=REASONS,
        settled_as=SETTLED_AS,
        effects=EFFECTS,
        channels=CHANNELS,
        name_of=naming(act),
        titles=_titles(asked),
        sections=[(one.key, one.key) for one in outline(asked) if one.commitment],
        **_choices(act, statement, entry),
    )


def _choices(act: Act, statement: Statement, entry: Entry) -> dict[str, Any]:
    """What could be cited: passages and figures under the heading, or as the address asks, those that states give in
    their reports apart, and what partners say on the commitment of the heading, as their forms have other sections.
    """
    wanted = {name: request.args.get(name, "").strip()[:100] for name in ("q", "section", "entity")}
    if "section" not in request.args and entry.commitment:
        wanted["section"] = entry.key
    wanted["entity"] = wanted["entity"].upper()[:3]
    region = entry.region if not wanted["section"] else ""
    own = {"section": wanted["section"], "entity": wanted["entity"], "region": region}
    which = passages.Which(cycle=statement.cycle, late=WITHOUT, **own)
    of_partners = replace(which, section="", commitment=entry.commitment, source="contribution")
    sought = search(wanted["q"]) if wanted["q"] else None
    reader = passages.Reader(act.actor.id, of_the_team=True)
    return {
        "wanted": wanted,
        "most": MOST_CHOICES,
        "passages": passages.listed(act.session, which, reader, sought, limit=MOST_CHOICES),
        "of_partners": passages.listed(act.session, of_partners, reader, sought, limit=MOST_CHOICES)
        if wanted["section"] and entry.commitment
        else [],
        "figures": queries.figures_at_hand(act.session, crosswalk.indicators_of(wanted["section"]), wanted["entity"]),
        "reported": reported_figures.listed(
            act.session,
            reported_figures.Which(statement.cycle, region, wanted["entity"], wanted["section"], late=WITHOUT),
            reader,
            limit=MOST_CHOICES,
        ),
    }


def _list(act: Act, problems: Sequence[Problem] = (), sent: Mapping[uuid.UUID, Mapping[str, str]] | None = None) -> str:
    cycle = _cycle(act)
    rows = synthesis.rechecks(act.session, cycle.key)
    return render_template(
        "synthesis/check_again.html",
        cycle=cycle,
        titles=_titles(guideline(act.session, cycle.edition)),
        rows=[(row, _steps(row), outcomes_of(row.Recheck.reason)) for row in rows],
        settled=synthesis.rechecks(act.session, cycle.key, settled=True, limit=50),
        problems=problems,
        sent=sent or {},
        reasons=REASONS,
        outcomes=OUTCOMES,
        settled_as=SETTLED_AS,
        stances=STANCES,
    )


def _titles(asked: Guideline) -> Mapping[str, Mapping[str, str]]:
    """The titles of the indicators that an edition asks for."""
    return {key: question.title for key, question in indicators(asked).items()}


def _steps(row: Any) -> Sequence[tuple[str, str]]:
    """The way from the text that was cited to what stands there now; none where nothing does."""
    return difference(row.old_text, row.new_text) if row.old_text and row.new_text else ()


def _supplements(
    act: Act,
    of: uuid.UUID | None = None,
    problems: Sequence[Problem] = (),
    sent: Mapping[uuid.UUID, Mapping[str, str]] | None = None,
) -> str:
    cycle = _cycle(act)
    listed = synthesis.supplements(act.session, cycle.key)
    chosen = of or _uuid(request.args.get("of", "")) or (listed[0].Supplement.id if listed else None)
    shown = next((row for row in listed if row.Supplement.id == chosen), None)
    told: dict[str, Any] = {"lines": [], "marks": {}}
    if shown is not None:
        told = _supplement(act, cycle, shown)
    return render_template(
        "synthesis/supplements.html",
        cycle=cycle,
        listed=listed,
        shown=shown,
        problems=problems,
        sent=sent or {},
        effects=EFFECTS,
        states=STATES,
        mark_of=settling.mark_of,
        **told,
    )


def _supplement(act: Act, cycle: Cycle, shown: Any) -> dict[str, Any]:
    """The statements of the cycle beside the passages and figures of the late report on the same commitment, those
    under the same heading alone where there are any. Statements on which it says nothing are left to the end.
    """
    asked = guideline(act.session, cycle.edition)
    entries = {entry.key: entry for entry in outline(asked)}
    told = synthesis.passages_of(act.session, shown.Supplement.report_id)
    given = synthesis.figures_of(act.session, shown.Supplement.report_id)
    lines = []
    for statement in queries.standing(act.session, cycle.key):
        entry = entries.get(statement.heading)
        commitment = entry.commitment if entry else ""
        near, figures = (told.get(commitment, []), given.get(commitment, [])) if commitment else ([], [])
        same = [one for one in near if one.section == statement.heading]
        under = [one for one in figures if one.question.partition("/")[0] == statement.heading]
        lines.append((statement, entry, same or near, under or figures))
    lines.sort(key=lambda line: not (line[2] or line[3]))
    return {
        "lines": lines[:MOST_MARKS],
        "marks": synthesis.marks_of_supplement(act.session, shown.Supplement.id),
        "titles": _titles(asked),
    }


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
