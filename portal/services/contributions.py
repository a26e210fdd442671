"""Contributions: a partner drafts, sends what is frozen with a receipt, sends anew, withdraws."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert

from forms import build
from forms.answers import digest
from forms.findings import BLOCKER, ERROR, WARNING, Finding
from forms.kinds.base import NEEDED, tidy_line
from forms.outline import LANGUAGES, Guideline
from forms.words import N_
from portal.documents.contribution import FrozenContribution, freeze, receipt
from portal.documents.receipt import Signs
from portal.documents.version import FrozenFile, instant
from portal.models.contributions import (
    Call,
    Contribution,
    ContributionArea,
    ContributionFile,
    ContributionRevision,
    ContributionVersion,
    Partner,
)
from portal.queries import calls_for_input as calls
from portal.queries import contribution_drafts as drafts
from portal.queries import contributions as held
from portal.queries import partners
from portal.queries.guidelines import guideline
from portal.rules.areas import COUNTRY
from portal.rules.contributions import (
    CALL_COMES,
    CALL_OVER,
    CLOSED,
    DRAFT,
    LICENCES,
    MODALITY,
    NO_SUCH_LICENCE,
    OPEN,
    SENT,
    WITHDRAWN,
    WRITABLE,
    Filing,
    Head,
    comes_in_by,
    draft_of,
    head_problems,
    hindrances_of_sending,
    join_drafts,
    parts_changed,
)
from portal.rules.naming import Named, states_of
from portal.rules.refusals import Invalid, NotNow, Problem, Stale, Texts
from portal.services import passages, rechecks, requests
from portal.services.act import Act

LONGEST, MOST_AREAS = 300, 300
NO_QUESTION = N_("This channel asks no such question.")
SOMEBODY_SAVED_FIRST = N_(
    "Somebody else saved this contribution while you were writing, and both of you changed the same words. "
    "Nothing of yours is lost: it stands in the form. Please compare both and save again."
)


@dataclass(frozen=True)
class Draft:
    """What is saved: the parts that are not None, and the answers by key of question; what is not given stays."""

    title: str | None = None
    licence: str | None = None
    credit: str | None = None
    areas: Sequence[str] | None = None
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Begin:
    """What the start of a contribution names."""

    call_id: uuid.UUID
    partner_id: uuid.UUID
    language: str = "en"
    mark: str = ""


def start(act: Act, begin: Begin, draft: Draft) -> Contribution:
    """Begins a contribution of a partner to a call. NotNow unless the call is open to the partner; Invalid names each
    part of the draft that cannot be kept.
    """
    call, partner = calls.get(act.session, begin.call_id), partners.get(act.session, begin.partner_id)
    me = act.demand("contribution:write", Filing(partner.id, held.members(act.session, partner.id)))
    demand_open(act, call, partner)
    if begin.language not in LANGUAGES:
        sentence = N_("Please choose one of ar, zh, en, fr, ru, es.")
        raise Invalid(sentence, [Problem("language", sentence)])
    made = Contribution(
        call_id=call.id,
        cycle=call.cycle,
        channel=call.channel,
        partner_id=partner.id,
        edition=call.edition,
        language=begin.language,
        title="",
        values={},
        areas=[],
        licence="",
        credit=partner.credit,
        mark=tidy_line(begin.mark)[:120],
        created_at=act.at,
        created_by=me.id,
    )
    kept = with_given(act, made, draft, draft_of(_head(made), {}))
    act.session.add(made)
    act.session.flush()
    write_draft(act, made, kept, 1)
    act.record("contribution.start", told(made))
    return made


def demand_open(act: Act, call: Call, partner: Partner) -> None:
    """NotNow unless the call takes a first contribution of this partner now."""
    if partner.confirmed_at is None:
        raise NotNow(N_("This partner has not been confirmed yet."))
    if not calls.window(call).open(act.at):
        raise NotNow(CALL_COMES if calls.window(call).state(act.at) == "coming" else CALL_OVER)
    if not comes_in_by(call.channel, partner.kind):
        raise NotNow(N_("A partner of this kind does not come in by this channel."))
    if call.registration != OPEN and not calls.on_list(act.session, call, partner.id):
        raise NotNow(N_("This call is for the partners on its list."))


def save(act: Act, filing: Filing, draft: Draft, base_revision: int) -> bool:
    """Saves the draft of a contribution whose row is held; whether two people's changes were joined. Stale when they
    cannot be, NotNow when it is closed; nothing that is missing or odd in it holds a save back.
    """
    act.demand("contribution:write", filing)
    found: Contribution = filing.contribution
    demand_writable(found)
    now = saved_draft(found)
    base = now if base_revision == found.revision else held.revision(act.session, found.id, base_revision)
    if base is None:
        sentence = N_("This contribution has no such revision.")
        raise Invalid(sentence, [Problem("base_revision", sentence)])
    yours = with_given(act, found, draft, base)
    if base_revision == found.revision or yours == now:
        merged, outcome = False, yours
    else:
        joined = join_drafts(base, now, yours)
        if joined is None:
            raise stale(act, found, base, now, yours)
        merged, outcome = True, joined
    if outcome != now:
        write_draft(act, found, outcome, found.revision + 1)
    return merged


def stale(act: Act, found: Contribution, base: Any, theirs: Any, yours: Any) -> Stale:
    """The refusal of a text that cannot be joined with what was saved last, with the three sides."""
    *_earlier, last = drafts.last_changes(act.session, found.id).values()
    texts = Texts(base, theirs, yours, found.revision, last.name, instant(last.changed_at))
    return Stale(SOMEBODY_SAVED_FIRST, texts)


def demand_writable(found: Contribution) -> None:
    """NotNow unless the draft is open for writing."""
    if found.state not in WRITABLE:
        raise NotNow(CLOSED[found.state])


def saved_draft(found: Contribution) -> dict[str, Any]:
    """The draft as it stands."""
    return draft_of(_head(found), found.values)


def _head(found: Contribution) -> Head:
    return Head(found.title, found.licence, found.credit, tuple(found.areas))


def with_given(act: Act, found: Contribution, draft: Draft, base: Mapping[str, Any]) -> dict[str, Any]:
    """The base with what was given in it, in order; areas that are known stand as their keys, other words as written.
    Invalid names what cannot be kept at all.
    """
    asked = guideline(act.session, found.edition)
    problems = [
        Problem(name, N_("Please keep this under 300 characters."))
        for name, given in (("title", draft.title), ("credit", draft.credit))
        if given is not None and len(tidy_line(given)) > LONGEST
    ]
    if draft.licence and draft.licence not in LICENCES:
        problems.append(Problem("licence", NO_SUCH_LICENCE))
    if draft.areas is not None and len(draft.areas) > MOST_AREAS:
        problems.append(Problem("areas", N_("Please name up to 300 areas; for more, name their region or the world.")))
    counted = {question.key: question for question in asked.counted(MODALITY)}
    values = dict(base["values"])
    for key, value in (draft.values or {}).items():
        if key not in counted:
            problems.append(Problem(f"values.{key}", NO_QUESTION))
        elif build.empty(counted[key], cleaned := build.clean(counted[key], value)):
            values.pop(key, None)
        else:
            values[key] = cleaned
    if problems:
        raise Invalid(problems[0].sentence, problems)
    head = Head(
        base["title"] if draft.title is None else tidy_line(draft.title),
        base["licence"] if draft.licence is None else draft.licence,
        base["credit"] if draft.credit is None else tidy_line(draft.credit),
        tuple(base["areas"] if draft.areas is None else _areas(act, draft.areas)),
    )
    return draft_of(head, values)


def _areas(act: Act, lines: Sequence[str]) -> list[str]:
    """The lines as they are kept: keys of areas first, then the words that name none."""
    found = held.names(act.session).named([line[:LONGEST] for line in map(tidy_line, lines)])
    return [*found.keys, *dict.fromkeys(line for line, _reason in found.unknown)]


def write_draft(act: Act, found: Contribution, draft: Mapping[str, Any], revision: int) -> None:
    """The draft, and what of it changed as rows of its history."""
    changed = parts_changed(saved_draft(found) if revision > 1 else None, draft)
    found.title, found.licence, found.credit = draft["title"], draft["licence"], draft["credit"]
    found.areas, found.values, found.revision = list(draft["areas"]), dict(draft["values"]), revision
    row = {"contribution_id": found.id, "revision": revision, "changed_at": act.at, "changed_by": act.actor.id}
    rows = [row | {"part": name, "value": value} for name, value in changed.items()]
    act.session.execute(insert(ContributionRevision), rows)


NEEDED_HERE = N_("“%(title)s” is needed before the contribution can be sent.")


@dataclass(frozen=True)
class Check:
    """What is to be put right before sending, what the check says of each question, and the areas that were named."""

    problems: list[Problem]
    findings: list[Finding]
    named: Named

    @property
    def warnings(self) -> list[Finding]:
        """What is to be put right and does not hinder the sending."""
        return warnings_in(self.findings)


def check(act: Act, found: Contribution) -> Check:
    """Judges the draft: the one check behind the page, the API, the import and the sending."""
    asked = guideline(act.session, found.edition)
    named = held.names(act.session).named(found.areas)
    problems = [Problem(place, sentence) for place, sentence in head_problems(_head(found))]
    problems += [Problem("areas", sentence % {"name": line}) for line, sentence in named.unknown]
    findings = _findings(asked, found.language, found.values)
    problems += [Problem(one.question, one.sentence) for one in findings if one.severity == BLOCKER]
    return Check(problems, findings, named)


def _findings(asked: Guideline, language: str, values: Mapping[str, Any]) -> list[Finding]:
    answers = {(key, language): value for key, value in values.items()}
    found = build.findings(asked, MODALITY, [language], answers)
    return [replace(one, message=NEEDED_HERE) if one.message == NEEDED else one for one in found]


def warnings_in(findings: Sequence[Finding]) -> list[Finding]:
    """Those findings that are to be put right and hinder nothing."""
    return [one for one in findings if one.severity in (ERROR, WARNING)]


def warnings_of(act: Act, document: bytes) -> list[Finding]:
    """What the check says of a version that was sent, for who decides about it."""
    told = json.loads(document)
    values = {one["question"]: one["value"] for one in told["answers"]}
    return warnings_in(_findings(guideline(act.session, told["edition"]["key"]), told["languages"][0], values))


def states_named(judged: Check) -> frozenset[str]:
    """The states that the areas of a draft name: each may reply once it is accepted."""
    return states_of(judged.named.areas)


def send(act: Act, filing: Filing, signer: Signs) -> ContributionVersion:
    """Sends the draft of a contribution whose row is held: it is frozen as the next version, with a receipt. Sending
    what was sent already gives the same version again. NotNow names what hinders, Invalid each thing to put right.
    """
    act.demand("contribution:write", filing)
    found: Contribution = filing.contribution
    judged = check(act, found)
    sent = _frozen(act, found, judged)
    last = held.version(act.session, found.id, found.versions) if found.versions else None
    changed = last is None or _content(freeze(sent)) != _content(last.document)
    if last is not None and not changed and found.state == SENT:
        return last
    call = calls.get(act.session, found.call_id) if found.call_id else None
    call_open = call is None or calls.window(call).open(act.at)
    hindrances = list(
        hindrances_of_sending(found.state, call_open=call_open, sent_before=last is not None, changed=changed)
    )
    if hindrances:
        raise NotNow(hindrances[0], hindrances)
    if judged.problems:
        raise Invalid(judged.problems[0].sentence, judged.problems)
    version = _freeze(act, found, sent, signer)
    found.state, found.versions = SENT, version.number
    found.first_sent_at = found.first_sent_at or act.at
    _name_areas(act, found, judged.named)
    act.session.flush()
    passages.cut_contribution(act, found, version)
    requests.after_sending(act, found)
    rechecks.after_contribution(act, found)
    news = {"contribution": str(found.id), "channel": found.channel, "title": found.title, "version": version.number}
    act.notify("contribution.send", act.holders("lead", "reviewer"), news)
    act.notify("contribution.receipt", filing.members, news)
    return version


def _frozen(act: Act, found: Contribution, judged: Check) -> FrozenContribution:
    asked = guideline(act.session, found.edition)
    partner = partners.get(act.session, found.partner_id)
    states = states_of(judged.named.areas)
    areas = {area.key: area.kind == COUNTRY for area in judged.named.areas} | dict.fromkeys(states, True)
    kinds = {question.key: question.kind for question in asked.counted(MODALITY)}
    files = held.files(act.session, found.id)
    return FrozenContribution(
        contribution=str(found.id),
        cycle=found.cycle,
        channel=found.channel,
        call=str(found.call_id) if found.call_id else None,
        partner={"name": partner.name, "kind": partner.kind, "region": partner.region, "entity": partner.entity},
        edition=found.edition,
        edition_digest=asked.digest,
        modality=MODALITY,
        language=found.language,
        title=found.title,
        licence=found.licence,
        credit=found.credit,
        areas=sorted(areas.items()),
        number=found.versions + 1,
        sent_at=act.at,
        answers=[(key, kinds[key], value) for key, value in found.values.items() if key in kinds],
        files=[FrozenFile(str(f.id), f.name, f.media_type, f.size, f.sha256, f.question) for f in files],
    )


def _content(document: bytes) -> dict[str, Any]:
    """What the partner says in a version, apart from when and as which number."""
    said = ("title", "licence", "credit", "areas", "answers", "files")
    whole = json.loads(document)
    return {name: whole[name] for name in said}


def _freeze(act: Act, found: Contribution, sent: FrozenContribution, signer: Signs) -> ContributionVersion:
    document = freeze(sent)
    sha256 = digest(document)
    recorded = act.record("contribution.send", told(found) | {"version": sent.number, "sha256": sha256})
    version = ContributionVersion(
        contribution_id=found.id,
        number=sent.number,
        document=document,
        digest=sha256,
        receipt=receipt(sent, sha256, len(document), (recorded.sequence, recorded.digest), signer),
        files=[_kept(file) for file in held.files(act.session, found.id)],
        sent_at=act.at,
        sent_by=act.actor.id,
    )
    act.session.add(version)
    act.session.flush()
    return version


def _name_areas(act: Act, found: Contribution, named: Named) -> None:
    """The areas of the version that was sent; a state that was named before keeps its right to reply."""
    states = states_of(named.areas)
    wanted = {area.key: area.kind == COUNTRY for area in named.areas} | dict.fromkeys(states, True)
    there = {row.area: row for row in held.area_rows(act.session, found.id)}
    for key, row in there.items():
        if key not in wanted and not row.named:
            act.session.delete(row)
    new = [key for key in wanted if key not in there]
    act.session.add_all(ContributionArea(contribution_id=found.id, area=key, named=wanted[key]) for key in new)


def withdraw(act: Act, filing: Filing) -> None:
    """The partner withdraws a contribution: nobody reads it any more, and what was sent stays in the record."""
    act.demand("contribution:write", filing)
    found: Contribution = filing.contribution
    if found.state == WITHDRAWN:
        raise NotNow(CLOSED[WITHDRAWN])
    before, found.state = found.state, WITHDRAWN
    act.session.flush()
    act.record("contribution.withdraw", told(found) | {"from": before})
    passages.settle_contribution(act, found)
    rechecks.after_contribution(act, found)
    if before != DRAFT:
        news = {"contribution": str(found.id), "channel": found.channel, "title": title_sent(act, found)}
        act.notify("contribution.withdraw", act.holders("lead", "reviewer"), news)


def _kept(file: ContributionFile) -> dict[str, Any]:
    """A file as the row of a version keeps it, in the shape of a report's."""
    named = {"attachment": str(file.id), "question": file.question, "name": file.name, "media_type": file.media_type}
    return named | {"size": file.size, "sha256": file.sha256, "blob": file.blob}


def title_sent(act: Act, found: Contribution) -> str:
    """The title of the newest version that was sent: the draft may have another by now, which others do not read."""
    return str(json.loads(held.version(act.session, found.id, found.versions).document)["title"])


def told(found: Contribution) -> dict[str, Any]:
    """What every event of a contribution says."""
    return {"contribution": str(found.id), "channel": found.channel, "partner": str(found.partner_id)}
