"""Clarification as cases: the team gathers remarks and sends them together, the state answers, the team closes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import case, update

from forms.answers import canonical, digest
from forms.kinds import KINDS as KINDS_OF_QUESTION
from forms.outline import LANGUAGES
from forms.words import N_
from portal.models.contradictions import Case
from portal.models.remarks import InternalNote, Remark, RemarkWord
from portal.models.reports import Report
from portal.queries import remarks, reports
from portal.queries.guidelines import guideline
from portal.rules import cases
from portal.rules.handing import Asking
from portal.rules.lifecycle import WRONG_STATE
from portal.rules.refusals import Invalid, Missing, NotNow, Problem
from portal.rules.remarks import AGAIN, ANSWERS, CHANGED, KINDS, NEED_WORDS, SETTLED, takes_wording
from portal.services.act import Act
from portal.services.drafting import Given, Saved, asked_question, language_of, readable, save

MOST = 10_000
MOST_NOTE = 4_000
CLOSED = N_("This remark is closed; what was said about it stays here to be read.")
SENT = N_("This remark has been sent; it can be closed, and stays to be read.")
NO_LANGUAGE = N_("Please choose one of ar, zh, en, fr, ru, es.")
NO_SUCH_CODE = N_(
    "No question of the report has this code. Please copy the code that stands above the answer, or leave the field "
    "empty."
)
CHANGED_MEANWHILE = N_(
    "This remark has been changed since you opened it. How it stands now is shown here; nothing of yours is lost. Keep "
    "the changes once more to replace it."
)
COLLEAGUES = N_("The report is assigned to a colleague.")


@dataclass(frozen=True)
class Order:
    """What a reviewer writes: a remark on a question of the newest version, perhaps with words for its answer.
    `offered` tells that the form began with the words of the answer: left as they are, they propose nothing. `seen` is
    the mark of the gathered remark that the form showed, None where nobody asks what was seen.
    """

    question: str
    kind: str
    words: str
    language: str | None = None
    words_language: str = "en"
    wording: str = ""
    due: dt.date | None = None
    offered: bool = False
    seen: str | None = None


@dataclass(frozen=True)
class Reply:
    """The state's answer to a remark: changed, explained or declined, with words where these need them."""

    answer: str
    words: str = ""


def write(act: Act, report: Report, order: Order) -> Remark:
    """Gathers a remark on the version in review; the state sees it once it is sent. Invalid names each part that will
    not do.
    """
    _demand_review(act, report)
    language, wording = _judged(act, report, order)
    return _gather(act, report, order, language, wording, None)


def change(act: Act, report: Report, remark_id: uuid.UUID, order: Order) -> Remark:
    """Writes a gathered remark anew; its question and the language it is about stay. One that was sent stays as it
    is, as does one that was changed since it was seen: NotNow.
    """
    _demand_review(act, report)
    remark = remarks.get(act.session, report.id, remark_id)
    if remark.sent_at is not None:
        raise NotNow(SENT)
    if order.seen not in (None, mark(remark)):
        raise NotNow(CHANGED_MEANWHILE)
    order = replace(order, question=remark.question, language=remark.language)
    remark.wording = _judged(act, report, order)[1]
    remark.kind, remark.words, remark.words_language = order.kind, _kept(order.words), order.words_language
    remark.due = order.due
    act.session.execute(update(Case).where(Case.remark_id == remark.id).values(question=remark.words))
    act.record("team.remark.change", _told(remark), report=report)
    return remark


def mark(remark: Remark) -> str:
    """A mark of exactly these words: a form sends it back, so that nobody replaces what it did not show."""
    due = remark.due.isoformat() if remark.due else ""
    return digest(canonical([remark.kind, remark.words, remark.words_language, remark.wording, due]))[:16]


def _judged(act: Act, report: Report, order: Order) -> tuple[str, str]:
    """The language of the answer that a remark is about, and the words it proposes; Invalid names what will not do."""
    question = asked_question(guideline(act.session, report.edition), report, order.question)
    language = language_of(report, question, order.language)
    problems = _problems(act, order)
    wording = _kept(order.wording)
    if wording and not takes_wording(question):
        problems.append(Problem("wording", N_("Words can be proposed where the answer is a text.")))
    elif wording:
        wording = KINDS_OF_QUESTION[question.kind].clean(question, wording)
        if wording == _submitted(act, report, question.key, language):
            if order.offered:
                wording = ""
            else:
                problems.append(Problem("wording", N_("These words are those of the answer already.")))
    if problems:
        raise Invalid(problems[0].sentence, problems)
    return language, wording


def _problems(act: Act, order: Order) -> list[Problem]:
    problems = []
    if order.kind not in KINDS:
        problems.append(Problem("kind", N_("Please choose the type of the remark.")))
    if not _kept(order.words):
        problems.append(Problem("words", N_("Please write what the state should look at.")))
    if len(_kept(order.words)) > MOST:
        problems.append(Problem("words", N_("A remark has at most 10,000 characters; please divide it.")))
    if len(_kept(order.wording)) > MOST:
        problems.append(Problem("wording", N_("An answer has at most 10,000 characters; please shorten it.")))
    if order.words_language not in LANGUAGES:
        problems.append(Problem("words_language", NO_LANGUAGE))
    if order.due is not None and order.due < act.at.date():
        problems.append(Problem("due", N_("Please choose a day from today on, or none.")))
    return problems


def _gather(act: Act, report: Report, order: Order, language: str, wording: str, follows: uuid.UUID | None) -> Remark:
    remark = Remark(
        report_id=report.id,
        version=report.versions,
        question=order.question,
        language=language,
        kind=order.kind,
        words=_kept(order.words),
        words_language=order.words_language,
        wording=wording,
        due=order.due,
        follows=follows,
        written_at=act.at,
        written_by=act.actor.id,
    )
    act.session.add(remark)
    act.session.flush()
    act.record("team.remark", _told(remark), report=report)
    return remark


def remove(act: Act, report: Report, remark_id: uuid.UUID) -> None:
    """Takes out a remark that was not sent. One that was sent stays: NotNow."""
    _demand_review(act, report)
    remark = remarks.get(act.session, report.id, remark_id)
    if remark.sent_at is not None:
        raise NotNow(SENT)
    if remark.follows is not None:
        before = remarks.get(act.session, report.id, remark.follows)
        before.closed_at = before.closed_by = before.closed_as = None
    _not_asked(act, remark)
    act.session.delete(remark)
    act.record("team.remark.remove", _told(remark), report=report)


def _not_asked(act: Act, remark: Remark) -> None:
    """A case that the remark was to ask about waits again; one that is settled stays so."""
    state = case((Case.state == cases.ASKED, cases.RAISED), else_=Case.state)
    left = {"remark_id": None, "asked_at": None, "asked_by": None, "state": state}
    act.session.execute(update(Case).where(Case.remark_id == remark.id).values(left))


def send(act: Act, report: Report) -> list[Remark]:
    """Sends what was gathered, as part of the step that asks for clarification; one notice tells of all, with the first
    of their days as `due`, and `all_due` where it is the day of each.
    """
    sent = remarks.gathered(act.session, report)
    for remark in sent:
        remark.sent_at = act.at
    if sent:
        dues = [remark.due for remark in sent if remark.due]
        due = min(dues).isoformat() if dues else None
        told = {"remarks": len(sent), "version": report.versions, "due": due}
        told["all_due"] = len(dues) == len(sent) and len({*dues}) == 1
        act.record("remark.send", told | {"sent": [_told(remark) for remark in sent]}, report=report)
        act.notify("remark.send", act.holders("focal_point", "certifier", entity=report.entity), told, report=report)
    return sent


def answer(act: Act, report: Report, remark_id: uuid.UUID, reply: Reply) -> Remark:
    """The state answers a remark, or answers it anew. "Changed" is taken only where the answer differs from that in the
    version that the remark is about; explaining and declining need words.
    """
    remark = _answerable(act, report, remark_id)
    words = _kept(reply.words)
    if reply.answer not in ANSWERS:
        raise _wrong("answer", N_("Please choose changed, explained or declined."))
    if reply.answer in NEED_WORDS and not words:
        raise _wrong("words", N_("Please write the explanation or the reason: the reporting team reads it."))
    if len(words) > MOST:
        raise _wrong("words", N_("An answer has at most 10,000 characters; please shorten it."))
    if reply.answer == CHANGED and remark.question not in remarks.changed_since(act.session, report, [remark.question]):
        raise _wrong(
            "answer",
            N_("The answer is as it was submitted. Please change it first, or explain or decline the remark."),
        )
    _answered(act, report, remark, reply.answer, words)
    act.record("remark.answer", _told(remark) | {"answer": remark.answer}, report=report)
    return remark


def take(act: Act, report: Report, remark_id: uuid.UUID, seen: int) -> Saved:
    """The state takes the wording that the reviewer proposed: a save upon revision `seen`, and the answer "changed".

    Stale where somebody saved meanwhile and the two texts cannot be joined.
    """
    remark = _answerable(act, report, remark_id)
    if not remark.wording:
        raise Missing(N_("The reporting team proposed no words here."))
    saved = save(act, report, Given(remark.question, remark.language, remark.wording, seen))
    _answered(act, report, remark, CHANGED, "")
    told = {"question": remark.question, "language": saved.language, "revision": saved.revision}
    act.record("remark.take", {"remark": str(remark.id), **told}, report=report)
    return saved


def say(act: Act, report: Report, remark_id: uuid.UUID, words: str, language: str = "en") -> RemarkWord:
    """Adds words to the talk about a remark that was sent and is not closed; the other side is told."""
    remark = remarks.get(act.session, report.id, remark_id)
    if remark.sent_at is None:
        raise Missing(remarks.NO_REMARK)
    of_the_state = report.entity in act.actor.entities
    if of_the_state:
        act.demand("remark:answer", _asking(act, report, remark))
    else:
        act.demand("review:remark", report)
    if remark.closed_at is not None:
        raise NotNow(CLOSED)
    kept = _kept(words)
    if not kept or len(kept) > MOST:
        raise _wrong("words", N_("Please write up to 10,000 characters."))
    if language not in LANGUAGES:
        raise _wrong("words_language", NO_LANGUAGE)
    said = RemarkWord(remark_id=remark.id, words=kept, language=language, said_at=act.at, said_by=act.actor.id)
    act.session.add(said)
    act.session.flush()
    act.record("remark.say", _told(remark), report=report)
    act.notify("remark.say", _other_side(act, report, of_the_state), {"remark": str(remark.id)}, report=report)
    return said


def settle(act: Act, report: Report, remark_id: uuid.UUID) -> Remark:
    """The reviewer closes a remark, once the state has answered it and submitted anew."""
    remark = _closable(act, report, remark_id)
    remark.closed_at, remark.closed_by, remark.closed_as = act.at, act.actor.id, SETTLED
    act.record("remark.settle", _told(remark), report=report)
    return remark


def open_again(
    act: Act,
    report: Report,
    remark_id: uuid.UUID,
    words: str,
    due: dt.date | None = None,
    words_language: str | None = None,
) -> Remark:
    """The reviewer is not done with a remark: it is closed, and a new one on the newest version follows it and is sent
    with the next round. Its words are in the language of those before unless another is given.
    """
    before = _closable(act, report, remark_id)
    spoken = words_language or before.words_language
    order = Order(before.question, before.kind, words, before.language, spoken, due=due)
    problems = _problems(act, order)
    if problems:
        raise Invalid(problems[0].sentence, problems)
    before.closed_at, before.closed_by, before.closed_as = act.at, act.actor.id, AGAIN
    return _gather(act, report, order, before.language, "", before.id)


def note(act: Act, report: Report, words: str, question: str | None = None) -> InternalNote:
    """Writes a note that the reporting team keeps to itself; the record says that there is one, not what it says."""
    act.demand("review:note", report)
    if question is not None:
        try:
            asked_question(guideline(act.session, report.edition), report, question)
        except Missing:
            raise _wrong("question", NO_SUCH_CODE) from None
    kept = _kept(words)
    if not kept or len(kept) > MOST_NOTE:
        raise _wrong("note", N_("Please write a note of up to 4,000 characters."))
    written = InternalNote(
        report_id=report.id,
        version=report.versions,
        question=question,
        words=kept,
        written_at=act.at,
        written_by=act.actor.id,
    )
    act.session.add(written)
    act.session.flush()
    act.record("team.note", {"note": str(written.id), "question": question}, report=report)
    return written


def tell_of_answers(act: Act, report: Report, answered: Collection[Remark], team: Collection[uuid.UUID]) -> None:
    """Tells the team, in one notice, that the version just submitted comes with answers to remarks."""
    if answered:
        act.notify("remark.answer", team, {"remarks": len(answered), "version": report.versions}, report=report)


def _demand_review(act: Act, report: Report) -> None:
    act.demand("review:remark", report)
    if report.state != "in_review":
        raise NotNow(N_("Remarks are gathered while the report is in review."), [WRONG_STATE[report.state]])
    if report.assigned_to != act.actor.id:
        raise NotNow(COLLEAGUES)


def _closable(act: Act, report: Report, remark_id: uuid.UUID) -> Remark:
    _demand_review(act, report)
    remark = remarks.get(act.session, report.id, remark_id)
    if remark.closed_at is not None:
        raise NotNow(CLOSED)
    if remark.sent_at is None:
        raise NotNow(N_("This remark is not sent yet; it can be taken out."))
    return remark


def _answerable(act: Act, report: Report, remark_id: uuid.UUID) -> Remark:
    """A remark of this round that this person may answer now. One that is not sent is Missing, as none."""
    remark = remarks.get(act.session, report.id, remark_id)
    if remark.sent_at is None:
        raise Missing(remarks.NO_REMARK)
    act.demand("remark:answer", _asking(act, report, remark))
    if report.state != "clarifying":
        raise NotNow(N_("Remarks are answered while the draft is open for them."), [WRONG_STATE[report.state]])
    if remark.version != report.versions or remark.closed_at is not None:
        raise NotNow(CLOSED)
    return remark


def _asking(act: Act, report: Report, remark: Remark) -> Asking:
    question = asked_question(guideline(act.session, report.edition), report, remark.question)
    return readable(act, Asking(report, question.section, question))


def _answered(act: Act, report: Report, remark: Remark, given: str, words: str) -> None:
    held = reports.answer(act.session, report.id, remark.question, remark.language)
    remark.answer, remark.answer_words = given, words
    remark.answered_revision = held.revision if held else 0
    remark.answered_at, remark.answered_by = act.at, act.actor.id


def _submitted(act: Act, report: Report, question: str, language: str) -> object:
    told = remarks.frozen(act.session, report.id, [report.versions])[report.versions]
    return told.get(question, remarks.NOTHING).answers.get(language)


def _other_side(act: Act, report: Report, of_the_state: bool) -> list[uuid.UUID]:
    if of_the_state:
        return [report.assigned_to] if report.assigned_to else act.holders("lead", "reviewer")
    return act.holders("focal_point", "certifier", entity=report.entity)


def _told(remark: Remark) -> dict[str, object]:
    """What the record says of a remark: which, never its words."""
    return {"remark": str(remark.id), "question": remark.question, "version": remark.version, "kind": remark.kind}


def _kept(words: str) -> str:
    """The words as they are kept: without blanks at the ends, and without characters that no database holds."""
    return words.replace("\0", "").replace("\r\n", "\n").strip()


def _wrong(where: str, sentence: str) -> Invalid:
    return Invalid(sentence, [Problem(where, sentence)])
