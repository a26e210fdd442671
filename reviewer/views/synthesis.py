"""The synthesis on pages: its outline, the statements under a heading, the release, what can be taken along."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from forms.words import N_
from portal.adapters.content import disposition
from portal.documents import synthesis as documents
from portal.http import render
from portal.http.guard import guarded
from portal.http.naming import naming
from portal.models.cycles import Cycle
from portal.models.synthesis import Statement
from portal.queries import contributions, cycles
from portal.queries.guidelines import guideline
from portal.rules.cases import SETTLED
from portal.rules.coverage import Said, say
from portal.rules.policy import may
from portal.rules.refusals import Invalid, Missing, Problem
from portal.rules.synthesis import STATES, Entry, heading, outline
from portal.services.act import Act
from reviewer.queries import matrix, synthesis
from reviewer.queries import statements as queries
from reviewer.queries.grounds import indicators
from reviewer.rules.matrix import CHANNELS
from reviewer.rules.statements import behind
from reviewer.services import statements as service
from reviewer.services import synthesis as releasing

pages = Blueprint("synthesis", __name__)
NO_HEADING = N_("The outline of the report has no such heading.")


@pages.get("/synthesis")
@guarded("synthesis:read")
def contents(act: Act) -> ResponseReturnValue:
    """The outline of the extended report with how many statements stand under each heading, and in which state."""
    cycle = _cycle(act)
    return render_template(
        "synthesis/outline.html",
        cycle=cycle,
        entries=outline(guideline(act.session, cycle.edition)),
        counts=queries.counts(act.session, cycle.key),
        states=STATES,
        waiting=synthesis.waiting(act.session, cycle.key),
        late=len(synthesis.supplements(act.session, cycle.key)),
        coverage=[said_of(say(one)) for one in matrix.covered(act.session, cycle.key)],
        releases=synthesis.releases(act.session, cycle.key),
        may_sign=may(act.person, "synthesis:sign"),
    )


@pages.get("/synthesis/<heading>")
@guarded("synthesis:read")
def under(act: Act, heading: str) -> ResponseReturnValue:
    """The statements under one heading in their order, with what stands behind each."""
    return _heading_page(act, heading)


@pages.post("/synthesis/<heading>/statements")
@guarded("synthesis:write")
def write(act: Act, heading: str) -> ResponseReturnValue:
    """Writes a statement under a heading."""
    cycle = _cycle(act)
    typed = {"text": request.form.get("text", ""), "language": request.form.get("language", "en")}
    try:
        made = service.write(act, service.Draft(cycle.key, heading, typed["text"], typed["language"]))
    except Invalid as refusal:
        return _heading_page(act, heading, refusal.problems, typed), 422
    flash(_("The statement is written, as a draft. Now cite what it stands on."), "success")
    return redirect(url_for("statements.page", statement_id=made.id), 303)


@pages.post("/synthesis/releases")
@guarded("synthesis:sign")
def release(act: Act) -> ResponseReturnValue:
    """The lead releases the supported statements to those whom they cite."""
    cycle = _cycle(act)
    made = releasing.release(act, cycle.key)
    flash(
        _("Release %(number)s is made. Those who are cited have been told where their words went.", number=made.number),
        "success",
    )
    return redirect(url_for(".contents", cycle=cycle.key, _anchor="release"), 303)


@pages.get("/synthesis/releases/<int(min=1, max=99999):number>.json")
@guarded("synthesis:read")
def released(act: Act, number: int) -> ResponseReturnValue:
    """A release as it was frozen, as the API has it."""
    cycle = _cycle(act)
    found = synthesis.release(act.session, cycle.key, number)
    return _file(found.document, "application/json", f"synthesis-{cycle.key}-release-{number}.json")


@pages.get("/synthesis/report.html")
@guarded("synthesis:read")
def document(act: Act) -> ResponseReturnValue:
    """The text of the synthesis as one page to take along; each footnote leads to what is cited, and back."""
    cycle = _cycle(act)
    words = {name: _(word) for name, word in documents.WORDS.items()} | {"language": render.language()}
    page = documents.html(_text(act, cycle), words, _tongue(act, cycle))
    return _file(page, "text/html", f"synthesis-{cycle.key}.html")


@pages.get("/synthesis/evidence.csv")
@guarded("synthesis:read")
def evidence(act: Act) -> ResponseReturnValue:
    """What the statements cite, a row each, numbered as the footnotes of the text."""
    cycle = _cycle(act)
    table = documents.evidence(_text(act, cycle), _tongue(act, cycle))
    return _file(table, "text/csv", f"synthesis-evidence-{cycle.key}.csv")


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, mimetype=media_type, headers={"Content-Disposition": disposition(name)})


def _tongue(act: Act, cycle: Cycle) -> documents.Tongue:
    """How the reader's language names what the text holds."""
    asked = indicators(guideline(act.session, cycle.edition))
    return documents.Tongue(
        day=render.day,
        area=naming(act),
        channel=lambda key: _(CHANNELS[key]),
        indicator=lambda key: render.words(asked[key].title) if key in asked else key,
        licence=render.licence,
        number=render.number,
        verdict=render.verdict,
        source=render.source_title,
    )


def _text(act: Act, cycle: Cycle) -> documents.Text:
    """The statements of a cycle that are not withdrawn as the documents take them, in the order of the outline."""
    entries = outline(guideline(act.session, cycle.edition))
    told = synthesis.told(act.session, cycle.key, entries)
    return documents.Text(
        cycle.label,
        render.instant(act.at),
        [documents.Heading(entry.key, render.words(entry.title), entry.level) for entry in entries],
        told,
        synthesis.marks_told(act.session, cycle.key),
        ["; ".join(said_of(say(one))) for one in matrix.covered(act.session, cycle.key)],
        _replies(act, {note.get("contribution") for statement in told for note in statement["citations"]}),
    )


def _replies(act: Act, cited: Collection[str | None]) -> dict[str, list[documents.Reply]]:
    """What named states said to the contributions that are cited; one statement."""
    found = contributions.replies(act.session, [uuid.UUID(one) for one in cited if one])
    return {
        str(key): [
            documents.Reply(
                *(render.words(row.names), render.day(row.StateReply.written_at.date())),
                *(row.StateReply.text, row.StateReply.language),
            )
            for row in rows
        ]
        for key, rows in found.items()
    }


def _cycle(act: Act) -> Cycle:
    key = request.args.get("cycle")
    return cycles.counting(act.session, key) if key else cycles.current(act.session)


def said_of(parts: Sequence[Said]) -> list[str]:
    """Sentences of coverage in the reader's language."""
    return [_(one.sentence) % one.values for one in parts]


def _entry(act: Act, cycle: Cycle, key: str) -> Entry:
    found = heading(guideline(act.session, cycle.edition), key)
    if found is None:
        raise Missing(NO_HEADING)
    return found


def _heading_page(act: Act, key: str, problems: Sequence[Problem] = (), typed: Mapping[str, str] | None = None) -> str:
    cycle = _cycle(act)
    entry = _entry(act, cycle, key)
    entries = outline(guideline(act.session, cycle.edition))
    place = entries.index(entry)
    found = queries.of_heading(act.session, cycle.key, key)
    cited = queries.citations(act.session, [statement.id for statement in found])
    cases = queries.speaking_cases(act.session, cycle.key, {entry.commitment})[entry.commitment]
    standing = sum(one.state == SETTLED for one in cases)
    waits = queries.waiting(act.session, [statement.id for statement in found])
    regions = {one.region: one for one in matrix.covered(act.session, cycle.key)}
    return render_template(
        "synthesis/heading.html",
        cycle=cycle,
        entry=entry,
        entries=entries,
        before=entries[place - 1] if place else None,
        after=entries[place + 1] if place + 1 < len(entries) else None,
        rows=[_row(statement, cited[statement.id], cases, waits) for statement in found],
        cases=len(cases) - standing,
        standing_cases=standing,
        coverage=said_of(say(regions[entry.region])) if entry.region in regions else [],
        states=STATES,
        channels=CHANNELS,
        name_of=naming(act),
        problems=problems,
        typed=typed or {},
        standing=ngettext("%(num)d statement", "%(num)d statements", len(found)),
    )


def _row(
    statement: Statement, citations: Sequence[Any], cases: Sequence[Any], waits: Mapping[Any, int]
) -> tuple[Statement, Any, int]:
    return statement, behind(citations, cases), waits.get(statement.id, 0)
