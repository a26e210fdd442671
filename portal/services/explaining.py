"""Explaining a finding: what a country says to an error or a warning instead of changing the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from forms.answers import canonical, digest, merge
from forms.findings import ERROR, SEVERITIES, WARNING, Finding
from forms.words import N_
from portal.models.keeping import Explanation
from portal.models.reports import Report
from portal.queries import reports
from portal.queries.explaining import Key, explanations
from portal.queries.guidelines import guideline
from portal.rules.refusals import Invalid, NotNow, Problem
from portal.services.act import Act
from portal.services.drafting import asked_question, check, demand_writable

EXPLAINABLE = frozenset({ERROR, WARNING})
EXPLAINED = "explained"
GROUPS = (*SEVERITIES, EXPLAINED)
MOST = 4000
SAID_NO_MORE = N_("The check says this no longer, so there is nothing to explain. Please look at the check again.")
NOT_EXPLAINED = N_("This is not explained: what hinders submission must be filled in, and a note asks for nothing.")
TOO_LONG = N_("An explanation has at most 4000 characters; longer words belong into the answer.")


@dataclass(frozen=True)
class Judged:
    """A finding with the country's explanation: `current` while the value it was given for still stands."""

    finding: Finding
    about: str
    row: Any = None
    current: bool = False

    @property
    def explainable(self) -> bool:
        """Whether an explanation is an answer to this finding."""
        return self.finding.severity in EXPLAINABLE

    @property
    def explained(self) -> bool:
        """Whether the country has explained it, and for the value as it stands."""
        return self.row is not None and self.current

    @property
    def group(self) -> str:
        """The severity, or `explained`."""
        return EXPLAINED if self.explained else self.finding.severity

    @property
    def words(self) -> str:
        """The words of the explanation, also of one that was given for an earlier value; "" for none."""
        return str(self.row.words) if self.row is not None else ""

    @property
    def mark(self) -> str:
        """A short name of the finding within its report, for addresses and form controls."""
        found = self.finding
        return digest("\n".join((found.question, found.language, found.rule, self.about)).encode())[:16]


@dataclass(frozen=True)
class Said:
    """What a person says to one finding. `began` are the words that the writer saw when beginning, None where that is
    not known; `again` confirms words that were given for an earlier value."""

    question: str
    language: str
    rule: str
    about: str
    words: str
    began: str | None = None
    again: bool = False

    @property
    def key(self) -> Key:
        return self.question, self.language, self.rule, self.about


def about(finding: Finding) -> str:
    """The digest of a finding's parameters, by which two rows of one series are told apart."""
    return digest(canonical({str(name): str(value) for name, value in finding.params.items()}))


def said_of(finding: Finding, languages: Sequence[Any], values: Mapping[tuple[str, str], Any]) -> str:
    """The digest of what a finding speaks of: its row where it names one, else the answer in its language or in all."""
    asked = [finding.language] if finding.language else [str(language) for language in languages]
    held = [values.get((finding.question, language)) for language in asked]
    row = finding.params.get("row")
    if isinstance(row, int):
        held = [value[row - 1] if isinstance(value, list) and 0 < row <= len(value) else value for value in held]
    return digest(canonical(held))


def judged(
    session: Session,
    report: Report,
    found: Iterable[Finding],
    values: Mapping[tuple[str, str], Any],
    questions: Iterable[str] | None = None,
) -> list[Judged]:
    """The findings in their order, each with its explanation; one statement. `questions` as in `explanations`."""
    told = explanations(session, report.id, questions)
    listed = []
    for finding in found:
        digested = about(finding)
        row = told.get((finding.question, finding.language, finding.rule, digested))
        current = row is not None and row.said_of == said_of(finding, report.languages, values)
        listed.append(Judged(finding, digested, row, current))
    return listed


def judged_draft(session: Session, report: Report, found: Iterable[Finding] | None = None) -> list[Judged]:
    """Every finding of a draft with its explanation; `found` where the caller has checked the draft already."""
    values = reports.values(session, report.id)
    return judged(session, report, check(session, report, values).findings if found is None else found, values)


def tally(listed: Iterable[Judged]) -> dict[str, int]:
    """How many findings there are of each group, the heaviest first and the explained last."""
    counted = Counter(one.group for one in listed)
    return {group: counted[group] for group in GROUPS}


def explain(act: Act, report: Report, said: Said) -> Judged:
    """Keeps what the country says to one finding of a draft whose row is locked; empty words take it back.

    NotNow when the check says no such thing any more, Invalid for a finding that is not explained. Where somebody else
    explained it since the writer began, both words are kept, one after the other if they cannot be joined.
    """
    demand_writable(act, report, asked_question(guideline(act.session, report.edition), report, said.question))
    values = reports.values(act.session, report.id)
    found = check(act.session, report, values).findings
    finding = _named(found, said)
    return _keep(act, report, finding, said, said_of(finding, report.languages, values))


def explain_all(act: Act, report: Report, all_said: Iterable[Said]) -> tuple[list[Judged], list[Said]]:
    """As `explain` for the words of a whole page: what was kept, and what was said to findings that the check has no
    more. What stands as the page showed it is left alone."""
    changed = [said for said in all_said if said.again or said.words.strip() != (said.began or "").strip()]
    if not changed:
        return [], []
    asked = guideline(act.session, report.edition)
    for key in dict.fromkeys(said.question for said in changed):
        demand_writable(act, report, asked_question(asked, report, key))
    values = reports.values(act.session, report.id)
    found = {_key(f): f for f in check(act.session, report, values).findings if f.severity in EXPLAINABLE}
    kept = [
        _keep(act, report, found[said.key], said, said_of(found[said.key], report.languages, values))
        for said in changed
        if said.key in found
    ]
    return kept, [said for said in changed if said.key not in found and said.words.strip()]


def _key(finding: Finding) -> Key:
    return finding.question, finding.language, finding.rule, about(finding)


def _named(found: Sequence[Finding], said: Said) -> Finding:
    finding = next((one for one in found if _key(one) == said.key), None)
    if finding is None:
        raise NotNow(SAID_NO_MORE)
    if finding.severity not in EXPLAINABLE:
        raise Invalid(NOT_EXPLAINED, [Problem("rule", NOT_EXPLAINED)])
    return finding


def _keep(act: Act, report: Report, finding: Finding, said: Said, value_digest: str) -> Judged:
    row = act.session.get(Explanation, (report.id, *said.key))
    words = _joined(said, row.words if row else "")
    told = dict(zip(("question", "language", "rule", "about"), said.key, strict=True))
    if not words:
        if row is not None:
            act.session.delete(row)
            act.record("explanation.remove", told, report=report)
        return Judged(finding, said.about)
    if row is not None and row.words == words and row.said_of == value_digest:
        return Judged(finding, said.about, row, True)
    if row is None:
        row = Explanation(report_id=report.id, **told)
        act.session.add(row)
    row.words, row.said_of = words, value_digest
    row.written_at, row.written_by = act.at, act.actor.id
    act.session.flush()
    act.record("explanation.give", told | {"words": words, "said_of": value_digest}, report=report)
    return Judged(finding, said.about, row, True)


def _joined(said: Said, standing: str) -> str:
    """The words to keep: those sent, joined with what somebody else wrote since the writer began."""
    words = said.words.replace("\0", "").replace("\r\n", "\n").strip()
    if len(words) > MOST:
        raise Invalid(TOO_LONG, [Problem("words", TOO_LONG)])
    if said.began is None or said.began.replace("\r\n", "\n").strip() == standing:
        return words
    merged = merge(said.began.replace("\r\n", "\n").strip(), standing, words)
    return f"{standing}\n\n{words}".strip() if merged.conflicts else str(merged.value)


def left_over(session: Session, report: Report, listed: Iterable[Judged]) -> list[Any]:
    """The explanations whose finding the check has no more: kept, shown to the country, and sent nowhere."""
    met = {_key(one.finding) for one in listed}
    return [row for key, row in explanations(session, report.id).items() if key not in met]
