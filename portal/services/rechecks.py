"""What the synthesis cites moves: citations follow a passage that says the same, and what says something else is put on
the list to be checked again. A person settles each; the portal decides nothing.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.models.contributions import Contribution
from portal.models.datasets import ImportVerdict
from portal.models.observations import Import, Observation
from portal.models.passages import FileToRead, Passage
from portal.models.reported_figures import ReportedFigure
from portal.models.reports import Report
from portal.models.synthesis import Citation, Recheck, Statement, Supplement
from portal.queries import contributions, cycles
from portal.rules.lifecycle import seen_state
from portal.rules.reported_figures import continuing, says
from portal.rules.synthesis import (
    CLEARED,
    DOUBTED,
    EDITED,
    FOR,
    GONE,
    OUTCOMES,
    REVISED,
    SAME_AGAIN,
    TAKEN_BACK,
    WITHDRAWN,
    state_after,
)
from portal.rules.verdicts import DOUBTFUL
from portal.services.act import Act

CUT_OFF_PHASE = "synthesis"
Owner = InstrumentedAttribute[uuid.UUID | None]


@dataclass(frozen=True)
class Moved:
    """A citation whose ground is another now: why, and what stands there instead, if anything."""

    citation: Citation
    reason: str
    passage: int | None = None
    reported: int | None = None
    value: str = ""


def after_version(act: Act, report: Report) -> int:
    """A version of a report was cut into passages and figures: citations follow it, or go to the list. A report first
    received after the synthesis cut-off opens its supplement. Returns how many citations wait newly.
    """
    _open_supplement(act, report)
    moved, still = _follow(act, Passage.report_id, report.id, report.versions)
    figures_moved, figures_still = _follow_figures(act, report)
    return _put_on_the_list(act, [*moved, *figures_moved], [*still, *figures_still])


def after_contribution(act: Act, contribution: Contribution) -> int:
    """A contribution was sent, moderated or withdrawn: citations follow the version that stands accepted, or go to the
    list. What was sent and is not looked at yet moves nothing.
    """
    standing = contributions.standing(act.session, contribution)
    if not standing:
        return _take_back(act, _cited(act.session, Passage.contribution_id, contribution.id))
    return _put_on_the_list(act, *_follow(act, Passage.contribution_id, contribution.id, standing))


def after_file(act: Act, row: FileToRead) -> int:
    """The text of an attached file was read: citations of the file in an earlier version follow it, or go to the
    list. Of a report that was withdrawn every citation is there already.
    """
    report = act.session.get(Report, row.version_of)
    if report is None:
        return after_contribution(act, act.session.get_one(Contribution, row.version_of))
    if seen_state(report.state, report.drafting, report.versions) == "withdrawn":
        return 0
    return _put_on_the_list(act, *_follow(act, Passage.report_id, report.id, report.versions))


def after_withdrawal(act: Act, report: Report) -> int:
    """A report was withdrawn: every citation of it goes to the list."""
    passages, figures = _cited(act.session, Passage.report_id, report.id), _cited_figures(act.session, report.id)
    return _take_back(act, [*passages, *figures])


def after_figures(act: Act) -> int:
    """Figures were taken in, revised, doubted or withdrawn: those that are cited with another value, or whose import
    was withdrawn or found doubtful since somebody last looked, go to the list. It looks at what is cited alone, so it
    costs the same after a million rows.
    """
    looked = select(func.max(Recheck.settled_at)).where(
        Recheck.citation_id == Citation.id, Recheck.outcome.in_(OUTCOMES)
    )
    doubted = select(func.max(ImportVerdict.said_at)).where(
        ImportVerdict.import_number == Import.number, ImportVerdict.verdict == DOUBTFUL
    )
    moments = (looked.correlate(Citation).scalar_subquery(), doubted.correlate(Import).scalar_subquery())
    cited = act.session.execute(
        select(Citation, Observation.value_text, Import.standing, *moments)
        .join(Observation, Observation.id == Citation.observation_id)
        .join(Import, Import.number == Observation.import_number)
        .where(Citation.removed_at.is_(None))
    )
    moved: list[Moved] = []
    still: list[Citation] = []
    for citation, value, standing_of_import, looked_at, doubted_at in cited:
        if standing_of_import == TAKEN_BACK:
            moved.append(Moved(citation, TAKEN_BACK))
        elif value != citation.value_text:
            moved.append(Moved(citation, REVISED, value=value))
        elif standing_of_import == DOUBTFUL and doubted_at >= max(citation.added_at, looked_at or citation.added_at):
            moved.append(Moved(citation, DOUBTED))
        else:
            still.append(citation)
    return _put_on_the_list(act, moved, still)


def restate(session: Session, statements: Iterable[uuid.UUID]) -> list[Statement]:
    """Brings the state of these statements to what their citations and their list say; returns them, held."""
    ids = list(dict.fromkeys(statements))
    if not ids:
        return []
    session.flush()
    speaking, waiting = standing(session, ids)
    held = list(
        session.scalars(select(Statement).where(Statement.id.in_(ids)).order_by(Statement.id).with_for_update())
    )
    for statement in held:
        statement.state = state_after(statement.state, speaking.get(statement.id, 0), waiting.get(statement.id, 0))
    session.flush()
    return held


def standing(
    session: Session, statements: Sequence[uuid.UUID]
) -> tuple[Mapping[uuid.UUID, int], Mapping[uuid.UUID, int]]:
    """How many citations speak for each of these statements, and how many wait to be checked again; two statements."""
    speaking = (
        select(Citation.statement_id, func.count())
        .where(Citation.statement_id.in_(statements), Citation.removed_at.is_(None), Citation.stance == FOR)
        .group_by(Citation.statement_id)
    )
    waiting = (
        select(Recheck.statement_id, func.count())
        .where(Recheck.statement_id.in_(statements), Recheck.settled_at.is_(None))
        .group_by(Recheck.statement_id)
    )
    return (
        {row[0]: row[1] for row in session.execute(speaking)},
        {row[0]: row[1] for row in session.execute(waiting)},
    )


def _open_supplement(act: Act, report: Report) -> None:
    """Lays a supplement for a report that was first received after the cut-off; once for each report."""
    received = report.first_submitted_at
    ends = next((phase for phase in cycles.phases(act.session, report.cycle) if phase.key == CUT_OFF_PHASE), None)
    if received is None or ends is None or received < ends.closes_at:
        return
    if act.session.scalar(select(Supplement.id).where(Supplement.report_id == report.id)) is not None:
        return
    made = Supplement(cycle=report.cycle, report_id=report.id, entity=report.entity, received_at=received)
    act.session.add(made)
    act.session.flush()
    told = {"supplement": str(made.id), "entity": report.entity, "cycle": report.cycle}
    act.record("synthesis.supplement", told)
    act.notify("synthesis.supplement", act.holders("lead", "reviewer"), told)


def _follow(act: Act, owner: Owner, of: uuid.UUID, newest: int) -> tuple[list[Moved], list[Citation]]:
    """Moves citations to the passage of the newest version that stands and says the same; gives those that moved and
    those that say `still` what was cited. A passage of an attached file stays as it is while files of that version are
    still being read.
    """
    cited = _cited(act.session, owner, of)
    if not cited:
        return [], []
    reading = act.session.scalar(
        select(func.count())
        .select_from(FileToRead)
        .where(FileToRead.version_of == of, FileToRead.version == newest, FileToRead.read_at.is_(None))
    )
    rows = act.session.execute(
        select(Passage.id, Passage.follows, Passage.hash, Passage.version, Passage.section, Passage.current)
        .where(owner == of, Passage.version <= newest)
        .order_by(Passage.version.desc(), Passage.id.desc())
    ).all()
    following = {row.follows: row for row in rows if row.follows is not None}
    there = {(row.section, row.hash): row for row in rows if row.version == newest}
    moved: list[Moved] = []
    still: list[Citation] = []
    for citation, passage in cited:
        if passage.file and reading:
            continue
        last: Any = passage
        while last.id in following:
            last = following[last.id]
        if last.version < newest or last.hash != passage.hash:
            # A paragraph that was taken out and put in again follows none, yet says what was cited.
            last = there.get((passage.section, passage.hash), last)
        if last.version < newest:
            moved.append(Moved(citation, GONE))
        elif last.hash != passage.hash:
            moved.append(Moved(citation, EDITED, last.id))
        elif last.current:
            citation.passage_id = last.id
            still.append(citation)
    return moved, still


def _follow_figures(act: Act, report: Report) -> tuple[list[Moved], list[Citation]]:
    """The same for the figures of a report: a citation follows the row that says the same."""
    cited = _cited_figures(act.session, report.id)
    if not cited:
        return [], []
    rows: dict[tuple[int, str], list[ReportedFigure]] = defaultdict(list)
    asked = ReportedFigure.question.in_({figure.question for _citation, figure in cited})
    query = select(ReportedFigure).where(ReportedFigure.report_id == report.id, asked)
    for row in act.session.scalars(query.order_by(ReportedFigure.id)):
        rows[row.version, row.question].append(row)
    moved: list[Moved] = []
    still: list[Citation] = []
    for citation, figure in cited:
        now = continuing(figure, rows[figure.version, figure.question], rows[report.versions, figure.question])
        if now is None:
            moved.append(Moved(citation, GONE))
        elif says(now) != says(figure):
            moved.append(Moved(citation, EDITED, reported=now.id))
        else:
            citation.reported_figure_id = now.id
            still.append(citation)
    return moved, still


def _cited_figures(session: Session, report: uuid.UUID) -> list[tuple[Citation, ReportedFigure]]:
    rows = session.execute(
        select(Citation, ReportedFigure)
        .join(ReportedFigure, ReportedFigure.id == Citation.reported_figure_id)
        .where(ReportedFigure.report_id == report, Citation.removed_at.is_(None))
    )
    return [(row.Citation, row.ReportedFigure) for row in rows]


def _cited(session: Session, owner: Owner, of: uuid.UUID) -> list[tuple[Citation, Passage]]:
    rows = session.execute(
        select(Citation, Passage)
        .join(Passage, Passage.id == Citation.passage_id)
        .where(owner == of, Citation.removed_at.is_(None))
    )
    return [(row.Citation, row.Passage) for row in rows]


def _take_back(act: Act, cited: Iterable[tuple[Citation, object]]) -> int:
    return _put_on_the_list(act, [Moved(citation, TAKEN_BACK) for citation, _ground in cited], [])


def _put_on_the_list(act: Act, moved: Sequence[Moved], still: Sequence[Citation]) -> int:
    """Lays one row for each citation that moved, or brings the one that waits up to date; a citation whose ground is
    `still` what was cited leaves the list. Statements that are withdrawn ask nothing.
    """
    waiting = _waiting(act.session, [*(one.citation for one in moved), *still])
    withdrawn = _withdrawn(act.session, [one.citation for one in moved])
    again = [waiting[citation.id] for citation in still if citation.id in waiting]
    for row in again:
        row.settled_at, row.outcome = act.at, CLEARED if row.reason == DOUBTED else SAME_AGAIN
    laid = [one for one in moved if one.citation.statement_id not in withdrawn]
    for one in laid:
        row = waiting.get(one.citation.id) or _lay(act, one.citation)
        row.reason, row.new_passage_id, row.new_value = one.reason, one.passage, one.value
        row.new_reported_figure_id = one.reported
    restate(act.session, [*(one.citation.statement_id for one in laid), *(row.statement_id for row in again)])
    fresh = [one for one in laid if one.citation.id not in waiting]
    if fresh or again:
        _tell(act, fresh, again)
    return len(fresh)


def _lay(act: Act, citation: Citation) -> Recheck:
    row = Recheck(
        statement_id=citation.statement_id,
        citation_id=citation.id,
        old_passage_id=citation.passage_id,
        old_reported_figure_id=citation.reported_figure_id,
        old_value=citation.value_text,
        raised_at=act.at,
    )
    act.session.add(row)
    return row


def _waiting(session: Session, citations: Sequence[Citation]) -> dict[uuid.UUID, Recheck]:
    if not citations:
        return {}
    rows = session.scalars(
        select(Recheck)
        .where(Recheck.citation_id.in_([citation.id for citation in citations]), Recheck.settled_at.is_(None))
        .with_for_update()
    )
    return {row.citation_id: row for row in rows}


def _withdrawn(session: Session, citations: Sequence[Citation]) -> frozenset[uuid.UUID]:
    if not citations:
        return frozenset()
    asked = Statement.id.in_([citation.statement_id for citation in citations])
    return frozenset(session.scalars(select(Statement.id).where(asked, Statement.state == WITHDRAWN)))


def _tell(act: Act, fresh: Sequence[Moved], again: Sequence[Recheck]) -> None:
    told = {
        "waiting": [[str(one.citation.id), one.reason] for one in fresh],
        "again": [str(row.citation_id) for row in again],
    }
    act.record("synthesis.moved", told)
    if fresh:
        statements = len({one.citation.statement_id for one in fresh})
        act.notify("synthesis.moved", act.holders("lead", "reviewer"), {"statements": statements})
