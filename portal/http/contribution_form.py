"""The form of a contribution: its head, its questions, what stands beside them; and its controls read back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from forms import build
from forms.contributions import HeadForm
from forms.findings import BLOCKER, Finding
from forms.kinds import KINDS
from forms.outline import Guideline, Question, text
from portal.http import cards, render
from portal.http.cards import Card, Now
from portal.http.contributing import FILES
from portal.http.frozen import File
from portal.models.contributions import Contribution, ContributionAside
from portal.queries import calls_for_input as calls
from portal.queries import contribution_drafts as drafts
from portal.queries import contributions as held
from portal.queries import partners, presence
from portal.queries.guidelines import guideline
from portal.rules.contributions import (
    AREAS,
    CHANNELS,
    CREDIT,
    HEAD,
    LICENCE,
    LICENCES,
    MODALITY,
    STATES,
    TITLE,
    WRITABLE,
    part_of,
)
from portal.rules.naming import Names
from portal.rules.refusals import Problem
from portal.services import contributions
from portal.services.act import Act
from portal.services.asides import CONFLICT, TAKEN
from portal.services.contribution_parts import Part
from portal.services.contributions import Check

REVISION = "@revision"
UNKNOWN_AREA = "unknown area"
Fields = MultiDict[str, str]


@dataclass(frozen=True)
class Drawn:
    """What a part of the form began from; no part has a moment of its own, as a draft is saved as one."""

    revision: int
    changed_at: None = None


@dataclass(frozen=True)
class Laid(File):
    """A file of the draft with what is told of it."""

    remarks: list[Any] | None = None


@dataclass(frozen=True)
class NotChosen:
    """A text that stood beside a part and did not become it, to be read."""

    title: str
    words: str
    writer: str
    chooser: str
    row: ContributionAside


def page(act: Act, one: Contribution, problems: Sequence[Problem] = ()) -> str:
    """The draft as a form; with `problems` it holds what was just sent and not kept, so that nothing typed is lost."""
    asked = guideline(act.session, one.edition)
    sent = request.form if problems else None
    judged = contributions.check(act, one)
    beside = drafts.asides(act.session, one.id)
    changed = drafts.last_changes(act.session, one.id)
    *_earlier, last = changed.values()
    drawn = {name: Drawn(seen(sent, name) if sent else _changed(changed, name)) for name in _parts(asked)}
    call = calls.get(act.session, one.call_id) if one.call_id else None
    return render_template(
        "contributions/draft.html",
        one=one,
        partner=partners.get(act.session, one.partner_id),
        call=call if call and not one.versions and calls.window(call).open(act.at) else None,
        asked=asked,
        sections=asked.counted_sections(MODALITY),
        head=_head(act, one, sent),
        fields=_fields(asked, one, sent),
        drawn=drawn,
        findings=_shown([*judged.findings, *_unknown(judged)]),
        attachments=_files(act, one),
        cards=_cards(act, asked, one, [row for row in beside if row.ContributionAside.settled_at is None]),
        not_chosen=[_not_chosen(asked, row) for row in beside if row.ContributionAside.outcome not in (None, TAKEN)],
        last=last,
        here=presence.writing(act.session, one.id, act.at, act.actor.id),
        channels=CHANNELS,
        states=STATES,
        languages_of=render.LANGUAGES,
        problems=problems,
        can_edit=one.state in WRITABLE,
    )


def _parts(asked: Guideline) -> list[str]:
    return [*HEAD, *(question.key for question in asked.counted(MODALITY))]


def _changed(changed: Mapping[str, drafts.LastChange], name: str) -> int:
    """The revision at which a part became what it is."""
    return changed[name].revision if name in changed else 1


def seen(sent: Mapping[str, str], name: str) -> int:
    """The revision of the draft that the writer of this part saw; 0, which there is not, where none was sent."""
    told = sent.get(name + REVISION) or sent.get("revision") or ""
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0


def given(act: Act, asked: Guideline, one: Contribution) -> list[Part]:
    """Every part of the form as it was sent by its button."""
    head = _head(act, one, request.form)
    values: dict[str, Any] = dict(zip(HEAD, _read_head(head), strict=True))
    for section in asked.counted_sections(MODALITY):
        made = build.section_form(asked, section, MODALITY, render.language())
        values |= build.values(made(request.form))
    return [Part(name, value, seen(request.form, name)) for name, value in values.items()]


def read(act: Act, asked: Guideline, one: Contribution, name: str, controls: Fields) -> Any:
    """The value of one part that these controls hold; None where none of them belongs to it."""
    if name in HEAD:
        return _read_head(_head(act, one, controls))[HEAD.index(name)] if name in controls else None
    section = asked.sections[asked.questions[name].section]
    made = build.section_form(asked, section, MODALITY, render.language(), name)
    return build.values(made(controls)).get(name)


def shown(act: Act, name: str, value: Any) -> Any:
    """The value of a part as its control holds it."""
    return _lines(act, value) if name == AREAS else value


def findings_of(judged: Check, name: str) -> list[Finding]:
    """What the check says of one part, where its form shows it."""
    return [one for one in [*judged.findings, *_unknown(judged)] if one.question == name]


def _unknown(judged: Check) -> list[Finding]:
    return [Finding(BLOCKER, AREAS, UNKNOWN_AREA, sentence, {"name": line}) for line, sentence in judged.named.unknown]


def _head(act: Act, one: Contribution, sent: Any) -> HeadForm:
    """The hand-written part; areas in the words of the reader."""
    licences = [("", _("not chosen yet")), *((key, _(title)) for key, title in LICENCES.items())]
    stored = {TITLE: one.title, CREDIT: one.credit, LICENCE: one.licence, AREAS: _lines(act, one.areas)}
    return HeadForm(sent, licences=licences, **stored)


def _read_head(head: HeadForm) -> tuple[str, list[str], str, str]:
    """The parts of `HEAD`, in its order."""
    return head.title.data or "", head.lines(), head.licence.data or "", head.credit.data or ""


def _lines(act: Act, areas: Iterable[str]) -> str:
    names = held.names(act.session)
    return "\n".join(_as_line(names, key) for key in areas)


def _as_line(names: Names, key: str) -> str:
    """An area as a person writes it: the name of a state, the key of anything else whose name does not tell it."""
    fact = names.of_key(key)
    if fact is None:
        return key
    name = text(fact.names, render.language()) or fact.name
    return name if names.named([name]).keys == (key,) else key


def _fields(asked: Guideline, one: Contribution, sent: Any) -> dict[str, Any]:
    """The fields of every section by key of question."""
    found: dict[str, Any] = {}
    for section in asked.counted_sections(MODALITY):
        made = build.section_form(asked, section, MODALITY, render.language())
        found |= made(sent, data=one.values)._fields
    return found


def _shown(found: Iterable[Finding]) -> dict[str, list[Any]]:
    by_part: dict[str, list[Any]] = {}
    for one in found:
        told = {"severity": one.severity, "sentence": _(one.message) % one.params, "place": one.place}
        by_part.setdefault(one.question, []).append(told)
    return by_part


def _files(act: Act, one: Contribution) -> dict[str, list[Laid]]:
    """The files of the draft by question, each with the address at which it is read."""
    by_question: dict[str, list[Laid]] = {}
    for file in held.files(act.session, one.id):
        shown = Laid(str(file.id), file.name, f"{FILES}{file.id}", file.size, file.remarks)
        by_question.setdefault(file.question, []).append(shown)
    return by_question


def card(act: Act, asked: Guideline, one: Contribution, aside_id: uuid.UUID) -> str:
    """The card of one text that has just been kept, for the script of the page."""
    rows = [row for row in drafts.asides(act.session, one.id) if row.ContributionAside.id == aside_id]
    ((drawn,),) = _cards(act, asked, one, rows).values()
    return render_template("sections/card.html", card=drawn)


def _cards(act: Act, asked: Guideline, one: Contribution, rows: Sequence[Any]) -> dict[str, list[Card]]:
    """The texts that wait for a choice, oldest first by part."""
    found: dict[str, list[Card]] = {}
    draft = contributions.saved_draft(one)
    began = min((row.ContributionAside.base_revision for row in rows), default=0)
    parts = {row.ContributionAside.part for row in rows}
    saved = drafts.saves(act.session, one.id, began, parts) if rows else []
    for row in rows:
        aside: ContributionAside = row.ContributionAside
        base = drafts.stood_at(saved, aside.part, aside.base_revision)
        changes = drafts.changes_of(saved, aside.part, aside.base_revision)
        now = Now(part_of(draft, aside.part), one.revision, changes[-1].name if changes else "")
        choice = url_for("contribution_autosave.choose", contribution_id=one.id, aside_id=aside.id)
        question = _question(asked, aside.part)
        drawn = cards.laid(act, question, aside, CONFLICT, row.writer, base, now, choice)
        found.setdefault(aside.part, []).append(drawn)
    return found


def _not_chosen(asked: Guideline, row: Any) -> NotChosen:
    aside: ContributionAside = row.ContributionAside
    question = _question(asked, aside.part)
    words = KINDS[question.kind].text(question, aside.value, render.said)
    return NotChosen(render.words(question.title), words, row.writer, row.chooser, aside)


def _question(asked: Guideline, part: str) -> Question:
    """The question that a part answers; the parts of the head as if they were asked."""
    if part not in HEAD:
        return asked.questions[part]
    title = {render.language(): _(str(HeadForm(licences=[])[part].label.text))}
    licences = {"choices": [{"key": key, "title": {"en": name}} for key, name in LICENCES.items()]}
    kind, options = ("choice", licences) if part == LICENCE else ("text", {})
    return Question(part, kind, title, {}, "", options, None, ())
