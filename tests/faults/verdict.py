"""Holds the clients' journal against the database: what was acknowledged is there, once, in one unbroken record."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.models.events import Event
from portal.models.reports import Answer, AnswerRevision, Version
from portal.services.audit import verify
from tests.faults.journal import Journal

TOLD = 5


@dataclass
class Verdict:
    """What was found amiss, by kind; all empty means that the portal kept its word."""

    lost: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    events: int = 0

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {name: len(found) for name, found in vars(self).items() if isinstance(found, list)}

    @property
    def good(self) -> bool:
        """Whether nothing is amiss."""
        return not any(self.counts().values())

    def examples(self) -> list[str]:
        """The first few of each kind, in words."""
        return [
            f"{name}: {one}" for name, found in vars(self).items() if isinstance(found, list) for one in found[:TOLD]
        ]


def judge(session: Session, journal: Journal) -> Verdict:
    """Reads the whole database of a portal that no server runs on."""
    verdict = Verdict(surprises=list(journal.surprises))
    _saves(session, journal, verdict)
    _versions(session, journal, verdict)
    walk = verify(session)
    verdict.events = walk.events
    if walk.broken:
        verdict.chain.append(walk.broken)
    if session.get_bind().dialect.name == "sqlite":
        found = session.scalar(text("PRAGMA integrity_check"))
        if found != "ok":
            verdict.chain.append(f"integrity_check: {found}")
    return verdict


def _saves(session: Session, journal: Journal, verdict: Verdict) -> None:
    """Every acknowledged save is a row of the history; revisions count 1, 2, 3; the answer is the last of them."""
    history: dict[tuple[str, str], list[AnswerRevision]] = defaultdict(list)
    for row in session.scalars(select(AnswerRevision).order_by(AnswerRevision.revision)):
        history[str(row.report_id), row.question].append(row)
    for save in journal.acknowledged():
        kept = next((row for row in history[save.report, save.question] if row.revision == save.revision), None)
        if kept is None or kept.value != save.kept or (not save.merged and kept.value != save.value):
            verdict.lost.append(f"{save.question} revision {save.revision}: {save.value[:40]!r}")
    for (report, question), rows in history.items():
        if [row.revision for row in rows] != list(range(1, len(rows) + 1)):
            verdict.gaps.append(f"{question} of {report}: {[row.revision for row in rows]}")
        over = [row for row in rows if row.base_revision != row.revision - 1 and not row.merged]
        verdict.overwritten += [
            f"{question}: revision {row.revision} was written upon {row.base_revision}" for row in over
        ]
    for answer in session.scalars(select(Answer)):
        last = history[str(answer.report_id), answer.question][-1:]
        if not last or (last[0].revision, last[0].value) != (answer.revision, answer.value):
            verdict.gaps.append(f"{answer.question}: the answer is not the last of its history")


def _versions(session: Session, journal: Journal, verdict: Verdict) -> None:
    """Every acknowledged submission is one version with its receipt and its event; no other version is there."""
    stored = {(str(row.report_id), row.number): row for row in session.scalars(select(Version))}
    for step in journal.submitted():
        row = stored.get((step.report, step.number))
        if row is None or (step.receipt and row.receipt != step.receipt):
            verdict.lost.append(f"version {step.number} of {step.report}, or its receipt")
        elif step.words.encode() not in row.document.replace(b"\\n", b"\n"):
            verdict.lost.append(f"a save acknowledged before version {step.number} is not in it")
        elif hashlib.sha256(row.document).hexdigest() != row.digest:
            verdict.chain.append(f"version {step.number} of {step.report} does not match its digest")
    numbers = Counter(report for report, _number in stored)
    acknowledged = Counter(step.report for step in journal.submitted())
    open_ended = Counter(step.report for step in journal.steps if step.name == "submit" and step.answer is None)
    events = Counter(
        str(report) for report in session.scalars(select(Event.report_id).where(Event.kind == "report.submit"))
    )
    for report, count in numbers.items():
        if {number for each, number in stored if each == report} != set(range(1, count + 1)):
            verdict.gaps.append(f"versions of {report}")
        if not acknowledged[report] <= count <= acknowledged[report] + open_ended[report] or events[report] != count:
            told = f"{count} versions, {events[report]} events, {acknowledged[report]} acknowledged submissions"
            verdict.duplicates.append(f"{report}: {told}")
    twice = Counter((step.report, step.number) for step in journal.submitted())
    verdict.duplicates += [
        f"version {number} of {report} was given twice" for (report, number), n in twice.items() if n > 1
    ]
